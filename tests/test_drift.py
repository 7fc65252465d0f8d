"""A published WSDL compared with the contracts: WSDLs of several toolkits, with changes planted in them."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import suds.client
import zeep
from published import (
    ADDITIVE,
    ASMX,
    CATALOG,
    HERE,
    LUMINATE,
    NEW,
    NUMBERED,
    ONGOING,
    REQUESTS,
    RESPONSES,
    TOLERATED,
    asmx,
    drift_of,
    in_set,
    replaced,
    written,
)

from contracts import wsdl
from contracts.cli import main
from contracts.drifting import CLASSES
from contracts.drifting.values import is_within, mismatches
from contracts.model import Type
from contracts.schema import IMPLIED_PATTERNS, RANGES

TYPED = '<s:element minOccurs="0" maxOccurs="1" name="IntegrationType" type="s:string" />'
TIMED = '<s:element minOccurs="1" maxOccurs="1" name="syncTime" type="s:dateTime" />'
RESULT = '<s:element minOccurs="1" maxOccurs="1" name="GetTimeOfLastSyncResult" nillable="true" type="s:dateTime" />'
SET_ELEMENT = '<s:element name="SetTimeOfLastSync">\n        <s:complexType>'
ANSWER = '<s:element name="SetTimeOfLastSyncResponse">\n        <s:complexType />'
SET_BINDING = '<soap:operation soapAction="http://ongoingsystems.se/WSI/SetTimeOfLastSync" style="document" />'


def facets(*inner: str, base: str = "string", name: str = "IntegrationType", least: int = 0) -> str:
    """An element of ASMX's with facets."""
    simple = f'<s:simpleType><s:restriction base="s:{base}">{"".join(inner)}</s:restriction></s:simpleType>'
    return f'<s:element minOccurs="{least}" maxOccurs="1" name="{name}">{simple}</s:element>'


def row(old: str, new: str, what: str, class_: str, path: str = "", place: str = "ongoing/SetTimeOfLastSync"):
    return SimpleNamespace(old=old, new=new, what=what, class_=class_, path=path, place=place)


SET = "request/SetTimeOfLastSync"
GOT = "response/GetTimeOfLastSyncResponse/GetTimeOfLastSyncResult"
GET_PLACE = "ongoing/GetTimeOfLastSync"
#: A change to ASMX's WSDL, and what it must be told as.
PLANTED = {
    "a required request element more": row(NUMBERED, NUMBERED + NEW.format(1), "name", REQUESTS, f"{SET}/Region"),
    "an optional request element more": row(NUMBERED, NUMBERED + NEW.format(0), "name", ADDITIVE, f"{SET}/Region"),
    "a request element less": row(TYPED, "", "name", REQUESTS, f"{SET}/IntegrationType"),
    "a request element renamed": row(TIMED, TIMED.replace("syncTime", "SyncTime"), "name", REQUESTS, f"{SET}/syncTime"),
    "a request element renamed altogether": row(
        TIMED, TIMED.replace("syncTime", "moment"), "name", REQUESTS, f"{SET}/syncTime"
    ),
    "a response element more": row(RESULT, RESULT + NEW.format(0), "name", RESPONSES, "response/GetTimeOfLastSyncResponse/Region", GET_PLACE),
    "a response element less": row(RESULT, "", "name", RESPONSES, GOT, GET_PLACE),
    "a response element renamed": row(RESULT, RESULT.replace("Result", "Answer"), "name", RESPONSES, GOT, GET_PLACE),
    "the empty response filled": row(
        ANSWER, ANSWER.replace(" />", f"><s:sequence>{NEW.format(1)}</s:sequence></s:complexType>"),
        "name", RESPONSES, "response/SetTimeOfLastSyncResponse/Region",
    ),
    "anything in the request": row(NUMBERED, f'{NUMBERED}<s:any minOccurs="0" />', "name", TOLERATED, f"{SET}/*"),
    "anything in the response": row(RESULT, f'{RESULT}<s:any minOccurs="0" />', "name", RESPONSES, "response/GetTimeOfLastSyncResponse/*", GET_PLACE),
    "a required attribute": row(
        f"{TIMED}\n          </s:sequence>", f'{TIMED}</s:sequence><s:attribute name="id" use="required" />', "name", REQUESTS, f"{SET}/@id"
    ),
    "an optional attribute": row(
        f"{TIMED}\n          </s:sequence>", f'{TIMED}</s:sequence><s:attribute name="id" />', "name", ADDITIVE, f"{SET}/@id"
    ),
    "any attribute": row(
        f"{TIMED}\n          </s:sequence>", f"{TIMED}</s:sequence><s:anyAttribute />", "name", TOLERATED, f"{SET}/@*"
    ),
    "text between the elements": row(SET_ELEMENT, SET_ELEMENT.replace("Type>", 'Type mixed="true">'), "type", TOLERATED, f"{SET}/text()"),
    "another order": row(f"{NUMBERED}\n            {TYPED}", TYPED + NUMBERED, "order", REQUESTS, SET),
    "a choice": row(
        f"{NUMBERED}\n            {TYPED}", f"<s:choice>{NUMBERED}{TYPED}</s:choice>", "order", REQUESTS, SET
    ),
    "a wider type of a request": row(NUMBERED, NUMBERED.replace("s:int", "s:long"), "type", TOLERATED, f"{SET}/GoodsOwnerId"),
    "a narrower type of a request": row(NUMBERED, NUMBERED.replace("s:int", "s:short"), "type", REQUESTS, f"{SET}/GoodsOwnerId"),
    "a text for a number": row(NUMBERED, NUMBERED.replace("s:int", "s:string"), "type", TOLERATED, f"{SET}/GoodsOwnerId"),
    "another type of a request": row(TIMED, TIMED.replace("s:dateTime", "s:date"), "type", REQUESTS, f"{SET}/syncTime"),
    "elements in a value": row(
        TIMED, '<s:element name="syncTime"><s:complexType><s:sequence /></s:complexType></s:element>', "type", REQUESTS, f"{SET}/syncTime"
    ),
    "a value for elements": row(
        SET_ELEMENT, '<s:element name="SetTimeOfLastSync" type="s:string" /><s:element name="Old"><s:complexType>', "type", REQUESTS, SET
    ),
    "a list": row(
        NUMBERED, '<s:element name="GoodsOwnerId"><s:simpleType><s:list itemType="s:int" /></s:simpleType></s:element>',
        "type", REQUESTS, f"{SET}/GoodsOwnerId",
    ),
    "a wider type of a response": row(RESULT, RESULT.replace("s:dateTime", "s:string"), "type", RESPONSES, GOT, GET_PLACE),
    "several where one was": row(
        TIMED, TIMED.replace('maxOccurs="1"', 'maxOccurs="unbounded"'), "occurrence", TOLERATED, f"{SET}/syncTime"
    ),
    "two where one was": row(
        TIMED, TIMED.replace('minOccurs="1" maxOccurs="1"', 'minOccurs="2" maxOccurs="2"'), "occurrence", REQUESTS, f"{SET}/syncTime"
    ),
    "an optional element of a request that is not known to be": row(
        NUMBERED, NUMBERED.replace('minOccurs="1"', 'minOccurs="0"'), "occurrence", TOLERATED, f"{SET}/GoodsOwnerId"
    ),
    "an optional element of a response": row(
        RESULT, RESULT.replace('minOccurs="1"', 'minOccurs="0"'), "occurrence", RESPONSES, GOT, GET_PLACE
    ),
    "a nillable request": row(TIMED, TIMED.replace(" />", ' nillable="true" />'), "nillable", TOLERATED, f"{SET}/syncTime"),
    "a response that may not be nil": row(RESULT, RESULT.replace(' nillable="true"', ""), "nillable", TOLERATED, GOT, GET_PLACE),
    "a nillable response": row(
        ANSWER, ANSWER.replace('Response">', 'Response" nillable="true">'), "nillable", RESPONSES, "response/SetTimeOfLastSyncResponse"
    ),
    "a length": row(TYPED, facets('<s:maxLength value="20" />'), "facet", REQUESTS, f"{SET}/IntegrationType"),
    "an exact length": row(TYPED, facets('<s:length value="20" />'), "facet", REQUESTS, f"{SET}/IntegrationType"),
    "a least length": row(TYPED, facets('<s:minLength value="1" />'), "facet", REQUESTS, f"{SET}/IntegrationType"),
    "a pattern": row(TYPED, facets('<s:pattern value="[a-z]+" />'), "facet", REQUESTS, f"{SET}/IntegrationType"),
    "an enumeration": row(TYPED, facets('<s:enumeration value="orders" />'), "facet", REQUESTS, f"{SET}/IntegrationType"),
    "a fixed value": row(TYPED, TYPED.replace(" />", ' fixed="orders" />'), "facet", REQUESTS, f"{SET}/IntegrationType"),
    "a bound": row(
        NUMBERED, facets('<s:maxExclusive value="1000" />', base="int", name="GoodsOwnerId", least=1), "facet", REQUESTS, f"{SET}/GoodsOwnerId"
    ),
    "a bound of a time": row(
        TIMED, facets('<s:minInclusive value="2000-01-01T00:00:00Z" />', base="dateTime", name="syncTime", least=1), "facet", REQUESTS, f"{SET}/syncTime"
    ),
    "a form": row(TIMED, TIMED.replace(" />", ' form="unqualified" />'), "form", REQUESTS, f"{SET}/syncTime"),
    "a SOAPAction": row(SET_BINDING, SET_BINDING.replace("WSI/Set", "WSI/Store"), "soapaction", REQUESTS),
    "no SOAPAction": row(SET_BINDING, '<soap:operation style="document" />', "soapaction", REQUESTS),
    "a style": row(SET_BINDING, SET_BINDING.replace('"document"', '"rpc"'), "style", REQUESTS),
    "a use": row(f'{SET_BINDING}\n      <wsdl:input>\n        <soap:body use="literal" />', f'{SET_BINDING}<wsdl:input><soap:body use="encoded" />', "style", REQUESTS),
    "parts by type": row(
        '<wsdl:part name="parameters" element="tns:SetTimeOfLastSync" />', '<wsdl:part name="parameters" type="s:string" />', "style", REQUESTS
    ),
    "a header": row(
        f"{SET_BINDING}\n      <wsdl:input>",
        f'{SET_BINDING}\n      <wsdl:input><soap:header message="tns:SetTimeOfLastSyncSoapIn" part="parameters" use="literal" />',
        "header", REQUESTS, "request/Header",
    ),
    "a header of the response": row(
        f'{SET_BINDING}\n      <wsdl:input>\n        <soap:body use="literal" />\n      </wsdl:input>\n      <wsdl:output>',
        f'{SET_BINDING}<wsdl:input><soap:body use="literal" /></wsdl:input><wsdl:output>'
        '<soap:header message="tns:SetTimeOfLastSyncSoapIn" part="parameters" use="literal" />',
        "header", ADDITIVE, "response/Header",
    ),
    "a fault": row(
        '<wsdl:output message="tns:SetTimeOfLastSyncSoapOut" />',
        '<wsdl:output message="tns:SetTimeOfLastSyncSoapOut" /><wsdl:fault name="SyncFault" message="tns:SetTimeOfLastSyncSoapOut" />',
        "fault", ADDITIVE, "response",
    ),
    "a transport": row(
        '<soap:binding transport="http://schemas.xmlsoap.org/soap/http" />', '<soap:binding transport="urn:queue" />', "binding", REQUESTS
    ),
    "a namespace": row(
        NUMBERED, '<s:element ref="x:GoodsOwnerId" xmlns:x="urn:other" />', "namespace", REQUESTS, f"{SET}/GoodsOwnerId"
    ),
    "an element without a type": row(TYPED, TYPED.replace(' type="s:string"', ""), "type", TOLERATED, f"{SET}/IntegrationType"),
    "a value with an attribute": row(
        NUMBERED,
        '<s:element name="GoodsOwnerId"><s:complexType><s:simpleContent><s:extension base="s:int">'
        '<s:attribute name="unit" /></s:extension></s:simpleContent></s:complexType></s:element>',
        "name", ADDITIVE, f"{SET}/GoodsOwnerId/@unit",
    ),
    "a value with a restriction": row(
        TYPED,
        '<s:element name="IntegrationType" minOccurs="0"><s:complexType><s:simpleContent><s:restriction base="s:string">'
        '<s:maxLength value="3" /></s:restriction></s:simpleContent></s:complexType></s:element>',
        "facet", REQUESTS, f"{SET}/IntegrationType",
    ),
    "text in the empty response": row(
        ANSWER,
        ANSWER.replace(" />", '><s:complexContent mixed="true"><s:extension base="s:anyType" /></s:complexContent></s:complexType>'),
        "type", RESPONSES, "response/SetTimeOfLastSyncResponse/text()",
    ),
    "an attribute of a group": row(
        ANSWER, ANSWER.replace(" />", '><s:attributeGroup ref="tns:Attributes" /></s:complexType>'),
        "name", RESPONSES, "response/SetTimeOfLastSyncResponse/@site",
    ),
    "no response": row('<wsdl:output message="tns:SetTimeOfLastSyncSoapOut" />', "", "name", RESPONSES, "response"),
}  # fmt: skip


#: A change that is several differences by its nature.
SEVERAL = ("a choice", "an exact length", "a transport")


class TestAChangeOfAsmxsWsdl:
    def test_is_none_where_it_is_as_published(self, tmp_path):
        found = drift_of(written(tmp_path, asmx()))
        assert found.new == ()
        assert found.operations == ("SetTimeOfLastSync", "GetTimeOfLastSync")
        assert found.notes == ("it has 41 further operations, of which the contract says nothing",)

    def test_what_is_as_published_is_known_with_its_ground(self, tmp_path):
        found = drift_of(written(tmp_path, asmx())).differences
        assert {(each.what, each.class_) for each in found} == {
            ("occurrence", TOLERATED),
            ("facet", TOLERATED),
            ("binding", ADDITIVE),
        }
        assert {each.known.partition(" (")[0] for each in found} == {
            "its WSDL calls it optional", "its WSDL states no lengths", "its WSDL has a SOAP 1.2 port as well",
        }  # fmt: skip
        assert all("(observed: Service.asmx?WSDL" in each.known for each in found if "Get" not in each.place)
        assert all("(inferred: " in each.known for each in found if each.what == "occurrence" and "Get" in each.place)

    @pytest.mark.parametrize("name", PLANTED)
    def test_is_found_and_classed(self, name, tmp_path, capsys):
        planted = PLANTED[name]
        text = asmx()
        change = replaced if "wsdl:" in planted.old or "soap:" in planted.old else in_set
        path = written(tmp_path, change(text, planted.old, planted.new))
        found = [each for each in drift_of(path).new if each.what == planted.what]
        told = [(each.class_, each.path, each.place) for each in found]
        assert told[:1] == [(planted.class_, planted.path, planted.place)]
        assert (len(drift_of(path).new) > 1) == (name in SEVERAL)
        assert Path(found[0].at.rpartition(":")[0]) == path
        assert main(["drift", "ongoing", "--wsdl", str(path)]) == 1
        assert planted.class_ in capsys.readouterr().out

    def test_every_class_and_nearly_every_kind_is_among_them(self):
        assert {planted.class_ for planted in PLANTED.values()} == set(CLASSES)
        assert {planted.what for planted in PLANTED.values()} == {
            "name", "order", "type", "occurrence", "nillable", "facet", "soapaction", "style", "fault", "binding",
            "namespace", "form", "header",
        }  # fmt: skip

    @pytest.mark.parametrize("name", ["SYNCTIME", "moment"])
    def test_an_element_in_another_case_or_in_the_same_place_is_the_same_one_renamed(self, name, tmp_path):
        text = in_set(asmx(), TIMED, TIMED.replace("syncTime", name).replace("dateTime", "date"))
        found = drift_of(written(tmp_path, text)).new
        assert [(each.what, each.ours, each.theirs) for each in found] == [
            ("name", "syncTime", name), ("type", "dateTime", "date"),
        ]  # fmt: skip

    def test_an_element_in_another_case_is_the_same_one_wherever_it_stands(self, tmp_path):
        text = in_set(
            in_set(asmx(), TIMED, ""), NUMBERED, TIMED.replace("syncTime", "SyncTime") + NUMBERED + NEW.format(0)
        )
        found = drift_of(written(tmp_path, text)).new
        assert {(each.what, each.theirs) for each in found} == {
            ("name", "SyncTime"), ("name", "Region, optional"),
            ("order", "UserName, Password, syncTime, GoodsOwnerId, IntegrationType"),
        }  # fmt: skip

    def test_what_stands_where_another_stood_is_not_taken_for_it(self, tmp_path):
        moment = TIMED.replace("syncTime", "moment")
        text = in_set(in_set(asmx(), TIMED, TYPED), TYPED, moment)
        found = drift_of(written(tmp_path, text)).new
        assert {(each.what, each.ours, each.theirs) for each in found} == {
            ("name", "syncTime", "not there"), ("name", "not there", "moment, required"),
        }  # fmt: skip

    @pytest.mark.parametrize(("facet", "told"), [
        ('<s:maxLength value=" 20 " />', "maxLength 20"),
        ('<s:pattern value="a" /><s:pattern value="b" />', "pattern a|b"),
        ('<s:enumeration value="a" /><s:enumeration value="b" />', "enumeration a, b"),
        ('<s:minLength value="2" />', "minLength 2"),
    ])  # fmt: skip
    def test_a_facet_is_told_as_it_is(self, facet, told, tmp_path):
        (found,) = drift_of(written(tmp_path, in_set(asmx(), TYPED, facets(facet)))).new
        assert found.theirs == told

    def test_an_empty_fixed_value_is_told_as_it_is(self, tmp_path):
        (found,) = drift_of(written(tmp_path, in_set(asmx(), TYPED, TYPED.replace(" />", ' fixed="" />')))).new
        assert (found.ours, found.theirs, found.class_) == ("no enumeration", 'enumeration ""', REQUESTS)

    @pytest.mark.parametrize(("inner", "told"), [
        ('<s:union memberTypes="s:int s:string" />', "union of int and string"),
        ('<s:union><s:simpleType><s:restriction base="s:date" /></s:simpleType></s:union>', "union of date"),
        ('<s:list itemType="s:int" />', "list of int"),
    ])  # fmt: skip
    def test_what_is_no_single_value_is_told(self, inner, told, tmp_path):
        element = f'<s:element name="GoodsOwnerId"><s:simpleType>{inner}</s:simpleType></s:element>'
        (found,) = drift_of(written(tmp_path, in_set(asmx(), NUMBERED, element))).new
        assert (found.what, found.theirs, found.class_) == ("type", told, REQUESTS)

    @pytest.mark.parametrize(("old", "new"), [
        (TYPED, facets("<s:annotation />", '<s:whiteSpace value="preserve" />')),
        (TYPED, facets('<s:minLength value="0" />')),
        (NUMBERED, f"<s:choice>{NUMBERED}</s:choice>"),
        (f"{NUMBERED}\n            {TYPED}", f"<s:sequence>{NUMBERED}{TYPED}</s:sequence>"),
        (NUMBERED, f'{NUMBERED}<s:element maxOccurs="0" minOccurs="0" name="Old" type="s:int" />'),
        (ANSWER, ANSWER.replace(" />", '><s:attribute name="id" use="prohibited" /></s:complexType>')),
        (ANSWER, ANSWER.replace(
            " />", '><s:attribute ref="e:encodingStyle" xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" /></s:complexType>'
        )),
        (ANSWER, ANSWER.replace(" />", "><s:sequence /></s:complexType>")),
        (TIMED, '<s:element name="syncTime"><s:simpleType><s:restriction base="s:dateTime" /></s:simpleType></s:element>'),
    ])  # fmt: skip
    def test_the_same_said_otherwise_is_no_difference(self, old, new, tmp_path):
        assert drift_of(written(tmp_path, in_set(asmx(), old, new))).new == ()

    def test_one_element_has_no_order(self, tmp_path):
        text = in_set(asmx(), RESULT, f"<s:all>{RESULT}{NEW.format(0)}</s:all>")
        assert [each.what for each in drift_of(written(tmp_path, text)).new] == ["name"]

    def test_how_often_is_told_in_words_or_numbers(self, tmp_path):
        two, many = 'minOccurs="2" maxOccurs="3"', 'minOccurs="0" maxOccurs="unbounded"'
        text = in_set(asmx(), TIMED, TIMED.replace('minOccurs="1" maxOccurs="1"', two))
        text = in_set(text, NUMBERED, NUMBERED.replace('minOccurs="1" maxOccurs="1"', many))
        found = drift_of(written(tmp_path, text)).new
        assert [(each.ours, each.theirs) for each in found] == [("required", "0 to unbounded"), ("required", "2 to 3")]

    def test_any_order_does_no_harm_to_requests(self, tmp_path):
        text = in_set(in_set(asmx(), "<s:sequence>", "<s:all>"), "</s:sequence>", "</s:all>")
        (found,) = drift_of(written(tmp_path, text)).new
        assert (found.what, found.class_, found.theirs) == ("order", TOLERATED, "any order")

    def test_a_payload_in_another_namespace_breaks_everything(self, tmp_path):
        text = asmx().replace(ASMX.NAMESPACE, "http://ongoingsystems.se/WSI2")
        found = drift_of(written(tmp_path, text)).new
        assert {each.what for each in found} == {"namespace", "soapaction"}
        assert {each.class_ for each in found if each.path.startswith("response")} == {RESPONSES}

    def test_an_operation_that_is_gone_is_told(self, tmp_path):
        text = asmx().replace("SetTimeOfLastSync", "StoreTime")
        drift = drift_of(written(tmp_path, text))
        (found,) = drift.new
        assert (found.place, found.what, found.class_) == ("ongoing/SetTimeOfLastSync", "name", REQUESTS)
        assert not [note for note in drift.notes if "contract.toml" in note]

    def test_an_operation_of_another_name_with_the_same_request_harms_nobody_on_the_wire(self, tmp_path):
        text = asmx().replace('operation name="SetTimeOfLastSync"', 'operation name="Store"')
        (found,) = drift_of(written(tmp_path, text)).new
        assert (found.what, found.class_, found.theirs) == ("name", TOLERATED, "Store")

    def test_of_overloaded_operations_the_one_with_our_request_is_compared(self, tmp_path):
        text = asmx()
        bound = text[text.index('    <wsdl:operation name="Operation0">\n      <soap:') :]
        bound = bound[: bound.index("</wsdl:operation>") + 17]
        named = bound.replace('"Operation0"', '"SetTimeOfLastSync"').replace(
            "<wsdl:input>", '<wsdl:input name="Other">'
        )
        abstract = '<wsdl:operation name="SetTimeOfLastSync"><wsdl:input name="Other" message="tns:Operation0SoapIn" /></wsdl:operation>'
        text = text.replace(bound, named + bound, 1).replace(
            '<wsdl:portType name="ServiceSoap">', f'<wsdl:portType name="ServiceSoap">{abstract}', 1
        )
        assert drift_of(written(tmp_path, text)).new == ()

    def test_soap_1_2_alone_breaks_requests(self, tmp_path):
        text = asmx()
        port = text[text.index('    <wsdl:port name="ServiceSoap" ') :]
        text = text.replace(port[: port.index("</wsdl:port>") + 12], "")
        found = drift_of(written(tmp_path, text)).new
        assert {(each.what, each.class_, each.theirs) for each in found} == {("binding", REQUESTS, "SOAP 1.2 only")}

    def test_bindings_of_http_are_additive_one_each(self, tmp_path):
        found = drift_of(written(tmp_path, asmx(http=True))).new
        assert [(each.class_, each.theirs) for each in found] == [
            (ADDITIVE, "also HTTP GET"),
            (ADDITIVE, "also HTTP POST"),
        ]

    def test_a_wsdl_of_ten_thousand_lines_is_compared(self, tmp_path, capsys):
        text = asmx(operations=150, fields=40)
        assert text.count("\n") > 10_000
        assert main(["drift", "ongoing", "--wsdl", str(written(tmp_path, text))]) == 0
        assert "it has 148 further operations" in capsys.readouterr().out

    def test_what_is_published_no_longer_is_a_note(self, tmp_path):
        found = drift_of(written(tmp_path, wsdl.wsdl_of(ONGOING, "http://127.0.0.1/", strict=True).decode()))
        assert found.new == ()
        assert found.notes[0].startswith(
            "contract.toml says that the WSDL calls UserName, Password, IntegrationType of Set"
        )


def spyne(service: str, *options: str) -> str:
    if importlib.util.find_spec("spyne") is None:
        pytest.skip("spyne is not installed")
    command = [sys.executable, "-W", "ignore", str(HERE / "spyne_services.py"), service, *options]
    found = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if found.returncode:
        pytest.skip("spyne does not run under this Python")
    return found.stdout


#: The WSDLs of other toolkits, and in each a change of each class.
TOOLKITS = {
    "gsoap": ("ongoing", "gsoap-ongoing.wsdl", [
        ('name="GoodsOwnerId" type="xsd:int"', 'name="GoodsOwnerId" type="xsd:byte"', "type", REQUESTS),
        ('nillable="true"', 'nillable="true" minOccurs="0" form="unqualified"'.replace('minOccurs="0" ', ""), "form", RESPONSES),
        ('<element name="syncTime"', '<element name="Zone" type="xsd:string" minOccurs="0"/><element name="syncTime"', "name", ADDITIVE),
        ('name="GoodsOwnerId" type="xsd:int"', 'name="GoodsOwnerId" type="xsd:integer"', "type", TOLERATED),
    ]),
    "spyne": ("luminate", "spyne-luminate.wsdl", [
        ('name="UserName" type="xs:string"', 'name="Username" type="xs:string"', "name", REQUESTS),
        ('name="SyncId" type="xs:nonNegativeInteger"', 'name="SyncId" type="xs:string"', "type", RESPONSES),
        ('soapAction=""', 'soapAction="urn:soap.convio.com#Login"', "soapaction", ADDITIVE),
        ('name="Password" type="xs:string"', 'name="Password" type="xs:string" nillable="true"', "nillable", TOLERATED),
    ]),
    "spyne for Ongoing": ("ongoing", "spyne-ongoing.wsdl", [
        ('type="xs:dateTime"/>', 'type="xs:date"/>', "type", REQUESTS),
        ('nillable="true"', 'minOccurs="0" nillable="true"', "occurrence", RESPONSES),
        ('<xs:element name="syncTime"', '<xs:element name="Zone" type="xs:string" minOccurs="0"/><xs:element name="syncTime"', "name", ADDITIVE),
        ('name="GoodsOwnerId" type="xs:int"', 'name="GoodsOwnerId" type="xs:int" minOccurs="0"', "occurrence", TOLERATED),
    ]),
}  # fmt: skip


class TestTheWsdlOfAnotherToolkit:
    @pytest.mark.parametrize("name", TOOLKITS)
    def test_is_the_contract_as_it_stands(self, name, capsys):
        service, file, _ = TOOLKITS[name]
        assert main(["drift", service, "--wsdl", str(HERE / file)]) == 0
        assert "0 new differences" in capsys.readouterr().out

    @pytest.mark.parametrize(("name", "number"), [(name, number) for name in TOOLKITS for number in range(4)])
    def test_with_a_change_of_each_class_is_told(self, name, number, tmp_path, capsys):
        service, file, changes = TOOLKITS[name]
        old, new, what, class_ = changes[number]
        path = written(tmp_path, replaced((HERE / file).read_text(encoding="utf-8"), old, new))
        assert main(["drift", service, "--wsdl", str(path), "--format", "json"]) == 1
        told = [each for each in json.loads(capsys.readouterr().out)["differences"] if not each["known"]]
        assert {(each["what"], each["class"]) for each in told} == {(what, class_)}

    @pytest.mark.parametrize("service", ["ongoing", "luminate"])
    def test_as_spyne_writes_it_today_differs_in_the_soapaction_alone(self, service, tmp_path):
        found = drift_of(written(tmp_path, spyne(service)), CATALOG.service(service)).new
        class_ = REQUESTS if service == "ongoing" else ADDITIVE
        assert {(each.what, each.class_) for each in found} == {("soapaction", class_)}
        assert drift_of(written(tmp_path, spyne(service, "--documented")), CATALOG.service(service)).new == ()

    @pytest.mark.parametrize(
        "file", ["gsoap-ongoing.wsdl", "spyne-ongoing.wsdl", "spyne-luminate.wsdl", "jaxws/LuminateOnline.wsdl"]
    )
    def test_is_one_that_real_clients_load(self, file):
        assert zeep.Client(str(HERE / file)).wsdl.bindings
        assert suds.client.Client((HERE / file).as_uri(), cache=None).wsdl.services

    def test_in_asmxs_form_is_one_that_real_clients_load(self, tmp_path):
        path = written(tmp_path, asmx())
        assert len(zeep.Client(str(path)).wsdl.bindings) == 2
        assert suds.client.Client(path.as_uri(), cache=None).wsdl.services

    @pytest.mark.parametrize("service", [ONGOING, LUMINATE], ids=lambda service: service.name)
    @pytest.mark.parametrize("strict", [False, True])
    def test_of_the_stub_is_the_contract(self, service, strict, tmp_path):
        text = wsdl.wsdl_of(service, "http://127.0.0.1/", strict=strict).decode()
        assert drift_of(written(tmp_path, text), service).new == ()


JAXWS = [
    ("schemas/values.xsd", "xs:nonNegativeInteger", "xs:positiveInteger", "type", REQUESTS),
    ("schemas/values.xsd", '<xs:element name="Start" type="xs:dateTime" minOccurs="0"/>', "", "name", REQUESTS),
    ("schemas/operations.xsd", '<xs:element name="Start" type="xs:dateTime"/>', '<xs:element name="Start" type="xs:string"/>', "type", RESPONSES),
    ("schemas/operations.xsd", '<xs:element ref="tns:SessionId"/>', '<xs:element ref="tns:SessionId"/><xs:element name="Site" type="xs:string"/>', "name", REQUESTS),
    ("schemas/operations.xsd", 'ref="tns:Window" minOccurs="0"', 'ref="tns:Window" maxOccurs="2"', "occurrence", TOLERATED),
    ("schemas/operations.xsd", '<xs:extension base="tns:PartitionRequest">', '<xs:restriction base="tns:PartitionRequest">', "name", REQUESTS),
    ("schemas/operations.xsd", 'elementFormDefault="qualified"', "", "form", REQUESTS),
    ("LuminateOnlineSoap.wsdl", '<part name="fault" element="tns:LoginFault"/>', '<part name="fault" element="tns:AccountFault"/>', "fault", ADDITIVE),
    ("LuminateOnline.wsdl", '<soap:header message="ns1:EndSynchronization" part="Session" use="literal"/>', "", "header", TOLERATED),
    ("LuminateOnline.wsdl", '<input><soap:body use="literal" parts="parameters"/><soap:header message="ns1:E', '<input><soap:body use="literal"/><soap:header message="ns1:E', "style", REQUESTS),
]  # fmt: skip


class TestAWsdlOfSeveralFiles:
    def test_is_read_as_a_whole(self, capsys):
        assert main(["drift", "luminate", "--wsdl", str(HERE / "jaxws" / "LuminateOnline.wsdl")]) == 0
        assert "0 new differences, 2 known" in capsys.readouterr().out

    @pytest.mark.parametrize(("file", "old", "new", "what", "class_"), JAXWS)
    def test_is_compared_through_imports_includes_groups_and_bases(self, file, old, new, what, class_, tmp_path):
        shutil.copytree(HERE / "jaxws", tmp_path / "jaxws")
        text = replaced((tmp_path / "jaxws" / file).read_text(encoding="utf-8"), old, new)
        if "restriction" in new:
            text = replaced(text, "</xs:extension>", "</xs:restriction>")
        written(tmp_path / "jaxws", text, file)
        found = drift_of(tmp_path / "jaxws" / "LuminateOnline.wsdl", LUMINATE).new
        assert (what, class_) in {(each.what, each.class_) for each in found}
        assert {each.what for each in found} == {what}


class TestTheCommand:
    def test_quiet_leaves_out_what_is_known(self, tmp_path, capsys):
        path = str(written(tmp_path, asmx()))
        assert main(["drift", "ongoing", "--wsdl", path, "--quiet"]) == 0
        assert capsys.readouterr().out.splitlines() == [
            f"ongoing: SetTimeOfLastSync, GetTimeOfLastSync in {path}", "0 new differences, 11 known",
        ]  # fmt: skip

    def test_json_has_every_difference_and_the_counts(self, tmp_path):
        path, output = (
            str(written(tmp_path, in_set(asmx(), NUMBERED, NUMBERED + NEW.format(0)))),
            tmp_path / "report.json",
        )
        assert main(["drift", "ongoing", "--wsdl", path, "--format", "json", "--output", str(output)]) == 1
        told = json.loads(output.read_text(encoding="utf-8"))
        assert (told["version"], told["service"], told["source"], told["fetched"]) == (1, "ongoing", path, None)
        assert told["summary"] == {
            "differences": 12, "new": 1, "known": 11,
            "breaking_for_requests": 0, "breaking_for_responses": 0, "additive": 2, "tolerated": 10,
        }  # fmt: skip
        assert [set(each) for each in told["differences"]] == [
            {"place", "path", "what", "ours", "theirs", "direction", "class", "known", "at"}
        ] * 12

    def test_colours_are_as_elsewhere(self, tmp_path, monkeypatch, capsys):
        path = str(written(tmp_path, in_set(asmx(), NUMBERED, NUMBERED + NEW.format(1))))
        monkeypatch.setenv("FORCE_COLOR", "1")
        assert main(["drift", "ongoing", "--wsdl", path]) == 1
        told = capsys.readouterr().out
        assert "\x1b[31;1mbreaking for requests (1)" in told
        assert "\x1b[2m  known facet" in told
        monkeypatch.setenv("NO_COLOR", "1")
        assert main(["drift", "ongoing", "--wsdl", path]) == 1
        assert "\x1b" not in capsys.readouterr().out

    @pytest.mark.parametrize("arguments", [
        [], ["--wsdl", "x", "--endpoint", "y"], ["--wsdl", "gone.wsdl"], ["--wsdl", "."], ["--cassette", "gone.yaml"],
    ])  # fmt: skip
    def test_what_cannot_be_is_exit_code_2(self, arguments, capsys):
        assert main(["drift", "ongoing", *arguments]) == 2
        assert "internal" not in capsys.readouterr().err

    def test_a_service_that_is_unknown_is_exit_code_2(self, capsys):
        assert main(["drift", "ongonig", "--wsdl", "x"]) == 2
        assert "did you mean ongoing?" in capsys.readouterr().err

    def test_the_report_replaces_nothing_that_is_read(self, tmp_path, capsys):
        path = written(tmp_path, asmx())
        assert main(["drift", "ongoing", "--wsdl", str(path), "--output", str(path)]) == 2
        assert path.read_text(encoding="utf-8") == asmx()
        assert main(["drift", "ongoing", "--wsdl", str(path), "--output", str(tmp_path / "no" / "x")]) == 2
        assert "cannot be written" in capsys.readouterr().err


def kind(base: str, *bounds: tuple[str, str], **facets: object) -> Type:
    return Type("x", base, bounds=bounds, **facets)


WIDER, NARROWER, EITHER, NEITHER = (True, False), (False, True), (True, True), (False, False)
#: Two types, and the differences: whether theirs has all of ours, and whether ours has all of theirs.
VALUES = {
    "the same": (kind("int"), kind("int"), []),
    "a pattern that says no more than the type": (kind("int", patterns=(IMPLIED_PATTERNS["int"],)), kind("int"), []),
    "the same bounds, otherwise said": (
        kind("integer", ("minInclusive", "1"), ("maxInclusive", "9")), kind("integer", ("minExclusive", "0"), ("maxExclusive", "10")), [],
    ),
    "the same bounds by another type": (kind("nonNegativeInteger"), kind("integer", ("minInclusive", "0")), [("type", *EITHER)]),
    "a bound above": (kind("int"), kind("int", ("maxInclusive", "9")), [("facet", *NARROWER)]),
    "a bound below": (kind("int"), kind("int", ("minInclusive", "-9")), [("facet", *NARROWER)]),
    "a bound less": (kind("int", ("minInclusive", "-9")), kind("int"), [("facet", *WIDER)]),
    "bounds that overlap": (
        kind("integer", ("minInclusive", "1"), ("maxInclusive", "9")), kind("integer", ("minInclusive", "5"), ("maxInclusive", "15")),
        [("facet", *NEITHER)],
    ),
    "a bound that is none": (kind("int"), kind("int", ("maxInclusive", "many")), []),
    "a bound beyond the type's own": (kind("int"), kind("int", ("maxInclusive", "9999999999")), []),
    "digits": (kind("int"), kind("int", ("totalDigits", "3")), [("facet", *NARROWER)]),
    "fewer digits": (kind("decimal", ("fractionDigits", "3")), kind("decimal", ("fractionDigits", "2")), [("facet", *NARROWER)]),
    "more digits": (kind("decimal", ("fractionDigits", "2")), kind("decimal", ("fractionDigits", "3")), [("facet", *WIDER)]),
    "a least decimal": (kind("decimal", ("minInclusive", "1.5")), kind("decimal", ("minInclusive", "1.25")), [("facet", *WIDER)]),
    "the same decimal, otherwise said": (kind("decimal", ("minInclusive", "1.5")), kind("decimal", ("minInclusive", "1.50")), []),
    "bounds of time": (kind("dateTime", ("minInclusive", "2000-01-01T00:00:00Z")), kind("dateTime", ("minInclusive", "2001-01-01T00:00:00Z")), [("facet", *NEITHER)]),
    "a bound of time less": (kind("dateTime", ("minInclusive", "2000")), kind("dateTime"), [("facet", *WIDER)]),
    "a huge exponent": (kind("decimal", ("minInclusive", "1E999999")), kind("decimal", ("minInclusive", "1")), [("facet", *NEITHER)]),
    "a greater length": (kind("string", max_length=50), kind("string", max_length=60), [("facet", *WIDER)]),
    "a smaller length": (kind("string", max_length=50), kind("string", max_length=40), [("facet", *NARROWER)]),
    "a greater least length": (kind("string", min_length=1), kind("string", min_length=2), [("facet", *NARROWER)]),
    "a smaller least length": (kind("string", min_length=2), kind("string", min_length=1), [("facet", *WIDER)]),
    "a least length of nothing": (kind("string", min_length=0), kind("string"), []),
    "a pattern more": (kind("string", patterns=("a",)), kind("string", patterns=("a", "b")), [("facet", *NARROWER)]),
    "a pattern less": (kind("string", patterns=("a", "b")), kind("string", patterns=("a",)), [("facet", *WIDER)]),
    "another pattern": (kind("string", patterns=("a",)), kind("string", patterns=("b",)), [("facet", *NEITHER)]),
    "a word more": (kind("string", enumeration=("a",)), kind("string", enumeration=("a", "b")), [("facet", *WIDER)]),
    "a word less": (kind("string", enumeration=("a", "b")), kind("string", enumeration=("a",)), [("facet", *NARROWER)]),
    "another word": (kind("string", enumeration=("a",)), kind("string", enumeration=("b",)), [("facet", *NEITHER)]),
    "any word": (kind("string", enumeration=("a",)), kind("string"), [("facet", *WIDER)]),
    "words": (kind("string"), kind("string", enumeration=("a",)), [("facet", *NARROWER)]),
    "a text of a few characters for a number": (kind("int"), kind("string", max_length=2), [("type", *WIDER), ("facet", *NARROWER)]),
    "a number for a text": (kind("string", max_length=50), kind("int"), [("type", *NARROWER), ("facet", *WIDER)]),
    "types that have nothing to do with each other": (kind("int", max_length=3), kind("date"), [("type", *NEITHER)]),
    "a list": (kind("int"), kind("list of int"), [("type", *NEITHER)]),
    "a type that nobody knows": (kind("string"), kind("colour"), [("type", *NARROWER)]),
    "anything": (kind("dateTime"), kind("anyType"), [("type", *WIDER)]),
}  # fmt: skip


class TestTwoTypes:
    @pytest.mark.parametrize("name", VALUES)
    def test_are_compared_by_their_values(self, name):
        ours, theirs, expected = VALUES[name]
        assert [(each.what, each.wider, each.narrower) for each in mismatches(ours, theirs)] == expected


class TestBuiltInTypes:
    def test_each_is_within_itself_and_any_type(self):
        assert all(
            is_within(name, name) and is_within(name, "anyType") for name in (*RANGES, "string", "dateTime", "ID")
        )

    def test_an_integer_type_is_within_those_whose_range_has_its_own(self):
        for one, (low, high) in RANGES.items():
            for other, (least, most) in RANGES.items():
                spans = (least is None or (low is not None and least <= low)) and (
                    most is None or (high is not None and high <= most)
                )
                if is_within(one, other):
                    assert spans, (one, other)
