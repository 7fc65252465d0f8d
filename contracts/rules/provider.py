"""`provider/`: valid messages that bite all the same, because of habits of the provider's stack. Never errors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from lxml import etree

from contracts.envelope import is_mandatory
from contracts.names import ACTOR, NEXT_ACTOR, local_name
from contracts.schema import instant_of

from .registry import Problem, rule, value_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.model import Field
    from contracts.xml import Element

    from .case import Case

_STACK: Final = "the provider's stack"
_ZONE: Final = re.compile(r"(?:Z|[+-][0-9]{2}:[0-9]{2})[ \t\r\n]*\Z")
#: What .NET's DateTime holds: the years 1 to 9999 and seven digits of a fraction.
_LAST_YEAR: Final = 9999
_DIGITS: Final = 7
#: Nothing that .NET minds: hours 00 to 23, a year of four digits, a fraction of up to seven.
_USUAL: Final = re.compile(r"(?!0000)[0-9]{4}-[0-9-]{5}T(?!24)[0-9]{2}:[0-9:]{5}(\.[0-9]{1,7})?(Z|[+-][0-9:]{5})?")


def _is_date_time(field: Field) -> bool:
    return field.base == "dateTime"


def _is_limited(field: Field) -> bool:
    return field.type is not None and field.type.max_length is not None


@value_rule("provider/no-time-zone", "provider", "info", _STACK, applies=_is_date_time)
def no_time_zone(case: Case, element: Element, field: Field, text: str) -> Problem | None:
    """A dateTime says its zone. Without one nobody knows which clock is meant, and no page says.

    A naive value is the commonest silent fault of all: it is right until the client runs on a server elsewhere.

    Bad::   <syncTime>2024-05-01T12:00:00</syncTime>
    Good::  <syncTime>2024-05-01T12:00:00Z</syncTime>
    """
    if text[-1:] == "Z" or _ZONE.search(text) or instant_of(text) is None:
        return None
    return Problem(
        f"{field.name}{case.quote(element, field, text)} has no time zone",
        "Send Z or an offset such as +02:00.",
        at=element,
        field_type="dateTime",
    )


@value_rule("provider/date-time-range", "provider", "info", _STACK, applies=_is_date_time)
def date_time_range(case: Case, element: Element, field: Field, text: str) -> Problem | None:
    """A dateTime that XSD allows and .NET's DateTime does not hold: hour 24, a year outside 1 to 9999, fine fractions.

    Bad::   <syncTime>2024-05-01T24:00:00Z</syncTime>
    Good::  <syncTime>2024-05-02T00:00:00Z</syncTime>
    """
    if _USUAL.fullmatch(text):
        return None
    instant = instant_of(text)
    if instant is None:
        return None
    if not 1 <= instant.year <= _LAST_YEAR:
        what = "has a year outside 0001 to 9999"
    elif instant.hour == 24:
        what = "is at hour 24"
    elif instant.digits > _DIGITS:
        what = f"has {instant.digits} fraction digits"
    else:
        return None
    help_ = f"Send hours 00 to 23, four-digit years and at most {_DIGITS} fraction digits."
    return Problem(f"{field.name}{case.quote(element, field, text)} {what}", help_, at=element, field_type="dateTime")


@value_rule("provider/utf16-length", "provider", "off", _STACK, applies=_is_limited)
def utf16_length(_case: Case, element: Element, field: Field, text: str) -> Problem | None:
    """A text within its maximal length in characters that exceeds it in UTF-16 units, in which .NET counts.

    Bad::   fifty emoji in a string(50)
    Good::  twenty-five emoji in a string(50)
    """
    limit = field.type.max_length if field.type else None
    if (
        text.isascii()
        or limit is None
        or not len(text) <= limit < 2 * len(text)
        or len(text.encode("utf-16-le")) <= 2 * limit
    ):
        return None
    message = f"{field.name} has at most {limit} characters, but more than {limit} UTF-16 units"
    return Problem(message, "Send fewer characters beyond U+FFFF.", at=element, field_type="string")


@rule("provider/comment-in-value", "provider", "off", _STACK, stage="comments")
def comment_in_value(case: Case) -> Iterator[Problem]:
    """A comment stands inside a value: XML allows it, ASMX refuses it.

    Bad::   <IntegrationType>orders<!-- hourly --></IntegrationType>
    Good::  <!-- hourly --><IntegrationType>orders</IntegrationType>
    """
    for element, field, _ in case.values:
        if next(element.iterchildren(etree.Comment), None) is not None:
            yield Problem(
                f"a comment stands inside the value of {field.name}", "Move it out of the element.", at=element
            )


@rule("provider/other-actor", "provider", "off", _STACK, stage="blocks")
def other_actor(case: Case) -> Iterator[Problem]:
    """A header block says mustUnderstand="1" to another actor; SOAP lets this node ignore it, ASMX faults.

    Bad::   <r:route soap:mustUnderstand="1" soap:actor="urn:proxy">
    Good::  <r:route soap:actor="urn:proxy">
    """
    for block in case.envelope.blocks if case.envelope else ():
        actor = block.get(ACTOR)
        if is_mandatory(block) and actor and actor != NEXT_ACTOR:
            yield Problem(
                f"the header block <{local_name(str(block.tag))}> must be understood by another actor",
                "Leave mustUnderstand out.",
                at=block,
            )
