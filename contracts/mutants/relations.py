"""`contract/`: required texts that are empty, and values that do not go with each other or with the request."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from lxml import etree

from contracts import samples
from contracts.errors import ContractError
from contracts.messages import Message
from contracts.names import BODY, ENVELOPE, SOAP11
from contracts.rules import RULES
from contracts.xml import value_of

from .facets import broken_facets
from .misfits import SPANS
from .registry import mutation, near_miss

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.model import Operation, Service

    from .subject import Spot, Subject

#: Two instants, the later first, in spellings in which that is not plain to see. One without a zone may be fourteen
#: hours off either way: XSD 1.0 part 2, section 3.2.7.4.
_FALLING: Final = {
    "by-a-day": ("2024-05-02T12:00:00Z", "2024-05-01T12:00:00Z"),
    "by-an-offset": ("2024-05-01T12:00:00Z", "2024-05-01T12:30:00+01:00"),
    "by-a-fraction": ("2024-05-01T12:00:00.001Z", "2024-05-01T12:00:00Z"),
}
_FALLING_WITHOUT_ZONES: Final = {
    "without-zones": ("2024-05-01T12:00:01", "2024-05-01T12:00:00"),
    "by-a-second-more-than-a-zone-of-the-first": ("2024-05-01T14:00:01", "2024-05-01T00:00:00Z"),
    "by-a-second-more-than-a-zone-of-the-second": ("2024-05-01T14:00:01Z", "2024-05-01T00:00:00"),
    "by-a-fraction-more-than-a-zone-of-the-second": ("2024-05-01T14:00:00.1Z", "2024-05-01T00:00:00"),
}
_RISING: Final = {
    "at-the-same-instant": ("2024-05-01T12:00:00Z", "2024-05-01T14:00:00+02:00"),
    "at-the-end-of-the-doubt-of-the-zone-of-the-first": ("2024-05-01T14:00:00", "2024-05-01T00:00:00Z"),
    "at-the-end-of-the-doubt-of-the-zone-of-the-second": ("2024-05-01T14:00:00Z", "2024-05-01T00:00:00"),
    "at-the-same-time-without-zones": ("2024-05-01T12:00:00", "2024-05-01T12:00:00.0"),
    "within-the-doubt-of-a-zone": ("2024-05-02T01:00:00Z", "2024-05-01T12:00:00"),
    "by-an-offset": ("2024-05-01T12:30:00+01:00", "2024-05-01T12:00:00Z"),
    "at-midnight": ("2024-05-01T24:00:00Z", "2024-05-02T00:00:00Z"),
}
_NO_ZONE: Final = "provider/no-time-zone"
_FIRST, _LAST = "2000-01-01T00:00:00Z", "2050-01-01T00:00:00Z"


@mutation("contract/empty-value")
def emptied(subject: Subject) -> Iterator[tuple[str, Message]]:
    """Each required text of a request with nothing in it."""
    for spot in _required_texts(subject):
        if broken_facets(spot.type, "") == set():
            yield f"empties-{spot.name}", subject.with_value(spot, "")


@near_miss("contract/empty-value")
def nearly_emptied(subject: Subject) -> Iterator[tuple[str, Message]]:
    """Each of them with one character in it, a blank too."""
    for spot in _required_texts(subject):
        for what, text in (("a-blank", " "), ("a-zero", "0")):
            if broken_facets(spot.type, text) == set():
                yield f"leaves-{what}-in-{spot.name}", subject.with_value(spot, text)


@mutation("contract/response-mismatch")
def other_requests(subject: Subject) -> Iterator[tuple[str, Message]]:
    """The request of each other operation, which this response does not answer."""
    if subject.direction == "response" and not subject.is_fault:
        for service in subject.catalog:
            for operation in service.operations:
                if operation is not subject.operation:
                    request = _request(subject, service, operation)
                    yield f"answers-{operation.name}-of-{service.name}", subject.message._replace(request=request)


@near_miss("contract/response-mismatch")
def own_request(subject: Subject) -> Iterator[tuple[str, Message]]:
    """The request of the same operation; of a fault, that of any."""
    if subject.direction == "response" and subject.service is not None:
        for operation in subject.service.operations:
            if operation is subject.operation or subject.is_fault:
                request = _request(subject, subject.service, operation)
                yield f"answers-{operation.name}", subject.message._replace(request=request)


@mutation("contract/value-order")
def falling(subject: Subject) -> Iterator[tuple[str, Message]]:
    """The first of two values that stand in an order later than the second.

    A value without a zone has a rule of its own; where that would be news, all have one.
    """
    silent = RULES[_NO_ZONE].severity_for(subject.service) is None or _NO_ZONE in subject.fired
    pairs = _FALLING | _FALLING_WITHOUT_ZONES if silent else _FALLING
    yield from _ordered(subject, pairs)


@near_miss("contract/value-order")
def rising(subject: Subject) -> Iterator[tuple[str, Message]]:
    """The same instant twice, and what only looks like the wrong order."""
    yield from _ordered(subject, _RISING)


@mutation("contract/echo")
def other_echo(subject: Subject) -> Iterator[tuple[str, Message]]:
    """The request has another value where the response should repeat it."""
    for name, text, base in _echoes(subject):
        # With one digit more a number is always another one.
        other = "1" + text.strip().lstrip("+-") if base in SPANS else f"{text}x"
        yield f"asks-for-another-{name}", _asked(subject, name, other)


@near_miss("contract/echo")
def same_echo(subject: Subject) -> Iterator[tuple[str, Message]]:
    """The request has the same value, and the same number in another spelling."""
    for name, text, base in _echoes(subject):
        yield f"asks-for-the-same-{name}", _asked(subject, name, text)
        if base in SPANS:
            bare = text.strip()
            sign = "-" if bare.startswith("-") else "+"
            yield f"asks-for-the-same-{name}-with-zeros", _asked(subject, name, f"{sign}000{bare.lstrip('+-')}")


def _required_texts(subject: Subject) -> Iterator[Spot]:
    """The texts in a request that must be there, and that a schema lets be empty."""
    if subject.payload is not None and subject.direction == "request":
        for spot in subject.payload.below():
            if spot.is_value and spot.type.base == "string" and spot.field.min_occurs and not spot.type.min_length:
                yield spot


def _ordered(subject: Subject, pairs: dict[str, tuple[str, str]]) -> Iterator[tuple[str, Message]]:
    """Each pair in the place of each two values that the contract puts in an order; the others far from them."""
    for relation in subject.relations("ordered"):
        found = {spot.field.name: spot for spot in subject.values() if spot.field.name in relation.fields}
        if any(broken_facets(spot.type, _FIRST) != set() or spot.type.base != "dateTime" for spot in found.values()):
            continue
        for one, two in pairwise(relation.fields):
            for what, (first, second) in pairs.items() if one in found and two in found else ():
                draft = subject.draft()
                for name, spot in found.items():
                    early = relation.fields.index(name) < relation.fields.index(one)
                    draft.set(spot, {one: first, two: second}.get(name, _FIRST if early else _LAST))
                yield f"puts-{one}-and-{two}-{what}", draft.message()


def _echoes(subject: Subject) -> Iterator[tuple[str, str, str]]:
    """Name, text and built-in type of each value that should repeat one of the request."""
    if subject.operation is None or subject.direction != "response":
        return
    asked = {field.name for field in subject.operation.request.values()}
    for relation in subject.relations("echoed"):
        for spot in subject.values():
            if spot.field.name in relation.fields and spot.field.name in asked:
                yield spot.field.name, value_of(spot.element), spot.type.base


def _asked(subject: Subject, name: str, text: str) -> Message:
    """The message as the answer to a request with ``text`` in the field ``name``."""
    if subject.service is None or subject.operation is None:
        return subject.message
    request = _request(subject, subject.service, subject.operation, {name: text})
    return subject.message._replace(request=request)


def _request(subject: Subject, service: Service, operation: Operation, values: dict[str, str] | None = None) -> Message:
    """A request of ``operation`` whose values are those that the response should repeat, but for ``values``."""
    wanted = {name: text for name, text, _ in _echoes(subject)} | (values or {})
    try:
        return samples.message(service, operation, "request", values=wanted)
    except ContractError:  # a pattern of the user's own: then its name alone has to tell which operation it is
        root = etree.Element(ENVELOPE, nsmap={"soap": SOAP11})
        etree.SubElement(etree.SubElement(root, BODY), operation.request.tag)
        return Message(etree.tostring(root), kind="request")
