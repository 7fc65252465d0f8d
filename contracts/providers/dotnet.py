"""Values of the .NET Framework on the wire: how XmlSerializer reads the text of a simple type, and writes it.

The facts are those of System.Xml's XmlConvert.cs and of Int32.Parse and its like in Microsoft's reference source. A
type for which XmlSerializer has no class of its own, such as ``integer``, is a String there too.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

from contracts.names import BLANKS

from .exceptions import NetError
from .moments import NEVER, Moment, read_moment, write_moment

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, tzinfo

#: A value of a parameter or of a result: null, a text, a Boolean, a number, a DateTime, an object or a list of them.
Value = None | str | bool | int | Decimal | Moment | dict[str, "Value"] | list["Value"]

#: NumberStyles.AllowLeadingWhite and AllowTrailingWhite take these only; digits are ASCII's.
_WHITE: Final = "[\t-\r ]*"
_INTEGER: Final = re.compile(rf"{_WHITE}([+-]?)([0-9]++){_WHITE}")
_DECIMAL: Final = re.compile(rf"{_WHITE}([+-]?(?:[0-9]++(?:\.[0-9]*)?|\.[0-9]++)){_WHITE}")
_INTEGERS: Final = {
    "byte": (-(2**7), 2**7 - 1, "a signed byte"),
    "short": (-(2**15), 2**15 - 1, "an Int16"),
    "int": (-(2**31), 2**31 - 1, "an Int32"),
    "long": (-(2**63), 2**63 - 1, "an Int64"),
    "unsignedByte": (0, 2**8 - 1, "an unsigned byte"),
    "unsignedShort": (0, 2**16 - 1, "a UInt16"),
    "unsignedInt": (0, 2**32 - 1, "a UInt32"),
    "unsignedLong": (0, 2**64 - 1, "a UInt64"),
}
_MAX_DECIMAL: Final = 2**96 - 1
#: Python limits how many digits an int is read from; none of these types has as many.
_MAX_DIGITS: Final = 40
_BAD_FORMAT: Final = "Input string was not in a correct format."
_DEFAULTS: Final[dict[str, Value]] = {"dateTime": NEVER, "boolean": False, "decimal": Decimal(0)}
_BOOLEANS: Final = {"true": True, "1": True, "false": False, "0": False}


class Server(NamedTuple):
    """What reading and writing depends on: the server's time zone and its clock."""

    zone: tzinfo
    now: Callable[[], datetime]


def read_value(base: str | None, text: str, server: Server) -> Value:
    """``text`` as the XSD built-in type ``base``. Raises NetError with the type and the text of .NET's exception."""
    if base in _INTEGERS:
        return _integer(base, text)
    if base == "dateTime":
        return read_moment(text, server.zone, server.now)
    if base == "boolean":
        return _boolean(text)
    if base == "decimal":
        return _decimal(text)
    return text


def default_of(base: str | None) -> Value:
    """What reaches a method whose parameter of this type is not sent."""
    if base in _INTEGERS:
        return 0
    return _DEFAULTS.get(base or "")


def write_value(value: str | int | Decimal | Moment, server: Server) -> str:
    """The text of a value that is neither null nor an object nor a list."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Moment):
        return write_moment(value, server.zone)
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _integer(base: str, text: str) -> int:
    least, most, name = _INTEGERS[base]
    found = _INTEGER.fullmatch(text)
    if found is None:
        raise NetError("System.FormatException", _BAD_FORMAT)
    digits = found[2].lstrip("0")
    value = int((digits or "0")[:_MAX_DIGITS]) * (-1 if found[1] == "-" else 1)
    if len(digits) > _MAX_DIGITS or not least <= value <= most:
        raise NetError("System.OverflowException", f"Value was either too large or too small for {name}.")
    return value


def _boolean(text: str) -> bool:
    trimmed = text.strip(BLANKS)
    if trimmed not in _BOOLEANS:
        raise NetError("System.FormatException", f"The string '{trimmed}' is not a valid Boolean value.")
    return _BOOLEANS[trimmed]


def _decimal(text: str) -> Decimal:
    found = _DECIMAL.fullmatch(text)
    if found is None:
        raise NetError("System.FormatException", _BAD_FORMAT)
    value = Decimal(found[1])
    if value.copy_abs() > _MAX_DECIMAL:
        raise NetError("System.OverflowException", "Value was either too large or too small for a Decimal.")
    return value
