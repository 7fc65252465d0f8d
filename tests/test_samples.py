from __future__ import annotations

import re

import h11
import pytest
from lxml import etree

from contracts import catalog, samples
from contracts.checking import check
from contracts.errors import ContractError
from contracts.model import Field, Type
from contracts.names import TEXT_XML
from contracts.raw import raw

SERVICES = {service.name: service for service in catalog.load()}
PAYLOADS = [
    pytest.param(service, operation, direction, id=f"{service.name}-{operation.name}-{direction}")
    for service in SERVICES.values()
    for operation in service.operations
    for direction in ("request", "response")
]
ONGOING, LUMINATE = SERVICES["ongoing"], SERVICES["luminate"]
SET_TIME = ONGOING.operation("SetTimeOfLastSync")
START = LUMINATE.operation("StartSynchronization")
END = LUMINATE.operation("EndSynchronization")
LOGIN = LUMINATE.operation("Login")


def names(envelope: bytes) -> list[str]:
    return [etree.QName(node).localname for node in etree.fromstring(envelope).iter()]


def text(envelope: bytes, name: str) -> str:
    return etree.fromstring(envelope).findtext(f".//{{*}}{name}")


def service_with(kind: Type) -> tuple:
    request = Field("Call", "urn:own", fields=(Field("Value", "urn:own", type=kind),))
    operation = SET_TIME._replace(name="Call", request=request)
    return ONGOING._replace(operations=(operation,)), operation


@pytest.mark.parametrize("make", [samples.smallest, samples.fullest])
@pytest.mark.parametrize(("service", "operation", "direction"), PAYLOADS)
def test_a_sample_is_valid_under_the_shipped_schema(make, service, operation, direction):
    schema = etree.XMLSchema(file=f"{service.folder}/{direction}.xsd")
    schema.assertValid(etree.fromstring(make(service, operation, direction)))


@pytest.mark.parametrize("make", [samples.smallest, samples.fullest])
@pytest.mark.parametrize(("service", "operation", "direction"), PAYLOADS)
def test_a_sample_sent_over_http_has_nothing_wrong_with_it(make, service, operation, direction):
    body = make(service, operation, direction)
    if direction == "request":
        verdict = check(body, headers=samples.request_headers(operation), method="POST", kind="request")
    else:
        verdict = check(body, headers={"Content-Type": TEXT_XML}, status=200, kind="response")
    assert verdict.findings == ()
    assert (verdict.service, verdict.operation) == (service.name, operation.name)


@pytest.mark.parametrize(("service", "operation", "direction"), PAYLOADS)
def test_a_sample_is_the_same_every_time(service, operation, direction):
    assert samples.fullest(service, operation, direction) == samples.fullest(service, operation, direction)


def test_the_smallest_leaves_out_what_is_optional_and_the_fullest_does_not():
    assert "Force" not in names(samples.smallest(LUMINATE, START, "request"))
    assert {"Start", "End", "Force"} < set(names(samples.fullest(LUMINATE, START, "request")))


def test_only_a_request_that_needs_it_carries_the_session():
    assert "Session" in names(samples.smallest(LUMINATE, END, "request"))
    assert "Session" not in names(samples.smallest(LUMINATE, END, "response"))
    assert "Session" not in names(samples.smallest(LUMINATE, LOGIN, "request"))


def test_a_given_value_stands_where_its_element_stands():
    assert text(samples.fullest(LUMINATE, END, "response", {"PartitionId": "5"}), "PartitionId") == "5"


def test_a_given_value_is_escaped():
    assert (
        text(samples.smallest(ONGOING, SET_TIME, "request", {"IntegrationType": "a<b&c"}), "IntegrationType") == "a<b&c"
    )


def test_secrets_are_obvious_placeholders():
    request = samples.fullest(ONGOING, SET_TIME, "request")
    assert text(request, "UserName") == text(request, "Password") == "placeholder"


def test_values_that_stand_in_an_order_rise():
    response = samples.fullest(LUMINATE, END, "response")
    assert text(response, "Start") < text(response, "End")


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Type("rating", "int", bounds=(("minInclusive", "10"), ("maxInclusive", "20"))), "10"),
        (Type("below", "int", bounds=(("maxExclusive", "0"),)), "-1"),
        (Type("color", "string", enumeration=("red", "green")), "red"),
        (Type("digits", "string", enumeration=("red", "42"), patterns=("[0-9]+",)), "42"),
        (Type("short", "string", max_length=3), "exa"),
        (Type("long", "string", min_length=9), "exampleex"),
        (Type("day", "date"), "2024-05-01"),
    ],
)
def test_a_sample_fits_the_facets_of_its_type(kind, value):
    assert text(samples.smallest(*service_with(kind), "request"), "Value") == value


@pytest.mark.parametrize("pattern", ["[A-Z]{3}-[0-9]{8}", r"\p{Lu}+"])
def test_a_value_that_cannot_be_guessed_is_asked_for(pattern):
    service, operation = service_with(Type("article", "string", patterns=(pattern,)))
    with pytest.raises(ContractError, match="Value"):
        samples.smallest(service, operation, "request")
    assert text(samples.smallest(service, operation, "request", {"Value": "ABC-12345678"}), "Value") == "ABC-12345678"


def test_an_element_in_no_namespace_stays_in_none():
    request = Field("Call", "urn:own", fields=(Field("Value", None, type=Type("string", "string")),))
    root = etree.fromstring(samples.smallest(ONGOING, SET_TIME._replace(request=request), "request"))
    assert root.find(".//{urn:own}Call/Value") is not None


def test_an_element_that_is_required_twice_stands_twice():
    request = Field(
        "Call", "urn:own", fields=(Field("Value", "urn:own", Type("int", "int"), min_occurs=2, max_occurs=None),)
    )
    assert names(samples.smallest(ONGOING, SET_TIME._replace(request=request), "request")).count("Value") == 2


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize(("service", "operation", "direction"), PAYLOADS)
def test_a_whole_message_has_nothing_wrong_with_it(service, operation, direction, full):
    message = samples.message(service, operation, direction, full=full)
    verdict = check(message)
    assert verdict.findings == ()
    assert (verdict.service, verdict.operation, verdict.kind) == (service.name, operation.name, direction)
    assert message.body == (samples.fullest if full else samples.smallest)(service, operation, direction)
    assert message.header("Content-Length") == str(len(message.body))


def test_a_whole_request_says_where_it_goes_and_what_it_calls():
    message = samples.message(ONGOING, SET_TIME, "request", values={"IntegrationType": "orders"})
    assert (message.method, message.url) == ("POST", "https://api.ongoingsystems.se/warehouse/service.asmx")
    assert message.header("SOAPAction") == '"http://ongoingsystems.se/WSI/SetTimeOfLastSync"'
    assert text(message.body, "IntegrationType") == "orders"


def test_a_whole_response_has_the_request_that_it_answers():
    message = samples.message(LUMINATE, END, "response", values={"PartitionId": "5"})
    assert (message.status, message.kind) == (200, "response")
    assert message.request == samples.message(LUMINATE, END, "request", values={"PartitionId": "5"})


@pytest.mark.parametrize("service", SERVICES.values(), ids=lambda service: service.name)
def test_a_whole_fault_has_nothing_wrong_with_it(service):
    message = samples.fault_message(service, service.operations[0])
    verdict = check(message)
    assert verdict.findings == ()
    assert (verdict.service, verdict.operation, verdict.kind) == (service.name, service.operations[0].name, "fault")
    assert message.status == 500


def test_a_fault_has_a_status_that_the_contract_lists():
    service = ONGOING._replace(fault_statuses=(400, 503))
    assert samples.fault_message(service, SET_TIME).status == 400


def test_the_raw_form_of_a_request_is_read_by_an_http_server():
    message = samples.message(ONGOING, SET_TIME, "request")
    connection = h11.Connection(h11.SERVER)
    connection.receive_data(raw(message))
    request, data = connection.next_event(), connection.next_event()
    assert (request.method, request.target) == (b"POST", b"/warehouse/service.asmx")
    assert dict(request.headers)[b"soapaction"] == b'"http://ongoingsystems.se/WSI/SetTimeOfLastSync"'
    assert dict(request.headers)[b"host"] == b"api.ongoingsystems.se"
    assert bytes(data.data) == message.body
    assert isinstance(connection.next_event(), h11.EndOfMessage)


def test_the_raw_form_of_a_response_is_read_by_an_http_client():
    message = samples.message(LUMINATE, END, "response", full=True)
    connection = h11.Connection(h11.CLIENT)
    connection.send(h11.Request(method="POST", target="/", headers=[("Host", "x"), ("Content-Length", "0")]))
    connection.send(h11.EndOfMessage())
    connection.receive_data(raw(message))
    response, data = connection.next_event(), connection.next_event()
    assert (response.status_code, bytes(data.data)) == (200, message.body)


def test_where_no_soapaction_is_documented_the_field_is_a_quoted_nothing():
    assert dict(samples.request_headers(END))["SOAPAction"] == '""'


@pytest.mark.parametrize("service", SERVICES.values(), ids=lambda service: service.name)
def test_a_fault_is_valid_under_the_shipped_schema_whatever_its_text(service):
    fault = samples.fault("Client", "a<b & \x00 \ud800 \x1b[31m")
    etree.XMLSchema(file=f"{service.folder}/response.xsd").assertValid(etree.fromstring(fault))
    assert re.search(rb"<faultcode>soap:Client</faultcode>", fault)
    assert check(fault, kind="response", service=service.name).passed
