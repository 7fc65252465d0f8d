"""The pytest plugin in projects of its own; in a process of its own where it matters how pytest starts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from contracts.plugin.tally import Tally
from contracts.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Callable

pytest_plugins = ["pytester"]

#: It swallows every fault, as many a client does. Its user name and its password hold the word canary.
CLIENT = '''
import urllib.error
import urllib.request

ENVELOPE = """<?xml version="1.0" encoding="utf-8"?>
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
<SetTimeOfLastSync xmlns="http://ongoingsystems.se/WSI"><UserName>canary-user</UserName>
<Password>canary-password</Password><GoodsOwnerId>42</GoodsOwnerId><IntegrationType>shop</IntegrationType>
<syncTime>{time}</syncTime></SetTimeOfLastSync></s:Body></s:Envelope>"""
HEADERS = {
    "Content-Type": "text/xml; charset=utf-8",
    "SOAPAction": '"http://ongoingsystems.se/WSI/SetTimeOfLastSync"',
}
RIGHT = "2024-05-01T12:00:00Z"
WRONG = "2024-05-01 12:00:00"


def send(url, time=RIGHT):
    request = urllib.request.Request(url, ENVELOPE.format(time=time).encode(), HEADERS)
    try:
        return urllib.request.urlopen(request, timeout=10).status
    except urllib.error.HTTPError as error:
        return error.code


async def asend(url, time=RIGHT):
    import httpx

    async with httpx.AsyncClient() as client:
        return (await client.post(url, content=ENVELOPE.format(time=time), headers=HEADERS)).status_code
'''
HEAD = "import pytest\nfrom client import RIGHT, WRONG, asend, send\n\n"
REPORT = [
    "ongoing/SetTimeOfLastSync request breaks its contract: schema/date-time",
    "FAIL ongoing SetTimeOfLastSync request  #1 POST /ongoing",
    "  5:1 error schema/date-time",
    "    syncTime '2024-05-01 12:00:00' has a blank between date and time where XSD wants a T",
    "*5 | <syncTime>2024-05-01 12:00:00</syncTime>*",
    "*path: /soap:Envelope/soap:Body/ongoing:SetTimeOfLastSync/ongoing:syncTime",
    "*help: Send YYYY-MM-DDThh:mm:ssZ*",
]


class Project:
    """A project with the client above, and pytest run in it, ``apart`` in a process of its own."""

    def __init__(self, pytester: pytest.Pytester, *, apart: bool) -> None:
        self.pytester = pytester
        self.start = pytester.runpytest_subprocess if apart else pytester.runpytest_inprocess
        self.write("client.py", CLIENT)

    def write(self, name: str, text: str) -> None:
        path = self.pytester.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def run(self, tests: str, *arguments: str, **counts: int) -> pytest.RunResult:
        """The result of pytest on ``tests``, whose outcomes must be ``counts`` and in which no secret is shown."""
        self.write("test_it.py", HEAD + tests)
        return self.again(*arguments, **counts)

    def again(self, *arguments: str, **counts: int) -> pytest.RunResult:
        found = self.start("-W", "error", *arguments)
        text = found.stdout.str() + found.stderr.str()
        assert "canary" not in text
        assert "Traceback" not in text
        assert "INTERNALERROR" not in text
        if counts:
            assert {key: count for key, count in found.parseoutcomes().items() if key != "deselected"} == counts
        return found


@pytest.fixture
def project(pytester, monkeypatch, request):
    for name in ("CI", "BUILD_NUMBER", "PYTEST_ADDOPTS", "FORCE_COLOR", "PY_COLORS"):
        monkeypatch.delenv(name, raising=False)
    return Project(pytester, apart=request.node.get_closest_marker("usefixtures") is not None)


@pytest.fixture
def apart():
    """Named by the tests whose project is run in a process of its own."""


APART = pytest.mark.usefixtures("apart")


def sections(found: pytest.RunResult) -> str:
    """The terminal summary of the plugin."""
    return found.stdout.str().partition("= soap-contracts =")[2].partition("\n===")[0]


SYNC = "def test_sync(soap_contracts):\n    send(soap_contracts.ongoing.endpoint, {time})\n"
ASYNC = """
@pytest.fixture
def anyio_backend():
    return "asyncio"

@pytest.mark.anyio
async def test_sync(soap_contracts):
    await asend(soap_contracts.ongoing.endpoint, {time})
"""


class TestAClientWithAPlantedBug:
    @APART
    @pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
    @pytest.mark.parametrize("tests", [SYNC, ASYNC], ids=["sync", "async"])
    def test_fails_its_test_with_a_report_and_passes_once_it_is_fixed(self, project, tests, workers):
        found = project.run(tests.format(time="WRONG"), *workers, failed=1)
        found.stdout.fnmatch_lines(REPORT)
        found.stdout.fnmatch_lines(["2 messages: 1 passed, 1 failed (1 error, 0 warnings, 0 infos)"])
        found.stdout.fnmatch_lines(["FAILED test_it.py::test_sync*"])
        assert found.ret == pytest.ExitCode.TESTS_FAILED
        found = project.run(tests.format(time="RIGHT"), *workers, passed=1)
        found.stdout.fnmatch_lines(
            [
                "*= soap-contracts =*",
                "ongoing SetTimeOfLastSync: 1 request, 1 response",
                "2 messages: 2 passed, 0 failed (0 errors, 0 warnings, 0 infos)",
            ]
        )
        assert found.ret == pytest.ExitCode.OK

    def test_is_shown_in_colours_as_pytest_is_told(self, project):
        found = project.run(SYNC.format(time="WRONG"), "--color=yes", "--junitxml=junit.xml", failed=1)
        assert "\x1b[31;1mFAIL\x1b[0m ongoing SetTimeOfLastSync request" in found.stdout.str()
        written = (project.pytester.path / "junit.xml").read_text()
        assert "\nFAIL ongoing SetTimeOfLastSync request" in written
        assert "1B" not in written

    def test_is_named_in_one_line(self, project):
        found = project.run(SYNC.format(time="WRONG"), "--tb=line", "-v", failed=1)
        found.stdout.fnmatch_lines(["test_it.py:4: ongoing/SetTimeOfLastSync request breaks its contract: *"])

    def test_a_request_with_a_warning_fails_where_the_settings_say_so(self, project):
        naive = SYNC.format(time='"2024-05-01T12:00:00"')
        found = project.run(naive, passed=1)
        assert "(0 errors, 1 warning, 0 infos)" in sections(found)
        found = project.run(naive, "--soap-contracts-fail-on=warning", failed=1)
        found.stdout.fnmatch_lines(["*breaks its contract: provider/no-time-zone"])


class TestWhatFailsATest:
    def test_is_what_came_in_the_set_up_of_its_fixtures(self, project):
        project.run(
            """
@pytest.fixture(scope="class")
def once(soap_contracts):
    send(soap_contracts.ongoing.endpoint, WRONG)

class TestIt:
    def test_first(self, once): pass
    def test_second(self, once): pass
""",
            failed=1,
            passed=1,
        ).stdout.fnmatch_lines(["FAILED test_it.py::TestIt::test_first - ongoing/*"])

    def test_is_an_error_of_the_teardown_when_it_came_there(self, project):
        project.run(
            """
@pytest.fixture(autouse=True)
def late(soap_contracts):
    yield
    send(soap_contracts.ongoing.endpoint, WRONG)

def test_it(): pass
""",
            passed=1,
            errors=1,
        ).stdout.fnmatch_lines(["*ERROR at teardown of test_it*", *REPORT])

    def test_is_told_with_the_failure_of_a_fixture(self, project):
        project.run(
            """
@pytest.fixture
def broken(soap_contracts):
    send(soap_contracts.ongoing.endpoint, WRONG)
    raise LookupError("of its own")

def test_it(broken): pass
def test_next(soap_contracts): assert soap_contracts.ongoing.received == ()
""",
            errors=1,
            passed=1,
        ).stdout.fnmatch_lines(["*LookupError: of its own", "*- soap-contracts -*", *REPORT])

    def test_is_told_with_the_test_s_own_failure_and_replaces_a_skip(self, project):
        found = project.run(
            """
def test_own(soap_contracts):
    assert send(soap_contracts.ongoing.endpoint, WRONG) == 200

def test_skip(soap_contracts):
    send(soap_contracts.ongoing.endpoint, WRONG)
    pytest.skip("had enough")

def test_plain_skip(soap_contracts):
    pytest.skip("had enough")
""",
            failed=2,
            skipped=1,
        )
        found.stdout.fnmatch_lines(["E *assert 500 == 200", "*- soap-contracts -*", *REPORT])
        found.stdout.fnmatch_lines(["FAILED *::test_own - *assert 500 == 200", "FAILED *::test_skip - ongoing/*"])

    def test_is_what_a_test_may_be_expected_to_fail_by(self, project):
        project.run(
            """
import contracts

@pytest.mark.xfail(strict=True, raises=contracts.ContractViolation)
def test_expected(soap_contracts):
    send(soap_contracts.ongoing.endpoint, WRONG)

@pytest.mark.xfail(strict=True)
def test_unexpected(soap_contracts):
    send(soap_contracts.ongoing.endpoint, RIGHT)
""",
            xfailed=1,
            failed=1,
        ).stdout.fnmatch_lines(["FAILED *::test_unexpected*"])

    def test_is_also_what_a_test_sends_that_does_not_name_the_fixture(self, project):
        project.run(
            """
@pytest.fixture(scope="session")
def endpoint(soap_contracts):
    return soap_contracts.ongoing.endpoint

KNOWN = []
def test_one(endpoint): KNOWN.append(endpoint)
def test_two(): send(KNOWN[0], WRONG)
""",
            passed=1,
            failed=1,
        ).stdout.fnmatch_lines(["FAILED *::test_two - *"])

    def test_is_of_that_test_alone(self, project):
        project.run(
            """
@pytest.mark.parametrize("time", [RIGHT, WRONG, RIGHT, WRONG])
def test_it(soap_contracts, time):
    assert soap_contracts.ongoing.received == ()
    send(soap_contracts.ongoing.endpoint, time)
    (received,) = soap_contracts.ongoing.received
    assert received.verdict.passed == (time == RIGHT)
""",
            passed=2,
            failed=2,
        )

    def test_may_come_from_many_threads(self, project):
        found = project.run(
            """
from concurrent.futures import ThreadPoolExecutor

def test_it(soap_contracts):
    times = [RIGHT, WRONG] * 10
    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda time: send(soap_contracts.ongoing.endpoint, time), times))
    assert codes == [200, 500] * 10
    assert len(soap_contracts.ongoing.received) == 20
""",
            failed=1,
        )
        found.stdout.fnmatch_lines(["*breaks its contract: schema/date-time (and 9 more of its messages)"])
        assert "40 messages: 30 passed, 10 failed" in sections(found)

    def test_is_an_error_of_the_stub_as_well(self, project):
        found = project.run(
            """
def test_it(soap_contracts, monkeypatch):
    def broken(*_, **__): raise KeyError("canary-password")
    monkeypatch.setattr("contracts.conditions.Conditions.serve", broken)
    assert send(soap_contracts.ongoing.endpoint) == 500
""",
            failed=1,
        )
        found.stdout.fnmatch_lines(
            ["the stub itself has failed", "ERROR stub: internal error: KeyError at test_it.py:*"]
        )

    def test_makes_the_session_fail_when_no_test_is_left(self, project):
        project.write(
            "conftest.py",
            "import pytest\nfrom client import WRONG, send\nKNOWN = []\n"
            "@pytest.fixture(autouse=True)\ndef known(soap_contracts): KNOWN.append(soap_contracts.ongoing.endpoint)\n"
            "@pytest.hookimpl(tryfirst=True)\ndef pytest_runtest_logfinish(nodeid): send(KNOWN[0], WRONG)\n",
        )
        found = project.run("def test_it(): pass\n", passed=1)
        found.stdout.fnmatch_lines(
            [f"after the last test: {REPORT[0]}", *REPORT[1:], "2 messages: 1 passed, 1 failed*"]
        )
        assert found.ret == pytest.ExitCode.TESTS_FAILED


class TestOtherWaysToTest:
    def test_unittest(self, project):
        found = project.run(
            """
import unittest

class TestIt(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def give(self, soap_contracts): self.ongoing = soap_contracts.ongoing
    def setUp(self): self.assertEqual(self.ongoing.received, ())
    def test_right(self): send(self.ongoing.endpoint)
    def test_wrong(self): send(self.ongoing.endpoint, WRONG)
    def test_wrong_and_failing(self):
        send(self.ongoing.endpoint, WRONG)
        self.fail("of its own")
    def test_wrong_and_skipped(self):
        send(self.ongoing.endpoint, WRONG)
        self.skipTest("had enough")
    @unittest.expectedFailure
    def test_expected(self):
        send(self.ongoing.endpoint, WRONG)
        self.fail("of its own")
""",
            passed=1,
            failed=3,
            xfailed=1,
        )
        found.stdout.fnmatch_lines(["*AssertionError: of its own", "*- soap-contracts -*", *REPORT[:1]])
        for name in ("test_wrong", "test_wrong_and_skipped"):
            found.stdout.fnmatch_lines([f"FAILED *::{name} - ongoing/SetTimeOfLastSync*"])

    def test_a_fixture_that_asks_for_ours_by_name(self, project):
        project.run(
            """
@pytest.fixture
def endpoint(request):
    return request.getfixturevalue("soap_contracts").ongoing.endpoint

@pytest.mark.soap_contracts_allow("schema/date-time", "known")
def test_allowed(endpoint): assert send(endpoint, WRONG) == 200
def test_wrong(endpoint): send(endpoint, WRONG)
""",
            passed=1,
            failed=1,
        ).stdout.fnmatch_lines(["FAILED *::test_wrong - *"])

    def test_the_first_failure_ends_it_and_last_failed_runs_it_again(self, project):
        both = "@pytest.mark.parametrize('time', [RIGHT, WRONG, RIGHT])\ndef test_it(soap_contracts, time):\n    send(soap_contracts.ongoing.endpoint, time)\n"
        project.run(both, "-x", passed=1, failed=1)
        project.again("--lf", failed=1)

    def test_set_up_alone(self, project):
        tests = "@pytest.fixture\ndef early(soap_contracts): send(soap_contracts.ongoing.endpoint, WRONG)\ndef test_it(early): pass\n"
        project.run(tests, "--setup-only", errors=1).stdout.fnmatch_lines(["*ERROR at teardown of test_it*", *REPORT])

    def test_collecting_alone_starts_nothing(self, project):
        found = project.run(SYNC.format(time="WRONG"), "--collect-only", "--soap-contracts-select=no-such-rule")
        assert found.ret == pytest.ExitCode.OK
        assert not sections(found)

    def test_two_sessions_in_one_process(self, project):
        project.write("test_it.py", HEAD + SYNC.format(time="WRONG"))
        for _ in range(2):
            found = project.pytester.runpytest_inprocess()
            found.assert_outcomes(failed=1)
            assert "2 messages: 1 passed, 1 failed" in sections(found)


class TestTheFixture:
    def test_shows_what_was_received_and_no_secret(self, project):
        project.run(
            """
def test_it(soap_contracts):
    assert soap_contracts.luminate.received == ()
    send(soap_contracts.ongoing.endpoint + "/a-test")
    assert soap_contracts.luminate.received == ()
    (received,) = soap_contracts.ongoing.received
    assert received.operation == "SetTimeOfLastSync"
    assert received.fields == {
        "UserName": "***", "Password": "***", "GoodsOwnerId": "42", "IntegrationType": "shop", "syncTime": RIGHT,
    }
    assert received.request.body.startswith(b"<?xml")
    assert received.response.status == 200
    assert received.verdict.findings == ()
    assert repr(soap_contracts) == "<soap_contracts>"

def test_print(soap_contracts):
    send(soap_contracts.ongoing.endpoint)
    (received,) = soap_contracts.ongoing.received
    assert soap_contracts.ongoing.received == [], received.request
""",
            "-vv",
            "--showlocals",
            passed=1,
            failed=1,
        ).stdout.fnmatch_lines(["*<SetTimeOfLastSync {'UserName': '[*][*][*]'*"])

    def test_gives_a_wsdl_that_a_client_can_be_made_of(self, project):
        project.run(
            """
import zeep

def test_it(soap_contracts):
    client = zeep.Client(soap_contracts.ongoing.wsdl)
    service = client.create_service(next(iter(client.wsdl.bindings)), soap_contracts.ongoing.endpoint)
    service.GetTimeOfLastSync(UserName="canary", Password="canary", GoodsOwnerId=1, IntegrationType="shop")
    assert [received.operation for received in soap_contracts.ongoing.received] == ["GetTimeOfLastSync"]
""",
            passed=1,
        )

    def test_names_the_services_that_it_knows(self, project):
        project.run(
            """
def test_it(soap_contracts):
    with pytest.raises(AttributeError, match="no service 'ongoin'; did you mean ongoing"):
        soap_contracts.ongoin
    with pytest.raises(AttributeError, match="known are: luminate, ongoing"):
        soap_contracts.x
    with pytest.raises(LookupError, match="there is no service 'own-wms'"):
        soap_contracts.service("own-wms")
    assert not hasattr(soap_contracts, "__wrapped__")
""",
            passed=1,
        )

    def test_judges_what_it_is_given(self, project):
        found = project.run(
            """
import contracts
from client import ENVELOPE

def test_check(soap_contracts):
    verdict = soap_contracts.check(ENVELOPE.format(time=WRONG))
    assert [finding.rule for finding in verdict.findings] == ["schema/date-time"]

def test_assert_valid(soap_contracts):
    assert soap_contracts.assert_valid(ENVELOPE.format(time=RIGHT)).passed
    with pytest.raises(contracts.ContractViolation, match="error schema/date-time"):
        soap_contracts.assert_valid(ENVELOPE.format(time=WRONG))
    soap_contracts.allow("schema", "known")
    (finding,) = soap_contracts.assert_valid(ENVELOPE.format(time=WRONG)).findings
    assert finding.accepted == "known"

def test_raised(soap_contracts):
    soap_contracts.assert_valid(ENVELOPE.format(time=WRONG))

def test_judge(soap_contracts):
    soap_contracts.judge(ENVELOPE.format(time=WRONG))
""",
            passed=2,
            failed=2,
        )
        found.stdout.fnmatch_lines(["E *ContractViolation: ongoing/SetTimeOfLastSync request breaks its contract*"])
        found.stdout.fnmatch_lines(["FAILED *::test_judge - ongoing/SetTimeOfLastSync request breaks*"])
        assert "6 messages: 2 passed, 4 failed (4 errors, 0 warnings, 0 infos, 1 accepted)" in sections(found)

    def test_is_reached_whatever_proxy_is_set(self, project, monkeypatch):
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
        project.run(SYNC.format(time="RIGHT"), passed=1)

    def test_sends_an_application_of_the_whole_session_to_one_address(self, project):
        project.run(
            """
@pytest.fixture(scope="session")
def app(soap_contracts):
    return soap_contracts.ongoing.endpoint

@pytest.mark.parametrize("time", [RIGHT, WRONG])
def test_it(app, soap_contracts, time):
    send(app, time)
    assert len(soap_contracts.ongoing.received) == 1
    assert app == soap_contracts.ongoing.endpoint
""",
            passed=1,
            failed=1,
        )


class TestAllowing:
    def test_accepts_in_that_test_alone_and_answers_as_if_all_were_well(self, project):
        found = project.run(
            """
def test_allowed(soap_contracts):
    soap_contracts.allow("schema/date-time", "the warehouse reads it so", "ongoing/*", "*syncTime")
    assert send(soap_contracts.ongoing.endpoint, WRONG) == 200

@pytest.mark.soap_contracts_allow("schema", reason="the warehouse reads it so")
def test_marked(soap_contracts):
    assert send(soap_contracts.ongoing.endpoint, WRONG) == 200
    (received,) = soap_contracts.ongoing.received
    assert received.verdict.findings[0].accepted == "the warehouse reads it so"

def test_elsewhere(soap_contracts):
    soap_contracts.allow("schema/date-time", "of another operation", "luminate/*")
    send(soap_contracts.ongoing.endpoint, WRONG)

def test_after(soap_contracts):
    send(soap_contracts.ongoing.endpoint, WRONG)
""",
            passed=2,
            failed=2,
        )
        found.stdout.fnmatch_lines(["FAILED *::test_elsewhere*", "FAILED *::test_after*"])
        assert "2 accepted" in sections(found)

    @pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["alone", "xdist"])
    def test_says_what_nothing_needs(self, project, workers):
        found = project.run(
            "@pytest.mark.soap_contracts_allow('schema', reason='known')\n" + SYNC.format(time="RIGHT"),
            *workers,
            passed=1,
        )
        assert "NOTE test_it.py::test_sync: an allow (schema) matched nothing\n" in sections(found)

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (
                "'schema/date-tim', 'known'",
                "there is no rule or family 'schema/date-tim'; did you mean schema/date-time?",
            ),
            ("'schema', ''", "allowing schema needs a reason, which the report then shows"),
            ("'schema'", "*missing 1 required positional argument: 'reason'"),
        ],
    )
    def test_needs_a_rule_and_a_reason(self, project, arguments, said):
        found = project.run(f"@pytest.mark.soap_contracts_allow({arguments})\n" + SYNC.format(time="RIGHT"), errors=1)
        found.stdout.fnmatch_lines([f"soap_contracts_allow: {said}"])
        tests = f"def test_it(soap_contracts):\n    soap_contracts.allow({arguments})\n"
        project.run(tests, failed=1).stdout.fnmatch_lines([f"E *{said}"])

    def test_is_a_marker_that_pytest_knows(self, project):
        project.run(
            f"@pytest.mark.soap_contracts_allow('schema', 'known')\n{SYNC}".format(time="WRONG"),
            "--strict-markers",
            passed=1,
        )
        project.again("--markers").stdout.fnmatch_lines(["@pytest.mark.soap_contracts_allow(rule, reason, *"])


class TestSettings:
    def test_come_from_the_nearest_file(self, project):
        project.write("soap-contracts.toml", 'ignore = ["schema/date-time"]\nservices = ["ongoing"]\n')
        tests = "def test_it(soap_contracts):\n    assert send(soap_contracts.ongoing.endpoint, WRONG) == 200\n    assert not hasattr(soap_contracts, 'luminate')\n"
        project.run(tests, passed=1)

    def test_come_from_flags_and_the_environment_first(self, project, monkeypatch):
        project.write("soap-contracts.toml", 'ignore = ["schema"]\n')
        project.write("other.toml", 'ignore = ["http"]\n')
        project.run(SYNC.format(time="WRONG"), passed=1)
        project.again("--soap-contracts-config=other.toml", failed=1)
        project.again("--soap-contracts-ignore=provider", failed=1)
        project.again("--soap-contracts-select=http,soap", "--soap-contracts-select=xml", passed=1)
        monkeypatch.setenv("SOAP_CONTRACTS_IGNORE", "http")
        project.again(failed=1)

    def test_name_services_of_your_own(self, project, request):
        example = request.config.rootpath / "examples" / "own-service"
        (folder,) = [path.parent for path in example.rglob("contract.toml")]
        (name,) = re.findall(r'^name = "(.*)"', (folder / "contract.toml").read_text(), re.MULTILINE)
        tests = f"def test_it(soap_contracts):\n    assert soap_contracts.service({name!r}).endpoint.endswith('/' + {name!r})\n"
        project.run(tests, f"--soap-contracts-contracts={folder}", passed=1)

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (
                ["--soap-contracts-select=schema/date-tim"],
                "--soap-contracts-select: there is no rule or family 'schema/date-tim'; did*",
            ),
            (["--soap-contracts-contracts=none"], "soap-contracts: none: *"),
            (["--soap-contracts-baseline=none.json"], "soap-contracts: none.json: there is no baseline yet*"),
            (["--soap-contracts-config=wrong.toml"], "soap-contracts: wrong.toml: *"),
            (
                ["--soap-contracts-config=unknown.toml"],
                "soap-contracts: there is no service 'ongoin'; did you mean ongoing?",
            ),
        ],
    )
    def test_that_are_wrong_end_the_session_in_a_sentence(self, project, arguments, said):
        project.write("wrong.toml", "fail-on = 1\n")
        project.write("unknown.toml", 'services = ["ongoin"]\n')
        found = project.run(SYNC.format(time="RIGHT"), *arguments)
        assert found.ret == pytest.ExitCode.USAGE_ERROR
        found.stderr.fnmatch_lines([f"ERROR: {said}"])
        assert "passed" not in found.stdout.str()

    def test_that_are_wrong_end_the_session_of_workers_as_well(self, project):
        found = project.run(SYNC.format(time="RIGHT"), "--soap-contracts-select=none", "-n", "2")
        assert found.ret == pytest.ExitCode.USAGE_ERROR
        found.stderr.fnmatch_lines(["ERROR: --soap-contracts-select: there is no rule or family 'none'; *"])

    def test_that_are_wrong_are_told_where_the_fixture_is_only_asked_for_by_name(self, project):
        tests = "def test_it(request):\n    request.getfixturevalue('soap_contracts')\n"
        found = project.run(tests, "--soap-contracts-select=none", failed=1)
        found.stdout.fnmatch_lines(["--soap-contracts-select: there is no rule or family 'none'*"])

    def test_that_are_no_choice_are_refused_at_once(self, project):
        found = project.run("def test_it(): pass\n", "--soap-contracts-fail-on=never")
        assert found.ret == pytest.ExitCode.USAGE_ERROR
        found.stderr.fnmatch_lines(["*--soap-contracts-fail-on: invalid choice: 'never'*"])


BASELINE = """{"version": 1, "violations": [
  {"rule": "schema/date-time", "operation": "ongoing/SetTimeOfLastSync",
   "path": "/soap:Envelope/soap:Body/ongoing:SetTimeOfLastSync/ongoing:syncTime"},
  {"rule": "schema/integer", "operation": "ongoing/SetTimeOfLastSync", "path": "/gone"},
  {"rule": "schema/integer", "operation": "luminate/EndSynchronization", "path": "/never/came"}
]}"""


class TestTheSummary:
    @pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
    def test_adds_up_and_says_what_is_out_of_date(self, project, workers):
        project.write("baseline.json", BASELINE)
        project.write(
            "soap-contracts.toml",
            'baseline = "baseline.json"\n[[allow]]\nrule = "provider"\nreason = "x"\n'
            '[[allow]]\nrule = "http"\nreason = "x"\n[[allow]]\nrule = "xml"\nreason = "x"\nexpires = 2020-01-01\n',
        )
        # Only one of the workers meets the known violation, and only one the naive time.
        found = project.run(
            """
@pytest.mark.parametrize("time", [WRONG, RIGHT, RIGHT, RIGHT, "2024-05-01T12:00:00", RIGHT])
def test_it(soap_contracts, time):
    assert send(soap_contracts.ongoing.endpoint, time) == 200
""",
            *workers,
            passed=6,
        )
        said = sections(found)
        assert "ongoing SetTimeOfLastSync: 6 requests, 6 responses\n" in said
        assert "12 messages: 12 passed, 0 failed (0 errors, 0 warnings, 0 infos, 2 accepted)" in said
        assert re.findall("^NOTE.*", said, re.MULTILINE) == [
            "NOTE soap-contracts.toml: [[allow]] number 2 (http) matched nothing",
            "NOTE soap-contracts.toml: [[allow]] number 3 (xml) expired on 2020-01-01: nothing needs it",
            "NOTE baseline.json: schema/integer no longer occurs at ongoing/SetTimeOfLastSync /gone",
        ]

    def test_says_when_nothing_came(self, project):
        found = project.run("def test_it(soap_contracts): pass\n", passed=1)
        assert "0 messages: 0 passed, 0 failed" in sections(found)

    def test_names_the_first_of_many_that_are_stale(self):
        many = frozenset(("schema/integer", "ongoing/SetTimeOfLastSync", f"/{number:03}") for number in range(30))
        settings: Callable[[], None] = type("Settings", (), {"source": "s.toml", "baseline": "b.json"})
        tally = Tally()
        tally.met.add(("ongoing", "SetTimeOfLastSync", "schema/integer", "/000"))
        *named, rest = tally.outdated(settings, Policy(baseline=many))
        assert len(named) == 20
        assert rest == ("b.json", "9 more no longer occur")


LOADED = """
import sys

def pytest_unconfigure(config):
    names = {name.partition(".")[0] for name in sys.modules}
    print("\\nloaded:", *sorted(names & {"contracts", "lxml", "uvicorn", "pytest_soap_contracts"}))
"""


@APART
class TestAProjectThatDoesNotUseIt:
    @pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["alone", "xdist"])
    def test_loads_one_small_module(self, project, workers):
        project.write("conftest.py", LOADED)
        project.write("soap-contracts.toml", "this is not even read")
        found = project.run("def test_it(): pass\n", *workers, passed=1)
        found.stdout.fnmatch_lines(["loaded: pytest_soap_contracts"])
        assert not sections(found)

    def test_may_switch_it_off_and_name_it(self, project, monkeypatch):
        project.write("conftest.py", LOADED)
        found = project.run("def test_it(): pass\n", "-p", "no:soap-contracts", passed=1)
        found.stdout.fnmatch_lines(["loaded:"])
        monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        project.run(SYNC.format(time="WRONG"), "-p", "pytest_soap_contracts", failed=1)

    @pytest.mark.parametrize("name", ["contracts/__init__.py", "contracts.py"])
    def test_may_have_a_package_of_the_same_name(self, project, name):
        project.write(name, "MINE = 1\n")
        tests = "def test_it():\n    import contracts\n    assert contracts.MINE\n"
        project.run(tests, passed=1)
        project.again("-n", "1", passed=1)


@APART
class TestAClash:
    @pytest.mark.parametrize(
        ("name", "first", "workers"),
        [
            ("contracts/__init__.py", "", ()),
            ("contracts/__init__.py", "import contracts\n", ()),
            ("contracts.py", "import contracts\n", ()),
            ("contracts.py", "", ("-n", "2")),
        ],
        ids=["package", "imported", "module", "xdist"],
    )
    def test_is_told_in_a_sentence(self, project, name, first, workers):
        project.write(name, "MINE = 1\n")
        found = project.run(first + SYNC.format(time="RIGHT"), *workers)
        assert found.ret == pytest.ExitCode.USAGE_ERROR
        mine = (project.pytester.path / name).resolve()
        (line,) = [line for line in found.stderr.lines if line]
        assert line.startswith(f"ERROR: soap-contracts: `import contracts` finds {mine} and not ")
        assert line.endswith(
            "/contracts/__init__.py: rename yours, keep its folder off sys.path, for example with --import-mode=importlib and without python -m, or do without the fixture: soap-contracts run -- pytest"
        )

    def test_is_none_where_the_folder_is_no_package(self, project):
        project.write("contracts/mine.toml", "")
        project.run(SYNC.format(time="RIGHT"), passed=1)

    def test_is_told_where_another_distribution_has_written_over_ours(self, project):
        project.write("conftest.py", "import sys\nsys.modules['contracts.plugin'] = None\n")
        found = project.run(SYNC.format(time="RIGHT"))
        assert found.ret == pytest.ExitCode.USAGE_ERROR
        found.stderr.fnmatch_lines(["ERROR: soap-contracts: */contracts/__init__.py cannot be imported (*); *"])


class TestWhatComesAtOddTimes:
    def test_the_first_use_in_the_midst_of_a_call_is_a_failure_too(self, project):
        tests = """
def test_by_name(request):
    send(request.getfixturevalue("soap_contracts").ongoing.endpoint, WRONG)

def test_by_name_and_failing(request):
    send(request.getfixturevalue("soap_contracts").ongoing.endpoint, WRONG)
    assert False

def test_right(request):
    send(request.getfixturevalue("soap_contracts").ongoing.endpoint)
"""
        found = project.run(tests, failed=2, passed=1)
        assert found.stdout.str().count("error schema/date-time") == 2

    def test_a_client_that_does_not_wait_for_its_answer_fails_its_own_test(self, project):
        tests = """
import socket
from client import ENVELOPE, HEADERS

def fire(url):
    host, port = url.split("/")[2].split(":")
    body = ENVELOPE.format(time=WRONG).encode()
    lines = ["POST /ongoing HTTP/1.1", f"Host: {host}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in HEADERS.items()]
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall("\\r\\n".join([*lines, "", ""]).encode() + body)

def test_wrong(soap_contracts):
    fire(soap_contracts.ongoing.endpoint)

def test_right(soap_contracts):
    send(soap_contracts.ongoing.endpoint)
"""
        found = project.run(tests, "-rA", failed=1, passed=1)
        found.stdout.fnmatch_lines(["FAILED test_it.py::test_wrong*"])

    def test_what_is_no_http_fails_the_test(self, project):
        tests = """
import socket

def test_it(soap_contracts):
    host, port = soap_contracts.ongoing.endpoint.split("/")[2].split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(b"POST /ongoing/my test HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
        assert b" 400 " in connection.recv(100)
"""
        found = project.run(tests, failed=1)
        assert "a client has sent what is no HTTP/1.1 request" in found.stdout.str()

    def test_a_client_still_finds_the_stub_when_an_ended_session_is_torn_down(self, project):
        tests = """
@pytest.fixture(scope="session")
def session(soap_contracts):
    yield
    print("logged out with", send(soap_contracts.ongoing.endpoint))

def test_it(session):
    pytest.exit("enough", returncode=0)
"""
        found = project.run(tests, "-s")
        assert found.ret == 0
        assert "logged out with 200" in found.stdout.str()

    @pytest.mark.parametrize(
        ("raises", "outcome"),
        [("", "xfailed"), ("raises=AssertionError", "xfailed"), ("raises=ZeroDivisionError", "failed")],
    )
    def test_a_test_that_is_to_fail_by_something_else_fails(self, project, raises, outcome):
        tests = f"""
@pytest.mark.xfail({raises})
def test_it(soap_contracts):
    send(soap_contracts.ongoing.endpoint, WRONG)
    1 / 0 if "{raises}" != "raises=AssertionError" else pytest.fail("so")
"""
        tests = tests.replace('pytest.fail("so")', "(_ for _ in ()).throw(AssertionError())")
        project.run(tests, **{outcome: 1})


def test_a_part_of_the_tests_says_nothing_about_the_settings(project):
    project.write("soap-contracts.toml", '[[allow]]\nrule = "schema/date-time"\nreason = "old"\n')
    tests = """
def test_old(soap_contracts):
    send(soap_contracts.ongoing.endpoint, WRONG)

def test_new(soap_contracts):
    send(soap_contracts.ongoing.endpoint)
"""
    for arguments in (["-k", "new"], ["test_it.py::test_new"]):
        assert "matched nothing" not in project.run(tests, *arguments, passed=1).stdout.str()
    project.write("soap-contracts.toml", '[[allow]]\nrule = "xml"\nreason = "old"\n')
    assert "matched nothing" in project.run(tests, passed=1, failed=1).stdout.str()


def test_a_comparison_of_messages_shows_nothing_of_them(project):
    tests = """
def test_it(soap_contracts):
    send(soap_contracts.ongoing.endpoint)
    send(soap_contracts.ongoing.endpoint)
    one, two = soap_contracts.ongoing.received
    assert one.request.body == one.request.message.body
    assert soap_contracts.check(one.request.message).passed
    assert one.request == two.request
"""
    assert "Message(kind='request'" in project.run(tests, failed=1).stdout.str()


# ------------------------------------------------------------------------------------------- examples of Hypothesis

#: A client that writes a number from 7 on as a time in the wrong form, and one that raises on a fault as well.
EXAMPLES = """
from hypothesis import Phase, assume, example, given, settings, strategies as st

PHASES = (Phase.explicit, Phase.generate, Phase.shrink)
settings.register_profile("quick", derandomize=True, database=None, max_examples=40, phases=PHASES)
settings.load_profile("quick")
NUMBERS = st.integers(0, 1000)

def sync(url, number):
    return send(url, WRONG if number >= 7 else RIGHT)

def sync_or_raise(url, number):
    status = sync(url, number)
    if status != 200:
        raise RuntimeError(f"HTTP {status}")

"""
FAILS = "@given(NUMBERS)\ndef test_it(soap_contracts, number):\n    {}(soap_contracts.ongoing.endpoint, number)\n"
ONE_FAILURE = ["*number=7,*"]


class TestEachExampleOfHypothesis:
    @pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
    def test_fails_alone_where_the_client_raises(self, project, workers):
        found = project.run(EXAMPLES + FAILS.format("sync_or_raise"), *workers, failed=1)
        found.stdout.fnmatch_lines(["E*RuntimeError: HTTP 500", *ONE_FAILURE, REPORT[0], REPORT[3]])
        assert "ExceptionGroup" not in found.stdout.str()
        assert "number=0" not in found.stdout.str()

    @pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "xdist"])
    def test_fails_and_shrinks_where_nothing_is_asserted(self, project, workers):
        found = project.run(EXAMPLES + FAILS.format("sync"), *workers, failed=1)
        found.stdout.fnmatch_lines(["E*ContractViolation: ongoing/SetTimeOfLastSync request breaks*", *ONE_FAILURE])
        assert "ExceptionGroup" not in found.stdout.str()

    def test_is_judged_in_a_class_by_parameters_and_in_a_test_of_unittest(self, project):
        found = project.run(
            EXAMPLES
            + """
import unittest

class TestIt:
    @pytest.mark.parametrize("more", [0, 7, 0, 5])
    @given(number=NUMBERS.map(lambda number: number % 3))
    def test_it(self, soap_contracts, more, number):
        sync(soap_contracts.ongoing.endpoint, number + more)

class TestUnit(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def endpoint(self, soap_contracts):
        self.url = soap_contracts.ongoing.endpoint

    @given(NUMBERS)
    def test_it(self, number):
        sync(self.url, number)
""",
            failed=3,
            passed=2,
        )
        found.stdout.fnmatch_lines(["*number=0,*", "*number=2,*", "*number=7,*"])

    def test_is_judged_where_it_is_a_coroutine(self, project):
        found = project.run(
            EXAMPLES
            + """
@pytest.fixture(params=["asyncio", ("asyncio", {"debug": False})])
def anyio_backend(request):
    return request.param

@pytest.mark.anyio
@given(NUMBERS)
@settings(deadline=None, max_examples=15)
@example(9)
async def test_it(soap_contracts, number):
    await asend(soap_contracts.ongoing.endpoint, WRONG if number >= 7 else RIGHT)
""",
            failed=2,
        )
        found.stdout.fnmatch_lines(["E*ContractViolation: ongoing/*", "*number=9,*"] * 2)

    def test_is_not_blamed_for_what_came_before_it(self, project):
        found = project.run(
            EXAMPLES
            + """
@pytest.fixture(autouse=True, scope="module")
def early(soap_contracts):
    send(soap_contracts.ongoing.endpoint, WRONG)

@given(NUMBERS)
def test_it(number):
    pass
""",
            failed=1,
        )
        found.stdout.fnmatch_lines(REPORT)
        assert "number=" not in found.stdout.str()

    def test_is_not_let_off_by_what_ends_it_early(self, project):
        project.run(
            EXAMPLES
            + """
@given(NUMBERS)
def test_it(soap_contracts, number):
    wrong = number % 8 == 7
    send(soap_contracts.ongoing.endpoint, WRONG if wrong else RIGHT)
    assume(not wrong)
""",
            failed=1,
        ).stdout.fnmatch_lines([REPORT[0], REPORT[3]])

    def test_is_left_as_it_was(self, project):
        project.run(
            EXAMPLES
            + """
@given(NUMBERS)
def test_it(soap_contracts, number):
    sync(soap_contracts.ongoing.endpoint, number % 7)

def test_after_it():
    assert test_it.hypothesis.inner_test.__code__.co_filename == __file__
""",
            passed=2,
        )
