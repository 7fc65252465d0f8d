"""The conditions that `run` and `serve` give their stub: states, injections, strictness."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from contracts.conditions import wanted_injection, wanted_state
from contracts.config import PREFIX
from contracts.driving import variable
from contracts.errors import SoapContractsError, UnknownNameError
from contracts.providers import ConditionError
from contracts.providers.parameters import in_words

from .failures import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from contracts.catalog import Catalog
    from contracts.conditions import Wanted
    from contracts.server import Stub


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
    if args.cassettes and (args.given or args.strict):
        raise UsageError("--given and --strict are about the services, and --cassette answers in their place")
    stubbed = catalog.remembering(stub.services)

    def give(service: str, asked: Wanted) -> None:
        conditions.given(service, asked.name, _with_secrets(stub, service, asked), lasting=True)

    def inject(service: str, asked: Wanted) -> None:
        conditions.inject(service, asked.name, asked.operation, asked.times, asked.parameters, lasting=True)

    for text in [*args.given, *(["strict"] if args.strict else [])]:
        # The values stay unsaid: one may be a password.
        _apply(f"--given {text.partition(',')[0]}", partial(wanted_state, text, stubbed), give)
    for text in args.inject:
        _apply(f"--inject {text}", partial(wanted_injection, text, stubbed), inject)


def _apply(option: str, read: Callable[[], Wanted], act: Callable[[str, Wanted], None]) -> None:
    """Act at each of the services that are asked for: one of them at least has to know what is wanted."""
    try:
        asked = read()
        failed: list[ConditionError | UnknownNameError] = []
        for service in asked.services:
            try:
                act(service, asked)
            except (ConditionError, UnknownNameError) as error:
                failed.append(error)
        if len(failed) == len(asked.services):
            raise min(failed, key=lambda error: isinstance(error, UnknownNameError))
    except SoapContractsError as error:
        raise UsageError(f"{option}: {error}") from None


def _with_secrets(stub: Stub, service: str, asked: Wanted) -> dict[str, str]:
    """The parameters of a state, those that are secret from the environment. Raises UsageError."""
    state = stub.conditions.states(service).get(in_words(asked.name))
    secret = {} if state is None else {key: suffix for key, suffix in state.secret.items() if suffix is not None}
    if not secret:
        return asked.parameters
    names = {parameter: variable(PREFIX + service, suffix) for parameter, suffix in secret.items()}
    advice = f"set {' and '.join(names.values())}"
    if secret.keys() & asked.parameters.keys():
        raise UsageError(f"a process list shows arguments; {advice}")
    found = {parameter: os.environ.get(name, "") for parameter, name in names.items()}
    if not all(found.values()):
        raise UsageError(advice)
    return {**asked.parameters, **found}
