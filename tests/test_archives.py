"""HTTP archives and cassettes -> the messages in them, judged as if they had been seen on the wire."""

from __future__ import annotations

import base64
import contextlib
import copy
import gzip
import http.server
import io
import json
import os
import sys
import threading
import urllib.request
import zlib
from pathlib import Path

import harfile
import pytest
import requests
import vcr
import yaml
import zeep

from contracts import catalog, samples
from contracts.addresses import addressed, asks_for_description, services_at
from contracts.checking import check
from contracts.cli import main
from contracts.messages import Message
from contracts.readers import Skipped, Unreadable, json_archives, read, yaml_values
from contracts.server import Stub
from contracts.sniffing import looks_like_envelope
from contracts.xml import MAX_BYTES

CATALOG = catalog.load()
ONGOING, SET_TIME = CATALOG.operation("ongoing/SetTimeOfLastSync")
LUMINATE, LOGIN = CATALOG.operation("luminate/Login")
REQUEST = samples.smallest(ONGOING, SET_TIME, "request")
RESPONSE = samples.smallest(ONGOING, SET_TIME, "response")
REQUEST_TEXT, RESPONSE_TEXT = REQUEST.decode(), RESPONSE.decode()
ENDPOINT = "https://api.ongoingsystems.se/apidemo/service.asmx"
ELSEWHERE = "https://app.example.com/api"
FIELDS = samples.request_headers(SET_TIME)
XML = {"Content-Type": "text/xml; charset=utf-8"}
SAMPLES = Path(__file__).parent / "archives"
CANARY = "canary-5f1e"


def har_entry(body=REQUEST, answer=RESPONSE, *, url=ENDPOINT, method="POST", fields=FIELDS, answer_fields=XML, **more):
    """An entry as plain as HAR 1.2 allows; ``more`` replaces members of the response's content."""
    sent, got = body and {"mimeType": "text/xml", "text": body.decode()}, {"text": (answer or b"").decode()}
    entry = {
        "request": {"method": method, "url": url, "headers": named(fields), "postData": sent},
        "response": {
            "status": 200,
            "headers": named(answer_fields),
            "content": {"mimeType": "text/xml", **got, **more},
        },
    }
    if not sent:
        del entry["request"]["postData"]
    return entry


def named(fields) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in dict(fields).items()]


def har(*entries) -> bytes:
    return json.dumps({"log": {"version": "1.2", "entries": entries}}, indent=1).encode()


def interaction(body=REQUEST_TEXT, answer=RESPONSE_TEXT, *, url=ENDPOINT, fields=FIELDS, answer_fields=XML):
    return {
        "request": {
            "method": "POST",
            "uri": url,
            "body": body,
            "headers": {name: [v] for name, v in dict(fields).items()},
        },
        "response": {
            "status": {"code": 200, "message": "OK"},
            "headers": {name: [value] for name, value in dict(answer_fields).items()},
            "body": {"string": answer},
        },
    }


def cassette(*interactions) -> bytes:
    return yaml.safe_dump({"interactions": list(interactions), "version": 1}).encode()


@pytest.fixture
def read_as(tmp_path):
    def read_bytes(data: bytes, name: str):
        (tmp_path / name).write_bytes(data)
        return list(read([tmp_path / name]))

    return read_bytes


@pytest.fixture
def read_har(read_as):
    return lambda *entries: read_as(har(*entries), "a.har")


@pytest.fixture
def read_cassette(read_as):
    return lambda *interactions: read_as(cassette(*interactions), "a.yaml")


def rules(message) -> list[str]:
    return [finding.rule for finding in check(message).findings]


def judged(capsys, *paths) -> tuple[int, dict]:
    """The exit code of a check, and its report."""
    code = main(["check", "--format", "json", *map(str, paths)])
    return code, json.loads(capsys.readouterr().out)


def essence(finding) -> tuple:
    return tuple(finding[name] for name in ("rule", "severity", "message", "line", "column"))


def found_in(report) -> list[tuple]:
    return [
        (message["service"], message["operation"], message["kind"], [essence(found) for found in message["findings"]])
        for message in report["messages"]
    ]


def found_by(stub) -> list[tuple]:
    return [
        (verdict.service, verdict.operation, verdict.kind, [essence(found._asdict()) for found in verdict.findings])
        for exchange in stub.exchanges
        for verdict in exchange.verdicts
    ]


class TestBrowsers:
    def test_what_chrome_exports_is_judged_in_both_directions(self, capsys):
        code, report = judged(capsys, SAMPLES / "chrome.har")
        assert code == 1
        shown = [(m["index"], m["operation"], m["kind"], m["verdict"]) for m in report["messages"]]
        assert shown == [
            (3, "SetTimeOfLastSync", "request", "pass"),
            (3, "SetTimeOfLastSync", "response", "pass"),
            (4, None, "request", "fail"),
            (4, "SetTimeOfLastSync", "fault", "pass"),
            (5, "SetTimeOfLastSync", "request", "pass"),
        ]
        assert report["summary"]["skipped"] == 3  # an image, a preflight request and a WSDL
        assert [(found[0], found[3]) for message in found_in(report) for found in message[3]] == [
            ("schema/unknown-operation", 4)
        ]

    def test_what_firefox_exports_is_judged_in_both_directions(self, capsys):
        code, report = judged(capsys, SAMPLES / "firefox.har")
        assert code == 0
        shown = [(message["index"], message["operation"], message["kind"]) for message in report["messages"]]
        assert shown == [
            (1, "Login", "request"),
            (1, "Login", "response"),
            (2, "Login", "request"),
            (3, "Login", "request"),
        ]
        assert report["summary"]["skipped"] == 2  # a page, and a response whose body was not included
        assert not any(message["findings"] for message in report["messages"])

    def test_the_report_names_the_entry(self, capsys):
        main(["check", str(SAMPLES / "chrome.har")])
        shown = capsys.readouterr().out
        assert f"FAIL ongoing request  {SAMPLES / 'chrome.har'}[4]\n" in shown
        assert "skipped: 3 " in shown

    def test_a_folder_of_archives_is_judged(self, capsys):
        code, report = judged(capsys, SAMPLES)
        assert (code, report["summary"]["messages"], report["summary"]["skipped"]) == (1, 9, 5)


class TestRecordings:
    """Real clients against the stub, recorded by the tools that people use: the verdicts are those of the stub."""

    def test_a_har_of_real_exchanges_gets_the_verdicts_that_they_got(self, tmp_path, capsys):
        wrong = REQUEST.replace(b"2024-05-01T12:00:00Z", b"2024-05-01 12:00:00")
        with Stub(CATALOG) as stub, harfile.open(tmp_path / "a.har") as archive:
            sent = [
                ("POST", stub.endpoint("ongoing"), REQUEST),
                ("POST", stub.endpoint("ongoing"), wrong),
                ("POST", stub.endpoint("luminate"), samples.smallest(LUMINATE, LOGIN, "request")),
                ("POST", stub.endpoint("ongoing"), REQUEST.replace(b"placeholder", "smörgås".encode())),
                ("GET", stub.wsdl("ongoing"), None),
            ]
            for method, url, body in sent:
                fields = dict(samples.request_headers(LOGIN if "luminate" in url else SET_TIME)) if body else {}
                response = requests.request(method, url, data=body, headers=fields, timeout=10)
                archive.add_entry(**entry_of(response))
            directly = found_by(stub)
        code, report = judged(capsys, tmp_path / "a.har")
        assert (code, report["summary"]["skipped"], report["errors"]) == (1, 1, [])
        assert found_in(report) == directly
        assert any(found[0] == "schema/date-time" for found in report_findings(report))

    @pytest.mark.parametrize(("name", "serializer"), [("a.yaml", "yaml"), ("a.json", "json")])
    def test_a_cassette_of_zeep_gets_the_verdicts_that_it_got(self, tmp_path, capsys, name, serializer):
        path = tmp_path / name
        with Stub(CATALOG) as stub:
            with vcr.use_cassette(str(path), serializer=serializer):
                client = zeep.Client(stub.wsdl("ongoing"))
                service = client.create_service(next(iter(client.wsdl.bindings)), stub.endpoint("ongoing"))
                caller = {"UserName": "räksmörgås", "Password": CANARY, "GoodsOwnerId": 1, "IntegrationType": "example"}
                service.SetTimeOfLastSync(**caller, syncTime="2024-05-01T12:00:00Z")
                service.GetTimeOfLastSync(**caller)
                service.GetTimeOfLastSync(**caller | {"UserName": "x" * 51})
                with pytest.raises(zeep.exceptions.Fault):
                    service.GetTimeOfLastSync(**caller | {"UserName": ""})
            directly = found_by(stub)
        code, report = judged(capsys, path)
        assert (code, report["summary"]["messages"], report["summary"]["skipped"], report["errors"]) == (1, 8, 1, [])
        assert found_in(report) == directly
        assert CANARY not in json.dumps(report)

    def test_a_cassette_of_binary_and_chunked_bodies_gets_the_verdicts_that_they_got(self, tmp_path, capsys):
        path = tmp_path / "a.yaml"
        bodies = [
            (gzip.compress(REQUEST), {"Content-Encoding": "gzip"}),
            (
                REQUEST.decode().replace("utf-8", "utf-16").encode("utf-16"),
                {"Content-Type": "text/xml; charset=utf-16"},
            ),
            (REQUEST.replace(b"placeholder", b"r\xe4ka"), {}),
        ]
        with Stub(CATALOG) as stub:
            with vcr.use_cassette(str(path)):
                for body, fields in bodies:
                    requests.post(stub.endpoint("ongoing"), data=body, headers=dict(FIELDS) | fields, timeout=10)
            directly = found_by(stub)
        assert path.read_text().count("!!binary") == 3
        code, report = judged(capsys, path)
        assert (code, report["errors"]) == (1, [])
        assert found_in(report) == directly
        assert [found[0] for found in report_findings(report)] == ["http/content-encoding", "xml/encoding-conflict"]

    @pytest.mark.parametrize(
        ("post", "decode", "binary", "header"),
        [
            ("requests", False, False, True),
            ("requests", True, False, False),
            ("urllib", False, True, True),
            ("urllib", True, False, False),
        ],
    )
    def test_a_compressed_response_in_a_cassette_is_undone(self, tmp_path, capsys, post, decode, binary, header):
        path = tmp_path / "a.yaml"
        with gzipping_server() as address, vcr.use_cassette(str(path), decode_compressed_response=decode):
            if post == "requests":
                requests.post(f"{address}/ongoing", data=REQUEST, headers=dict(FIELDS), timeout=10)
            else:
                request = urllib.request.Request(f"{address}/ongoing", data=REQUEST, headers=dict(FIELDS))
                urllib.request.urlopen(request, timeout=10).close()
        recorded = path.read_text()
        assert ("!!binary" in recorded, "Content-Encoding" in recorded) == (binary, header)
        code, report = judged(capsys, path)
        assert (code, report["summary"]["messages"], list(report_findings(report))) == (0, 2, [])


def report_findings(report):
    return (found for message in found_in(report) for found in message[3])


def entry_of(response) -> dict:
    """What harfile wants of an exchange that requests has made."""
    request = response.request
    body = request.body
    body = body.decode() if isinstance(body, bytes) else body
    records = [
        [harfile.Record(name=name, value=value) for name, value in part.headers.items()] for part in (request, response)
    ]
    content = harfile.Content(mimeType="text/xml", size=len(response.content), text=response.content.decode())
    posted = None if body is None else harfile.PostData(mimeType="text/xml", text=body)
    return {
        "startedDateTime": "2026-05-01T12:00:00Z",
        "time": 1,
        "request": harfile.Request(
            method=request.method, url=request.url, httpVersion="HTTP/1.1", headers=records[0], postData=posted
        ),
        "response": harfile.Response(
            status=response.status_code,
            statusText=response.reason,
            httpVersion="HTTP/1.1",
            headers=records[1],
            content=content,
        ),
        "timings": harfile.Timings(send=0, wait=1, receive=0),
    }


@contextlib.contextmanager
def gzipping_server():
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            body = gzip.compress(RESPONSE)
            self.send_response(200)
            for name, value in {**XML, "Content-Encoding": "gzip", "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class TestWhatIsOurs:
    def test_an_entry_without_an_envelope_for_another_address_is_skipped(self, read_har, tmp_path):
        assert read_har(har_entry(b"{}", b"{}", url=ELSEWHERE)) == [Skipped(str(tmp_path / "a.har"), 0)]

    def test_an_envelope_anywhere_is_judged_with_its_answer(self, read_har):
        request, response = read_har(har_entry(url=ELSEWHERE))
        assert (request.kind, request.method, request.url, request.body) == ("request", "POST", ELSEWHERE, REQUEST)
        assert (response.kind, response.status, response.body) == ("response", 200, RESPONSE)
        assert response.request is request
        assert (request.index, response.index, request.source) == (0, 0, response.source)

    def test_an_envelope_in_the_answer_alone_is_enough(self, read_har):
        assert [found.kind for found in read_har(har_entry(b"q=1", url=ELSEWHERE))] == ["request", "response"]

    def test_a_message_without_an_envelope_for_a_known_endpoint_is_judged(self, read_har):
        request, response = read_har(har_entry(b"{}", b"<html/>", answer_fields={"Content-Type": "text/html"}))
        assert "xml/not-well-formed" in rules(request)
        assert "http/content-type" in rules(response)
        assert (request.service, response.service) == ("ongoing", "ongoing")

    @pytest.mark.parametrize("query", ["?wsdl", "?WSDL", "?singleWsdl", "?a=b&Wsdl=strict", "?xsd=xsd0", "/wsdl"])
    @pytest.mark.parametrize("base", [ENDPOINT, "http://127.0.0.1:8080/ongoing"])
    def test_a_get_of_a_wsdl_is_skipped(self, read_har, base, query):
        (found,) = read_har(har_entry(None, b"<definitions/>", url=base + query, method="GET"))
        assert isinstance(found, Skipped)

    def test_a_get_of_the_endpoint_itself_is_judged(self, read_har):
        request, _ = read_har(har_entry(None, b"<html/>", method="GET"))
        assert "http/method" in rules(request)

    def test_the_question_that_a_browser_asks_before_is_skipped(self, read_har):
        (found,) = read_har(har_entry(None, None, method="OPTIONS"))
        assert isinstance(found, Skipped)

    def test_a_misspelt_namespace_is_judged_by_the_service_at_the_address(self, read_har):
        request, response = read_har(har_entry(REQUEST.replace(b"systems.se/WSI", b"systems.se/WSI2")))
        assert (request.service, response.service) == ("ongoing", None)
        (finding,) = check(request).findings
        assert finding.rule == "schema/unknown-operation"
        assert "in the namespace http://ongoingsystems.se/WSI2, not in http://ongoingsystems.se/WSI" in finding.message

    def test_a_request_is_judged_by_the_service_at_its_address_and_an_answer_that_names_one_by_that(self, read_har):
        login = samples.smallest(LUMINATE, LOGIN, "request")
        answer = samples.smallest(LUMINATE, LOGIN, "response")
        request, response = read_har(har_entry(login, answer))
        assert (request.service, response.service) == ("ongoing", None)
        assert [check(message).passed for message in (request, response)] == [False, True]

    def test_of_services_at_one_address_the_message_says_which(self):
        both = catalog.Catalog([ONGOING, LUMINATE._replace(endpoint=ONGOING.endpoint)])
        login = samples.smallest(LUMINATE, LOGIN, "request")
        for body, service in ((login, "luminate"), (REQUEST, "ongoing"), (b"{}", "ongoing")):
            message = Message(body, url=ENDPOINT, kind="request")
            assert addressed(both, message) == service

    def test_a_service_of_ones_own_is_known_by_its_endpoint(self, tmp_path):
        own = catalog.load(Path(__file__).parent.parent / "examples" / "own-service")
        (tmp_path / "a.har").write_bytes(har(har_entry(b"{}", b"{}", url="https://bookshop.example.com/soap")))
        assert [type(found) for found in read([tmp_path], own)] == [Message, Message]
        assert [type(found) for found in read([tmp_path])] == [Skipped]

    def test_a_service_in_a_cassette_is_known_by_its_endpoint(self, read_cassette):
        request, _ = read_cassette(interaction(body="{}"))
        assert request.service == "ongoing"

    def test_a_cassette_without_a_suffix_is_found_in_a_folder_and_other_files_are_not(self, tmp_path):
        (tmp_path / "test_sync").write_bytes(cassette(interaction()))
        (tmp_path / "Makefile").write_text("interactions: ongoing\n\tmake")
        (tmp_path / "LICENSE").write_text("MIT")
        os.mkfifo(tmp_path / "pipe")
        (tmp_path / "nowhere").symlink_to("missing")
        found = list(read([tmp_path]))
        assert {item.source for item in found} == {str(tmp_path / "test_sync"), str(tmp_path / "Makefile")}
        assert [type(item) for item in found] == [Unreadable, Message, Message]

    def test_only_skipped_entries_end_with_3_and_a_sentence(self, tmp_path, capsys):
        (tmp_path / "a.har").write_bytes(har(*[har_entry(b"{}", b"{}", url=ELSEWHERE)] * 3))
        (tmp_path / "b.yaml").write_bytes(cassette(interaction(body="{}", answer="{}", url=ELSEWHERE)))
        code = main(["check", "--format", "json", str(tmp_path)])
        streams = capsys.readouterr()
        assert (code, json.loads(streams.out)["summary"]["skipped"]) == (3, 4)
        said = "nothing to judge: all 4 entries were skipped: no envelope is recorded there"
        assert streams.err == f"soap-contracts: {said}\n"
        main(["check", str(tmp_path / "b.yaml")])
        assert "the only entry was skipped" in capsys.readouterr().err


class TestAddresses:
    @pytest.mark.parametrize(
        ("url", "service"),
        [
            (ENDPOINT, "ongoing"),
            ("HTTPS://API.OngoingSystems.se/ApiDemo/Service.asmx", "ongoing"),
            (f"{ENDPOINT}?op=SetTimeOfLastSync", "ongoing"),
            (f"{ENDPOINT}#top", "ongoing"),
            (f"{ENDPOINT}/", "ongoing"),
            ("http://api.ongoingsystems.se:8080/x/service.asmx", "ongoing"),
            ("https://user:pass@api.ongoingsystems.se/x/service.asmx", "ongoing"),
            ("https://webservices.cluster2.convio.net/1.0/mysite", "luminate"),
            ("http://127.0.0.1:8080/ongoing", "ongoing"),
            ("http://localhost:8080/Luminate/any/path?x", "luminate"),
            ("http://[::1]:8080/ongoing", "ongoing"),
            ("https://api.ongoingsystems.se/service.asmx", None),
            ("https://api.ongoingsystems.se/a/b/service.asmx", None),
            ("https://apiXongoingsystems.se/a/service.asmx", None),
            ("https://api.ongoingsystems.se.example.com/a/service.asmx", None),
            ("https://example.com/?u=https://api.ongoingsystems.se/a/service.asmx", None),
            ("https://example.com@api.ongoingsystems.se.evil.com/a/service.asmx", None),
            ("http://localhost/ongoing", None),
            ("https://localhost:8080/ongoing", "ongoing"),
            ("http://localhost:8080/ongoings", None),
            ("http://localhost:8080/", None),
            ("http://127.0.0.1.example.com:8080/ongoing", None),
            ("data:image/png;base64,AAAA", None),
            ("", None),
            ("/apidemo/service.asmx", None),
            ("https://api.ongoingsystems.se:443", None),
        ],
    )
    def test_an_address_tells_its_service_or_none(self, url, service):
        assert [found.name for found in services_at(CATALOG, url)] == ([service] if service else [])

    @pytest.mark.parametrize(
        ("endpoint", "url"),
        [
            ("https://{tenant}.example.com/ws", "https://acme.example.com/ws"),
            ("https://example.com:8443/ws", "https://example.com:8443/ws"),
            ("https://example.com/ws?x={y}", "https://example.com/ws?x=3"),
            ("example.com/{a}-{b}/ws/", "http://example.com/1-2/ws"),
        ],
    )
    def test_a_placeholder_is_one_part_of_the_host_or_the_path(self, endpoint, url):
        own = catalog.Catalog([ONGOING._replace(endpoint=endpoint)])
        assert services_at(own, url) == [*own]
        assert services_at(own, url.replace("example.com", "b.example.com")) == []

    def test_what_only_looks_like_wsdl_is_none(self):
        assert not asks_for_description(f"{ENDPOINT}?notwsdl=1")
        assert not asks_for_description(f"{ENDPOINT}?a=wsdl")
        assert not asks_for_description("no address")


class TestEnvelopesByTheirStart:
    @pytest.mark.parametrize(
        "body",
        [
            REQUEST,
            b"<Envelope/>",
            b"<soap:envelope>",
            b"<S:ENVELOPE\n",
            b"<Envelope",
            b"\r\n <?xml version='1.0'?>\n<!-- a > - b --->\n<soap:Envelope>".replace(b"--->", b"-->"),
            b"<?xml version='1.0'?><?pi a?b > c ?><x:Envelope xmlns:x='y'>",
            b'<!DOCTYPE soap:Envelope [<!ENTITY a "]>"> <!-- ] > --> ]><soap:Envelope>',
            b"<!DOCTYPE Envelope SYSTEM 'a>b'><Envelope>",
            b"\xef\xbb\xbf<soap:Envelope>",
            b"\xef\xbb\xbf\xef\xbb\xbf<soap:Envelope>",
            "<?xml version='1.0' encoding='utf-16'?><soap:Envelope>".encode("utf-16"),
            "<soap:Envelope>".encode("utf-16-le"),
            "<soap:Envelope>".encode("utf-16-be"),
            "<?xml version='1.0'?><soap:Envelope>".encode("utf-32"),
            "<é:Envelope>".encode(),
            b'<?xml version="1.0"?&gt;\n<soap:Envelope>',
            b'<?xml version="1.0"\n<soap:Envelope>',
            b"&lt;soap:Envelope&gt;",
        ],
    )
    def test_an_envelope_is_known_whatever_precedes_and_follows(self, body):
        assert looks_like_envelope(body)

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"<",
            b"<html><soap:Envelope>",
            b"<!-- <soap:Envelope> --><html>",
            b"<!-- <soap:Envelope>",
            b"<!DOCTYPE html><html>",
            b"<Envelopes>",
            b"<Envelope.x>",
            b"<MyEnvelope>",
            b'{"a": "<soap:Envelope>"}',
            b"\x89PNG\r\n<soap:Envelope>",
            b"<wsdl:definitions>",
            b"\x00" * 50,
        ],
    )
    def test_nothing_else_is_one(self, body):
        assert not looks_like_envelope(body)

    def test_a_start_that_never_ends_is_looked_at_in_time(self):
        for start in (b"<!--" + b"-" * 5_000_000, b"<?" * 2_000_000, b"<!DOCTYPE" + b'"' * 5_000_001, b" " * 5_000_000):
            assert not looks_like_envelope(start)


class TestHarBodies:
    @pytest.mark.parametrize(
        ("text", "content_type", "body"),
        [
            ("<å/>", "text/xml; charset=utf-8", "<å/>".encode()),
            ("<å/>", "text/xml; charset=ISO-8859-1", "<å/>".encode("latin-1")),
            ("<å/>", 'text/xml; x=y; charset="windows-1252"', "<å/>".encode("cp1252")),
            ("<å/>", "text/xml; charset=utf-16", "<å/>".encode("utf-16")),
            ("\ufeff<å/>", "text/xml; charset=utf-16", "<å/>".encode("utf-16")),
            ("<å/>", "text/xml; charset=utf-16le", "<å/>".encode("utf-16-le")),
            ("<å/>", "text/xml", "<å/>".encode()),
            ("<å/>", "text/xml; charset=us-ascii", "<å/>".encode()),
            ("<å/>", "text/xml; charset=nonsense", "<å/>".encode()),
            ("<å/>", "text/xml; charset=punycode", "<å/>".encode()),
            ("<å/>", "text/xml; charset=hex", "<å/>".encode()),
            ("<€/>", "text/xml; charset=iso-8859-1", "<€/>".encode()),
            ("\ud800", "text/xml; charset=utf-8", b"\xed\xa0\x80"),
            (
                '<?xml version="1.0" encoding="iso-8859-1"?><å/>',
                "text/xml",
                '<?xml version="1.0" encoding="iso-8859-1"?><å/>'.encode("latin-1"),
            ),
            (
                '<?xml version="1.0" encoding="utf-16"?><å/>',
                "text/xml; charset=utf-8",
                '<?xml version="1.0" encoding="utf-16"?><å/>'.encode(),
            ),
            (
                '<?xml version="1.0" encoding="utf-16"?><å/>',
                "text/xml",
                '<?xml version="1.0" encoding="utf-16"?><å/>'.encode("utf-16"),
            ),
        ],
    )
    def test_text_is_put_back_into_the_encoding_that_it_had(self, read_har, text, content_type, body):
        entry = har_entry(answer_fields={"Content-Type": content_type}, text=text)
        assert read_har(entry)[1].body == body

    def test_the_size_tells_which_encoding_it_was(self, read_har):
        text = '<?xml version="1.0" encoding="utf-16"?><a/>'
        entry = har_entry(answer_fields={"Content-Type": "text/xml"}, text=text, size=len(text))
        assert read_har(entry)[1].body == text.encode()

    def test_a_byte_order_mark_that_decoding_took_away_is_put_back(self, read_har):
        request, response = read_har(
            har_entry(fields={**dict(FIELDS), "Content-Length": str(len(REQUEST) + 3)}, size=len(RESPONSE) + 3)
        )
        assert request.body == b"\xef\xbb\xbf" + REQUEST
        assert response.body == b"\xef\xbb\xbf" + RESPONSE
        assert rules(request) == []

    @pytest.mark.parametrize("encoding", ["base64", " BASE64 "])
    def test_base64_is_decoded_in_both_directions(self, read_har, encoding):
        entry = har_entry(text=base64.b64encode(RESPONSE).decode(), encoding=encoding)
        entry["request"]["postData"] |= {"text": base64.b64encode(REQUEST).decode(), "_encoding": encoding}
        assert [message.body for message in read_har(entry)] == [REQUEST, RESPONSE]

    def test_what_is_falsely_called_base64_is_text(self, read_har):
        assert read_har(har_entry(encoding="base64"))[1].body == RESPONSE

    @pytest.mark.parametrize("encoding", ["", "utf-8", None])
    def test_any_other_encoding_is_text(self, read_har, encoding):
        assert read_har(har_entry(encoding=encoding))[1].body == RESPONSE

    def test_a_compressed_response_passes_though_its_length_is_that_of_the_compressed_one(self, read_har):
        fields = {**XML, "Content-Encoding": "gzip", "Content-Length": "131", "Transfer-Encoding": "chunked"}
        request, response = read_har(har_entry(answer_fields=fields, size=len(RESPONSE)))
        assert (rules(request), rules(response)) == ([], [])
        assert (response.header("Content-Encoding"), response.header("Content-Length")) == ("gzip", "131")

    def test_a_response_that_an_exporter_left_compressed_is_undone(self, read_har):
        packed = base64.b64encode(gzip.compress(RESPONSE)).decode()
        entry = har_entry(answer_fields={**XML, "Content-Encoding": "gzip"}, text=packed, encoding="base64")
        assert read_har(entry)[1].body == RESPONSE
        entry["response"]["content"]["text"] = base64.b64encode(gzip.compress(RESPONSE)[:-9]).decode()
        assert "line 5: log.entries[0].response.content.text: the compressed" in read_har(entry)[1].message

    def test_a_compressed_request_is_warned_about_as_on_the_wire(self, read_har):
        request, _ = read_har(har_entry(fields={**dict(FIELDS), "Content-Encoding": "gzip", "Content-Length": "99"}))
        assert rules(request) == ["http/content-encoding"]

    def test_a_length_that_does_not_count_the_archived_text_blames_nobody(self, read_har):
        request, _ = read_har(har_entry(fields={**dict(FIELDS), "Content-Length": "7"}))
        assert (request.header("Content-Length"), rules(request)) == (None, [])
        request, _ = read_har(har_entry(fields={**dict(FIELDS), "Content-Length": str(len(REQUEST))}))
        assert request.header("Content-Length") == str(len(REQUEST))

    def test_two_lengths_are_kept_for_the_rule_that_wants_one(self, read_har):
        entry = har_entry()
        entry["request"]["headers"] += [{"name": "Content-Length", "value": value} for value in ("7", "8")]
        assert "http/repeated-header" in rules(read_har(entry)[0])

    def test_pseudo_fields_are_dropped_and_joined_values_split(self, read_har):
        entry = har_entry(
            fields={":method": "POST", ":authority": "h", **dict(FIELDS)}, answer_fields={**XML, "X": "1\n2"}
        )
        request, response = read_har(entry)
        assert request.headers == FIELDS
        assert response.headers == (*XML.items(), ("X", "1"), ("X", "2"))

    def test_header_fields_that_were_not_recorded_are_unknown(self, read_har):
        for fields in ([], None):
            entry = har_entry()
            entry["request"]["headers"] = fields
            assert read_har(entry)[0].headers is None
            assert rules(read_har(entry)[0]) == []

    @pytest.mark.parametrize("status", [0, None, ""])
    def test_status_0_means_that_no_response_came(self, read_har, status):
        entry = har_entry()
        entry["response"]["status"] = status
        assert [found.kind for found in read_har(entry)] == ["request"]

    def test_a_missing_response_is_none(self, read_har):
        entry = har_entry()
        del entry["response"]
        assert [found.kind for found in read_har(entry)] == ["request"]

    def test_an_empty_text_of_a_chunked_body_is_not_called_empty(self, read_har):
        request, _ = read_har(har_entry(b" ", fields={**dict(FIELDS), "Transfer-Encoding": "chunked"}))
        assert isinstance(request, Message)
        entry = har_entry(fields={**dict(FIELDS), "Transfer-Encoding": "chunked"})
        entry["request"]["postData"]["text"] = ""
        assert isinstance(read_har(entry)[0], Unreadable)

    @pytest.mark.parametrize(
        ("length", "data", "size", "known"),
        [
            ("454", None, 0, False),
            ("454", {"text": ""}, 454, False),
            (None, None, 0, False),
            (None, None, -1, False),
            (None, {"text": ""}, 454, False),
            (None, {"mimeType": "text/xml", "params": []}, 0, False),
            ("0", None, 0, True),
            ("0", {"text": ""}, None, True),
            (None, {"text": ""}, 0, True),
            (None, {"text": ""}, None, True),
        ],
    )
    def test_a_request_without_a_recorded_body_is_not_called_empty_and_not_passed_over(
        self, read_har, length, data, size, known
    ):
        entry = har_entry(fields={**dict(FIELDS)} | ({} if length is None else {"Content-Length": length}))
        entry["request"] |= {"postData": data, "bodySize": size}
        request, response = read_har(entry)
        assert isinstance(request, Message if known else Unreadable)
        assert response.request is (request if known else None)
        if known:
            assert "http/empty-body" in rules(request)
        else:
            assert request.message.endswith("the body of the request was not recorded; record again, with the contents")

    @pytest.mark.parametrize(
        ("content", "known"),
        [
            ({"size": 300}, False),
            ({"size": 0}, False),
            ({}, False),
            ({"size": 300, "text": ""}, False),
            ({"text": ""}, True),
        ],
    )
    def test_a_response_without_a_recorded_body_is_skipped(self, read_har, content, known):
        entry = har_entry()
        entry["response"]["content"] = content
        assert isinstance(read_har(entry)[1], Message if known else Skipped)

    def test_an_entry_of_which_no_body_was_recorded_is_an_error(self, read_har):
        entry = har_entry(None)
        entry["response"]["content"] = {"size": 300}
        assert [type(found) for found in read_har(entry)] == [Unreadable, Skipped]

    @pytest.mark.parametrize(
        "odd", [{"status": "200"}, {"status": 200.5}, {"headers": [{"name": "A", "value": 3}]}, {"headers": 7}]
    )
    def test_what_is_odd_in_somebody_else_s_entry_does_not_matter(self, read_har, odd):
        entry = har_entry(b"{}", b"{}", url=ELSEWHERE)
        entry["response"] |= odd
        assert [type(found) for found in read_har(entry)] == [Skipped]
        entry["request"]["postData"]["text"] = REQUEST_TEXT
        assert [type(found) for found in read_har(entry)] == [Unreadable]
        ours = har_entry()
        ours["response"] |= odd
        assert [type(found) for found in read_har(ours)] == [Unreadable]

    def test_a_body_over_the_limit_is_cut_one_byte_behind_it(self, read_har):
        request, _ = read_har(har_entry(REQUEST + b" " * MAX_BYTES))
        assert len(request.body) == MAX_BYTES + 1

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-8"])
    def test_the_file_may_be_in_any_unicode_encoding(self, read_as, encoding):
        assert len(read_as(har(har_entry()).decode().encode(encoding), "a.har")) == 2


class TestCassetteBodies:
    @pytest.mark.parametrize(
        "body",
        [
            REQUEST.decode(),
            REQUEST,
            {"string": REQUEST.decode()},
            {"string": REQUEST},
            {"base64_string": base64.b64encode(REQUEST).decode()},
            {"encoding": "utf-8", "string": REQUEST.decode()},
        ],
    )
    def test_bodies_of_every_form_are_taken(self, read_cassette, body):
        both = interaction(body=body)
        both["response"]["body"] = body if isinstance(body, dict) else {"string": body}
        assert [message.body for message in read_cassette(both)] == [REQUEST, REQUEST]

    def test_text_is_utf_8_whatever_the_header_says(self, read_cassette):
        request, _ = read_cassette(interaction(body="<å/>", fields={"Content-Type": "text/xml; charset=iso-8859-1"}))
        assert request.body == "<å/>".encode()

    @pytest.mark.parametrize(
        ("coding", "packed"),
        [
            ("gzip", gzip.compress(RESPONSE)),
            ("x-gzip", gzip.compress(RESPONSE)),
            ("deflate", zlib.compress(RESPONSE)),
            ("deflate, gzip", gzip.compress(zlib.compress(RESPONSE))),
            ("gzip", RESPONSE),
            ("br", RESPONSE),
            ("gzip", RESPONSE.decode()),
            ("identity", RESPONSE),
            ("gzip", RESPONSE.decode().encode("utf-16")),
        ],
    )
    def test_a_compressed_response_is_undone_unless_the_recorder_has_done_it(self, read_cassette, coding, packed):
        fields = {**XML, "content-encoding": coding, "Transfer-Encoding": "chunked"}
        _, response = read_cassette(interaction(answer=packed, answer_fields=fields))
        assert response.body in (RESPONSE, RESPONSE.decode().encode("utf-16"))

    @pytest.mark.parametrize(
        ("coding", "packed", "says"),
        [
            ("gzip", gzip.compress(RESPONSE)[:-9], "the compressed body ends too early"),
            ("gzip", b"\xff\xfa\x00", "the body is not gzip as its header says, or is damaged"),
            ("br", b"\x8b\x02\x80abc", "the coding 'br' cannot be undone"),
        ],
    )
    def test_a_coding_that_cannot_be_undone_is_an_error_of_that_entry(self, read_cassette, coding, packed, says):
        broken = interaction(answer=packed, answer_fields={**XML, "Content-Encoding": coding})
        request, error, *rest = read_cassette(broken, interaction())
        assert isinstance(request, Message)
        assert error.source.endswith("a.yaml[0]")
        assert error.message.startswith(f"line 2: interactions[0].response.body: {says}")
        assert [message.index for message in rest] == [1, 1]

    def test_a_body_that_is_coded_again_and_again_is_refused(self, read_cassette):
        fields = {**XML, "Content-Encoding": ", ".join(["gzip"] * 9)}
        _, error = read_cassette(interaction(answer=gzip.compress(RESPONSE), answer_fields=fields))
        assert error.message.endswith("the header lists more than 8 codings")

    def test_a_coding_that_cannot_be_undone_elsewhere_is_no_business_of_ours(self, read_cassette):
        broken = interaction(
            body="{}", answer=b"\x8b\x02\x80abc", answer_fields={"Content-Encoding": "br"}, url=ELSEWHERE
        )
        assert [type(found) for found in read_cassette(broken)] == [Skipped]

    def test_a_bomb_does_not_go_off(self, read_cassette):
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        bomb = b"".join(packer.compress(bytes(1_000_000)) for _ in range(100)) + packer.flush()
        _, response = read_cassette(interaction(answer=bomb, answer_fields={**XML, "Content-Encoding": "gzip"}))
        assert len(response.body) == MAX_BYTES + 1

    def test_header_fields_may_be_lists_or_single_values(self, read_cassette):
        entry = interaction()
        entry["request"]["headers"] = {"A": "1", "B": ["2", "3"], "C": 4, "D": [5], "E": None, "F": [b"\xe5"], "G": []}
        (request, _) = read_cassette(entry)
        assert request.headers == (("A", "1"), ("B", "2"), ("B", "3"), ("C", "4"), ("D", "5"), ("E", ""), ("F", "\xe5"))

    def test_no_header_fields_are_something_else_than_none_recorded(self, read_cassette):
        entry = interaction(fields={})
        assert read_cassette(entry)[0].headers == ()
        del entry["request"]["headers"]
        assert read_cassette(entry)[0].headers is None

    def test_a_request_without_a_body_is_empty_unless_its_header_says_otherwise(self, read_cassette):
        assert read_cassette(interaction(body=None))[0].body == b""
        for field in ({"Content-Length": "9"}, {"Transfer-Encoding": "chunked"}):
            assert isinstance(read_cassette(interaction(body=None, fields=field))[0], Unreadable)

    def test_the_first_recordings_of_httpx_are_taken(self, read_cassette):
        entry = interaction()
        fields = {"Content-Type": ["text/xml; charset=utf-8"]}
        entry["response"] = {
            "http_version": "HTTP/1.1",
            "status_code": 200,
            "headers": fields,
            "content": RESPONSE.decode(),
        }
        _, response = read_cassette(entry)
        assert (response.status, response.body) == (200, RESPONSE)

    def test_tags_of_python_2_texts_are_taken(self, read_as):
        text = cassette(interaction()).replace(b"method: POST", b"method: !!python/unicode 'POST'")
        request, _ = read_as(text, "a.yml")
        assert request.method == "POST"

    def test_what_aliases_repeat_is_taken(self, read_as):
        entry = interaction()
        shared = copy.deepcopy(entry)
        shared["request"]["headers"] = entry["request"]["headers"]
        data = cassette(entry, shared)
        assert b"*id001" in data
        assert [message.headers for message in read_as(data, "a.yaml")[::2]] == [FIELDS, FIELDS]

    @pytest.mark.parametrize("suffix", ["yaml", "json", "txt"])
    def test_a_json_cassette_is_known_by_its_content(self, read_as, suffix):
        data = json.dumps({"version": 1, "interactions": [interaction()]}).encode()
        assert [message.body for message in read_as(data, f"a.{suffix}")] == [REQUEST, RESPONSE]

    @pytest.mark.parametrize(
        "body", [REQUEST_TEXT, REQUEST.replace(b"placeholder", b"\xe5"), None, {"string": "å\r\n\0"}]
    )
    def test_pyyaml_without_its_c_library_reads_the_same(self, read_cassette, monkeypatch, body):
        fast = read_cassette(interaction(body))
        monkeypatch.setattr(yaml_values, "_Loader", yaml.SafeLoader)
        assert read_cassette(interaction(body)) == fast

    @pytest.mark.parametrize("name", ["a.yaml", "a.YML", "a.txt"])
    def test_a_cassette_may_be_in_flow_style(self, read_as, name):
        data = b"{interactions: [{request: {method: POST, uri: 'http://localhost:1/ongoing', body: x}}], version: 1}"
        (request,) = read_as(data, name)
        assert (request.body, request.headers) == (b"x", None)


class TestBrokenArchives:
    @pytest.mark.parametrize(
        ("name", "data", "says"),
        [
            ("a.har", b"", "line 1: no JSON: expecting value"),
            ("a.har", b"PK\x03\x04", "line 1: no JSON: expecting value"),
            ("a.har", b"\x00\x00\x00", "line 1: no JSON: expecting value"),
            ("a.har", b'{"log":\n {"entries": [\n', "line 3: no JSON: expecting value"),
            ("a.har", b'{"log":\n {"entries": []', "line 2: no JSON: expecting a comma or a closing brace"),
            ("a.har", b'{"log": {"entries": [{} {}]}}', "line 1: no JSON: expecting a comma or a closing bracket"),
            ("a.har", b'{"log" {}}', "line 1: no JSON: expecting a colon"),
            ("a.har", b"{1: 2}", "line 1: no JSON: expecting a name in double quotes"),
            ("a.har", b'{"log": {"entries": []}}\n{}', "line 2: no JSON: extra data"),
            ("a.har", b'{"log": {"entries": []}, "a": "\\q"}', "line 1: no JSON: invalid \\escape"),
            ("a.har", b'{"log": {"entries": [], "a": "\xff"}}', "line 1: the text is not in utf-8"),
            ("a.har", b"[]", "line 1: a list stands where an object belongs"),
            ("a.json", b"[]", "line 1: a list stands where an object belongs"),
            ("a.har", b"{}", "neither a HAR nor a vcrpy cassette: it has neither log.entries nor interactions"),
            (
                "a.json",
                b'{"log": {}}',
                "neither a HAR nor a vcrpy cassette: it has neither log.entries nor interactions",
            ),
            ("a.har", b'{"log": []}', "line 1: log: a list stands where an object belongs"),
            ("a.har", b'{"log": {"entries": {}}}', "line 1: log.entries: an object stands where a list belongs"),
            ("a.har", b'{"log": {"entries": null}}', "line 1: log.entries: nothing stands where a list belongs"),
            ("a.json", b'{"interactions": NaN}', "line 1: interactions: a number stands where a list belongs"),
            ("a.har", b'{"log": {"entries": [' + b"[" * 100_000, "line 1: what begins here nests too deep"),
            ("a.yaml", b"", "line 1: there is nothing in it"),
            ("a.yaml", b"# nothing\n", "line 1: there is nothing in it"),
            ("a.yaml", b"services:\n  web: {}\n", "not a vcrpy cassette: it has no interactions"),
            ("a.yaml", b"Resources: !Ref x\n", "not a vcrpy cassette: it has no interactions"),
            ("a.yaml", b"just text", "line 1: not a vcrpy cassette: it has no interactions"),
            ("a.yaml", b"- request: {}\n", "line 1: not a vcrpy cassette, or one of before vcrpy 1.0, which "),
            ("a.yaml", b"interactions:\n", "line 1: interactions: nothing stands where a list belongs"),
            ("a.yaml", b"a: b\ninteractions: {}\n", "line 2: interactions: an object stands where a list belongs"),
            ("a.yaml", b"interactions: []\n---\ninteractions: []\n", "line 2: a second YAML document begins here"),
            ("a.yaml", b"interactions: []\n \tx: [", "line 2: no YAML: "),
            ("a.yaml", b"interactions: []\nversion: [1\n", "line 3: no YAML: "),
            ("a.yaml", b"interactions: []\nversion: \x00\n", "line 2: no YAML: "),
            ("a.yaml", b"interactions: []\nversion: \xff\n", "line 2: no YAML: invalid "),
            ("a.yaml", b"interactions: []\nversion: !e!x 1\n", "line 2: no YAML: found undefined tag handle"),
            ("a.yaml", b"interactions: []\nx: " + b"[" * 100_000, "line 2: what begins here nests deeper than 64"),
            (
                "a.yaml",
                b"interactions: []\nx: !!python/object/apply:os.system [exit]\n",
                "line 2: a tag such as !!python/object",
            ),
            ("a.yaml", b"interactions: []\nx: *y\n", "line 2: an alias repeats what is not there"),
            ("a.yaml", b"interactions: []\nx: &x [*x]\n", "line 2: an alias repeats what is not there"),
            ("a.yaml", b"interactions: []\nx: {<<: {a: b}}\n", "line 2: a merge key is not followed"),
            ("a.yaml", b"interactions: []\nx: {[a]: b}\n", "line 2: a key is no text"),
        ],
    )
    def test_a_broken_archive_is_an_error_that_names_its_line(self, read_as, tmp_path, name, data, says):
        *_, found = read_as(data, name)
        assert found.source == str(tmp_path / name)
        assert found.message.startswith(says)
        assert not found.message.endswith((":", " "))

    @pytest.mark.parametrize(
        ("path", "value", "says"),
        [
            ((), 3, "log.entries[1]: a number stands where an object belongs"),
            (("request",), None, "log.entries[1].request: nothing stands where an object belongs"),
            (("request", "method"), 3, "log.entries[1].request.method: a number stands where text belongs"),
            (("request", "url"), {}, "log.entries[1].request.url: an object stands where text belongs"),
            (("request", "headers"), {}, "log.entries[1].request.headers: an object stands where a list belongs"),
            (("request", "headers", 0), "x", "log.entries[1].request.headers[0]: text stands where an object belongs"),
            (("request", "postData"), "x", "log.entries[1].request.postData: text stands where an object belongs"),
            (("response", "status"), "200", "log.entries[1].response.status: text stands where a whole number belongs"),
            (("response", "status"), True, "log.entries[1].response.status: true or false stands where a whole number"),
            (("response", "content", "text"), 3, "log.entries[1].response.content.text: a number stands where text"),
        ],
    )
    def test_a_broken_entry_of_a_har_does_not_lose_the_others(self, read_as, tmp_path, path, value, says):
        entries = [har_entry(), har_entry(), har_entry()]
        replace({"e": entries}, ("e", 1, *path), value)
        before, answer, error, *after = read_as(har(*entries), "a.har")
        assert (before.index, answer.index, [message.index for message in after]) == (0, 0, [2, 2])
        assert error.source == f"{tmp_path / 'a.har'}[1]"
        assert error.message.startswith("line ")
        assert error.message.partition(": ")[2].startswith(says)

    @pytest.mark.parametrize(
        ("old", "new", "says"),
        [
            (
                b"method: POST",
                b"method: [POST]",
                "line 2: interactions[0].request.method: a list stands where text belongs",
            ),
            (
                b"code: 200",
                b"code: fine",
                "line 2: interactions[0].response.status.code: text stands where a whole number",
            ),
            (b"method: POST", b"method: POST\n    method: PUT", "interactions[0].request.method: stands there twice"),
            (
                b"method: POST",
                b"method: !!python/name:os.system ''",
                "a tag such as !!python/object would make an object, and is refused",
            ),
            (
                b"method: POST",
                b"method: !Mine POST",
                "a tag such as !!python/object would make an object, and is refused",
            ),
            (b"method: POST", b"method: *nothing", "an alias repeats what is not there"),
            (b"method: POST", b"method: !!binary '***'", "this is said to be base64, and is not"),
        ],
    )
    def test_a_broken_interaction_does_not_lose_the_others(self, read_as, tmp_path, old, new, says):
        data = cassette(interaction(), interaction()).replace(old, new, 1)
        error, *after = read_as(data, "a.yaml")
        assert error.source == f"{tmp_path / 'a.yaml'}[0]"
        assert says in error.message
        assert error.message.startswith("line ")
        assert [message.index for message in after] == [1, 1]

    def test_what_precedes_a_break_is_judged(self, read_as):
        for name, data in (
            ("a.har", har(har_entry(), har_entry())),
            ("a.yaml", cassette(interaction(), interaction())),
        ):
            *messages, error = read_as(data[: int(len(data) * 0.7)], name)
            assert [message.index for message in messages] == [0, 0]
            assert isinstance(error, Unreadable)

    def test_a_name_that_stands_twice_in_a_har_is_an_error_where_it_matters(self, read_as):
        data = har(har_entry()).replace(b'"status": 200', b'"status": 200, "status": 500')
        (error,) = read_as(data, "a.har")
        assert error.message == "line 5: log.entries[0].response.status: stands there twice"
        assert len(read_as(data.replace(b"status", b"_state"), "b.har")) == 1

    def test_an_alias_bomb_does_not_go_off(self, read_as):
        lines = [b"a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
        lines += [b"a%d: &a%d [%s]" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 10)) for n in range(1, 10)]
        (error,) = read_as(b"\n".join([*lines, b"interactions: []"]), "a.yaml")
        assert error.message == f"it holds, or repeats by aliases, more than {yaml_values.MAX_WEIGHT} values"

    def test_an_alias_costs_the_text_that_it_repeats(self, read_as):
        entry = b"\n- {request: {uri: 'http://localhost:1/ongoing', body: *a}}"
        data = b"x: &a '" + b"x" * 1_000_000 + b"'\ninteractions:" + entry * 1000
        *messages, error = read_as(data, "a.yaml")
        assert len(messages) < 300
        assert "repeats by aliases" in error.message

    def test_a_har_of_nothing_but_brackets_is_refused(self, read_as):
        size = json_archives.MAX_STRUCTURE
        (error,) = read_as(b'{"log": {"entries": [' + b"[]," * (size // 3) + b"[]]}}", "a.har")
        assert error.message.startswith(f"more than {size} characters of it are no texts")

    def test_an_archive_over_the_limit_is_refused(self, read_as, monkeypatch, tmp_path):
        monkeypatch.setattr("contracts.readers.files.MAX_ARCHIVE", 2000)
        for name, data in (("a.har", har(*[har_entry()] * 2)), ("a.yaml", cassette(interaction(), interaction()))):
            (error,) = read_as(data, name)
            assert error == Unreadable(str(tmp_path / name), "larger than the 2000 bytes that are read of an archive")

    def test_a_number_without_end_is_no_trouble(self, read_as):
        data = har(har_entry()).replace(b'"status": 200', b'"status": ' + b"9" * 10_000)
        assert len(read_as(data, "a.har")) == 2

    @pytest.mark.parametrize("loader", ["SafeLoader", "CSafeLoader"])
    def test_an_error_quotes_nothing_of_the_archive(self, read_as, monkeypatch, loader):
        monkeypatch.setattr(yaml_values, "_Loader", getattr(yaml, loader))
        secret = REQUEST.replace(b"placeholder", CANARY.encode())
        for data, name in (
            (har(har_entry(secret, text=CANARY, encoding="base64")), "a.har"),
            (har(har_entry(secret))[:-300], "b.har"),
            (har(har_entry(secret)).replace(CANARY.encode(), b"\\q" + CANARY.encode()), "c.har"),
            (cassette(interaction(secret.decode())).replace(CANARY.encode(), b'"\\q' + CANARY.encode()), "a.yaml"),
            (b"interactions:\n- !" + CANARY.encode() + b" x", "b.yaml"),
            (b"interactions:\n- {request: *" + CANARY.encode() + b"}", "c.yaml"),
            (b"interactions:\n- {request: '" + CANARY.encode(), "d.yaml"),
            (b"interactions:\n- {request: !" + CANARY.encode() + b"!x y}", "e.yaml"),
            (b"interactions:\n- request: x\n  [" + CANARY.encode() + b"]", "f.yaml"),
        ):
            errors = [found for found in read_as(data, name) if isinstance(found, Unreadable)]
            assert errors
            assert CANARY not in str(errors)


class TestAnyDamage:
    """Nothing that can stand in an archive raises; whatever can be read, can be judged."""

    @pytest.mark.parametrize("value", [None, 0, "", [], {}, 1.5, True, "x", [[]], {"": {}}], ids=repr)
    def test_any_value_at_any_place(self, read_as, value):
        entries = [har_entry(encoding="", size=3), har_entry(text="", encoding="base64")]
        for name, tree in (
            ("a.har", {"log": {"version": "1.2", "entries": entries}}),
            ("a.json", {"interactions": [interaction()], "version": 1}),
            ("a.yaml", {"interactions": [interaction(), interaction(body={"base64_string": ""})], "version": 1}),
        ):
            for path in places(tree):
                damaged = copy.deepcopy(tree)
                damaged = replace(damaged, path, value)
                data = yaml.safe_dump(damaged).encode() if name == "a.yaml" else json.dumps(damaged).encode()
                for found in read_as(data, name):
                    assert isinstance(found, Message | Skipped | Unreadable)
                    if isinstance(found, Message):
                        check(found)
                    elif isinstance(found, Unreadable):
                        assert "cannot be read" not in found.message

    @pytest.mark.parametrize("name", ["a.har", "a.json", "a.yaml"])
    def test_a_cut_at_any_byte(self, read_as, name):
        short = b"<soap:Envelope>\xc3\xa5</soap:Envelope>"
        data = {
            "a.har": har(har_entry(short, short), har_entry(short, short)),
            "a.json": json.dumps({"interactions": [interaction(short.decode(), short.decode())]}).encode(),
            "a.yaml": cassette(interaction(short.decode(), short), interaction(short.decode(), short.decode())),
        }[name]
        for end in range(len(data)):
            for found in read_as(data[:end], name):
                assert isinstance(found, Message | Skipped | Unreadable)
                if isinstance(found, Unreadable):
                    assert "cannot be read" not in found.message

    @pytest.mark.parametrize("seed", range(20))
    def test_any_byte_changed(self, read_as, seed):
        for name, data in (("a.har", har(har_entry())), ("a.yaml", cassette(interaction(), interaction(REQUEST)))):
            for at in range(seed, len(data), 97):
                changed = data[:at] + bytes([(data[at] + 1 + seed * 11) % 256]) + data[at + 1 :]
                for found in read_as(changed, name):
                    if isinstance(found, Unreadable):
                        assert "cannot be read" not in found.message


def places(tree, path=()) -> list[tuple]:
    found = [path]
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in items:
        found.extend(places(value, (*path, key)))
    return found


def replace(tree, path, value):
    if not path:
        return value
    node = tree
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    return tree


class TestFiles:
    def test_a_folder_gives_its_archives_in_order_and_passes_over_other_yaml(self, tmp_path):
        (tmp_path / "sub").mkdir()
        for name, data in {
            "d.har": har(har_entry()),
            "a.yaml": cassette(interaction()),
            "sub/b.YML": cassette(interaction()),
            "c.xml": REQUEST,
            "docker-compose.yml": b"services:\n  interactions:\n    image: x\n",
            "workflow.yaml": b"on: push\njobs: {}\n",
            "values.yaml": b"{a: 1, b: [interactions, x]}",
            "broken.yml": b"\t[",
            "other.json": har(har_entry()),
        }.items():
            (tmp_path / name).write_bytes(data)
        found = [Path(message.source).relative_to(tmp_path).as_posix() for message in read([tmp_path])]
        assert found == ["a.yaml", "a.yaml", "c.xml", "d.har", "d.har", "sub/b.YML", "sub/b.YML"]

    @pytest.mark.parametrize(
        "start",
        [b"interactions: []", b'"interactions" : []', b"# x\n---\n'interactions': []", b"--- {version: 1, interactions: []}",
         b'{\n "version": 1,\n "interactions": []}', b"\xef\xbb\xbfinteractions: []", b"version: 1\r\ninteractions:\r\n- {}\r\n"],
    )  # fmt: skip
    def test_a_cassette_in_a_folder_is_known_by_its_key(self, tmp_path, start):
        (tmp_path / "a.yaml").write_bytes(start + b"\nbroken: [")
        assert any(isinstance(found, Unreadable) for found in read([tmp_path]))

    def test_yaml_that_is_no_cassette_is_an_error_where_it_is_named(self, tmp_path, capsys):
        path = tmp_path / "docker-compose.yml"
        path.write_bytes(b"services:\n  web: {}\n")
        assert main(["check", str(path)]) == 2
        assert f"ERROR {path}: not a vcrpy cassette: it has no interactions\n" in capsys.readouterr().out
        assert main(["check", str(tmp_path)]) == 3

    @pytest.mark.parametrize(
        "data",
        [har(har_entry()), b"\xef\xbb\xbf" + har(har_entry()), cassette(interaction()),
         json.dumps({"version": 1, "interactions": [interaction()]}).encode()],
    )  # fmt: skip
    def test_standard_input_may_hold_an_archive(self, monkeypatch, data):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        request, response = read(["-"])
        assert (request.source, request.body, response.body) == ("<stdin>", REQUEST, RESPONSE)

    def test_the_help_tells_what_lines_are_and_what_is_skipped(self, capsys):
        main(["check", "--help"])
        shown = capsys.readouterr().out
        assert "and in an archive, they are those of the decoded body" in shown
        assert "counted as skipped" in shown

    def test_a_line_is_that_of_the_decoded_body(self, read_har):
        request, _ = read_har(har_entry(REQUEST.replace(b"<GoodsOwnerId>1", b"<GoodsOwnerId>x")))
        (finding,) = check(request).findings
        assert b"<GoodsOwnerId>" in request.body.splitlines()[finding.line - 1]
