"""Secrets out of what is written: by element, proven before the write, and a gate for what others have written."""

from __future__ import annotations

import base64
import contextlib
import gzip
import html
import io
import itertools
import json
import os
import signal
import stat
import subprocess
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests
import vcr
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st
from test_tapes import interaction

import contracts
from contracts import samples
from contracts.cli import main
from contracts.errors import LeakError, ReadError
from contracts.redaction import Redactor, redact_file, redactor, spans, write_cassette
from contracts.respellings import respelled
from contracts.tapes import Tape, load

CATALOG = contracts.load()
SERVICE, SET_TIME = CATALOG.operation("ongoing/SetTimeOfLastSync")
END = CATALOG.operation("luminate/EndSynchronization")[1]
ANSWER = samples.message(SERVICE, SET_TIME, "response")
#: As nasty as the ones of the issue: markup, quotes, letters beyond ASCII and beyond the Basic Multilingual Plane.
NASTY = 'p&s<w>"é😀 7d1c'


def request(user="canary-user", password=NASTY, encoding="utf-8", **values) -> contracts.Message:
    known = {"UserName": user, "Password": password, **values}
    message = samples.message(SERVICE, SET_TIME, "request", values=known)
    body = message.body.decode().replace('encoding="utf-8"', f'encoding="{encoding}"').encode(encoding)
    kind = f"text/xml; charset={encoding}"
    changed = {"Content-Type": kind, "Content-Length": str(len(body))}
    return message._replace(
        body=body, headers=tuple((name, changed.get(name, value)) for name, value in message.headers)
    )


def with_body(old: str, new: str, **known) -> contracts.Message:
    message = request(**known)
    text = message.body.decode()
    assert old in text
    return message._replace(body=text.replace(old, new).encode())


def redacted(message: contracts.Message) -> str:
    return Redactor(CATALOG).message(message).body.decode("utf-8", "replace")


def readable(data: bytes) -> list[str]:
    """What anybody may read in a file: as it is, resolved, and what its values are."""
    text = data.decode("utf-8")
    values = [text]
    rest = [yaml.safe_load(text)]
    while rest:
        one = rest.pop()
        if isinstance(one, dict):
            rest.extend(one.values())
        elif isinstance(one, list):
            rest.extend(one)
        elif isinstance(one, bytes):
            values.append(one.decode("utf-16" if one[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "replace"))
        elif isinstance(one, str):
            values.append(one)
    return [form for value in values for form in (value, html.unescape(value), urllib.parse.unquote(value))]


class TestTheRedactor:
    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("<Password>canary</Password>", "<Password><![CDATA[canary]]></Password>"),
            ("<Password>canary</Password>", "<Password>&#99;&#x61;n<!-- -->ary</Password>"),
            ("<Password>canary</Password>", "<Password\n a='>'\n>canary</Password >"),
            ("<Password>canary</Password>", "<Password>can<b>ary</b></Password>"),
            ("<Password>canary</Password>", "<password>canary</password>"),
            ("<Password>canary</Password>", "<x:Password xmlns:x='urn:x'>canary</x:Password>"),
            ("<Password>canary</Password>", "<Passwd>canary</Passwd>"),
            ("<Password>canary</Password>", "<item Password='canary'/>"),
            ("<Password>canary</Password>", "<item><![CDATA[<Password>canary</Password>]]></item>"),
            ("<Password>canary</Password>", "<item>&lt;Password&gt;canary&lt;/Password&gt;</item>"),
            ("<Password>canary</Password>", '<item>{"Password": "canary"}</item>'),
            ("<Password>canary</Password>", "<!-- Password=canary -->"),
            ("<Password>canary</Password>", "<Password><!-- canary --></Password>"),
            ("<Password>canary</Password>", "<Password><?a canary?></Password>"),
            ("<Password>canary</Password>", "<Password><v a='canary'/></Password>"),
            ("<Password>canary</Password>", "<Password value='canary'/>"),
            ("<Password>canary</Password>", "<item><key>Password</key><value>canary</value></item>"),
            ("<Password>canary</Password>", "<parameter name='Password'>canary</parameter>"),
            ("<Password>canary</Password>", "<parameter name='Password' value='canary'/>"),
            ("<Password>canary</Password>", "<Password href='#i1'/><multiRef id='i1'>canary</multiRef>"),
            ("<Password>canary</Password>", "<item>&#60;Password&#62;canary</item>"),
            ("<Password>canary</Password>", "<item>Pass&#119;ord=canary</item>"),
            ("<Password>canary</Password>", "<item>{&quot;passwd&quot;: &quot;canary&quot;}</item>"),
        ],
    )  # fmt: skip
    def test_hides_it_however_it_is_written_and_leaves_the_rest(self, old, new):
        before, after = with_body(old, new, password="canary").body.decode().split(new)
        text = redacted(with_body(old, new, password="canary"))
        assert "canary" not in html.unescape(text).replace("REDACTED-UserName-1", "")
        assert text.startswith(before.replace("canary-user", "REDACTED-UserName-1").rstrip("\n "))
        assert text.endswith(after.rstrip(" \n") + "\n")

    def test_keeps_the_message_valid_and_links_equal_values(self):
        cassette = Redactor(CATALOG)
        first, second, other = (cassette.message(request(password=password)) for password in ("one", "one", "two"))
        assert contracts.check(first).passed
        assert first.body == second.body
        assert b"REDACTED-Password-2" in other.body

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-8-sig", "iso-8859-1"])
    def test_keeps_the_encoding(self, encoding):
        name = "utf-8" if encoding == "utf-8-sig" else encoding
        message = request(password="caché", encoding=name)
        if encoding == "utf-8-sig":
            body = b"\xef\xbb\xbf" + message.body
            fields = dict(message.headers) | {"Content-Length": str(len(body))}
            message = message._replace(body=body, headers=tuple(fields.items()))
        found = Redactor(CATALOG).message(message)
        expected = message.body.decode(encoding).replace("caché", "REDACTED-Password-1")
        assert found.body == expected.replace("canary-user", "REDACTED-UserName-1").encode(encoding)
        assert [rule.rule for rule in contracts.check(found).findings] == [
            rule.rule for rule in contracts.check(message).findings
        ]

    def test_is_idempotent(self):
        once = Redactor(CATALOG).message(request())
        again = Redactor(CATALOG)
        assert again.message(once) == once
        assert again.secrets == []

    @pytest.mark.parametrize(
        ("name", "value", "secrets"),
        [
            ("Authorization", "Basic " + base64.b64encode(b"me:canary").decode(), {"canary", "me:canary"}),
            ("Authorization", "Bearer canary-token", {"canary-token"}),
            ("Cookie", "ASP.NET_SessionId=canary; a=b", {"canary"}),
            ("Set-Cookie", "JSESSIONID=canary; Path=/", {"canary"}),
            ("X-Auth-Token", "canary", {"canary"}),
            ("Proxy-Authorization", "Basic x", {"x"}),
        ],
    )
    def test_hides_header_fields_with_credentials(self, name, value, secrets):
        cassette = Redactor(CATALOG)
        found = cassette.message(request()._replace(headers=((name, value), ("Content-Type", "text/xml"))))
        assert found.header("Content-Type") == "text/xml"
        assert found.header(name) == f"REDACTED-{name.replace('-', '')}-1"
        assert secrets <= {secret.value for secret in cassette.secrets}

    def test_hides_credentials_in_an_address(self):
        url = "https://canary-user:canary@h/a?Password=canary&x=1"
        assert (
            Redactor(CATALOG).message(request()._replace(url=url)).url == "https://h/a?Password=REDACTED-Password-1&x=1"
        )

    @pytest.mark.parametrize(
        ("body", "left"),
        [
            (b"<a><Password>canary</Password>", b"<a><Password>REDACTED-Password-1</Password>"),
            (b"<a><Password>can&ary", b"<a><Password>REDACTED-Password-1"),
            (b"<a><x:Password>can & ary</x:Password><b>", b"<a><x:Password>REDACTED-Password-1</x:Password><b>"),
            (b"<a><x:Password id='1'>can & ary<b>", b""),
            (b"<a><Password>can<ary</Password>", b""),
            (b"<a><Password>can</ary</Password>", b""),
            (b"<a><Password/>&<b>", b"<a><Password/>&<b>"),
            (b"<a><Password href='#i'/><m id='i'>canary</m>&", b""),
            (b"<a>&<Password>x</Password></a>canary", b""),
            (b"<a><b>no secret & here</b>", b"<a><b>no secret & here</b>"),
            (b"<a><Password>can<![CDATA[ary]]></Password>&", b""),
            (b"<a><Password canary", b""),
            (b"UserName=canary&Password=canary", b""),
            (b'{"Password": "canary"}', b""),
            (b"<a>&lt;Password&gt;canary & ", b""),
            ("<a><Password>canary</Password>".encode("utf-16-le")[1:], b""),
            (b"<!DOCTYPE a [<!ENTITY p 'canary'>]><a><Password>&p;</Password></a>", b""),
        ],
    )
    def test_masks_what_does_not_parse_or_drops_it(self, body, left):
        found = Redactor(CATALOG).message(request()._replace(body=body))
        assert found.body == left
        assert found.header("Soap-Contracts-Dropped") == (None if left else "body")


class TestAWrittenCassette:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
    def test_holds_no_form_of_a_secret_and_replays_with_another(self, tmp_path, encoding):
        path = tmp_path / "new.yaml"
        assert write_cassette(str(path), [(request(encoding=encoding), ANSWER)], CATALOG) == 1
        for form in readable(path.read_bytes()):
            for part in ("canary", "7d1c", "p&s<w"):
                assert part not in form
        tape = Tape(load(str(path), CATALOG), CATALOG)
        assert tape.answer(request(user="another", password="another")).body == ANSWER.body

    def test_is_added_to_and_keeps_what_it_had(self, tmp_path):
        path = tmp_path / "added.yaml"
        write_cassette(str(path), [(request(), ANSWER)], CATALOG)
        before = yaml.safe_load(path.read_text())
        assert write_cassette(str(path), [(request(GoodsOwnerId="7"), ANSWER)], CATALOG) == 2
        after = yaml.safe_load(path.read_text())
        assert after["interactions"][:1] == before["interactions"]
        assert "REDACTED-Password-2" in after["interactions"][1]["request"]["body"]

    def test_is_undone_of_its_coding(self, tmp_path):
        headers = {"Content-Type": ["text/xml"], "Content-Encoding": ["gzip"], "Content-Length": ["99"]}
        login = CATALOG.operation("luminate/Login")
        body = samples.message(*login, "response", full=True, values={"SessionId": "canary"}).body
        path = tmp_path / "coded.yaml"
        one = interaction(response_headers=headers, response_body={"string": gzip.compress(body)})
        path.write_text(yaml.safe_dump({"interactions": [one]}))
        assert redact_file(str(path), CATALOG).places == ("interactions[0].response body, SessionId",)
        (found,) = yaml.safe_load(path.read_text())["interactions"]
        text = found["response"]["body"]["string"]
        assert "REDACTED-SessionId-1" in text
        assert found["response"]["headers"] == {"Content-Type": ["text/xml"], "Content-Length": [str(len(text))]}

    @pytest.mark.parametrize(
        "form",
        [
            lambda value: value,
            str.upper,
            lambda value: "".join(f"&#{ord(char)};" for char in value),
            lambda value: "".join(f"&#x{ord(char):X};" for char in value),
            lambda value: "".join(f"%{byte:02x}" for byte in value.encode()),
            lambda value: base64.b64encode(value.encode()).decode(),
            lambda value: base64.b64encode(b"a" + value.encode() + b"zz").decode(),
            lambda value: base64.b64encode(b"ab" + value.encode() + b"z").decode(),
            lambda value: f"<![CDATA[{value[:3]}]]>{value[3:]}",
            lambda value: value.replace(value[2], f"&#x{ord(value[2]):x};"),
        ],
        ids=["raw", "upper", "decimal", "hex", "percent", "base64", "base64+1", "base64+2", "CDATA", "one reference"],
    )
    def test_is_not_written_where_a_secret_stands_in_another_place(self, tmp_path, form):
        message = with_body(
            "<IntegrationType>example<", f"<IntegrationType>x {form('hunter2-secret')} y<", password="hunter2-secret"
        )
        path = tmp_path / "leak.yaml"
        with pytest.raises(LeakError) as caught:
            write_cassette(str(path), [(message, ANSWER)], CATALOG)
        assert "interactions[0].request.body" in str(caught.value)
        assert "hunter2" not in str(caught.value).lower()
        assert os.listdir(tmp_path) == []

    @pytest.mark.parametrize("value", ["canary:secret-part;x", "a;secret-part"])
    def test_is_not_written_where_a_part_of_a_secret_stands_in_another_place(self, tmp_path, value):
        message = request(password=value, IntegrationType="the SECRET-part")
        with pytest.raises(LeakError, match="nothing was written"):
            write_cassette(str(tmp_path / "leak.yaml"), [(message, ANSWER)], CATALOG)

    def test_is_not_written_where_a_secret_of_usual_words_stands_in_a_header_field(self, tmp_path):
        message = request(password="private value")
        message = message._replace(headers=(*message.headers, ("X-Note", "a private value here")))
        with pytest.raises(LeakError, match=r"request\.headers"):
            write_cassette(str(tmp_path / "leak.yaml"), [(message, ANSWER)], CATALOG)

    def test_is_not_written_where_the_answer_repeats_a_secret(self, tmp_path):
        answer = ANSWER._replace(body=samples.fault("Server", "no user canary-user"), status=500)
        with pytest.raises(LeakError, match=r"interactions\[0\]\.response"):
            write_cassette(str(tmp_path / "leak.yaml"), [(request(), answer)], CATALOG)

    def test_has_the_mode_of_the_file_before_and_nothing_else_is_left(self, tmp_path):
        path = tmp_path / "mode.yaml"
        write_cassette(str(path), [(request(), ANSWER)], CATALOG)
        path.chmod(0o640)
        write_cassette(str(path), [(request(), ANSWER)], CATALOG)
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
        assert os.listdir(tmp_path) == ["mode.yaml"]

    @pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
    def test_is_read_by_nobody_else_before_it_is_complete(self, tmp_path, monkeypatch):
        modes = []
        monkeypatch.setattr(os, "fsync", lambda number: modes.append(stat.S_IMODE(os.fstat(number).st_mode)))
        write_cassette(str(tmp_path / "a.yaml"), [(request(), ANSWER)], CATALOG)
        assert modes == [0o600]

    def test_is_not_added_to_what_is_none(self, tmp_path):
        path = tmp_path / "other.yaml"
        path.write_text("a: 1\n")
        with pytest.raises(ReadError, match="neither a vcrpy cassette nor a HAR"):
            write_cassette(str(path), [(request(), ANSWER)], CATALOG)
        assert path.read_text() == "a: 1\n"

    @pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX's")
    def test_is_whole_after_a_kill_at_any_moment(self, tmp_path):
        path = tmp_path / "killed.yaml"
        program = (
            "import sys; from test_redaction import *\n"
            "for number in range(200): write_cassette(sys.argv[1], [(request(GoodsOwnerId=str(number)), ANSWER)], CATALOG)"
        )
        counts = []
        for delay in (0.0, 0.01, 0.03, 0.07, 0.11):
            before = path.stat().st_mtime_ns if path.exists() else 0
            process = subprocess.Popen([sys.executable, "-c", program, path], cwd=Path(__file__).parent)
            while (path.stat().st_mtime_ns if path.exists() else 0) == before and process.poll() is None:
                time.sleep(0.005)
            time.sleep(delay)
            process.send_signal(signal.SIGKILL)
            process.wait(60)
            counts.append(len(load(str(path), CATALOG)))
            assert redact_file(str(path), CATALOG, write=False).places == ()
        assert all(first < second for first, second in itertools.pairwise(counts))


#: What a redactor may forget, each as a change to it; the proof has to see it.
FORGOTTEN = {
    "elements": (spans, "_declared", lambda *_: []),
    "a field": (spans.Names, "field", lambda _self, name: "UserName" if name.endswith("UserName") else None),
    "header fields": (redactor.Redactor, "_header", lambda _self, _name, value, _place: value),
    "the splice": (redactor.Redactor, "_spliced", lambda _self, data, _spans, _place: data),
    "the body": (redactor.Redactor, "_body", lambda _self, message, _place: message.body),
}


class TestARedactorWithAHole:
    @pytest.mark.parametrize("password", ["hunter2-secret", "abc"])
    @pytest.mark.parametrize("rule", FORGOTTEN)
    def test_is_caught_by_the_proof_and_nothing_is_written(self, tmp_path, monkeypatch, rule, password):
        monkeypatch.setattr(*FORGOTTEN[rule])
        message = request(password=password)
        message = message._replace(headers=(*message.headers, ("Authorization", f"Bearer {password}")))
        with pytest.raises(LeakError) as caught:
            write_cassette(str(tmp_path / "leak.yaml"), [(message, ANSWER)], CATALOG)
        assert password not in str(caught.value)
        assert os.listdir(tmp_path) == []

    def test_ends_the_command_with_4(self, tmp_path, monkeypatch, capsys):
        path = tmp_path / "leak.yaml"
        text = yaml.safe_dump({"interactions": [interaction(request_body=request().body.decode())]})
        path.write_text(text)
        monkeypatch.setattr(redactor.Redactor, "_spliced", lambda _self, data, _spans, _place: data + b" ")
        assert main(["redact", str(path)]) == 4
        assert "a secret would still stand in it" in capsys.readouterr().err
        assert path.read_text() == text


#: Words of SOAP, XML, HTTP and the contracts: any of them may be a password.
WORDS = [
    "soap:Envelope", "Envelope", "SetTimeOfLastSync", "http://schemas.xmlsoap.org/soap/envelope/", "utf-8", "text/xml", "xmlns",
    "Content-Type", "charset", "interactions", "request", "response", "Password", "UserName", "REDACTED", "POST", "version",
    "encoding", "IntegrationType", "GoodsOwnerId", "application", "headers", "ongoingsystems", "string", "SOAPAction", "Header",
]  # fmt: skip
CHARS = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
SECRETS = st.one_of(st.sampled_from(WORDS), st.text(CHARS, min_size=1, max_size=50).filter(str.strip))
PUBLIC = "a remark: and encodingStyle DOCTYPE unused urn:example:unused example 2024-05-01T12:00:00Z SetTimeOfLastSyncResponse".lower()


@given(user=SECRETS, password=SECRETS, data=st.data())
def test_any_secret_in_any_spelling_is_gone_and_the_rest_is_left(user, password, data, tmp_path_factory):
    for secret in (user, password):
        parts = [part.strip().lower() for part in (secret, *secret.replace(";", ":").split(":"))]
        assume(not any(len(part) >= 6 and part in PUBLIC for part in parts))
    plain = request(user=user, password=password)
    message = respelled(plain, lambda _habit, ways: data.draw(st.integers(0, ways - 1)))
    folder = tmp_path_factory.mktemp("any")
    write_cassette(str(folder / "a.yaml"), [(message, ANSWER)], CATALOG)
    (recorded,) = load(str(folder / "a.yaml"), CATALOG)
    assert contracts.check(recorded.request).passed == contracts.check(message).passed
    assert redact_file(str(folder / "a.yaml"), CATALOG, write=False) == ((), False)
    found = Redactor(CATALOG)
    found.message(recorded.request)
    assert found.secrets == []
    other = respelled(request(user="R", password="R"), lambda _habit, _ways: 0)
    write_cassette(str(folder / "b.yaml"), [(other, ANSWER)], CATALOG)
    own = (folder / "b.yaml").read_text().lower()
    text = recorded.request.body.decode(
        "utf-16" if recorded.request.body[:1] in (b"\xff", b"\xfe") else "utf-8", "replace"
    )
    for secret in (user.strip(), password.strip()):
        if len(secret) >= 6 and secret.lower() not in own:
            assert secret.lower() not in html.unescape(text).lower()


@contextlib.contextmanager
def answering(body: bytes, *, gzipped: bool):
    """A server on loopback that answers everything with ``body``; gives its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            if self.headers.get("Transfer-Encoding") == "chunked":
                while int(self.rfile.readline(), 16):
                    while self.rfile.readline() not in (b"\r\n", b""):
                        pass
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(200)
            self.send_header("Content-Type", "text/xml")
            self.send_header("Content-Length", str(len(body)))
            if gzipped:
                self.send_header("Content-Encoding", "gzip")
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = True

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/luminate"
        finally:
            server.shutdown()


class TestTheGate:
    def har(self, body: str) -> dict:
        entry = {
            "request": {
                "method": "POST",
                "url": "https://api.ongoingsystems.se/warehouse/service.asmx?Password=canary-query",
                "headers": [
                    {"name": "Content-Type", "value": "text/xml"},
                    {"name": "Cookie", "value": "a=canary-cookie"},
                ],
                "cookies": [{"name": "a", "value": "canary-cookie"}],
                "queryString": [{"name": "Password", "value": "canary-query"}],
                "postData": {"mimeType": "text/xml", "text": body},
                "bodySize": len(body),
            },
            "response": {"status": 200, "headers": [], "content": {"text": ANSWER.body.decode(), "size": 1}},
        }
        return {"log": {"version": "1.2", "entries": [entry]}}

    def written(self, tmp_path, form: str) -> Path:
        body = request(password="canary").body
        path = tmp_path / ("a.har" if form == "har" else "a.json" if form == "json" else "a.yaml")
        bodies = {
            "text": body.decode(),
            "binary": body,
            "utf-16": request(password="canary", encoding="utf-16").body,
            "references": body.decode().replace("canary<", "c&#97;n&#x61;ry<"),
            "CDATA": body.decode().replace("canary<", "<![CDATA[canary]]><"),
            "gzip": gzip.compress(body),
            "json": body.decode(),
        }
        if form == "har":
            path.write_text(json.dumps(self.har(body.decode())))
            return path
        one = interaction(request_body=bodies[form])
        one["request"]["uri"] = "https://api.ongoingsystems.se/warehouse/service.asmx"
        if form == "gzip":
            one["request"]["headers"]["Content-Encoding"] = ["gzip"]
        path.write_text(
            json.dumps({"interactions": [one]}) if form == "json" else yaml.safe_dump({"interactions": [one]})
        )
        return path

    @pytest.mark.parametrize("form", ["text", "binary", "utf-16", "references", "CDATA", "gzip", "json", "har"])
    def test_fails_until_the_file_was_redacted(self, tmp_path, capsys, form):
        path = self.written(tmp_path, form)
        before = path.read_bytes()
        assert main(["redact", "--check", str(path)]) == 4
        out = capsys.readouterr().out
        assert "body, Password" in out
        assert "canary" not in out
        assert path.read_bytes() == before
        assert main(["redact", str(path)]) == 0
        assert main(["redact", "--check", str(path)]) == 0
        text = path.read_text()
        assert "canary" not in text
        (recorded,) = load(str(path), CATALOG)
        assert b"REDACTED-Password-" in recorded.request.body.replace(b"\0", b"")

    @pytest.mark.parametrize("kind", ["yaml", "json"])
    @pytest.mark.parametrize(
        "form", ["bytes", "text", "file", "parts", "utf-16", "references", "gzip answer", "vcrpy's filter"]
    )
    def test_fails_on_what_plain_vcrpy_has_recorded(self, tmp_path, form, kind):
        if kind == "json" and form in ("file", "parts", "utf-16", "gzip answer"):
            pytest.skip("vcrpy's json serializer cannot write it")
        body = request(password="canary", encoding="utf-16" if form == "utf-16" else "utf-8").body
        if form == "references":
            body = body.replace(b"canary<", b"c&#97;n&#x61;ry<")
        sent = {"text": body.decode("utf-8", "replace"), "file": io.BytesIO(body), "parts": iter([body[:9], body[9:]])}
        login = CATALOG.operation("luminate/Login")
        answer = samples.message(*login, "response", full=True, values={"SessionId": "canary-session"}).body
        packed = gzip.compress(answer) if form == "gzip answer" else answer
        path = tmp_path / f"a.{kind}"
        with answering(packed, gzipped=form == "gzip answer") as address:
            own = vcr.VCR(
                serializer=kind, filter_post_data_parameters=["Password", "UserName"] if "filter" in form else []
            )
            with own.use_cassette(str(path)):
                requests.post(address, data=sent.get(form, body), headers={"Content-Type": "text/xml"}, timeout=30)
        assert main(["redact", "--check", str(path)]) == 4
        assert main(["redact", str(path)]) == 0
        assert main(["redact", "--check", str(path)]) == 0
        (recorded,) = load(str(path), CATALOG)
        for half in (recorded.request.body, recorded.response.body):
            assert b"canary" not in half.replace(b"\0", b"")
        with own.use_cassette(str(path), record_mode="none"):
            played = requests.post(address, data=sent.get(form, body), headers={"Content-Type": "text/xml"}, timeout=30)
        assert "REDACTED-SessionId-1" in played.text

    @pytest.mark.parametrize(
        "value",
        ["12345678", "R7654321", "REDACTED", "REDACTED-Password", "REDACTED-UserName-1", "REDACTED-Password-1 x", "0"],
    )
    def test_knows_what_is_no_placeholder(self, tmp_path, value):
        path = tmp_path / "a.yaml"
        path.write_text(
            yaml.safe_dump({"interactions": [interaction(request_body=request(password=value).body.decode())]})
        )
        assert "interactions[0].request body, Password" in redact_file(str(path), CATALOG, write=False).places

    @pytest.mark.parametrize(
        ("keys", "value"),
        [
            (("response", "url"), "https://h/?Password=canary"),
            (("response", "url"), "https://me:canary@h/"),
            (("request", "uri"), "https://me:can/ary@h/a"),
            (("request", "uri"), "https://h/a;Password=canary#access_token=canary"),
            (("request", "uri"), "https://h/?next=https%3A%2F%2Fy%2F%3FPassword%3Dcanary"),
            (("request", "headers", "Referer"), ["https://h/?pwd=canary"]),
            (("request", "headers", "UserName"), ["canary"]),
            (("request", "headers", "X-Pwd"), ["canary"]),
            (("request", "headers", "Ocp-Apim-Subscription-Key"), ["canary"]),
            (("response", "headers", "Location"), ["https://me:canary@h/"]),
            (("request", "password"), "canary"),
            (("note",), "Password: canary"),
            (("note",), {"Password": "canary"}),
            (("note",), {"Password": ["canary"]}),
            (("note",), {"Password": {"value": "canary"}}),
            (("note",), [{"name": "Password", "value": "canary"}]),
            (("note",), b"<Password>canary</Password>"),
            (("note",), base64.b64encode(b"<Password>canary</Password>").decode()),
            (("note",), {"pwd": 12345678901}),
            (("request", "headers", "X-A"), ["//me:canary@h/"]),
            (("response", "body"), {"string": gzip.compress(b"<a><Password>canary</Password></a>")}),
            (("response", "body"), {"string": "<a b='Password=canary'/>"}),
            (("response", "body"), {"string": "<a><AuthToken>canary</AuthToken><Pwd>canary</Pwd></a>"}),
        ],
    )
    def test_looks_at_every_text_in_the_file(self, tmp_path, keys, value):
        one = interaction()
        holder = one
        for key in keys[:-1]:
            holder = holder[key]
        holder[keys[-1]] = value
        path = tmp_path / "a.yaml"
        path.write_text(yaml.safe_dump({"interactions": [one]}))
        assert redact_file(str(path), CATALOG, write=False).places
        redact_file(str(path), CATALOG)
        text = path.read_text()
        assert not {"canary", "can/ary"} & {
            part for part in ("canary", "can/ary") if part in urllib.parse.unquote(text)
        }
        assert redact_file(str(path), CATALOG, write=False) == ((), False)

    def test_finds_what_a_comment_tells_and_leaves_it_out(self, tmp_path):
        path = tmp_path / "a.yaml"
        path.write_text("# Password: canary\n" + yaml.safe_dump({"interactions": [interaction()]}))
        assert redact_file(str(path), CATALOG, write=False).places == ("line 1, a comment",)
        redact_file(str(path), CATALOG)
        assert "canary" not in path.read_text()

    @pytest.mark.parametrize("char", ["\x85", "\u2028", "\ufeff", "\r", "\t", " "])
    @pytest.mark.parametrize("form", ["a{}b", "{}a\nb{}\n", "a\n{}b"])
    def test_keeps_odd_characters(self, tmp_path, char, form):
        path = tmp_path / "a.yaml"
        body = request(password="canary").body.decode().replace("example", form.format(char, char))
        path.write_text(json.dumps({"interactions": [interaction(request_body=body)]}))
        redact_file(str(path), CATALOG)
        (recorded,) = load(str(path), CATALOG)
        expected = body.replace("canary-user", "REDACTED-UserName-1").replace("canary", "REDACTED-Password-1")
        assert recorded.request.body.decode() == expected

    def test_writes_utf_16_in_json(self, tmp_path):
        path = tmp_path / "a.json"
        packed = base64.b64encode(request(encoding="utf-16").body).decode()
        path.write_text(json.dumps({"interactions": [interaction(request_body={"base64_string": packed})]}))
        assert redact_file(str(path), CATALOG).changed
        (recorded,) = load(str(path), CATALOG)
        assert "REDACTED-Password-1" in recorded.request.body.decode("utf-16")

    def test_passes_what_ships(self):
        assert main(["redact", "--check", "luminate", "ongoing"]) == 0

    def test_calls_what_it_cannot_read_an_error(self, tmp_path, capsys):
        path = tmp_path / "broken.yaml"
        path.write_text("interactions:\n- request: !!python/object:os.x {}\n")
        assert main(["redact", "--check", str(path), str(tmp_path / "none.yaml")]) == 2
        err = capsys.readouterr().err
        assert "broken.yaml: line 2: a tag such as !!python/object" in err
        assert "there is no such file" in err

    def test_leaves_a_file_without_secrets_as_it_is(self, tmp_path):
        path = tmp_path / "clean.yaml"
        path.write_text("# a comment\n" + yaml.safe_dump({"interactions": [interaction()]}))
        before = path.read_bytes()
        assert main(["redact", str(path)]) == 0
        assert path.read_bytes() == before
