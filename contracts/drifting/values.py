"""Two simple types compared: by the sets of their values, so that a request is known to fit theirs, a response ours."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final, NamedTuple

from contracts.schema import IMPLIED_PATTERNS, RANGES

from .documents import clipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.model import Type

    from .differences import What

    Range = tuple[int | None, int | None]

#: What each built-in type is a part of: by derivation (XSD 1.0 part 2, section 3), and where every text of one type is
#: one of another: a number without an exponent is a double, and every value is a string.
_WITHIN: Final = {
    "anySimpleType": ("anyType",),
    "string": ("anySimpleType",),
    "normalizedString": ("string",),
    "token": ("normalizedString",),
    "language": ("token",),
    "Name": ("token",),
    "NMTOKEN": ("token",),
    "NCName": ("Name",),
    "ID": ("NCName",),
    "IDREF": ("NCName",),
    "ENTITY": ("NCName",),
    "decimal": ("double", "float"),
    "integer": ("decimal",),
    "nonPositiveInteger": ("integer",),
    "negativeInteger": ("nonPositiveInteger",),
    "long": ("integer",),
    "int": ("long",),
    "short": ("int",),
    "byte": ("short",),
    "nonNegativeInteger": ("integer",),
    "positiveInteger": ("nonNegativeInteger",),
    "unsignedLong": ("nonNegativeInteger",),
    "unsignedInt": ("unsignedLong",),
    "unsignedShort": ("unsignedInt",),
    "unsignedByte": ("unsignedShort",),
}
_LIMITS: Final = ("minInclusive", "maxInclusive", "minExclusive", "maxExclusive")


class Mismatch(NamedTuple):
    """What differs in two types; ``wider`` and ``narrower`` as in `class_of`."""

    what: What
    ours: str
    theirs: str
    wider: bool
    narrower: bool


def mismatches(ours: Type, theirs: Type) -> Iterator[Mismatch]:
    """All that differs between the values of two types."""
    numeric = ours.base in RANGES and theirs.base in RANGES
    wider, narrower = is_within(ours.base, theirs.base), is_within(theirs.base, ours.base)
    if numeric:
        own, other = _range(ours), _range(theirs)
        wider, narrower = _spans(other, own), _spans(own, other)
    if ours.base != theirs.base:
        yield Mismatch("type", ours.base, theirs.base, wider, narrower)
        if not (wider or narrower):
            return
    elif numeric and own != other:
        yield Mismatch("facet", _told(own), _told(other), wider, narrower)
    yield from _lengths(ours, theirs)
    yield from _bounds(ours, theirs, left_out=_LIMITS if numeric else ())
    yield from _sets(ours, theirs)


def is_within(base: str, other: str) -> bool:
    """Whether every value of the built-in type ``base`` is one of ``other``."""
    if base == other:
        return True
    return any(is_within(wider, other) for wider in _WITHIN.get(base, () if base == "anyType" else ("string",)))


def _range(kind: Type) -> Range:
    """The least and the greatest integer of a type, its facets taken into account."""
    lowest, highest = RANGES[kind.base]
    for facet, text in kind.bounds:
        limit = _decimal(text)
        if facet not in _LIMITS or limit is None:
            continue
        value = int(limit) + {"minExclusive": 1, "maxExclusive": -1}.get(facet, 0)
        if facet.startswith("min"):
            lowest = value if lowest is None else max(lowest, value)
        else:
            highest = value if highest is None else min(highest, value)
    return lowest, highest


def _spans(one: Range, other: Range) -> bool:
    """Whether ``one`` has all of ``other``."""
    low = one[0] is None or (other[0] is not None and one[0] <= other[0])
    return low and (one[1] is None or (other[1] is not None and one[1] >= other[1]))


def _told(limits: Range) -> str:
    return " to ".join("any" if limit is None else str(limit) for limit in limits)


def _lengths(ours: Type, theirs: Type) -> Iterator[Mismatch]:
    if ours.max_length != theirs.max_length:
        own, other = (float("inf") if kind.max_length is None else kind.max_length for kind in (ours, theirs))
        texts = _facet("maxLength", ours.max_length), _facet("maxLength", theirs.max_length)
        yield Mismatch("facet", *texts, wider=other > own, narrower=other < own)
    least, other_least = ours.min_length or 0, theirs.min_length or 0
    if least != other_least:
        texts = _facet("minLength", ours.min_length), _facet("minLength", theirs.min_length)
        yield Mismatch("facet", *texts, wider=other_least < least, narrower=other_least > least)


def _bounds(ours: Type, theirs: Type, left_out: tuple[str, ...]) -> Iterator[Mismatch]:
    own, other = dict(ours.bounds), dict(theirs.bounds)
    for facet in sorted({*own, *other} - set(left_out)):
        one, two = own.get(facet), other.get(facet)
        limits = _decimal(one), _decimal(two)
        if one == two or (None not in limits and limits[0] == limits[1]):
            continue
        grows = limits[0] is not None and limits[1] is not None and (limits[1] > limits[0]) != facet.startswith("min")
        shrinks = limits[0] is not None and limits[1] is not None and not grows
        texts = _facet(facet, one), _facet(facet, two)
        yield Mismatch("facet", *texts, wider=two is None or grows, narrower=one is None or shrinks)


def _sets(ours: Type, theirs: Type) -> Iterator[Mismatch]:
    own, other = _patterns(ours), _patterns(theirs)
    if own != other:
        texts = _facet("pattern", " and ".join(sorted(own))), _facet("pattern", " and ".join(sorted(other)))
        yield Mismatch("facet", *texts, wider=other < own, narrower=own < other)
    one, two = set(ours.enumeration), set(theirs.enumeration)
    if one != two:
        texts = _enumeration(one), _enumeration(two)
        wider, narrower = not two or (bool(one) and one < two), not one or (bool(two) and two < one)
        yield Mismatch("facet", *texts, wider=wider, narrower=narrower)


def _patterns(kind: Type) -> set[str]:
    """The patterns of a type but for the one that says no more than the type."""
    return set(kind.patterns) - {IMPLIED_PATTERNS.get(kind.base)}


def _enumeration(values: set[str]) -> str:
    # The empty text is a value like any other, and would not be seen.
    told = ", ".join(value or '""' for value in sorted(values))
    return _facet("enumeration", told or None)


def _facet(name: str, value: object) -> str:
    return f"no {name}" if value is None or value == "" else f"{name} {clipped(str(value))}"


def _decimal(text: str | None) -> Decimal | None:
    """The number that ``text`` is; None for a time or an infinity, and for more digits than a facet has."""
    try:
        found = Decimal(text.strip()) if text and text.isascii() and len(text) <= 100 else None
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() and abs(found.adjusted()) <= 100 else None
