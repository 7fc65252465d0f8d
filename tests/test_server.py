from __future__ import annotations

import concurrent.futures
import gzip
import http.client
import re
import shutil
import socket
import threading
import time
import zlib
from urllib.parse import urlsplit

import pytest
from lxml import etree

from contracts import catalog, samples
from contracts.answers import text
from contracts.errors import ContractError, UnknownNameError
from contracts.server import Stub
from contracts.server.asgi import TRANSPORT, send_answer
from contracts.server.listening import ANYWHERE, Listener
from contracts.wsdl import wsdl_of
from contracts.xml.documents import MAX_BYTES

CATALOG = catalog.load()
OPERATIONS = [(service, operation) for service in CATALOG for operation in service.operations]
EACH_OPERATION = pytest.mark.parametrize(("service", "operation"), OPERATIONS, ids=lambda value: value.name)
ONGOING, SET_TIME = CATALOG.operation("ongoing/SetTimeOfLastSync")
LUMINATE, END = CATALOG.operation("luminate/EndSynchronization")
VALID = samples.smallest(ONGOING, SET_TIME, "request")
CANARY = "kanarienvogel" * 4


@pytest.fixture(scope="module")
def stub():
    """A stub that answers with samples: how the providers behave is tested elsewhere."""
    with Stub(CATALOG) as running:
        for service in running.services:
            running.conditions.given(service, "sample answers", {})
        yield running


def headers_of(operation=SET_TIME, **more):
    return dict(samples.request_headers(operation)) | more


def ask(url, method="GET", body=None, headers=None):
    """The response, its body read, over http.client: no proxy, no redirect, no retry."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
    try:
        connection.request(method, address.path + (f"?{address.query}" if address.query else ""), body, headers or {})
        response = connection.getresponse()
        response.body = response.read()
        return response
    finally:
        connection.close()


def post(stub, body=VALID, service="ongoing", headers=None):
    return ask(stub.endpoint(service), "POST", body, headers if headers is not None else headers_of())


def dial(stub):
    address = urlsplit(stub.endpoint("ongoing"))
    return socket.create_connection((address.hostname, address.port), timeout=10)


def talk(stub, sent: bytes) -> bytes:
    """Everything that comes back when these bytes are sent and the connection is kept open."""
    with dial(stub) as connection:
        connection.sendall(sent)
        return received(connection)


def received(connection) -> bytes:
    parts = []
    while part := connection.recv(65536):
        parts.append(part)
    return b"".join(parts)


def raw(body=VALID, start=b"POST /ongoing HTTP/1.1", fields=(), length=None):
    lines = [start, b"Host: 127.0.0.1", b"Connection: close", *fields]
    lines += [f"{name}: {value}".encode() for name, value in headers_of().items()]
    if length is not False:
        lines.append(b"Content-Length: %d" % (len(body) if length is None else length))
    return b"\r\n".join([*lines, b"", body])


def rules(exchange) -> set[str]:
    return {finding.rule for finding in exchange.verdicts[0].findings}


def wait_for(condition):
    until = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


@EACH_OPERATION
def test_a_valid_request_is_answered_with_a_valid_response(stub, service, operation):
    body = samples.fullest(service, operation, "request")
    response = post(stub, body, service.name, headers_of(operation))
    assert response.status == 200
    assert response.getheader("Content-Type") == "text/xml; charset=utf-8"
    envelope = etree.fromstring(response.body)
    etree.XMLSchema(file=f"{service.folder}/response.xsd").assertValid(envelope)
    assert envelope.find(".//{*}Body")[0].tag == operation.response.tag
    exchange = stub.exchanges[-1]
    assert exchange.request.body == body
    assert exchange.response.body == response.body
    assert [(verdict.operation, verdict.kind, verdict.findings) for verdict in exchange.verdicts] == [
        (operation.name, "request", ()),
        (operation.name, "response", ()),
    ]


def test_the_response_repeats_what_the_request_named(stub):
    body = samples.smallest(LUMINATE, END, "request", {"PartitionId": "10000103"})
    response = post(stub, body, "luminate", headers_of(END))
    assert etree.fromstring(response.body).findtext(".//{*}PartitionId") == "10000103"


def test_what_cannot_be_repeated_safely_is_not(stub):
    body = samples.smallest(LUMINATE, END, "request", {"PartitionId": " 7 "})
    response = post(stub, body.replace(b'"utf-8"', b'"none-such"'), "luminate", headers_of(END))
    assert response.status == 200
    assert stub.exchanges[-1].verdicts[1].passed
    response = post(stub, body, "luminate", headers_of(END))
    assert etree.fromstring(response.body).findtext(".//{*}PartitionId") == "7"


def test_the_response_repeats_no_dates_that_the_caller_may_have_given_one_of(stub):
    start = LUMINATE.operation("StartSynchronization")
    body = samples.smallest(LUMINATE, start, "request")
    body = body.replace(b"</PartitionId>", b"</PartitionId><Start>2031-01-01T00:00:00Z</Start>")
    post(stub, body, "luminate", headers_of(start))
    assert [verdict.findings for verdict in stub.exchanges[-1].verdicts] == [(), ()]


def test_the_response_repeats_no_secret(stub):
    login = LUMINATE.operation("Login")
    response = post(
        stub, samples.smallest(LUMINATE, login, "request", {"UserName": CANARY}), "luminate", headers_of(login)
    )
    assert CANARY.encode() not in response.body


def test_a_violating_request_is_answered_with_a_client_fault_that_names_the_rule(stub):
    body = samples.smallest(ONGOING, SET_TIME, "request", {"syncTime": "2024-05-01 12:00:00"})
    response = post(stub, body)
    assert (response.status, response.getheader("Content-Type")) == (500, "text/xml; charset=utf-8")
    fault = etree.fromstring(response.body).find(".//{*}Fault")
    assert fault.findtext("faultcode") == "soap:Client"
    assert fault.findtext("faultstring").startswith("schema/date-time: ")
    request, answer = stub.exchanges[-1].verdicts
    assert not request.passed
    assert (answer.kind, answer.passed) == ("fault", True)


def test_the_fault_is_about_an_error_and_not_about_a_warning_before_it(stub):
    body = samples.smallest(ONGOING, SET_TIME, "request", {"syncTime": "2024-05-01"})
    response = post(stub, body, headers=headers_of(SOAPAction=SET_TIME.soap_action))
    assert {"http/soapaction-unquoted", "schema/date-time"} <= rules(stub.exchanges[-1])
    assert b"<faultstring>schema/date-time: " in response.body


def test_a_secret_is_in_no_fault_and_in_no_verdict(stub):
    body = samples.smallest(ONGOING, SET_TIME, "request", {"Password": CANARY})
    response = post(stub, body)
    assert b"schema/max-length" in response.body
    assert CANARY.encode() not in response.body
    assert CANARY not in repr(stub.exchanges[-1].verdicts)


def test_a_control_character_from_the_client_cannot_break_the_fault(stub):
    answer = talk(stub, raw(fields=[b"SOAPAction: \xff\x01"]))
    assert answer.startswith(b"HTTP/1.1 ")
    assert b"\x01" not in answer


@pytest.mark.parametrize("body", [b"", b"<", b"hello", b"\x00\xff", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"])
def test_whatever_comes_is_judged_and_answered(stub, body):
    before = len(stub.exchanges)
    response = post(stub, body)
    assert response.status == 500
    assert etree.fromstring(response.body).findtext(".//faultcode") == "soap:Client"
    assert len(stub.exchanges) == before + 1
    assert not stub.exchanges[-1].verdicts[0].passed


def test_a_soap_1_2_envelope_is_answered_in_soap_1_2(stub):
    body = VALID.replace(b"http://schemas.xmlsoap.org/soap/envelope/", b"http://www.w3.org/2003/05/soap-envelope")
    response = post(stub, body, headers={"Content-Type": "application/soap+xml; charset=utf-8"})
    assert response.status == 500
    assert etree.fromstring(response.body).tag == "{http://www.w3.org/2003/05/soap-envelope}Envelope"
    assert "soap/version" in rules(stub.exchanges[-1])


@pytest.mark.parametrize(
    "path", ["/ongoing", "//ongoing//", "/ongoing/xxx/Service.asmx", "/", "/elsewhere", "/luminate/../x?a=b"]
)
def test_a_request_is_judged_on_any_path(stub, path):
    address = urlsplit(stub.endpoint("ongoing"))
    response = ask(f"http://{address.netloc}{path}", "POST", VALID, headers_of())
    if path.startswith("/luminate"):
        assert response.status == 500
    else:
        assert response.status == 200
    assert stub.exchanges[-1].request.url.startswith(f"http://{address.netloc}/")


@pytest.mark.parametrize("path", ["/ongoing", "/ongoing/", "/ongoing/{secret}", "/{secret}", "/luminate/1.0/{secret}"])
def test_a_message_is_labelled_with_its_path_but_no_secret_in_it(stub, path):
    body = samples.smallest(ONGOING, SET_TIME, "request", {"Password": CANARY})
    address = urlsplit(stub.endpoint("ongoing"))
    ask(f"http://{address.netloc}{path.format(secret=CANARY)}", "POST", body, headers_of())
    assert stub.exchanges[-1].request.source.partition(" ")[2] == f"POST {path.format(secret='***')}"


def test_a_connection_sends_at_once_what_it_is_given():
    """A head and a body are two writes, and the body must not wait until the head is acknowledged."""
    found = []

    async def answer(scope, receive, send):
        connection = scope["state"][TRANSPORT].get_extra_info("socket")
        found.append(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        await send_answer(scope, receive, send, text(200, ""))

    with Listener(answer, ANYWHERE, found.append, found.append) as listener:
        ask(listener.origin)
    assert len(found) == 1
    assert found[0]


def test_the_url_is_the_one_that_the_client_asked(stub):
    post(stub, service="ongoing")
    assert stub.exchanges[-1].request.url == stub.endpoint("ongoing")
    assert stub.exchanges[-1].request.service == "ongoing"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "GET", "DELETE"])
def test_an_envelope_sent_with_another_method_is_judged(stub, method):
    response = ask(stub.endpoint("ongoing"), method, VALID, headers_of())
    assert response.status == 500
    assert "http/method" in rules(stub.exchanges[-1])


@pytest.mark.parametrize("method", ["OPTIONS", "DELETE", "PUT", "PROPFIND"])
def test_another_method_without_a_body_is_refused_and_no_message(stub, method):
    before = len(stub.exchanges)
    response = ask(stub.endpoint("ongoing"), method)
    assert (response.status, response.getheader("Allow")) == (405, "GET, HEAD, POST")
    assert len(stub.exchanges) == before


@pytest.mark.parametrize(
    "suffix",
    [
        "?wsdl",
        "?WSDL",
        "?Wsdl",
        "?wsdl=",
        "?wsdl=1",
        "?a=b&wsdl",
        "?singleWsdl",
        "/wsdl",
        "/WSDL",
        "/some/where?wsdl",
        "/?wsdl",
    ],
)
def test_the_published_wsdl_is_served_for_any_spelling(stub, suffix):
    response = ask(stub.endpoint("luminate") + suffix)
    assert (response.status, response.getheader("Content-Type")) == (200, "text/xml; charset=utf-8")
    address = stub.endpoint("luminate") + ("" if suffix.lower() == "/wsdl" else suffix.partition("?")[0])
    assert response.body == wsdl_of(LUMINATE, address)


@pytest.mark.parametrize("suffix", ["?wsdl=strict", "?WSDL=Strict", "/wsdl?wsdl=strict"])
def test_our_own_wsdl_is_served_when_it_is_asked_for(stub, suffix):
    assert ask(stub.endpoint("ongoing") + suffix).body == wsdl_of(ONGOING, stub.endpoint("ongoing"), strict=True)


def test_the_wsdl_has_the_address_under_which_it_was_asked(stub):
    address = urlsplit(stub.endpoint("ongoing"))
    response = ask(f"http://localhost:{address.port}/ongoing?wsdl")
    assert f'location="http://localhost:{address.port}/ongoing"'.encode() in response.body
    old = talk(stub, b"GET /ongoing?wsdl HTTP/1.0\r\n\r\n")
    assert f'location="{stub.endpoint("ongoing")}"'.encode() in old


@pytest.mark.parametrize(
    ("path", "status"), [("/", 200), ("/ongoing", 200), ("/luminate/1.0/site", 200), ("/onging", 404), ("/x?wsdl", 404)]
)
def test_somebody_who_looks_finds_a_short_page(stub, path, status):
    address = urlsplit(stub.endpoint("ongoing"))
    response = ask(f"http://{address.netloc}{path}")
    assert (response.status, response.getheader("Content-Type")) == (status, "text/plain; charset=utf-8")
    known = [stub.endpoint(name) for name in stub.services if path.startswith(f"/{name}") or status == 404]
    assert all(endpoint in response.body.decode() for endpoint in known)


@pytest.mark.parametrize("path", ["/ongoing", "/ongoing?wsdl", "/", "/onging"])
def test_head_answers_what_get_answers_without_the_body(stub, path):
    address = urlsplit(stub.endpoint("ongoing"))
    get = ask(f"http://{address.netloc}{path}")
    head = ask(f"http://{address.netloc}{path}", "HEAD")
    assert head.body == b""
    kept = ("content-type", "content-length")
    assert (head.status, *map(head.getheader, kept)) == (get.status, *map(get.getheader, kept))


def test_a_chunked_request_is_read_whole(stub):
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in re.findall(rb"(?s).{1,37}", VALID))
    answer = talk(stub, raw(chunks + b"0\r\n\r\n", fields=[b"Transfer-Encoding: chunked"], length=False))
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert stub.exchanges[-1].request.body == VALID


def test_a_connection_is_kept_alive_for_any_number_of_requests(stub):
    address = urlsplit(stub.endpoint("ongoing"))
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
    connection.connect()
    port = connection.sock.getsockname()[1]
    for body, status in ((VALID, 200), (b"<", 500), (VALID, 200)):
        connection.request("POST", "/ongoing", body, headers_of())
        response = connection.getresponse()
        response.read()
        assert response.status == status
        assert connection.sock.getsockname()[1] == port
    connection.close()


def test_pipelined_requests_are_answered_in_order(stub):
    first = raw().replace(b"Connection: close\r\n", b"")
    answer = talk(stub, first + raw(b"<"))
    assert re.findall(rb"HTTP/1.1 (\d+)", answer) == [b"200", b"500"]


def test_an_http_1_0_client_is_answered_and_left(stub):
    answer = talk(stub, raw(start=b"POST /ongoing HTTP/1.0").replace(b"Connection: close\r\n", b""))
    assert answer.partition(b" ")[2].startswith(b"200 ")
    assert answer.endswith(b"</soap:Envelope>\n")


def test_a_client_that_waits_for_100_continue_is_told_to_go_on(stub):
    head = raw(b"", fields=[b"Expect: 100-continue"], length=len(VALID))
    with dial(stub) as connection:
        connection.sendall(head)
        assert connection.recv(65536).startswith(b"HTTP/1.1 100 ")
        connection.sendall(VALID)
        assert received(connection).startswith(b"HTTP/1.1 200 ")


def test_an_offered_upgrade_to_http_2_is_passed_over(stub):
    offer = [b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAAQAAP__"]
    answer = talk(stub, raw(fields=offer))
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert stub.exchanges[-1].verdicts[0].passed


def test_an_absolute_request_target_is_understood(stub):
    answer = talk(stub, raw(start=f"POST {stub.endpoint('ongoing')} HTTP/1.1".encode()))
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert stub.exchanges[-1].request.url == stub.endpoint("ongoing")


def test_a_header_that_is_repeated_reaches_the_verdict_twice(stub):
    answer = talk(stub, raw(fields=[b'soapAction: "other"']))
    assert answer.startswith(b"HTTP/1.1 500 ")
    assert stub.exchanges[-1].request.header_values("SOAPAction") == ['"other"', f'"{SET_TIME.soap_action}"']
    assert "http/repeated-header" in rules(stub.exchanges[-1])


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(VALID)),
        ("x-gzip", gzip.compress(VALID)),
        ("deflate", zlib.compress(VALID)),
        ("deflate", zlib.compress(VALID, wbits=-15)),
        ("identity", VALID),
        ("deflate, gzip", gzip.compress(zlib.compress(VALID))),
    ],
)
def test_a_content_coding_is_undone_before_the_message_is_judged(stub, coding, body):
    response = post(stub, body, headers=headers_of(**{"Content-Encoding": coding}))
    assert stub.exchanges[-1].request.body == VALID
    assert response.status == 200


@pytest.mark.parametrize(("coding", "body"), [("br", VALID), ("gzip", VALID), ("deflate", b"\xff\xff")])
def test_a_content_coding_that_cannot_be_undone_leaves_the_bytes(stub, coding, body):
    post(stub, body, headers=headers_of(**{"Content-Encoding": coding}))
    assert stub.exchanges[-1].request.body == body


def test_a_compressed_bomb_is_not_unpacked_further_than_the_limit(stub):
    bomb = gzip.compress(bytes(20 * MAX_BYTES), 9)
    response = post(stub, bomb, headers=headers_of(**{"Content-Encoding": "gzip"}))
    assert response.status == 413
    assert len(stub.exchanges[-1].request.body) == MAX_BYTES + 1
    assert rules(stub.exchanges[-1]) >= {"xml/too-large"}


def test_a_message_over_the_limit_is_refused_and_reported(stub):
    response = post(stub, VALID + b" " * MAX_BYTES)
    assert response.status == 413
    assert rules(stub.exchanges[-1]) >= {"xml/too-large"}
    assert stub.exchanges[-1].response is None


def test_a_message_at_the_limit_is_judged(stub):
    start, end = VALID.split(b"<soap:Body>")
    filling = b" " * ((MAX_BYTES - len(VALID)) // 2)
    assert post(stub, start + filling + b"<soap:Body>" + filling + end).status == 200


def test_a_request_whose_sender_hangs_up_is_judged_as_far_as_it_came(stub):
    before = len(stub.exchanges)
    with dial(stub) as connection:
        connection.sendall(raw(length=len(VALID) + 100))
        time.sleep(0.2)
    wait_for(lambda: len(stub.exchanges) > before)
    exchange = stub.exchanges[-1]
    assert (exchange.request.body, exchange.response) == (VALID, None)
    assert "http/content-length" in rules(exchange)


def test_what_is_not_http_is_refused_without_a_word_on_the_terminal(stub, capfd):
    assert talk(stub, b"\x16\x03\x01 this is no HTTP\r\n\r\n").startswith(b"HTTP/1.1 400 ")
    assert capfd.readouterr() == ("", "")


def test_many_clients_at_once_are_all_heard():
    def call(number):
        body = samples.smallest(LUMINATE, END, "request", {"PartitionId": str(number)})
        response = post(running, body, "luminate", headers_of(END))
        return etree.fromstring(response.body).findtext(".//{*}PartitionId")

    with Stub(CATALOG) as running, concurrent.futures.ThreadPoolExecutor(8) as pool:
        running.conditions.given("luminate", "sample answers", {})
        assert list(pool.map(call, range(100))) == [str(number) for number in range(100)]
    assert [exchange.request.source for exchange in running.exchanges] == [
        f"#{n} POST /luminate" for n in range(1, 101)
    ]
    assert all(verdict.passed for exchange in running.exchanges for verdict in exchange.verdicts)


def test_only_the_wanted_services_are_served():
    with Stub(CATALOG, ["ongoing"]) as running:
        assert running.services == ("ongoing",)
        assert ask(running.endpoint("ongoing").replace("/ongoing", "/luminate")).status == 404
        response = post(running, samples.smallest(LUMINATE, END, "request"), "ongoing", headers_of(END))
        assert response.status == 500
        assert "schema/unknown-operation" in rules(running.exchanges[-1])
        with pytest.raises(UnknownNameError):
            running.endpoint("luminate")


def test_a_service_that_does_not_exist_is_refused_by_name():
    with pytest.raises(UnknownNameError, match="did you mean ongoing"):
        Stub(CATALOG, ["onging"])


def test_two_stubs_have_two_ports_and_both_listen_on_loopback_only():
    with Stub(CATALOG) as one, Stub(CATALOG) as two:
        assert one.endpoint("ongoing") != two.endpoint("ongoing")
        assert {urlsplit(each.endpoint("ongoing")).hostname for each in (one, two)} == {"127.0.0.1"}
        assert post(one).status == post(two).status == 200


def test_nothing_is_left_when_the_stub_ends():
    threads = threading.active_count()
    with Stub(CATALOG) as running:
        assert post(running).status == 200
        idle = dial(running)
    assert threading.active_count() == threads
    assert idle.recv(1) == b""
    idle.close()
    with pytest.raises(ConnectionRefusedError):
        post(running)


def test_a_client_that_never_finishes_does_not_keep_the_stub_from_ending():
    with Stub(CATALOG) as running:
        hung = dial(running)
        hung.sendall(raw(length=len(VALID) + 100))
        time.sleep(0.2)
        started = time.monotonic()
    assert time.monotonic() - started < 5
    hung.close()


def test_a_service_of_ones_own_is_served_too(tmp_path):
    folder = shutil.copytree(ONGOING.folder, tmp_path / "own")
    contract = folder / "contract.toml"
    contract.write_text(contract.read_text().replace('name = "ongoing"', 'name = "own wms"'))
    with Stub(catalog.load(folder)) as running:
        assert running.endpoint("own wms").endswith("/own%20wms")
        assert post(running, service="own wms").status == 200
        assert b"own%20wms" in ask(running.wsdl("own wms")).body


def test_a_service_without_a_possible_sample_is_refused_before_anything_is_served(tmp_path):
    folder = shutil.copytree(ONGOING.folder, tmp_path / "own")
    schema = folder / "types.xsd"
    schema.write_text(schema.read_text().replace('value="-?[0-9]{4,}', 'value="X[A-Z]{7}-?[0-9]{4,}'))
    with pytest.raises(ContractError, match="GetTimeOfLastSyncResult"):
        Stub(catalog.load(folder))


def test_a_failure_of_the_stub_itself_is_kept_for_who_runs_it(tmp_path):
    folder = shutil.copytree(ONGOING.folder, tmp_path / "own")
    broken = catalog.load(folder)
    (folder / "request.xsd").write_text("<broken")
    with Stub(broken) as running:
        assert post(running).status == 500
    assert len(running.failures) == 1
