"""WSDLs for the tests of `drift`, and how they are changed and compared."""

from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace

from contracts.catalog import load
from contracts.drifting import CLASSES, Folder, drift_of_wsdl

HERE = Path(__file__).parent / "drift"
ASMX = SimpleNamespace(**runpy.run_path(str(HERE / "asmx.py")))
CATALOG = load()
ONGOING, LUMINATE = CATALOG.service("ongoing"), CATALOG.service("luminate")
REQUESTS, RESPONSES, ADDITIVE, TOLERATED = CLASSES

NUMBERED = '<s:element minOccurs="1" maxOccurs="1" name="GoodsOwnerId" type="s:int" />'
NEW = '<s:element minOccurs="{}" maxOccurs="1" name="Region" type="s:string" />'


def in_set(text: str, old: str, new: str) -> str:
    """``text`` with ``old`` replaced once, in the request of SetTimeOfLastSync or behind it."""
    start = text.index('<s:element name="SetTimeOfLastSync">')
    assert old in text[start:], old
    return text[:start] + text[start:].replace(old, new, 1)


def replaced(text: str, old: str, new: str) -> str:
    assert old in text, old
    return text.replace(old, new, 1)


#: Further schemas: one for an element of another namespace, one for what no element uses.
OTHER_SCHEMA = (
    '<s:schema targetNamespace="urn:other"><s:element name="GoodsOwnerId" type="s:int" /></s:schema>'
    '<s:schema targetNamespace="http://ongoingsystems.se/WSI"><s:attributeGroup name="Attributes">'
    '<s:attribute name="site" use="required" /></s:attributeGroup></s:schema>\n  </wsdl:types>'
)


def written(folder: Path, text: str, name: str = "service.wsdl") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def drift_of(path: Path, service=ONGOING):
    return drift_of_wsdl(service, Folder(str(path)))


def asmx(**options) -> str:
    return replaced(ASMX.wsdl(**options), "</wsdl:types>", OTHER_SCHEMA)


EMPTY = (
    '<s:schema xmlns:s="http://www.w3.org/2001/XMLSchema" targetNamespace="http://ongoingsystems.se/WSI">{}</s:schema>'
)
WSDL = (
    '<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:tns="http://ongoingsystems.se/WSI" '
    'xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:s="http://www.w3.org/2001/XMLSchema" '
    'targetNamespace="http://ongoingsystems.se/WSI"><types><s:schema targetNamespace="http://ongoingsystems.se/WSI">'
    "{}</s:schema></types>"
    '<message name="In"><part name="p" element="tns:SetTimeOfLastSync"/></message><portType name="P"><operation '
    'name="SetTimeOfLastSync"><input message="tns:In"/></operation></portType><binding name="B" type="tns:P">'
    '<soap:binding transport="http://schemas.xmlsoap.org/soap/http"/><operation name="SetTimeOfLastSync">'
    "<soap:operation/><input><soap:body use='literal'/></input></operation></binding></definitions>"
)
PAYLOAD = '<s:element name="SetTimeOfLastSync"><s:complexType>{}</s:complexType></s:element>'

#: The WSDL of spyne, and parts of it.
SPYNE = (HERE / "spyne-luminate.wsdl").read_text(encoding="utf-8")
PARTITION = '<xs:element name="PartitionId" type="xs:nonNegativeInteger"/>'
END = f'<xs:complexType name="EndSynchronization">\n        <xs:sequence>\n          {PARTITION}'


def with_global(text: str, declared: str) -> str:
    """``text``, a WSDL of spyne, with a further global component."""
    return replaced(text, '<xs:complexType name="LoginResult">', f'{declared}<xs:complexType name="LoginResult">')


def with_end(inner: str) -> str:
    """SPYNE with ``inner`` in the place of the element of EndSynchronization's request."""
    return replaced(SPYNE, END, END.replace(PARTITION, inner))
