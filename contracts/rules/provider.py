"""`provider/`: valid messages that bite all the same, because of habits of the provider's stack. Never errors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from contracts.names import ACTOR, MUST_UNDERSTAND, NEXT_ACTOR, local_name
from contracts.schema import instant_of

from .registry import Problem, rule

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


@rule("provider/no-time-zone", "provider", "info", _STACK, stage="tree")
def no_time_zone(case: Case) -> Iterator[Problem]:
    """A dateTime says its zone. Without one nobody knows which clock is meant, and no page says.

    A naive value is the commonest silent fault of all: it is right until the client runs on a server elsewhere.

    Bad::   <syncTime>2024-05-01T12:00:00</syncTime>
    Good::  <syncTime>2024-05-01T12:00:00Z</syncTime>
    """
    for element, field, text in _date_times(case):
        if not _ZONE.search(text) and instant_of(text) is not None:
            yield Problem(f"{field.name}{case.quote(field, text)} has no time zone", "Send Z or an offset such as +02:00.", at=element, field_type="dateTime")


@rule("provider/date-time-range", "provider", "info", _STACK, stage="tree")
def date_time_range(case: Case) -> Iterator[Problem]:
    """A dateTime that XSD allows and .NET's DateTime does not hold: hour 24, a year outside 1 to 9999, fine fractions.

    Bad::   <syncTime>2024-05-01T24:00:00Z</syncTime>
    Good::  <syncTime>2024-05-02T00:00:00Z</syncTime>
    """
    for element, field, text in _date_times(case):
        if len(text) <= 20 and text[11:13] != "24" and text[:1] != "-":
            continue
        instant = instant_of(text)
        if instant is None:
            continue
        what = "is at hour 24" if instant.hour == 24 else f"has {instant.digits} fraction digits" if instant.digits > _DIGITS else None
        if not 1 <= instant.year <= _LAST_YEAR:
            what = "has a year outside 0001 to 9999"
        if what is not None:
            yield Problem(f"{field.name}{case.quote(field, text)} {what}", "Send hours 00 to 23, four-digit years and at most 7 fraction digits.", at=element, field_type="dateTime")


@rule("provider/utf16-length", "provider", "off", _STACK, stage="tree")
def utf16_length(case: Case) -> Iterator[Problem]:
    """A text within its maximal length in characters that exceeds it in UTF-16 units, in which .NET counts.

    Bad::   fifty emoji in a string(50)
    Good::  twenty-five emoji in a string(50)
    """
    for element, field, text in case.values:
        limit = field.type.max_length if field.type else None
        if limit is not None and len(text) <= limit < 2 * len(text) and len(text.encode("utf-16-le")) > 2 * limit:
            yield Problem(f"{field.name} has at most {limit} characters, but more than {limit} UTF-16 units", "Send fewer characters beyond U+FFFF.", at=element, field_type="string")


@rule("provider/comment-in-value", "provider", "off", _STACK, stage="tree")
def comment_in_value(case: Case) -> Iterator[Problem]:
    """A comment or a processing instruction stands inside a value: XML allows it, ASMX refuses it.

    Bad::   <IntegrationType>orders<!-- hourly --></IntegrationType>
    Good::  <!-- hourly --><IntegrationType>orders</IntegrationType>
    """
    if b"<!--" not in case.document.encoded.data:
        return
    for element, field, _ in case.values:
        if len(element) and not list(element.iterchildren("*")):
            yield Problem(f"a comment stands inside the value of {field.name}", "Move it out of the element.", at=element)


@rule("provider/other-actor", "provider", "off", _STACK, stage="tree")
def other_actor(case: Case) -> Iterator[Problem]:
    """A header block says mustUnderstand="1" to another actor; SOAP lets this node ignore it, ASMX faults.

    Bad::   <r:route soap:mustUnderstand="1" soap:actor="urn:proxy">
    Good::  <r:route soap:actor="urn:proxy">
    """
    for block in case.envelope.blocks if case.envelope else ():
        actor = block.get(ACTOR)
        if block.get(MUST_UNDERSTAND) == "1" and actor and actor != NEXT_ACTOR:
            yield Problem(f"the header block <{local_name(str(block.tag))}> must be understood by another actor", "Leave mustUnderstand out.", at=block)


def _date_times(case: Case) -> Iterator[tuple[Element, Field, str]]:
    return (value for value in case.values if value[1].type is not None and value[1].type.base == "dateTime" and value[2])
