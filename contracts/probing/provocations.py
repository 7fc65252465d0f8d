"""Requests that are wrong on purpose and harm nothing, and their answers beside those that are to be expected."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from contracts import samples
from contracts.checking import check
from contracts.messages import Message
from contracts.model import required_values
from contracts.names import BODY
from contracts.providers import Call, behaviour_of
from contracts.schema import RANGES

from .answers import answered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.catalog import Catalog
    from contracts.findings import Verdict
    from contracts.model import Consequence, Operation, Service

    from .answers import Answered


class Provocation(NamedTuple):
    """A wrong request, the rule that it breaks, and a few words about it."""

    title: str
    rule: str
    request: Message


class Provoked(NamedTuple):
    """A provocation and the verdict on its answer; what was to be expected, what came, and whether both are alike.

    ``known`` is what the contract says of the broken rule, None for nothing.
    """

    provocation: Provocation
    verdict: Verdict
    wanted: Answered
    came: Answered
    same: bool
    known: Consequence | None

    def __str__(self) -> str:
        expected = "as was to be expected" if self.same else f"where {self.wanted} was to be expected"
        known = self.known
        said = "nothing of it" if known is None else f"{known.text}: {known.ground.basis} ({known.ground.source})"
        return f"answered {self.came}, {expected}; the contract says {said}"


def provocations_of(service: Service) -> list[Provocation]:
    """The wrong requests for ``service``, all made of an operation that only reads and needs no session.

    Their credentials are placeholders: a message that may be logged as malformed holds no secret.
    """
    reads = (one for one in service.operations if one.effect == "read" and one.header is None)
    operation = next(reads, None)
    return [] if operation is None else list(_provocations(service, operation))


def _provocations(service: Service, operation: Operation) -> Iterator[Provocation]:
    body = samples.smallest(service, operation, "request")
    headers = samples.request_headers(operation)

    def made(title: str, rule: str, body: bytes, action: str | None = None) -> Provocation:
        fields = headers if action is None else (headers[0], ("SOAPAction", f'"{action}"'))
        return Provocation(title, rule, Message(body, fields, "request", "POST", service=service.name))

    if operation.soap_action is not None:
        unknown = f"{operation.soap_action}-soap-contracts-probe"
        yield made("an unknown SOAPAction", "http/soapaction-mismatch", body, unknown)
    yield made("XML that ends too early", "xml/not-well-formed", body[: body.rindex(b"</")])
    number = next((field for field in required_values(operation.request) if field.base in RANGES), None)
    if number is not None:
        wrong = samples.smallest(service, operation, "request", {number.name: "x"})
        yield made("a word where an integer belongs", "schema/integer", wrong)
    if operation.soap_action is None and any(field.min_occurs for field in operation.request.fields):
        # With a SOAPAction it may be ASMX, which would run the method with what is left.
        yield made("a required element left out", "schema/missing-element", _without_last(body))


def _without_last(body: bytes) -> bytes:
    """``body`` without the last element of its payload."""
    root = etree.fromstring(body)
    payload = next(iter(next(root.iter(BODY))))
    payload.remove(payload[-1])
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def compared(provocation: Provocation, response: Message, service: Service, catalog: Catalog) -> Provoked:
    """What was answered, beside what our behaviour of the provider answers to the same request."""
    request = provocation.request
    verdict = check(request, catalog=catalog)
    known = behaviour_of(service).respond(Call(request, verdict, service, catalog))
    ours = Message(known.body, known.headers, "response", status=known.status, request=request)
    wanted, came = answered(ours, service, catalog), answered(response, service, catalog)
    return Provoked(
        provocation,
        check(response, catalog=catalog),
        wanted,
        came,
        _alike(wanted, came),
        service.consequences.get(provocation.rule),
    )


def _alike(one: Answered, other: Answered) -> bool:
    """By all that a client can go by: the status, which fault, its code, and whether there is a body at all."""
    return (one.status, one.fault, one.code, one.empty) == (other.status, other.fault, other.code, other.empty)
