"""`schema/unknown-operation` and `schema/invalid`: payloads of no operation, and what no other rule has words for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from contracts import samples
from contracts.envelope import elements_of
from contracts.errors import ContractError
from contracts.names import BODY, ENVELOPE, SOAP11, XSI_NIL, XSI_TYPE, qname, split
from contracts.xml import parse

from .registry import mutation, near_miss
from .structure import OTHER
from .subject import short_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.messages import Direction, Message
    from contracts.xml import Element

    from .subject import Draft, Subject

_FOREIGN: Final = "Quux"


@mutation("schema/unknown-operation")
def renamed(subject: Subject) -> Iterator[tuple[str, Message]]:
    """The payload in another spelling, in another namespace, and of a name that nobody knows."""
    payload = subject.payload
    if payload is None:
        return
    namespace, name = payload.field.namespace or "", payload.field.name
    spellings = {
        "flips-the-first-case-of": (namespace, name[0].swapcase() + name[1:]),
        "lower-cases": (namespace, name.lower()),
        "upper-cases": (namespace, name.upper()),
        "doubles-the-last-letter-of": (namespace, name + name[-1]),
        "replaces": (namespace, _FOREIGN),
        "puts-into-no-namespace": (None, name),
        "puts-into-another-namespace": (OTHER, name),
        "adds-a-slash-to-the-namespace-of": (f"{namespace}/", name),
        "puts-into-the-namespace-of-SOAP": (SOAP11, name),
    }
    for what, (other, spelling) in spellings.items():
        if qname(other, spelling) not in subject.catalog.payloads:
            draft = subject.draft()
            draft[payload.element].tag = qname(other, spelling)
            yield f"{what}-the-payload", draft.message(service=_name(subject))
    draft = subject.draft()
    for element in draft[payload.element].iter("*"):
        if split(str(element.tag))[0] == payload.field.namespace:
            element.tag = qname(None, split(str(element.tag))[1])
    yield "puts-everything-into-no-namespace", draft.message(service=_name(subject))


@mutation("schema/unknown-operation")
def other_way(subject: Subject) -> Iterator[tuple[str, Message]]:
    """A response sent as a request, and a request as a response."""
    way: Direction = "response" if subject.direction == "request" else "request"
    if subject.payload is not None and subject.service is not None and subject.operation is not None:
        try:
            body = samples.smallest(subject.service, subject.operation, way)
        except ContractError:  # a pattern of the user's own: nobody gives a value here
            return
        draft = subject.draft()
        _replace_payload(draft, subject, body)
        yield f"sends-a-{way}", draft.message(kind=subject.direction, service=_name(subject))


@near_miss("schema/unknown-operation")
def known_operation(subject: Subject) -> Iterator[tuple[str, Message]]:
    """The right payload, its namespace declared early, late and twice."""
    payload = subject.payload
    if payload is not None:
        for what, prefix in (("a-prefix", "own0"), ("a-default-namespace", None)):
            draft = subject.draft()
            draft.respell(draft[payload.element], prefix)
            yield f"declares-the-namespace-on-the-payload-as-{what}", draft.message()


@mutation("schema/invalid")
def beyond_every_rule(subject: Subject) -> Iterator[tuple[str, Message]]:
    """What XSD forbids on the parts of the envelope itself, and in a fault's detail, where the service is known."""
    if subject.service is None:
        return
    for part in (subject.envelope.root, *subject.envelope.headers, subject.body):
        draft = subject.draft()
        draft[part].set(XSI_NIL, "true")
        yield f"calls-the-{short_name(part)}-nil", draft.message()
        draft = subject.draft()
        draft[part].set(XSI_TYPE, "undeclared:string")
        yield f"gives-the-{short_name(part)}-an-unknown-type", draft.message()
    if subject.is_fault:
        draft = subject.draft()
        _add_to_detail(subject, draft, ENVELOPE)
        yield "puts-an-Envelope-without-a-Body-into-the-detail", draft.message()
        for block in subject.service.headers:
            if any(field.min_occurs for field in block.fields):
                draft = subject.draft()
                _add_to_detail(subject, draft, block.tag)
                yield f"puts-an-empty-{block.name}-into-the-detail", draft.message()


@near_miss("schema/invalid")
def within_the_rules(subject: Subject) -> Iterator[tuple[str, Message]]:
    """Whatever a fault's detail may hold; comments on the parts of the envelope."""
    if subject.is_fault:
        draft = subject.draft()
        _add_to_detail(subject, draft, "{urn:example:other}Envelope")
        yield "puts-a-foreign-Envelope-into-the-detail", draft.message()
    for part in (subject.envelope.root, subject.body):
        draft = subject.draft()
        draft[part].set("{http://www.w3.org/2001/XMLSchema-instance}schemaLocation", "urn:example:other other.xsd")
        yield f"puts-a-schemaLocation-on-the-{short_name(part)}", draft.message()


def _name(subject: Subject) -> str | None:
    """The service's name, told to the judge: the payload does not tell it any more."""
    return None if subject.service is None else subject.service.name


def _replace_payload(draft: Draft, subject: Subject, body: bytes) -> None:
    root = parse(body).root
    made = None if root is None else root.find(f"{BODY}/*")
    if made is not None:
        old = draft[subject.first]
        next(old.iterancestors()).replace(old, made)


def _add_to_detail(subject: Subject, draft: Draft, tag: str) -> None:
    """An element in a known fault's element in the detail: in itself it may be anything, but a declared one."""
    fault = draft[subject.first]
    detail = next((child for child in elements_of(fault) if short_name(child) == "detail"), None)
    if detail is None:
        namespace = next((split(str(child.tag))[0] for child in elements_of(fault)), None)
        detail = draft.add(fault, qname(namespace, "detail"))
    known = subject.service.faults if subject.service is not None else ()
    namespace = subject.service.namespace if subject.service is not None else OTHER
    outer: Element = draft.add(detail, qname(namespace, known[0].name if known else "Details"))
    draft.add(outer, tag)
