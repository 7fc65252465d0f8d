"""`soap/fault-*` and `contract/unknown-fault`: faults of another form, in the wrong place, and of no page."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from contracts import samples
from contracts.envelope import elements_of
from contracts.names import BODY, FAULT, SOAP11, qname
from contracts.xml import parse, value_of

from .registry import mutation, near_miss
from .structure import OTHER
from .subject import HOLE, short_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.messages import Message
    from contracts.xml import Element

    from .subject import Draft, Subject

_UNKNOWN: Final = "Whatever"


@mutation("soap/fault-in-request")
def fault_as_request(subject: Subject) -> Iterator[tuple[str, Message]]:
    """A Fault in the place of the payload of a request."""
    root = parse(samples.fault("Client", "no")).root
    fault = None if root is None else root.find(f"{BODY}/{FAULT}")
    if subject.direction == "request" and fault is not None:
        draft = subject.draft()
        draft[subject.body][:] = [fault]
        yield "sends-a-fault", draft.message(kind="request")


@near_miss("soap/fault-in-request")
def fault_in_a_comment(subject: Subject) -> Iterator[tuple[str, Message]]:
    """A request with a Fault in a comment."""
    if subject.direction == "request":
        draft = subject.draft()
        draft[subject.body].text = HOLE
        yield "puts-a-fault-into-a-comment", draft.message("<!--<soap:Fault/>-->")


@mutation("soap/fault-structure")
def broken_faults(subject: Subject) -> Iterator[tuple[str, Message]]:
    """Each required child left out, each child doubled, in other case and moved; children that no Fault has."""
    children = list(elements_of(subject.first)) if subject.is_fault else []
    for child in children:
        name = short_name(child)
        if name == "faultstring" or (name == "faultcode" and not _is_known_by_its_code(subject)):
            draft = subject.draft()
            draft[subject.first].remove(draft[child])
            yield f"drops-{name}", draft.message()
        draft = subject.draft()
        draft[child].addnext(draft.copy(draft[child]))
        yield f"repeats-{name}", draft.message()
    for one, two in pairwise(children):
        draft = subject.draft()
        draft[one].addprevious(draft[two])
        yield f"swaps-{short_name(one)}-and-{short_name(two)}", draft.message()
    if children:
        namespace = SOAP11 if children[0].tag == qname(SOAP11, "faultcode") else None
        for what, tag in (
            ("an-unknown-child", qname(namespace, "reason")),
            ("a-foreign-child", qname(OTHER, "detail")),
        ):
            draft = subject.draft()
            draft.add(draft[subject.first], tag)
            yield f"adds-{what}", draft.message()
        code = value_of(children[0]).strip().rpartition(":")[2]
        yield "gives-the-code-an-undeclared-prefix", _with_code(subject, f"undeclared:{code}")


@mutation("soap/fault-form")
def odd_faults(subject: Subject) -> Iterator[tuple[str, Message]]:
    """The form of some old toolkits: children in the namespace of SOAP, codes that are in none or not SOAP's own."""
    if not subject.is_fault:
        return
    draft = subject.draft()
    for child in elements_of(draft[subject.first]):
        child.tag = qname(SOAP11, short_name(child))
    yield "puts-the-children-into-the-namespace-of-SOAP", draft.message()
    if next(elements_of(subject.first)).nsmap.get(None) is None:
        if not _is_known_by_its_code(subject):
            yield "gives-the-code-no-prefix", _with_code(subject, "Server")
        for fault in _known(subject):
            yield f"gives-the-bare-code-of-{fault}", _with_code(subject, fault)
    for fault in _known(subject) or (() if subject.service is not None and subject.service.faults else (_UNKNOWN,)):
        yield f"puts-the-code-{fault}-into-the-namespace-of-SOAP", _with_raw_code(subject, SOAP11, fault)


@near_miss("soap/fault-structure", "soap/fault-form")
def good_faults(subject: Subject) -> Iterator[tuple[str, Message]]:
    """Each of SOAP's codes, blanks around it, one in a namespace of its own; all four children."""
    if subject.is_fault:
        for code in ("Client", "Server", "VersionMismatch", "MustUnderstand"):
            yield f"gives-the-code-{code}", _with_raw_code(subject, SOAP11, code)
        yield "gives-a-code-of-a-namespace-of-its-own", _with_raw_code(subject, OTHER, _UNKNOWN)
        draft = subject.draft()
        fault = draft[subject.first]
        fault[:] = []
        draft.declare(draft.add(fault, "faultcode", " own0:Server\n"), SOAP11)
        for name, text in (("faultstring", "no"), ("faultactor", "urn:example:actor"), ("detail", "none")):
            draft.add(fault, name, text)
        yield "has-all-four-children", draft.message()


@mutation("contract/unknown-fault")
def faults_of_no_page(subject: Subject) -> Iterator[tuple[str, Message]]:
    """A code, and an element in the detail, that no page names."""
    if subject.is_fault and subject.service is not None and subject.service.faults:
        yield "gives-an-unknown-code", _with_raw_code(subject, OTHER, _UNKNOWN, keep_detail=False)
        draft = _with_detail(subject, _UNKNOWN)
        yield "gives-an-unknown-detail", draft.message(_code(SOAP11, "Server"))


@near_miss("contract/unknown-fault")
def faults_of_a_page(subject: Subject) -> Iterator[tuple[str, Message]]:
    """Each code, and each element in the detail, that the pages name."""
    if subject.is_fault and subject.service is not None:
        for fault in subject.service.faults:
            yield f"gives-the-code-{fault.code}", _with_raw_code(subject, OTHER, fault.code, keep_detail=False)
            yield f"gives-the-detail-{fault.name}", _with_detail(subject, fault.name).message(_code(SOAP11, "Server"))


def _known(subject: Subject) -> tuple[str, ...]:
    return tuple(fault.code for fault in subject.service.faults[:1]) if subject.service is not None else ()


def _is_known_by_its_code(subject: Subject) -> bool:
    """Whether the detail has a name that no page has, so that the code alone tells which fault it is."""
    known = {fault.name for fault in subject.service.faults} if subject.service is not None else set()
    details = [child for child in elements_of(subject.first) if short_name(child) == "detail"]
    return bool(known) and any(short_name(inner) not in known for detail in details for inner in elements_of(detail))


def _code_in(draft: Draft, subject: Subject) -> Element:
    fault = draft[subject.first]
    return next(child for child in elements_of(fault) if short_name(child) == "faultcode")


def _with_code(subject: Subject, text: str) -> Message:
    """The fault with the text of its code replaced."""
    draft = subject.draft()
    code = _code_in(draft, subject)
    code[:] = []
    code.text = text
    return draft.message()


def _with_raw_code(subject: Subject, namespace: str, name: str, *, keep_detail: bool = True) -> Message:
    """The fault with the code ``name`` in ``namespace``, and without its detail where that could name a known one."""
    draft = subject.draft()
    fault = draft[subject.first]
    code = _code_in(draft, subject)
    code[:] = []
    code.text = f"own0:{name}"
    draft.declare(code, namespace)
    for child in list(elements_of(fault)):
        if short_name(child) == "detail" and not keep_detail:
            fault.remove(child)
    return draft.message()


def _with_detail(subject: Subject, name: str) -> Draft:
    """A fault whose code is left to be filled in, and whose detail has one element."""
    draft = subject.draft()
    fault = draft[subject.first]
    fault[:] = []
    fault.text = HOLE
    draft.add(fault, "faultstring", "no")
    draft.add(draft.add(fault, "detail"), qname(OTHER, name))
    return draft


def _code(namespace: str, name: str) -> str:
    return f'<faultcode xmlns:code0="{namespace}">code0:{name}</faultcode>'
