"""Service folders -> the model: `contract.toml` for what XSD cannot say, the schemas for the rest."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

from contracts.errors import ContractError, UnknownNameError
from contracts.names import SOAP11
from contracts.resources import data_folder, service_folders
from contracts.schema import Schema
from contracts.secrecy import Memory

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
        declared = {value.name for service in self for field in _declared(service) for value in field.values()}
        self.public = frozenset(declared - self.secrets)
        #: The contracts' own words, in lower case: a secret that is one of them cannot be told from them in a sentence.
        self.vocabulary = " ".join(word for service in self for word in _words(service)).lower()
        #: The secrets of messages that were judged by this catalog, for masking; None where nobody remembers them.
        self.known: Memory | None = None

    def __iter__(self) -> Iterator[Service]:
        return iter(self.services.values())

    def remembering(self, services: Iterable[str] | None = None) -> Catalog:
        """The same catalog, or that of ``services`` alone, which remembers the secrets of what is judged by it.

        Where this one remembers already, the two share it. Raises UnknownNameError.
        """
        found = Catalog(self if services is None else [self.service(name) for name in services])
        found.known = self.known or Memory(self.secrets, self.vocabulary)
        return found

    def service(self, name: str) -> Service:
        """The service called ``name``. Raises UnknownNameError."""
        try:
            return self.services[name]
        except KeyError:
            raise UnknownNameError.of("service", name, self.services) from None

    def operation(self, address: str) -> tuple[Service, Operation]:
        """The operation at ``service/Operation``. Raises UnknownNameError."""
        service_name, slash, operation_name = address.partition("/")
        service = self.service(service_name)
        if not slash:
            raise UnknownNameError(
                f"{address!r} names no operation; one is written {address}/{service.operations[0].name}"
            )
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
                    other = self.payloads[tag][0].folder
                    raise ContractError(f"{service.folder}: {tag} is declared already, in {other}")
                self.payloads[tag] = (service, operation, direction)


def load(*folders: str | os.PathLike[str]) -> Catalog:
    """The services in ``folders``, each a service folder or a folder of such; the shipped ones when none is given.

    Raises ContractError, whose text names the file and the line, for a folder that cannot be used.
    """
    if not folders:
        return shipped()
    found: dict[str, Service] = {}
    for service in (service for root in folders for service in _load_root(os.fspath(root))):
        if service.name in found:
            other = found[service.name].folder
            raise ContractError(f"{service.folder}: the service is called {service.name!r}, and so is that in {other}")
        found[service.name] = service
    return Catalog(found.values())


@cache
def shipped() -> Catalog:
    """The services that ship with this package."""
    return Catalog(load_service(folder) for folder in service_folders())


def _load_root(root: str) -> list[Service]:
    if os.path.realpath(root) == os.path.realpath(data_folder("xsd")):
        return list(shipped())
    try:
        folders = service_folders(root)
    except OSError as error:
        raise ContractError(f"{root}: {error.strerror}") from None
    if not folders:
        raise ContractError(f"{root}: no service folder here; one has a contract.toml")
    return [_compiled(load_service(folder)) for folder in folders]


def _words(service: Service) -> Iterator[str]:
    yield from (service.name, service.title, service.namespace, SOAP11, "soap Envelope Header Body Fault xsd xsi")
    for operation in service.operations:
        yield operation.soap_action or ""
        for payload in (operation.request, operation.response):
            yield payload.name
            yield from (field.name for field in payload.values())
    for block in service.headers:
        yield from (block.name, *(field.name for field in block.fields))


def _compiled(service: Service) -> Service:
    """``service``, of whose schemas it is certain that they compile. Raises ContractError.

    The shipped ones are not compiled before they are used: that would cost every start, and the tests have done it.
    """
    for name in ("request.xsd", "response.xsd"):
        Schema(os.path.join(service.folder, name)).compile()
    return service


def _declared(service: Service) -> Iterator[Field]:
    for operation in service.operations:
        yield operation.request
        yield operation.response
    yield from service.headers
