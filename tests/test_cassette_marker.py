"""The marker `soap_contracts_cassette` in projects of their own; one run in a process of its own, one with workers."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, Any

import httpx
import hypothesis
import pytest
import yaml
import zeep

from contracts.plugin import replays

if TYPE_CHECKING:
    from collections.abc import Callable

pytest_plugins = ["pytester"]

#: What a project imports is loaded here once, and not again in each of its runs.
LOADED = (httpx, hypothesis, replays, zeep)
MARKER = "soap_contracts_cassette"
STORES = "ongoing/SetTimeOfLastSync/stores-the-time"
UNMATCHED = (
    "no recorded answer for this ongoing/SetTimeOfLastSync request; the nearest is {}[0]: "
    "syncTime: '2024-05-01T12:00:00Z' was recorded, '2025-01-01T00:00:00Z' came"
)

URL = "https://api.ongoingsystems.se/x/service.asmx"
HEADERS = {
    "Content-Type": "text/xml; charset=utf-8",
    "SOAPAction": '"http://ongoingsystems.se/WSI/SetTimeOfLastSync"',
}
ENVELOPE = """<?xml version="1.0" encoding="utf-8"?>
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
<SetTimeOfLastSync xmlns="http://ongoingsystems.se/WSI"><UserName>{user}</UserName>
<Password>{password}</Password><GoodsOwnerId>42</GoodsOwnerId><IntegrationType>order export</IntegrationType>
<syncTime>{time}</syncTime></SetTimeOfLastSync></s:Body></s:Envelope>"""
ANSWER = """<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
<SetTimeOfLastSyncResponse xmlns="http://ongoingsystems.se/WSI"/></s:Body></s:Envelope>"""

#: It says which cassette has answered. Its user name and its password hold the word canary, and differ from those
#: recorded; `send` swallows whatever is raised.
CLIENT = f"""
import urllib.error
import urllib.request

import pytest

URL = {URL!r}
HEADERS = {HEADERS!r}
ENVELOPE = {ENVELOPE!r}
RIGHT = "2024-05-01T12:00:00Z"
OTHER = "2025-01-01T00:00:00Z"
WRONG = "2024-05-01 12:00:00"
STORES = {STORES!r}
cassette = pytest.mark.soap_contracts_cassette


def envelope(time=RIGHT, user="canary-user", password="canary-password"):
    return ENVELOPE.format(time=time, user=user, password=password).encode()


def post(url=URL, time=RIGHT):
    with urllib.request.urlopen(urllib.request.Request(url, envelope(time), HEADERS), timeout=10) as response:
        return response.headers["X-Tape"] or response.headers["Soap-Contracts-Provenance"]


def send(url=URL, time=RIGHT):
    try:
        return post(url, time)
    except Exception as error:
        return type(error).__name__
"""
HEAD = "import pytest\nfrom client import *\n\n"

#: A server that is really there, and what it has seen.
SERVER = """
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SEEN = []

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        SEEN.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.send_header("X-Tape", "none, a server")
        self.end_headers()

    def log_message(self, *_): pass

SERVER = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
ADDRESS = f"http://127.0.0.1:{SERVER.server_port}/x/service.asmx"

@pytest.fixture(scope="module", autouse=True)
def server():
    thread = threading.Thread(target=SERVER.serve_forever, args=(0.01,))
    thread.start()
    yield
    SERVER.shutdown()
    thread.join()
    SERVER.server_close()

"""


def exchange(name: str, time: str = "2024-05-01T12:00:00Z", **fields: Any) -> dict[str, Any]:
    """A recorded exchange, whose answer says that it comes from ``name``."""
    body = ENVELOPE.format(time=time, user="REDACTED-UserName-1", password="REDACTED-Password-1")
    request = {"method": "POST", "uri": URL, "headers": {key: [value] for key, value in HEADERS.items()}, "body": body}
    headers = {"Content-Type": ["text/xml; charset=utf-8"], "X-Tape": [name]}
    response = {"status": {"code": 200, "message": "OK"}, "headers": headers, "body": {"string": ANSWER}}
    return {"request": request, "response": response | fields}


class Project:
    """A project with the client above and cassettes of its own, and pytest run in it."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        self.write("client.py", CLIENT)

    def write(self, name: str, text: str) -> None:
        path = self.pytester.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def record(self, name: str, *exchanges: dict[str, Any]) -> None:
        document = {"version": 1, "interactions": list(exchanges)}
        self.write(name, json.dumps(document) if name.endswith(".json") else yaml.safe_dump(document))

    def run(self, tests: str, *arguments: str, apart: bool = False, **counts: int) -> pytest.RunResult:
        """The result of pytest on ``tests``, whose outcomes must be ``counts`` and in which no secret is shown."""
        self.write("test_it.py", HEAD + tests)
        start = self.pytester.runpytest_subprocess if apart else self.pytester.runpytest_inprocess
        found = start("-W", "error", *arguments)
        text = found.stdout.str() + found.stderr.str()
        assert "canary" not in text
        assert "Traceback" not in text
        assert "INTERNALERROR" not in text
        if counts:
            assert found.parseoutcomes() == counts
        return found


@pytest.fixture
def project(pytester, monkeypatch):
    for name in ("CI", "BUILD_NUMBER", "PYTEST_ADDOPTS", "FORCE_COLOR", "PY_COLORS"):
        monkeypatch.delenv(name, raising=False)
    return Project(pytester)


@pytest.fixture(autouse=True)
def no_way_out(monkeypatch):
    """Whatever is asked for a name or connects elsewhere than to this machine fails."""
    here = {"127.0.0.1", "localhost", "::1", None}

    def only_here(real: Callable[..., Any], host: Callable[..., Any]) -> Callable[..., Any]:
        def checked(*args: Any, **known: Any) -> Any:
            if host(*args) not in here:
                pytest.fail(f"a request left the process, for {host(*args)}")
            return real(*args, **known)

        return checked

    monkeypatch.setattr(socket, "getaddrinfo", only_here(socket.getaddrinfo, lambda host, *_: host))
    connect = only_here(socket.socket.connect, lambda _, address: address[0] if isinstance(address, tuple) else None)
    monkeypatch.setattr(socket.socket, "connect", connect, raising=False)


def summary(found: pytest.RunResult) -> str:
    """The terminal summary of the plugin."""
    return found.stdout.str().partition("= soap-contracts =")[2].partition("\n===")[0]


def notes(found: pytest.RunResult) -> list[str]:
    return [line for line in summary(found).splitlines() if line.startswith("NOTE")]


class TestAMarkedTest:
    def test_is_answered_without_the_fixture(self, project):
        found = project.run("@cassette(STORES)\ndef test_it(): assert post() == 'documented'\n", passed=1)
        assert "ongoing SetTimeOfLastSync: 1 request, 1 response\n" in summary(found)
        assert "2 messages: 2 passed, 0 failed" in summary(found)
        assert notes(found) == []

    def test_is_answered_at_the_endpoint_of_the_stub_which_gets_nothing(self, project):
        found = project.run(
            """
@cassette(STORES)
def test_it(soap_contracts):
    assert post(soap_contracts.ongoing.endpoint) == "documented"
    assert soap_contracts.ongoing.received == ()

def test_after(soap_contracts):
    assert post(soap_contracts.ongoing.endpoint) is None
    assert len(soap_contracts.ongoing.received) == 1
""",
            passed=2,
        )
        assert "4 messages: 4 passed" in summary(found)

    def test_is_answered_from_the_set_up_of_its_fixtures_to_their_teardown(self, project):
        tests = """
@pytest.fixture
def around():
    assert post() == "first"
    yield
    assert post() == "third"

@cassette("three")
def test_it(around): assert post() == "second"
"""
        project.record("cassettes/three.yaml", *map(exchange, ("first", "second", "third")))
        assert notes(project.run(tests, passed=1)) == []

    def test_is_judged_from_the_set_up_of_its_fixtures_to_their_teardown(self, project):
        tests = """
@pytest.fixture
def early(): send(time=OTHER)

@pytest.fixture
def raising(): post(time=OTHER)

@pytest.fixture
def late():
    yield
    post(time=OTHER)

@cassette(STORES)
def test_early(early): pass

@cassette(STORES)
def test_raising(raising): pass

@cassette(STORES)
def test_late(late): post()
"""
        found = project.run(tests, failed=1, errors=2, passed=1)
        for title in ("*ERROR at setup of test_raising*", "*ERROR at teardown of test_late*", "*_ test_early _*"):
            found.stdout.fnmatch_lines([title, "a request is in no cassette"])
        assert found.stdout.str().count(f"ERROR cassettes: {UNMATCHED.format(STORES)}\n") == 3

    def test_is_a_class_a_module_or_one_of_many_with_parameters_and_the_nearest_marker_wins(self, project):
        for name in ("module", "class", "function", "parameter"):
            project.record(f"cassettes/{name}.yaml", exchange(name))
        found = project.run(
            """
pytestmark = cassette("module")

def test_module(): assert post() == "module"

@pytest.mark.parametrize("time", [RIGHT, OTHER])
def test_time(time): send(time=time)

@pytest.mark.parametrize("name", [pytest.param("parameter", marks=cassette("parameter")), "module"])
def test_parameter(name): assert post() == name

@cassette("class")
class TestClass:
    def test_class(self): assert post() == "class"

    @cassette("function")
    def test_function(self): assert post() == "function"
""",
            passed=6,
            failed=1,
        )
        found.stdout.fnmatch_lines(["FAILED test_it.py::test_time[[]2025-*[]] - a request is in no cassette"])

    def test_is_asynchronous(self, project):
        tests = """
import httpx

@pytest.fixture
def anyio_backend():
    return "asyncio"

@pytest.mark.anyio
@cassette(STORES)
@pytest.mark.parametrize("time", [RIGHT, OTHER])
async def test_it(time):
    async with httpx.AsyncClient() as client:
        answer = await client.post(URL, content=envelope(time), headers=HEADERS)
    assert answer.headers["Soap-Contracts-Provenance"] == "documented"
"""
        found = project.run(tests, passed=1, failed=1)
        found.stdout.fnmatch_lines(["a request is in no cassette", "", f"ERROR cassettes: {_literal(STORES)}"])

    def test_uses_zeep_with_the_wsdl_at_the_provider_s_address(self, project):
        project.run(
            """
import zeep

@cassette("ongoing/GetTimeOfLastSync/returns-the-time")
def test_it():
    client = zeep.Client("https://api.ongoingsystems.se/x/service.asmx?WSDL")
    asked = {"UserName": "canary-user", "Password": "canary-password", "IntegrationType": "order export"}
    assert client.service.GetTimeOfLastSync(**asked, GoodsOwnerId=42).isoformat() == "2024-05-01T12:00:00+00:00"
""",
            passed=1,
        )

    def test_is_each_example_of_hypothesis(self, project):
        found = project.run(
            f"""
from hypothesis import given, settings, strategies as st

@cassette("{STORES}", ignore=["syncTime"])
@settings(derandomize=True, database=None, max_examples=20)
@given(st.integers(0, 1000))
def test_wrong(number): assert post(time=WRONG if number >= 7 else RIGHT) == "documented"

@cassette("{STORES}")
@settings(derandomize=True, database=None, max_examples=20)
@given(st.integers(0, 1000))
def test_unmatched(number): send(time=OTHER if number >= 7 else RIGHT)
""",
            failed=2,
        )
        found.stdout.fnmatch_lines(["E*ContractViolation: ongoing/SetTimeOfLastSync request breaks*", "*number=7,*"])
        found.stdout.fnmatch_lines(["E*ContractViolation: a request is in no cassette", "*number=7,*"])

    def test_starts_anew_where_a_plugin_runs_it_again(self, project):
        project.write(
            "conftest.py",
            """
import pytest
from _pytest.runner import runtestprotocol

@pytest.hookimpl
def pytest_runtest_protocol(item, nextitem):
    reports = runtestprotocol(item, nextitem=item, log=False)
    if any(report.failed for report in reports):
        reports = runtestprotocol(item, nextitem=nextitem, log=False)
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    return True
""",
        )
        project.record("cassettes/two.yaml", exchange("first"), exchange("second"))
        tests = """
TIMES = []

@cassette("two", strict_order=True)
def test_it():
    TIMES.append(post())
    assert len(TIMES) > 1
"""
        found = project.run(tests, passed=1)
        path = project.pytester.path / "cassettes" / "two.yaml"
        assert notes(found) == [f"NOTE test_it.py::test_it: {path}[1] was never asked for"]

    def test_leaves_the_others_alone(self, project):
        tests = """
def test_before(): assert post(ADDRESS) == "none, a server"

@cassette(STORES)
def test_marked():
    assert post(ADDRESS.replace(ADDRESS.split("/")[2], "api.ongoingsystems.se")) == "documented"
    assert send(ADDRESS.replace("/x/", "/y/")) == "documented"

def test_after():
    assert post(ADDRESS, time=WRONG) == "none, a server"
    assert len(SEEN) == 2
"""
        found = project.run(SERVER + tests, passed=3)
        assert "4 messages: 4 passed" in summary(found)


def _literal(name: str) -> str:
    """The line about the unmatched request, as a pattern."""
    return UNMATCHED.format(name).replace("[", "[[]")


class TestItsCassettes:
    def test_are_those_beside_the_test_before_those_that_ship(self, project):
        project.record("cassettes/mine.yaml", exchange("mine"))
        project.record(f"cassettes/{STORES}.yaml", exchange("instead"))
        project.record("tests/cassettes/mine.yaml", exchange("nearer"))
        project.write("tests/test_nearer.py", f"{HEAD}@cassette('mine')\ndef test_it(): assert post() == 'nearer'\n")
        project.run(
            """
@pytest.mark.parametrize("name", [pytest.param(name, marks=cassette(name)) for name in ("mine", "mine.yaml")])
def test_mine(name): assert post() == "mine"

@cassette(STORES)
def test_instead(): assert post() == "instead"

@cassette("ongoing/SetTimeOfLastSync/unhandled-exception")
def test_shipped(): assert send() == "HTTPError"
""",
            passed=5,
        )

    def test_are_those_in_a_folder_a_path_or_several(self, project):
        project.record("tapes/mine.yaml", exchange("first"))
        project.record("elsewhere/other.json", exchange("second", "2025-01-01T00:00:00Z"))
        project.run(
            """
from pathlib import Path

HERE = Path(__file__).parent
PATH = HERE / "elsewhere" / "other.json"

@cassette("mine", folder="tapes")
def test_folder(): assert post() == "first"

@cassette("mine", folder=HERE / "tapes")
def test_folder_as_a_path(): assert post() == "first"

@cassette(STORES, folder="tapes")
def test_shipped(): assert post() == "documented"

@cassette(PATH)
def test_path(): assert post(time=OTHER) == "second"

@cassette("mine", PATH, folder="tapes")
def test_several(): assert (post(time=OTHER), post()) == ("second", "first")
""",
            passed=5,
        )

    def test_compare_what_is_not_ignored(self, project):
        found = project.run(
            """
@cassette(STORES, ignore=["syncTime"])
def test_ignored(): assert post(time=OTHER) == "documented"

@cassette(STORES, ignore=["GoodsOwnerId"])
def test_another(): post(time=OTHER)
""",
            passed=1,
            failed=1,
        )
        found.stdout.fnmatch_lines(["FAILED *::test_another - a request is in no cassette"])

    def test_give_each_answer_once_and_the_last_again_or_all_in_strict_order(self, project):
        project.record("cassettes/two.yaml", exchange("first"), exchange("second"))
        project.record("cassettes/times.yaml", exchange("first"), exchange("second", "2025-01-01T00:00:00Z"))
        found = project.run(
            """
@cassette("two")
def test_any(): assert [post(), post(), post()] == ["first", "second", "second"]

@cassette("two", strict_order=True)
def test_once():
    assert [post(), post()] == ["first", "second"]
    send()

@cassette("times")
def test_in_any_order(): assert [post(time=OTHER), post()] == ["second", "first"]

@cassette("times", strict_order=True)
def test_in_order(): send(time=OTHER)
""",
            passed=2,
            failed=2,
        )
        found.stdout.fnmatch_lines(
            [
                "ERROR cassettes: *: in strict order each exchange is replayed once, and all of them were",
                "ERROR cassettes: *: in strict order the next is */times.yaml[[]0]: syncTime: *",
            ]
        )

    def test_are_noted_where_nobody_has_asked_for_them_by_a_test_that_has_passed(self, project):
        found = project.run(
            """
BOTH = cassette(STORES, "ongoing/GetTimeOfLastSync/never-set")

@BOTH
def test_passing(): post()

@BOTH
def test_failing():
    post()
    assert False

@BOTH
def test_of_parts(subtests):
    with subtests.test(): post()
    with subtests.test(): assert False

@BOTH
def test_unmatched():
    send(time=OTHER)

@pytest.fixture
def late():
    yield
    assert False

@BOTH
def test_late(late): post()

@BOTH
def test_skipped(): pytest.skip("had enough")

@BOTH
@pytest.mark.xfail
def test_expected(subtests):
    with subtests.test(): post()
    assert False

@BOTH
def test_again(): post()

@BOTH
@pytest.mark.skip
def test_never(): pass
""",
        )
        assert {name: count for name, count in found.parseoutcomes().items() if "subtest" not in name} == {
            "passed": 3,
            "failed": 4,
            "errors": 1,
            "skipped": 2,
            "xfailed": 1,
        }
        said = "ongoing/GetTimeOfLastSync/never-set[0] was never asked for"
        assert notes(found) == [f"NOTE test_it.py::{name}: {said}" for name in ("test_passing", "test_again")]

    def test_are_noted_by_each_worker(self, project):
        tests = """
@pytest.mark.parametrize("number", range(4))
@cassette(STORES, "ongoing/GetTimeOfLastSync/never-set")
def test_it(number): post()
"""
        found = project.run(tests, "-n", "2", passed=4)
        said = "ongoing/GetTimeOfLastSync/never-set[0] was never asked for"
        assert sorted(notes(found)) == [f"NOTE test_it.py::test_it[{number}]: {said}" for number in range(4)]
        assert "8 messages: 8 passed" in summary(found)


class TestWhatFailsIt:
    def test_is_a_violation_unless_it_is_allowed(self, project):
        found = project.run(
            """
pytestmark = cassette(STORES, ignore=["syncTime"])

def test_wrong(): assert post(time=WRONG) == "documented"

@pytest.mark.soap_contracts_allow("schema/date-time", reason="known")
def test_marked(): assert post(time=WRONG) == "documented"

def test_allowed(soap_contracts):
    soap_contracts.allow("schema/date-time", "known")
    assert post(time=WRONG) == "documented"
""",
            failed=1,
            passed=2,
        )
        found.stdout.fnmatch_lines(
            [
                "*_ test_wrong _*",
                "ongoing/SetTimeOfLastSync request breaks its contract: schema/date-time",
                "FAIL ongoing SetTimeOfLastSync request  POST api.ongoingsystems.se",
                "  5:1 error schema/date-time",
            ]
        )
        assert "6 messages: 5 passed, 1 failed (1 error, 0 warnings, 0 infos, 2 accepted)" in summary(found)

    def test_is_a_violation_in_a_recorded_answer(self, project):
        broken = (
            "<Envelope xmlns='http://schemas.xmlsoap.org/soap/envelope/'><Body><A xmlns='urn:a'/></Body></Envelope>"
        )
        project.record("cassettes/broken.yaml", exchange("broken", body={"string": broken}))
        found = project.run("@cassette('broken')\ndef test_it(): post()\n", failed=1)
        found.stdout.fnmatch_lines(["FAILED test_it.py::test_it - ongoing response breaks its contract: *"])

    def test_is_a_request_without_an_answer_that_the_client_swallows(self, project):
        found = project.run("@cassette(STORES)\ndef test_it(): assert send(time=OTHER) != 'x'\n", failed=1)
        found.stdout.fnmatch_lines(["*_ test_it _*", "a request is in no cassette"])
        assert f"\n\nERROR cassettes: {UNMATCHED.format(STORES)}\n" in found.stdout.str()
        found.stdout.fnmatch_lines(["FAILED test_it.py::test_it - a request is in no cassette"])

    @pytest.mark.parametrize("library", ["urllib", "requests", "httpx"])
    def test_is_a_request_without_an_answer_told_once_and_without_the_frames_of_the_client(self, project, library):
        sent = {
            "urllib": "post(time=OTHER)",
            "requests": "requests.post(URL, data=envelope(OTHER), headers=HEADERS)",
            "httpx": "httpx.post(URL, content=envelope(OTHER), headers=HEADERS)",
        }[library]
        tests = f"import httpx, requests\n\n@cassette(STORES)\ndef test_it():\n    {sent}\n"
        found = project.run(tests, "-vv", "--showlocals", "--tb=long", failed=1)
        assert found.stdout.str().count(UNMATCHED.format(STORES)) == 1
        assert f"{library}" not in found.stdout.str()
        found.stdout.fnmatch_lines(["FAILED test_it.py::test_it - a request is in no cassette"])

    def test_shows_no_secret(self, project):
        tests = """
import requests

WHO = {"UserName": "canary-user", "Password": "canary-password"}
SHORT = "<Envelope xmlns='http://schemas.xmlsoap.org/soap/envelope/'><Body>{}</Body></Envelope>"

def short(operation="SetTimeOfLastSync"):
    fields = "".join(f"<{name}>{text}</{name}>" for name, text in WHO.items())
    return SHORT.format(f"<{operation} xmlns='http://ongoingsystems.se/WSI'>{fields}</{operation}>")

class Client:
    def __init__(self, user, password): self.user, self.password = user, password
    def sync(self, body): return requests.post(URL, data=body, headers=HEADERS, auth=(self.user, self.password))

@pytest.fixture
def early(): Client(*WHO.values()).sync(short())

@cassette(STORES)
def test_set_up(early): pass

@cassette(STORES)
@pytest.mark.parametrize("operation", ["SetTimeOfLastSync", "GetTimeOfLastSync", "Nothing"])
def test_call(operation): Client(*WHO.values()).sync(short(operation))

@cassette(STORES)
def test_no_soap(): requests.get("https://api.ongoingsystems.se/x", auth=tuple(WHO.values()), json=WHO)

@cassette(STORES)
@pytest.mark.xfail
def test_expected(): Client(*WHO.values()).sync(short())
"""
        options = ("-vv", "--showlocals", "--tb=long", "-rA", "--xfail-tb", "--junitxml=junit.xml", "--log-level=INFO")
        project.run(tests, *options, errors=1, failed=4, xfailed=1)
        assert "canary" not in (project.pytester.path / "junit.xml").read_text(encoding="utf-8")

    def test_may_be_what_it_is_expected_to_fail_by(self, project):
        tests = """
from contracts.errors import ContractViolation, UnmatchedRequestError

@cassette(STORES)
@pytest.mark.xfail(strict=True, raises=(ContractViolation, UnmatchedRequestError))
def test_it(): post(time=OTHER)
"""
        project.run(tests, xfailed=1)


class TestAMarkerThatCannotBeUsed:
    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            ("'ongoing/Nothing/like-it-at-all'", "there is no cassette 'ongoing/Nothing/like-it-at-all'; *"),
            (f"'{STORES[:-1]}'", f"there is no cassette '{STORES[:-1]}'; did you mean {STORES}?"),
            ("'mime'", "there is no cassette 'mime'; did you mean mine?"),
            ("'broken'", "*/cassettes/broken.yaml: line 3: no YAML: *"),
            ("__import__('pathlib').Path('none.yaml')", "none.yaml: cannot be read: No such file or directory"),
            ("__import__('pathlib').Path('no\\0ne')", "*cannot be read*"),
            ("'../secret'", "'../secret' is no name of a cassette: *"),
            ("'/etc/passwd'", "'/etc/passwd' is no name of a cassette: *"),
            ("", "it takes names of cassettes, and folder, ignore and strict_order"),
            ("STORES, record_mode='all'", "it takes names of cassettes, and folder, ignore and strict_order"),
            ("STORES, ignore='syncTime'", "ignore is a list of names, such as ['syncTime']"),
            ("STORES, ignore=['syncTim']", "there is no field 'syncTim'; did you mean syncTime?"),
            ("STORES, folder=1", "expected str, bytes or os.PathLike object, not int"),
            ("1", "expected str, bytes or os.PathLike object, not int"),
        ],
    )
    def test_fails_in_a_sentence(self, project, arguments, said):
        project.record("cassettes/mine.yaml", exchange("mine"))
        project.write("cassettes/broken.yaml", "version: 1\ninteractions:\n- request: }\n")
        project.record("secret.yaml", exchange("outside"))
        found = project.run(f"@cassette({arguments})\ndef test_it(): pass\n", errors=1)
        title, *lines = found.stdout.str().partition("ERROR at setup of test_it")[2].splitlines()
        assert title.strip(" _") == ""
        found.stdout.fnmatch_lines(["*ERROR at setup of test_it*", f"{MARKER}: {said}".replace("[", "[[]")])
        assert lines[1].startswith("=")

    def test_lets_nothing_out_and_is_told_where_a_fixture_misses_its_answer(self, project):
        tests = """
@pytest.fixture
def early(): return post(ADDRESS)

SENT = []

@pytest.fixture
def swallowing():
    SENT.append(send(ADDRESS))
    yield
    SENT.append(send(ADDRESS))

@cassette("nothing-like-it")
def test_early(early): pass

@cassette("nothing-like-it")
def test_swallowing(swallowing): pass

def test_after():
    assert SEEN == []
    assert SENT == ["UnmatchedRequestError"] * 2
"""
        found = project.run(SERVER + tests, errors=2, passed=1)
        assert found.stdout.str().count(f"\n{MARKER}: there is no cassette 'nothing-like-it'; ") == 2
        assert "no cassette is in use" not in found.stdout.str()

    def test_is_of_that_test_alone_also_where_it_is_skipped(self, project):
        tests = """
@pytest.mark.skip
@cassette("nothing-like-it")
def test_skipped(): pass

def test_after(): pass

@cassette(STORES)
def test_marked(): assert post() == "documented"
"""
        project.run(tests, skipped=1, passed=2)


class TestASession:
    def test_knows_the_marker(self, project):
        project.run("@cassette(STORES)\ndef test_it(): post()\n", "--strict-markers", passed=1)
        found = project.pytester.runpytest_inprocess("--markers")
        found.stdout.fnmatch_lines([f"@pytest.mark.{MARKER}([*]names, folder=None, ignore=(), strict_order=False): *"])

    def test_ends_with_a_sentence_where_vcrpy_is_missing(self, project):
        project.write(
            "conftest.py",
            """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "vcr":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Blocked())
""",
        )
        found = project.run("@cassette(STORES)\ndef test_it(): pass\n", apart=True)
        assert found.ret == pytest.ExitCode.USAGE_ERROR
        (line,) = [line for line in found.stderr.lines if line]
        assert line == (
            f"ERROR: soap-contracts: the marker {MARKER}: contracts.recordings needs vcr: "
            "pip install 'soap-contracts[replay]'"
        )
