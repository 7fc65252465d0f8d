"""Which calls a probe makes, decided before anything is sent: what is allowed, what is refused, what lacks a value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from contracts.errors import SoapContractsError
from contracts.model import ProbeCall, required_values
from contracts.recording import ALLOWED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from contracts.model import Effect, Operation, Service
    from contracts.recording import Target

_PLACEHOLDER: Final = re.compile(r"\{([^{}]+)\}")
#: The placeholder that is no option.
NOW: Final = "now"
_ABSENT: Final = "(not given)"


class PlanError(SoapContractsError, ValueError):
    """What is to be sent may not be, or lacks a value; nothing was sent."""


class Planned(NamedTuple):
    """A call that is to be made: its operation, and the texts for fields of its request and of its response.

    ``lacking`` has the options that it takes and that nobody gave.
    """

    call: ProbeCall
    operation: Operation
    values: dict[str, str]
    returns: dict[str, str]
    lacking: tuple[str, ...]


class Plan(NamedTuple):
    """The calls to make, in order, and why others are left out: pairs of ``service/Operation`` and a sentence."""

    calls: tuple[Planned, ...]
    left_out: tuple[tuple[str, str], ...]


def plan_of(
    service: Service,
    target: Target,
    options: Mapping[str, str],
    *,
    now: str,
    wanted: Sequence[str] = (),
    checks: Sequence[str] = (),
    rehearsal: bool = False,
) -> Plan:
    """What a probe of ``service`` at ``target`` sends; ``now`` is the time that ``{now}`` stands for.

    ``wanted`` names operations that must be sent, ``checks`` those of the contract's that are made. What is not allowed
    is left out, unless it was asked for by one of these, or by an option that no allowed call takes. Raises PlanError,
    which says what would have been sent, where, and with which effect; in a ``rehearsal`` that is left out as well.
    """
    calls = _calls(service, options)
    _refuse_unknown(service, calls, options, wanted, checks)
    asked = set(options) - _options_of_allowed(service, calls, target)
    chosen: list[Planned] = []
    left_out: list[tuple[str, str]] = []
    for call in calls:
        planned = _planned(service, call, {**options, NOW: now})
        if _is_replaced(call, calls, checks):
            if call.operation in wanted and not call.check and not rehearsal:
                raise PlanError(f"nothing was sent: {call.operation} stands back for --check {', '.join(checks)}")
            continue
        effect = effect_of(service, call)
        if effect not in target.allowed:
            said = f"{described(planned, service)} to {target.place}; it needs {_flags(effect, target)}"
            if not rehearsal and (call.operation in wanted or call.check or asked & options_of(call)):
                raise PlanError(f"refused, and nothing was sent: {service.name}/{said}")
            left_out.append((f"{service.name}/{call.operation}", f"NOT SENT: {said}"))
        elif call.after is None or any(earlier.call.operation == call.after for earlier in chosen):
            chosen.append(planned)
    if not rehearsal:
        _refuse_left_out(wanted, chosen)
        _refuse_lacking(chosen)
    return Plan(tuple(chosen), tuple(left_out))


def described(planned: Planned, service: Service) -> str:
    """The operation, its effect and what it would be called with, but for the credentials."""
    call, operation = planned.call, planned.operation
    hidden = service.secrets | {service.probe.user, service.probe.password}
    fields = [field.name for field in required_values(operation.request) if field.name not in hidden]
    values = ", ".join(f"{name} {planned.values.get(name, '(a sample)')}" for name in fields)
    closing = f", and opens what only {call.closed_by} closes, {effect_of(service, call)}" if call.closed_by else ""
    return f"{operation.name} ({operation.effect}{closing}){f' with {values}' if values else ''}"


def effect_of(service: Service, call: ProbeCall) -> Effect:
    """The worst that a call needs: what it opens has to be closed as well."""
    operations = [service.operation(name) for name in (call.operation, call.closed_by or call.operation)]
    return max((operation.effect for operation in operations if operation is not None), key=ALLOWED.index)


def options_of(call: ProbeCall) -> set[str]:
    """The options that a call takes."""
    return {name for _, text in call.values for name in _PLACEHOLDER.findall(text)} - {NOW}


def closing_check(service: Service, operation: str) -> str | None:
    """The check of the contract that only calls ``operation``, and so closes what is left open; None for none."""
    calls = (call for call in service.probe.calls if call.operation == operation)
    return next((call.check for call in calls if call.check and call.fault is None), None)


def _calls(service: Service, options: Mapping[str, str]) -> tuple[ProbeCall, ...]:
    """The calls that the contract lists or, where it lists none, every operation that reads and needs no header."""
    if service.probe.calls:
        return service.probe.calls
    return tuple(
        ProbeCall(
            operation.name,
            tuple((name, f"{{{name}}}") for name in _free_fields(service, operation) if name in options),
        )
        for operation in service.operations
        if operation.effect == "read" and operation.header is None
    )


def _free_fields(service: Service, operation: Operation) -> list[str]:
    """The fields whose values anybody may give on a command line."""
    hidden = service.secrets | {service.probe.user, service.probe.password}
    return [field.name for field in required_values(operation.request) if field.name not in hidden]


def _refuse_unknown(
    service: Service,
    calls: Sequence[ProbeCall],
    options: Mapping[str, str],
    wanted: Sequence[str],
    checks: Sequence[str],
) -> None:
    if service.probe.calls:
        taken = {name for call in calls for name in options_of(call)}
    else:
        operations = filter(None, (service.operation(call.operation) for call in calls))
        taken = {name for operation in operations for name in _free_fields(service, operation)}
    known = (
        ("option", options, taken),
        ("call of an operation", wanted, {call.operation for call in calls}),
        ("check", checks, {call.check for call in calls if call.check}),
    )
    for kind, given, names in known:
        for name in given:
            if name not in names:
                listed = ", ".join(sorted(names)) or "none"
                raise PlanError(f"a probe of {service.name} has no {kind} {name!r}; known are: {listed}")


def _options_of_allowed(service: Service, calls: Sequence[ProbeCall], target: Target) -> set[str]:
    """The options of what is allowed: whoever gives another one wants what is not."""
    return {name for call in calls if effect_of(service, call) in target.allowed for name in options_of(call)}


def _is_replaced(call: ProbeCall, calls: Sequence[ProbeCall], checks: Sequence[str]) -> bool:
    """Whether a check that was not asked for, or another call that stands back for a check."""
    if call.check:
        return call.check not in checks
    checked = {other.operation for other in calls if other.check in checks}
    return call.operation in checked or call.closed_by in checked


def _planned(service: Service, call: ProbeCall, given: Mapping[str, str]) -> Planned:
    operation = next(known for known in service.operations if known.name == call.operation)
    values, returns = (
        {name: _PLACEHOLDER.sub(lambda found: given.get(found[1], _ABSENT), text) for name, text in pairs}
        for pairs in (call.values, call.returns)
    )
    return Planned(call, operation, values, returns, tuple(sorted(options_of(call) - given.keys())))


def _flags(effect: Effect, target: Target) -> str:
    return f"--allow {effect}" + (f" --confirm-target {target.place}" if effect == "destructive" else "")


def _refuse_left_out(wanted: Sequence[str], chosen: Sequence[Planned]) -> None:
    for name in wanted:
        if not any(planned.call.operation == name for planned in chosen):
            raise PlanError(f"nothing was sent: {name} was asked for, and what it is called after is not allowed")


def _refuse_lacking(chosen: Sequence[Planned]) -> None:
    for planned in chosen:
        for name in planned.lacking:
            raise PlanError(f"{planned.operation.name} needs {name}: --set {name}=VALUE, or a flag of that name")
