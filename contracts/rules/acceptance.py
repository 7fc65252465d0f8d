"""libxml2's verdict on a case, with what every engine is too strict or too lenient about put out of its sight."""

from __future__ import annotations

import os
import re
from copy import deepcopy
from functools import cache
from typing import TYPE_CHECKING, Final

from contracts.envelope import elements_of
from contracts.names import BLANKS, ENCODING_STYLE, XSI_TYPE, local_name
from contracts.schema import Schema, misfit_of
from contracts.xml import value_of

from .xsi_types import is_documented_type, namespaces_named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.envelope import Envelope
    from contracts.messages import Direction
    from contracts.model import Field, Service
    from contracts.xml import Element

    from .case import Case


#: What a message may hold that libxml2 refuses and the specification or this tool does not.
_DISPUTED: Final = (b"encodingStyle", b"<![CDATA[]]>")
#: The types of which blanks are a part, and a group, which has none. Around all others they say nothing.
_KEEPING: Final = frozenset({"string", "normalizedString", None})
#: Types with seconds, and what makes a dateTime of them.
_TIMED: Final[dict[str | None, str]] = {"dateTime": "", "time": "2000-01-01T"}
_LONG_FRACTION: Final = re.compile(r"(\.[0-9]{9})[0-9]+")


def ask_engine(case: Case) -> None:
    """Set ``typed``, ``refused`` and ``refused_by``; libxml2 is asked of the shape of envelope that schemas are for."""
    envelope = case.envelope
    if envelope is None:
        return
    case.refused = True
    data = case.document.encoded.data
    typed = b":type" in data
    if typed:
        case.typed = namespaces_named(envelope.root)
    if case.service is None or case.direction is None or not envelope.regular:
        return
    schema, broad = _schema_of(case.service, case.direction), case.document.broad
    accepted = schema.accepts(envelope.root, broad=broad)
    if typed or (not accepted and (any(part in data for part in _DISPUTED) or _has_disputed_values(case))):
        accepted = schema.accepts(_plain_copy(case, envelope), broad=broad)
    case.refused_by = None if accepted else schema
    case.refused = not accepted or (typed and _names_a_wrong_type(case)) or (_may_be_late(data) and _is_late(case))


@cache
def _schema_of(service: Service, direction: Direction) -> Schema:
    return Schema(os.path.join(service.folder, f"{direction}.xsd"))


def _plain_copy(case: Case, envelope: Envelope) -> Element:
    """A copy of the envelope without what libxml2, or every engine, takes amiss although it may stand there.

    encodingStyle has a rule of its own. Every engine refuses the built-in type as xsi:type on an element whose own type
    restricts it by a facet, and accepts the name that this tool's schema has given to a type, which no provider knows.
    What nobody declares may name any type. libxml2 takes an empty CDATA section for character content, rounds a long
    fraction behind 59 seconds up to 60, and keeps the blanks around a date, a time, a duration or INF whose type has no
    pattern.
    """
    root = deepcopy(envelope.root)
    copies = dict(zip(envelope.root.iter("*"), root.iter("*"), strict=True))
    declared = {block for block, _ in case.declared_blocks}
    undeclared = [block for block in envelope.blocks if block not in declared]
    if envelope.is_fault:
        details = (child for child in elements_of(envelope.payloads[0]) if local_name(str(child.tag)) == "detail")
        undeclared.extend(element for detail in details for element in elements_of(detail))
    free = [element for part in undeclared for element in part.iter("*")]
    for element in (*free, *(element for element, _, _ in _values(case))):
        copies[element].attrib.pop(XSI_TYPE, "")
    for element, field, text in _values(case):
        plain = _plain_text(text, field.base)
        if plain != text:
            _rewrite(copies[element], plain)
    for copy in copies.values():
        copy.attrib.pop(ENCODING_STYLE, "")
        copy.text = copy.text or None
    for node in root.iter():
        node.tail = node.tail or None
    return root


def _plain_text(text: str, base: str | None) -> str:
    """A value that says the same in a way that libxml2 reads; one of blanks alone, which is empty or wrong, stays."""
    if base not in _KEEPING:
        text = text.strip(BLANKS) or text
    if base in _TIMED and _LONG_FRACTION.search(text) and misfit_of(f"{_TIMED[base]}{text}", "dateTime") is None:
        return _LONG_FRACTION.sub(r"\1", text)
    return text


def _rewrite(element: Element, text: str) -> None:
    """Put ``text`` for the value of ``element`` and the comments in it; child elements, which are wrong there, stay."""
    element.text = text
    for node in list(element):
        node.tail = None
        if not isinstance(node.tag, str):
            element.remove(node)


def _names_a_wrong_type(case: Case) -> bool:
    """Whether an xsi:type stands on a value that is not of that type, or on a group, whose type has no public name."""
    values = {element: field for element, field, _ in _values(case)}
    parts = (case.payload, *(block for block, _ in case.declared_blocks)) if case.kind != "fault" else ()
    elements = (element for part in parts if part is not None for element in part.iter("*"))
    return any(
        element not in values or not is_documented_type(element, values[element], case.typed[element])
        for element in elements
        if element in case.typed
    )


def _has_disputed_values(case: Case) -> bool:
    """Whether libxml2 may misread a value. Its text tells, not the bytes, in which there may be references."""
    return any(_may_be_misread(field) and _plain_text(text, field.base) != text for _, field, text in _values(case))


@cache
def _may_be_misread(field: Field) -> bool:
    """Whether libxml2 misreads some of its values; where there is a pattern it does take the blanks off."""
    return field.base in _TIMED or (field.base not in _KEEPING and field.type is not None and not field.type.patterns)


def _may_be_late(data: bytes) -> bool:
    """Whether it is worth a look: such a time stands in the bytes, or what may stand for one, a reference or CDATA."""
    # One byte is found in no time, and mostly is not there.
    return b"T24:00:00." in data or (b"&" in data and b"&#" in data) or (b"!" in data and b"<!" in data)


def _is_late(case: Case) -> bool:
    """Whether a dateTime is later than 24:00:00: by a fraction so small that libxml2 rounds it away."""
    dates = (text for _, field, text in _values(case) if field.base == "dateTime")
    return any(misfit_of(text, "dateTime") is not None for text in dates)


def _values(case: Case) -> Iterator[tuple[Element, Field, str]]:
    yield from case.values
    for block, declaration in case.declared_blocks:
        yield from _values_below(block, declaration)


def _values_below(element: Element, declaration: Field) -> Iterator[tuple[Element, Field, str]]:
    for field in declaration.fields:
        for child in element.iterchildren(field.tag):
            if field.type is None:
                yield from _values_below(child, field)
            else:
                yield child, field, value_of(child)
