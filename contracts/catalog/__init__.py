"""Service folders -> the model: `contract.toml` for what XSD cannot say, the schemas for the rest."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

from contracts.errors import ContractError, UnknownNameError
from contracts.resources import service_folders

from .statements import load_service

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from contracts.messages import Direction
    from contracts.model import Field, Operation, Service

__all__ = ["Catalog", "Payload", "load", "shipped"]

Payload = tuple["Service", "Operation", "Direction"]


class Catalog:
    """The services that a message is judged against, with an index of their payload elements.

    Iterating gives the services. ``payloads`` maps ``{namespace}local`` to (service, operation, direction);
    ``secrets`` and ``public`` are the local names of secret fields and of all other declared fields, over all services.
    """

    def __init__(self, services: Iterable[Service]) -> None:
        self.services = {service.name: service for service in services}
        self.payloads: dict[str, Payload] = {}
        for service in self:
            self._index(service)
        self.secrets = frozenset(name for service in self for name in service.secrets)
        declared = {field.name for service in self for field in _leaves(service)}
        self.public = frozenset(declared - self.secrets)

    def __iter__(self) -> Iterator[Service]:
        return iter(self.services.values())

    def service(self, name: str) -> Service:
        """The service called ``name``. Raises UnknownNameError."""
        try:
            return self.services[name]
        except KeyError:
            raise UnknownNameError.of("service", name, self.services) from None

    def operation(self, address: str) -> tuple[Service, Operation]:
        """The operation at ``service/Operation``. Raises UnknownNameError."""
        service_name, _, operation_name = address.partition("/")
        service = self.service(service_name)
        operation = service.operation(operation_name)
        if operation is None:
            raise UnknownNameError.of("operation", operation_name, [known.name for known in service.operations])
        return service, operation

    def _index(self, service: Service) -> None:
        directions: tuple[Direction, Direction] = ("request", "response")
        for operation in service.operations:
            for direction in directions:
                tag = operation.payload(direction).tag
                if tag in self.payloads:
                    raise ContractError(f"{service.folder}: {tag} is declared twice")
                self.payloads[tag] = (service, operation, direction)


def load(*folders: str | os.PathLike[str]) -> Catalog:
    """The services in ``folders``, each a service folder or a folder of such; the shipped ones when none is given.

    Raises ContractError, whose text names the file and the line, for a folder that cannot be used.
    """
    if not folders:
        return shipped()
    found = [service for root in folders for service in _load_root(os.fspath(root))]
    names = [service.name for service in found]
    for name in names:
        if names.count(name) > 1:
            raise ContractError(f"two service folders are both called {name!r}")
    return Catalog(found)


@cache
def shipped() -> Catalog:
    """The services that ship with this package."""
    return Catalog(load_service(folder) for folder in service_folders())


def _load_root(root: str) -> list[Service]:
    try:
        folders = service_folders(root)
    except OSError as error:
        raise ContractError(f"{root}: {error.strerror}") from None
    if not folders:
        raise ContractError(f"{root}: no service folder here; one has a contract.toml")
    return [load_service(folder) for folder in folders]


def _leaves(service: Service) -> Iterator[Field]:
    for operation in service.operations:
        yield from _values(operation.request)
        yield from _values(operation.response)
    for block in service.headers:
        yield from _values(block)


def _values(field: Field) -> Iterator[Field]:
    if field.type is not None:
        yield field
    for child in field.fields:
        yield from _values(child)
