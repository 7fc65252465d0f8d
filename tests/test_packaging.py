"""What is built and what is installed: in clean environments, outside the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest
from repository import ROOT, repository_files

from contracts.version import VERSION

CASES = ROOT / "tests" / "cases"
GOOD = CASES / "clients" / "good-keep-alive-and-agent.http"
BAD = CASES / "combined" / "bad-four-in-one.xml"
#: Where the data stands in the wheel.
MOVED = {
    "xsd": "contracts/xsd",
    "cassettes": "contracts/cassettes",
    "contracts": "contracts",
    "pytest_soap_contracts.py": "pytest_soap_contracts.py",
    "soap_contracts.py": "soap_contracts.py",
}
PLACES = """
import json
from importlib.metadata import version
import contracts
from contracts.resources import data_folder

print(json.dumps({
    "package": contracts.__file__,
    "xsd": str(data_folder("xsd")),
    "cassettes": str(data_folder("cassettes")),
    "services": {service.name: str(service.folder) for service in contracts.load()},
    "versions": [contracts.__version__, version("soap-contracts")],
}))
"""


class Built(NamedTuple):
    sdist: Path
    wheel: Path


class Environment(NamedTuple):
    """A virtual environment, and a folder beside it to work in."""

    folder: Path
    place: Path

    def run(self, program: str, *arguments: object, exit_code: int = 0, stdin: str = "") -> str:
        """The standard output of a program of this environment."""
        return run(self.folder / "bin" / program, *arguments, exit_code=exit_code, stdin=stdin, cwd=self.place)

    def places(self) -> dict:
        return json.loads(self.run("python", "-c", PLACES))


def run(*command: object, cwd: Path, exit_code: int = 0, stdin: str = "") -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    found = subprocess.run(
        [str(part) for part in command],
        input=stdin,
        cwd=cwd,
        env=kept,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert found.returncode == exit_code, found.stdout + found.stderr
    return found.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The archives; the wheel is made from the source archive, which so must be complete."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, ROOT, cwd=out)
    (sdist,), (wheel,) = out.glob("*.tar.gz"), out.glob("*.whl")
    return Built(sdist, wheel)


@pytest.fixture(scope="module")
def installed(built, tmp_path_factory):
    """An environment with the wheel and what it depends on, nothing else."""
    place = tmp_path_factory.mktemp("installed")
    run(sys.executable, "-m", "venv", place / "venv", cwd=place)
    environment = Environment(place / "venv", place)
    environment.run("python", "-m", "pip", "install", built.wheel)
    return environment


@pytest.fixture(scope="module")
def editable(installed, tmp_path_factory):
    """An environment with an editable install of the checkout."""
    place = tmp_path_factory.mktemp("editable")
    run(sys.executable, "-m", "venv", "--without-pip", place / "venv", cwd=place)
    installed.run("python", "-m", "pip", "--python", place / "venv" / "bin" / "python", "install", "-e", ROOT)
    return Environment(place / "venv", place)


class TestTheArchives:
    def test_the_wheel_holds_the_package_the_schemas_and_the_cassettes_and_nothing_else(self, built):
        about = f"soap_contracts-{VERSION}.dist-info"
        metadata = {
            f"{about}/{name}" for name in ("METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE")
        }
        files = [path for path in repository_files() if path.parts[0] in MOVED]
        expected = {Path(MOVED[path.parts[0]], *path.parts[1:]).as_posix() for path in files}
        with zipfile.ZipFile(built.wheel) as archive:
            assert set(archive.namelist()) == expected | metadata
        assert {"contracts/py.typed", "contracts/xsd/ongoing/request.xsd", "contracts/cassettes/README.md"} <= expected

    def test_the_source_archive_holds_the_repository_and_nothing_that_git_ignores(self, built):
        with tarfile.open(built.sdist) as archive:
            names = [Path(name) for name in archive.getnames()]
        assert {name.parts[0] for name in names} == {f"soap_contracts-{VERSION}"}
        found = {Path(*name.parts[1:]) for name in names}
        assert found == {*repository_files(), Path("PKG-INFO")}

    def test_both_carry_the_version_in_their_names(self, built):
        assert built.sdist.name == f"soap_contracts-{VERSION}.tar.gz"
        assert built.wheel.name == f"soap_contracts-{VERSION}-py3-none-any.whl"


class TestTheInstalledWheel:
    def test_is_what_is_imported_and_has_its_data_inside(self, installed):
        places = installed.places()
        package = Path(places["package"]).parent
        assert package.is_relative_to(installed.folder)
        assert not package.is_relative_to(ROOT)
        assert places["xsd"] == str(package / "xsd")
        assert places["cassettes"] == str(package / "cassettes")
        assert places["services"] == {name: str(package / "xsd" / name) for name in ("luminate", "ongoing")}
        assert places["versions"] == [VERSION, VERSION]

    def test_has_the_command(self, installed):
        assert installed.run("soap-contracts", "--version") == f"soap-contracts {VERSION}\n"
        assert installed.run("python", "-m", "contracts", "--version") == f"soap-contracts {VERSION}\n"

    @pytest.mark.parametrize("name", ["contracts.py", "contracts/__init__.py", "contracts/other.py"])
    def test_says_in_a_sentence_that_another_package_hides_ours(self, installed, tmp_path, name):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
        program = installed.folder / "bin" / "soap-contracts"
        environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
        done = subprocess.run([program, "--help"], env=environment, capture_output=True, text=True, check=False)
        # A folder without __init__.py comes after any package (PEP 420).
        if name == "contracts/other.py":
            assert done.returncode == 0
            return
        assert (done.returncode, done.stdout) == (2, "")
        (line,) = done.stderr.splitlines()
        assert f"finds {tmp_path.resolve() / name} and not " in line

    def test_lists_both_services(self, installed):
        title, *rows = installed.run("soap-contracts", "list", "services").splitlines()
        assert title.split()[0] == "service"
        assert [row.split()[0] for row in rows] == ["luminate", "ongoing"]

    def test_passes_a_good_message(self, installed):
        assert "PASS ongoing SetTimeOfLastSync request" in installed.run("soap-contracts", "check", GOOD)

    def test_fails_a_bad_message_and_names_every_fault(self, installed):
        report = installed.run("soap-contracts", "check", BAD, exit_code=1)
        for rule in ("schema/max-length", "schema/out-of-range", "schema/date-time", "schema/missing-element"):
            assert f" error {rule}\n" in report

    def test_passes_its_own_sample(self, installed):
        sample = installed.run("soap-contracts", "sample", "luminate/EndSynchronization")
        assert "PASS luminate EndSynchronization request" in installed.run("soap-contracts", "check", "-", stdin=sample)

    def test_has_all_that_the_stub_needs(self, installed):
        installed.run("soap-contracts", "run", "--", "true", exit_code=3)

    def test_replays_over_http_without_vcrpy_and_says_what_python_needs(self, installed):
        name = "luminate/EndSynchronization/ends-once"
        assert name in installed.run("soap-contracts", "list", "cassettes")
        installed.run("soap-contracts", "run", "--cassette", name, "--", "true", exit_code=3)
        program = "import contracts.recordings"
        done = subprocess.run(
            [installed.folder / "bin" / "python", "-c", program],
            cwd=installed.place,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "contracts.recordings needs vcr: pip install 'soap-contracts[replay]'" in done.stderr


class TestAnEditableInstall:
    def test_is_the_checkout_and_finds_its_data_beside_the_package(self, editable):
        places = editable.places()
        assert places["package"] == str(ROOT / "contracts" / "__init__.py")
        assert places["xsd"] == str(ROOT / "xsd")
        assert places["cassettes"] == str(ROOT / "cassettes")
        assert list(places["services"]) == ["luminate", "ongoing"]
        assert places["versions"] == [VERSION, VERSION]

    def test_has_the_command(self, editable):
        assert "PASS ongoing SetTimeOfLastSync request" in editable.run("soap-contracts", "check", GOOD)
