"""What the settings come to: the services to judge by, and the policy by which findings count."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from . import baseline
from .catalog import load
from .errors import ContractError, UnknownNameError
from .policy import Policy
from .resources import data_folder
from .rules import RULES, unknown_rules

if TYPE_CHECKING:
    from .catalog import Catalog
    from .config import Settings


def catalog_of(settings: Settings) -> Catalog:
    """The shipped services and those of the settings. Raises ContractError."""
    if not settings.contracts:
        return load()
    catalog = load(data_folder("xsd"), *settings.contracts)
    for service in catalog:
        for name in unknown_rules(service):
            path = os.path.join(service.folder, "contract.toml")
            raise ContractError(f"{path}: {UnknownNameError.of('rule', name, RULES)}")
    return catalog


def policy_of(settings: Settings, *, learn: bool = False) -> Policy:
    """The policy of the settings; with ``learn``, for a baseline that is being written and need not be there yet.

    Raises ConfigError for a baseline that cannot be used.
    """
    known = settings.baseline and not (learn and not os.path.exists(settings.baseline))
    return Policy(
        select=settings.select,
        ignore=settings.ignore,
        fail_on=settings.fail_on,
        allows=settings.allow,
        baseline=baseline.read(settings.baseline) if known else frozenset(),
        learn=learn,
    )
