"""What is wrong with the text of a value by its declared type: the built-in type first, then the facets."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Final

from contracts.schema import IMPLIED_PATTERNS, RANGES, Misfit, collapsed, fits_patterns, misfit_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from contracts.model import Type

_BOUNDS: Final[dict[str, tuple[Callable[[int, int], bool], str]]] = {
    "minInclusive": (operator.ge, "at least"),
    "maxInclusive": (operator.le, "at most"),
    "minExclusive": (operator.gt, "more than"),
    "maxExclusive": (operator.lt, "less than"),
}


def misfit_of_type(text: str, type_: Type) -> Misfit | None:
    """Why ``text`` is no value of ``type_``; None when it is one, or when only libxml2 can tell.

    XSD 1.0 part 2 section 4.3: lengths, enumeration, bounds (of integers) and patterns.
    """
    misfit = misfit_of(text, type_.base)
    if misfit is not None:
        return misfit
    patterns = tuple(pattern for pattern in type_.patterns if pattern != IMPLIED_PATTERNS.get(type_.base))
    return _facet_misfit(collapsed(text, type_.base), type_, patterns)


def _facet_misfit(value: str, type_: Type, patterns: tuple[str, ...]) -> Misfit | None:
    if type_.max_length is not None and len(value) > type_.max_length:
        return Misfit("max-length", f"has {len(value)} characters, at most {type_.max_length} are allowed")
    if type_.min_length is not None and len(value) < type_.min_length:
        return Misfit("value", f"has {len(value)} characters, at least {type_.min_length} are required")
    if type_.enumeration and value not in type_.enumeration:
        return Misfit("value", "is none of the values that the contract lists")
    if type_.bounds and type_.base in RANGES and (beyond := _bounds_misfit(value, type_)) is not None:
        return beyond
    if patterns and not fits_patterns(value, patterns):
        return Misfit("value", "does not match the pattern of the contract")
    return None


def _bounds_misfit(value: str, type_: Type) -> Misfit | None:
    digits = value.lstrip("+-").lstrip("0")
    for facet, bound in type_.bounds:
        if facet == "totalDigits" and len(digits) > int(bound):
            return Misfit("value", f"has more than {bound} digits")
        # Python refuses to convert some thousands of digits; a number of more than the bound's is beyond it either way.
        size = int(digits[: len(bound) + 1] or "0")
        number = -size if value[0] == "-" else size
        compare, words = _BOUNDS.get(facet, (None, ""))
        if compare is not None and not compare(number, int(bound)):
            return Misfit("out-of-range", f"is out of range: {words} {bound} is allowed")
    return None
