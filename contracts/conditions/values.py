"""The provider's own answer with values at the edges of their types: a sound client returns them as they are."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Final

from lxml import etree

from contracts.names import BLANKS, XSI_NIL
from contracts.xml import parse

from .injections import injection

if TYPE_CHECKING:
    from collections.abc import Callable

    from contracts.answers import Answer
    from contracts.model import Field, Operation

    from .injections import Expectation, Scene

_UNBOUNDED: Final = frozenset({"integer", "nonNegativeInteger", "positiveInteger"})
_TIMES: Final = frozenset({"dateTime"})
_MOMENT: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)?", re.ASCII)
_SOME: Final = datetime(2024, 5, 1, 12, tzinfo=UTC)
_EAST: Final = timezone(timedelta(hours=5, minutes=30))
_WEST: Final = timezone(timedelta(hours=-3, minutes=-30))


def _own(operation: Operation, bases: frozenset[str]) -> list[Field]:
    """The values of the response with one of these types that need not repeat one of the request."""
    asked = {field.name for field in operation.request.values() if field.min_occurs}
    return [field for field in operation.response.values() if field.base in bases and field.name not in asked]


def _has_big(operation: Operation) -> bool:
    return bool(_own(operation, _UNBOUNDED))


def _has_time(operation: Operation) -> bool:
    return bool(_own(operation, _TIMES))


@injection("the same values", name="integer over 2^53", suits=_has_big)
def integer_over_2_53(scene: Scene) -> Answer | None:
    """An integer that a double cannot hold: 9007199254740993."""
    return _with(scene, _UNBOUNDED, lambda _: str(2**53 + 1))


@injection("the same values", name="integer over 2^63", suits=_has_big)
def integer_over_2_63(scene: Scene) -> Answer | None:
    """An integer that 64 bits with a sign cannot hold: 9223372036854775809."""
    return _with(scene, _UNBOUNDED, lambda _: str(2**63 + 1))


def _add_time(name: str, about: str, change: Callable[[datetime], str], *others: Expectation) -> None:
    def make(scene: Scene) -> Answer | None:
        return _with(scene, _TIMES, lambda text: _changed(text, change))

    make.__doc__ = about
    injection("the same values", *others, name=f"dateTime {name}", suits=_has_time)(make)


def _midnight(moment: datetime) -> str:
    return f"{moment.date().isoformat()}T24:00:00Z"


def _seconds(moment: datetime) -> str:
    # strftime writes a year below 1000 with less than four digits.
    return moment.replace(tzinfo=None).isoformat()


_add_time("with Z", "The time in UTC, with Z.", lambda moment: f"{_seconds(moment)}Z")
_add_time(
    "with an offset", "The same time with an offset of +05:30.", lambda moment: moment.astimezone(_EAST).isoformat()
)
_add_time("west", "The same time with an offset of -03:30.", lambda moment: moment.astimezone(_WEST).isoformat())
_add_time("with a zero offset", "The same time with -00:00.", lambda moment: f"{_seconds(moment)}-00:00")
_add_time("with a fraction", "A fraction of three digits.", lambda moment: f"{_seconds(moment)}.250Z")
_add_time(
    "with 7 digits",
    "A fraction of seven digits, as .NET writes it.",
    lambda moment: f"{_seconds(moment)}.1234567Z",
)
_add_time(
    "with 12 digits",
    "A fraction of twelve digits; XSD sets no limit.",
    lambda moment: f"{_seconds(moment)}.123456789012Z",
)
_add_time("at 24:00:00", "Midnight as the end of a day (XSD 1.0 part 2, 3.2.7).", _midnight)
_add_time(
    "without a zone",
    "No zone at all: legal, and which one is meant nobody says.",
    _seconds,
)
_add_time(
    "padded",
    "White space around the value, which XSD collapses.",
    lambda moment: f"\n  {_seconds(moment)}Z\n  ",
)
_add_time("after 9999", "A year of five digits (XSD 1.0 part 2, 3.2.7).", lambda moment: f"1{_seconds(moment)}Z")


def _with(scene: Scene, bases: frozenset[str], change: Callable[[str], str]) -> Answer | None:
    """The answer with the values of these types changed, but those that the request has; None where there are none."""
    answer = scene.process()
    root = parse(answer.body).root
    if root is None or answer.status != 200:
        return None
    tags = {field.tag for field in _own(scene.operation, bases) if field.name not in scene.call.values}
    nodes = [node for node in root.iter() if node.tag in tags]
    for node in nodes:
        node.attrib.pop(XSI_NIL, "")
        node.text = change((node.text or "").strip(BLANKS))
    return answer._replace(body=etree.tostring(root, encoding="utf-8", xml_declaration=True)) if nodes else None


def _changed(text: str, change: Callable[[datetime], str]) -> str:
    """What ``change`` makes of the time that ``text`` names, or of another where no calendar of ours has it."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        return change(_SOME)
    try:
        return change(datetime.fromisoformat(found[1] + (found[3] or "Z")).astimezone(UTC))
    except (ValueError, OverflowError):
        return change(_SOME)
