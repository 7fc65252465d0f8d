"""`provider/`: valid values that bite all the same. The habits of header blocks are beside those in `blocks`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from lxml import etree

from contracts.xml import value_of
from contracts.xml.escapes import escaped

from .facets import broken_facets
from .measures import LONGEST
from .misfits import TEXTS
from .registry import mutation, near_miss
from .subject import HOLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.messages import Message

    from .subject import Spot, Subject

_EMOJI: Final = "\U0001f600"
_PARTS: Final = re.compile(r"[ \t\r\n]*(-?[0-9]+)(-[0-9]{2}-[0-9]{2}T[0-9:]{8})(\.[0-9]+)?(Z|[+-][0-9:]{5})?[ \t\r\n]*")


@mutation("provider/no-time-zone")
def without_zone(subject: Subject) -> Iterator[tuple[str, Message]]:
    """Each dateTime without its zone."""
    for spot, (year, rest, fraction, zone) in _date_times(subject):
        if zone:
            yield from _fitting(subject, spot, {f"drops-the-zone-of-{spot.name}": f"{year}{rest}{fraction}"})


@near_miss("provider/no-time-zone")
def with_odd_zone(subject: Subject) -> Iterator[tuple[str, Message]]:
    """Each dateTime with zones that are seldom seen, and blanks behind."""
    for spot, (year, rest, fraction, _) in _date_times(subject):
        zones = {"minus-zero": "-00:00", "14-hours": "+14:00", "z-and-a-blank": "Z "}
        texts = {f"gives-{spot.name}-the-zone-{what}": f"{year}{rest}{fraction}{zone}" for what, zone in zones.items()}
        yield from _fitting(subject, spot, texts)


@mutation("provider/date-time-range")
def out_of_range(subject: Subject) -> Iterator[tuple[str, Message]]:
    """Each dateTime with eight digits of a fraction and, where no order forbids it, at hour 24 and in far years."""
    for spot, (year, rest, fraction, zone) in _date_times(subject):
        padded = f"{fraction or '.'}".ljust(9, "0")
        texts = {f"{len(padded) - 1}-fraction-digits": f"{year}{rest}{padded}{zone}"}
        if not _is_ordered(subject, spot):
            texts |= {
                "hour-24": f"{year}{rest[:7]}24:00:00{zone}",
                "year-10000": f"10000{rest}{zone}",
                "year-minus-1": f"-0001-01-01{rest[6:]}{zone}",
            }
        yield from _fitting(subject, spot, {f"gives-{spot.name}-{what}": text for what, text in texts.items()})


@near_miss("provider/date-time-range")
def within_range(subject: Subject) -> Iterator[tuple[str, Message]]:
    """Each dateTime with seven digits of a fraction, in the last hour of a day, in the first and the last year."""
    for spot, (year, rest, _, zone) in _date_times(subject):
        texts = {
            "seven-fraction-digits": f"{year}{rest}.1234567{zone}",
            "the-last-second": f"{year}{rest[:7]}23:59:59.9999999{zone}",
            "year-1": f"0001-01-02{rest[6:]}{zone}",
            "year-9999": f"9999-12-30{rest[6:]}{zone}",
        }
        yield from _fitting(subject, spot, {f"gives-{spot.name}-{what}": text for what, text in texts.items()})


@mutation("provider/utf16-length")
def too_many_units(subject: Subject) -> Iterator[tuple[str, Message]]:
    """Each limited text within its characters and beyond as many UTF-16 units."""
    for spot, limit in _limited(subject):
        texts = {"of-emoji-alone": _EMOJI * limit, "with-one-emoji": _EMOJI.ljust(limit, "x")}
        yield from _fitting(subject, spot, {f"fills-{spot.name}-{what}": text for what, text in texts.items()})


@near_miss("provider/utf16-length")
def as_many_units(subject: Subject) -> Iterator[tuple[str, Message]]:
    """Each limited text with just as many units, and with characters that take two bytes each."""
    for spot, limit in _limited(subject):
        texts = {"of-emoji": _EMOJI * (limit // 2), "of-umlauts": "\u00e4" * limit}
        yield from _fitting(subject, spot, {f"fills-{spot.name}-{what}": text for what, text in texts.items() if text})


@mutation("provider/comment-in-value")
def comments(subject: Subject) -> Iterator[tuple[str, Message]]:
    """A comment before, in and behind each value of the payload."""
    for spot in _values(subject):
        text = value_of(spot.element)
        middle = len(text) // 2
        for what, place in {"before": 0, "in": middle, "behind": len(text)}.items():
            draft = subject.draft()
            draft[spot.element][:] = []
            draft[spot.element].text = HOLE
            raw = f"{escaped(text[:place])}<!-- note -->{escaped(text[place:])}"
            yield f"puts-a-comment-{what}-the-value-of-{spot.name}", draft.message(raw)


@near_miss("provider/comment-in-value")
def comments_beside(subject: Subject) -> Iterator[tuple[str, Message]]:
    """A comment before and behind each element with a value; a value that looks like one."""
    for spot in _values(subject):
        for what in ("before", "behind"):
            draft = subject.draft()
            element = draft[spot.element]
            (element.addprevious if what == "before" else element.addnext)(etree.Comment(" note "))
            yield f"puts-a-comment-{what}-{spot.name}", draft.message()


def _fitting(subject: Subject, spot: Spot, texts: dict[str, str]) -> Iterator[tuple[str, Message]]:
    """The message with each of ``texts`` that the type of ``spot`` allows, by name."""
    for name, text in texts.items():
        if broken_facets(spot.type, text) == set():
            yield name, subject.with_value(spot, text)


def _values(subject: Subject) -> Iterator[Spot]:
    payload = subject.payload
    return (spot for spot in (payload.below() if payload is not None else ()) if spot.is_value)


def _date_times(subject: Subject) -> Iterator[tuple[Spot, tuple[str, str, str, str]]]:
    """Each dateTime of the payload: year, date and time without a fraction, fraction and zone, empty for none."""
    for spot in _values(subject):
        found = _PARTS.fullmatch(value_of(spot.element))
        if spot.type.base == "dateTime" and broken_facets(spot.type, value_of(spot.element)) == set() and found:
            yield spot, (found[1], found[2], found[3] or "", found[4] or "")


def _limited(subject: Subject) -> Iterator[tuple[Spot, int]]:
    for spot in _values(subject):
        if spot.type.base in TEXTS and spot.type.max_length and spot.type.max_length <= LONGEST:
            yield spot, spot.type.max_length


def _is_ordered(subject: Subject, spot: Spot) -> bool:
    return any(spot.field.name in relation.fields for relation in subject.relations("ordered"))
