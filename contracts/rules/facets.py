"""What is wrong with the text of a value by its declared type: the built-in type first, then the facets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from contracts.schema import (
    IMPLIED_PATTERNS,
    RANGES,
    Misfit,
    collapsed,
    fits_patterns,
    instant_of,
    is_after,
    misfit_of,
)

if TYPE_CHECKING:
    from contracts.model import Type
    from contracts.schema import Instant

#: For each bound: whether a value may be before it (-1), at it (0) or after it (1), and how a sentence calls that.
_BOUNDS: Final = {
    "minInclusive": ((0, 1), "at least"),
    "maxInclusive": ((-1, 0), "at most"),
    "minExclusive": ((1,), "more than"),
    "maxExclusive": ((-1,), "less than"),
}
#: What the length of a type counts where that is not characters (XSD 1.0 part 2, section 4.3.1).
_UNITS: Final = {"hexBinary": "octets", "base64Binary": "octets", "NMTOKENS": "items", "IDREFS": "items"}
_NUMBERS: Final = RANGES.keys() | {"decimal"}
#: How the start of a date or of a recurring one is written as a dateTime (sections 3.2.8 to 3.2.14): what stands before
#: it, how many of its hyphens that takes the place of, and what stands behind it.
_STARTS: Final = {
    "dateTime": ("", 0, ""),
    "date": ("", 0, "T00:00:00"),
    "time": ("2000-01-01T", 0, ""),
    "gYearMonth": ("", 0, "-01T00:00:00"),
    "gYear": ("", 0, "-01-01T00:00:00"),
    "gMonthDay": ("2000", 1, "T00:00:00"),
    "gMonth": ("2000", 1, "-01T00:00:00"),
    "gDay": ("2000-01", 2, "T00:00:00"),
}
_ZONED: Final = re.compile(r"(.+?)(Z|[+-][0-9]{2}:[0-9]{2})?")
#: Types of which two texts may be one value in a way that is not known here.
_UNDECIDED: Final = frozenset({"float", "double", "duration", "time"})


def misfit_of_type(text: str, type_: Type) -> Misfit | None:
    """Why ``text`` is no value of ``type_``; None when it is one, or when only libxml2 can tell.

    XSD 1.0 part 2 section 4.3: lengths, enumeration, bounds and digits (of numbers, dates and times) and patterns.
    """
    misfit = misfit_of(text, type_.base)
    if misfit is not None:
        return misfit
    patterns = type_.patterns
    if patterns:
        patterns = tuple(pattern for pattern in patterns if pattern != IMPLIED_PATTERNS.get(type_.base))
    return _facet_misfit(collapsed(text, type_.base), type_, patterns)


def _facet_misfit(value: str, type_: Type, patterns: tuple[str, ...]) -> Misfit | None:
    # Nothing has more octets or items than characters.
    long = type_.max_length is not None and len(value) > type_.max_length
    if (long or type_.min_length is not None) and (misfit := _length_misfit(value, type_)):
        return misfit
    if type_.enumeration and value not in type_.enumeration and not _may_be_listed(value, type_):
        return Misfit("value", "is none of the values that the contract lists")
    if type_.bounds and (misfit := _bounds_misfit(value, type_)):
        return misfit
    if patterns and not fits_patterns(value, patterns):
        return Misfit("value", "does not match the pattern of the contract")
    return None


def _length_misfit(value: str, type_: Type) -> Misfit | None:
    if type_.base == "QName":  # the specification leaves its length open, and no engine counts it
        return None
    length, unit = _length_of(value, type_.base), _UNITS.get(type_.base, "characters")
    if type_.max_length is not None and length > type_.max_length:
        return Misfit("max-length", f"has {length} {unit}, at most {type_.max_length} are allowed")
    if type_.min_length is not None and length < type_.min_length:
        return Misfit("value", f"has {length} {unit}, at least {type_.min_length} are required")
    return None


def _length_of(value: str, base: str) -> int:
    unit = _UNITS.get(base)
    if unit == "items":
        return value.count(" ") + 1 if value else 0
    if base == "hexBinary":
        return len(value) // 2
    return _octets_of(value.replace(" ", "")) if unit == "octets" else len(value)


def _octets_of(base64: str) -> int:
    return len(base64) // 4 * 3 - base64.count("=")


def _may_be_listed(value: str, type_: Type) -> bool:
    """Whether the value is listed in another spelling (section 4.3.5), or may be."""
    key = _key_of(value, type_.base)
    return type_.base in _UNDECIDED or any(key == _key_of(listed, type_.base) for listed in type_.enumeration)


def _key_of(value: str, base: str) -> object:
    """The same for every spelling of a value."""
    if base in _NUMBERS:
        return _parts_of(value)
    if base in _STARTS and (instant := _start_of(value, base)) is not None:
        return instant.zoned, instant.seconds, instant.fraction
    if base == "hexBinary":
        return value.upper()
    return value.replace(" ", "") if base == "base64Binary" else value


def _bounds_misfit(value: str, type_: Type) -> Misfit | None:
    for facet, bound in type_.bounds:
        if facet in _BOUNDS:
            order = _order_of(value, bound, type_.base)
            allowed, words = _BOUNDS[facet]
            if order is not None and order not in allowed:
                return Misfit("out-of-range", f"is out of range: {words} {bound} is allowed")
        elif (digits := _digits_of(value, facet)) > int(bound):
            place = "digits" if facet == "totalDigits" else "digits behind the point"
            return Misfit("value", f"has {digits} {place}, at most {bound} are allowed")
    return None


def _digits_of(number: str, facet: str) -> int:
    """How many digits ``totalDigits`` or ``fractionDigits`` counts (sections 4.3.11 and 4.3.12)."""
    _, _, whole, fraction = _parts_of(number)
    return len(whole) * (facet == "totalDigits") + len(fraction)


def _parts_of(number: str) -> tuple[bool, int, str, str]:
    """Whether it is below zero, and its digits before and behind the point, as many as they are: none is converted."""
    whole, _, fraction = number.lstrip("+-").partition(".")
    whole, fraction = whole.lstrip("0"), fraction.rstrip("0")
    return number[0] == "-" and bool(whole or fraction), len(whole), whole, fraction


def _order_of(first: str, second: str, base: str) -> int | None:
    """-1, 0 or 1: ``first`` is before, equal to or after ``second``; None where that is not known."""
    if base in _NUMBERS:
        return _order_of_numbers(first, second)
    return _order_of_times(first, second, base) if base in _STARTS else None


def _order_of_numbers(first: str, second: str) -> int:
    (below, *one), (second_below, *other) = _parts_of(first), _parts_of(second)
    if below != second_below:
        return -1 if below else 1
    order = (one > other) - (one < other)
    return -order if below else order


def _order_of_times(first: str, second: str, base: str) -> int | None:
    """-1, 0 or 1; None where it is not certain.

    Nothing within fourteen hours is where only one has a time zone (section 3.2.7.4). Years, months and whatever recurs
    are left to libxml2 where they have a zone, since it has an order of its own for these.
    """
    one, other = _start_of(first, base), _start_of(second, base)
    if one is None or other is None or (base not in ("dateTime", "date") and (one.zoned or other.zoned)):
        return None
    order = is_after(one, other) - is_after(other, one)
    return order if order or one.zoned == other.zoned else None


def _start_of(value: str, base: str) -> Instant | None:
    """The instant at which ``value`` begins; None where it is no value of ``base``."""
    before, hyphens, behind = _STARTS[base]
    match = _ZONED.fullmatch(value)
    if match is None or not value.startswith("-" * hyphens):
        return None
    return instant_of(f"{before}{match[1][hyphens:]}{behind}{match[2] or ''}")
