"""A parsed message seen as SOAP: what is the Envelope, its Header, its Body and the payload."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from .names import BLANKS, BODY, ENVELOPE, FAULT, HEADER, MUST_UNDERSTAND, SOAP11, local_name, qname, split

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .xml import Element


class Envelope(NamedTuple):
    """The parts of an envelope, each where it was found, in order or not.

    ``namespace`` is the Envelope's, whichever SOAP version it claims; ``late`` holds what stands after the first Body.
    ``regular`` means an optional Header, one Body and in it one payload, nothing else: the shape of every good message.
    """

    root: Element
    namespace: str | None
    headers: tuple[Element, ...]
    bodies: tuple[Element, ...]
    others: tuple[Element, ...]
    blocks: tuple[Element, ...]
    payloads: tuple[Element, ...]
    regular: bool
    late: frozenset[Element] = frozenset()

    @property
    def is_fault(self) -> bool:
        """Whether the payload is a SOAP Fault, in the envelope's own namespace."""
        if self.namespace == SOAP11:
            return bool(self.payloads) and self.payloads[0].tag == FAULT
        return bool(self.payloads) and self.payloads[0].tag == qname(self.namespace, "Fault")


def elements_of(parent: Element) -> Iterator[Element]:
    """The child elements of ``parent``, without comments and processing instructions."""
    return parent.iterchildren(etree.Element)


def is_mandatory(block: Element) -> bool:
    """Whether a header block says mustUnderstand="1" (SOAP 1.1 section 4.2.3)."""
    return (block.get(MUST_UNDERSTAND) or "").strip(BLANKS) == "1"


def open_envelope(root: Element) -> Envelope | None:
    """The envelope whose root is ``root``; None when it is not called Envelope."""
    return _open_usual(root) if root.tag == ENVELOPE else _open_any(root)


def _open_usual(root: Element) -> Envelope | None:
    """The shape of nearly every message, at a third of the cost."""
    count = len(root)
    if 1 <= count <= 2 and root[-1].tag == BODY:
        body = root[-1]
        headers = (root[0],) if count == 2 else ()
        if len(body) == 1 and isinstance(body[0].tag, str) and all(header.tag == HEADER for header in headers):
            blocks = tuple(elements_of(headers[0])) if headers else ()
            return Envelope(root, SOAP11, headers, (body,), (), blocks, (body[0],), regular=True)
    return _open_any(root)


def _open_any(root: Element) -> Envelope | None:
    if not isinstance(root.tag, str) or local_name(root.tag) != "Envelope":
        return None
    namespace = split(root.tag)[0]
    groups: dict[str, list[Element]] = {"Header": [], "Body": [], "": []}
    late: set[Element] = set()
    for child in elements_of(root):
        if groups["Body"]:
            late.add(child)
        space, name = split(str(child.tag))
        groups[name if space == namespace and name in groups else ""].append(child)
    headers, bodies, others = map(tuple, groups.values())
    blocks = tuple(block for header in headers for block in elements_of(header))
    payloads = tuple(elements_of(bodies[0])) if bodies else ()
    usual = namespace == SOAP11 and len(bodies) == len(payloads) == 1 and len(headers) <= 1 and not others
    return Envelope(
        root, namespace, headers, bodies, others, blocks, payloads, regular=usual and not late, late=frozenset(late)
    )
