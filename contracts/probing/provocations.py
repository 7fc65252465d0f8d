"""Requests that are wrong on purpose and harm nothing, and their answers beside what the contract says of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from contracts import samples
from contracts.checking import check
from contracts.messages import Message
from contracts.providers import Call, behaviour_of

from .answers import answered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from contracts.catalog import Catalog
    from contracts.findings import Verdict
    from contracts.model import Operation, Service

    from .answers import Answered

_INTEGERS: Final = frozenset({"int", "integer", "long", "short", "nonNegativeInteger", "positiveInteger"})


class Provoked(NamedTuple):
    """A wrong request and its answer beside the one that our behaviour of the provider gives.

    ``rule`` is the one that the request breaks; ``same`` tells whether both answers are alike; ``lines`` are those of
    `contract.toml` that this makes an observation.
    """

    title: str
    rule: str
    verdicts: tuple[Verdict, Verdict]
    expected: str
    came: str
    same: bool
    lines: tuple[str, ...]


class Provocation(NamedTuple):
    """A wrong request, the rule that it breaks, and a few words about it."""

    title: str
    rule: str
    request: Message


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
    number = next((field for field in operation.request.values() if field.base in _INTEGERS), None)
    if number is not None:
        wrong = samples.smallest(service, operation, "request", {number.name: "x"})
        yield made("a word where an integer belongs", "schema/integer", wrong)
    last = operation.request.fields[-1]
    node = f"</{last.name}>".encode()
    start = body.rindex(f"<{last.name}>".encode())
    without = body[:start] + body[body.index(node, start) + len(node) :]
    if operation.soap_action is None:
        # A tolerant service would run the method with what is left.
        yield made("a required element left out", "schema/missing-element", without)


def provoked(
    provocation: Provocation, ask: Callable[[Message], Message], service: Service, catalog: Catalog, place: str
) -> Provoked:
    """Send it, and compare the answer. Raises EndpointError."""
    request = provocation.request
    response = ask(request)
    verdicts = (check(request, catalog=catalog), check(response, catalog=catalog))
    known = behaviour_of(service).respond(Call(request, verdicts[0], service, catalog))
    ours = Message(known.body, known.headers, "response", status=known.status, request=request)
    wanted, came = answered(ours, service, catalog), answered(response, service, catalog)
    same = _alike(wanted, came)
    lines = tuple(_lines(provocation.rule, service, came, place, same=same))
    return Provoked(provocation.title, provocation.rule, verdicts, _told(wanted), _told(came), same, lines)


def _alike(one: Answered, other: Answered) -> bool:
    """By all that a client can go by: the status, which fault, its code, and whether there is a body at all."""
    return (one.status, one.fault, one.code, one.empty) == (other.status, other.fault, other.code, other.empty)


def _told(said: Answered) -> str:
    if said.fault:
        return f"{said.status} with {said.fault if said.fault != 'Fault' else 'a fault'} {said.code}".rstrip()
    return f"{said.status} with {'an empty body' if said.empty else 'a body that is no fault'}"


def _lines(rule: str, service: Service, came: Answered, place: str, *, same: bool) -> Iterator[str]:
    """What to write into `contract.toml`, so that what was concluded is observed, or put right."""
    known = service.consequences.get(rule)
    today = datetime.now(tz=UTC).date().isoformat()
    if known is not None and same and known.ground.basis == "observed":
        return
    yield f'[sources] probe = "{place}, probed on {today}"'
    yield f'[consequences."{rule}"]'
    if known is None or not same:
        yield f'text = "answers {_told(came)}"'
    yield 'basis = "observed"'
    yield 'source = "probe"'
