"""One value: as it was given in Python, and as the text that arrived."""

from __future__ import annotations

import binascii
import re
from typing import TYPE_CHECKING, Any, Final

from contracts.names import BLANKS
from contracts.schema import RANGES, instant_of, misfit_of

if TYPE_CHECKING:
    from contracts.model import Field

_DAY: Final = 86_400
#: Seconds from the first instant of Python's calendar to 1970-01-01.
_EPOCH: Final = 719_162 * _DAY
_TRUTHS: Final = {"true": True, "1": True, "false": False, "0": False}
#: XSD 1.0 part 2, sections 3.2.3 to 3.2.5. Python reads more: infinity, 4_2, digits of other scripts.
_NUMBER: Final = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([Ee][+-]?[0-9]{1,6})?|-?INF|NaN")
_NUMERIC: Final = frozenset({*RANGES, "decimal", "float", "double"})
#: Python may be told to read no more digits at once.
DIGITS: Final = 640
#: More bits than a digit needs.
_MOST_BITS: Final = 4


def difference(text: str, value: Any, field: Field) -> str | None:
    """How ``text``, the content of an element of ``field``, is not ``value``; None where it is.

    Raises TypeError for a value of a type that no field holds.
    """
    __tracebackhide__ = True  # pytest would print the arguments of this frame
    if isinstance(value, str):
        return None if text == value else _changed(text, value)
    plain = text.strip(BLANKS)
    if isinstance(value, int) and field.base == "boolean":
        return None if plain in _TRUTHS and _TRUTHS[plain] == value else "another truth value arrived"
    if isinstance(value, bool) and field.base not in _NUMERIC:
        return None if _TRUTHS.get(plain) is value else "another truth value arrived"
    if isinstance(value, int) and not isinstance(value, bool):
        return None if _is_integer(plain, value) else "another number arrived"
    if isinstance(value, bytes):
        return None if _bytes(plain, field) == value else "other bytes arrived"
    if hasattr(value, "isoformat") and not isinstance(value, type):
        return _displaced(plain, value)
    if hasattr(value, "__float__") and not isinstance(value, bool | type):
        return None if _reads_as(plain, value) else "another number arrived"
    raise TypeError(
        f"{field.name} is an xs:{field.base}, and {a_value(value)} was given, which cannot be compared with it"
    )


def a_value(value: object) -> str:
    """What to call ``value`` in an error, which must not quote it."""
    return f"a value of the type {type(value).__name__}"


def _displaced(text: str, value: Any) -> str | None:
    if hasattr(value, "utcoffset") and hasattr(value, "date"):
        return _moved(text, value)
    return None if text == value.isoformat() else "another date or time arrived"


def _reads_as(text: str, value: Any) -> bool:
    """Whether ``text`` is the number ``value``, a Decimal or a float, NaN too."""
    if not _NUMBER.fullmatch(text):
        return False
    try:
        number = type(value)(text)
        return bool(number == value) or str(number) == str(value)
    except (ArithmeticError, TypeError, ValueError):
        return False


def _changed(text: str, value: str) -> str:
    if len(text) != len(value):
        were = "character was" if len(value) == 1 else "characters were"
        return f"{len(value)} {were} given, and {len(text)} arrived"
    place = next(place for place, pair in enumerate(zip(text, value, strict=True)) if pair[0] != pair[1])
    return f"character {place + 1} is another one"


def _moved(text: str, value: Any) -> str | None:
    """``value`` is a datetime or of a class like it, such as pandas' with its later ``min`` and its nanoseconds."""
    instant = instant_of(text)
    if instant is None:
        return "no dateTime arrived"
    offset = value.utcoffset()
    if instant.zoned != (offset is not None):
        return "the zone is lost" if not instant.zoned else "a zone arrived, and none was given"
    seconds = (value.toordinal() - 1) * _DAY + value.hour * 3600 + value.minute * 60 + value.second - _EPOCH
    seconds -= 0 if offset is None else offset.total_seconds()
    fraction = f"{value.microsecond:06}{getattr(value, 'nanosecond', 0):03}".rstrip("0")
    return None if (instant.seconds, instant.fraction) == (seconds, fraction) else "another instant arrived"


def _is_integer(text: str, value: int) -> bool:
    """Whether ``text`` is the integer ``value``, read in pieces: Python refuses thousands of digits at once."""
    if misfit_of(text, "integer") is not None:
        return False
    digits = text.lstrip("+-").lstrip("0")
    if value.bit_length() > _MOST_BITS * len(digits):
        return False
    number = 0
    for start in range(0, len(digits), DIGITS):
        piece = digits[start : start + DIGITS]
        number = number * 10 ** len(piece) + int(piece)
        if number.bit_length() > value.bit_length():
            return False
    return value == (-number if text[0] == "-" else number)


def _bytes(text: str, field: Field) -> bytes | None:
    try:
        return bytes.fromhex(text) if field.base == "hexBinary" else binascii.a2b_base64(text)
    except ValueError:
        return None
