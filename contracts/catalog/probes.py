"""The table `[probe]` of a contract: by which calls a live endpoint is probed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from contracts.model import ProbeCall, ProbePlan, required_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from contracts.model import Fault, Field, Operation

    from .tables import Table

_KEYS: Final = ("operation", "values", "closed_by", "after", "check", "returns", "fault")


def probe_plan_of(
    table: Table, operations: Sequence[Operation], secrets: frozenset[str], faults: Sequence[Fault]
) -> ProbePlan:
    """The plan in ``table``; an empty one where it is empty.

    Credentials go into fields that are secret, for all others are shown; ``values`` into required ones, because what a
    probe sends has no others. Raises ContractError.
    """
    table.keep_to("user", "password", "calls")
    known = {field.name for operation in operations for field in required_values(operation.request)}
    user, password = (_credential(table, key, known, secrets) for key in ("user", "password"))
    tables = list(table.tables("calls"))
    calls = tuple(_call(each, operations, faults) for each in tables)
    for number, (call, each) in enumerate(zip(calls, tables, strict=True)):
        if call.after not in (None, *(other.operation for other in calls[:number])):
            raise each.wrong(f"after = {call.after!r} is called by none of the calls above")
        closing = (other.operation for other in calls[number + 1 :] if other.check is None)
        if call.closed_by not in (None, *closing):
            raise each.wrong(f"closed_by = {call.closed_by!r} is called by none of the calls below")
    return ProbePlan(user, password, calls)


def _credential(table: Table, key: str, known: set[str], secrets: frozenset[str]) -> str | None:
    if key not in table:
        return None
    name = table.text(key)
    if name not in known:
        raise table.wrong(f"{key} = {name!r} is a required field of no request")
    if name not in secrets:
        raise table.wrong(f"{key} = {name!r} is not in [[secrets]], and would be shown")
    return name


def _call(table: Table, operations: Sequence[Operation], faults: Sequence[Fault]) -> ProbeCall:
    table.keep_to(*_KEYS)
    named = {operation.name: operation for operation in operations}
    operation = named[table.choice("operation", tuple(named))]
    return ProbeCall(
        operation.name,
        _pairs(table, "values", required_values(operation.request)),
        table.choice("closed_by", tuple(named)) if "closed_by" in table else None,
        table.choice("after", tuple(named)) if "after" in table else None,
        table.text("check") if "check" in table else None,
        _pairs(table, "returns", operation.response.values()),
        table.choice("fault", tuple(fault.name for fault in faults)) if "fault" in table else None,
    )


def _pairs(table: Table, key: str, declared: Iterable[Field]) -> tuple[tuple[str, str], ...]:
    listed, known = table.table(key), {field.name for field in declared}
    for name in listed:
        if name not in known:
            raise listed.wrong(f"{name!r} is no such field; known are {', '.join(sorted(known)) or 'none'}")
    return tuple((name, listed.text(name)) for name in listed)
