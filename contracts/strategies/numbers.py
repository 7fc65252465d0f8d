"""Spellings of numbers and of truth values, over the whole lexical space of XSD 1.0 part 2."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

from .facets import fits, span_of

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from contracts.model import Type

#: Where programs lose integers: the ends of 32 and 64 bits, and of what a floating-point number holds exactly.
POWERS: Final = (31, 53, 63, 64)
#: More digits than any machine type has. XSD asks processors for 18 (part 2, section 5).
MANY_DIGITS: Final = 100
_NEAR: Final = (-2, -1, 0, 1, 2)
_BLANKS: Final = (*[("", "")] * 6, (" ", ""), ("", " "), ("\t", "\n"), ("\r", "  "), ("", "\n"), ("\n ", ""))
#: Before a number. Without it a half; a minus alone is for zero.
_SIGNS: Final = ("", "", "", "", "+", "0", "00", "+0", "-", "-")
_FAR: Final = 10**6


def integers(type_: Type) -> SearchStrategy[str]:
    """Every spelling of the integers of ``type_``. Shrinks to the integer nearest to zero, plain."""
    lowest, highest = span_of(type_)
    small = st.integers(
        -_FAR if lowest is None else max(lowest, min(-_FAR, _FAR if highest is None else highest)),
        _FAR if highest is None else min(highest, max(_FAR, -_FAR if lowest is None else lowest)),
    )
    numbers = st.one_of(small, st.sampled_from(_edges(type_)), st.integers(lowest, highest))
    if highest is None:
        numbers |= st.integers(10 ** (MANY_DIGITS - 1), 10**MANY_DIGITS - 1)
    return padded(st.builds(_spelled, numbers, st.sampled_from(_SIGNS)))


def booleans() -> SearchStrategy[str]:
    """Every spelling of a truth value (section 3.2.2.1). Shrinks to ``false``."""
    return padded(st.sampled_from(("false", "true", "0", "1")))


def decimals(type_: Type) -> SearchStrategy[str]:
    """Spellings of decimal numbers, without an exponent (section 3.2.3.1). Shrinks to ``0``."""
    bounds = {name: Decimal(limit) for name, limit in type_.bounds}
    lowest = bounds.get("minInclusive", bounds.get("minExclusive"))
    highest = bounds.get("maxInclusive", bounds.get("maxExclusive"))
    places = int(bounds.get("fractionDigits", 6))
    numbers = st.decimals(lowest, highest, allow_nan=False, allow_infinity=False, places=places)
    return padded(numbers.map(lambda number: f"{number:f}"))


def floats(type_: Type) -> SearchStrategy[str]:
    """Spellings of floating-point numbers, NaN and the infinities too (sections 3.2.4, 3.2.5). Shrinks to ``0.0``."""
    return padded(st.floats(width=32 if type_.base == "float" else 64).map(_spelled_float))


def padded(texts: SearchStrategy[str]) -> SearchStrategy[str]:
    """``texts``, some with blanks around them: white space that a type collapses (section 4.3.6)."""
    return st.builds(lambda text, blanks: f"{blanks[0]}{text}{blanks[1]}", texts, st.sampled_from(_BLANKS))


def _edges(type_: Type) -> list[int]:
    """The integers at which a range, or a machine's number, ends, and those around them; the nearest to zero first."""
    ends = [0, *(end for end in span_of(type_) if end is not None)]
    ends += [sign * 2**power for power in POWERS for sign in (1, -1)]
    near = {end + step for end in ends for step in _NEAR}
    inside = sorted((number for number in near if fits(number, type_)), key=lambda number: (abs(number), number < 0))
    return [*([0] * 8 if fits(0, type_) else ()), *inside]


def _spelled(number: int, sign: str) -> str:
    """``number`` with a plus, with zeros before it or, zero alone, with a minus."""
    digits = str(abs(number))
    if number < 0:
        return f"-{sign.lstrip('+-')}{digits}"
    return digits if sign == "-" and number else f"{sign}{digits}"


def _spelled_float(number: float) -> str:
    return {"inf": "INF", "-inf": "-INF", "nan": "NaN"}.get(repr(number), repr(number))
