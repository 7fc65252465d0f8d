"""Which calls a probe makes, decided before anything is sent: what is allowed, what is refused, what lacks a value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from contracts.errors import SoapContractsError
from contracts.model import ProbeCall

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from contracts.model import Effect, Operation, Service
    from contracts.recording import Target

_PLACEHOLDER: Final = re.compile(r"\{([a-z-]+)\}")
#: What the prober itself fills in.
NOW: Final = "now"
_ORDER: Final[tuple[Effect, ...]] = ("read", "write", "destructive")


class PlanError(SoapContractsError, ValueError):
    """What is to be sent may not be, or lacks a value; nothing was sent."""


class Planned(NamedTuple):
    """A call that is to be made, and its operation."""

    call: ProbeCall
    operation: Operation


class Plan(NamedTuple):
    """The calls to make, in order, and why others are left out: pairs of an operation's name and a sentence."""

    calls: tuple[Planned, ...]
    left_out: tuple[tuple[str, str], ...]


def plan_of(
    service: Service,
    target: Target,
    options: Mapping[str, str],
    *,
    wanted: Sequence[str] = (),
    checks: Sequence[str] = (),
    rehearsal: bool = False,
) -> Plan:
    """What a probe of ``service`` at ``target`` sends.

    ``wanted`` names operations that must be sent, ``checks`` what is to be checked beside. What is not allowed is left
    out, unless it was asked for by one of these, or by an option that only it takes. Raises PlanError, which says what
    would have been sent, where, and with which effect; in a ``rehearsal`` that is left out as well.
    """
    calls = service.probe.calls or _reads(service)
    _refuse_unknown(service, calls, wanted, checks)
    chosen: list[Planned] = []
    left_out: list[tuple[str, str]] = []
    for call in calls:
        operation = service.operation(call.operation)
        if operation is None or _is_replaced(call, calls, checks):
            continue
        effect = _effect(service, call, operation)
        if effect in target.allowed:
            if call.after is None or any(planned.call.operation == call.after for planned in chosen):
                chosen.append(Planned(call, operation))
            continue
        said = f"{_described(operation, call, effect)} to {target.place}; it needs {_flags(effect, target)}"
        asked = operation.name in wanted or call.check or _is_asked_for(call, calls, target, service, options)
        if asked and not rehearsal:
            raise PlanError(f"refused, and nothing was sent: {service.name}/{said}")
        left_out.append((f"{service.name}/{operation.name}", f"NOT SENT: {said}"))
    if not rehearsal:
        _refuse_lacking(chosen, options)
    return Plan(tuple(chosen), tuple(left_out))


def filled(text: str, options: Mapping[str, str]) -> str:
    """``text`` with its placeholders replaced."""
    return _PLACEHOLDER.sub(lambda found: options[found[1]], text)


def placeholders_of(call: ProbeCall) -> set[str]:
    """The options that a call takes."""
    return {name for _, text in call.values for name in _PLACEHOLDER.findall(text)} - {NOW}


def _reads(service: Service) -> tuple[ProbeCall, ...]:
    return tuple(ProbeCall(operation.name) for operation in service.operations if operation.effect == "read")


def _refuse_unknown(service: Service, calls: Sequence[ProbeCall], wanted: Sequence[str], checks: Sequence[str]) -> None:
    operations = {call.operation for call in calls}
    for name in wanted:
        if name not in operations:
            known = ", ".join(sorted(operations)) or "none"
            raise PlanError(f"no probe of {service.name} calls {name!r}; known are: {known}")
    known_checks = {call.check for call in calls if call.check}
    for check in checks:
        if check not in known_checks:
            raise PlanError(
                f"{service.name} has no check {check!r}; known are: {', '.join(sorted(known_checks)) or 'none'}"
            )


def _is_replaced(call: ProbeCall, calls: Sequence[ProbeCall], checks: Sequence[str]) -> bool:
    """Whether a check that was not asked for, or another call that stands back for a check."""
    if call.check:
        return call.check not in checks
    checked = {other.operation for other in calls if other.check in checks}
    return call.operation in checked or call.closed_by in checked


def _effect(service: Service, call: ProbeCall, operation: Operation) -> Effect:
    """The worst that the call needs: what it opens has to be closed as well."""
    closing = service.operation(call.closed_by) if call.closed_by else None
    effects = [operation.effect] + ([closing.effect] if closing is not None else [])
    return max(effects, key=_ORDER.index)


def _described(operation: Operation, call: ProbeCall, effect: Effect) -> str:
    values = ", ".join(f"{name} {text}" for name, text in call.values)
    closing = f", which opens what only {call.closed_by} ({effect}) closes" if call.closed_by else ""
    return f"{operation.name} ({operation.effect}{closing}){f' with {values}' if values else ''}"


def _flags(effect: Effect, target: Target) -> str:
    return f"--allow {effect}" + (f" --confirm-target {target.place}" if effect == "destructive" else "")


def _is_asked_for(
    call: ProbeCall, calls: Sequence[ProbeCall], target: Target, service: Service, options: Mapping[str, str]
) -> bool:
    """Whether an option was given that no call takes which is allowed: whoever gave it wants this one."""
    of_others = {
        name
        for other in calls
        for name in placeholders_of(other)
        if (operation := service.operation(other.operation)) and _effect(service, other, operation) in target.allowed
    }
    return bool((placeholders_of(call) - of_others) & options.keys())


def _refuse_lacking(chosen: Sequence[Planned], options: Mapping[str, str]) -> None:
    for planned in chosen:
        for name in sorted(placeholders_of(planned.call) - options.keys()):
            raise PlanError(f"{planned.operation.name} needs a value: --{name} VALUE, or --set {name}=VALUE")
