"""The SOAP answer that fits a verdict: a sample response, or a fault that says the first error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contracts import samples, xml
from contracts.names import BLANKS, TEXT_XML, local_name

from .asgi import Answer

if TYPE_CHECKING:
    from contracts.catalog import Catalog
    from contracts.errors import UnansweredRequestError
    from contracts.findings import Verdict
    from contracts.messages import Message
    from contracts.model import Operation, Service

_HEADERS = (("Content-Type", TEXT_XML),)


def answer_to(catalog: Catalog, verdict: Verdict, body: bytes) -> Answer:
    """The answer to the request in ``body``, which ``verdict`` judges.

    A request that passes gets 200 and a sample of its operation's response, with the values of the request that the
    response repeats. Any other gets 500 and a ``soap:Client`` fault (SOAP 1.1 section 6.2): the sender is to blame.
    """
    errors = (finding for finding in verdict.findings if finding.severity == "error" and not finding.accepted)
    error = next(errors, None)
    if error is not None:
        return Answer(500, _HEADERS, samples.fault("Client", f"{error.rule}: {error.message}"))
    service = catalog.services.get(verdict.service or "")
    operation = service.operation(verdict.operation or "") if service else None
    if service is None or operation is None:
        return Answer(500, _HEADERS, samples.fault("Client", "the message calls no operation that is known here"))
    return Answer(200, _HEADERS, samples.fullest(service, operation, "response", _repeated(service, operation, body)))


def replayed(response: Message) -> Answer:
    """A recorded response, as it is sent. The server puts its own date."""
    fields = tuple(field for field in response.headers or () if field[0].lower() != "date")
    return Answer(response.status or 200, fields, response.body)


def unanswered(error: UnansweredRequestError) -> Answer:
    """The answer to a request that has no other: 500, and a fault that says why. The sender need not be to blame."""
    return Answer(500, _HEADERS, samples.fault("Server", str(error)))


def _repeated(service: Service, operation: Operation, body: bytes) -> dict[str, str]:
    """The request's values of fields that the response has too, by local name.

    Secrets are left out, and so are fields that stand in an order: a caller may give one of them only. Values beyond
    ASCII are left out too, because the charset, which may differ from the declaration, is the verdict's business.
    """
    root = xml.parse(body).root
    if root is None:
        return {}
    ordered = {name for relation in service.relations if relation.kind == "ordered" for name in relation.fields}
    found = {}
    asked, answered = (
        {(field.tag, field.base) for field in payload.values()} for payload in (operation.request, operation.response)
    )
    for tag, _ in asked & answered:
        name, node = local_name(tag), root.find(f".//{tag}")
        value = "" if node is None else xml.value_of(node).strip(BLANKS)
        if value and value.isascii() and name not in service.secrets | ordered:
            found[name] = value
    return found
