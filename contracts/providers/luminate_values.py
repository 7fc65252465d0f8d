"""Luminate's numbers and times, as its pages print them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from contracts.names import BLANKS
from contracts.schema import instant_of

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def number_of(text: str) -> str:
    """The digits of a nonNegativeInteger, of which there may be more than int() reads."""
    return text.strip(BLANKS).lstrip("+-").lstrip("0") or "0"


def moment_of(text: str) -> str:
    """A dateTime as the provider prints it, to the second and in UTC; as it came where no calendar has it."""
    found = instant_of(text)
    if found is None:
        return text
    try:
        return written(_EPOCH + timedelta(seconds=found.seconds))
    except OverflowError:
        return text


def written(moment: datetime) -> str:
    """A time in UTC, to the second."""
    # The printed responses have whole seconds. strftime writes a year below 1000 with less than four digits.
    return f"{moment.replace(microsecond=0, tzinfo=None).isoformat()}Z"
