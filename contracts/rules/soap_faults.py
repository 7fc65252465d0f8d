"""`soap/fault-*`: the form of a Fault by SOAP 1.1 section 4.4 and WS-I Basic Profile 1.1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from contracts.envelope import elements_of
from contracts.names import BLANKS, SOAP11, local_name, split
from contracts.xml import value_of

from .faults import SOAP_CODES
from .registry import Problem, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.xml import Element

    from .case import Case

_CHILDREN: Final = ("faultcode", "faultstring", "faultactor", "detail")


@rule("soap/fault-in-request", "wire", "error", "SOAP 1.1 section 4.4", stage="refused")
def fault_in_request(case: Case) -> Iterator[Problem]:
    """A request carries no Fault.

    Bad::   POST ... with <soap:Fault> in the Body
    Good::  POST ... with the operation's element in the Body
    """
    if case.envelope is not None and case.envelope.is_fault and case.direction == "request":
        yield Problem("the request carries a Fault", "Send the operation's element.", at=case.envelope.payloads[0])


@rule("soap/fault-structure", "wire", "error", "SOAP 1.1 section 4.4", stage="refused")
def fault_structure(case: Case) -> Iterator[Problem]:
    """A Fault has faultcode, faultstring and, if needed, faultactor and detail, in this order and once each.

    Bad::   <soap:Fault><faultstring>no</faultstring></soap:Fault>
    Good::  <soap:Fault><faultcode>soap:Server</faultcode><faultstring>no</faultstring></soap:Fault>
    """
    fault = _fault_of(case)
    if fault is None or case.direction == "request":
        return
    names = []
    for child in elements_of(fault):
        namespace, name = split(str(child.tag))
        if name not in _CHILDREN or namespace not in (None, SOAP11):
            yield Problem(
                f"<{name}> is no child of a Fault",
                "A Fault has faultcode, faultstring, faultactor and detail.",
                at=child,
            )
        elif name in names:
            yield Problem(f"<{name}> stands twice in the Fault", "Keep one.", at=child)
        else:
            names.append(name)
    for name in _CHILDREN[:2]:
        if name not in names:
            yield Problem(f"the Fault has no {name}", "Give it a faultcode and a faultstring.", at=fault)
    if names != sorted(names, key=_CHILDREN.index):
        yield Problem(
            "the Fault's children are out of order",
            "The order is faultcode, faultstring, faultactor, detail.",
            at=fault,
        )
    if len({split(str(child.tag))[0] for child in elements_of(fault)}) > 1:
        yield Problem(
            "some of the Fault's children are in the SOAP namespace and some in none",
            "Put all of them in no namespace.",
            at=fault,
        )
    code = _code_of(fault)
    if code is not None and ":" in value_of(code) and _resolved(code)[0] is None:
        yield Problem("the prefix of faultcode is not declared", "Declare it.", at=code)


@rule("soap/fault-form", "wire", "error", "SOAP 1.1 section 4.4; WS-I BP 1.1 R1001, R1004", stage="fault")
def fault_form(case: Case) -> Iterator[Problem]:
    """A Fault's children are in no namespace, and its code is one of SOAP's four or a name in a namespace of its own.

    Bad::   <soap:faultcode>MALFORMED_MESSAGE</soap:faultcode>
    Good::  <faultcode>soap:Client</faultcode>
    """
    fault = _fault_of(case)
    if fault is None or case.direction == "request":
        return
    if any(split(str(child.tag))[0] == SOAP11 for child in elements_of(fault)):
        yield Problem(
            "the Fault's children are in the SOAP namespace",
            "Clients must read them with and without the namespace.",
            at=fault,
        )
    code = _code_of(fault)
    if code is None or not value_of(code).strip(BLANKS):
        return
    namespace, name = _resolved(code)
    if (namespace is None and ":" not in value_of(code)) or (
        namespace == SOAP11 and name.partition(".")[0] not in SOAP_CODES
    ):
        yield Problem(
            "faultcode is neither one of SOAP's four codes nor in a namespace of its own",
            "Clients must compare the local part alone.",
            at=code,
        )


def _fault_of(case: Case) -> Element | None:
    if case.envelope is None or not case.envelope.is_fault or case.envelope.namespace != SOAP11:
        return None
    return case.payload


def _code_of(fault: Element) -> Element | None:
    return next((child for child in elements_of(fault) if local_name(str(child.tag)) == "faultcode"), None)


def _resolved(code: Element) -> tuple[str | None, str]:
    prefix, colon, name = value_of(code).strip(BLANKS).rpartition(":")
    # lxml gives "" where xmlns="" takes the default namespace away.
    return code.nsmap.get(prefix if colon else None) or None, name
