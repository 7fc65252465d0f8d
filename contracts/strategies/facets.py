"""What the facets of a type leave room for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from contracts.schema import IMPLIED_PATTERNS, RANGES

if TYPE_CHECKING:
    from contracts.model import Type

#: Where no type sets a limit: the commonest one of databases, and a text that is longer than most.
_TYPICAL: Final = 50
_LONG: Final = 300
#: No text is made that is longer: a contract may say 999,999,999.
LONGEST: Final = 100_000
_MANY_DIGITS: Final = 1_000


def own_patterns(type_: Type) -> tuple[str, ...]:
    """The patterns that say more than the built-in type does."""
    return tuple(pattern for pattern in type_.patterns if pattern != IMPLIED_PATTERNS.get(type_.base))


def span_of(type_: Type) -> tuple[int | None, int | None]:
    """The lowest and the highest integer of ``type_``; None is unbounded."""
    lowest, highest = RANGES[type_.base]
    steps = {"minInclusive": 0, "minExclusive": 1, "maxInclusive": 0, "maxExclusive": -1}
    for name, limit in type_.bounds:
        if name not in steps:
            continue
        end = int(limit) + steps[name]
        if name.startswith("min"):
            lowest = end if lowest is None else max(lowest, end)
        else:
            highest = end if highest is None else min(highest, end)
    most = most_digits(type_)
    if most is not None:
        widest = 10**most - 1
        lowest = -widest if lowest is None else max(-widest, lowest)
        highest = widest if highest is None else min(widest, highest)
    return lowest, highest


def most_digits(type_: Type) -> int | None:
    """How many digits a number of ``type_`` has at most; None is unbounded, or more than are ever made."""
    limit = int(dict(type_.bounds).get("totalDigits", _MANY_DIGITS))
    return limit if limit < _MANY_DIGITS else None


def fits(number: int, type_: Type) -> bool:
    """Whether ``number`` is in the span of ``type_``."""
    lowest, highest = span_of(type_)
    return (lowest is None or lowest <= number) and (highest is None or number <= highest)


def typical_lengths(type_: Type) -> tuple[int, ...]:
    """The lengths at which a text of ``type_`` is most likely to break: none, one, and those at its limit."""
    least, most = type_.min_length or 0, type_.max_length
    limit = _TYPICAL if most is None else most
    lengths = {0, 1, limit - 1, limit, least, *((_LONG,) if most is None else ())}
    highest = LONGEST if most is None else min(most, LONGEST)
    return tuple(sorted(length for length in lengths if least <= length <= highest))


def is_crossed(type_: Type) -> bool:
    """Whether the lengths of ``type_`` leave no text, or only longer ones than are ever made."""
    least = type_.min_length or 0
    return least > LONGEST or (type_.max_length is not None and least > type_.max_length)
