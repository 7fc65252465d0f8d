"""Whole SOAP 1.1 messages made from the model: the smallest and the fullest valid one of each payload, and a fault.

They are the same on every run and in every place: no clock, no randomness. Credentials in them are placeholders.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, cast

from lxml import etree

from .errors import ContractError
from .messages import Message
from .names import BODY, ENVELOPE, FAULT, HEADER, SOAP11, TEXT_XML, split
from .schema import misfit_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .messages import Direction, Headers
    from .model import Field, Operation, Service, Type
    from .xml import Element

_DECLARATION: Final = b'<?xml version="1.0" encoding="utf-8"?>\n'
_PLACEHOLDER: Final = "placeholder"
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: One value of each built-in type of XSD 1.0 that a contract is likely to use; ``{day}`` makes later ones later.
_VALUES: Final = {
    "anyURI": "http://example.com/",
    "base64Binary": "ZXhhbXBsZQ==",
    "boolean": "false",
    "date": "2024-05-{day:02}",
    "dateTime": "2024-05-{day:02}T12:00:00Z",
    "duration": "P1D",
    "gDay": "---01",
    "gMonth": "--05",
    "gMonthDay": "--05-01",
    "gYear": "2024",
    "gYearMonth": "2024-05",
    "hexBinary": "00",
    "language": "en",
    "negativeInteger": "-1",
    "nonPositiveInteger": "-1",
    "time": "12:00:00Z",
}
_NUMBERS: Final = frozenset(
    {"decimal", "double", "float", "integer", "nonNegativeInteger", "positiveInteger"}
    | {"byte", "int", "long", "short", "unsignedByte", "unsignedInt", "unsignedLong", "unsignedShort"}
)
_TEXTS: Final = frozenset({"string", "normalizedString", "token"})
_LIMITS: Final = ("minInclusive", "minExclusive", "maxInclusive", "maxExclusive")


def smallest(
    service: Service, operation: Operation, direction: Direction, values: Mapping[str, str] | None = None
) -> bytes:
    """The envelope with the required elements only; ``values`` gives texts by the local name of the element.

    A request carries the header block that its operation requires. Raises ContractError for a type of which no value
    can be guessed (a pattern of the user's own) and which ``values`` does not give.
    """
    return _envelope(_Maker(service, values or {}, full=False), operation, direction)


def fullest(
    service: Service, operation: Operation, direction: Direction, values: Mapping[str, str] | None = None
) -> bytes:
    """The envelope with every declared element, the optional ones too; otherwise as `smallest`."""
    return _envelope(_Maker(service, values or {}, full=True), operation, direction)


def fault(code: str, text: str, *, of: tuple[str, str] = ("soap", SOAP11), detail: str | None = None) -> bytes:
    """A SOAP 1.1 fault envelope (section 4.4): ``code`` is a local name such as ``Client``.

    ``of`` is a prefix and its namespace, that of SOAP for the codes of section 4.4.1; ``detail`` is the element in the
    detail, as ``{namespace}local``. Characters of ``text`` that XML 1.0 cannot hold become U+FFFD.
    """
    root = etree.Element(ENVELOPE, nsmap={"soap": SOAP11})
    node = etree.SubElement(etree.SubElement(root, BODY), FAULT)
    prefix, namespace = of
    etree.SubElement(node, "faultcode", nsmap={prefix: namespace}).text = f"{prefix}:{code}"
    etree.SubElement(node, "faultstring").text = _NOT_XML.sub("\ufffd", text)
    inner = etree.SubElement(node, "detail")
    if detail is not None:
        etree.SubElement(inner, detail, nsmap=cast("dict[str, str]", {None: split(detail)[0]}))
    return _bytes(root)


def request_headers(operation: Operation) -> Headers:
    """The HTTP header fields that say what the body is: Content-Type and the quoted SOAPAction (SOAP 1.1 section 6)."""
    return (("Content-Type", TEXT_XML), ("SOAPAction", f'"{operation.soap_action or ""}"'))


def message(
    service: Service,
    operation: Operation,
    direction: Direction,
    *,
    full: bool = False,
    values: Mapping[str, str] | None = None,
) -> Message:
    """`smallest` or, with ``full``, `fullest` as a whole HTTP message; a response has the request that it answers."""
    body = (fullest if full else smallest)(service, operation, direction, values)
    if direction == "response":
        asked = message(service, operation, "request", full=full, values=values)
        return _answer(asked, body, 200)
    headers = (*request_headers(operation), ("Content-Length", str(len(body))))
    return Message(body, headers, "request", "POST", _filled(service.endpoint))


def fault_message(service: Service, operation: Operation, *, values: Mapping[str, str] | None = None) -> Message:
    """A fault that ``service`` answers a call of ``operation`` with, as a whole HTTP message with that request."""
    status = 500 if 500 in service.fault_statuses else service.fault_statuses[0]
    body = fault("Server", "the service is not available")
    asked = message(service, operation, "request", values=values)
    return _answer(asked, body, status)._replace(service=service.name)


def _answer(request: Message, body: bytes, status: int) -> Message:
    headers = (("Content-Type", TEXT_XML), ("Content-Length", str(len(body))))
    return Message(body, headers, "response", status=status, request=request)


def _filled(address: str) -> str:
    """An endpoint with the names of its placeholders for values."""
    return re.sub(r"\{(\w+)\}", r"\1", address)


class _Maker:
    """Fills declarations of ``service`` with the values given, and with samples where none is."""

    def __init__(self, service: Service, values: Mapping[str, str], *, full: bool) -> None:
        self.service = service
        self.full = full
        self._values = values
        #: Fields of an ``ordered`` relation get rising values: the first the lowest.
        self._ranks = {
            name: rank
            for relation in service.relations
            if relation.kind == "ordered"
            for rank, name in enumerate(relation.fields)
        }

    def add(self, parent: Element, field: Field) -> None:
        """Append one element of ``field``, and what belongs into it, to ``parent``."""
        node = etree.SubElement(parent, field.tag, nsmap=_prefixes(field))
        if field.type is not None:
            node.text = self._text(field, field.type)
        for child in field.fields:
            for _ in range(max(child.min_occurs, int(self.full))):
                self.add(node, child)

    def _text(self, field: Field, kind: Type) -> str:
        if field.name in self._values:
            return self._values[field.name]
        if kind.base in _TEXTS:
            word = _PLACEHOLDER if field.name in self.service.secrets else "example"
            candidates = iter([*kind.enumeration, _sized(word, kind)])
        else:
            candidates = _candidates(kind, 1 + self._ranks.get(field.name, 0))
        for text in candidates:
            if fits(kind, text):
                return text
        raise ContractError(f"{self.service.folder}: no sample of {field.name} ({kind.name}) can be guessed; give one")


def _prefixes(field: Field) -> dict[Any, str] | None:
    """A default namespace where everything below is qualified: it would swallow an element in no namespace."""
    if field.namespace is None:
        return None
    return {None if _all_qualified(field) else "op": field.namespace}


def _all_qualified(field: Field) -> bool:
    return field.namespace is not None and all(_all_qualified(child) for child in field.fields)


def _envelope(maker: _Maker, operation: Operation, direction: Direction) -> bytes:
    root = etree.Element(ENVELOPE, nsmap={"soap": SOAP11})
    block = maker.service.header(operation.header) if operation.header and direction == "request" else None
    if block is not None:
        maker.add(etree.SubElement(root, HEADER), block)
    maker.add(etree.SubElement(root, BODY), operation.payload(direction))
    return _bytes(root)


def _bytes(root: Element) -> bytes:
    etree.indent(root)
    return _DECLARATION + etree.tostring(root, encoding="utf-8") + b"\n"


def _sized(word: str, kind: Type) -> str:
    """``word``, repeated or cut until its length fits."""
    repeated = word * (1 + (kind.min_length or 0) // len(word))
    return repeated[: max(kind.min_length or 0, len(word))][: kind.max_length]


def _candidates(kind: Type, rank: int) -> Iterator[str]:
    yield from kind.enumeration
    if kind.base not in _NUMBERS:
        yield _VALUES.get(kind.base, "example").format(day=rank)
        return
    yield str(rank)
    for name, limit in kind.bounds:
        if name in _LIMITS:
            yield limit
            yield str(Decimal(limit) + (1 if name.startswith("min") else -1))


def values_of(kind: Type) -> Iterator[str]:
    """Texts that may be values of ``kind``, the likeliest first, always the same."""
    yield from kind.enumeration
    yield from _candidates(kind, 0)


def fits(kind: Type, text: str) -> bool:
    """Whether ``text`` is a value of ``kind``. A pattern that Python's `re` cannot read counts as not matched."""
    if misfit_of(text, kind.base) is not None or (kind.enumeration and text not in kind.enumeration):
        return False
    if kind.base in _TEXTS and not (kind.min_length or 0) <= len(text) <= (kind.max_length or len(text)):
        return False
    try:
        if not all(re.fullmatch(pattern, text, re.ASCII) for pattern in kind.patterns):
            return False
    except re.error:
        return False
    if kind.base not in _NUMBERS:
        return not kind.bounds
    number, limits = Decimal(text), {name: Decimal(limit) for name, limit in kind.bounds if name in _LIMITS}
    return (
        limits.get("minInclusive", number) <= number <= limits.get("maxInclusive", number)
        and ("minExclusive" not in limits or limits["minExclusive"] < number)
        and ("maxExclusive" not in limits or number < limits["maxExclusive"])
    )
