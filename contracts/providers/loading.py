"""The behaviour that a service's `contract.toml` names."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from typing import TYPE_CHECKING

from contracts.errors import ContractError

from .behaviour import Behaviour
from .states import states_of

if TYPE_CHECKING:
    from types import ModuleType

    from contracts.model import Service


def behaviour_of(service: Service) -> Behaviour:
    """A new behaviour of ``service``: of the class that its contract names, or `Behaviour` itself.

    The class is named ``package.module:Class`` or, beside the contract, ``file.py:Class``. Its module is Python of
    whoever wrote the contract, and is run. Raises ContractError where there is no such class, or it cannot be made.
    """
    if not service.behaviour:
        return Behaviour(service)
    module, _, name = service.behaviour.partition(":")
    place = f"{os.path.join(service.folder, 'contract.toml')}: [behaviour]: class {service.behaviour!r}"
    try:
        kind = getattr(_module(service, module), name)
    except (Exception, SystemExit) as error:
        raise ContractError(f"{place} cannot be loaded: {type(error).__name__}: {error}") from error
    if not (isinstance(kind, type) and issubclass(kind, Behaviour)):
        raise ContractError(f"{place} is no subclass of contracts.providers.Behaviour")
    try:
        made = kind(service)
    except (Exception, SystemExit) as error:
        raise ContractError(f"{place} cannot be made: {type(error).__name__}: {error}") from error
    states_of(kind)
    return made


def _module(service: Service, name: str) -> ModuleType:
    if not name.endswith(".py"):
        return importlib.import_module(name)
    path = os.path.join(service.folder, name)
    spec = importlib.util.spec_from_file_location(f"_soap_contracts_{service.name}", path)
    if spec is None or spec.loader is None:
        raise ImportError(path)
    module = importlib.util.module_from_spec(spec)
    # Some decorators, such as dataclass, look for it there.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
