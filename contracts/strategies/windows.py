"""Times within the bounds of their type, in any year (XSD 1.0 part 2, sections 3.2.6 to 3.2.14)."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from hypothesis import strategies as st

from contracts.schema import instant_of

from .clocks import DAY, ORIGIN, QUARTERS, spelled_clock, spelled_day, spelled_zone

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hypothesis.strategies import SearchStrategy

    from contracts.model import Type

    Texts = SearchStrategy[str]

_ZONED: Final = re.compile(r"(.+?)(Z|[+-][0-9]{2}:[0-9]{2})?")
#: What makes a dateTime of a bound, before it and behind it, and the longest unit of it in seconds.
BOUNDED: Final = {
    "dateTime": ("", "", 0),
    "time": ("2000-01-01T", "", 0),
    "date": ("", "T00:00:00", DAY),
    "gYearMonth": ("", "-01T00:00:00", 31 * DAY),
    "gYear": ("", "-01-01T00:00:00", 366 * DAY),
}
_EPOCH: Final = (ORIGIN.toordinal() - 719_163) * DAY
_FIRST: Final = (1 - ORIGIN.toordinal()) * DAY
_LAST: Final = (3_652_060 - ORIGIN.toordinal()) * DAY - 1
_THOUSAND_YEARS: Final = 365_250 * DAY
#: A value with a zone and one without are in order for certain when they are further apart (section 3.2.7.4).
_DOUBT: Final = 14 * 3600
_FINEST: Final = 12
_DURATION: Final = re.compile(
    r"(-?)P(?:([0-9]+)Y)?(?:([0-9]+)M)?(?:([0-9]+)D)?(?:T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+)(?:\.[0-9]+)?S)?)?"
)
_SECONDS: Final = (31_556_952, 2_629_746, DAY, 3600, 60, 1)


class Bound(NamedTuple):
    """One end of a window: seconds since 2000, the digits of a fraction, and what the facet says of it."""

    seconds: int
    fraction: str
    zoned: bool
    lower: bool
    exclusive: bool


def between(type_: Type, *, safe: bool) -> Texts:
    """Values within the bounds of ``type_``, with a zone where a bound or ``safe`` asks for one.

    What lies between two of them may be missing where only one bound has a zone.
    """
    bounds = list(_bounds(type_))
    zoned = safe or any(bound.zoned for bound in bounds)
    unit = BOUNDED[type_.base][2]
    digits = 0 if unit else _digits(bounds)
    ends = [_end(bound, 10**digits, unit, zoned=zoned) for bound in bounds]
    lows = [end for end, bound in zip(ends, bounds, strict=True) if bound.lower]
    highs = [end for end, bound in zip(ends, bounds, strict=True) if not bound.lower]
    lowest, highest = _window(type_.base, max(lows, default=None), min(highs, default=None), 10**digits)
    if lowest > highest:
        return st.nothing()
    offsets = [0] * len(QUARTERS) + QUARTERS if zoned and type_.base == "dateTime" else [0]
    spell = partial(_spelled, type_.base, digits, zoned)
    return st.builds(spell, st.integers(lowest, highest), st.sampled_from(offsets))


def spans_within(bounds: Sequence[tuple[str, str]]) -> Texts:
    """Durations in days and seconds within ``bounds``, as far as these can be told without a calendar."""
    ends: dict[str, int | None] = {"min": None, "max": None}
    for name, limit in bounds:
        match = _DURATION.fullmatch(limit)
        if match is not None:
            seconds = sum(int(digits or 0) * unit for digits, unit in zip(match.groups()[1:], _SECONDS, strict=True))
            ends[name[:3]] = -seconds if match[1] else seconds
    lowest, highest = ends["min"], ends["max"]
    if lowest is None:
        lowest = -_THOUSAND_YEARS if highest is None else highest - _THOUSAND_YEARS
    highest = lowest + _THOUSAND_YEARS if highest is None else highest
    if lowest > highest:
        return st.nothing()
    days = st.integers(-(-lowest // DAY), highest // DAY) if -(-lowest // DAY) <= highest // DAY else st.nothing()
    return days.map(_spelled_days) | st.integers(lowest, highest).map(_spelled_span)


def _spelled_days(days: int) -> str:
    return f"{'-' if days < 0 else ''}P{abs(days)}D"


def _spelled_span(seconds: int) -> str:
    days, rest = divmod(abs(seconds), DAY)
    return f"{'-' if seconds < 0 else ''}P{days}DT{rest}S"


def _bounds(type_: Type) -> Iterator[Bound]:
    before, behind, _ = BOUNDED[type_.base]
    for name, limit in type_.bounds:
        match = _ZONED.fullmatch(limit)
        instant = instant_of(f"{before}{match[1]}{behind}{match[2] or ''}") if match else None
        if instant is not None:
            lower, exclusive = name.startswith("min"), name.endswith("Exclusive")
            yield Bound(instant.seconds - _EPOCH, instant.fraction, instant.zoned, lower, exclusive)


def _digits(bounds: Sequence[Bound]) -> int:
    """How many digits of a fraction values need: none but in a window of two seconds or less."""
    seconds = [bound.seconds for bound in bounds]
    if len(bounds) < 2 or max(seconds) - min(seconds) > 2:
        return 0
    return min(max(len(bound.fraction) for bound in bounds) + 1, _FINEST)


def _end(bound: Bound, scale: int, unit: int, *, zoned: bool) -> int:
    """The outermost moment within ``bound``, in parts of a second of which there are ``scale``."""
    seconds = bound.seconds
    if zoned and not bound.zoned:
        seconds += _DOUBT + 1 if bound.lower else -_DOUBT - 1
    moment, exact = _scaled(bound.fraction, scale)
    moment += seconds * scale
    if not bound.lower:
        return moment - (bound.exclusive and exact)
    if bound.exclusive and exact:
        return moment + max(unit, 1)
    return moment + (not exact)


def _scaled(fraction: str, scale: int) -> tuple[int, bool]:
    """The whole parts of a fraction of a second, and whether they are all of it."""
    digits = len(str(scale)) - 1
    return int(fraction[:digits].ljust(digits, "0") or "0"), len(fraction) <= digits


def _window(base: str, lowest: int | None, highest: int | None, scale: int) -> tuple[int, int]:
    """Both ends: those of Python's calendar where a facet sets none, or others that are far enough off."""
    first, last = (0, (DAY - 1) * scale) if base == "time" else (_FIRST * scale, _LAST * scale)
    far = _THOUSAND_YEARS * scale
    if lowest is None:
        lowest = first if highest is None or first <= highest else highest - far
    if highest is None:
        highest = last if lowest <= last else lowest + far
    return lowest, highest


def _spelled(base: str, digits: int, zoned: bool, moment: int, offset: int) -> str:  # noqa: FBT001 - by position
    seconds, part = divmod(moment, 10**digits)
    # xmlschema orders two times by their years first, whatever the zones.
    if spelled_day(seconds // DAY)[:-6] != spelled_day((seconds + offset * 60) // DAY)[:-6]:
        offset = 0
    days, second = divmod(seconds + offset * 60, DAY)
    fraction = f".{part:0{digits}}" if part else ""
    zone = (spelled_zone(offset) if offset else "Z") if zoned else ""
    whole = {
        "date": spelled_day(days),
        "time": f"{spelled_clock(second)}{fraction}",
        "gYear": spelled_day(days)[:-6],
        "gYearMonth": spelled_day(days)[:-3],
    }.get(base) or f"{spelled_day(days)}T{spelled_clock(second)}{fraction}"
    return f"{whole}{zone}"
