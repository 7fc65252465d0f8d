"""How an element differs from its declaration: every difference, not the first alone.

libxml2 stops at a parent's first content error, so a swapped pair above a bad date hides the date. The children are
therefore matched with their declarations by name first, and every one that has found its declaration is judged by it.
"""

from __future__ import annotations

import difflib
from collections import Counter
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from contracts.envelope import elements_of
from contracts.model import Field
from contracts.names import BLANKS, ENCODING_STYLE, XSI, XSI_NIL, XSI_TYPE, split
from contracts.xml import value_of

from .facets import misfit_of_type
from .xsi_types import is_documented_type

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from contracts.xml import Element

    #: The elements with an xsi:type, each with the namespace that it names.
    Typed = Mapping[Element, str | None]

#: Attributes that XSD allows everywhere, and encodingStyle, which has a rule of its own.
_ANYWHERE: Final = frozenset(
    {XSI_NIL, f"{{{XSI}}}schemaLocation", f"{{{XSI}}}noNamespaceSchemaLocation", ENCODING_STYLE}
)


class Deviation(NamedTuple):
    """One difference: the last part of a ``schema/`` rule's id, the element, its declaration, a detail for the text."""

    rule: str
    element: Element
    field: Field
    detail: str = ""


class _Match(NamedTuple):
    element: Element
    field: Field
    place: int


#: A run of matches, the last first, each with the run before it.
_Run: TypeAlias = "tuple[_Match, _Run] | None"


def deviations_of(
    element: Element, field: Field, stand_in: str | None, typed: Typed, *, header: bool = False
) -> Iterator[Deviation]:
    """How ``element`` differs from its declaration ``field``, and what stands in it from what is declared there.

    ``stand_in`` is a namespace ("" for none) taken for its own; ``typed`` is as in `Case`. ``header`` says that it is a
    header block.
    """
    if len(element.attrib):
        yield from _attribute_differences(element, field, typed, header=header)
    if XSI_NIL in element.attrib and not (field.nillable and _is_false(element)):
        if not field.nillable or _broken_nil(element):
            yield Deviation("nil", element, field)
        return
    if field.type is not None:
        yield from _value_differences(element, field)
    elif not field.fields:
        if next(elements_of(element), None) is not None or value_of(element):
            yield Deviation("empty-content", element, field)
    else:
        yield from _content_differences(element, field, stand_in, typed)


def soap_deviations(parts: Iterable[Element]) -> Iterator[Deviation]:
    """Text and attributes on ``parts``, the Envelope, Header, Body and Fault elements, that do not belong there."""
    for part in parts:
        if value_of(part).strip(BLANKS):
            yield Deviation("stray-text", part, _as_field(part))
        for attribute in map(str, part.keys()):
            if split(attribute)[0] in (None, split(str(part.tag))[0]) and attribute != ENCODING_STYLE:
                yield Deviation("stray-attribute", part, _as_field(part), attribute)


def _as_field(part: Element) -> Field:
    namespace, name = split(str(part.tag))
    return Field(name, namespace)


def _content_differences(
    element: Element, declaration: Field, stand_in: str | None, typed: Typed
) -> Iterator[Deviation]:
    if value_of(element).strip(BLANKS):
        yield Deviation("stray-text", element, declaration)
    matches: list[_Match] = []
    others: list[Element] = []
    places = _places(declaration)
    for child in elements_of(element):
        index = places.get(child.tag)
        if index is None:
            others.append(child)
        else:
            matches.append(_Match(child, declaration.fields[index], index))
    if others:
        yield from _match_others(element, others, declaration, stand_in, matches)
    if [match.place for match in matches] != _single_file(declaration):
        yield from _occurrence_differences(element, declaration, matches)
        yield from _order_differences(declaration, _without_duplicates(matches))
    for match in matches:
        child, field = match.element, match.field
        if field.type is None or len(child) or len(child.attrib):
            yield from deviations_of(child, field, stand_in, typed)
        # Nearly every value is text alone, and is judged here without the two generators of the general way.
        elif (misfit := misfit_of_type(child.text or "", field.type)) is not None:
            yield Deviation(misfit.rule, child, field, misfit.reason)


@cache
def _places(declaration: Field) -> dict[object, int]:
    """The place of each declared field, by its tag; comments, whose tag is no string, find none."""
    return {field.tag: index for index, field in enumerate(declaration.fields)}


@cache
def _single_file(declaration: Field) -> list[int] | None:
    """The places of children that stand there once each, in order; None where one has to be there more often."""
    if any(field.min_occurs > 1 for field in declaration.fields):
        return None
    return list(range(len(declaration.fields)))


def _match_others(
    element: Element, others: list[Element], declaration: Field, stand_in: str | None, matches: list[_Match]
) -> Iterator[Deviation]:
    """Match the children whose names are not right to the declarations that they were meant for, in document order."""
    free = _free_fields(element, declaration, stand_in)
    for child in others:
        match, deviation = _match(child, declaration, stand_in, free)
        if deviation is not None:
            yield deviation
        if match is not None:
            matches.append(match)
    order = {child: number for number, child in enumerate(elements_of(element))}
    matches.sort(key=lambda match: order[match.element])


def _free_fields(element: Element, declaration: Field, stand_in: str | None) -> dict[str, Field]:
    """The declared fields of which ``element`` has no child, by name: what a misspelt child may have been meant for."""
    present = {split(str(child.tag)) for child in elements_of(element)}
    return {
        field.name: field
        for field in declaration.fields
        if (field.namespace, field.name) not in present
        and (stand_in is None or (stand_in or None, field.name) not in present)
    }


def _match(
    child: Element, declaration: Field, stand_in: str | None, free: dict[str, Field]
) -> tuple[_Match | None, Deviation | None]:
    namespace, local = split(str(child.tag))
    for index, field in enumerate(declaration.fields):
        if field.name == local:
            right = (namespace or "") == stand_in
            return _Match(child, field, index), None if right else Deviation(
                "element-namespace", child, field, namespace or ""
            )
    near = _nearest(local, free)
    if near is None:
        return None, Deviation("unexpected-element", child, declaration)
    field = free.pop(near)
    return _Match(child, field, declaration.fields.index(field)), Deviation("element-name", child, field)


def _nearest(name: str, free: dict[str, Field]) -> str | None:
    if not free:  # difflib would prepare for nothing
        return None
    lowered = {field.lower(): field for field in free}
    if name.lower() in lowered:
        return lowered[name.lower()]
    near = difflib.get_close_matches(name.lower(), lowered, n=1, cutoff=0.8)
    return lowered[near[0]] if near else None


def _occurrence_differences(element: Element, declaration: Field, matches: list[_Match]) -> Iterator[Deviation]:
    for place, field in enumerate(declaration.fields):
        found = [match for match in matches if match.place == place]
        if len(found) < field.min_occurs:
            yield Deviation("missing-element", element, field)
        for extra in found[field.max_occurs :] if field.max_occurs is not None else ():
            yield Deviation("duplicate-element", extra.element, field)


def _without_duplicates(matches: list[_Match]) -> list[_Match]:
    """The matches that count: one that should not be there at all is not out of order too."""
    counts: Counter[int] = Counter()
    kept = []
    for match in matches:
        counts[match.place] += 1
        if match.field.max_occurs is None or counts[match.place] <= match.field.max_occurs:
            kept.append(match)
    return kept


def _order_differences(declaration: Field, matches: list[_Match]) -> Iterator[Deviation]:
    """The fewest elements that would have to move: those outside a longest run of ascending declared places."""
    longest: list[tuple[int, _Run]] = [(0, None)] * len(declaration.fields)
    for match in matches:
        length, run = max(longest[: match.place + 1], key=itemgetter(0))
        longest[match.place] = (length + 1, (match, run))
    kept = set()
    run = max(longest, key=itemgetter(0))[1]
    while run is not None:
        kept.add(id(run[0]))
        run = run[1]
    order = ", ".join(field.name for field in declaration.fields)
    for match in matches:
        if id(match) not in kept:
            yield Deviation("element-order", match.element, match.field, order)


def _value_differences(element: Element, field: Field) -> Iterator[Deviation]:
    inner = list(elements_of(element)) if len(element) else ()
    for child in inner:
        yield Deviation("element-in-value", child, field)
    if field.type is None or inner:
        return
    misfit = misfit_of_type(value_of(element), field.type)
    if misfit is not None:
        yield Deviation(misfit.rule, element, field, misfit.reason)


def _attribute_differences(element: Element, field: Field, typed: Typed, *, header: bool) -> Iterator[Deviation]:
    for name in map(str, element.keys()):  # not items(), which looks each value up from the first attribute on
        if name == XSI_TYPE:
            if not is_documented_type(element, field, typed[element]):
                yield Deviation("xsi-type", element, field)
        elif not _is_allowed(name, field, header=header):
            yield Deviation("stray-attribute", element, field, name)


def _is_allowed(name: str, field: Field, *, header: bool) -> bool:
    """Whether an attribute other than xsi:type may stand on any element or, SOAP's and foreign ones, on a block."""
    if name in _ANYWHERE:
        return True
    namespace = split(name)[0]
    return header and namespace is not None and namespace != field.namespace


def _is_false(element: Element) -> bool:
    return str(element.get(XSI_NIL)).strip(BLANKS) in ("false", "0")


def _broken_nil(element: Element) -> bool:
    value = str(element.get(XSI_NIL)).strip(BLANKS)
    if value in ("true", "1"):
        return bool(value_of(element)) or next(elements_of(element), None) is not None
    return True
