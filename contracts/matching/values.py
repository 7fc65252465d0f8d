"""Texts of simple values -> keys that are equal where XSD 1.0 part 2 calls the values equal."""

from __future__ import annotations

import binascii
import re
import struct
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from contracts.names import BLANKS
from contracts.schema import RANGES, collapsed, instant_of, misfit_of

if TYPE_CHECKING:
    from collections.abc import Callable

_DAY: Final = 86_400
_ZONE: Final = r"(Z|[+-][0-9]{2}:[0-9]{2})?"
#: The date and time types beside dateTime (sections 3.2.8 to 3.2.14), each made a dateTime: its first instant.
_PARTS: Final = {
    "date": (re.compile(rf"(-?[0-9]{{4,}}-[0-9]{{2}}-[0-9]{{2}}){_ZONE}"), "{}T00:00:00{}"),
    "time": (re.compile(rf"([0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}(?:\.[0-9]+)?){_ZONE}"), "2000-01-01T{}{}"),
    "gYearMonth": (re.compile(rf"(-?[0-9]{{4,}}-[0-9]{{2}}){_ZONE}"), "{}-01T00:00:00{}"),
    "gYear": (re.compile(rf"(-?[0-9]{{4,}}){_ZONE}"), "{}-01-01T00:00:00{}"),
    "gMonthDay": (re.compile(rf"--([0-9]{{2}}-[0-9]{{2}}){_ZONE}"), "2000-{}T00:00:00{}"),
    "gMonth": (re.compile(rf"--([0-9]{{2}}){_ZONE}"), "2000-{}-01T00:00:00{}"),
    "gDay": (re.compile(rf"---([0-9]{{2}}){_ZONE}"), "2000-01-{}T00:00:00{}"),
}
_DURATION: Final = re.compile(
    r"(-?)P(?=[0-9T])(?:([0-9]+)Y)?(?:([0-9]+)M)?(?:([0-9]+)D)?"
    r"(?:T(?=[0-9])(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+(?:\.[0-9]+)?)S)?)?"
)
_FLOAT: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[Ee][+-]?[0-9]+)?|-?INF|NaN")
_HEX: Final = re.compile("(?:[0-9A-Fa-f]{2})*")
#: What is longer is compared as text: Python refuses to read more digits, and no field of a service has as many.
_LONGEST: Final = 300
_WITHOUT_BLANKS: Final = str.maketrans("", "", BLANKS)


def value_key(text: str, base: str) -> object:
    """A key of the value that ``text`` names as the XSD built-in type ``base``; of no value of it, the text itself.

    Two texts name the same value exactly if their keys are equal. Blanks around a value do not count, but those of an
    xs:string do (section 4.3.6). A dateTime without a zone never equals one that has a zone (section 3.2.7.4). QNames
    are compared as they are written.
    """
    plain = text.strip(BLANKS)
    read = _READERS.get(base)
    if read is None:
        return collapsed(text, base)
    key = read(plain) if misfit_of(plain, base) is None else None
    return plain if key is None else (base, key)


def _integer(text: str) -> str:
    digits = text.lstrip("+-").lstrip("0")
    return f"-{digits}" if digits and text[0] == "-" else digits


def _decimal(text: str) -> tuple[bool, str, str]:
    whole, _, fraction = text.lstrip("+-").partition(".")
    whole, fraction = whole.lstrip("0"), fraction.rstrip("0")
    return text[0] == "-" and bool(whole or fraction), whole, fraction


def _double(text: str) -> str | None:
    """By its shortest form: NaN is equal to itself, and 0 not to -0 (sections 3.2.4 and 3.2.5)."""
    return repr(float(text)) if _FLOAT.fullmatch(text) else None


def _float(text: str) -> bytes | None:
    if not _FLOAT.fullmatch(text):
        return None
    try:
        return struct.pack(">f", float(text))
    except OverflowError:
        return struct.pack(">f", float("-inf" if text[0] == "-" else "inf"))


def _boolean(text: str) -> bool:
    return text in ("true", "1")


def _date_time(text: str) -> tuple[object, ...] | None:
    found = instant_of(text)
    return None if found is None else (found.zoned, found.seconds, found.fraction)


def _part_of(base: str) -> Callable[[str], tuple[object, ...] | None]:
    pattern, template = _PARTS[base]

    def key(text: str) -> tuple[object, ...] | None:
        match = pattern.fullmatch(text)
        found = match and instant_of(template.format(match[1], match[2] or ""))
        if not found:
            return None
        # A time comes back every day, so 23:00:00-02:00 is 01:00:00Z.
        return found.zoned, found.seconds % _DAY if base == "time" else found.seconds, found.fraction

    return key


def _duration(text: str) -> tuple[int, Fraction] | None:
    match = _DURATION.fullmatch(text) if len(text) < _LONGEST else None
    if match is None:
        return None
    years, months, days, hours, minutes = (int(part or 0) for part in match.groups()[1:6])
    seconds = ((days * 24 + hours) * 60 + minutes) * 60 + Fraction(match[7] or 0)
    sign = -1 if match[1] else 1
    return sign * (years * 12 + months), sign * seconds


def _base64(text: str) -> bytes | None:
    dense = text.translate(_WITHOUT_BLANKS)
    try:
        found = binascii.a2b_base64(dense.encode("ascii"), strict_mode=True)
    except ValueError:
        return None
    # The bits that no byte is made of are zeros (RFC 4648 section 3.5).
    return found if binascii.b2a_base64(found, newline=False) == dense.encode() else None


def _hex(text: str) -> str | None:
    return text.upper() if _HEX.fullmatch(text) else None


_READERS: Final[dict[str, Callable[[str], Any]]] = {
    **dict.fromkeys(RANGES, _integer),
    **{base: _part_of(base) for base in _PARTS},
    "decimal": _decimal,
    "double": _double,
    "float": _float,
    "boolean": _boolean,
    "dateTime": _date_time,
    "duration": _duration,
    "base64Binary": _base64,
    "hexBinary": _hex,
}
