"""DateTime of the .NET Framework: read from XSD's lexical forms and written, as XmlConvert does in its Roundtrip mode.

The facts are those of System.Xml's XsdDateTime.cs (struct Parser and the conversion to DateTime) in Microsoft's
reference source.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from .exceptions import NetError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

#: A tick is 100 ns; DateTime counts them from 0001-01-01T00:00:00 on.
_SECOND: Final = 10_000_000
_MINUTE: Final = 60 * _SECOND
MAX_TICKS: Final = 3_155_378_975_999_999_999
_FIRST: Final = datetime(1, 1, 1)  # noqa: DTZ001 - a DateTime without a zone
_LAST: Final = datetime(9999, 12, 31)  # noqa: DTZ001 - likewise
#: char.IsWhiteSpace of .NET, and the year that stands in for one that is not given.
_BLANK: Final = "[\t-\r \x85\xa0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*"
_NO_YEAR: Final = 1904

_DATE: Final = r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
_TIME: Final = r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]+))?"
_ZONE: Final = r"(?P<zone>[Zz]|[+-][0-9]{2}:[0-9]{2})?"
#: XsdDateTimeFlags.AllXsd, in the order in which the parser tries them.
_FORMS: Final = tuple(
    (name, re.compile(_BLANK + form + _ZONE + _BLANK))
    for name, form in (
        ("dateTime", f"{_DATE}T{_TIME}"),
        ("date", _DATE),
        ("time", _TIME),
        ("gYearMonth", r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})"),
        ("gYear", r"(?P<year>[0-9]{4})"),
        ("gMonthDay", r"--(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"),
        ("gMonth", r"--(?P<month>[0-9]{2})(?:--)?"),
        ("gDay", r"---(?P<day>[0-9]{2})"),
    )
)


class Moment(NamedTuple):
    """A DateTime: its ticks, and ``utc``, ``local`` (the server's zone) or ``unspecified`` (Kind).

    ``daylight`` is set where a local time occurs twice and this is the first, in daylight saving time.
    """

    ticks: int
    kind: str = "unspecified"
    daylight: bool = False


#: DateTime.MinValue, which reaches a method whose parameter is not sent.
NEVER: Final = Moment(0)


def moment_of(time: datetime) -> Moment:
    """``time``, which has a zone, in UTC."""
    return Moment(_ticks(time.astimezone(UTC).replace(tzinfo=None)), "utc")


def read_moment(text: str, zone: tzinfo, now: Callable[[], datetime]) -> Moment:
    """What ``text`` is to a server in ``zone``; ``now`` gives the day of a time alone and the year of a month.

    Raises NetError: FormatException for what is no AllXsd value, ArgumentOutOfRangeException where rounding leads
    beyond the year 9999.
    """
    for form, pattern in _FORMS:
        found = pattern.fullmatch(text)
        parts = None if found is None else _parts(found)
        if found is not None and parts is not None:
            ticks = _dated(form, _with_fraction(parts, found.groupdict().get("fraction")), zone, now)
            return _zoned(ticks, found["zone"], zone)
    raise NetError("System.FormatException", f"The string '{text}' is not a valid AllXsd value.")


def write_moment(moment: Moment, zone: tzinfo) -> str:
    """The lexical form that the server sends: no trailing zeros in the fraction, ``Z``, an offset or nothing."""
    seconds, fraction = divmod(moment.ticks, _SECOND)
    text = (_FIRST + timedelta(seconds=seconds)).isoformat()
    if fraction:
        text += f".{fraction:07}".rstrip("0")
    if moment.kind == "utc":
        return f"{text}Z"
    if moment.kind == "unspecified":
        return text
    minutes = _local_offset(moment, zone) // _MINUTE
    hours, minutes = divmod(abs(minutes), 60)
    return f"{text}{'-' if _local_offset(moment, zone) < 0 else '+'}{hours:02}:{minutes:02}"


def _parts(found: re.Match[str]) -> datetime | None:
    """The fields as a time, defaults for those that the form has not; None where there is no such day or hour."""
    given = {name: int(text) for name, text in found.groupdict().items() if name not in ("zone", "fraction") and text}
    try:
        return datetime(**{"year": _NO_YEAR, "month": 1, "day": 1, **given})  # type: ignore[arg-type] # noqa: DTZ001
    except ValueError:
        return None


def _with_fraction(parts: datetime, fraction: str | None) -> int:
    """The ticks of both: the fraction is rounded to 7 digits, a half to the even one."""
    ticks = _ticks(parts)
    if fraction is None:
        return ticks
    kept, rest = int(fraction[:7].ljust(7, "0")), fraction[7:]
    if rest[:1] > "5" or (rest[:1] == "5" and (rest[1:].strip("0") or kept % 2)):
        kept += 1
    if ticks + kept > MAX_TICKS:
        raise NetError(
            "System.ArgumentOutOfRangeException",
            "The added or subtracted value results in an un-representable DateTime.\r\nParameter name: value",
        )
    return ticks + kept


def _dated(form: str, ticks: int, zone: tzinfo, now: Callable[[], datetime]) -> int:
    """A time gets the server's day, a month or a day alone its year; gMonthDay keeps 1904, whatever its comment says.

    Where the fraction carries a time into the next day, .NET measures the difference from that day, so that it is the
    midnight with which today began.
    """
    if form not in ("time", "gMonth", "gDay"):
        return ticks
    today = _here(now(), zone)
    parts = _FIRST + timedelta(seconds=ticks // _SECOND)
    if form == "time":
        start = _ticks(datetime(parts.year, parts.month, parts.day))  # noqa: DTZ001
        return ticks - start + _ticks(datetime(today.year, today.month, today.day))  # noqa: DTZ001
    return _ticks(parts.replace(year=today.year))


def _here(moment: datetime, zone: tzinfo) -> datetime:
    """``moment`` on the server's clock, or as it is where that would be beyond the years 1 to 9999."""
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return moment


def _zoned(ticks: int, offset: str | None, zone: tzinfo) -> Moment:
    """With an offset, the time on the server's clock. Beyond the years 1 to 9999 .NET stops at their ends."""
    if offset is None:
        return Moment(ticks)
    if offset in "Zz":
        return Moment(ticks, "utc")
    minutes = int(offset[1:3]) * 60 + int(offset[4:6])
    utc = ticks + (minutes if offset[0] == "-" else -minutes) * _MINUTE
    if not 0 <= utc <= MAX_TICKS:
        # It takes the offset of the time as it was written, on the server's clock.
        return Moment(_within(utc + _local_offset(Moment(ticks, "local"), zone)), "local")
    here = _inside(utc).replace(tzinfo=UTC).astimezone(zone)
    local = Moment(_within(utc + _cut(here.utcoffset())), "local")
    return local._replace(daylight=_is_daylight(here))


def _is_daylight(here: datetime) -> bool:
    """Whether this local time occurs twice, and this is the one in daylight saving time."""
    first, second = here.replace(fold=0).utcoffset(), here.replace(fold=1).utcoffset()
    return first is not None and second is not None and first > second and here.fold == 0


def _local_offset(moment: Moment, zone: tzinfo) -> int:
    """The zone's offset at a local time, in ticks; a time that occurs twice is in standard time unless it says so."""
    here = _inside(moment.ticks).replace(tzinfo=zone)
    first, second = (_cut(here.replace(fold=fold).utcoffset()) for fold in (0, 1))
    if first > second:  # it occurs twice
        return first if moment.daylight else second
    return first  # the only one; for a time that does not occur, the one before the change, as in .NET


def _cut(offset: timedelta | None) -> int:
    """An offset in ticks, in whole minutes: .NET's zones know no seconds."""
    seconds = 0 if offset is None else int(offset.total_seconds())
    return int(seconds / 60) * _MINUTE


def _inside(ticks: int) -> datetime:
    """About that time, two days or more from the ends of what a datetime can hold, to ask a zone for its offset."""
    days = timedelta(days=2)
    found = _FIRST + timedelta(microseconds=_within(ticks) // 10)
    return min(max(found, _FIRST + days), _LAST - days)


def _ticks(parts: datetime) -> int:
    passed = parts - _FIRST
    return (passed.days * 86_400 + passed.seconds) * _SECOND + passed.microseconds * 10


def _within(ticks: int) -> int:
    return min(max(ticks, 0), MAX_TICKS)
