"""A live endpoint probed: what is sent and what is not, how it may answer, and what is said of it."""

from __future__ import annotations

import contextlib
import functools
import html
import importlib.util
import json
import os
import pty
import re
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import textwrap
import threading
import time
import tomllib
from typing import TYPE_CHECKING, NamedTuple

import endpoint
import pytest
import trustme
from endpoint import Provider, reply, sample_answer
from repository import ROOT

import contracts
from contracts import samples
from contracts.cli import main
from contracts.messages import Message
from contracts.probing import Credentials, Prober, plan_of
from contracts.recording import Recorder, target_of
from contracts.recording.endpoints import Endpoint
from contracts.reports import Reporter
from contracts.rules import open_case
from contracts.server import Stub
from contracts.tapes import Tape, load
from contracts.wsdl import wsdl_of

if TYPE_CHECKING:
    from pathlib import Path

CATALOG = contracts.load()
STACKS = ROOT / "tests" / "stacks"
USER, PASSWORD = "canary-user-88", "canary & <password> ]]> é88"
SESSION = "canary-session-88:JSESSIONID=canary"
FAST = ("--pause", "0.01")
posix_only = pytest.mark.skipif(os.name != "posix", reason="signals, modes and terminals are POSIX's")


@pytest.fixture(autouse=True)
def _environment(monkeypatch):
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for service in ("LUMINATE", "ONGOING", "SHOP"):
        monkeypatch.setenv(f"SOAP_CONTRACTS_{service}_USERNAME", USER)
        monkeypatch.setenv(f"SOAP_CONTRACTS_{service}_PASSWORD", PASSWORD)


@pytest.fixture
def provider():
    """An endpoint whose times are those that were set."""
    with Provider() as running:
        running.answer = answering
        yield running


def called(body: bytes) -> str:
    """The operation that a request calls, "" where that is not certain."""
    case = open_case(Message(body, kind="request"), CATALOG)
    return case.operation.name if case.known_payload else ""


def answering(handler, body: bytes, **values: str) -> None:
    """As the provider does, where all is well: what was set is read back, and a session is given."""
    case = open_case(Message(body, kind="request"), CATALOG)
    found = {field.name: text for _, field, text in case.values}
    provider = handler.server.provider
    if "syncTime" in found:
        provider.time = found["syncTime"]
    known = {"SessionId": SESSION, "GetTimeOfLastSyncResult": getattr(provider, "time", "2024-05-01T12:00:00Z")}
    known |= {"PartitionId": found.get("PartitionId", "1"), **values}
    reply(handler, 200, samples.fullest(case.service, case.operation, "response", known))


def but(operation: str, otherwise):
    """As `answering`, but for one operation."""
    return lambda handler, body: (otherwise if called(body) == operation else answering)(handler, body)


class Told(NamedTuple):
    """How a probe ended: its exit code, its report, and all that it wrote, which holds no secret."""

    code: int
    report: dict
    err: str

    @property
    def notes(self) -> str:
        return "\n".join(f"{note['source']}: {note['message']}" for note in self.report["notes"])

    @property
    def errors(self) -> str:
        return "\n".join(error["message"] for error in self.report["errors"])


def assert_no_canary(*texts: str) -> None:
    for text in texts:
        for form in (text, html.unescape(text)):
            assert "canary" not in form.lower()
            assert "é88" not in form


@pytest.fixture
def probe(capfd, tmp_path):
    """Probe with these words and report as JSON."""

    def probed(*words: str) -> Told:
        code = main(["probe", *words, *FAST, "--report", f"text={tmp_path / 'report.txt'}", "--format", "json"])
        out, err = capfd.readouterr()
        text = (tmp_path / "report.txt").read_text("utf-8") if (tmp_path / "report.txt").exists() else ""
        assert_no_canary(out.replace(str(tmp_path), ""), err.replace(str(tmp_path), ""), text)
        return Told(code, json.loads(out) if out else {}, err)

    return probed


def luminate(provider: Provider, *words: str) -> tuple[str, ...]:
    return ("luminate", "--endpoint", provider.url, "--partition", "7", *words)


def ongoing(provider: Provider, *words: str) -> tuple[str, ...]:
    return ("ongoing", "--endpoint", provider.url, "--goods-owner", "7", *words)


def destructive(provider: Provider) -> tuple[str, ...]:
    return ("--allow", "destructive", "--confirm-target", provider.place)


def calls(provider: Provider) -> list[str]:
    return [called(body) for _, body in provider.received]


class TestEffects:
    """Counted at the endpoint."""

    @pytest.mark.parametrize(
        ("words", "expected"),
        [
            (lambda at: ("luminate", "--endpoint", at.url), ["Login"]),
            (lambda at: ("luminate", "--endpoint", at.url, "--allow", "write"), ["Login"]),
            (
                lambda at: luminate(at, *destructive(at)),
                ["Login", "StartSynchronization", "EndSynchronization"],
            ),
            (lambda at: luminate(at, *destructive(at), "--end-active-sync"), ["Login", "EndSynchronization"]),
            (ongoing, ["GetTimeOfLastSync"]),
            (
                lambda at: ongoing(at, "--allow", "write"),
                ["GetTimeOfLastSync", "SetTimeOfLastSync", "GetTimeOfLastSync"],
            ),
            (
                lambda at: ongoing(at, "--allow", "write", "--operation", "SetTimeOfLastSync"),
                ["GetTimeOfLastSync", "SetTimeOfLastSync", "GetTimeOfLastSync"],
            ),
        ],
    )
    def test_what_is_allowed_is_sent_in_this_order(self, words, expected, provider, probe):
        told = probe(*words(provider))
        assert (told.code, told.errors) == (0, "")
        assert calls(provider) == expected

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (luminate, "StartSynchronization (write, and opens what only EndSynchronization closes, destructive)"),
            (lambda at: luminate(at, "--allow", "write"), "with PartitionId 7"),
            (lambda at: luminate(at, "--end-active-sync"), "EndSynchronization (destructive) with PartitionId 7"),
            (
                lambda at: ("luminate", "--endpoint", at.url, "--operation", "EndSynchronization"),
                "EndSynchronization (destructive) with PartitionId (not given)",
            ),
            (lambda at: luminate(at, "--expect-no-active-sync"), "--confirm-target"),
            (
                lambda at: ongoing(at, "--operation", "SetTimeOfLastSync"),
                "SetTimeOfLastSync (write) with GoodsOwnerId 7, IntegrationType soap-contracts probe, syncTime 2",
            ),
        ],
    )
    def test_what_is_asked_for_and_not_allowed_ends_it_before_anything_is_sent(self, words, said, provider, probe):
        told = probe(*words(provider))
        assert (told.code, provider.count) == (2, 0)
        for part in ("refused, and nothing was sent", said, f"to {provider.place}", "--allow "):
            assert part in told.err or (part == "refused, and nothing was sent" and "--end-active" in str(words))
        rehearsed = probe(*words(provider), "--dry-run")
        assert (rehearsed.code, provider.count) == (0, 0)
        assert "NOT SENT" in rehearsed.notes
        assert said in rehearsed.notes

    def test_what_is_destructive_needs_the_target_again(self, provider, probe):
        for flags in (("--allow", "destructive"), ("--allow", "destructive", "--confirm-target", "127.0.0.1/x")):
            told = probe(*luminate(provider, *flags))
            assert (told.code, provider.count) == (2, 0)
            assert f"--confirm-target {provider.place}" in told.err

    def test_a_rehearsal_sends_nothing_and_needs_no_credentials(self, provider, probe, monkeypatch):
        for name in ("USERNAME", "PASSWORD"):
            monkeypatch.delenv(f"SOAP_CONTRACTS_LUMINATE_{name}")
        told = probe(*luminate(provider, *destructive(provider), "--provoke", "--dry-run"))
        assert (told.code, provider.count) == (0, 0)
        said = told.notes.splitlines()
        assert len(said) == 5
        assert all("NOT SENT, a dry run" in line and provider.place in line for line in said)

    def test_what_was_left_out_is_said(self, provider, probe):
        notes = probe(*ongoing(provider)).notes
        assert "ongoing/SetTimeOfLastSync: NOT SENT: SetTimeOfLastSync (write) with GoodsOwnerId 7" in notes
        assert "it needs --allow write" in notes

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (("luminate", "--partition", "seven", "--dry-run"), None),
            (("ongoing", "--goods-owner", "7.5"), "GetTimeOfLastSync: GoodsOwnerId"),
            (("ongoing", "--goods-owner", "99999999999"), "is out of range"),
            (("ongoing",), "GetTimeOfLastSync needs goods-owner"),
            (("ongoing", "--goods-owner", "7\x01"), "a character that XML cannot hold"),
            (("ongoing", "--partition", "7"), "no option 'partition'; known are: goods-owner"),
            (("luminate", "--goods-owner", "7"), "no option 'goods-owner'"),
            (("luminate", "--set", "UserName=x"), "no option 'UserName'"),
            (("luminate", "--set", "x"), "not of the form NAME=VALUE"),
            (("luminate", "--partition", "7", "--set", "partition=8"), "given twice"),
            (("luminate", "--check", "nothing"), "no check 'nothing'; known are: end-active-sync, no-active-sync"),
            (("luminate", "--operation", "Logout"), "no call of an operation 'Logout'"),
            (("nobody",), "no service 'nobody'"),
            (("luminate", "--output", "x.txt"), "a cassette is called"),
            (("luminate", "--credentials", "/nowhere/x"), "/nowhere/x: No such file"),
        ],
    )
    def test_a_slip_in_the_words_is_told_before_anything_is_sent(self, words, said, provider, probe):
        told = probe(*words, "--endpoint", provider.url, *(destructive(provider) if said is None else ()))
        assert (told.code, provider.count) == (2, 0)
        assert (said or "PartitionId") in told.err

    def test_a_report_does_not_go_where_the_cassette_does(self, provider, probe, tmp_path):
        path = str(tmp_path / "x.yaml")
        told = probe(*ongoing(provider, "--output", path, "--report", f"json={path}"))
        assert (told.code, provider.count) == (2, 0)

    def test_a_service_with_nothing_that_reads_is_told_so(self, provider, probe):
        told = probe("bookshop", "--contracts", str(ROOT / "examples" / "own-service"), "--endpoint", provider.url)
        assert (told.code, provider.count) == (3, 0)
        assert "no operation of bookshop only reads; list the calls in [probe]" in told.err


class TestWhatIsExpected:
    def test_the_credentials_arrive_as_they_are(self, provider, probe):
        assert probe("luminate", "--endpoint", provider.url).code == 0
        ((_, body),) = provider.received
        found = {field.name: text for _, field, text in open_case(Message(body, kind="request"), CATALOG).values}
        assert found == {"UserName": USER, "Password": PASSWORD}

    def test_the_session_is_carried_and_nothing_is_forced(self, provider, probe):
        assert probe(*luminate(provider, *destructive(provider))).code == 0
        for _, body in provider.received[1:]:
            assert SESSION.encode() in body
            assert b"Force" not in body

    @pytest.mark.parametrize("session", ["", " \n"])
    def test_without_a_session_nothing_is_sent_that_needs_one(self, session, provider, probe):
        provider.answer = but("Login", functools.partial(answering, SessionId=session))
        told = probe(*luminate(provider, *destructive(provider)))
        assert (told.code, calls(provider)) == (2, ["Login"])
        assert "StartSynchronization was not sent" in told.err
        assert "no answer has given the SessionId of its header" in told.errors
        assert "left open" not in told.err

    def test_what_was_set_is_read_back_as_an_instant(self, provider, probe):
        def elsewhere(handler, body):
            handler.server.provider.time = "2024-05-01T12:00:00Z"
            answering(handler, body)
            time = handler.server.provider.time
            handler.server.provider.time = f"{time[:-1]}.000+00:00" if "Set" in called(body) else time

        provider.answer = but("SetTimeOfLastSync", elsewhere)
        told = probe(*ongoing(provider, "--allow", "write"))
        assert (told.code, told.errors) == (0, "")
        integration = b"<IntegrationType>soap-contracts probe</IntegrationType>"
        assert all(integration in body for _, body in provider.received)

    @pytest.mark.parametrize(
        ("read", "said"),
        [
            ("2024-05-01T12:00:00Z", "was expected, 2024-05-01T12:00:00Z came"),
            ("canary-user-88", None),
            (None, "its zone is lost, and its clock differs by 0 hours"),
        ],
    )
    def test_another_time_read_back_is_told(self, read, said, provider, probe):
        def changed(handler, body):
            given = getattr(handler.server.provider, "time", None)
            value = given[:-1] if given and read is None else read or "2024-05-01T12:00:00Z"
            answering(handler, body, GetTimeOfLastSyncResult=value if given else "2024-05-01T12:00:00Z")

        provider.answer = but("GetTimeOfLastSync", changed)
        told = probe(*ongoing(provider, "--allow", "write"))
        assert (told.code, provider.count) == (1, 3)
        assert said is None or said in told.errors

    def test_no_active_synchronization_is_a_fault(self, probe):
        with Stub(CATALOG) as stub:
            at = stub.endpoint("luminate")
            flags = ("--allow", "destructive", "--confirm-target", at.removeprefix("http://"), "--partition", "7")
            first = probe("luminate", "--endpoint", at, *flags, "--expect-no-active-sync")
            assert first.code == 0
            observed = {
                "name": "SynchronizationFault",
                "code": "SYNCHRONIZATION",
                "basis": "observed",
                "source": "probe",
            }
            assert tomllib.loads(first.err)["faults"] == [observed]
            assert "answered 500 with a SynchronizationFault SYNCHRONIZATION; contract.toml: faults = [{" in first.notes
            stub.conditions.given("luminate", "an active synchronization", {"partition": 7})
            told = probe("luminate", "--endpoint", at, *flags, "--expect-no-active-sync")
        assert told.code == 1
        assert "a SynchronizationFault was expected, but a response with status 200 came" in told.errors


def status(code: int, *fields: tuple[str, str]):
    return lambda handler, _: reply(handler, code, b"<html>nothing here</html>", *fields)


def understating(handler, body: bytes) -> None:
    reply(handler, 200, sample_answer(body), length=50)


def echoing(handler, body: bytes) -> None:
    """Everything that was sent, wherever it fits."""
    told = html.escape(PASSWORD)
    fault = samples.fault("Client", "x").decode().replace("soap:Client", "canary-user-88").replace(">x<", f">{told}<")
    reply(
        handler,
        500,
        fault.encode().replace(
            b"<detail/>", b"<detail>" + body[body.index(b"<Login") : body.index(b"</soap:Body>")] + b"</detail>"
        ),
    )


def echoing_fault(handler, body: bytes) -> None:
    session = SESSION.encode() if SESSION.encode() in body else b"canary-user-88"
    reply(
        handler,
        500,
        samples.fault("Server", "x").replace(b"soap:Server", session).replace(b">x<", b">" + session + b"<"),
    )


def server_fault() -> bytes:
    detail = b'<detail><ServerFault xmlns="urn:soap.convio.com"/></detail>'
    return samples.fault("Server", "x").replace(b"soap:Server", b"SERVER").replace(b"<detail/>", detail)


def another_operation(handler, _body: bytes) -> None:
    operation = CATALOG.service("luminate").operation("EndSynchronization")
    reply(handler, 200, samples.fullest(CATALOG.service("luminate"), operation, "response"))


def breaking(handler, body: bytes) -> None:
    reply(handler, 200, sample_answer(body).replace(b"SessionId>", b"sessionId>"))


#: How an endpoint answers the first request, the exit code, and what is said.
HOSTILE = {
    "redirect": (endpoint.redirecting, 3, "redirects to elsewhere.example; no redirect is followed"),
    "redirect-307": (
        lambda handler, _: reply(handler, 307, b"", ("Location", "https://elsewhere.example/canary")),
        3,
        "redirects to elsewhere.example",
    ),
    "redirect-to-itself": (functools.partial(endpoint.redirecting, location="/soap/canary"), 3, "of its own"),
    "silence": (endpoint.hanging, 3, "did not answer within 0.4 seconds; it may have taken the request"),
    "drip": (endpoint.dripping, 3, "did not answer within 0.4 seconds"),
    "reset": (endpoint.resetting, 3, "closed the connection before the end of its answer"),
    "length-too-large": (endpoint.truncating, 3, "closed the connection before the end of its answer"),
    "length-too-small": (understating, 1, "no response of Login"),
    "ten-megabytes": (endpoint.flooding, 3, "has more than the 10485760 bytes"),
    "bomb": (endpoint.bombing, 3, "the answer of"),
    "coding": (endpoint.miscoded, 3, "cannot be read"),
    "no-http": (endpoint.babbling, 3, "is no HTTP"),
    "header": (endpoint.misnaming, 3, "is no HTTP"),
    "503": (status(503), 3, "answers 503: it is busy, or was asked too often; wait some minutes and try again"),
    "503-with-time": (status(503, ("Retry-After", "120")), 3, "wait 120 seconds, as it asks, and try again"),
    "503-with-words": (status(503, ("Retry-After", "soon")), 3, "wait some minutes"),
    "502": (status(502), 3, "answers 502"),
    "404": (status(404), 1, "status 404 and no response of Login; look at the path"),
    "page": (status(200), 1, "no response of Login"),
    "echo": (echoing, 1, "it was answered 500 with a LoginFault"),
    "another-operation": (another_operation, 1, "no response of Login"),
    "empty": (lambda handler, _: reply(handler, 200, b""), 1, "no response of Login"),
}


class TestAHostileEndpoint:
    @pytest.mark.parametrize("name", HOSTILE)
    def test_is_told_in_plain_words_and_asked_no_more(self, name, provider, probe, tmp_path):
        provider.answer, code, said = HOSTILE[name]
        words = luminate(provider, *destructive(provider), "--answer-timeout", "0.4", "--provoke")
        told = probe(*words)
        assert (told.code, provider.count) == (code, 1)
        assert said.replace("LoginFault", "") in told.errors.replace("LoginFault", "")
        assert (told.errors in told.err) is (code == 3)
        assert "luminate/StartSynchronization: NOT SENT" in told.notes
        assert probe(*words, "--output", str(tmp_path / "x.yaml")).code == (4 if name == "echo" else code)
        if (tmp_path / "x.yaml").exists():
            assert_no_canary((tmp_path / "x.yaml").read_text("utf-8"))

    def test_whose_answer_breaks_the_contract_is_asked_no_more(self, provider, probe):
        provider.answer = breaking
        told = probe(*luminate(provider, *destructive(provider)))
        assert (told.code, provider.count) == (1, 1)
        assert told.report["summary"]["failed"] == 1
        assert "luminate/StartSynchronization: NOT SENT" in told.notes

    def test_that_is_not_there_is_told(self, probe):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        told = probe("luminate", "--endpoint", f"http://127.0.0.1:{port}/x")
        assert told.code == 3
        assert "nobody listens there; look at the host and the port" in told.err

    def test_whose_name_nobody_knows_is_told(self, probe):
        told = probe("luminate", "--endpoint", "https://host.invalid/x", "--answer-timeout", "20")
        assert told.code == 3
        assert "host.invalid/x cannot be reached" in told.err

    def test_is_not_asked_in_the_clear(self, probe):
        assert probe("luminate", "--endpoint", "http://host.invalid/x").code == 2


#: The command, whose second pause may be a long one, which it tells by making a file.
PROBE = """
import pathlib, sys, time
from contracts.cli import main

real, pauses = time.sleep, []

def sleep(_):
    pauses.append(1)
    if {long} and len(pauses) == 2:
        pathlib.Path({mark!r}).touch()
        real(60)

time.sleep = sleep
sys.exit(main(sys.argv[1:]))
"""


class TestWhatIsLeftOpen:
    COMMAND = re.compile(r"to do that: soap-contracts (.*)")

    @pytest.mark.parametrize(
        ("operation", "otherwise", "code"),
        [
            ("EndSynchronization", endpoint.resetting, 3),
            ("EndSynchronization", endpoint.hanging, 3),
            ("EndSynchronization", status(503), 3),
            ("EndSynchronization", lambda handler, _: reply(handler, 500, samples.fault("Server", "canary")), 1),
            ("EndSynchronization", status(200), 1),
            ("StartSynchronization", lambda handler, _: reply(handler, 500, server_fault()), 1),
            ("StartSynchronization", endpoint.resetting, 3),
            ("StartSynchronization", endpoint.truncating, 3),
            ("StartSynchronization", lambda handler, _: reply(handler, 500, samples.fault("Server", "canary")), 1),
            ("StartSynchronization", status(404), 1),
        ],
    )
    def test_is_told_with_the_command_that_closes_it(self, operation, otherwise, code, provider, probe):
        provider.answer = but(operation, otherwise)
        told = probe(*luminate(provider, *destructive(provider), "--answer-timeout", "0.4"))
        assert told.code == code
        assert calls(provider)[-1] == operation
        assert "StartSynchronization of PartitionId 7" in told.err
        assert "may be left open: only EndSynchronization closes it" in told.errors
        provider.answer = answering
        provider.received.clear()
        again = probe(*shlex.split(self.COMMAND.search(told.err)[1])[1:])
        assert (again.code, calls(provider)) == (0, ["Login", "EndSynchronization"])
        assert b"<PartitionId>7</PartitionId>" in provider.received[1][1]

    @pytest.mark.parametrize(
        "otherwise",
        [
            lambda handler, _: reply(handler, 500, samples.fault("Client", "active already")),
            lambda handler, _: reply(
                handler, 200, samples.fault("Server", "x").replace(b"soap:Server", b"SYNCHRONIZATION")
            ),
        ],
    )
    def test_is_nothing_where_the_start_was_refused(self, otherwise, provider, probe):
        provider.answer = but("StartSynchronization", otherwise)
        told = probe(*luminate(provider, *destructive(provider)))
        assert (told.code, provider.count) == (1, 2)
        assert "left open" not in told.err

    def test_is_nothing_where_the_start_was_never_sent(self, provider, probe):
        def last(handler, body):
            answering(handler, body)
            handler.server.socket.shutdown(socket.SHUT_RDWR)

        provider.answer = but("Login", last)
        told = probe(*luminate(provider, *destructive(provider), "--answer-timeout", "5"))
        assert told.code == 3
        assert "left open" not in told.err

    @posix_only
    @pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
    @pytest.mark.parametrize("during", ["StartSynchronization", "the pause", "EndSynchronization"])
    def test_is_told_when_a_signal_comes_between(self, number, code, during, provider, tmp_path):
        provider.answer = but(during, endpoint.hanging)
        script, paused = tmp_path / "probe.py", tmp_path / "paused"
        script.write_text(PROBE.format(long=during == "the pause", mark=str(paused)), encoding="utf-8")
        words = [*luminate(provider, *destructive(provider)), "--output", str(tmp_path / "x.yaml")]
        with subprocess.Popen(
            [sys.executable, str(script), "probe", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        ) as process:
            wait_for(lambda: paused.exists() or during in calls(provider))
            process.send_signal(number)
            out, err = process.communicate(timeout=60)
        assert process.returncode == code, err
        assert f"interrupted by {number.name}" in err
        assert "StartSynchronization of PartitionId 7" in err
        assert f"--confirm-target {provider.place} --check end-active-sync" in err
        assert provider.count == (3 if during == "EndSynchronization" else 2)
        assert len(load(str(tmp_path / "x.yaml"), CATALOG)) == (1 if during == "StartSynchronization" else 2)
        assert_no_canary(out, err, (tmp_path / "x.yaml").read_text("utf-8"))


def listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def wait_for(done) -> None:
    for _ in range(3000):
        if done():
            return
        threading.Event().wait(0.01)
    pytest.fail("it never came")


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


class TestTls:
    @pytest.fixture
    def certified(self, provider, authority):
        """The provider over TLS, with a certificate for two names."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1", "ws.example.test").configure_cert(context)
        provider.server.socket = context.wrap_socket(provider.server.socket, server_side=True)
        return provider.url.replace("http:", "https:")

    def test_a_certificate_that_nobody_vouches_for_is_refused(self, certified, provider, probe):
        told = probe("luminate", "--endpoint", certified)
        assert (told.code, provider.count) == (3, 0)
        assert "has a certificate that cannot be verified" in told.err
        assert "SSL_CERT_FILE" in told.err

    def test_one_for_another_name_is_refused(self, certified, provider, probe, authority, monkeypatch, tmp_path):
        authority.cert_pem.write_to_path(tmp_path / "ca.pem")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        assert probe("luminate", "--endpoint", certified).code == 0
        told = probe("luminate", "--endpoint", certified.replace("127.0.0.1", "localhost"))
        assert (told.code, provider.count) == (3, 1)
        assert "certificate that cannot be verified" in told.err

    def test_a_proxy_of_the_environment_is_used(self, certified, provider, probe, authority, monkeypatch, tmp_path):
        authority.cert_pem.write_to_path(tmp_path / "ca.pem")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        with tunnel_to(provider.server.server_port) as (port, asked):
            monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
            told = probe(
                "ongoing", "--endpoint", "https://ws.example.test/soap", "--goods-owner", "7", "--allow", "write"
            )
        assert (told.code, told.errors) == (0, "")
        assert asked in (["CONNECT ws.example.test:443 HTTP/1.1"] * 3, ["CONNECT ws.example.test:443 HTTP/1.0"] * 3)
        assert provider.count == 3
        assert certified.startswith("https:")

    def test_a_proxy_that_is_not_there_is_told(self, probe, monkeypatch):
        monkeypatch.setenv("HTTPS_PROXY", "http://canary:canary@127.0.0.1:9")
        told = probe("luminate", "--endpoint", "https://ws.example.test/soap")
        assert told.code == 3
        assert "(through the proxy of the environment) cannot be reached" in told.err


@contextlib.contextmanager
def tunnel_to(port: int):
    """A proxy that knows CONNECT only, and leads all of it to one port; its own port and the lines it was asked."""
    listener, asked = socket.create_server(("127.0.0.1", 0)), []

    def piped(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def served(client: socket.socket) -> None:
        with client, socket.create_connection(("127.0.0.1", port)) as behind:
            head = b""
            while b"\r\n\r\n" not in head:
                head += client.recv(1)
            asked.append(head.split(b"\r\n")[0].decode())
            client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            back = threading.Thread(target=piped, args=(behind, client), daemon=True)
            back.start()
            piped(client, behind)
            back.join(10)

    def listening() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=served, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=listening, daemon=True).start()
    try:
        yield listener.getsockname()[1], asked
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


class TestCredentials:
    @pytest.fixture(autouse=True)
    def _none(self, monkeypatch):
        for name in ("USERNAME", "PASSWORD"):
            monkeypatch.delenv(f"SOAP_CONTRACTS_LUMINATE_{name}")

    def sent(self, provider) -> dict[str, str]:
        ((_, body),) = provider.received
        return {field.name: text for _, field, text in open_case(Message(body, kind="request"), CATALOG).values}

    def test_that_nobody_gave_are_asked_for_by_their_names(self, provider, probe, monkeypatch):
        monkeypatch.setenv("SOAP_CONTRACTS_LUMINATE_USERNAME", USER)
        monkeypatch.setattr(sys, "stdin", open(os.devnull, encoding="utf-8"))  # noqa: SIM115 - closed by the test's end
        told = probe("luminate", "--endpoint", provider.url)
        assert (told.code, provider.count) == (2, 0)
        assert "set SOAP_CONTRACTS_LUMINATE_PASSWORD, or name a file by --credentials" in told.err
        sys.stdin.close()

    @posix_only
    def test_come_from_a_file_that_nobody_else_may_read(self, provider, probe, tmp_path):
        path = tmp_path / "my credentials.toml"
        path.write_text(f"username = {json.dumps(USER)}\npassword = '{PASSWORD}'\n", encoding="utf-8")
        path.chmod(0o640)
        told = probe("luminate", "--endpoint", provider.url, "--credentials", str(path))
        assert (told.code, provider.count) == (2, 0)
        assert f"others may read or write it; chmod 600 '{path}'" in told.err
        path.chmod(0o600)
        assert probe("luminate", "--endpoint", provider.url, "--credentials", str(path)).code == 0
        assert self.sent(provider) == {"UserName": USER, "Password": PASSWORD}

    @posix_only
    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("username = canary", "this is not TOML"),
            ("username = 'canary-user-88'", "it takes two keys"),
            ("username = 'canary'\npassword = 8888", "it takes two keys"),
            ("username = 'canary'\npassword = ''", "it takes two keys"),
            (f"username = 'canary'\npassword = 'canary'\n# {'x' * 70_000}", "it takes two keys"),
            ("username = 'canary'\npassword = \"canary\\u0001\"", "a character that XML cannot hold"),
            (None, "this is no file"),
        ],
    )
    def test_in_a_file_that_cannot_be_used_are_told_without_them(self, text, said, provider, probe, tmp_path):
        path = tmp_path / "x.toml"
        os.mkfifo(path, 0o600) if text is None else path.write_text(text, encoding="utf-8")
        path.chmod(0o600)
        told = probe("luminate", "--endpoint", provider.url, "--credentials", str(path))
        assert (told.code, provider.count) == (2, 0)
        assert said in told.err

    def test_that_the_contract_does_not_take_are_told_without_them(self, provider, probe, monkeypatch):
        monkeypatch.setenv("SOAP_CONTRACTS_ONGOING_PASSWORD", "canary" * 9)
        told = probe(*ongoing(provider))
        assert (told.code, provider.count) == (2, 0)
        assert "nothing was sent: GetTimeOfLastSync: Password" in told.err

    @posix_only
    @pytest.mark.parametrize("typed", ["both", "password", "nothing"])
    def test_are_typed_at_a_terminal_that_does_not_show_the_password(self, typed, provider, monkeypatch):
        if typed == "password":
            monkeypatch.setenv("SOAP_CONTRACTS_LUMINATE_USERNAME", USER)
        ours, theirs = pty.openpty()
        command = [sys.executable, "-W", "error", "-m", "contracts", "probe", "luminate", "--endpoint", provider.url]
        with subprocess.Popen(
            command, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, cwd=ROOT, start_new_session=True
        ) as process:
            os.close(theirs)
            seen = b""
            if typed == "both":
                seen += read_until(ours, b"user name: ")
                os.write(ours, f"{USER}\n".encode())
            if typed == "nothing":
                seen += read_until(ours, b"user name: ")
                os.write(ours, b"\n")
            seen += read_until(ours, b"password: ")
            os.write(ours, b"\n" if typed == "nothing" else f"{PASSWORD}\n".encode())
            out = process.stdout.read()
            seen += read_until(ours, None)
            code = process.wait(60)
        os.close(ours)
        assert code == (2 if typed == "nothing" else 0), seen
        assert b"password> " not in seen.replace(b"password: ", b"")
        assert_no_canary(out.decode())
        if typed == "nothing":
            assert b"no credentials were typed" in seen
        else:
            assert self.sent(provider) == {"UserName": USER, "Password": PASSWORD}


def read_until(descriptor: int, wanted: bytes | None) -> bytes:
    """What the terminal shows up to ``wanted``, or to its end."""
    seen = b""
    while wanted is None or wanted not in seen:
        try:
            more = os.read(descriptor, 1024)
        except OSError:  # Linux says so that nobody is left
            more = b""
        if not more:
            assert wanted is None, seen
            break
        seen += more
    return seen


class TestProvocations:
    @pytest.mark.parametrize("service", ["luminate", "ongoing"])
    def test_the_stub_answers_as_is_expected_and_a_guess_becomes_an_observation(self, service, probe, tmp_path):
        with Stub(CATALOG) as stub:
            words = ("--goods-owner", "7") if service == "ongoing" else ()
            told = probe(service, "--endpoint", stub.endpoint(service), *words, "--provoke")
        assert told.code == 0
        notes = [note["message"] for note in told.report["notes"] if "answered" in note["message"]]
        assert len(notes) == (3 if service == "ongoing" else 2)
        assert all("as was to be expected; the contract says" in note for note in notes)
        assert all("inferred (" in note or "documented (" in note for note in notes)
        sources = [message["source"] for message in told.report["messages"]][2:]
        assert all(re.fullmatch(r"#[2-4] [\w -]+", source) for source in sources), sources
        pasted = pasted_into(CATALOG.service(service), told.err, tmp_path)
        changed = {rule for rule, known in pasted.consequences.items() if "probed on" in known.ground.source}
        assert changed == (
            {"http/soapaction-mismatch", "xml/not-well-formed", "schema/integer"} if service == "ongoing" else set()
        )
        for rule in changed:
            before = CATALOG.service(service).consequences[rule]
            assert (before.text, before.by_type) == (pasted.consequences[rule].text, pasted.consequences[rule].by_type)
        if service == "luminate":
            assert {fault.name for fault in pasted.faults if fault.ground.basis == "observed"} == {
                "SessionFault",
                "InvalidMessageFault",
            }

    def test_another_form_of_fault_is_told_with_the_lines_to_write(self, provider, probe, tmp_path):
        def otherwise(handler, body):
            if b"Password" in body and body.endswith(b"Envelope>\n"):
                return answering(handler, body)
            fault = samples.fault("Client", "canary").replace(b"soap:Client", b"soap:TOO_ODD")
            detail = b'<detail><OddFault xmlns="urn:soap.convio.com"/></detail>'
            return reply(handler, 418, fault.replace(b"<detail/>", detail))

        provider.answer = otherwise
        told = probe("luminate", "--endpoint", provider.url, "--provoke")
        assert "answered 418 with an OddFault TOO_ODD, where 500 with a MalformedMessageFault" in told.notes
        assert "documented (" in told.notes
        pasted = pasted_into(CATALOG.service("luminate"), told.err, tmp_path)
        assert pasted.fault_statuses == (200, 418, 500)
        assert [(fault.name, fault.code) for fault in pasted.faults][-1] == ("OddFault", "TOO_ODD")
        assert pasted.consequences["xml/not-well-formed"].text == "answers 418 with an OddFault TOO_ODD"
        assert pasted.consequences["xml/not-well-formed"].ground.basis == "observed"

    def test_they_hold_no_secret_and_call_nothing_but_what_reads(self, provider, probe):
        provider.answer = lambda handler, body: (
            answering(handler, body) if called(body) else reply(handler, 500, samples.fault("Client", "x"))
        )
        probe(*luminate(provider, *destructive(provider), "--provoke"))
        provoked = [body for _, body in provider.received[3:]]
        assert len(provoked) == 2
        for body in provoked:
            assert b"canary" not in body
            assert b"Synchronization" not in body

    def test_an_answer_that_never_comes_ends_them(self, provider, probe):
        provider.answer = lambda handler, body: (
            answering(handler, body) if b"canary" in body else endpoint.resetting(handler, body)
        )
        told = probe(*ongoing(provider, "--provoke"))
        assert (told.code, provider.count) == (3, 2)

    def test_they_are_apart_by_the_pause(self, provider, probe, monkeypatch):
        slept = []
        monkeypatch.setattr("contracts.probing.prober.time.sleep", slept.append)
        probe(*ongoing(provider, "--allow", "write", "--provoke"))
        assert provider.count == len(slept) + 1 == 6


def pasted_into(service, err: str, folder: Path):
    """The contract of ``service`` with the tables of the block in ``err``, loaded anew."""
    block = err[err.index("# For ") :]
    tables = tomllib.loads(block)
    copy = folder / service.name
    shutil.copytree(service.folder, copy)
    text = (copy / "contract.toml").read_text("utf-8")
    text = text.replace("[sources]\n", f"[sources]\nprobe = {json.dumps(tables['sources']['probe'])}\n")
    for table in re.split(r"\n\n", block.split("\n\n", 2)[2].strip()) if block.count("\n\n") > 1 else ():
        header, *lines = table.splitlines()
        old = re.search(rf"^{re.escape(header)}\n(?:[^\n]+\n)*", text, re.MULTILINE)
        if header == "[[faults]]":
            old = re.search(rf"^\[\[faults\]\]\n{re.escape(lines[0])}\n(?:[^\n]+\n)*", text, re.MULTILINE)
        text = text.replace(old[0], f"{table}\n") if old else text + f"\n{table}\n"
    (copy / "contract.toml").write_text(text, encoding="utf-8")
    return next(iter(contracts.load(str(copy))))


class TestAServiceOfOnesOwn:
    @pytest.fixture
    def shop(self, tmp_path):
        """Ongoing's schemas under another name, with no calls in [probe]."""
        folder = tmp_path / "shop"
        shutil.copytree(CATALOG.service("ongoing").folder, folder)
        for path in folder.iterdir():
            text = path.read_text("utf-8").replace("http://ongoingsystems.se/WSI", "urn:shop")
            text = text.replace('name = "ongoing"', 'name = "shop"').partition("\n[[probe.calls]]")[0]
            path.write_text(text, encoding="utf-8")
        return folder

    @pytest.fixture
    def own(self, shop, provider):
        catalog = contracts.load(str(shop))

        def answer(handler, body):
            case = open_case(Message(body, kind="request"), catalog)
            reply(handler, 200, samples.fullest(case.service, case.operation, "response"))

        provider.answer = answer
        return ("shop", "--contracts", str(shop), "--endpoint", provider.url)

    def test_is_asked_by_what_reads_with_samples_and_what_is_set(self, own, provider, probe):
        told = probe(*own, "--set", "GoodsOwnerId=42")
        assert (told.code, told.errors) == (0, "")
        ((_, body),) = provider.received
        assert b"<GoodsOwnerId>42</GoodsOwnerId>" in body
        assert b"<IntegrationType>example</IntegrationType>" in body
        assert html.escape(PASSWORD, quote=False).encode() in body

    @pytest.mark.parametrize("value", ["Password=canary-given", "syncTime=2024-05-01T12:00:00Z", "GoodsOwnerId=x"])
    def test_takes_no_secret_no_other_field_and_no_wrong_value(self, value, own, provider, probe):
        told = probe(*own, "--set", value)
        assert (told.code, provider.count) == (2, 0)

    def test_is_rehearsed_with_what_would_be_sent(self, own, provider, probe):
        told = probe(*own, "--set", "GoodsOwnerId=42", "--dry-run")
        assert (told.code, provider.count) == (0, 0)
        assert "GetTimeOfLastSync (read) with GoodsOwnerId 42, IntegrationType (a sample)" in told.notes


class TestAReport:
    @pytest.mark.parametrize("form", ["text", "json", "junit", "sarif", "github"])
    def test_of_each_format_tells_what_was_unexpected_and_holds_no_secret(self, form, provider, capfd):
        provider.answer = but("EndSynchronization", echoing_fault)
        words = luminate(provider, *destructive(provider), "--provoke", *FAST)
        assert main(["probe", *words, "--format", form]) == 1
        out, err = capfd.readouterr()
        assert_no_canary(out, err)
        assert "may be left open" in out

    def test_that_cannot_be_written_loses_no_cassette_and_leaves_nothing_open(self, provider, capfd, tmp_path):
        def failing(*_: object) -> None:
            raise OSError(28, "No space left on device")

        provider.answer = but("StartSynchronization", answering)
        with pytest.MonkeyPatch.context() as patch:
            real = Reporter.verdict
            patch.setattr(Reporter, "verdict", lambda me, one: failing() if "#2" in one.source else real(me, one))
            words = luminate(provider, *destructive(provider), *FAST, "--output", str(tmp_path / "x.yaml"))
            assert main(["probe", *words]) == 2
        out, err = capfd.readouterr()
        assert calls(provider) == ["Login", "StartSynchronization", "EndSynchronization"]
        assert "may be left open" not in err
        assert "No space left on device" in err
        assert len(load(str(tmp_path / "x.yaml"), CATALOG)) == 3
        assert_no_canary(out, err)

    def test_on_a_closed_standard_error_changes_nothing(self, provider, monkeypatch):
        monkeypatch.setattr(sys, "stderr", None)
        assert main(["probe", *luminate(provider, *destructive(provider), *FAST)]) == 0


class TestWhatIsOpen:
    def test_is_told_where_another_synchronization_was_ended(self, provider, probe):
        provider.answer = lambda handler, body: answering(handler, body, SyncId="1" if b"<Start" in body else "999")
        told = probe(*luminate(provider, *destructive(provider)))
        assert told.code == 1
        assert "SyncId 999 was ended, 1 was begun" in told.errors
        assert "StartSynchronization of PartitionId 7 (SyncId 1) may be left open" in told.err

    def test_is_nothing_where_a_start_was_not_sent_for_a_signal(self, provider):
        prober = Prober(
            CATALOG.service("luminate"),
            Recorder(CATALOG.service("luminate"), target_of(provider.url), "", CATALOG),
            CATALOG,
            Credentials(USER, PASSWORD),
            pause=60,
        )
        target = target_of(provider.url, allow="destructive", confirm_target=provider.place)
        plan = plan_of(CATALOG.service("luminate"), target, {"partition": "7"}, now="2026-11-22T08:00:00Z")
        calling = prober.run(plan)
        next(calling)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("contracts.probing.prober.time.sleep", lambda _: signal.raise_signal(signal.SIGINT))
            with pytest.raises(KeyboardInterrupt):
                next(calling)
        assert prober.left_open is None
        assert calls(provider) == ["Login"]


class TestARequestThatNobodyWaitsForAnyMore:
    def test_is_not_sent_once_the_connection_is_there(self):
        """An interrupt comes during the handshake; the server reads what comes behind that."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            authority = trustme.CA()
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            authority.issue_cert("127.0.0.1").configure_cert(context)
            heard: list[bytes] = []

            def serve() -> None:
                connection, _ = server.accept()
                time.sleep(0.4)
                with contextlib.suppress(OSError), context.wrap_socket(connection, server_side=True) as secured:
                    secured.settimeout(2)
                    heard.append(secured.recv(65536))

            thread = threading.Thread(target=serve)
            thread.start()
            target = target_of(f"https://127.0.0.1:{server.getsockname()[1]}/x")
            with pytest.MonkeyPatch.context() as patch, authority.cert_pem.tempfile() as path:
                patch.setenv("SSL_CERT_FILE", path)
                asked = Endpoint(target, 5)
                with pytest.MonkeyPatch.context() as interrupted:
                    interrupted.setattr(threading.Thread, "join", lambda *_: signal.raise_signal(signal.SIGINT))
                    with pytest.raises(KeyboardInterrupt):
                        asked.ask(Message(b"<a/>", (), "request", "POST"))
                thread.join(10)
        assert heard in ([], [b""])

    def test_is_sent_where_somebody_waits(self, provider):
        provider.answer = lambda handler, _: reply(handler, 200, b"<a/>")
        assert Endpoint(target_of(provider.url), 5).ask(Message(b"<a/>", (), "request", "POST")).body == b"<a/>"


class TestARedirect:
    def test_to_a_host_named_like_an_earlier_secret_is_told_without_it(self, provider, probe):
        """The user name went with Login; the redirect answers the call behind it."""
        away = ("Location", f"https://{USER.lower()}.example/x")
        provider.answer = but("StartSynchronization", lambda handler, _: reply(handler, 302, b"", away))
        told = probe(*luminate(provider, *destructive(provider)))
        assert told.code == 3
        assert "redirects to ***.example" in told.err


class TestACassette:
    @pytest.mark.parametrize("service", ["luminate", "ongoing"])
    def test_of_our_stub_replays_and_holds_no_secret(self, service, probe, tmp_path, capfd):
        path = tmp_path / "x.yaml"
        with Stub(CATALOG) as stub:
            at = stub.endpoint(service)
            words = {
                "ongoing": ("--goods-owner", "7", "--allow", "write"),
                "luminate": ("--partition", "7", "--allow", "destructive", "--confirm-target", at[7:]),
            }[service]
            told = probe(service, "--endpoint", at, *words, "--provoke", "--output", str(path))
        assert told.code == 0
        recorded = load(str(path), CATALOG)
        assert f"x.yaml now has {len(recorded)} exchanges" in told.err
        tape = Tape(recorded, CATALOG)
        for one in recorded:
            assert tape.answer(one.request).body == one.response.body
        assert_no_canary(path.read_text("utf-8"))
        assert main(["redact", "--check", str(path)]) == 0
        assert main(["drift", service, "--cassette", str(path)]) == 0, capfd.readouterr()
        asked = ["--goods-owner", "7"] if service == "ongoing" else []
        again = [sys.executable, "-m", "contracts", "probe", service, "--endpoint", f"{{{service}}}", *asked, *FAST]
        assert main(["run", "--service", service, "--cassette", str(path), "--", *again]) == 0, capfd.readouterr()

    def test_keeps_what_came_before_the_end(self, provider, probe, tmp_path):
        provider.answer = but("EndSynchronization", endpoint.resetting)
        words = luminate(provider, *destructive(provider), "--output", str(tmp_path / "x.yaml"))
        assert probe(*words).code == 3
        assert len(load(str(tmp_path / "x.yaml"), CATALOG)) == 2


@contextlib.contextmanager
def running(command: list[str], **environment: str):
    """A process, and the port that it prints."""
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env={**os.environ, **environment}
    ) as process:
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


ZEEP = textwrap.dedent("""
    import os, zeep
    client = zeep.Client(os.environ["LUMINATE_WSDL"])
    service = client.create_service(next(iter(client.wsdl.bindings)), os.environ["LUMINATE_ENDPOINT"])
    session = service.Login(UserName="canary-user-88", Password="canary-password-88")
    header = client.get_element("{urn:soap.convio.com}Session")(SessionId=session)
    service.StartSynchronization(PartitionId=7, _soapheaders=[header])
    assert service.EndSynchronization(PartitionId=7, _soapheaders=[header]).SyncId == 118
""")


class TestAnotherSoapStack:
    """Each is probed, with a cassette, and then recorded while a client of another kind asks it."""

    @pytest.fixture
    def cassettes(self, tmp_path):
        return [tmp_path / "probed.yaml", tmp_path / "recorded.yaml"]

    def write_wsdl(self, service: str, folder: Path) -> str:
        path = folder / f"{service}.wsdl"
        path.write_bytes(wsdl_of(CATALOG.service(service), f"http://127.0.0.1/{service}"))
        return str(path)

    def recorded(self, service: str, at: str, path: Path, *client: str) -> int:
        place = at.removeprefix("http://")
        flags = ["--treat-as-live", "--allow", "destructive", "--confirm-target", place]
        return main(["record", service, "--endpoint", at, "--output", str(path), *flags, "--", sys.executable, *client])

    @pytest.fixture
    def drifted(self, capfd, tmp_path, monkeypatch):
        """The exit code of drift, and the kinds of what is new."""
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

        def drifted(*words: str) -> tuple[int, list[str]]:
            capfd.readouterr()
            code = main(["drift", *words, "--format", "json"])
            found = json.loads(capfd.readouterr().out)["differences"]
            return code, sorted({one["what"] for one in found if not one["known"]})

        return drifted

    def test_of_php_is_probed_and_recorded(self, probe, cassettes, tmp_path, capfd, drifted):
        php = shutil.which("php")
        if (
            php is None
            or subprocess.run([php, "-r", "exit((int) !class_exists('SoapServer'));"], check=False).returncode
        ):
            pytest.skip("php with its soap extension is not installed")
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        script = str(STACKS / "ongoing_soap_server.php")
        environment = {**os.environ, "WSDL": self.write_wsdl("ongoing", tmp_path), "STATE": str(tmp_path / "state")}
        with subprocess.Popen(
            [php, "-S", f"127.0.0.1:{port}", script], stderr=subprocess.DEVNULL, env=environment
        ) as php:
            try:
                wait_for(functools.partial(listens, port))
                at = f"http://127.0.0.1:{port}/ongoing"
                words = ("--goods-owner", "7", "--allow", "write")
                refused = probe("ongoing", "--endpoint", at, *words[:2], "--operation", "SetTimeOfLastSync")
                assert (refused.code, (tmp_path / "state.log").exists()) == (2, False)
                told = probe("ongoing", "--endpoint", at, *words, "--provoke", "--output", str(cassettes[0]))
                client = ["-m", "contracts", "probe", "ongoing", "--endpoint", "{ongoing}", *words, *FAST]
                assert self.recorded("ongoing", at, cassettes[1], *client) == 0, capfd.readouterr()
                assert drifted("ongoing", "--endpoint", at) == (0, [])
            finally:
                php.kill()
        assert drifted("ongoing", "--cassette", str(cassettes[1])) == (0, [])
        assert (told.code, told.errors) == (0, "")
        log = (tmp_path / "state.log").read_text("utf-8").splitlines()
        written = ["GetTimeOfLastSync", "SetTimeOfLastSync soap-contracts probe", "GetTimeOfLastSync"]
        # PHP goes by the Body, whatever SOAPAction says.
        assert log == [*written, "GetTimeOfLastSync", *written]
        assert "an unknown SOAPAction: answered 200 with a response, as if nothing were wrong, where 500" in told.notes
        assert [len(load(str(path), CATALOG)) for path in cassettes] == [6, 3]
        assert_no_canary(*(path.read_text("utf-8") for path in cassettes), *capfd.readouterr())

    def test_of_node_is_probed_and_recorded(self, probe, cassettes, tmp_path, capfd, drifted):
        node, modules = shutil.which("node"), ROOT / "examples" / "node" / "node_modules"
        if node is None or not (modules / "soap").is_dir():
            pytest.skip("node, or npm's soap, is not installed: npm install --prefix examples/node")
        script = str(STACKS / "luminate_soap_server.js")
        with running([node, script, self.write_wsdl("luminate", tmp_path)], NODE_PATH=str(modules)) as port:
            at = f"http://127.0.0.1:{port}/luminate"
            flags = ("--partition", "7", "--allow", "destructive", "--confirm-target", at[7:])
            told = probe("luminate", "--endpoint", at, *flags, "--output", str(cassettes[0]))
            ended = probe("luminate", "--endpoint", at, *flags, "--expect-no-active-sync")
            provoked = probe("luminate", "--endpoint", at, "--provoke")
            assert drifted("luminate", "--wsdl", f"{at}?wsdl") == (0, [])
            (tmp_path / "client.py").write_text(ZEEP, encoding="utf-8")
            assert self.recorded("luminate", at, cassettes[1], str(tmp_path / "client.py")) == 0, capfd.readouterr()
        assert (told.code, told.errors) == (0, "")
        assert (ended.code, ended.errors) == (0, "")
        # It wants a header understood that no contract has: an answer that breaks SOAP.
        assert provoked.code == 1
        assert "where 500 with a MalformedMessageFault MALFORMED_MESSAGE was to be expected" in provoked.notes
        assert [len(load(str(path), CATALOG)) for path in cassettes] == [3, 3]
        assert_no_canary(*(path.read_text("utf-8") for path in cassettes), *capfd.readouterr())

    def test_of_spyne_is_probed_and_what_it_forgets_is_told(self, probe, cassettes, capfd, drifted):
        if importlib.util.find_spec("spyne") is None:
            pytest.skip("spyne is not installed")
        with running([sys.executable, "-W", "ignore", str(STACKS / "ongoing_spyne_server.py")]) as port:
            if not port:
                pytest.skip("spyne does not run under this Python")
            at = f"http://127.0.0.1:{port}/ongoing"
            words = ("--goods-owner", "7")
            assert probe("ongoing", "--endpoint", at, *words, "--provoke", "--output", str(cassettes[0])).code == 0
            told = probe("ongoing", "--endpoint", at, *words, "--allow", "write")
            client = ["-m", "contracts", "probe", "ongoing", "--endpoint", "{ongoing}", *words, *FAST]
            assert self.recorded("ongoing", at, cassettes[1], *client) == 0, capfd.readouterr()
            # What spyne publishes by itself: other actions, nothing required, everything nillable.
            assert drifted("ongoing", "--endpoint", at) == (1, ["nillable", "occurrence", "soapaction", "type"])
        # It answers the same time for ever.
        assert told.code == 1
        assert "GetTimeOfLastSyncResult: 2" in told.errors
        assert "was expected, 2024-05-01T12:00:00" in told.errors
        assert_no_canary(*(path.read_text("utf-8") for path in cassettes), *capfd.readouterr())
