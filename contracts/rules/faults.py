"""Which fault a Fault is, by the contract's list of those that the provider names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contracts.envelope import elements_of
from contracts.names import local_name
from contracts.xml import value_of

if TYPE_CHECKING:
    from contracts.model import Service

    from .case import Case


def names_fault(case: Case, service: Service) -> bool:
    """Whether the message's Fault is one that ``service`` names, by its code or by the element in its detail."""
    if case.payload is None or not service.faults:
        return False
    known = {name for fault in service.faults for name in (fault.name, fault.code)}
    told = set()
    for child in elements_of(case.payload):
        if local_name(str(child.tag)) == "faultcode":
            told.add(value_of(child).strip(" \t\r\n").rpartition(":")[2])
        elif local_name(str(child.tag)) == "detail":
            told.update(local_name(str(inner.tag)) for inner in elements_of(child))
    return bool(known & told)
