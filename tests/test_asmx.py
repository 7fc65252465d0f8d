"""The stub of Ongoing answers as ASP.NET's ASMX does: row by row over raw sockets, and to real clients."""

from __future__ import annotations

import re
import socket
import tomllib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
import requests
import suds.client
import zeep
from repository import ROOT

from contracts import catalog, samples
from contracts.checking import check
from contracts.errors import UnknownNameError
from contracts.messages import Message
from contracts.model import Field, Type
from contracts.policy import Policy
from contracts.providers import Call, ConditionError, behaviour_of
from contracts.providers.asmx import Asmx, MethodError
from contracts.providers.asmx_writing import success
from contracts.providers.ongoing import Ongoing
from contracts.server import Stub

if TYPE_CHECKING:
    from contracts.answers import Answer

DATA = tomllib.loads((Path(__file__).parent / "asmx" / "rows.toml").read_text("utf-8"))
ROWS = [pytest.param(row, id=row["id"]) for row in DATA["row"]]
CATALOG = catalog.load()
ONGOING = CATALOG.service("ongoing")
ACTION = "http://ongoingsystems.se/WSI/"
TIME = datetime(2026, 11, 21, 8, tzinfo=UTC)
WHO = {"UserName": "user", "Password": "pass", "GoodsOwnerId": 7, "IntegrationType": "orders"}


@pytest.fixture(scope="module")
def running():
    with Stub(CATALOG) as stub:
        yield stub
        assert stub.failures == ()


@pytest.fixture
def stub(running):
    running.conditions.reset()
    return running


def filled(text: str) -> str:
    """``text`` with its parts in place, and the parts' own parts."""
    while "$" in text:
        text = Template(text).substitute(DATA["parts"])
    return text


def exchanged(stub, head: str, body: bytes) -> tuple[list[str], bytes]:
    """The lines of the response's head and its body, over a socket of our own."""
    address = urlsplit(stub.endpoint("ongoing"))
    lines = [f"POST {address.path}/service.asmx HTTP/1.1", f"Host: {address.netloc}", "Connection: close"]
    lines += [*head.split("\n"), f"Content-Length: {len(body)}"]
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    answered, _, content = received.partition(b"\r\n\r\n")
    return answered.decode().split("\r\n"), content


def envelope(operation: str, **values: object) -> bytes:
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in values.items())
    payload = f'<{operation} xmlns="http://ongoingsystems.se/WSI">{inner}</{operation}>'
    return f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>{payload}</s:Body></s:Envelope>'.encode()


def posted(stub, operation: str, **values: object) -> requests.Response:
    headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{ACTION}{operation}"'}
    return requests.post(stub.endpoint("ongoing"), envelope(operation, **values), headers=headers, timeout=30)


def read_back(stub, **other: object) -> str | None:
    """The text of GetTimeOfLastSyncResult, None for xsi:nil."""
    answer = posted(stub, "GetTimeOfLastSync", **WHO | other)
    assert answer.status_code == 200, answer.text
    found = re.search("<GetTimeOfLastSyncResult>([^<]*)</", answer.text)
    assert found or '<GetTimeOfLastSyncResult xsi:nil="true" />' in answer.text
    return found and found[1]


def called(behaviour, operation: str, **values: object) -> Answer:
    """What a behaviour answers without a stub."""
    headers = (("Content-Type", "text/xml; charset=utf-8"), ("SOAPAction", f'"{ACTION}{operation}"'))
    message = Message(envelope(operation, **values), headers, "request", "POST", service="ongoing")
    return behaviour.respond(Call(message, check(message, catalog=CATALOG), behaviour.service, CATALOG))


@pytest.mark.parametrize("row", ROWS)
def test_row(row, stub):
    body = filled(row["body"]).encode(row.get("encoding", "utf-8"))
    head, content = exchanged(stub, filled(row["head"]), body)
    expected = filled(row.get("said", "")).removeprefix("\n").encode()
    assert content.decode() == expected.decode()
    wanted = filled(row["answer"]).strip().split("\n")
    assert head[0] == wanted[0]
    assert set(wanted[1:]) <= set(head)
    assert f"Content-Length: {len(expected)}" in head
    if "stored" in row:
        assert (read_back(stub) or "") == row["stored"]


@pytest.mark.parametrize("row", ROWS)
def test_each_row_names_what_it_rests_on(row):
    assert re.fullmatch(r"(SRC|OBS|INF)( \+ OBS)?(, the text INF)?", row["source"])


def test_ids_are_unique():
    ids = [row["id"] for row in DATA["row"]]
    assert len(ids) == len(set(ids))


def test_a_recorded_success_comes_out_byte_by_byte():
    """The answer of another ASMX service to its operation `dummy`, 433 bytes as its Content-Length said."""
    namespace = "https://wswhomo.afip.gov.ar/wssv/service.asmx"
    text = Type("string", "string")
    servers = tuple(Field(name, namespace, text) for name in ("appserver", "dbserver", "authserver"))
    wrapper = Field("dummyResponse", namespace, fields=(Field("dummyResult", namespace, fields=servers),))
    values = {"dummyResult": dict.fromkeys(("authserver", "dbserver", "appserver"), "OK")}
    answer = success("http://schemas.xmlsoap.org/soap/envelope/", wrapper, values, Ongoing(ONGOING).server)
    assert len(answer.body) == 433
    recorded = (
        '$says<dummyResponse xmlns="https://wswhomo.afip.gov.ar/wssv/service.asmx"><dummyResult><appserver>OK</appserver>'
        "<dbserver>OK</dbserver><authserver>OK</authserver></dummyResult></dummyResponse>$close"
    )
    assert answer.body.decode() == filled(recorded)


def test_get_shows_a_page_and_other_methods_are_not_allowed(stub):
    assert requests.get(stub.endpoint("ongoing"), timeout=30).status_code == 200
    assert requests.put(stub.endpoint("ongoing"), timeout=30).status_code == 405
    assert requests.put(stub.endpoint("ongoing"), b"x", timeout=30).status_code == 405
    assert requests.get(stub.endpoint("ongoing"), data=b"x", timeout=30).status_code == 405


@pytest.mark.parametrize("port", ["ServiceSoap", "ServiceSoap12"])
@pytest.mark.parametrize("form", ["", "=strict"], ids=["published", "strict"])
def test_zeep_reads_back_what_it_set(stub, port, form):
    client = zeep.Client(stub.wsdl("ongoing") + form)
    if port not in client.wsdl.services["Service"].ports:
        pytest.skip(f"the {form or 'published'} WSDL has no port {port}")
    service = client.bind("Service", port)
    assert service.GetTimeOfLastSync(**WHO) is None
    service.SetTimeOfLastSync(**WHO, syncTime=TIME)
    assert service.GetTimeOfLastSync(**WHO) == TIME
    assert service.GetTimeOfLastSync(**WHO | {"GoodsOwnerId": 8}) is None
    assert service.GetTimeOfLastSync(**WHO | {"IntegrationType": "articles"}) is None


@pytest.mark.parametrize("port", ["ServiceSoap", "ServiceSoap12"])
def test_zeep_raises_what_the_method_says(stub, port):
    stub.conditions.given("ongoing", "credentials are", {"user": "other", "password": "word"})
    service = zeep.Client(stub.wsdl("ongoing")).bind("Service", port)
    with pytest.raises(zeep.exceptions.Fault, match="---> Invalid user name or password"):
        service.GetTimeOfLastSync(**WHO)


def test_suds_reads_back_what_it_set(stub):
    client = suds.client.Client(stub.wsdl("ongoing"), cache=None)
    client.set_options(port="ServiceSoap")
    client.service.SetTimeOfLastSync(**WHO, syncTime=TIME)
    assert client.service.GetTimeOfLastSync(**WHO) == TIME


def test_a_time_comes_back_in_the_servers_words(stub):
    posted(stub, "SetTimeOfLastSync", **WHO, syncTime="2026-07-01T12:00:00.500000000+05:30")
    assert read_back(stub) == "2026-07-01T06:30:00.5+00:00"
    stub.conditions.given("ongoing", "time zone", {"name": "Europe/Stockholm"})
    posted(stub, "SetTimeOfLastSync", **WHO, syncTime="2026-07-01T12:00:00.500000000+05:30")
    assert read_back(stub) == "2026-07-01T08:30:00.5+02:00"


def test_a_time_alone_gets_the_day_of_the_servers_clock(stub):
    stub.conditions.given("ongoing", "clock at", {"time": "2026-11-21T23:30:00Z"})
    stub.conditions.given("ongoing", "time zone", {"name": "Europe/Stockholm"})
    posted(stub, "SetTimeOfLastSync", **WHO, syncTime="10:11:12")
    assert read_back(stub) == "2026-11-22T10:11:12"


def test_states_are_brought_about_and_forgotten(stub):
    known = {"goods_owner": 7, "integration_type": "orders", "time": "2026-11-21T09:00:00+01:00"}
    stub.conditions.given("ongoing", "last sync was", known)
    assert read_back(stub) == "2026-11-21T08:00:00Z"
    stub.conditions.given("ongoing", "never set", {})
    assert read_back(stub) is None
    stub.conditions.given("ongoing", "last sync was", known)
    stub.conditions.reset()
    assert read_back(stub) is None


@pytest.mark.parametrize("missing", ["UserName", "Password"])
def test_credentials_must_be_there_and_right(stub, missing):
    given = {name: value for name, value in WHO.items() if name != missing}
    assert posted(stub, "GetTimeOfLastSync", **given).status_code == 500
    assert posted(stub, "GetTimeOfLastSync", **WHO | {missing: ""}).status_code == 500
    stub.conditions.given("ongoing", "credentials are", {"user": "user", "password": "pass"})
    assert posted(stub, "GetTimeOfLastSync", **WHO).status_code == 200
    refused = posted(stub, "GetTimeOfLastSync", **WHO | {missing: "kanarienvogel"})
    assert refused.status_code == 500
    assert "kanarienvogel" not in refused.text


def test_credentials_are_in_no_repr_and_no_error():
    behaviour = Ongoing(ONGOING)
    behaviour.given("credentials are", {"user": "kanarienvogel", "password": "kanarienvogel"})
    with pytest.raises(ConditionError) as raised:
        behaviour.given("credentials are", {"user": "kanarienvogel", "word": "kanarienvogel"})
    assert "kanarienvogel" not in repr(behaviour) + str(raised.value)


def test_an_unknown_time_zone_is_named(stub):
    for name in ("Europe/Nowhere", "../etc/passwd", "Europe", ""):
        with pytest.raises(ConditionError, match="name one such as Europe/Stockholm"):
            stub.conditions.given("ongoing", "time zone", {"name": name})


def test_development_errors_tell_types_and_a_stack(stub):
    stub.conditions.given("ongoing", "development errors", {})
    found = posted(stub, "SetTimeOfLastSync", **WHO, syncTime="x").text
    assert (
        "<faultstring>System.Web.Services.Protocols.SoapException: Server was unable to read request. ---&gt; " in found
    )
    assert " ---&gt; System.InvalidOperationException: There is an error in XML document (1, " in found
    assert (
        " ---&gt; System.FormatException: The string 'x' is not a valid AllXsd value.\r\n   --- End of inner" in found
    )
    assert "\r\n   at System.Web.Services.Protocols.SoapServerProtocol.ReadParameters()\r\n   at " in found
    stub.conditions.reset()
    assert "System." not in posted(stub, "SetTimeOfLastSync", **WHO, syncTime="x").text


def test_strict_refuses_what_asmx_takes(stub):
    assert posted(stub, "SetTimeOfLastSync", syncTime="2026-11-21", **WHO).status_code == 200
    stub.conditions.given("ongoing", "strict", {})
    assert "schema/" in posted(stub, "SetTimeOfLastSync", syncTime="2026-11-21", **WHO).text


V12 = "http://www.w3.org/2003/05/soap-envelope"


def posted_in_12(stub, operation: str, **values: object) -> requests.Response:
    body = envelope(operation, **values).replace(b"http://schemas.xmlsoap.org/soap/envelope/", V12.encode())
    headers = {"Content-Type": "application/soap+xml; charset=utf-8"}
    return requests.post(stub.endpoint("ongoing"), body, headers=headers, timeout=30)


@pytest.mark.parametrize(
    ("state", "injection", "said"),
    [
        ("strict", "", "http/content-type"),
        ("sample answers", "", "http/content-type"),
        ("", "ServerFault", "soap:Receiver"),
        ("", "ClientFault", "soap:Sender"),
        ("", "fault with 200", "soap:Receiver"),
    ],
)
def test_a_call_in_soap_1_2_gets_all_faults_in_soap_1_2(stub, state, injection, said):
    if state:
        stub.conditions.given("ongoing", state, {})
    if injection:
        stub.conditions.inject("ongoing", injection, None, 1, {})
    answer = posted_in_12(stub, "GetTimeOfLastSync", **WHO)
    assert answer.headers["Content-Type"] == "application/soap+xml; charset=utf-8"
    assert f'<soap:Envelope xmlns:soap="{V12}"' in answer.text
    assert "<soap:Fault><soap:Code>" in answer.text
    assert said in answer.text


@pytest.mark.parametrize("time", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"])
@pytest.mark.parametrize("zone", ["Europe/Stockholm", "America/New_York", "UTC"])
@pytest.mark.parametrize("sent", ["10:11:12", "--11-21", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_a_clock_at_an_end_of_the_calendar_is_no_hindrance(stub, time, zone, sent):
    stub.conditions.given("ongoing", "clock at", {"time": time})
    stub.conditions.given("ongoing", "time zone", {"name": zone})
    stub.conditions.given("ongoing", "time passed", {"seconds": 60 if time[0] == "9" else 0})
    assert posted(stub, "SetTimeOfLastSync", **WHO, syncTime=sent).status_code == 200
    assert read_back(stub)
    stub.conditions.given("ongoing", "last sync was", {"goods_owner": 7, "integration_type": "orders", "time": time})
    assert read_back(stub) == time


@pytest.mark.parametrize("time", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_a_time_beyond_the_calendar_is_no_state(stub, time):
    for state, parameters in (("clock at", {}), ("last sync was", {"goods_owner": 7, "integration_type": "orders"})):
        with pytest.raises(ConditionError, match="beyond the calendar"):
            stub.conditions.given("ongoing", state, {**parameters, "time": time})


@pytest.mark.parametrize(("password", "status"), [("right", 200), ("wrong", 500)])
@pytest.mark.parametrize("time", ["2026-11-21", "yesterday"], ids=["taken-by-asmx", "refused-by-asmx"])
def test_what_is_forgiven_is_answered_unless_the_method_throws(password, status, time):
    with Stub(CATALOG, counted=Policy(ignore=["schema"]).counted) as stub:
        stub.conditions.given("ongoing", "credentials are", {"user": "user", "password": "right"})
        answer = posted(stub, "SetTimeOfLastSync", **WHO | {"Password": password}, syncTime=time)
    assert answer.status_code == (status if time == "2026-11-21" else 200)


FAULTS = {
    "ServerFault": (
        500,
        "<faultcode>soap:Server</faultcode><faultstring>Server was unable to process request. ---&gt; no",
    ),
    "ClientFault": (500, "<faultcode>soap:Client</faultcode><faultstring>no"),
    "MustUnderstand": (500, "<faultcode>soap:MustUnderstand</faultcode><faultstring>no</faultstring></soap:Fault>"),
    "VersionMismatch": (500, "</soap12:Upgrade></soap:Header><soap:Body><soap:Fault><faultcode>soap:VersionMismatch"),
    "BadRequest": (400, ""),
    "UnsupportedMediaType": (415, ""),
}


def test_the_faults_are_known_by_name():
    assert set(Ongoing(ONGOING).faults) == set(FAULTS)
    with pytest.raises(UnknownNameError, match="did you mean ClientFault"):
        Ongoing(ONGOING).fault("ClientFaults")


def test_faults_that_a_contract_names_are_known_too():
    luminate = Asmx(CATALOG.service("luminate"))
    assert set(luminate.faults) == set(FAULTS) | {fault.name for fault in luminate.service.faults}
    assert b"<SessionFault" in luminate.fault("SessionFault").body


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_can_be_injected(stub, name):
    status, said = FAULTS[name]
    stub.conditions.inject("ongoing", name, None, 1, {"text": "no"})
    answer = posted(stub, "GetTimeOfLastSync", **WHO)
    assert answer.status_code == status
    assert said in answer.text
    assert bool(answer.text) == bool(said)
    assert posted(stub, "GetTimeOfLastSync", **WHO).status_code == 200


def test_two_behaviours_share_nothing():
    one, other = behaviour_of(ONGOING), behaviour_of(ONGOING)
    assert type(one) is Ongoing
    assert called(one, "SetTimeOfLastSync", **WHO, syncTime="2026-11-21T08:00:00Z").status == 200
    assert b"2026-11-21T08:00:00Z" in called(one, "GetTimeOfLastSync", **WHO).body
    assert b'xsi:nil="true"' in called(other, "GetTimeOfLastSync", **WHO).body


def test_twenty_threads_at_once_lose_nothing(stub):
    def both(owner: int) -> str | None:
        posted(stub, "SetTimeOfLastSync", **WHO | {"GoodsOwnerId": owner}, syncTime=f"2026-11-21T08:00:{owner:02}Z")
        return read_back(stub, GoodsOwnerId=owner)

    with ThreadPoolExecutor(20) as threads:
        found = list(threads.map(both, range(20)))
    assert found == [f"2026-11-21T08:00:{owner:02}Z" for owner in range(20)]
    assert [read_back(stub, GoodsOwnerId=owner) for owner in range(20)] == found


def test_an_operation_without_a_method_answers_with_a_sample():
    answer = called(Asmx(ONGOING), "GetTimeOfLastSync", **WHO)
    assert answer.status == 200
    assert b"<GetTimeOfLastSyncResult>2024-05-01T12:00:00Z</GetTimeOfLastSyncResult>" in answer.body


BOOKSHOP = catalog.load(ROOT / "examples" / "own-service")
ALL = [(own, service, operation) for own in (CATALOG, BOOKSHOP) for service in own for operation in service.operations]


@pytest.mark.parametrize(("own", "service", "operation"), ALL, ids=lambda value: getattr(value, "name", ""))
def test_any_service_can_be_asmx(own, service, operation):
    """Its parameters are read into objects and lists, its header blocks are understood, and its response is valid."""
    received = []

    class Own(Asmx):
        @property
        def methods(self):
            return {operation.name: lambda parameters: received.append(parameters) or self._sample(operation)}

    headers = (("Content-Type", "text/xml; charset=utf-8"),)
    body = samples.fullest(service, operation, "request").replace(b"<Session ", b'<Session soap:mustUnderstand="1" ')
    message = Message(body, headers, "request", "POST", service=service.name)
    answer = Own(service).respond(Call(message, check(message, catalog=own), service, own))
    assert answer.status == 200, answer.body
    assert [set(parameters) for parameters in received] == [{field.name for field in operation.request.fields}]
    response = Message(answer.body, answer.headers, "response", status=200, request=message, service=service.name)
    assert [one.rule for one in check(response, catalog=own).findings if one.severity == "error"] == []


@pytest.mark.parametrize("code", ["Client", "Server"])
def test_a_method_can_throw_a_soap_exception_of_its_own(code):
    class Own(Asmx):
        @property
        def methods(self):
            def refuse(_parameters):
                raise MethodError("Nothing here: <&>", code=code)

            return {"GetTimeOfLastSync": refuse}

    answer = called(Own(ONGOING), "GetTimeOfLastSync", **WHO)
    expected = f"<faultcode>soap:{code}</faultcode><faultstring>Nothing here: &lt;&amp;&gt;</faultstring><detail />"
    assert (answer.status, expected in answer.body.decode()) == (500, True)


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>" + b"<!ENTITY b '&a;&a;&a;'>" * 1000 + b"]><x>&b;</x>",
        b"<x>" * 100_000,
        b"<x>" + b"<y a='1'/>" * 200_000 + b"</x>",
        b"<" * 1_000_000,
        b"<x " + b"a='" * 100_000,
        b"\x00" * 100_000,
        b"<!--" * 100_000,
    ],
    ids=["entities", "depth", "tags", "brackets", "quotes", "zeros", "comments"],
)
def test_a_giant_is_harmless(stub, body):
    head, content = exchanged(stub, filled("$xml\n$set_action"), body)
    assert head[0] in ("HTTP/1.1 400 Bad Request", "HTTP/1.1 500 Internal Server Error")
    assert len(content) < 2000
    assert read_back(stub) is None
