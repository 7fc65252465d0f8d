"""The conditions that `run` and `serve` give their stub: states, injections, strictness."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Final

from contracts.conditions import asked_injection, asked_state
from contracts.config import PREFIX
from contracts.errors import SoapContractsError, UnknownNameError
from contracts.providers.states import in_words

from .failures import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from contracts.catalog import Catalog
    from contracts.conditions import Asked
    from contracts.reports import Reporter
    from contracts.server import Stub

_CREDENTIALS: Final = "credentials are"
_SECRETS: Final = {"user": "USERNAME", "password": "PASSWORD"}


def add_conditions(parser: argparse.ArgumentParser) -> None:
    """Add ``--given``, ``--inject`` and ``--strict``."""
    group = parser.add_argument_group("conditions (`list conditions` has them all)")
    group.add_argument(
        "--given",
        action="append",
        default=[],
        metavar="[SERVICE/]STATE[,NAME=VALUE...]",
        help="the state that a service is in, such as luminate/active-synchronization,partition=7; credentials-are takes "
        "its values from SOAP_CONTRACTS_<SERVICE>_USERNAME and _PASSWORD (repeatable)",
    )
    group.add_argument(
        "--inject",
        action="append",
        default=[],
        metavar="NAME[,NAME=VALUE...][:OPERATION[:TIMES]]",
        help="what the answer to a call is, or is like: reset-after-processing:EndSynchronization; once unless TIMES says "
        "how often, * for every call (repeatable)",
    )
    group.add_argument(
        "--strict",
        action="store_true",
        help="answer a fault to whatever breaks a contract, also where the provider takes it",
    )


def bring_about(stub: Stub, args: argparse.Namespace, catalog: Catalog) -> None:
    """Do as the options say. Raises UsageError."""
    conditions = stub.conditions

    def give(service: str, asked: Asked) -> None:
        conditions.given(service, asked.name, _with_credentials(service, asked.name, asked.parameters))

    def inject(service: str, asked: Asked) -> None:
        conditions.inject(service, asked.name, asked.operation, asked.times, asked.parameters)

    for text in [*args.given, *(["strict"] if args.strict else [])]:
        # The values stay unsaid: one may be a password.
        _apply(f"--given {text.partition(',')[0]}", partial(asked_state, text, catalog), give)
    for text in args.inject:
        _apply(f"--inject {text}", partial(asked_injection, text, catalog), inject)


def _apply(option: str, read: Callable[[], Asked], act: Callable[[str, Asked], None]) -> None:
    """Act at each of the services that are asked for: one of them at least has to know what is wanted."""
    try:
        asked = read()
        unknown: list[UnknownNameError] = []
        for service in asked.services:
            try:
                act(service, asked)
            except UnknownNameError as error:
                unknown.append(error)
        if len(unknown) == len(asked.services):
            raise unknown[-1]
    except SoapContractsError as error:
        raise UsageError(f"{option}: {error}") from None


def report_unmet(stub: Stub, reporter: Reporter) -> None:
    """Note the injections that no call has met."""
    for said in stub.conditions.unmet():
        reporter.note("--inject", said)


def _with_credentials(service: str, name: str, given: dict[str, str]) -> dict[str, str]:
    if in_words(name) != _CREDENTIALS:
        return given
    if given:
        raise UsageError("a process list shows arguments; " + _advice(service))
    found = {key: os.environ.get(_variable(service, suffix), "") for key, suffix in _SECRETS.items()}
    if not all(found.values()):
        raise UsageError(_advice(service))
    return found


def _advice(service: str) -> str:
    return f"set {' and '.join(_variable(service, suffix) for suffix in _SECRETS.values())}"


def _variable(service: str, suffix: str) -> str:
    return f"{PREFIX}{service.upper()}_{suffix}"
