from __future__ import annotations

import pytest
from lxml import etree
from xmlschema.extras.wsdl import Wsdl11Document

from contracts import catalog, samples
from contracts.names import BODY, WSDL, WSDL_SOAP11, WSDL_SOAP12, XSD
from contracts.wsdl import wsdl_of

SERVICES = {service.name: service for service in catalog.load()}
ONGOING, LUMINATE = SERVICES["ongoing"], SERVICES["luminate"]
NAMESPACES = {"wsdl": WSDL, "soap": WSDL_SOAP11, "soap12": WSDL_SOAP12, "xs": XSD}
ENDPOINT = "http://127.0.0.1:8080/somewhere"
FORMS = pytest.mark.parametrize("strict", [False, True], ids=["published", "strict"])
EACH = pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES.keys())


def tree(service, *, strict=False, endpoint=ENDPOINT):
    return etree.fromstring(wsdl_of(service, endpoint, strict=strict))


def find(root, path):
    return root.xpath(path, namespaces=NAMESPACES)


def types(service, *, strict):
    """The schema that stands in the WSDL, compiled: it has to be complete by itself."""
    (schema,) = find(tree(service, strict=strict), "//xs:schema")
    return etree.XMLSchema(etree.fromstring(etree.tostring(schema)))


def payload(envelope):
    return etree.fromstring(etree.tostring(etree.fromstring(envelope).find(BODY)[0]))


@EACH
@FORMS
def test_a_wsdl_1_1_reader_finds_every_operation(service, strict):
    document = Wsdl11Document(wsdl_of(service, ENDPOINT, strict=strict), allow="local", validation="lax")
    # The reader knows no SOAP 1.2 bindings, and says so.
    assert all("ServiceSoap12" in str(error) for error in document.errors)
    (port_type,) = document.port_types.values()
    assert {name for name, *_ in port_type.operations} == {operation.name for operation in service.operations}


@EACH
@FORMS
@pytest.mark.parametrize("make", [samples.smallest, samples.fullest])
def test_its_types_admit_every_valid_payload(service, strict, make):
    schema = types(service, strict=strict)
    for operation in service.operations:
        for direction in ("request", "response"):
            schema.assertValid(payload(make(service, operation, direction)))


@EACH
@FORMS
def test_its_types_are_xsd_s_own(service, strict):
    root = tree(service, strict=strict)
    assert {reference.partition(":")[0] for reference in find(root, "//@type[starts-with(., 'x')] | //@base")} == {"xs"}
    assert find(root, "//xs:pattern | //xs:import | //xs:include | //wsdl:import") == []


@EACH
@FORMS
def test_every_port_has_the_address_that_was_asked_for(service, strict):
    endpoint = "http://localhost:1/a?b=1&c=2"
    addresses = find(tree(service, strict=strict, endpoint=endpoint), "//wsdl:port/*/@location")
    assert set(addresses) == {endpoint}


def test_the_published_form_calls_optional_what_the_provider_calls_optional():
    root = tree(ONGOING)
    optional = find(root, "//xs:element[@name='SetTimeOfLastSync']//xs:element[@minOccurs='0']/@name")
    assert optional == ["UserName", "Password", "IntegrationType"]
    assert find(root, "//xs:maxLength") == []


def test_the_published_form_admits_a_request_that_the_strict_one_refuses():
    request = payload(samples.smallest(ONGOING, ONGOING.operation("SetTimeOfLastSync"), "request"))
    request.remove(request[0])
    assert types(ONGOING, strict=False).validate(request)
    assert not types(ONGOING, strict=True).validate(request)


def test_the_strict_form_knows_how_long_a_string_may_be():
    operation = ONGOING.operation("SetTimeOfLastSync")
    schema = types(ONGOING, strict=True)
    assert schema.validate(payload(samples.smallest(ONGOING, operation, "request", {"Password": "x" * 50})))
    assert not schema.validate(payload(samples.smallest(ONGOING, operation, "request", {"Password": "x" * 51})))


@FORMS
def test_a_result_that_may_be_nil_stays_so(strict):
    (element,) = find(tree(ONGOING, strict=strict), "//xs:element[@name='GetTimeOfLastSyncResult']")
    assert (element.get("nillable"), element.get("type")) == ("true", "xs:dateTime")


def test_ongoing_has_a_soap_1_1_port_and_then_a_soap_1_2_port():
    root = tree(ONGOING)
    assert find(root, "//wsdl:port/@name") == ["ServiceSoap", "ServiceSoap12"]
    assert len(find(root, "//wsdl:port/soap:address")) == len(find(root, "//wsdl:port/soap12:address")) == 1


def test_luminate_has_a_soap_1_1_port_only():
    assert len(find(tree(LUMINATE), "//wsdl:port")) == 1
    assert find(tree(LUMINATE), "//soap12:*") == []


def test_the_soapaction_is_the_documented_one_and_empty_where_none_is_documented():
    actions = find(tree(ONGOING), "//soap:operation/@soapAction")
    assert actions == [operation.soap_action for operation in ONGOING.operations]
    assert set(find(tree(LUMINATE), "//soap:operation/@soapAction")) == {""}


@FORMS
def test_the_session_is_bound_as_a_header_of_the_operations_that_need_it(strict):
    root = tree(LUMINATE, strict=strict)
    bound = find(root, "//wsdl:binding/wsdl:operation[wsdl:input/soap:header[@part='Session']]/@name")
    assert set(bound) == {"StartSynchronization", "EndSynchronization"}
