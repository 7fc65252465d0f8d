"""The schemas' own test tells of what it is for: every kind of mutant is made, and one that nobody notices is named."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from lxml import etree
from mutate_schemas import main
from profiles import THOROUGH
from schema_mutation.killers import KILLERS
from schema_mutation.operators import mutants_of
from schema_mutation.patterns import narrower_patterns

from contracts.names import XSD
from contracts.resources import data_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    Command = Callable[..., tuple[int, str, str]]

ROOT: Final = Path(__file__).parent.parent
SCHEMAS: Final = sorted(Path(data_folder("xsd")).glob("*/*.xsd"))
MUTANTS: Final = [mutant for path in SCHEMAS for mutant in mutants_of(path)]
#: Every operator that the shipped schemas have something for.
KINDS: Final = {
    "attribute dropped", "choice to all", "choice to sequence", "default form", "facet dropped", "facet loosened",
    "facet tightened", "form", "global dropped", "mixed", "nillable", "once", "optional", "particle dropped",
    "particles swapped", "pattern narrowed", "processContents", "repeated", "required", "sequence to all",
    "sequence to choice", "type", "use", "wildcard namespace",
}  # fmt: skip
#: Who is asked by the command in a process of its own: all, or the quickest, for each of them has a test below.
ASKED: Final = () if THOROUGH else ("--killers", "cases")
LONGER: Final = "ongoing/types.xsd string50/maxLength: maxLength 50 -> 51"


@pytest.fixture
def mutate(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """The command, in this process: its exit code, what it says, and what it complains of."""

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["--jobs", "1", *arguments])
        return code, *capsys.readouterr()

    return run


def test_there_are_mutants_of_every_kind() -> None:
    assert Counter(mutant.kind for mutant in MUTANTS).keys() == KINDS


def test_no_two_mutants_have_one_name_or_one_text() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
    assert len({(mutant.service, mutant.file, mutant.text) for mutant in MUTANTS}) == len(MUTANTS)


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_mutant_differs_from_its_original_in_one_place(path: Path) -> None:
    original = etree.parse(path).getroot()
    for mutant in mutants_of(path):
        changed = etree.fromstring(mutant.text)
        assert etree.tostring(changed) != etree.tostring(original), mutant
        assert abs(len(list(changed.iter(f"{{{XSD}}}*"))) - len(list(original.iter(f"{{{XSD}}}*")))) <= 12, mutant


def test_every_facet_occurrence_type_and_attribute_has_a_mutant() -> None:
    lines = {(mutant.service, mutant.file, mutant.line) for mutant in MUTANTS}
    for path in SCHEMAS:
        for node in etree.parse(path).iter("{*}element", "{*}any", "{*}attribute", "{*}anyAttribute", "{*}maxLength",
                                           "{*}minLength", "{*}pattern", "{*}sequence"):  # fmt: skip
            assert (path.parent.name, path.name, node.sourceline) in lines, (path, node.sourceline)


@pytest.mark.parametrize(
    ("pattern", "narrower"),
    [
        ("0|1", {"1", "0", "|1", "0|"}),
        ("[+\\-]?[0-9]+", {"[0-9]+", "[+\\-][0-9]+", "[\\-]?[0-9]+", "[+]?[0-9]+", "[+\\-]?", "[+\\-]?[0-9]"}),
        ("a{4,}(b|c)*", {"(b|c)*", "a{4}(b|c)*", "a{4,}(c)*", "a{4,}(b)*", "a{4,}(|c)*", "a{4,}(b|)*", "a{4,}", "a{4,}(b|c)?"}),
        ("\\(\\|", {"\\|", "\\("}),
    ],
)  # fmt: skip
def test_a_pattern_is_narrowed_in_every_part(pattern: str, narrower: set[str]) -> None:
    found = list(narrower_patterns(pattern))
    assert len(found) == len(set(found))
    assert set(found) == narrower


def test_a_mutant_that_a_case_file_notices_is_listed_with_it() -> None:
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, ROOT / "tests" / "mutate_schemas.py", "--only", LONGER, *ASKED]
    found = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, timeout=300, check=False
    )
    line = next(mutant for mutant in MUTANTS if mutant.name == LONGER).line
    assert f"noticed     ongoing/types.xsd:{line} string50/maxLength: maxLength 50 -> 51" in found.stdout
    assert "alone with schema/max-length/" in found.stdout
    assert "1 of 1 mutants noticed (100.0%), 0 more are equivalent" in found.stdout
    assert (found.returncode, found.stderr) == (0, "")


def test_a_mutant_that_only_xmlschema_notices_is_listed_with_that(mutate: Command) -> None:
    name = "luminate/types.xsd nonNegativeInteger/pattern: * dropped"
    code, said, _ = mutate("--only", name, "--killers", "cases", "xmlschema")
    assert "by xmlschema alone with schema/integer/bad-partition-" in said
    assert code == 0


def test_a_mutant_survives_without_the_case_that_notices_it(mutate: Command) -> None:
    code, said, complaint = mutate("--only", LONGER, "--killers", "cases", "--cases", "good-50.xml")
    assert "SURVIVED    ongoing/types.xsd:" in said
    assert "0 of 1 mutants noticed (0.0%)" in said
    assert complaint.startswith("survived: ongoing/types.xsd:")
    assert code == 1


def test_mutants_and_drawn_messages_notice_without_any_case(mutate: Command) -> None:
    for killer, name in (
        ("mutants", LONGER),
        ("drawn", "luminate/operations.xsd StartSynchronization/sequence/Force: dropped"),
    ):
        code, said, _ = mutate("--only", name, "--killers", killer)
        assert f"by libxml2 alone with {'mutant ' if killer == 'mutants' else 'a drawn message'}" in said
        assert code == 0


def test_an_equivalent_mutant_is_listed_with_the_reason(mutate: Command) -> None:
    code, said, complaint = mutate("--only", "ongoing/request.xsd actor: dropped", "--killers", "cases")
    assert "any text is an xs:string" in said
    assert "0 of 0 mutants noticed (100.0%), 1 more are equivalent" in said
    assert (code, complaint) == (0, "")


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("ongoing/types.xsd string51: dropped", "matches no mutant"),
        (LONGER, "is noticed: ongoing/types.xsd:"),
    ],
    ids=["stale", "noticed"],
)
def test_an_entry_that_is_not_right_is_an_error(entry: str, problem: str, mutate: Command, tmp_path: Path) -> None:
    table = tmp_path / "equivalent.toml"
    table.write_text(f'"{entry}" = "a reason"\n', encoding="utf-8")
    code, _, complaint = mutate("--only", LONGER, "--equivalent", str(table), "--killers", "cases")
    assert f"equivalent.toml: '{entry}' {problem}" in complaint
    assert code == 1


def test_a_name_of_no_mutant_is_an_error(mutate: Command) -> None:
    code, _, complaint = mutate("--only", "nothing")
    assert "no mutant is called nothing" in complaint
    assert code == 1


def test_who_notices_what_is_not_there_is_told(mutate: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KILLERS, "cases", lambda *_: "somebody who always speaks")
    code, _, complaints = mutate("--only", LONGER, "--killers", "cases")
    assert code == 1
    assert complaints.endswith("false alarm: ongoing/types.xsd:1 as it is, by somebody who always speaks\n")


def test_what_the_catalog_alone_notices_is_counted(mutate: Command) -> None:
    code, told, _ = mutate(
        "--only", "luminate/operations.xsd LoginResult/sequence: minOccurs 1 -> 0", "--killers", "cases"
    )
    assert code == 0
    assert told.endswith("1 of them by the catalog alone, which refuses to read them\n")
