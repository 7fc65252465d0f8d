"""A client recorded through us: what is sent to the endpoint and what is not, what is kept, and how it may fail."""

from __future__ import annotations

import contextlib
import functools
import gzip
import html
import importlib.util
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import textwrap
import time
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote
from xml.sax.saxutils import escape

import pytest
import requests
import suds.client
import yaml
import zeep
from endpoint import (
    Provider,
    babbling,
    bombing,
    compressed,
    dripping,
    flooding,
    hanging,
    informing,
    miscoded,
    misnaming,
    redirecting,
    reply,
    resetting,
    sample_answer,
    truncating,
)

import contracts
from contracts import samples
from contracts.cli import main
from contracts.errors import LeakError, ReadError, RefusedRequestError, UnknownNameError
from contracts.names import local_name
from contracts.recording import EndpointError, OutputError, Recorder, TargetError, UnreachableError, target_of
from contracts.recording import recorder as recorder_module
from contracts.recording.fields import joined
from contracts.rules import open_case
from contracts.tapes import Tape, load
from contracts.xml import MAX_BYTES

if TYPE_CHECKING:
    from pathlib import Path

    from contracts.messages import Message

CATALOG = contracts.load()
ONGOING = "http://ongoingsystems.se/WSI"
SECRETS = {"UserName": "canary-user-77", "Password": "canary-password-77", "SessionId": "canary-session-77"}
posix_only = pytest.mark.skipif(os.name != "posix", reason="signals to a process group are POSIX's")


def request_of(name: str, **values: str) -> Message:
    """A valid request of ``service/Operation``, with secrets that must turn up nowhere."""
    service, operation = CATALOG.operation(name)
    known = {field.name for field in operation.request.values()} | {
        value.name for block in service.headers for value in block.values()
    }
    given = {field: value for field, value in SECRETS.items() if field in known}
    return samples.message(service, operation, "request", values={**given, **values})


@pytest.fixture
def provider():
    with Provider() as running:
        yield running


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def post(address: str, message: Message, method: str = "POST", **fields: str | None) -> requests.Response:
    """The answer to ``message``; ``fields`` replace header fields, None takes one out."""
    headers = {**dict(message.headers or ()), **{name.replace("_", "-"): value for name, value in fields.items()}}
    with requests.Session() as session:
        session.trust_env = False
        return session.request(method, address, data=message.body, headers=headers, timeout=30)


class TestAnExchange:
    def test_is_in_the_cassette_as_it_was_without_secrets(self, provider, tmp_path):
        asked = request_of("luminate/Login")
        with contracts.record("luminate", endpoint=provider.url, output=tmp_path / "x.yaml") as address:
            answer = post(address, asked)
        ((headers, body),) = provider.received
        assert body == asked.body
        assert answer.content == sample_answer(asked.body)
        (recorded,) = load(str(tmp_path / "x.yaml"), CATALOG)
        assert (recorded.request.method, recorded.request.url) == ("POST", provider.url)
        assert recorded.request.header("SOAPAction") == headers["soapaction"]
        assert local_name(open_case(recorded.request, CATALOG).payload.tag) == "Login"
        assert recorded.response.status == 200
        assert (recorded.provenance.basis, recorded.provenance.source) == ("recorded", provider.place)
        assert len(recorded.provenance.date.split("-")) == 3
        assert b"canary" not in (tmp_path / "x.yaml").read_bytes()

    def test_is_added_to_those_of_an_earlier_recording(self, provider, tmp_path):
        for _ in range(2):
            with contracts.record("ongoing", endpoint=provider.url, output=tmp_path / "x.yaml") as address:
                post(address, request_of("ongoing/GetTimeOfLastSync"))
        assert len(load(str(tmp_path / "x.yaml"), CATALOG)) == 2

    def test_that_was_compressed_is_passed_on_and_kept_plain(self, provider, tmp_path):
        provider.answer = compressed
        asked = request_of("luminate/Login")
        packed = asked._replace(body=gzip.compress(asked.body))
        with contracts.record("luminate", endpoint=provider.url, output=tmp_path / "x.yaml") as address:
            answer = post(address, packed, Content_Encoding="gzip", Accept_Encoding="gzip, br")
        ((headers, body),) = provider.received
        assert (body, headers["accept-encoding"]) == (asked.body, "identity")
        assert "content-encoding" not in headers
        (recorded,) = load(str(tmp_path / "x.yaml"), CATALOG)
        assert answer.content == sample_answer(asked.body)
        assert recorded.response.header("Content-Encoding") is answer.headers.get("Content-Encoding") is None

    def test_keeps_the_header_fields_of_each_connection_to_it(self, provider, tmp_path):
        named = ("Connection", "X-Hop"), ("X-Hop", "canary-hop"), ("Keep-Alive", "timeout=9"), ("X-End", "passed")
        spoof = ("Soap-Contracts-Provenance", "documented")
        provider.answer = lambda handler, body: reply(handler, 200, sample_answer(body), *named, spoof)
        sent = {"Connection": "close, X-Mine", "X-Mine": "canary-mine", "Proxy-Authorization": "Basic canary"}
        asked = request_of("luminate/Login")
        with contracts.record("luminate", endpoint=provider.url, output=tmp_path / "x.yaml") as address:
            answer = post(address, asked, **sent, X_Own="passed", TE="trailers")
        ((headers, _),) = provider.received
        assert {"x-mine", "proxy-authorization", "te"}.isdisjoint(headers)
        assert (headers["x-own"], headers["host"]) == ("passed", provider.place.partition("/")[0])
        assert (answer.headers["X-End"], answer.headers["Soap-Contracts-Provenance"]) == ("passed", "recorded")
        assert "X-Hop" not in answer.headers
        text = (tmp_path / "x.yaml").read_text(encoding="utf-8").lower()
        assert not [word for word in ("hop", "x-mine", "proxy-auth", "keep-alive", "host:") if word in text]

    def test_gets_no_header_field_that_the_client_has_not_sent(self, provider, tmp_path):
        recorder = Recorder(CATALOG.service("luminate"), target_of(provider.url), str(tmp_path / "x.yaml"), CATALOG)
        recorder.answer(LOGIN._replace(headers=(("SOAPAction", '""'),)))
        ((headers, _),) = provider.received
        assert set(headers) == {"host", "content-length", "accept-encoding", "connection", "soapaction"}

    def test_joins_a_field_that_was_sent_twice(self):
        fields = (("Accept", "a"), ("Cookie", "x=1"), ("accept", "b"), ("cookie", "y=2"))
        assert joined(fields) == {"accept": "a, b", "cookie": "x=1; y=2"}

    def test_whose_answer_breaks_the_contract_is_kept(self, provider, tmp_path):
        provider.answer = lambda handler, _: reply(handler, 503, b"<html>down</html>", ("X-Page", "1"))
        with contracts.record("luminate", endpoint=provider.url, output=tmp_path / "x.yaml") as address:
            assert post(address, request_of("luminate/Login")).status_code == 503
        (recorded,) = load(str(tmp_path / "x.yaml"), CATALOG)
        assert (recorded.response.status, recorded.response.body) == (503, b"<html>down</html>")

    def test_is_written_although_the_block_raises(self, provider, tmp_path):
        def fail() -> None:
            with contracts.record("luminate", endpoint=provider.url, output=tmp_path / "x.yaml") as address:
                post(address, request_of("luminate/Login"))
                raise KeyError("mine")

        with pytest.raises(KeyError, match="mine"):
            fail()
        assert len(load(str(tmp_path / "x.yaml"), CATALOG)) == 1

    def test_that_never_was_makes_no_file(self, provider, tmp_path):
        with contracts.record("luminate", endpoint=provider.url, output=tmp_path / "x.yaml"):
            pass
        assert list(tmp_path.iterdir()) == []


READ = request_of("ongoing/GetTimeOfLastSync")
LOGIN = request_of("luminate/Login")
END = request_of("luminate/EndSynchronization")


def changed(message: Message, old: str, new: str) -> Message:
    assert old.encode() in message.body
    return message._replace(body=message.body.replace(old.encode(), new.encode()))


def payload_in(message: Message) -> str:
    """The payload of ``message``, for putting it beside another."""
    text = message.body.decode()
    return text[text.index("<soap:Body>") + len("<soap:Body>") : text.index("</soap:Body>")]


ADDRESSING = "http://www.w3.org/2005/08/addressing"
ACTION = (
    f'<soap:Header><a:Action xmlns:a="{ADDRESSING}">{ONGOING}/SetTimeOfLastSync</a:Action></soap:Header><soap:Body>'
)
#: A request that must not be sent to a live endpoint, with changed header fields, and what is said of it.
REFUSED = {
    "destructive": (END, {}, "is destructive, and what is allowed there is: read"),
    "write": (request_of("luminate/StartSynchronization"), {}, "--allow write"),
    "another-operation-in-soapaction": (READ, {"SOAPAction": f'"{ONGOING}/SetTimeOfLastSync"'}, "SOAPAction"),
    "undocumented-soapaction": (READ, {"SOAPAction": '"canary-action"'}, "SOAPAction"),
    "empty-soapaction": (READ, {"SOAPAction": '""'}, "SOAPAction"),
    "soapaction-where-none-is-documented": (LOGIN, {"SOAPAction": '"urn:x#EndSynchronization"'}, "another operation"),
    "encoded-soapaction": (LOGIN, {"SOAPAction": "urn:x/End%53ynchronization"}, "another operation"),
    "soapaction-of-a-message": (LOGIN, {"SOAPAction": '"urn:x/EndSynchronizationRequest"'}, "another operation"),
    "soapaction-of-another-service": (LOGIN, {"SOAPAction": f"{ONGOING}/SetTimeOfLastSync"}, "another operation"),
    "soapaction-look-alike": (LOGIN, {"SOAPAction": '"doEndSynchronizationIn"'}, "another operation"),
    "soapaction-encoded-twice": (LOGIN, {"SOAPAction": "End%2553ynchronization"}, "another operation"),
    "soapaction-with-a-reference": (LOGIN, {"SOAPAction": "End&#83;ynchronization"}, "another operation"),
    "content-type-with-action": (READ, {"Content-Type": 'text/xml; action="x"'}, "Content-Type may name an action"),
    "content-type-list": (READ, {"Content-Type": "text/xml; a=b, application/soap+xml"}, "Content-Type"),
    "method-override": (READ, {"X-HTTP-Method-Override": "PUT"}, "another action, method or address"),
    "declared-encoding": (
        changed(LOGIN, 'encoding="utf-8"', 'encoding="shift_jis"'),
        {"Content-Type": "text/xml; charset=iso-8859-1"},
        "its encoding does not agree",
    ),
    "action-block": (changed(READ, "<soap:Body>", ACTION), {}, "SOAPAction"),
    "soap12-content-type": (READ, {"Content-Type": 'application/soap+xml; action="x"'}, "Content-Type"),
    "soap12-envelope": (changed(READ, "http://schemas.xmlsoap.org/soap/envelope/", ADDRESSING), {}, "SOAP 1.1"),
    "two-payloads": (changed(LOGIN, "</soap:Body>", f"{payload_in(END)}</soap:Body>"), {}, "one payload"),
    "two-bodies": (changed(LOGIN, "</soap:Body>", "</soap:Body><soap:Body/>"), {}, "one payload"),
    "no-payload": (changed(LOGIN, payload_in(LOGIN), ""), {}, "one payload"),
    "doctype": (
        LOGIN._replace(body=b"<!DOCTYPE x>" + LOGIN.body[LOGIN.body.index(b"<soap:Envelope") :]),
        {},
        "DOCTYPE",
    ),
    "no-xml": (LOGIN._replace(body=LOGIN.body[:-9]), {}, "no XML"),
    "misspelt-payload": (changed(LOGIN, "Login", "login"), {}, "no request that the contract declares"),
    "foreign-namespace": (changed(LOGIN, "urn:soap.convio.com", "urn:x"), {}, "no request that the contract"),
    "response": (LOGIN._replace(body=sample_answer(LOGIN.body)), {}, "no request that the contract declares"),
    "fault": (LOGIN._replace(body=samples.fault("Client", "x")), {}, "no request that the contract declares"),
}


class TestALiveEndpoint:
    @pytest.mark.parametrize("name", REFUSED)
    def test_does_not_get(self, name, provider, tmp_path):
        message, fields, said = REFUSED[name]
        service = "ongoing" if message.body.find(b"ongoing") > 0 and name != "response" else "luminate"
        fields = {field.replace("-", "_"): value for field, value in fields.items()}

        def refused() -> None:
            with contracts.record(
                service, endpoint=provider.url, output=tmp_path / "x.yaml", treat_as_live=True
            ) as address:
                answer = post(address, message, **fields)
                assert answer.status_code == 500
                assert b"faultstring>not sent to " in answer.content
                assert b"canary" not in answer.content

        with pytest.raises(RefusedRequestError) as caught:
            refused()
        assert said in str(caught.value)
        assert "canary" not in str(caught.value)
        assert provider.count == 0
        assert list(tmp_path.iterdir()) == []

    def test_does_not_get_a_request_of_another_service(self, provider, tmp_path):
        def refused() -> None:
            with contracts.record(
                "ongoing", endpoint=provider.url, output=tmp_path / "x.yaml", treat_as_live=True
            ) as address:
                post(address, LOGIN)
                post(address.replace("/ongoing", "/"), LOGIN)

        with pytest.raises(RefusedRequestError):
            refused()
        assert provider.count == 0

    @pytest.mark.parametrize("method", ["PUT", "GET", "DELETE"])
    def test_does_not_get_another_method(self, method, provider, tmp_path):
        def refused() -> None:
            with contracts.record("luminate", endpoint=provider.url, output=tmp_path / "x.yaml") as address:
                post(address, LOGIN, method)

        with contextlib.suppress(RefusedRequestError):
            refused()
        assert provider.count == 0

    @pytest.mark.parametrize(
        ("name", "allow", "sent"),
        [
            ("luminate/Login", "read", True),
            ("luminate/StartSynchronization", "read", False),
            ("luminate/StartSynchronization", "write", True),
            ("luminate/EndSynchronization", "write", False),
            ("luminate/EndSynchronization", "destructive", True),
            ("luminate/Login", "destructive", True),
            ("ongoing/GetTimeOfLastSync", "read", True),
            ("ongoing/SetTimeOfLastSync", "read", False),
            ("ongoing/SetTimeOfLastSync", "write", True),
        ],
    )
    def test_gets_what_is_allowed(self, name, allow, sent, provider, tmp_path):
        confirmed = provider.place if allow == "destructive" else None
        service = name.partition("/")[0]
        expected = contextlib.nullcontext() if sent else pytest.raises(RefusedRequestError)
        with (
            expected,
            contracts.record(
                service,
                endpoint=provider.url,
                output=tmp_path / "x.yaml",
                allow=allow,
                confirm_target=confirmed,
                treat_as_live=True,
            ) as address,
        ):
            post(address, request_of(name))
        assert provider.count == sent

    def test_keeps_what_was_sent_beside_what_was_not(self, provider, tmp_path):
        def refused() -> None:
            with contracts.record(
                "luminate", endpoint=provider.url, output=tmp_path / "x.yaml", treat_as_live=True
            ) as address:
                for message in (LOGIN, END, END):
                    post(address, message)

        with pytest.raises(RefusedRequestError) as caught:
            refused()
        assert caught.value.__notes__ == ["2 requests were not answered by the endpoint; this is one of them"]
        assert provider.count == len(load(str(tmp_path / "x.yaml"), CATALOG)) == 1


class TestAnEndpointOnLoopback:
    def test_gets_every_operation(self, provider, tmp_path):
        with contracts.record("luminate", endpoint=provider.url, output=tmp_path / "x.yaml") as address:
            assert post(address, END).status_code == 200
        assert provider.count == 1

    @pytest.mark.parametrize(
        ("host", "live"),
        [
            ("127.0.0.1", False),
            ("127.9.9.9:80", False),
            ("localhost:8080", False),
            ("LOCALHOST", False),
            ("[::1]:8080", False),
            ("127.1", True),
            ("2130706433", True),
            ("0.0.0.0", True),
            ("localhost.example", True),
            ("127.0.0.1.example", True),
            ("10.0.0.1", True),
            ("host.example:8443", True),
        ],
    )
    def test_is_known_by_what_is_written(self, host, live):
        target = target_of(f"https://{host}/a/B")
        assert (target.live, target.place) == (live, f"{host.lower()}/a/B")
        assert target_of(f"https://{host}/a/B", treat_as_live=True).live


class TestAnEndpoint:
    @pytest.mark.parametrize(
        ("address", "said"),
        [
            ("", "no address"),
            ("ftp://host.example/x", "http or https"),
            ("file:///etc/passwd", "http or https"),
            ("host.example/x", "http or https"),
            ("https:///x", "http or https"),
            ("https://host.example:port/x", "cannot be read"),
            ("https://host.example:99999/x", "cannot be read"),
            ("https://[::1/x", "cannot be read"),
            ("https://canary:canary@host.example/x", "user name"),
            ("https://host.example/x?token=canary", "query"),
            ("https://host.example/x?", "query"),
            ("https://host.example/x#canary", "fragment"),
            ("https://host.example/a b", "blank"),
            ("https://host.example/a\r\nX: canary", "blank"),
            ("https://hôst.example/", "beyond ASCII"),
            ("https://secure2.convio.net/{site}/site/SoapService", "placeholder"),
            ("http://host.example/x", "in the clear"),
            ("http://127.0.0.1.example/x", "in the clear"),
        ],
    )
    def test_that_cannot_be_used_is_refused(self, address, said):
        with pytest.raises(TargetError, match=said) as caught:
            target_of(address)
        assert "canary" not in str(caught.value)

    @pytest.mark.parametrize("confirmed", [None, "", "host.example", "host.example/other", "https://host.example:1/x"])
    def test_must_be_named_again_for_what_is_destructive(self, confirmed):
        with pytest.raises(TargetError, match=r"type --confirm-target host\.example:1/x$"):
            target_of("https://Host.example:1/x", allow="destructive", confirm_target=confirmed)
        assert target_of("https://Host.example:1/x", allow="destructive", confirm_target="host.example:1/x").live

    def test_is_refused_where_its_effects_are_no_effects(self):
        with pytest.raises(TargetError, match="known are: read, write, destructive"):
            target_of("https://host.example/x", allow="everything")

    def test_of_no_service_is_refused(self, tmp_path):
        with pytest.raises(UnknownNameError, match="did you mean ongoing"), record_of("onging", tmp_path / "x.yaml"):
            pass

    @pytest.mark.parametrize(
        ("answer", "said"),
        [
            (redirecting, "answers 302 and redirects to elsewhere.example; no redirect is followed"),
            (functools.partial(redirecting, location="/soap/canary-t"), "to another address of its own"),
            (functools.partial(redirecting, location="http://[canary"), "to another address of its own"),
            (flooding, f"more than the {MAX_BYTES} bytes"),
            (bombing, f"more than the {MAX_BYTES} bytes"),
            (miscoded, "the body is not gzip"),
            (babbling, "is no HTTP"),
            (misnaming, "is no HTTP"),
            (informing, "is no HTTP"),
            (resetting, "closed the connection"),
            (truncating, "closed the connection"),
        ],
    )
    def test_that_gives_no_usable_answer_is_told_in_a_fault(self, answer, said, provider, tmp_path):
        provider.answer = answer

        def failed() -> None:
            with contracts.record("luminate", endpoint=provider.url, output=tmp_path / "x.yaml") as address:
                got = post(address, LOGIN)
                assert got.status_code == 500
                assert b"faultstring" in got.content
                assert b"canary" not in got.content

        with pytest.raises(EndpointError) as caught:
            failed()
        assert said in str(caught.value)
        assert "canary" not in str(caught.value)
        assert provider.count == 1
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("answer", [hanging, dripping])
    def test_that_never_answers_is_given_up(self, answer, provider, tmp_path):
        provider.answer = answer
        recorder = Recorder(
            CATALOG.service("luminate"), target_of(provider.url), str(tmp_path / "x.yaml"), CATALOG, timeout=0.2
        )
        with pytest.raises(UnreachableError, match=r"did not answer within 0\.2 seconds; it may have taken"):
            recorder.answer(LOGIN)
        assert recorder.count == recorder.write() == 0

    def test_whose_name_nobody_knows_is_told(self, tmp_path):
        recorder = Recorder(
            CATALOG.service("luminate"), target_of("https://host.invalid/x"), str(tmp_path / "x.yaml"), CATALOG
        )
        with pytest.raises(UnreachableError, match=r"^host\.invalid/x cannot be reached"):
            recorder.answer(LOGIN)


def record_of(service: str, path: Path, endpoint: str = "http://127.0.0.1:1/x"):
    return contracts.record(service, endpoint=endpoint, output=path)


class TestTls:
    @pytest.fixture
    def certified(self, provider, tmp_path):
        """The provider, speaking TLS with a certificate of its own; the certificate's file."""
        openssl = shutil.which("openssl")
        if openssl is None:
            pytest.skip("openssl is not installed")
        key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
        subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2"]
        made = ["-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate]
        subprocess.run([openssl, "req", *made, *subject], capture_output=True, timeout=60, check=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        provider.server.socket = context.wrap_socket(provider.server.socket, server_side=True)
        return certificate

    def asked(self, provider, tmp_path, host: str = "localhost") -> Message:
        target = target_of(provider.url.replace("http:", "https:").replace("127.0.0.1", host))
        return Recorder(CATALOG.service("luminate"), target, str(tmp_path / "x.yaml"), CATALOG).answer(LOGIN)

    def test_is_verified(self, certified, provider, tmp_path):
        assert certified.exists()
        with pytest.raises(UnreachableError, match="certificate that cannot be verified"):
            self.asked(provider, tmp_path)
        assert provider.count == 0

    def test_takes_a_ca_from_the_environment_and_looks_at_the_name(self, certified, provider, tmp_path, monkeypatch):
        monkeypatch.setenv("SSL_CERT_FILE", str(certified))
        assert self.asked(provider, tmp_path).status == 200
        with pytest.raises(UnreachableError, match="certificate that cannot be verified"):
            self.asked(provider, tmp_path, "127.0.0.1")
        assert provider.count == 1

    def test_that_is_none_is_told(self, provider, tmp_path):
        with pytest.raises(UnreachableError, match=r"does not speak TLS|closed the connection"):
            self.asked(provider, tmp_path)


class TestAProxy:
    def test_of_the_environment_is_asked_and_its_password_is_not_told(self, provider, tmp_path, monkeypatch):
        monkeypatch.setenv("HTTPS_PROXY", f"http://canary:canary-p@127.0.0.1:{provider.server.server_port}")
        recorder = Recorder(
            CATALOG.service("luminate"), target_of("https://host.invalid/x"), str(tmp_path / "x.yaml"), CATALOG
        )
        with pytest.raises(UnreachableError, match="the proxy answers 407; look at HTTPS_PROXY") as caught:
            recorder.answer(LOGIN)
        assert "canary" not in str(caught.value)
        ((headers, _),) = provider.received
        assert headers["Proxy-Authorization"].startswith("Basic ")

    def test_is_not_asked_for_what_no_proxy_names(self, provider, tmp_path, monkeypatch):
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{provider.server.server_port}")
        monkeypatch.setenv("NO_PROXY", "host.invalid")
        recorder = Recorder(
            CATALOG.service("luminate"), target_of("https://host.invalid/x"), str(tmp_path / "x.yaml"), CATALOG
        )
        with pytest.raises(UnreachableError):
            recorder.answer(LOGIN)
        assert provider.count == 0

    def test_is_never_asked_for_loopback(self, provider, tmp_path, monkeypatch):
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
        recorder = Recorder(CATALOG.service("luminate"), target_of(provider.url), str(tmp_path / "x.yaml"), CATALOG)
        assert recorder.answer(LOGIN).status == 200


class TestACassette:
    @pytest.mark.parametrize("name", ["", "folder", "missing/x.yaml", "x.har", "x", "x.txt"])
    def test_that_cannot_be_written_is_refused_at_once(self, name, provider, tmp_path):
        (tmp_path / "folder").mkdir()
        (tmp_path / "folder.yaml").mkdir()
        path = str(tmp_path / name) if name else ""
        with pytest.raises(OutputError), record_of("luminate", path, provider.url):
            pytest.fail("it has begun")

    @pytest.mark.parametrize("text", ["", "a: [", "interactions: []\n", "version: 1\n", "just words\n"])
    def test_that_is_none_is_refused_and_left_as_it_is(self, text, provider, tmp_path):
        path = tmp_path / "x.yaml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ReadError), record_of("luminate", path, provider.url):
            pytest.fail("it has begun")
        assert path.read_text(encoding="utf-8") == text

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
    def test_in_a_folder_that_may_not_be_written_is_refused(self, provider, tmp_path):
        tmp_path.chmod(0o500)
        with (
            pytest.raises(OutputError, match="permission denied"),
            record_of("luminate", tmp_path / "x.yaml", provider.url),
        ):
            pytest.fail("it has begun")


#: Sends the bodies in the files that it is given, prints nothing, ends with the exit code that it is given.
CLIENT = textwrap.dedent("""
    import os, pathlib, sys, time, urllib.error, urllib.request

    service, code, *files = sys.argv[1:]
    for file in files:
        head, _, body = pathlib.Path(file).read_bytes().partition(b"\\r\\n\\r\\n")
        fields = dict(line.split(": ", 1) for line in head.decode().split("\\r\\n"))
        sent = urllib.request.Request(os.environ[f"{service.upper()}_ENDPOINT"], body, fields)
        try:
            urllib.request.urlopen(sent, timeout=30).read()
        except urllib.error.HTTPError as error:
            sys.stderr.write(error.read().decode())
    if code == "wait":
        pathlib.Path("done").touch()
        time.sleep(60)
    sys.exit(int(code))
""")


class Told(NamedTuple):
    """What a run of the command came to."""

    code: int
    report: dict
    err: str


@pytest.fixture
def client(tmp_path, monkeypatch, provider, capfd):
    """Records the requests of these operations of a service, with these options."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "client.py").write_text(CLIENT, encoding="utf-8")

    def run(service: str, *operations: str, options: tuple[str, ...] = (), endpoint: str = "", code: str = "0") -> Told:
        arguments = ["--format", "json", "--endpoint", endpoint or provider.url, "--output", "x.yaml", *options]
        command = [sys.executable, "client.py", service, code, *written(tmp_path, service, operations)]
        ended = main(["record", service, *arguments, "--", *command])
        out, err = capfd.readouterr()
        assert "canary" not in out + err
        assert "Traceback" not in err
        return Told(ended, json.loads(out) if out else {}, err)

    return run


def written(folder: Path, service: str, operations: tuple[str, ...]) -> list[str]:
    for operation in operations:
        message = request_of(f"{service}/{operation}")
        head = "\r\n".join(f"{name}: {value}" for name, value in message.headers or ())
        (folder / operation).write_bytes(f"{head}\r\n\r\n".encode() + message.body)
    return list(operations)


class TestTheCommand:
    def test_records_judges_and_says_where_to(self, client, provider, tmp_path):
        told = client("luminate", "Login", "EndSynchronization")
        assert (told.code, told.report["summary"]["messages"], told.report["errors"]) == (0, 4, [])
        assert f"recorded 2 exchanges with {provider.place} to x.yaml, which now has 2" in told.err
        assert len(load(str(tmp_path / "x.yaml"), CATALOG)) == 2

    def test_shows_what_is_wrong_with_an_answer_and_keeps_it(self, client, provider, tmp_path):
        provider.answer = lambda handler, body: reply(
            handler, 200, sample_answer(body).replace(b"Result", b"Resultat"), ("X-Odd", "1")
        )
        told = client("ongoing", "GetTimeOfLastSync")
        assert told.code == 1
        assert [message["verdict"] for message in told.report["messages"]] == ["pass", "fail"]
        assert b"Resultat" in load(str(tmp_path / "x.yaml"), CATALOG)[0].response.body

    def test_keeps_what_a_failing_client_said(self, client, tmp_path):
        told = client("luminate", "Login", code="7")
        assert (told.code, told.report["client"]) == (1, {"exit_code": 7})
        assert len(load(str(tmp_path / "x.yaml"), CATALOG)) == 1

    def test_does_not_send_what_is_destructive_and_fails(self, client, provider, tmp_path):
        told = client("luminate", "EndSynchronization", options=("--treat-as-live",))
        assert (told.code, provider.count) == (1, 0)
        (error,) = told.report["errors"]
        assert error["message"].endswith(f"--allow destructive --confirm-target {provider.place}")
        assert "nothing was recorded" in told.err
        assert not (tmp_path / "x.yaml").exists()

    def test_sends_it_with_the_flags_that_it_names(self, client, provider):
        flags = ("--treat-as-live", "--allow", "destructive", "--confirm-target", provider.place)
        assert client("luminate", "EndSynchronization", options=flags).code == 0
        assert provider.count == 1

    def test_fails_when_an_expected_operation_never_came(self, client):
        told = client("luminate", "Login", options=("--expect", "luminate/EndSynchronization"))
        assert told.code == 1
        assert [error["source"] for error in told.report["errors"]] == ["luminate/EndSynchronization"]

    def test_fails_for_a_redirect(self, client, provider):
        provider.answer = redirecting
        told = client("luminate", "Login")
        assert (told.code, provider.count) == (1, 1)
        assert "elsewhere.example" in told.report["errors"][0]["message"]

    def test_says_when_nobody_is_there(self, client):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        told = client("luminate", "Login", endpoint=f"http://127.0.0.1:{port}/x")
        assert told.code == 3
        assert "nobody listens there" in told.report["errors"][0]["message"]

    def test_gives_up_an_answer_that_does_not_come(self, client, provider):
        provider.answer = hanging
        assert client("luminate", "Login", options=("--answer-timeout", "0.2")).code == 3

    def test_says_when_nothing_came(self, client):
        told = client("luminate")
        assert told.code == 3
        assert "Does it take its address from LUMINATE_ENDPOINT?" in told.err

    def test_says_when_the_time_was_over_and_keeps_what_came(self, client, tmp_path):
        told = client("luminate", "Login", options=("--timeout", "3"), code="wait")
        assert told.code == 3
        assert len(load(str(tmp_path / "x.yaml"), CATALOG)) == 1

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            (["--endpoint", "http://canary@host.example/x"], "user name"),
            (["--endpoint", "http://host.example/x"], "in the clear"),
            (["--output", "."], "a folder"),
            (["--output", "client.py"], "a cassette is called"),
            (["--output", "broken.yaml"], "broken.yaml"),
            (["--report", "json=x.yaml"], "same file"),
            (["--expect", "ongoing/GetTimeOfLastSync"], "only luminate is recorded"),
            (["--treat-as-live", "--allow", "destructive"], "type --confirm-target 127.0.0.1"),
            (["--confirm-target", "elsewhere/x"], "type --confirm-target 127.0.0.1"),
        ],
    )
    def test_refuses_what_cannot_be_before_the_client_runs(self, options, said, client, provider, tmp_path):
        (tmp_path / "broken.yaml").write_text("a: [", encoding="utf-8")
        told = client("luminate", "Login", options=tuple(options))
        assert told.code == 2
        assert said in told.err
        assert provider.count == 0

    @pytest.mark.parametrize("arguments", [["nobody"], ["luminate", "--"], ["luminate"], ["luminate", "--", "no-such"]])
    def test_refuses_no_service_and_no_command(self, arguments, provider, tmp_path, capfd):
        name, *rest = arguments
        options = ["--endpoint", provider.url, "--output", str(tmp_path / "x.yaml")]
        assert main(["record", name, *options, *(rest or (["--", "true"] if name == "nobody" else []))]) == 2
        assert "Traceback" not in capfd.readouterr().err

    def test_tells_a_leak_before_all_else(self, client, monkeypatch):
        # A leak that is left is a fault of ours; until one is known, only a stand-in can show what comes of it.
        def leaking(path: str, *_: object) -> int:
            raise LeakError(f"{path}: nothing was written")

        monkeypatch.setattr(recorder_module, "write_cassette", leaking)
        told = client("luminate", "Login", "EndSynchronization", options=("--treat-as-live",), code="7")
        assert told.code == 4
        assert "x.yaml: nothing was written" in told.err

    def test_leaves_inner_dashes_to_the_command(self, provider, tmp_path, monkeypatch, capfd):
        monkeypatch.chdir(tmp_path)
        script = "import pathlib, sys; pathlib.Path('words').write_text(' '.join(sys.argv[1:]))"
        options = ["--endpoint", provider.url, "--output", "x.yaml"]
        command = ["--", sys.executable, "-c", script, "a", "--", "--timeout", "{luminate}"]
        for arguments in (["luminate", *options], [*options, "luminate"]):
            assert main(["record", *arguments, *command]) == 3
            assert (tmp_path / "words").read_text().startswith("a -- --timeout http://127.0.0.1:")
        capfd.readouterr()

    @posix_only
    def test_keeps_what_came_before_an_interrupt(self, provider, tmp_path):
        (tmp_path / "client.py").write_text(CLIENT, encoding="utf-8")
        files = written(tmp_path, "luminate", ("Login",))
        options = ["--endpoint", provider.url, "--output", "x.yaml"]
        command = [sys.executable, "-m", "contracts", "record", "luminate", *options, "--", sys.executable, "client.py"]
        with subprocess.Popen(
            [*command, "luminate", "wait", *files],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            until = time.monotonic() + 60
            while not (tmp_path / "done").exists() and time.monotonic() < until:
                time.sleep(0.02)
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=60)
        assert process.returncode == 130
        assert "recorded 1 exchange " in err
        assert len(load(str(tmp_path / "x.yaml"), CATALOG)) == 1


#: Both operations of Ongoing on a SOAP stack that is not ours; prints its port.
SPYNE = textwrap.dedent("""
    from datetime import UTC, datetime
    from wsgiref.simple_server import WSGIRequestHandler, make_server

    from spyne import Application, DateTime, Integer, ServiceBase, Unicode, rpc
    from spyne.protocol.soap import Soap11
    from spyne.server.wsgi import WsgiApplication

    NAMESPACE = "http://ongoingsystems.se/WSI"

    class Ongoing(ServiceBase):
        @rpc(Unicode, Unicode, Integer, Unicode, DateTime)
        def SetTimeOfLastSync(ctx, UserName, Password, GoodsOwnerId, IntegrationType, syncTime):
            pass

        @rpc(Unicode, Unicode, Integer, Unicode, _returns=DateTime)
        def GetTimeOfLastSync(ctx, UserName, Password, GoodsOwnerId, IntegrationType):
            return datetime(2024, 5, 1, 12, tzinfo=UTC)

    class Silent(WSGIRequestHandler):
        def log_message(self, *_):
            pass

    application = Application([Ongoing], NAMESPACE, in_protocol=Soap11(validator="lxml"), out_protocol=Soap11())
    server = make_server("127.0.0.1", 0, WsgiApplication(application), handler_class=Silent)
    print(server.server_port, flush=True)
    server.serve_forever()
""")
_CALLER = "{'UserName': 'canary-user-77', 'Password': 'canary-p4ss-77', 'GoodsOwnerId': 42, 'IntegrationType': 'x'}"
CLIENTS = {
    "zeep": f"""
        import os, zeep
        from datetime import UTC, datetime
        client = zeep.Client(os.environ["ONGOING_WSDL"])
        service = client.create_service(next(iter(client.wsdl.bindings)), os.environ["ONGOING_ENDPOINT"])
        service.SetTimeOfLastSync(**{_CALLER}, syncTime=datetime(2024, 5, 1, 12, tzinfo=UTC))
        assert service.GetTimeOfLastSync(**{_CALLER}).year == 2024
    """,
    "suds": f"""
        import os
        from datetime import UTC, datetime
        from suds.client import Client
        client = Client(os.environ["ONGOING_WSDL"], location=os.environ["ONGOING_ENDPOINT"], cache=None)
        client.set_options(port="ServiceSoap")
        client.service.SetTimeOfLastSync(**{_CALLER}, syncTime=datetime(2024, 5, 1, 12, tzinfo=UTC))
        assert client.service.GetTimeOfLastSync(**{_CALLER}).year == 2024
    """,
    "requests": f"""
        import os, requests
        for name, more in (("Set", "<syncTime>2024-05-01T12:00:00Z</syncTime>"), ("Get", "")):
            fields = "".join(f"<{{field}}>{{value}}</{{field}}>" for field, value in {_CALLER}.items())
            payload = f'<{{name}}TimeOfLastSync xmlns="{ONGOING}">{{fields}}{{more}}</{{name}}TimeOfLastSync>'
            envelope = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>' + payload
            headers = {{"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{ONGOING}/{{name}}TimeOfLastSync"'}}
            body = (envelope + "</s:Body></s:Envelope>").encode()
            answer = requests.post(os.environ["ONGOING_ENDPOINT"], data=body, headers=headers, timeout=30)
            answer.raise_for_status()
        assert "2024-05-01" in answer.text
    """,
}


@pytest.fixture(scope="module")
def stack():
    """The endpoint of a service that spyne runs."""
    if importlib.util.find_spec("spyne") is None:
        pytest.skip("spyne is not installed")
    command = [sys.executable, "-W", "ignore", "-c", SPYNE]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            port = process.stdout.readline().strip()
            if not port:
                pytest.skip("spyne does not run under this Python")
            yield f"http://127.0.0.1:{port}/ongoing"
        finally:
            process.kill()


class TestAnotherSoapStack:
    @pytest.mark.parametrize("name", CLIENTS)
    def test_is_recorded_and_its_cassette_replayed(self, name, stack, tmp_path, capfd):
        script, cassette = tmp_path / "client.py", tmp_path / "x.yaml"
        script.write_text(textwrap.dedent(CLIENTS[name]), encoding="utf-8")
        command = ["--", sys.executable, str(script)]
        expected = ["--expect", "ongoing/SetTimeOfLastSync", "--expect", "ongoing/GetTimeOfLastSync"]
        ended = main(["record", "ongoing", "--endpoint", stack, "--output", str(cassette), *expected, *command])
        told = capfd.readouterr()
        assert ended == 0, told
        recorded = yaml.safe_load(cassette.read_text(encoding="utf-8"))["interactions"]
        assert [one["response"]["status"]["code"] for one in recorded] == [200, 200]
        assert main(["run", "--service", "ongoing", "--cassette", str(cassette), *command]) == 0, capfd.readouterr()
        assert "canary" not in "".join((*told, *capfd.readouterr(), cassette.read_text(encoding="utf-8")))


NASTY = 'p&s<w>"é😀 canary'
FIELDS = {"UserName": NASTY[::-1], "Password": NASTY, "GoodsOwnerId": "42", "IntegrationType": "x"}


def referenced(text: str) -> str:
    return "".join(f"&#{ord(char)};" if at % 2 else f"&#x{ord(char):x};" for at, char in enumerate(text))


def by_hand(address: str, write, encoding: str, fields: dict[str, str]) -> None:
    """GetTimeOfLastSync, its texts written by ``write``."""
    payload = "".join(f"<{name}>{write(value)}</{name}>" for name, value in fields.items())
    body = (
        f'<?xml version="1.0" encoding="{encoding}"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<GetTimeOfLastSync xmlns="{ONGOING}">{payload}</GetTimeOfLastSync></s:Body></s:Envelope>'
    ).encode(encoding)
    headers = {"Content-Type": f"text/xml; charset={encoding}", "SOAPAction": f'"{ONGOING}/GetTimeOfLastSync"'}
    requests.post(address, data=body, headers=headers, timeout=30)


def by_zeep(address: str, _write, _encoding: str, fields: dict[str, str]) -> None:
    client = zeep.Client(f"{address}?wsdl")
    client.create_service(next(iter(client.wsdl.bindings)), address).GetTimeOfLastSync(**fields)


def by_suds(address: str, _write, _encoding: str, fields: dict[str, str]) -> None:
    client = suds.client.Client(f"{address}?wsdl", location=address, cache=None)
    client.set_options(port="ServiceSoap")
    client.service.GetTimeOfLastSync(**fields)


class TestNastySecrets:
    @pytest.mark.parametrize(
        ("send", "write", "encoding"),
        [
            pytest.param(by_zeep, None, "utf-8", id="zeep"),
            pytest.param(by_suds, None, "utf-8", id="suds"),
            pytest.param(by_hand, escape, "utf-8", id="escaped"),
            pytest.param(by_hand, escape, "utf-16", id="escaped, UTF-16"),
            pytest.param(by_hand, lambda text: f"<![CDATA[{text}]]>", "utf-8", id="CDATA"),
            pytest.param(by_hand, lambda text: f"<![CDATA[{text}]]>", "utf-16", id="CDATA, UTF-16"),
            pytest.param(by_hand, referenced, "utf-8", id="references"),
            pytest.param(by_hand, referenced, "utf-16", id="references, UTF-16"),
        ],
    )
    def test_leave_no_form_behind_and_another_password_is_answered(self, stack, tmp_path, send, write, encoding):
        path = tmp_path / "x.yaml"
        with contracts.record("ongoing", endpoint=stack, output=path) as address:
            send(address, write, encoding, FIELDS)
        text = path.read_text(encoding="utf-8")
        (one,) = yaml.safe_load(text)["interactions"]
        body = one["request"]["body"]
        read = body if isinstance(body, str) else body.decode("utf-16")
        for form in (text, html.unescape(text), read, html.unescape(read), unquote(text)):
            for part in ("canary", "yranac", "p&s<w", "é😀"):
                assert part not in form
        (recorded,) = load(str(path), CATALOG)
        tape = Tape([recorded], CATALOG)
        other = {**FIELDS, "UserName": "another", "Password": "another"}
        payload = "".join(f"<{name}>{value}</{name}>" for name, value in other.items())
        asked = request_of("ongoing/GetTimeOfLastSync")
        envelope = asked.body.decode().partition("<GetTime")[0] + (
            f'<GetTimeOfLastSync xmlns="{ONGOING}">{payload}</GetTimeOfLastSync></soap:Body></soap:Envelope>'
        )
        assert tape.answer(asked._replace(body=envelope.encode(), url=None)).body == recorded.response.body
        assert main(["redact", "--check", str(path)]) == 0
