"""The house rules that no linter knows: sizes, documentation, the facade, and nothing that belongs to one machine."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from functools import cache

import pytest
from repository import ROOT, repository_files

import contracts
from contracts.version import VERSION

MODULES = [path for path in repository_files() if path.parts[0] == "contracts" and path.suffix == ".py"]
EACH_MODULE = pytest.mark.parametrize("path", MODULES, ids=lambda path: path.as_posix())
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
#: The folders under which a machine keeps somebody's files. What stands before the slash must not make it part of an
#: address or of a longer path.
LATE_IMPORTS = {"contracts/__init__.py", "contracts/providers/loading.py", "contracts/readers/files.py"}
PERSONAL = re.compile(
    rb"(?<![\w.~/-])(?:/(?:home|Users|work|workspaces?|builds|mnt)/|/(?:root)\b|[A-Za-z]:\\+Users\\+)[\w.-]*"
)


@cache
def tree(path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def functions(path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(tree(path)) if isinstance(node, FUNCTIONS)]


def imported(path) -> set[str]:
    """The modules that are imported from elsewhere, by their full names."""
    nodes = list(ast.walk(tree(path)))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}


def public(node: ast.AST) -> list[ast.AST]:
    """The public classes and functions in a module or a class, and those in public classes; no bare overloads."""
    found = []
    for child in getattr(node, "body", []):
        if any(ast.unparse(decorator) == "overload" for decorator in getattr(child, "decorator_list", ())):
            continue
        if isinstance(child, (*FUNCTIONS, ast.ClassDef)) and not child.name.startswith("_"):
            found.append(child)
            if isinstance(child, ast.ClassDef):
                found.extend(public(child))
    return found


class TestSizes:
    @EACH_MODULE
    def test_a_module_has_at_most_300_lines(self, path):
        assert len((ROOT / path).read_text(encoding="utf-8").splitlines()) <= 300

    @EACH_MODULE
    def test_a_function_has_at_most_50_lines(self, path):
        assert [node.name for node in functions(path) if node.end_lineno - node.lineno >= 50] == []

    def test_the_readme_has_fewer_than_150_lines(self):
        assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) < 150


class TestEachModule:
    @EACH_MODULE
    def test_documents_itself_and_its_public_names(self, path):
        silent = [node.name for node in public(tree(path)) if not ast.get_docstring(node)]
        assert silent == []
        assert ast.get_docstring(tree(path))

    @EACH_MODULE
    def test_exports_no_name_that_one_of_its_own_modules_has(self, path):
        """The module, once it is imported, would stand in the place of what is exported."""
        if path.name != "__init__.py":
            return
        modules = {other.stem if other.parent == path.parent else other.parent.name for other in MODULES}
        own = {
            other
            for other in modules
            if {path.parent / f"{other}.py", path.parent / other / "__init__.py"} & set(MODULES)
        }
        exported = {
            alias.asname or alias.name
            for node in ast.walk(tree(path))
            if isinstance(node, ast.ImportFrom) and node.module is not None
            for alias in node.names
        }
        assert own.isdisjoint(exported)

    @EACH_MODULE
    def test_imports_at_its_top_only(self, path):
        late = [
            node.lineno
            for function in functions(path)
            for node in ast.walk(function)
            if isinstance(node, (ast.Import, ast.ImportFrom))
        ]
        assert late == []

    @EACH_MODULE
    def test_imports_by_name_only_where_something_is_chosen_that_not_all_need(self, path):
        names = {node.id for node in ast.walk(tree(path)) if isinstance(node, ast.Name)}
        attributes = {node.attr for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)}
        if path.parts[:2] != ("contracts", "cli") and path.as_posix() not in LATE_IMPORTS:
            assert {"importlib", "__import__", "import_module"}.isdisjoint(names | attributes)


class TestTheWholePackage:
    @pytest.mark.parametrize(
        ("name", "places"),
        [
            ("vcr", {"contracts/recordings/"}),
            ("hypothesis", {"contracts/strategies"}),
            ("trustme", {"contracts/server/authority.py"}),
        ],
    )
    def test_imports_an_extra_in_one_place_only(self, name, places):
        found = {path.as_posix() for path in MODULES if name in {module.partition(".")[0] for module in imported(path)}}
        assert {place for place in places for path in found if path.startswith(place)} == places
        assert all(path.startswith(tuple(places)) for path in found)


class TestTheFacade:
    def test_exports_what_it_imports_and_nothing_else(self):
        facade = tree("contracts/__init__.py")
        own = [node for node in ast.walk(facade) if isinstance(node, ast.ImportFrom) and node.level == 1]
        imported = [alias.asname or alias.name for node in own for alias in node.names]
        functions = [node.name for node in ast.walk(facade) if isinstance(node, ast.FunctionDef | ast.ClassDef)]
        assert functions == ["__getattr__"]
        assert sorted(imported) == contracts.__all__ == sorted(contracts.__all__)

    @pytest.mark.parametrize("name", contracts.__all__)
    def test_every_name_in_it_resolves_and_is_documented(self, name):
        assert getattr(contracts, name).__doc__

    def test_knows_no_other_name(self):
        with pytest.raises(AttributeError, match="'contracts' has no attribute 'recorder'"):
            contracts.recorder  # noqa: B018 - looking is what fails

    def test_no_module_and_no_data_folder_hides_an_exported_name(self):
        modules = {path.parts[1].removesuffix(".py") for path in MODULES}
        assert modules.isdisjoint(contracts.__all__)
        assert modules.isdisjoint({"xsd", "cassettes"})


class TestTheRepository:
    def test_holds_no_path_of_one_machine(self):
        found = {path.as_posix(): PERSONAL.findall((ROOT / path).read_bytes()) for path in repository_files()}
        assert {name: paths for name, paths in found.items() if paths} == {}

    @pytest.mark.parametrize("parts", [["", "home", "ada", "x"], ["", "root", ".cache"], ["C:", "Users", "ada"]])
    def test_would_show_a_path_of_one_machine(self, parts):
        assert PERSONAL.search(f"see {('/' if not parts[0] else chr(92)).join(parts)}.".encode())

    def test_has_one_version_that_the_changelog_names(self):
        headings = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
        assert VERSION in headings
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        assert project["dynamic"] == ["version"]
        assert contracts.__version__ == VERSION

    def test_has_a_benchmark_that_prints_its_table(self):
        command = [sys.executable, ROOT / "benchmarks" / "run.py", "--rounds", "1", "--starts", "1", "--files", "20"]
        found = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
        title, _, *rows = [line.strip("| ").split(" | ") for line in found.stdout.splitlines() if line.startswith("|")]
        assert [cell.strip() for cell in title] == ["work", "ours", "peer", "ratio", "target", "holds?"]
        assert len(rows) == 14
        assert {row[-1].strip() for row in rows} <= {"yes", "no"}
        assert "imports none of xmlschema, hypothesis, vcr, pytest, uvicorn: yes" in found.stdout
