"""The parts of which times are spelled."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

#: Offsets from UTC in minutes, the usual ones first.
QUARTERS: Final = [sign * minutes for minutes in range(15, 14 * 60 + 1, 15) for sign in (1, -1)]
DAY: Final = 86_400
ORIGIN: Final = date(2000, 1, 1)
#: After as many years the calendar is the same again, to the day of the week.
_CYCLE: Final = 400
_CYCLE_DAYS: Final = 146_097


def spelled_clock(second: int) -> str:
    """The second of a day as ``hh:mm:ss``."""
    return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


def spelled_zone(minutes: int) -> str:
    """An offset from UTC in minutes as ``+hh:mm``."""
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def spelled_day(days: int) -> str:
    """The day that is ``days`` after 2000-01-01, in any year, also one that Python's calendar does not have."""
    cycles, rest = divmod(days, _CYCLE_DAYS)
    day = ORIGIN + timedelta(rest)
    year = day.year + cycles * _CYCLE
    return f"{'-' if year < 0 else ''}{abs(year):04}-{day:%m-%d}"
