"""The SOAP answer that fits a verdict: a sample response, or a fault that says the first error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contracts import samples, xml
from contracts.names import XSI_NIL

from .asgi import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.catalog import Catalog
    from contracts.findings import Verdict
    from contracts.model import Field, Operation, Service

_HEADERS = (("Content-Type", samples.CONTENT_TYPE),)


def answer_to(catalog: Catalog, verdict: Verdict, body: bytes) -> Answer:
    """The answer to the request in ``body``, which ``verdict`` judges.

    A request that passes gets 200 and a sample of its operation's response, with the values of the request that the
    response repeats. Any other gets 500 and a ``soap:Client`` fault (SOAP 1.1 section 6.2): the sender is to blame.
    """
    error = next((finding for finding in verdict.findings if finding.severity == "error"), None)
    if error is not None:
        return Answer(500, _HEADERS, samples.fault("Client", f"{error.rule}: {error.message}"))
    service = catalog.services.get(verdict.service or "")
    operation = service.operation(verdict.operation or "") if service else None
    if service is None or operation is None:
        return Answer(500, _HEADERS, samples.fault("Client", "the message calls no operation that is known here"))
    return Answer(200, _HEADERS, samples.fullest(service, operation, "response", _repeated(service, operation, body)))


def _repeated(service: Service, operation: Operation, body: bytes) -> dict[str, str]:
    """The request's values of fields that the response has too.

    Secrets are left out, and so are fields that stand in an order: a caller may give one of them only.
    """
    root = xml.parse(body).root
    ordered = {name for relation in service.relations if relation.kind == "ordered" for name in relation.fields}
    left_out = service.secrets | ordered
    wanted = {(field.tag, field.type.base) for field in _leaves(operation.response) if field.type} if root is not None else set()
    found = {}
    for field in _leaves(operation.request):
        if field.type is not None and field.name not in left_out and (field.tag, field.type.base) in wanted:
            node = next(root.iter(field.tag), None) if root is not None else None
            value = "" if node is None or node.get(XSI_NIL) else xml.value_of(node).strip(" \t\r\n")
            if value:
                found[field.name] = value
    return found


def _leaves(field: Field) -> Iterator[Field]:
    if field.type is not None:
        yield field
    for child in field.fields:
        yield from _leaves(child)
