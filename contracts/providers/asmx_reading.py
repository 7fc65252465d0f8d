"""The parameters of a call as XmlSerializer reads them from a SOAP body.

The facts are those of SoapServerProtocol.ReadParameters, SoapHeaderHandling.ReadHeaders and of the reader that
XmlSerializationReaderILGen.GenerateLiteralMembersElement makes, in Microsoft's reference source.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from contracts.names import SOAP11, SOAP12, XSI_NIL, qname, split
from contracts.xml import value_of

from .asmx_documents import contents, is_last_seen, position_behind, xml_error
from .dotnet import default_of, read_value
from .exceptions import NetError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.model import Field
    from contracts.xml import Element

    from .asmx_documents import Seen
    from .dotnet import Server, Value

_NO_ENVELOPE: Final = "Request format is invalid: Missing required soap:Envelope element."
_NO_BODY: Final = "Request format is invalid: Missing required soap:Body element."
_TRUE: Final = ("true", "1")


class ReadError(Exception):
    """What went wrong in reading, outermost first."""

    def __init__(self, *chain: NetError) -> None:
        super().__init__(chain[-1].message)
        self.chain = chain


class Parts(NamedTuple):
    """An envelope's header blocks and its Body."""

    blocks: tuple[Element, ...]
    body: Element


def namespace_of(seen: Seen) -> str:
    """The namespace of the root, "" for none. Raises NetError where there is no root to be seen."""
    if seen.root is None:
        raise seen.breaks()
    return split(str(seen.root.tag))[0] or ""


def called_element(seen: Seen) -> str | None:
    """The name of the first element in the Body, whichever namespace Envelope and Body are in; None without one.

    Raises NetError: GetRequestElement looks no further than that, so what breaks behind it goes unnoticed.
    """
    namespace = namespace_of(seen)
    root = _envelope(seen, namespace)
    for child in contents(seen, root):
        if child is not None and child.tag == qname(namespace, "Body"):
            first = next(contents(seen, child), None)
            return None if first is None else str(first.tag)
    raise _invalid(_NO_BODY)


def parts_of(seen: Seen) -> Parts:
    """An optional Header, then the Body: anything else in between, and there is no Body. Raises NetError."""
    namespace = namespace_of(seen)
    children = contents(seen, _envelope(seen, namespace))
    blocks: tuple[Element, ...] = ()
    child = next(children, None)
    if child is not None and child.tag == qname(namespace, "Header"):
        blocks = tuple(block for block in contents(seen, child) if block is not None)
        child = next(children, None)
    if child is None or child.tag != qname(namespace, "Body"):
        raise _invalid(_NO_BODY)
    return Parts(blocks, child)


def is_mandatory(block: Element) -> bool:
    """SoapUnknownHeader.InternalMustUnderstand: of either SOAP version, "1" or "true", whatever its actor is."""
    said = block.get(qname(SOAP11, "mustUnderstand"))
    return (block.get(qname(SOAP12, "mustUnderstand")) if said is None else said) in _TRUE


def read_parameters(seen: Seen, body: Element, wrapper: Field, server: Server) -> dict[str, Value]:
    """The parameters by name: defaults for what is not sent, the first of each in a wrapper, those of the last wrapper.

    Raises ReadError where a value is none of its type, NetError where reading breaks.
    """
    found: dict[str, Value] = {field.name: _default(field) for field in wrapper.fields}
    for child in contents(seen, body):
        if child is not None and child.tag == wrapper.tag:
            found |= dict(_read_fields(seen, child, wrapper.fields, server))
    for parent in (body.getparent(), seen.root):
        if parent is not None and parent in seen.cut:
            raise seen.breaks()
    if seen.broken is not None:
        raise seen.broken
    return found


def _read_fields(seen: Seen, parent: Element, fields: tuple[Field, ...], server: Server) -> Iterator[tuple[str, Value]]:
    """What an element holds of ``fields``, in any order; everything else is ignored."""
    wanted = {field.tag: field for field in fields}
    lists: dict[str, list[Value]] = {}
    for child in contents(seen, parent):
        field = None if child is None else wanted.get(str(child.tag))
        if child is None or field is None:
            continue
        value = _read(seen, child, field, server)
        if field.max_occurs == 1:
            del wanted[field.tag]
            yield field.name, value
        else:
            lists.setdefault(field.name, []).append(value)
    yield from lists.items()


def _read(seen: Seen, element: Element, field: Field, server: Server) -> Value:
    if field.nillable and (element.get(XSI_NIL) or "").strip() in _TRUE:
        return None
    if field.type is None:
        defaults = {inner.name: _default(inner) for inner in field.fields}
        return {**defaults, **dict(_read_fields(seen, element, field.fields, server))}
    text = _text(seen, element)
    try:
        return read_value(field.base, text, server)
    except NetError as error:
        line, column = position_behind(seen, element)
        outer = _invalid(f"There is an error in XML document ({line}, {column}).")
        raise ReadError(outer, error) from None


def _text(seen: Seen, element: Element) -> str:
    """XmlReader.ReadElementString: text and CDATA only, and one node behind the end tag is read with it."""
    if len(element):
        kind = "Element" if isinstance(element[0].tag, str) else "Comment"
        raise xml_error(f"'{kind}' is an invalid XmlNodeType.")
    if element in seen.cut or is_last_seen(seen, element):
        raise seen.breaks()
    return value_of(element)


def _default(field: Field) -> Value:
    if field.nillable or field.type is None:
        return None
    return [] if field.max_occurs != 1 else default_of(field.base)


def _envelope(seen: Seen, namespace: str) -> Element:
    if seen.root is None:
        raise seen.breaks()
    if seen.root.tag != qname(namespace or None, "Envelope"):
        raise _invalid(_NO_ENVELOPE)
    return seen.root


def _invalid(message: str) -> NetError:
    return NetError("System.InvalidOperationException", message)
