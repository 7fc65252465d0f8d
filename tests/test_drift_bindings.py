"""The bindings of a WSDL: several of SOAP 1.1, foreign ones, and what is bound beside the payloads."""

from __future__ import annotations

import re

import pytest
from published import LUMINATE, REQUESTS, RESPONSES, SPYNE, drift_of, replaced, written

from contracts.cli import main

BINDING = re.search(r"<wsdl:binding .*?</wsdl:binding>", SPYNE, re.DOTALL)[0]
PORT = '<wsdl:port name="Service" binding="tns:Service">'
SECOND_PORT = '<wsdl:port name="Other" binding="tns:{}"><wsdlsoap11:address location="https://h.example/"/></wsdl:port>'


def new_in(tmp_path, text: str):
    return drift_of(written(tmp_path, text), LUMINATE).new


def with_second(name: str, *, first: bool, old: str = 'soapAction=""', new: str = 'soapAction="urn:other"') -> str:
    """SPYNE with a second SOAP 1.1 binding, whose port stands before or after that of the other one."""
    second = replaced(BINDING, 'name="Service" type', f'name="{name}" type').replace(old, new)
    text = SPYNE.replace(BINDING, BINDING + second)
    port = SECOND_PORT.format(name)
    return text.replace(PORT, port + PORT) if first else text.replace("</wsdl:service>", f"{port}</wsdl:service>")


class TestASecondBinding:
    @pytest.mark.parametrize("first", [True, False])
    @pytest.mark.parametrize("name", ["Another", "Second"])
    def test_is_compared_and_named_wherever_its_port_stands(self, name, first, tmp_path):
        found = new_in(tmp_path, with_second(name, first=first))
        assert [(each.what, each.theirs) for each in found] == [("soapaction", f'"urn:other" (binding {name})')] * 3

    @pytest.mark.parametrize("first", [True, False])
    def test_with_another_use_is_told(self, first, tmp_path):
        text = with_second("Second", first=first, old='body use="literal"', new='body use="encoded"')
        found = new_in(tmp_path, text)
        assert {(each.what, each.class_) for each in found} == {("style", REQUESTS)}
        assert all(each.theirs.endswith(" (binding Second)") for each in found)

    def test_that_is_the_same_is_no_difference(self, tmp_path):
        assert new_in(tmp_path, with_second("Second", first=True, new='soapAction=""')) == ()

    def test_that_differs_as_the_first_does_is_told_once(self, tmp_path):
        text = with_second("Second", first=True, new='soapAction=""').replace('type="xs:dateTime"', 'type="xs:date"')
        found = new_in(tmp_path, text)
        assert len(found) == len({each[:7] for each in found}) > 1
        assert all("binding" not in each.theirs for each in found)


class TestABindingOfAnotherKind:
    def test_before_that_of_soap_is_passed_over(self, tmp_path):
        old = "<wsdlsoap11:binding style"
        assert new_in(tmp_path, replaced(SPYNE, old, f'<x:binding xmlns:x="urn:x"/>{old}')) == ()

    def test_in_an_import_that_is_not_followed_is_told(self, tmp_path, capsys):
        bare = re.sub(r"<wsdl:service.*</wsdl:service>", "", SPYNE.replace(BINDING, ""), flags=re.DOTALL)
        far = '<wsdl:import namespace="urn:x" location="https://other.example/b.wsdl"/><wsdl:types>'
        path = written(tmp_path, replaced(bare, "<wsdl:types>", far))
        assert main(["drift", "luminate", "--wsdl", str(path)]) == 3
        said = capsys.readouterr().err
        assert "it has no SOAP binding" in said
        assert "not followed: " in said
        assert "https://other.example/b.wsdl: it is an address" in said


FAULT_PART = '<wsdl:part name="SynchronizationFault" element="tns:SynchronizationFault"/>'
SESSION_PART = '<wsdl:part name="Session" element="tns:Session"/>'
OTHER = '<xs:schema targetNamespace="urn:o"><xs:element name="SynchronizationFault"/></xs:schema>'
#: A change to what is bound beside the payloads, and what it must be told as.
BESIDE = {
    "an encoded header": ('header use="literal"', 'header use="encoded"', "header", REQUESTS, "Session, encoded"),
    "a header by type": (SESSION_PART, SESSION_PART.replace("element", "type"), "header", REQUESTS, "Session, no element"),
    "a header without a part": (' part="Session"', "", "header", REQUESTS, "a header without a part, no element"),
    "a fault in another namespace": (
        FAULT_PART, FAULT_PART.replace("tns:", "o:").replace("/>", ' xmlns:o="urn:o"/>'), "namespace", RESPONSES,
        "urn:o of SynchronizationFault",
    ),
    "a fault by type": (
        FAULT_PART, FAULT_PART.replace("element", "type"), "fault", RESPONSES, "SynchronizationFault, no element"
    ),
    "addressing that is required": (
        "<wsdlsoap11:binding style",
        '<w:UsingAddressing xmlns:w="http://www.w3.org/2006/05/addressing/wsdl" wsdl:required="true"/><wsdlsoap11:binding style',
        "binding", REQUESTS, "UsingAddressing, required",
    ),
}  # fmt: skip


class TestWhatIsBoundBesideThePayloads:
    @pytest.mark.parametrize("name", BESIDE)
    def test_is_told(self, name, tmp_path):
        old, new, what, class_, theirs = BESIDE[name]
        assert old in SPYNE
        found = new_in(tmp_path, SPYNE.replace("</wsdl:types>", f"{OTHER}</wsdl:types>").replace(old, new))
        assert {(each.what, each.class_, each.theirs) for each in found} == {(what, class_, theirs)}
        assert all(each.at for each in found)

    def test_harms_nobody_where_it_is_not_required(self, tmp_path):
        old, new, *_ = BESIDE["addressing that is required"]
        assert new_in(tmp_path, replaced(SPYNE, old, new.replace('"true"', '"false"'))) == ()
