"""The page about pytest does what it says: every block runs, in a project whose client swallows every fault."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from xml.etree import ElementTree as ET

import pytest
from repository import ROOT

PAGE = (ROOT / "docs" / "pytest.md").read_text(encoding="utf-8")
RIGHT, WRONG = "2024-05-01T12:00:00Z", "2024-05-01 12:00:00"
SECRET = "canary"

#: What the page takes for granted. SHOP_TIME plants the bug; zeep writes a time right, so there it is a long password.
SHOP = f'''
import os
import urllib.error
import urllib.request

import httpx

TIME = os.environ["SHOP_TIME"]
HEADERS = {{
    "Content-Type": "text/xml; charset=utf-8",
    "SOAPAction": '"http://ongoingsystems.se/WSI/SetTimeOfLastSync"',
}}


def envelope(time=TIME):
    return f"""<?xml version="1.0" encoding="utf-8"?>
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
<SetTimeOfLastSync xmlns="http://ongoingsystems.se/WSI"><UserName>{SECRET}-user</UserName>
<Password>{SECRET}-password</Password><GoodsOwnerId>42</GoodsOwnerId><IntegrationType>shop</IntegrationType>
<syncTime>{{time}}</syncTime></SetTimeOfLastSync></s:Body></s:Envelope>""".encode()


def arguments():
    password = "{SECRET}" * (9 if TIME == "{WRONG}" else 1)
    caller = {{"UserName": "{SECRET}-user", "Password": password, "IntegrationType": "shop"}}
    return {{**caller, "GoodsOwnerId": 42, "syncTime": "{RIGHT}"}}


def sync(endpoint, time=TIME):
    try:
        urllib.request.urlopen(urllib.request.Request(endpoint, envelope(time), HEADERS), timeout=10).close()
    except urllib.error.HTTPError as error:
        error.close()


async def sync_async(endpoint):
    async with httpx.AsyncClient() as client:
        await client.post(endpoint, content=envelope(), headers=HEADERS)
'''
#: The sandbox is content with all that comes, so that only a hook can tell.
CONFTEST = """
import pytest

@pytest.fixture
def anyio_backend():
    return "asyncio"

@pytest.fixture
def sandbox(soap_contracts):
    import contracts
    from contracts.server import Stub
    with Stub(contracts.load(), counted=lambda verdict: verdict._replace(findings=())) as stub:
        yield stub.endpoint("ongoing")
"""
OWN_SERVICE = """
def test_own_service(soap_contracts):
    assert soap_contracts.service("own-wms").endpoint.endswith("/own-wms")
    assert not hasattr(soap_contracts, "luminate")
"""
BY_ADDRESS = "from shop import sync\n\ndef test_by_address(endpoint):\n    sync(endpoint)\n"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


SMALLEST, ASYNC, CASSETTES, JUDGING, HOME, HOOKS = blocks("python")
SETTINGS = blocks("toml")
*REPORTS, UNMATCHED = blocks("text")
WRITE, USE, APART = [line for block in blocks("sh") for line in block.splitlines()]
#: Those that pass whatever the client does.
EASY = {"test_allowed", "test_marked", "test_check", "test_own_service"}
FILES = {
    "smallest": SMALLEST,
    "async": ASYNC,
    "cassettes": CASSETTES,
    "judging": JUDGING,
    "hooks": HOOKS,
    "own": OWN_SERVICE,
}


@pytest.fixture
def project(tmp_path):
    (tmp_path / "shop.py").write_text(SHOP)
    (tmp_path / "conftest.py").write_text(CONFTEST + HOME)
    return tmp_path


@pytest.fixture
def whole(project):
    """The project with every test and setting of the page, and a service of its own."""
    for name, text in FILES.items():
        (project / f"test_{name}.py").write_text(text)
    (project / "soap-contracts.toml").write_text("".join(SETTINGS))
    own = project / "services" / "own-wms"
    shutil.copytree(ROOT / "examples" / "own-service", own)
    contract = (own / "contract.toml").read_text(encoding="utf-8")
    (own / "contract.toml").write_text(contract.replace('name = "bookshop"', 'name = "own-wms"'), encoding="utf-8")
    return project


def run(command: str, folder, time: str) -> subprocess.CompletedProcess[str]:
    """What ``command`` does in ``folder``, with this Python and where the client writes ``time``."""
    ours = {"soap-contracts": [sys.executable, "-P", "-m", "contracts"], "python": [sys.executable]}
    words = [part for word in shlex.split(command) for part in ours.get(word, [word])]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("SOAP_", "ONGOING_"))}
    environment |= {"SHOP_TIME": time, "PYTEST_ADDOPTS": "-p no:cacheprovider -W error -rA"}
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert SECRET not in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    return done


def outcomes(folder, time: str, *options: str) -> dict[str, str]:
    """The tests of the project, each with the headline of its failure, "" where it passes."""
    done = run(shlex.join(["python", "-m", "pytest", "--junitxml=junit.xml", *options]), folder, time)
    found: dict[str, str] = {}
    for case in ET.parse(folder / "junit.xml").iter("testcase"):
        assert case.find("error") is None, done.stdout
        failure = case.find("failure")
        found[case.get("name", "")] = "" if failure is None else failure.get("message", "")
    return found


def test_there_is_no_block_that_is_not_run_here():
    assert len(re.findall("^```", PAGE, re.MULTILINE)) == 2 * sum(
        len(blocks(language)) for language in ("python", "toml", "text", "sh")
    )
    named = set(re.findall(r"def (test_\w+)", "".join(FILES.values())))
    assert named == set(re.findall(r"def (test_\w+)", PAGE)) | {"test_own_service"}


@pytest.mark.parametrize(("time", "options"), [(RIGHT, ()), (WRONG, ("-n", "2"))], ids=["right", "wrong-xdist"])
def test_each_example_passes_and_fails_with_the_client(whole, time, options):
    found = outcomes(whole, time, *options)
    named = re.findall(r"def (test_\w+)", "".join(FILES.values()))
    assert set(found) == set(named)
    for name, failure in found.items():
        assert ("breaks its contract" in failure) == (time == WRONG and name not in EASY), name
        assert bool(failure) == (time == WRONG and name not in EASY), name


def test_the_reports_are_printed_as_they_come(project):
    (project / "test_smallest.py").write_text(SMALLEST)
    done = run("python -m pytest", project, WRONG)
    assert done.returncode == 1
    for line in "".join(REPORTS).splitlines():
        assert f"\n{line}\n" in done.stdout


def test_a_request_that_no_cassette_has_is_told_as_it_comes(project):
    (project / "test_it.py").write_text(CASSETTES.replace('"IntegrationType", ', ""))
    done = run("python -m pytest", project, RIGHT)
    assert done.returncode == 1
    assert " ".join(UNMATCHED.split()) in " ".join(done.stdout.split())


def test_a_baseline_is_written_by_run_and_read_by_the_plugin(project):
    (project / "test_it.py").write_text(BY_ADDRESS)
    assert run("python -m pytest", project, WRONG).returncode == 1
    assert run(WRITE, project, WRONG).returncode == 0
    assert "schema/date-time" in (project / "known.json").read_text(encoding="utf-8")
    done = run(USE, project, WRONG)
    assert done.returncode == 0
    assert "2 messages: 2 passed, 0 failed (0 errors, 0 warnings, 0 infos, 1 accepted)" in done.stdout


def test_a_project_with_a_package_of_the_same_name_does_without_the_fixture(project):
    (project / "contracts").mkdir()
    (project / "contracts" / "__init__.py").write_text("MINE = 1\n")
    (project / "test_it.py").write_text(
        BY_ADDRESS + "\ndef test_own():\n    import contracts\n    assert contracts.MINE\n"
    )
    (project / "test_smallest.py").write_text(SMALLEST)
    refused = run("python -m pytest test_smallest.py", project, RIGHT)
    assert refused.returncode == pytest.ExitCode.USAGE_ERROR
    assert f"`import contracts` finds {(project / 'contracts' / '__init__.py').resolve()}" in refused.stderr
    for time, code in ((RIGHT, 0), (WRONG, 1)):
        done = run(f"{APART} test_it.py", project, time)
        assert "2 passed" in done.stdout + done.stderr
        assert done.returncode == code


def test_every_option_is_named():
    named = re.search(r"`--soap-contracts-`\s+with\s+(.*?)\.\s+A\s+wrong", PAGE, re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--help"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    options = set(re.findall(r"--soap-contracts-([a-z-]+)", done.stdout))
    assert named is not None
    assert set(re.findall(r"`([a-z-]+) [A-Z]+`", named[1])) == options
