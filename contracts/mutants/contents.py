"""`schema/`: text, elements and attributes where none may stand, and what xsi:nil and xsi:type say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from contracts.names import BLANKS, FAULT, MUST_UNDERSTAND, SOAP11, XSD, XSI, XSI_NIL, XSI_TYPE, qname, split
from contracts.xml import value_of

from .facets import broken_facets
from .misfits import SPANS, TEXTS
from .registry import mutation, near_miss
from .structure import OTHER, within
from .subject import HOLE, short_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.messages import Message
    from contracts.xml import Element

    from .subject import Spot, Subject

#: A prefix that no message has a reason to use.
_PREFIX: Final = "type0"
_NO_BREAK_SPACE: Final = "\u00a0"
#: A number that no byte has: those end at 127, and 255.
_NO_BYTE: Final = "300"
_INTEGER: Final = re.compile("[+-]?[0-9]{1,100}")
_XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_SCHEMA_LOCATION: Final = f"{{{XSI}}}schemaLocation"
#: A built-in type that each one is derived from, of which a value need therefore not be one of its own.
_BROADER: Final = {
    "int": "long", "long": "integer", "nonNegativeInteger": "integer", "positiveInteger": "nonNegativeInteger",
    "unsignedByte": "unsignedShort", "unsignedShort": "unsignedInt", "unsignedInt": "unsignedLong",
    "unsignedLong": "nonNegativeInteger", "negativeInteger": "nonPositiveInteger", "nonPositiveInteger": "integer",
    "short": "int", "byte": "short", "integer": "decimal", "token": "normalizedString",
    "normalizedString": "string",
}  # fmt: skip


@mutation("schema/element-in-value")
def markup(subject: Subject) -> Iterator[tuple[str, Message]]:
    """An element inside each value, which keeps its text."""
    for spot in subject.values():
        for what, tag in (("an-element", qname(spot.field.namespace, "b")), ("an-element-of-no-namespace", "b")):
            draft = subject.draft()
            draft.add(draft[spot.element], tag)
            yield f"puts-{what}-into-{spot.name}", draft.message()


@near_miss("schema/element-in-value")
def markup_as_text(subject: Subject) -> Iterator[tuple[str, Message]]:
    """What looks like an element and is text, and a comment."""
    for spot in _plain_texts(subject):
        draft = subject.draft()
        draft.set(spot, HOLE)
        yield f"puts-escaped-markup-into-{spot.name}", draft.message("&lt;b>1&lt;/b>")
        yield f"puts-markup-in-CDATA-into-{spot.name}", draft.message("<![CDATA[<b>1</b>]]>")


@mutation("schema/empty-content")
def filled(subject: Subject) -> Iterator[tuple[str, Message]]:
    """Anything at all in an element that is declared empty."""
    contents = {
        "a-blank": " ", "a-line-end": "\n", "a-reference-to-a-blank": "&#32;", "text": "1", "CDATA": "<![CDATA[ ]]>",
        "an-element": "<a/>",
    }  # fmt: skip
    yield from _with_contents(subject, contents)


@near_miss("schema/empty-content")
def filled_with_nothing(subject: Subject) -> Iterator[tuple[str, Message]]:
    """Two tags, and a comment."""
    contents = {"nothing": "", "a-comment": "<!-- done -->", "an-empty-CDATA-section": "<![CDATA[]]>"}
    yield from _with_contents(subject, contents)


@mutation("schema/stray-text")
def text_between(subject: Subject) -> Iterator[tuple[str, Message]]:
    """Text in every element that is no value: before its first child and behind its last one."""
    for name, element in _containers(subject):
        for what, content in {"text": "stray", "a-no-break-space": _NO_BREAK_SPACE, "CDATA": "<![CDATA[;]]>"}.items():
            draft = subject.draft()
            draft[element].text = HOLE
            yield f"puts-{what}-into-{name}", draft.message(content)
        draft = subject.draft()
        draft[element][-1].tail = ";"
        yield f"puts-text-at-the-end-of-{name}", draft.message()


@near_miss("schema/stray-text")
def blanks_between(subject: Subject) -> Iterator[tuple[str, Message]]:
    """The four blanks of XML, also as references, and a comment with text."""
    for name, element in _containers(subject):
        draft = subject.draft()
        draft[element].text = HOLE
        yield f"puts-blanks-into-{name}", draft.message(" \t\n&#13;&#32;")
        yield f"puts-a-comment-into-{name}", draft.message("<!-- stray -->")


@mutation("schema/stray-attribute")
def attributes(subject: Subject) -> Iterator[tuple[str, Message]]:
    """Attributes that no element has, on every declared one and on the parts of the envelope."""
    for spot in subject.elements():
        yield from _with_attributes(
            subject, spot.element, spot.name, ("id", MUST_UNDERSTAND, _XML_LANG, f"{{{XSI}}}of")
        )
        yield from _with_attributes(subject, spot.element, spot.name, (qname(OTHER, "id"),))
    if subject.payload is not None:
        yield from _with_attributes(subject, subject.first, "the-payload", ("id", MUST_UNDERSTAND, qname(OTHER, "id")))
    for block in subject.blocks:
        yield from _with_attributes(subject, block.element, block.name, ("id", "mustUnderstand"))
    for part in _parts(subject):
        yield from _with_attributes(subject, part, short_name(part), ("id", qname(SOAP11, "id")))


@near_miss("schema/stray-attribute")
def attributes_that_may_stand(subject: Subject) -> Iterator[tuple[str, Message]]:
    """xsi:schemaLocation anywhere, foreign attributes on the envelope and on header blocks."""
    for spot in subject.elements():
        yield from _with_attributes(subject, spot.element, spot.name, (_SCHEMA_LOCATION,))
    for element in (*_parts(subject), *(block.element for block in subject.blocks)):
        if element.tag != FAULT:
            yield from _with_attributes(subject, element, short_name(element), (qname(OTHER, "id"),))


@mutation("schema/nil")
def nil(subject: Subject) -> Iterator[tuple[str, Message]]:
    """xsi:nil where the contract knows none, true or false, and beside a value."""
    if subject.payload is not None and not subject.payload.field.nillable:
        yield "calls-the-payload-nil", _nil(subject, subject.first, "true")
    for spot in subject.elements():
        if XSI_NIL in spot.element.attrib:
            continue
        for value in ("maybe", "TRUE", "") if spot.field.nillable else ("true", "false", "1"):
            yield f"keeps-{spot.name}-and-calls-it-nil-{value or 'nothing'}", _nil(subject, spot.element, value)
        if spot.field.nillable:
            yield f"keeps-{spot.name}-and-calls-it-nil-true", _nil(subject, spot.element, "true")
        elif spot.is_value and not subject.is_sole_value(spot):
            draft = subject.draft()
            draft.set(spot, "").set(XSI_NIL, "true")
            yield f"empties-{spot.name}-and-calls-it-nil", draft.message(**subject.without_echo(spot))


@near_miss("schema/nil")
def nil_where_it_may(subject: Subject) -> Iterator[tuple[str, Message]]:
    """xsi:nil where the contract knows it; a neighbour of it everywhere else."""
    for spot in subject.elements():
        if spot.field.nillable and spot.is_value:
            for value in ("true", "1", " true "):
                draft = subject.draft()
                draft.set(spot, "").set(XSI_NIL, value)
                yield (
                    f"empties-{spot.name}-and-calls-it-nil-{value.strip()}",
                    draft.message(**subject.without_echo(spot)),
                )
            yield f"keeps-{spot.name}-and-calls-it-not-nil", _nil(subject, spot.element, "false")
        yield from _with_attributes(subject, spot.element, spot.name, (_SCHEMA_LOCATION,))


@mutation("schema/xsi-type")
def other_types(subject: Subject) -> Iterator[tuple[str, Message]]:
    """xsi:type with a type that is not the documented one, or with no type at all."""
    for spot in subject.values():
        for what, namespace, name in _other_types(spot.type.base):
            yield f"calls-{spot.name}-{what}", _typed(subject, spot.element, f"{HOLE}:{name}", namespace)
        yield f"calls-{spot.name}-nothing", _typed(subject, spot.element, "", XSD)
        yield f"calls-{spot.name}-by-an-undeclared-prefix", _typed(subject, spot.element, "undeclared:string", XSD)
        if spot.element.nsmap.get(None) != XSD:
            yield f"calls-{spot.name}-by-no-prefix", _typed(subject, spot.element, spot.type.base, XSD)
        yield from _no_bytes(subject, spot)
    if subject.payload is not None:
        yield "calls-the-payload-a-string", _typed(subject, subject.first, f"{HOLE}:string", XSD)


@near_miss("schema/xsi-type")
def documented_types(subject: Subject) -> Iterator[tuple[str, Message]]:
    """xsi:type with the documented type, blanks around it or not."""
    for spot in subject.values():
        name = f"{HOLE}:{spot.type.base}"
        yield f"calls-{spot.name}-by-its-type", _typed(subject, spot.element, name, XSD)
        yield f"calls-{spot.name}-by-its-type-with-blanks", _typed(subject, spot.element, f" {name} ", XSD)
        for derived in _narrower(spot, value_of(spot.element)):
            yield f"calls-{spot.name}-a-derived-{derived}", _typed(subject, spot.element, f"{HOLE}:{derived}", XSD)


def _other_types(base: str) -> Iterator[tuple[str, str, str]]:
    yield "an-unknown-type", XSD, "Unknown"
    yield "a-type-of-the-encoding-of-SOAP", "http://schemas.xmlsoap.org/soap/encoding/", base
    yield "a-type-of-an-old-namespace", "http://www.w3.org/1999/XMLSchema", base
    yield "its-type-in-other-case", XSD, base.swapcase()
    yield "any-type", XSD, "anyType"
    yield "any-simple-type", XSD, "anySimpleType"
    if base in TEXTS:
        yield "a-base64-binary", XSD, "base64Binary"
    else:
        yield "a-string", XSD, "string"
    if base in _BROADER:
        yield "a-broader-type", XSD, _BROADER[base]


def _no_bytes(subject: Subject, spot: Spot) -> Iterator[tuple[str, Message]]:
    """A number that the element may have, and the derived type that xsi:type names has not."""
    for name in _narrower(spot, "0"):
        if name not in ("byte", "unsignedByte") or broken_facets(spot.type, _NO_BYTE) != set():
            continue
        draft = subject.draft()
        draft.set(spot, _NO_BYTE).set(XSI_TYPE, f"{HOLE}:{name}")
        draft.declare(draft[spot.element], XSD, prefix=_PREFIX)
        message = draft.message(_PREFIX, **subject.without_echo(spot))
        yield f"puts-{_NO_BYTE}-into-{spot.name}-and-calls-it-a-{name}", message


def _narrower(spot: Spot, text: str) -> Iterator[str]:
    """Types that are derived from the one of ``spot``, of which ``text`` is a value too."""
    for name in ("token", "normalizedString", "byte", "int", "unsignedByte"):
        if spot.type.base in _broader_ones(name) and (name in TEXTS or _is_in(text.strip(BLANKS), SPANS[name])):
            yield name


def _broader_ones(name: str) -> Iterator[str]:
    while name in _BROADER:
        name = _BROADER[name]
        yield name


def _is_in(text: str, span: tuple[int | None, int | None]) -> bool:
    least, most = span
    return _INTEGER.fullmatch(text) is not None and (least or 0) <= int(text) <= (most or 0)


def _typed(subject: Subject, element: Element, value: str, namespace: str) -> Message:
    """The message with xsi:type on ``element``; the hole in ``value`` becomes a prefix for ``namespace``."""
    draft = subject.draft()
    copy = draft[element]
    copy.set(XSI_TYPE, value)
    draft.declare(copy, namespace, prefix=_PREFIX)
    return draft.message(_PREFIX)


def _nil(subject: Subject, element: Element, value: str) -> Message:
    draft = subject.draft()
    draft[element].set(XSI_NIL, value)
    return draft.message()


def _with_attributes(
    subject: Subject, element: Element, name: str, attributes: tuple[str, ...]
) -> Iterator[tuple[str, Message]]:
    for attribute in attributes:
        if attribute not in element.attrib:
            draft = subject.draft()
            draft[element].set(attribute, "0")
            namespace, local = split(attribute)
            kinds = {None: "plain", OTHER: "foreign", SOAP11: "SOAP", XSI: "xsi"}
            yield f"puts-the-{kinds.get(namespace, 'XML')}-attribute-{local}-on-{name}", draft.message()


def _parts(subject: Subject) -> list[Element]:
    """The parts of the envelope: itself, its Header and Body, and a Fault."""
    faults = [subject.first] if subject.is_fault else []
    return [subject.envelope.root, *subject.envelope.headers, subject.body, *faults]


def _containers(subject: Subject) -> Iterator[tuple[str, Element]]:
    """All elements that hold elements and no text, by name."""
    for part in _parts(subject):
        if len(part):
            yield short_name(part), part
    for spot in subject.groups():
        if len(spot.element):
            yield within(spot), spot.element


def _with_contents(subject: Subject, contents: dict[str, str]) -> Iterator[tuple[str, Message]]:
    for spot in _empty_ones(subject):
        draft = subject.draft()
        draft[spot.element].text = HOLE
        for what, content in contents.items():
            yield f"puts-{what}-into-{within(spot)}", draft.message(content)


def _empty_ones(subject: Subject) -> Iterator[Spot]:
    for spot in (subject.payload, *subject.blocks, *subject.elements()):
        if spot is not None and spot.field.type is None and not spot.field.fields and not len(spot.element):
            yield spot


def _plain_texts(subject: Subject) -> Iterator[Spot]:
    """The values of which any text is one."""
    for spot in subject.values():
        if spot.type.base == "string" and spot.type == spot.type._replace(patterns=(), enumeration=(), max_length=None):
            yield spot
