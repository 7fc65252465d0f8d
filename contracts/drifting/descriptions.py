"""The operations of a WSDL 1.1 as its bindings have them (W3C Note of 15 March 2001)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from contracts.names import WSDL, WSDL_SOAP11, WSDL_SOAP12, qname, split

from .documents import clipped
from .schemata import global_element

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.xml import Element

    from .documents import Component, Document, Documents
    from .schemata import Particle

_W: Final = f"{{{WSDL}}}"
_HTTP: Final = "http://schemas.xmlsoap.org/wsdl/http/"
SOAP11_BINDING: Final = "SOAP 1.1"
SOAP12_BINDING: Final = "SOAP 1.2"
_KINDS: Final = {WSDL_SOAP11: SOAP11_BINDING, WSDL_SOAP12: SOAP12_BINDING}

_BINDINGS: Final = tuple(qname(namespace, "binding") for namespace in _KINDS)

#: The namespaces whose elements are read, or harm nobody.
_KNOWN: Final = (WSDL, _HTTP, *_KINDS)


class BoundFault(NamedTuple):
    """A fault by the element in its detail or, where there is none (``is_element`` not set), by its own name."""

    name: str
    namespace: str | None
    is_element: bool


class Oddity(NamedTuple):
    """What is bound to a request as no contract has it; ``what`` and the texts are as in a Difference."""

    what: Literal["binding", "header"]
    ours: str
    theirs: str
    at: str


class Bound(NamedTuple):
    """One operation of one binding.

    ``style`` is ``document/literal``, or what it is instead. ``request`` and ``response`` are the payloads, None where
    there is none or the style has none; ``headers`` those of the request; ``faults`` those that are declared.
    """

    name: str
    action: str
    style: str
    request: Particle | None
    response: Particle | None
    headers: tuple[Particle, ...]
    response_headers: tuple[Particle, ...]
    faults: tuple[BoundFault, ...]
    oddities: tuple[Oddity, ...]
    at: str


class Binding(NamedTuple):
    """A binding: ``kind`` is ``SOAP 1.1``, ``SOAP 1.2``, ``HTTP GET``, ``HTTP POST`` or ``other``."""

    kind: str
    name: str
    transport: str
    operations: tuple[str, ...]
    component: Component

    @property
    def at(self) -> str:
        """The place of its declaration."""
        return self.component.document.at(self.component.node)


def bindings_of(documents: Documents) -> list[Binding]:
    """The bindings of all services' ports, each once; all there are where no port is declared. Raises WsdlError.

    They are sorted by name: the order of ports says nothing.
    """
    found: dict[Element, Component] = {}
    for service, document in documents.services:
        for port in service.iterchildren(f"{_W}port"):
            named = documents.get("binding", document.resolved(port, port.get("binding", "")), port, document)
            found[named.node] = named
    if not found:
        found = {component.node: component for component in documents.all("binding")}
    return [_binding(component) for component in sorted(found.values(), key=_name_of)]


def bound(documents: Documents, binding: Binding, name: str, payload: str) -> Bound | None:
    """The operation called ``name`` or, without that, the one whose request is the element ``payload``.

    Of several with one name, it is the one with that request. Raises WsdlError.
    """
    node, document = binding.component
    nodes = list(node.iterchildren(f"{_W}operation"))
    port_type = documents.get("portType", document.resolved(node, node.get("type", "")), node, document)
    named = [_Bound(documents, document, each, port_type) for each in nodes if each.get("name") == name]
    for found in named:
        if len(named) == 1 or found.asks_with(payload):
            return found.read()
    for each in [] if named else nodes:
        other = _Bound(documents, document, each, port_type)
        if other.asks_with(payload):
            return other.read()
    return named[0].read() if named else None


def _name_of(component: Component) -> tuple[str, str]:
    return component.document.namespace or "", component.node.get("name", "")


def _binding(component: Component) -> Binding:
    node = component.node
    names = tuple(operation.get("name", "") for operation in node.iterchildren(f"{_W}operation"))
    for child in node.iterchildren(qname(_HTTP, "binding"), *_BINDINGS):
        namespace = split(str(child.tag))[0] or ""
        kind = f"HTTP {clipped(child.get('verb', ''))}" if namespace == _HTTP else _KINDS[namespace]
        return Binding(kind, node.get("name", ""), child.get("transport", ""), names, component)
    return Binding("other", node.get("name", ""), "", names, component)


class _Bound:
    """An operation of a binding, with its counterpart in the port type."""

    def __init__(self, documents: Documents, document: Document, node: Element, port_type: Component) -> None:
        self._documents = documents
        self._document = document
        self._node = node
        self._port_type = port_type
        self._abstract = self._counterpart()

    def asks_with(self, payload: str) -> bool:
        """Whether its request is the element of this local name."""
        request = self._payload("input")[0]
        return request is not None and request.name == payload

    def read(self) -> Bound:
        (request, asked), (response, answered) = self._payload("input"), self._payload("output")
        style = asked if asked != "document/literal" else answered
        return Bound(
            name=self._node.get("name", ""),
            action=next((found.get("soapAction", "") for found in self._extensions(self._node, "operation")), ""),
            style=style,
            request=request,
            response=response,
            headers=tuple(self._headers("input")),
            response_headers=tuple(self._headers("output")),
            faults=tuple(self._faults()),
            oddities=(*self._required(), *self._odd_headers()),
            at=self._document.at(self._node),
        )

    def _counterpart(self) -> Element:
        """The abstract operation; of several with one name, the one whose input has the same name, or the first."""
        node, document = self._port_type
        name, wanted = self._node.get("name"), self._name_of(self._node)
        found = [each for each in node.iterchildren(f"{_W}operation") if each.get("name") == name]
        if not found:
            raise document.wrong(node, f"the portType has no operation {clipped(name or '')!r}, which is bound")
        return next((each for each in found if self._name_of(each) == wanted), found[0])

    @staticmethod
    def _name_of(operation: Element) -> str | None:
        return next((each.get("name") for each in operation.iterchildren(f"{_W}input")), None)

    def _extensions(self, node: Element, name: str) -> Iterator[Element]:
        """The elements of SOAP's binding below ``node``; those of attachments nest them (WSDL 1.1 section 5)."""
        return (found for soap in _KINDS for found in node.iter(f"{{{soap}}}{name}"))

    def _message(self, way: str) -> Component | None:
        node = next(self._abstract.iterchildren(f"{_W}{way}"), None)
        if node is None:
            return None
        document = self._port_type.document
        return self._documents.get("message", document.resolved(node, node.get("message", "")), node, document)

    def _payload(self, way: str) -> tuple[Particle | None, str]:
        """The payload, and the style in which it is bound."""
        message = self._message(way)
        if message is None:
            return None, "document/literal"
        side = next(self._node.iterchildren(f"{_W}{way}"), None)
        body = None if side is None else next(self._extensions(side, "body"), None)
        style = clipped(f"{self._style()}/{'literal' if body is None else body.get('use', 'literal')}")
        parts = list(message.node.iterchildren(f"{_W}part"))
        chosen = None if body is None else body.get("parts")
        if chosen is not None:
            parts = [part for part in parts if part.get("name") in chosen.split()]
        elements = [part for part in parts if part.get("element")]
        if len(parts) != 1 or not elements:
            return None, f"{style} of {len(parts)} parts, {len(elements)} of them elements"
        return self._element(message, elements[0]), style

    def _style(self) -> str:
        own = [found.get("style") for found in self._extensions(self._node, "operation")]
        parent = self._node.getparent()
        general = [] if parent is None else [found.get("style") for found in parent.iterchildren(*_BINDINGS)]
        return next(filter(None, (*own, *general)), "document")

    def _element(self, message: Component, part: Element) -> Particle:
        name = message.document.resolved(part, part.get("element", ""))
        return global_element(self._documents.get("element", name, part, message.document))

    def _headers(self, way: str) -> Iterator[Particle]:
        for side in self._node.iterchildren(f"{_W}{way}"):
            for header in self._extensions(side, "header"):
                message, parts = self._header_parts(header)
                yield from (self._element(message, part) for part in parts if part.get("element"))

    def _header_parts(self, header: Element) -> tuple[Component, list[Element]]:
        """The message of a header, and the part of it that is the header."""
        name = self._document.resolved(header, header.get("message", ""))
        message = self._documents.get("message", name, header, self._document)
        parts = message.node.iterchildren(f"{_W}part")
        return message, [part for part in parts if part.get("name") == header.get("part")]

    def _required(self) -> Iterator[Oddity]:
        """The extensions that a client has to know (WSDL 1.1 section 2.1.3), as WS-Addressing."""
        parent = self._node.getparent()
        for owner in (self._node,) if parent is None else (parent, self._node):
            for child in owner.iterchildren("*"):
                namespace, name = split(str(child.tag))
                if namespace not in _KNOWN and child.get(f"{_W}required") in ("true", "1"):
                    yield Oddity("binding", "not there", f"{clipped(name)}, required", self._document.at(child))

    def _odd_headers(self) -> Iterator[Oddity]:
        """The headers of the request that are no literal elements (WS-I BP 1.1 R2205, R2706)."""
        for side in self._node.iterchildren(f"{_W}input"):
            for header in self._extensions(side, "header"):
                name, use = clipped(header.get("part", "")), clipped(header.get("use", "literal"))
                at = self._document.at(header)
                if use != "literal":
                    yield Oddity("header", "literal", f"{name}, {use}", at)
                if not any(part.get("element") for part in self._header_parts(header)[1]):
                    yield Oddity("header", "an element", f"{name or 'a header without a part'}, no element", at)

    def _faults(self) -> Iterator[BoundFault]:
        document = self._port_type.document
        for fault in self._abstract.iterchildren(f"{_W}fault"):
            message = self._documents.find("message", document.resolved(fault, fault.get("message", "")))
            parts = [] if message is None else list(message.node.iterchildren(f"{_W}part"))
            named = [part for part in parts if part.get("element")]
            if message is None or not named:
                yield BoundFault(clipped(fault.get("name", "")), None, is_element=False)
            else:
                namespace, name = message.document.resolved(named[0], named[0].get("element", ""))
                yield BoundFault(clipped(name), namespace, is_element=True)
