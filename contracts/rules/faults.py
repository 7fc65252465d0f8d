"""Which fault a Fault is, by the contract's list of those that the provider names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from contracts.envelope import elements_of
from contracts.names import BLANKS, local_name
from contracts.xml import value_of

if TYPE_CHECKING:
    from contracts.model import Service

    from .case import Case


#: SOAP 1.1 section 4.4.1: these codes are nobody's own.
SOAP_CODES: Final = frozenset({"VersionMismatch", "MustUnderstand", "Client", "Server"})


def names_fault(case: Case, service: Service) -> bool:
    """Whether the message's Fault is one that ``service`` names, by its code or by the element in its detail."""
    known = {name for fault in service.faults for name in (fault.name, fault.code)}
    return bool(known & own_names(case))


def own_names(case: Case) -> set[str]:
    """What the Fault calls itself: the local names of the elements in its detail, and of a code that is not SOAP's."""
    names = set()
    for child in elements_of(case.payload) if case.payload is not None else ():
        if local_name(str(child.tag)) == "faultcode":
            names.add(value_of(child).strip(BLANKS).rpartition(":")[2])
        elif local_name(str(child.tag)) == "detail":
            names.update(local_name(str(inner.tag)) for inner in elements_of(child))
    return names - SOAP_CODES - {""}
