"""Conditions as the command line writes them: ``NAME[,PARAMETER=VALUE...][:OPERATION[:TIMES]]``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from contracts.errors import UnknownNameError
from contracts.providers import ConditionError

if TYPE_CHECKING:
    from contracts.catalog import Catalog

#: The last two parts are tried from the end on, because a value may hold colons.
_INJECTED: Final = re.compile(
    r"(?P<condition>.+?)(?::(?P<operation>[A-Za-z_*][\w.*-]*(?:/[A-Za-z_*][\w.*-]*)?)(?::(?P<times>[0-9]{1,6}|\*))?)?",
    re.ASCII,
)
_ANY: Final = "*"


class Wanted(NamedTuple):
    """A condition that somebody asked for: of which services, its name, for which calls, and its parameters."""

    services: tuple[str, ...]
    name: str
    operation: str | None
    times: int | None
    parameters: dict[str, str]


def wanted_state(text: str, catalog: Catalog) -> Wanted:
    """``[SERVICE/]STATE[,PARAMETER=VALUE...]``; without a service it is meant for each.

    Raises as `wanted_injection`.
    """
    service, slash, rest = text.partition("/")
    name, parameters = _split(rest if slash else text)
    services = (catalog.service(service).name,) if slash else tuple(catalog.services)
    return Wanted(services, name, None, None, parameters)


def wanted_injection(text: str, catalog: Catalog) -> Wanted:
    """``NAME[,PARAMETER=VALUE...][:OPERATION[:TIMES]]``.

    The operation is ``Operation`` or ``service/Operation``, ``*`` or ``service/*`` any; TIMES is 1, or ``*`` for ever.
    Raises ConditionError for another form, and UnknownNameError for an operation that does not exist.
    """
    found = _INJECTED.fullmatch(text)
    if found is None:
        raise ConditionError(f"{text!r} is not of the form NAME[,PARAMETER=VALUE...][:OPERATION[:TIMES]]")
    name, parameters = _split(found["condition"])
    services, operation = _called(found["operation"] or _ANY, catalog)
    times = None if found["times"] == _ANY else int(found["times"] or 1)
    return Wanted(services, name, operation, times, parameters)


def _called(text: str, catalog: Catalog) -> tuple[tuple[str, ...], str | None]:
    service, slash, operation = text.rpartition("/")
    if slash:
        known = catalog.service(service)
        return (known.name,), None if operation == _ANY else catalog.operation(text)[1].name
    if operation == _ANY:
        return tuple(catalog.services), None
    services = tuple(one.name for one in catalog if one.operation(operation) is not None)
    if not services:
        raise UnknownNameError.of("operation", operation, [each.name for one in catalog for each in one.operations])
    return services, operation


def _split(text: str) -> tuple[str, dict[str, str]]:
    name, *pairs = text.split(",")
    parameters = {}
    for number, pair in enumerate(pairs, 1):
        key, equals, value = pair.partition("=")
        if not equals or not key:
            # It stays unsaid: it may be a password.
            raise ConditionError(f"{name.strip()!r}: parameter {number} is not of the form PARAMETER=VALUE")
        parameters[key.strip()] = value
    return name.strip(), parameters
