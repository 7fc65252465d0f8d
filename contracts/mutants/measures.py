"""How values are measured by the facets of XSD 1.0 part 2, section 4.3, and texts of a given measure.

By Python's own types, and nothing here asks the code that judges.
"""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from decimal import Context, Decimal
from typing import TYPE_CHECKING, Any, Final

from .misfits import SPANS, TEXTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

#: No text is made for a facet that counts more: a contract may say 999,999,999.
LONGEST: Final = 100_000
NUMBERS: Final = SPANS.keys() | {"decimal"}
_EXACT: Final = Context(prec=LONGEST)
_UNITS: Final = {"dateTime": timedelta(seconds=1), "date": timedelta(days=1)}
#: What the length of a type counts, and a text of that length.
_SIZES: Final[dict[str, tuple[Callable[[str], int], Callable[[int], str]]]] = {
    "hexBinary": (lambda text: len(bytes.fromhex(text)), lambda size: "0f" * size),
    "base64Binary": (
        lambda text: len(base64.b64decode(text)),
        lambda size: base64.b64encode(b"x" * size).decode(),
    ),
    "NMTOKENS": (lambda text: len(text.split()), lambda size: " ".join(["example"] * size)),
}
#: The types of which texts of any length can be made.
MEASURED: Final = TEXTS | _SIZES.keys()


def size_of(base: str, value: str) -> int | None:
    """The length of a value in the units of its type; None for a QName, whose length no engine counts."""
    if base == "QName":
        return None
    return _SIZES[base][0](value) if base in _SIZES else len(value)


def texts_of_size(base: str, size: int, fillings: Iterable[str]) -> list[str]:
    """Values of the built-in type ``base`` that are ``size`` long, of each of ``fillings`` where it is a text."""
    if base in TEXTS:
        return [filling * size for filling in fillings]
    return [_SIZES[base][1](size)] if base in _SIZES else []


def point_of(base: str, text: str) -> Any:
    """What a value is compared by; None where Python has no such value, as for the year 10000."""
    if base in NUMBERS:
        return Decimal(text)
    try:
        return datetime.fromisoformat(text) if base == "dateTime" or (base == "date" and len(text) == 10) else None
    except ValueError:
        return None


def stepped(base: str, bound: str, step: int) -> str | None:
    """The text that is ``step`` units beyond ``bound``; None where it cannot be made.

    None for a dateTime without a zone too, since that is a matter of `provider/no-time-zone` as well.
    """
    if base in NUMBERS:
        return format(_EXACT.add(Decimal(bound), Decimal(step)), "f") if len(bound) < LONGEST else None
    point = point_of(base, bound)
    if point is None or (base == "dateTime" and point.tzinfo is None):
        return None
    if step == 0:
        return bound
    try:
        text = (point + step * _UNITS[base]).isoformat()
    except OverflowError:
        return None
    return str(text[:10] if base == "date" else text)
