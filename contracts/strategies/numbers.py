"""Spellings of numbers and of truth values, over the whole lexical space of XSD 1.0 part 2."""

from __future__ import annotations

import struct
from decimal import Decimal
from fractions import Fraction
from functools import partial
from math import ceil, copysign, floor, inf
from typing import TYPE_CHECKING, Final, Literal

from hypothesis import strategies as st

from .facets import LONGEST, fits, most_digits, span_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hypothesis.strategies import SearchStrategy

    from contracts.model import Type

    Texts = SearchStrategy[str]

#: Where programs lose integers: the ends of 32 and 64 bits, and of what a floating-point number holds exactly.
POWERS: Final = (31, 53, 63, 64)
#: More digits than any machine type has. XSD asks processors for 18 (part 2, section 5).
MANY_DIGITS: Final = 100
_NEAR: Final = (-2, -1, 0, 1, 2)
_BLANKS: Final = (*[("", "")] * 6, (" ", ""), ("", " "), ("\t", "\n"), ("\r", "  "), ("", "\n"), ("\n ", ""))
#: Before a number. Without it a half; a minus alone is for zero.
_SIGNS: Final = ("", "", "", "", "+", "0", "00", "+0", "-", "-")
_FAR: Final = 10**6
#: XSD asks for 18 digits of a decimal number: where no facet says otherwise, twelve before the point and six behind it.
_WIDE: Final = 10**12
_PLACES: Final = 6
_MOST_PLACES: Final = 18
_DIGITS: Final = frozenset({"totalDigits", "fractionDigits"})
_LOWER: Final = {"minInclusive": 0, "minExclusive": 1}
_UPPER: Final = {"maxInclusive": 0, "maxExclusive": 1}
_NAMED: Final = frozenset({"INF", "-INF", "NaN"})


def integers(type_: Type) -> Texts:
    """Every spelling of the integers of ``type_``. Shrinks to the integer nearest to zero, plain."""
    lowest, highest = span_of(type_)
    if lowest is not None and highest is not None and lowest > highest:
        return st.nothing()
    small = st.integers(_clamped(-_FAR, lowest, highest), _clamped(_FAR, lowest, highest))
    numbers = st.one_of(small, st.sampled_from(_edges(type_)), st.integers(lowest, highest))
    if highest is None:
        long = (10 ** (MANY_DIGITS - 1), 10**MANY_DIGITS - 1)
        numbers |= st.integers(*(_clamped(end, lowest, highest) for end in long))
    return padded(st.builds(_spelled, numbers, st.sampled_from(_SIGNS)))


def _clamped(number: int, lowest: int | None, highest: int | None) -> int:
    """``number``, or that end of the span that it is beyond."""
    if lowest is not None and number < lowest:
        return lowest
    return highest if highest is not None and number > highest else number


def booleans() -> Texts:
    """Every spelling of a truth value (section 3.2.2.1). Shrinks to ``false``."""
    return padded(st.sampled_from(("false", "true", "0", "1")))


def decimals(type_: Type) -> Texts:
    """Spellings of decimal numbers, without an exponent (section 3.2.3.1). Shrinks to ``0``, or what is nearest."""
    facets = {name: Decimal(limit) for name, limit in type_.bounds}
    finest = [-int(limit.as_tuple().exponent) for name, limit in facets.items() if name not in _DIGITS]
    usual = _MOST_PLACES if "fractionDigits" in facets else _PLACES
    most = min(int(facets.get("fractionDigits", LONGEST)), max([usual, *(places + 1 for places in finest)]))
    total = most_digits(type_)
    kinds = []
    for places in sorted({0, 1, 2, most // 2, most}):
        lowest, highest = _scaled_span(facets, places)
        if total is not None:
            lowest, highest = max(lowest, 1 - 10**total), min(highest, 10**total - 1)
        if places <= (most if total is None else total) and lowest <= highest:
            kinds.append(st.integers(lowest, highest).map(partial(_with_point, places)))
    return padded(st.builds(_signed, st.one_of(kinds), st.sampled_from(_SIGNS)))


def _scaled_span(facets: Mapping[str, Decimal], places: int) -> tuple[int, int]:
    """The least and the greatest integer that, with ``places`` of its digits behind the point, is within the bounds."""
    scale = 10**places
    lows = [_scaled(facets[name], scale, step) for name, step in _LOWER.items() if name in facets]
    highs = [-_scaled(-facets[name], scale, step) for name, step in _UPPER.items() if name in facets]
    lowest = max(lows, default=min([-_WIDE * scale, *(high - _WIDE * scale for high in highs)]))
    return lowest, min(highs, default=max(_WIDE * scale, lowest + _WIDE * scale))


def _scaled(limit: Decimal, scale: int, step: int) -> int:
    """The least integer that is at least ``scale`` times the limit; with a step of 1, more than it."""
    exact = Fraction(limit) * scale
    return floor(exact) + 1 if step else ceil(exact)


def _with_point(places: int, number: int) -> str:
    digits = f"{abs(number):0{places + 1}}"
    point = len(digits) - places
    return f"{'-' if number < 0 else ''}{digits[:point]}{'.' if places else ''}{digits[point:]}"


def floats(type_: Type) -> Texts:
    """Spellings of floating-point numbers, NaN and the infinities too (sections 3.2.4, 3.2.5). Shrinks to ``0.0``."""
    width: Literal[32, 64] = 32 if type_.base == "float" else 64
    if not type_.bounds:
        return padded(st.floats(width=width).map(_spelled_float))
    ends: dict[str, float | None] = {"min": None, "max": None}
    for name, limit in type_.bounds:
        ends[name[:3]] = _narrow(float(limit)) if width == 32 else float(limit)
    # Bounds that nothing is within make a strategy that cannot draw, which is told when it is tried.
    return padded(st.floats(ends["min"], ends["max"], width=width, allow_nan=False).map(_spelled_float))


def _narrow(number: float) -> float:
    """The number of 32 bits that is nearest."""
    try:
        return float(struct.unpack("f", struct.pack("f", number))[0])
    except OverflowError:
        return copysign(inf, number)


def padded(texts: Texts) -> Texts:
    """``texts``, some with blanks around them: white space that a type collapses (section 4.3.6)."""
    return st.builds(_padded, texts, st.sampled_from(_BLANKS))


def _padded(text: str, blanks: tuple[str, str]) -> str:
    # libxml2 knows them only without blanks.
    return text if text in _NAMED else f"{blanks[0]}{text}{blanks[1]}"


def _edges(type_: Type) -> list[int]:
    """The integers at which a range, or a machine's number, ends, and those around them; the nearest to zero first."""
    ends = [0, *(end for end in span_of(type_) if end is not None)]
    ends += [sign * 2**power for power in POWERS for sign in (1, -1)]
    near = {end + step for end in ends for step in _NEAR}
    inside = sorted((number for number in near if fits(number, type_)), key=lambda number: (abs(number), number < 0))
    return [*([0] * 8 if fits(0, type_) else ()), *inside]


def _spelled(number: int, sign: str) -> str:
    return _signed(str(number), sign)


def _signed(number: str, sign: str) -> str:
    """``number`` with a plus, with zeros before it or, zero alone, with a minus."""
    if number[0] == "-":
        return f"-{sign.lstrip('+-')}{number[1:]}"
    return number if sign == "-" and number.strip("0.") else f"{sign}{number}"


def _spelled_float(number: float) -> str:
    return {"inf": "INF", "-inf": "-INF", "nan": "NaN"}.get(repr(number), repr(number))
