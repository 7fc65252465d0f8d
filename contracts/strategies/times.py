"""Spellings of xs:dateTime and its relatives (XSD 1.0 part 2, sections 3.2.6 to 3.2.14)."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

from contracts.schema import instant_of

from .numbers import padded

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from contracts.model import Type

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
_QUARTERS: Final = [sign * minutes for minutes in range(15, 14 * 60 + 1, 15) for sign in (1, -1)]
_ZONES: Final = ("Z", "+00:00", "-00:00", "+02:00", "-05:00", "+14:00", "-14:00")
_DAY: Final = 86_400
#: .NET's DateTime has seven; twelve are enough for any other.
_SAFE_DIGITS: Final = 7
MOST_DIGITS: Final = 12
#: A day of Python's calendar, the second of a day.
_DAYS: Final = st.integers(_FIRST, _LAST).map(lambda day: (_ORIGIN + timedelta(day)).isoformat()) | st.sampled_from(
    _DATES
)
_SECONDS: Final = st.integers(0, _DAY - 1)
_NOT_ZERO: Final = re.compile("[1-9]")


def date_times(type_: Type, *, safe: bool) -> SearchStrategy[str]:
    """Every spelling of dateTimes; with ``safe`` those that .NET holds as they are, and with a zone.

    Shrinks to ``2000-01-01T00:00:00Z``.
    """
    if type_.bounds:
        return padded(_between(type_))
    oddities = [("", False)] if safe else _ODDITIES
    # Each spelling is made of the same draws: of two, Hypothesis takes the one of fewer draws for the plainer.
    return padded(
        st.builds(_spelled, _DAYS, _SECONDS, fractions(safe=safe), zones(safe=safe), st.sampled_from(oddities))
    )


def dates() -> SearchStrategy[str]:
    """Spellings of xs:date. Shrinks to ``2000-01-01Z``."""
    return padded(st.builds("{}{}".format, _DAYS, zones(safe=False)))


def times() -> SearchStrategy[str]:
    """Spellings of xs:time. Shrinks to ``00:00:00Z``."""
    return padded(st.builds("{}{}{}".format, _SECONDS.map(_spelled_clock), fractions(safe=False), zones(safe=False)))


def calendar_parts(base: str) -> SearchStrategy[str]:
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
    return padded(st.tuples(*parts, zones(safe=False)).map("".join))


def durations() -> SearchStrategy[str]:
    """Spellings of xs:duration. Shrinks to ``P0Y``."""
    days = st.builds("P{}{}".format, st.integers(0, 999), st.sampled_from("YMD"))
    clock = st.builds("P{}DT{}{}".format, st.integers(0, 99), st.integers(0, 999), st.sampled_from("HMS"))
    return padded(st.builds("{}{}".format, st.sampled_from(("", "-")), days | clock))


def zones(*, safe: bool) -> SearchStrategy[str]:
    """Spellings of a zone, none among them unless ``safe``. Shrinks to ``Z``."""
    usual = [*_ZONES, *([] if safe else [""] * 3)]
    return st.sampled_from([*usual * 8, *map(_spelled_zone, (*_QUARTERS, 1, -1, 839, -839))])


def fractions(*, safe: bool) -> SearchStrategy[str]:
    """Spellings of a fraction of a second, of none to twelve digits. Shrinks to none."""
    most = _SAFE_DIGITS if safe else MOST_DIGITS
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
    return f"{day}T{_spelled_clock(second)}{fraction}{zone}"


def _spelled_clock(second: int) -> str:
    return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


def _spelled_zone(minutes: int) -> str:
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def _between(type_: Type) -> SearchStrategy[str]:
    """DateTimes in UTC, to the second, within the bounds of ``type_``: what is further from a bound fits every zone."""
    lowest, highest, zone = _FIRST * _DAY, _LAST * _DAY, ""
    origin = (_ORIGIN - date(1970, 1, 1)).days * _DAY
    for name, limit in type_.bounds:
        instant = instant_of(limit)
        if instant is None:
            continue
        zone = "Z" if instant.zoned else zone
        seconds = instant.seconds - origin
        if name.startswith("min"):
            lowest = seconds + (name == "minExclusive" or bool(instant.fraction))
        else:
            highest = seconds - (name == "maxExclusive")
    return st.integers(lowest, highest).map(lambda second: _spelled_instant(second) + zone)


def _spelled_instant(second: int) -> str:
    days, rest = divmod(second, _DAY)
    return f"{_ORIGIN + timedelta(days)}T{_spelled_clock(rest)}"
