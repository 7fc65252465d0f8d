"""The table `[probe]` of a contract: by which calls a live endpoint is probed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from contracts.model import ProbeCall, ProbePlan

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contracts.model import Field, Operation

    from .tables import Table

_KEYS: Final = ("operation", "values", "closed_by", "after", "check", "returns", "fault")


def probe_plan_of(table: Table, operations: tuple[Operation, ...]) -> ProbePlan:
    """The plan in ``table``; an empty one where it is empty. Raises ContractError."""
    table.keep_to("user", "password", "calls")
    calls = tuple(
        _call(each, {operation.name: operation for operation in operations}) for each in table.tables("calls")
    )
    known = {field.name for operation in operations for field in operation.request.values()}
    for key in ("user", "password"):
        if key in table and table.text(key) not in known:
            raise table.wrong(f"{key} = {table.text(key)!r} is a field of no request")
    return ProbePlan(
        table.text("user") if "user" in table else None, table.text("password") if "password" in table else None, calls
    )


def _call(table: Table, operations: dict[str, Operation]) -> ProbeCall:
    table.keep_to(*_KEYS)
    for key in ("operation", "closed_by", "after"):
        if key in table:
            table.choice(key, tuple(operations))
    operation = operations[table.text("operation")]
    return ProbeCall(
        operation.name,
        _pairs(table, "values", operation.request.values()),
        table.optional_text("closed_by"),
        table.optional_text("after"),
        table.optional_text("check"),
        _pairs(table, "returns", operation.response.values()),
        table.optional_text("fault"),
    )


def _pairs(table: Table, key: str, declared: Iterable[Field]) -> tuple[tuple[str, str], ...]:
    listed, known = table.table(key), {field.name for field in declared}
    for name in listed:
        if name not in known:
            raise listed.wrong(f"{name!r} is declared in no such message; known are {', '.join(sorted(known))}")
    return tuple((name, listed.text(name)) for name in listed)
