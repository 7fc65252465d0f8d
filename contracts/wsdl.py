"""A WSDL 1.1 document (W3C Note of 15 March 2001) from the model: one inline file, document/literal, plain XSD types.

The types are XSD's own and never the contract's restricted ones: generated from a restricted dateTime, real clients
send a dateTime in a form of their own, so the served WSDL would cause what it is there to find.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lxml import etree

from .names import SOAP_OVER_HTTP, WSDL, WSDL_SOAP11, WSDL_SOAP12, XSD

if TYPE_CHECKING:
    from .model import Field, Operation, Service, Type
    from .xml import Element

_W: Final = f"{{{WSDL}}}"
_X: Final = f"{{{XSD}}}"


def wsdl_of(service: Service, endpoint: str, *, strict: bool = False) -> bytes:
    """The WSDL of ``service`` with ``endpoint`` as the address of each port.

    As published, it says what the provider's own WSDL says, which production clients are generated from: the elements
    that it calls optional are, and no length is stated. ``strict`` states the occurrences and the lengths of strings
    that the provider's pages document.
    """
    return _Document(service, endpoint, strict=strict).to_bytes()


class _Document:
    def __init__(self, service: Service, endpoint: str, *, strict: bool) -> None:
        self._service = service
        self._endpoint = endpoint
        self._strict = strict
        operations = () if strict else service.published.operations
        self._optional = {name: published.optional for name, published in operations}
        prefixes = {"wsdl": WSDL, "soap": WSDL_SOAP11, "soap12": WSDL_SOAP12, "xs": XSD, "tns": service.namespace}
        self._root = etree.Element(f"{_W}definitions", nsmap=prefixes)
        self._root.set("name", service.published.service)
        self._root.set("targetNamespace", service.namespace)

    def to_bytes(self) -> bytes:
        self._add_types()
        self._add_messages()
        self._add_port_type()
        ports = [(self._service.published.port, WSDL_SOAP11)]
        if self._service.published.soap12_port is not None:
            ports.append((self._service.published.soap12_port, WSDL_SOAP12))
        for name, soap in ports:
            self._add_binding(name, soap)
        self._add_service(ports)
        etree.indent(self._root)
        return b'<?xml version="1.0" encoding="utf-8"?>\n' + etree.tostring(self._root, encoding="utf-8") + b"\n"

    def _add_types(self) -> None:
        schema = etree.SubElement(etree.SubElement(self._root, f"{_W}types"), f"{_X}schema")
        schema.set("elementFormDefault", "qualified")
        schema.set("targetNamespace", self._service.namespace)
        for block in self._service.headers:
            self._add_element(schema, block)
        for operation in self._service.operations:
            self._add_element(schema, operation.request, frozenset(self._optional.get(operation.name, ())))
            self._add_element(schema, operation.response)

    def _add_element(self, parent: Element, field: Field, optional: frozenset[str] = frozenset()) -> Element:
        node = etree.SubElement(parent, f"{_X}element", name=field.name)
        if field.nillable:
            node.set("nillable", "true")
        if field.type is None:
            self._add_complex_type(node, field, optional)
        elif self._strict and _has_length(field.type):
            _add_string(node, field.type)
        else:
            node.set("type", f"xs:{field.type.base}")
        return node

    def _add_complex_type(self, parent: Element, field: Field, optional: frozenset[str]) -> None:
        kind = etree.SubElement(parent, f"{_X}complexType")
        if not field.fields:
            return
        sequence = etree.SubElement(kind, f"{_X}sequence")
        for child in field.fields:
            node = self._add_element(sequence, child)
            _add_occurrence(node, 0 if child.name in optional else child.min_occurs, child.max_occurs)
            if child.namespace is None:
                node.set("form", "unqualified")

    def _add_messages(self) -> None:
        for operation in self._service.operations:
            self._add_message(_message(operation, "In"), "parameters", operation.request.name)
            self._add_message(_message(operation, "Out"), "parameters", operation.response.name)
        for block in self._service.headers:
            self._add_message(f"{block.name}Header", block.name, block.name)

    def _add_message(self, name: str, part: str, element: str) -> None:
        message = etree.SubElement(self._root, f"{_W}message", name=name)
        etree.SubElement(message, f"{_W}part", name=part, element=f"tns:{element}")

    def _add_port_type(self) -> None:
        port_type = etree.SubElement(self._root, f"{_W}portType", name=self._service.published.port)
        for operation in self._service.operations:
            node = etree.SubElement(port_type, f"{_W}operation", name=operation.name)
            etree.SubElement(node, f"{_W}input", message=f"tns:{_message(operation, 'In')}")
            etree.SubElement(node, f"{_W}output", message=f"tns:{_message(operation, 'Out')}")

    def _add_binding(self, name: str, soap: str) -> None:
        binding = etree.SubElement(self._root, f"{_W}binding", name=name, type=f"tns:{self._service.published.port}")
        etree.SubElement(binding, f"{{{soap}}}binding", transport=SOAP_OVER_HTTP)
        for operation in self._service.operations:
            node = etree.SubElement(binding, f"{_W}operation", name=operation.name)
            action = operation.soap_action or ""
            etree.SubElement(node, f"{{{soap}}}operation", soapAction=action, style="document")
            self._add_bound_input(etree.SubElement(node, f"{_W}input"), soap, operation)
            etree.SubElement(etree.SubElement(node, f"{_W}output"), f"{{{soap}}}body", use="literal")

    def _add_bound_input(self, node: Element, soap: str, operation: Operation) -> None:
        etree.SubElement(node, f"{{{soap}}}body", use="literal")
        if operation.header is not None:
            message = f"tns:{operation.header}Header"
            etree.SubElement(node, f"{{{soap}}}header", message=message, part=operation.header, use="literal")

    def _add_service(self, ports: list[tuple[str, str]]) -> None:
        service = etree.SubElement(self._root, f"{_W}service", name=self._service.published.service)
        for name, soap in ports:
            port = etree.SubElement(service, f"{_W}port", name=name, binding=f"tns:{name}")
            etree.SubElement(port, f"{{{soap}}}address", location=self._endpoint)


def _message(operation: Operation, suffix: str) -> str:
    return f"{operation.name}Soap{suffix}"


def _has_length(kind: Type) -> bool:
    return kind.base == "string" and (kind.min_length is not None or kind.max_length is not None)


def _add_string(parent: Element, kind: Type) -> None:
    restriction = etree.SubElement(etree.SubElement(parent, f"{_X}simpleType"), f"{_X}restriction", base="xs:string")
    for facet, value in (("minLength", kind.min_length), ("maxLength", kind.max_length)):
        if value is not None:
            etree.SubElement(restriction, f"{_X}{facet}", value=str(value))


def _add_occurrence(node: Element, lowest: int, highest: int | None) -> None:
    if lowest != 1:
        node.set("minOccurs", str(lowest))
    if highest != 1:
        node.set("maxOccurs", "unbounded" if highest is None else str(highest))
