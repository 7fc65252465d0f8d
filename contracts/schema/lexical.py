r"""XSD 1.0 part 2: what is wrong with the text of a value, and which instant a dateTime names.

ASCII digits and XML's four blanks only: ``\d``, ``\s`` and ``str.strip`` would take digits of other scripts and U+00A0.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from contracts.names import BLANKS

_INTEGER: Final = re.compile(r"[+-]?[0-9]+")
_DECIMAL: Final = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_DATE_TIME: Final = re.compile(
    r"(-?)([0-9]{4,})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?(?:(Z)|([+-])([0-9]{2}):([0-9]{2}))?"
)
#: Value ranges of the integer types, XSD 1.0 part 2 sections 3.3.13 to 3.3.25; None is unbounded.
RANGES: Final[dict[str, tuple[int | None, int | None]]] = {
    "integer": (None, None),
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-128, 127),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 255),
}
_REPLACED: Final = str.maketrans("\t\r\n", "   ")
_BLANK_RUN: Final = re.compile("[ \t\r\n]+")
#: The ASCII pattern that the contracts put beside a built-in type for the engines' sake; `misfit_of` says the same.
IMPLIED_PATTERNS: Final = {
    **dict.fromkeys(RANGES, r"[+\-]?[0-9]+"),
    "boolean": "true|false|0|1",
    "dateTime": r"-?[0-9]{4,}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+\-][0-9]{2}:[0-9]{2})?",
}
_PRESERVED: Final = frozenset({"string", "normalizedString"})
#: More digits than any bounded type has; beyond them only the sign decides, and Python's own limit is never met.
_MANY_DIGITS: Final = 30
#: No usual slip is longer, and a guess at a longer text could take for ever.
_LONGEST_GUESS: Final = 80
#: libxml2 keeps years in 64 bits.
_LONGEST_YEAR: Final = 18


class Misfit(NamedTuple):
    """Why a text is no value of its type: the ``schema/`` rule's name and a sentence that quotes nothing."""

    rule: str
    reason: str


class Instant(NamedTuple):
    """The parts of a valid dateTime, ordered by time within one kind of zone.

    ``seconds`` counts from the epoch (in UTC when ``zoned``, else on an unknown local clock); ``fraction`` holds the
    digits of the fraction without trailing zeros, ``digits`` how many were written; ``year`` and ``hour`` as written.
    """

    zoned: bool
    seconds: int
    fraction: str
    digits: int
    year: int
    hour: int


def misfit_of(text: str, base: str) -> Misfit | None:
    """What is wrong with ``text`` as the built-in type ``base``; None when it fits.

    A base type that is unknown here never misfits: libxml2 still judges it.
    """
    if base in _PRESERVED:
        return None
    value = text.strip(BLANKS)
    if base in RANGES:
        return _integer_misfit(value, base)
    if base == "dateTime":
        reason = _date_time_misfit(value)
        return None if reason is None else Misfit("date-time", reason)
    if base == "boolean" and value not in ("true", "false", "0", "1"):
        return Misfit("boolean", "must be true, false, 1 or 0, in lower case")
    if base == "decimal" and not _DECIMAL.fullmatch(value):
        return Misfit("value", "must be a decimal number, without an exponent")
    return None


def collapsed(text: str, base: str) -> str:
    """``text`` as the facets see it: without its blanks, except for the strings that keep them (section 4.3.6)."""
    if base == "normalizedString":
        return text.translate(_REPLACED)
    return text if base in _PRESERVED else " ".join(filter(None, _BLANK_RUN.split(text)))


def instant_of(text: str) -> Instant | None:
    """The instant that the xs:dateTime ``text`` names; None when it is not valid."""
    match = _DATE_TIME.fullmatch(text.strip(BLANKS))
    if match is None or _parts_misfit(match) is not None:
        return None
    year = int(match[1] + match[2][:_MANY_DIGITS])
    month, day, hour, minute, second = (int(match[group]) for group in range(3, 8))
    digits = match[8] or ""
    offset = 0
    if match[10]:
        offset = (int(match[11]) * 60 + int(match[12])) * (60 if match[10] == "+" else -60)
    seconds = _days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - offset
    zoned = match[9] is not None or match[10] is not None
    return Instant(zoned, seconds, digits.rstrip("0"), len(digits), year, hour)


def is_after(first: Instant, second: Instant) -> bool:
    """Whether ``first`` is later than ``second`` for certain, by the order of XSD 1.0 part 2, section 3.2.7.4.

    A time without a zone may be fourteen hours off either way.
    """
    doubt = 0 if first.zoned == second.zoned else 14 * 3600
    return (first.seconds - doubt, first.fraction) > (second.seconds, second.fraction)


def _integer_misfit(value: str, base: str) -> Misfit | None:
    if not _INTEGER.fullmatch(value):
        if value == "":
            return Misfit("integer", "is empty, and an integer is not")
        return Misfit("integer", "is not an integer: an optional sign and the digits 0 to 9 only")
    lowest, highest = RANGES[base]
    digits = value.lstrip("+-").lstrip("0")
    size = int(digits[:_MANY_DIGITS] or "0")
    number = -size if value[0] == "-" else size
    if lowest == 0 and number < 0:
        return Misfit("negative", f"is negative, and an xs:{base} is not")
    if (lowest is not None and number < lowest) or (highest is not None and number > highest):
        span = f"{'any' if lowest is None else lowest} to {'any' if highest is None else highest}"
        return Misfit("out-of-range", f"is out of range: an xs:{base} goes from {span}")
    return None


def _date_time_misfit(value: str) -> str | None:
    match = _DATE_TIME.fullmatch(value)
    return _date_time_form(value) if match is None else _parts_misfit(match)


_FORMS: Final = (
    (re.compile(r""), "is empty, and a dateTime is not"),
    (re.compile(r"-?[0-9]{4,}-[0-9]{2}-[0-9]{2}"), "is a date without a time; write YYYY-MM-DDThh:mm:ssZ"),
    (re.compile(r"-?[0-9]{4,}-[0-9]{2}-[0-9]{2} [0-9].*"), "has a blank between date and time where XSD wants a T"),
    (re.compile(r"[^T]+T[0-9]{2}:[0-9]{2}(Z|[+-].*)?"), "has no seconds; write hh:mm:ss"),
    (re.compile(r"[^T]+T[0-9:.]+[+-][0-9]{4}"), "has an offset without a colon; write +hh:mm"),
    (re.compile(r"[^T]+T[0-9:.]+[+-][0-9]{1,2}"), "has an offset without minutes; write +hh:mm"),
    (re.compile(r"[^t]+t[0-9:.]+.*"), "has a lower-case t; write T"),
    (re.compile(r"[^T]+T[0-9:.]+z"), "has a lower-case z; write Z"),
    (re.compile(r"[^T]+T[0-9:]+,[0-9]+.*"), "has a comma before the fraction; write a full stop"),
    (re.compile(r"[0-9]{4,}-[0-9]{1,2}-[0-9]{1,2}T.*"), "has a month, day, hour, minute or second of other than two digits"),
    (re.compile(r"[0-9]+"), "is a bare number, perhaps a time stamp; write YYYY-MM-DDThh:mm:ssZ"),
)  # fmt: skip


def _date_time_form(value: str) -> str:
    for form, reason in _FORMS:
        if len(value) <= _LONGEST_GUESS and form.fullmatch(value):
            return reason
    return "is not of the form YYYY-MM-DDThh:mm:ss, with an optional fraction and Z or +hh:mm"


def _parts_misfit(match: re.Match[str]) -> str | None:
    year = match[2]
    month, day, hour, minute, second = (int(match[group]) for group in range(3, 8))
    if len(year) > 4 and year[0] == "0":
        return "has a year of more than four digits with a leading zero"
    if len(year) > _LONGEST_YEAR:
        return "has a year of more digits than XSD processors hold"
    if not year.strip("0"):
        return "has the year 0000, which XSD 1.0 does not know"
    if not 1 <= month <= 12:
        return "has a month outside 01 to 12"
    if not 1 <= day <= _days_in(int(match[1] + year[-4:]) if match[1] else int(year[-4:]), month):
        return "has a day that its month does not have"
    midnight = hour == 24 and minute == 0 and second == 0 and not (match[8] or "").strip("0")
    if (hour > 23 and not midnight) or minute > 59 or second > 59:
        return "has a time of day outside 00:00:00 to 24:00:00"
    if match[10] is not None:
        hours, minutes = int(match[11]), int(match[12])
        if hours > 14 or minutes > 59 or (hours == 14 and minutes):
            return "has an offset beyond 14:00"
    return None


def _days_in(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def _days(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01 in the proleptic Gregorian calendar."""
    year -= month <= 2
    era, year_of_era = divmod(year, 400)
    day_of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year - 719468
