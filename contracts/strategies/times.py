"""Spellings of xs:dateTime and its relatives (XSD 1.0 part 2, sections 3.2.6 to 3.2.14)."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

from .clocks import QUARTERS, spelled_clock, spelled_zone
from .fitting import SAFE_DIGITS
from .windows import BOUNDED, between, spans_within

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from contracts.model import Type

    Texts = SearchStrategy[str]

TIMES: Final = frozenset({"dateTime", "date", "time", "duration", "gYear", "gYearMonth", "gMonth", "gMonthDay", "gDay"})
_ORIGIN: Final = date(2000, 1, 1)
_FIRST: Final = (date.min - _ORIGIN).days
_LAST: Final = (date.max - _ORIGIN).days
#: The ends of the calendar, and where its rule on leap years bites: every fourth, not every hundredth, every 400th.
_DATES: Final = (
    "2024-02-29", "2000-02-29", "1600-02-29", "1900-02-28", "1900-03-01", "2100-02-28", "2023-02-28", "2024-12-31",
    "0001-01-01", "9999-12-31", "1970-01-01", "2038-01-19", "1582-10-10", "0004-02-29",
)  # fmt: skip
#: Years that XSD allows and most programs do not. Longer ones than nine digits meet the limits of engines.
_YEARS: Final = ("10000", "12024", "99999", "123456789", "-0001", "-0400", "-2024", "-12345")
#: Such a year, or none, and whether it is 24:00:00.
_ODDITIES: Final = [("", False)] * 24 + [(year, False) for year in _YEARS] + [("", True)] * 4
_ZONES: Final = ("Z", "+00:00", "-00:00", "+02:00", "-05:00", "+14:00", "-14:00")
_DAY: Final = 86_400
#: Enough for any program.
MOST_DIGITS: Final = 12
#: A day of Python's calendar, the second of a day.
_DAYS: Final = st.integers(_FIRST, _LAST).map(lambda day: (_ORIGIN + timedelta(day)).isoformat()) | st.sampled_from(
    _DATES
)
_SECONDS: Final = st.integers(0, _DAY - 1)
_NOT_ZERO: Final = re.compile("[1-9]")


def moments(type_: Type, *, safe: bool) -> Texts:
    """Spellings of a type of `TIMES`, without blanks around them: libxml2 takes those only where there is a pattern."""
    if type_.base == "dateTime":
        return date_times(type_, safe=safe)
    if type_.base == "duration":
        return spans_within(type_.bounds) if type_.bounds else durations()
    if type_.bounds and type_.base in BOUNDED:
        return between(type_, safe=False)
    return {"date": dates, "time": times}.get(type_.base, partial(calendar_parts, type_.base))()


def date_times(type_: Type, *, safe: bool) -> Texts:
    """Every spelling of dateTimes; with ``safe`` those that .NET holds as they are, and with a zone.

    Shrinks to ``2000-01-01T00:00:00Z``.
    """
    if type_.bounds:
        return between(type_, safe=safe)
    oddities = [("", False)] if safe else _ODDITIES
    # Each spelling is made of the same draws: of two, Hypothesis takes the one of fewer draws for the plainer.
    return st.builds(_spelled, _DAYS, _SECONDS, fractions(safe=safe), zones(safe=safe), st.sampled_from(oddities))


def dates() -> Texts:
    """Spellings of xs:date. Shrinks to ``2000-01-01Z``."""
    return st.builds("{}{}".format, _DAYS, zones(safe=False))


def times() -> Texts:
    """Spellings of xs:time. Shrinks to ``00:00:00Z``."""
    return st.builds("{}{}{}".format, _SECONDS.map(spelled_clock), fractions(safe=False), zones(safe=False))


def calendar_parts(base: str) -> Texts:
    """Spellings of xs:gYear, gYearMonth, gMonth, gMonthDay and gDay."""
    year = st.integers(1, 9999).map("{:04}".format) | st.sampled_from(_YEARS)
    month, day = st.integers(1, 12).map("{:02}".format), st.integers(1, 28).map("{:02}".format)
    parts = {
        "gYear": (year,),
        "gYearMonth": (year, st.just("-"), month),
        "gMonth": (st.just("--"), month),
        "gMonthDay": (st.just("--"), month, st.just("-"), day),
        "gDay": (st.just("---"), day),
    }[base]
    return st.tuples(*parts, zones(safe=False)).map("".join)


def durations() -> Texts:
    """Spellings of xs:duration. Shrinks to ``P0Y``."""
    days = st.builds("P{}{}".format, st.integers(0, 999), st.sampled_from("YMD"))
    clock = st.builds("P{}DT{}{}".format, st.integers(0, 99), st.integers(0, 999), st.sampled_from("HMS"))
    return st.builds("{}{}".format, st.sampled_from(("", "-")), days | clock)


def zones(*, safe: bool) -> Texts:
    """Spellings of a zone, none among them unless ``safe``. Shrinks to ``Z``."""
    usual = [*_ZONES, *([] if safe else [""] * 3)]
    return st.sampled_from([*usual * 8, *map(spelled_zone, (*QUARTERS, 1, -1, 839, -839))])


def fractions(*, safe: bool) -> Texts:
    """Spellings of a fraction of a second, of none to twelve digits. Shrinks to none."""
    most = SAFE_DIGITS if safe else MOST_DIGITS
    counts = st.sampled_from([*[0] * (most // 2), *range(1, most + 1)])
    return st.builds(_spelled_fraction, st.integers(0, 10**MOST_DIGITS - 1), counts)


def _spelled_fraction(digits: int, count: int) -> str:
    return f".{digits:0{MOST_DIGITS}}"[: count + 1] if count else ""


def _spelled(day: str, second: int, fraction: str, zone: str, oddity: tuple[str, bool]) -> str:
    year, midnight = oddity
    if year:
        # Whether a year before 1 is a leap year is read in two ways.
        day = year + day[4:].replace("02-29", "02-28")
    if midnight:
        return f"{day}T24:00:00{_NOT_ZERO.sub('0', fraction)}{zone}"
    return f"{day}T{spelled_clock(second)}{fraction}{zone}"
