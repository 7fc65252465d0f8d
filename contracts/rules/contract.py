"""`contract/`: what the pages promise and XSD cannot say: required header blocks, and relations between values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contracts.envelope import elements_of
from contracts.names import BLANKS, XSI_NIL, local_name, split
from contracts.schema import RANGES, instant_of, is_after, misfit_of

from .faults import names_fault, own_names
from .registry import Problem, rule, value_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.model import Field, Relation
    from contracts.xml import Element

    from .case import Case

_PAGE = "the service's page on sessions"
_OPERATION_PAGE = "the operation's page"


@rule("contract/header-missing", "documented", "error", _PAGE, stage="header")
def header_missing(case: Case) -> Iterator[Problem]:
    """The SOAP header block that the operation needs is there. A schema cannot ask for it: the Header is open.

    Bad::   <soap:Body><EndSynchronization ...>   without a Header
    Good::  <soap:Header><Session xmlns="urn:soap.convio.com"><SessionId>...
    """
    wanted = case.needed_block
    if wanted is None or case.needed_blocks or case.namesakes:
        return
    near, hint = case.near_block, ""
    if near is not None:
        name = local_name(str(near.tag))
        bare = name.lower() != wanted.name.lower()
        hint = f"; <{name}> stands there without it" if bare else f"; <{name}> differs from it in case"
    help_ = f"Send soap:Header with {wanted.name} in the namespace {wanted.namespace}."
    yield Problem(f"the header block {wanted.name} is missing{hint}", help_, at=case.payload if near is None else near)


@rule("contract/header-empty", "documented", "error", _PAGE, stage="header")
def header_empty(case: Case) -> Iterator[Problem]:
    """The required header block has its value in it.

    Bad::   <Session xmlns="urn:soap.convio.com"><SessionId/></Session>
    Good::  <Session xmlns="urn:soap.convio.com"><SessionId>9b35f835:0</SessionId></Session>
    """
    for block in case.needed_blocks:
        if case.is_empty_block(block):
            name = local_name(str(block.tag))
            yield Problem(f"the header block {name} is empty", "Send the value that the service gave you.", at=block)


@rule("contract/header-namespace", "documented", "error", _PAGE, stage="header")
def header_namespace(case: Case) -> Iterator[Problem]:
    """The required header block is in the service's namespace.

    Bad::   <Session><SessionId>9b35f835:0</SessionId></Session>
    Good::  <Session xmlns="urn:soap.convio.com"><SessionId>9b35f835:0</SessionId></Session>
    """
    for block in case.namesakes:
        namespace, name = split(str(block.tag))
        where = f"in the namespace {namespace}" if namespace else "in no namespace"
        message = f"the header block {name} is {where}, not in the service's"
        yield Problem(message, f'Declare it: xmlns="{case.needed_block and case.needed_block.namespace}".', at=block)


@rule("contract/header-repeated", "documented", "error", _PAGE, stage="header")
def header_repeated(case: Case) -> Iterator[Problem]:
    """The required header block stands there once.

    Bad::   <Session ...>...</Session><Session ...>...</Session>
    Good::  <Session ...>...</Session>
    """
    for block in case.needed_blocks[1:]:
        name = local_name(str(block.tag))
        yield Problem(f"the header block {name} stands there more than once", "Send it once.", at=block)


def _is_required_text(field: Field) -> bool:
    return field.type is not None and field.type.base == "string" and field.min_occurs > 0 and not field.type.min_length


@value_rule("contract/empty-value", "documented", "warning", _OPERATION_PAGE, applies=_is_required_text)
def empty_value(case: Case, element: Element, field: Field, text: str) -> Problem | None:
    """A text that the page calls required is not empty. The page does not say so in words, hence a warning.

    Bad::   <IntegrationType></IntegrationType>
    Good::  <IntegrationType>orders</IntegrationType>
    """
    if text or case.direction != "request" or XSI_NIL in element.attrib or next(elements_of(element), None) is not None:
        return None
    return Problem(
        f"{field.name} is required, and it is empty",
        "Send a value: did the client lose it?",
        at=element,
        field_type="string",
    )


@rule("contract/response-mismatch", "documented", "error", _OPERATION_PAGE, stage="relations")
def response_mismatch(case: Case) -> Iterator[Problem]:
    """A response answers the operation of its request. Judged where both are known.

    Bad::   EndSynchronization answered by StartSynchronizationResponse
    Good::  EndSynchronization answered by EndSynchronizationResponse
    """
    asked = case.asked
    if asked is None or case.direction != "response" or case.operation is None or not case.known_payload:
        return
    if (case.service, case.operation) != (asked.service, asked.operation) and asked.operation is not None:
        message = f"the request was {asked.operation.name}, the response is {case.declaration.name if case.declaration else ''}"
        yield Problem(message, "Compare the two: a proxy, a cache or a recording has mixed them up.", at=case.payload)


@rule("contract/value-order", "documented", "warning", _OPERATION_PAGE, stage="relations")
def value_order(case: Case) -> Iterator[Problem]:
    """Values that bound a window stand in order.

    Of a value without a zone only what holds in every zone is said (XSD 1.0 part 2, section 3.2.7.4).

    Bad::   <Start>2024-05-02T00:00:00Z</Start><End>2024-05-01T00:00:00Z</End>
    Good::  <Start>2024-05-01T00:00:00Z</Start><End>2024-05-02T00:00:00Z</End>
    """
    for relation in _relations(case, "ordered"):
        found = {
            field.name: (element, instant_of(text))
            for element, field, text in case.values
            if field.name in relation.fields
        }
        for first, second in zip(relation.fields, relation.fields[1:], strict=False):
            if first in found and second in found:
                one, two = found[first][1], found[second][1]
                if one is not None and two is not None and is_after(one, two):
                    message = f"{first} is later than {second}"
                    yield Problem(message, "Check the order and the zones of the two.", at=found[first][0])


@rule("contract/echo", "documented", "info", _OPERATION_PAGE, stage="relations")
def echo(case: Case) -> Iterator[Problem]:
    """A response repeats a value of its request, or does not: worth a look, since the provider's own pages print both.

    Bad::   PartitionId 123 answered by PartitionId 10000104
    Good::  PartitionId 10000103 answered by PartitionId 10000103
    """
    if case.asked is None or case.direction != "response":
        return
    asked = {field.name: text for _, field, text in case.asked.values}
    for relation in _relations(case, "echoed"):
        for element, field, text in case.values:
            if (
                field.name in relation.fields
                and field.name in asked
                and _plain(text, field) != _plain(asked[field.name], field)
            ):
                yield Problem(
                    f"{field.name} is not the one of the request", "Read it from the response, if at all.", at=element
                )


@rule("contract/unknown-fault", "documented", "info", "the service's page on errors", stage="fault")
def unknown_fault(case: Case) -> Iterator[Problem]:
    """A fault is one of those that the service's pages name, by its code or by the element in its detail.

    Clients that branch on the code meet one here that nobody has told them of. Judged where the contract lists faults;
    a Fault with a code of SOAP's and no detail says nothing of its own.

    Bad::   <faultcode>WHATEVER</faultcode>
    Good::  <faultcode>MALFORMED_MESSAGE</faultcode>
    """
    if case.service is None or not case.service.faults or case.direction == "request":
        return
    if own_names(case) and not names_fault(case, case.service):
        known = ", ".join(fault.name for fault in case.service.faults)
        yield Problem("no page names this fault", f"Known are {known}.", at=case.payload)


def _relations(case: Case, kind: str) -> Iterator[Relation]:
    if case.service is not None and case.declaration is not None:
        for relation in case.service.relations:
            if relation.kind == kind and relation.message == case.declaration.name:
                yield relation


def _plain(text: str, field: Field) -> str:
    """The value of an integer without its spelling; any other value as it stands."""
    bare = text.strip(BLANKS)
    if field.type is None or field.type.base not in RANGES or misfit_of(bare, field.type.base) is not None:
        return text
    digits = bare.lstrip("+-").lstrip("0") or "0"
    return f"-{digits}" if bare[0] == "-" and digits != "0" else digits
