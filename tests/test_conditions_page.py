"""Each injection as a client of sockets sees it, the page of what clients make of it, and clients that send again."""

from __future__ import annotations

import gzip
import re
import runpy
import sys
from types import SimpleNamespace

import pytest
from repository import ROOT

from contracts.catalog import load
from contracts.cli import main
from contracts.conditions import INJECTIONS
from contracts.server import Stub

pytest_plugins = ["pytester"]

PAGE = SimpleNamespace(**runpy.run_path(str(ROOT / "docs" / "conditions.py")))
TEXT = (ROOT / "docs" / "conditions.md").read_text(encoding="utf-8")
KNOWN = PAGE.columns_on(TEXT)
STEPS = {step.name: step for step in PAGE.steps()}
EACH_PROBE = pytest.mark.parametrize("probe", PAGE.PROBES, ids=lambda probe: probe.title)
#: A client that starts fast and is installed wherever the tests run, and some rows.
SUDS = [probe for probe in PAGE.PROBES if probe.title == "suds"]
ABSENT = [SUDS[0]._replace(client=SUDS[0].client._replace(asked=("no-such-program",)))]
FEW = [STEPS[name] for name in ("gzip", "reset after processing", "luminate: LoginFault")]
PAUSE = 0.1
CLIENT = ROOT / "tests" / "ending_client.py"


def value_of(body: bytes, name: str) -> str:
    return re.search(rf"<(?:[\w.-]+:)?{name}>(.*?)</", body.decode(), re.DOTALL)[1]


def has_status(status, body=None, **headers):
    """A whole message with this status; the body, if any is told, and these header fields."""

    def holds(seen, _plain):
        assert seen.status == status
        assert len(seen.body) == int(seen.header("Content-Length"))
        assert body is None or seen.body == body
        assert {name: seen.header(name.replace("_", "-")) for name in headers} == headers
        assert seen.ending == "closed"

    return holds


def is_the_answer_under(**headers):
    """The plain answer's own bytes under another head."""

    def holds(seen, plain):
        has_status("200 OK", plain.body, **headers)(seen, plain)
        assert {name: plain.header(name.replace("_", "-")) for name in headers} != headers

    return holds


def has_body(test):
    """A whole message with status 200 and another body, of which ``test`` is true."""

    def holds(seen, plain):
        has_status("200 OK")(seen, plain)
        assert seen.body != plain.body
        assert test(seen.body)

    return holds


def has_value(text, name="End"):
    def holds(seen, plain):
        has_status("200 OK")(seen, plain)
        assert value_of(seen.body, name) == text

    return holds


def is_reset(seen, _plain):
    assert (seen.data, seen.ending) == (b"", "reset")


def is_cut_off(seen, plain):
    assert seen.status == "200 OK"
    assert int(seen.header("Content-Length")) == len(plain.body)
    assert 0 < len(seen.body) < len(plain.body)
    assert plain.body.startswith(seen.body)
    assert seen.ending == "closed"


def says_another_length(sign):
    def holds(seen, plain):
        assert (seen.status, seen.body, seen.ending) == ("200 OK", plain.body, "closed")
        assert (int(seen.header("Content-Length")) - len(plain.body)) * sign > 0

    return holds


def takes(seconds_of):
    """The plain answer, and at least this time for it; how the bytes are packed is TCP's business."""

    def holds(seen, plain):
        assert (seen.status, seen.body, seen.ending) == ("200 OK", plain.body, "closed")
        assert seen.whole >= seconds_of(seen)

    return holds


def is_redirect(seen, plain):
    has_status("307 Temporary Redirect", b"")(seen, plain)
    assert re.fullmatch(r"http://localhost:\d+/luminate\?soap-contracts-redirected", seen.header("Location"))


def is_fault(seen, plain):
    """Of which kind, the service's own tests ask."""
    assert seen.status[0] in "45"
    assert int(seen.header("Content-Length")) == len(seen.body)
    assert seen.body != plain.body


#: What is on the wire; every injection that any service has is in here.
OBSERVED = {
    "fault with 200": has_body(lambda body: b"<faultcode" in body and b"<ServerFault" in body),
    "empty 500": has_status("500 Internal Server Error", b""),
    "HTML page with 503": has_status(
        "503 Service Unavailable", content_type="text/html; charset=utf-8", retry_after="1"
    ),
    "empty 202": has_status("202 Accepted", b""),
    "other operations response": has_body(lambda body: b"<StartSynchronizationResponse" in body),
    "two payloads": has_body(lambda body: body.count(b"</EndSynchronizationResponse>") == 2),
    "redirect": is_redirect,
    "wrong content type": is_the_answer_under(content_type="text/html"),
    "wrong charset": is_the_answer_under(content_type="text/xml; charset=utf-16"),
    "byte order mark": has_body(lambda body: body.startswith(b"\xef\xbb\xbf<")),
    "UTF-16": has_body(
        lambda body: body.startswith(b"\xff\xfe") and "End>2024-05-01T12:00:00Z" in body.decode("utf-16")
    ),
    "other prefixes": has_body(
        lambda body: re.search(rb"<(ns\d+):Envelope xmlns:.*<(?!\1)(ns\d+):End>", body, re.DOTALL)
    ),
    "CDATA": has_body(lambda body: re.search(rb"<End>[^<]+<!\[CDATA\[[^]<]+\]\]>", body)),
    "comments in texts": has_body(lambda body: re.search(rb"<End>[^<]+<!--.*?-->[^<]+</End>", body)),
    "gzip": has_body(lambda body: b"<End>2024-05-01T12:00:00Z</End>" in gzip.decompress(body)),
    "lying content encoding": is_the_answer_under(content_encoding="gzip"),
    "DOCTYPE with entities": has_body(
        lambda body: (
            re.match(rb'<!DOCTYPE \S+ \[<!ENTITY inner "expanded"><!ENTITY outer SYSTEM "http:[^"]+">\]>', body)
            and b"&inner;&outer;" in body
        )
    ),
    "truncated body": is_cut_off,
    "content length too large": says_another_length(+1),
    "content length too small": says_another_length(-1),
    "one byte at a time": takes(lambda seen: (len(seen.data) - 1) * 0.0005),
    "slow headers": takes(lambda seen: seen.data.partition(b"\r\n\r\n")[0].count(b"\r\n") * PAUSE),
    "reset before processing": is_reset,
    "reset after processing": is_reset,
    "integer over 2^53": has_value("9007199254740993", "SyncId"),
    "integer over 2^63": has_value("9223372036854775809", "SyncId"),
    "dateTime with Z": has_value("2024-05-01T12:00:00Z"),
    "dateTime with an offset": has_value("2024-05-01T17:30:00+05:30"),
    "dateTime west": has_value("2024-05-01T08:30:00-03:30"),
    "dateTime with a zero offset": has_value("2024-05-01T12:00:00-00:00"),
    "dateTime with a fraction": has_value("2024-05-01T12:00:00.250Z"),
    "dateTime with 7 digits": has_value("2024-05-01T12:00:00.1234567Z"),
    "dateTime with 12 digits": has_value("2024-05-01T12:00:00.123456789012Z"),
    "dateTime at 24:00:00": has_value("2024-05-01T24:00:00Z"),
    "dateTime without a zone": has_value("2024-05-01T12:00:00"),
    "dateTime padded": has_value("\n  2024-05-01T12:00:00Z\n  "),
    "dateTime after 9999": has_value("12024-05-01T12:00:00Z"),
}


@pytest.fixture(scope="module")
def stub():
    with Stub(load()) as entered:
        yield entered


@pytest.fixture(scope="module")
def plain(stub):
    return {service.name: PAGE.seen_on_the_wire(stub, service.name, None) for service in load()}


class TestOnTheWire:
    @pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
    def test_an_injection_is_what_its_name_says(self, stub, plain, step):
        seen = PAGE.seen_on_the_wire(stub, step.service, step)
        OBSERVED.get(step.name, is_fault)(seen, plain[step.service])

    def test_no_injection_that_any_service_has_is_left_out(self):
        names = [injection.name for injection in INJECTIONS.values()]
        assert list(OBSERVED) == names
        assert [name for name in STEPS if ": " not in name] == names

    @pytest.mark.parametrize("service", load().services)
    def test_a_fault_of_a_service_is_among_the_steps(self, service):
        assert {name for name in STEPS if name.startswith(f"{service}: ")}

    def test_a_fault_is_named_in_its_detail(self, stub):
        for step in STEPS.values():
            if step.name.startswith("luminate: "):
                seen = PAGE.seen_on_the_wire(stub, step.service, step)
                has_status("500 Internal Server Error", content_type="text/xml; charset=utf-8")(seen, None)
                assert re.search(rb"<detail>\s*<%s\b" % step.injection.name.encode(), seen.body)

    def test_the_provider_has_acted_where_the_injection_says_so(self, stub):
        """Whoever ends the synchronization again is refused where it was ended, and only there."""
        for step in STEPS.values():
            if step.service == "luminate":
                PAGE.seen_on_the_wire(stub, step.service, step)
                again = PAGE.look_again(stub, step.service)
                assert (step.name, again.status == "200 OK") == (step.name, not step.injection.processed)


@pytest.fixture
def few(tmp_path):
    """A page with some rows, just written."""
    assert PAGE.main([], tmp_path, SUDS, FEW) == 0
    return tmp_path / "conditions.md"


class TestThePageOfConditions:
    def test_has_a_row_for_each_injection_with_what_it_is_and_what_is_on_the_wire(self):
        rows = [f"`{name}`" for name in STEPS]
        assert KNOWN["injection"] == dict(zip(rows, rows, strict=True))
        assert KNOWN["a sound client"] == {f"`{name}`": step.injection.expectation for name, step in STEPS.items()}
        assert KNOWN["on the wire"] == dict(zip(rows, PAGE.wire_cells(list(STEPS.values())), strict=True))

    @EACH_PROBE
    def test_says_what_a_client_makes_of_each(self, probe):
        if PAGE.version_of(probe.client) is None:
            pytest.skip(f"{probe.title} is not installed; it needs {probe.client.needs}")
        found = dict(zip(STEPS, PAGE.outcomes_of(probe, list(STEPS.values())), strict=True))
        assert {f"`{name}`": cell for name, cell in found.items()} == KNOWN[probe.title], (
            "run python docs/conditions.py"
        )

    def test_is_written_and_then_current_whatever_the_version(self, few):
        text = few.read_text(encoding="utf-8")
        other = text.replace(f"| {PAGE.version_of(SUDS[0].client)} |", "| 0.1 |")
        assert other != text
        few.write_text(other, encoding="utf-8")
        assert PAGE.main(["--check"], few.parent, SUDS, FEW) == 0
        assert few.read_text(encoding="utf-8") == other

    def test_keeps_the_column_of_a_client_that_is_not_installed(self, few, capsys):
        text = few.read_text(encoding="utf-8")
        assert PAGE.main([], few.parent, ABSENT, FEW) == 0
        assert few.read_text(encoding="utf-8") == text
        assert capsys.readouterr().err == f"not installed: suds. It needs {ABSENT[0].client.needs}\n"

    @pytest.mark.parametrize(
        ("told", "other"),
        [
            (r"\n\| `gzip` .*", ""),
            (r"`Content-Encoding: gzip`", "`Content-Encoding: br`"),
            (r"raise; must not retry", "raise"),
            (r"raises ConnectionResetError", "the same values"),
        ],
        ids=["row-missing", "not-on-the-wire", "another-expectation", "another-outcome"],
    )
    def test_is_called_stale_and_left_alone_when_it_is_not_so(self, few, capsys, told, other):
        text = few.read_text(encoding="utf-8")
        stale = re.sub(told, other, text)
        assert stale != text
        few.write_text(stale, encoding="utf-8")
        assert PAGE.main(["--check"], few.parent, SUDS, FEW) == 1
        assert "conditions.md is stale: run python docs/conditions.py" in capsys.readouterr().err
        assert few.read_text(encoding="utf-8") == stale

    def test_is_not_made_of_a_client_that_fails(self, tmp_path):
        broken = SUDS[0]._replace(client=SUDS[0].client._replace(program="false"))
        with pytest.raises(RuntimeError, match="exit code 1 after 0 calls"):
            PAGE.main([], tmp_path, [broken], FEW)
        assert list(tmp_path.iterdir()) == []


#: What a client does when the connection breaks, at which operation, after which injection; what then comes of it.
AGAIN = {
    "retries-what-destroys": ("EndSynchronization", "retry", "reset after processing", "failed"),
    "gives-up": ("EndSynchronization", "give up", "reset after processing", "gave up"),
    "starts-anew": ("EndSynchronization", "start anew", "reset after processing", "done"),
    "retries-what-was-not-processed": ("EndSynchronization", "retry", "reset before processing", "done"),
    "retries-what-reads": ("GetTimeOfLastSync", "retry", "reset after processing", "done"),
}
EACH_AGAIN = pytest.mark.parametrize(("operation", "after", "injection", "came"), AGAIN.values(), ids=AGAIN)
MISCONDUCT = "EndSynchronization was sent again after #1 POST /luminate, whose connection was reset"
TESTS = """
import pytest
from ending import come_back

CASES = {cases}

@pytest.mark.parametrize(("operation", "after", "injection", "came"), CASES.values(), ids=CASES)
def test_comes_back(soap_contracts, operation, after, injection, came):
    service = soap_contracts.luminate if operation == "EndSynchronization" else soap_contracts.ongoing
    if operation == "EndSynchronization":
        service.given("a session", id="placeholder")
        service.given("an active synchronization", partition=123)
    service.inject(injection, operation)
    assert come_back(service.endpoint, operation, after) == came
"""


class TestAClientWithoutAnAnswer:
    @EACH_AGAIN
    def test_fails_its_run_only_where_it_sends_again_what_destroys(self, capfd, operation, after, injection, came):
        given = ["luminate/session,id=placeholder", "luminate/active-synchronization,partition=123"]
        options = [word for state in given for word in ("--given", state)]
        client = [sys.executable, str(CLIENT), operation, after]
        code = main(["run", *options, "--inject", f"{injection}:{operation}", "--", *client])
        said = capfd.readouterr()
        assert came in said.err
        assert code == (MISCONDUCT in said.out) == (came == "failed")

    def test_fails_its_test_only_where_it_sends_again_what_destroys(self, pytester):
        pytester.makepyfile(ending=CLIENT.read_text(encoding="utf-8"), test_it=TESTS.format(cases=AGAIN))
        found = pytester.runpytest_inprocess("-W", "error")
        found.assert_outcomes(passed=len(AGAIN) - 1, failed=1)
        said = found.stdout.str()
        assert re.findall(r"FAILED test_it.py::test_comes_back\[(.+?)\]", said) == ["retries-what-destroys"]
        assert "the client did what it must not do" in said
        assert re.search(MISCONDUCT.replace("#1", r"#\d+"), " ".join(said.split()))
