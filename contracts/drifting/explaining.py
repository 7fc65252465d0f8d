"""Which differences are known already: what the ``published`` section of a contract says of the provider's own WSDL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .descriptions import SOAP12_BINDING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from contracts.model import Ground, PublishedOperation, Service

    from .differences import Difference

_NO_LENGTHS: Final = ("no maxLength", "no minLength")


def explained(difference: Difference, service: Service) -> str:
    """The sentence that explains ``difference``, with what it rests on; "" where nothing does."""
    published = service.published
    if difference.what == "binding" and difference.theirs == f"also {SOAP12_BINDING}" and published.soap12_port:
        return _sentence("its WSDL has a SOAP 1.2 port as well", published.ground)
    if difference.what == "facet" and difference.theirs in _NO_LENGTHS and not published.lengths:
        return _sentence("its WSDL states no lengths", published.ground)
    told = _published(difference, service)
    if difference.what == "occurrence" and (difference.ours, difference.theirs) == ("required", "optional") and told:
        return _sentence("its WSDL calls it optional", told.ground)
    return ""


def unmet(service: Service, compared: Sequence[str], differences: Sequence[Difference]) -> Iterator[str]:
    """What the contract says of the provider's WSDL and this one does not have, in sentences."""
    met = {difference.path for difference in differences if difference.what == "occurrence" and difference.known}
    for name, told in service.published.operations:
        operation = service.operation(name)
        if operation is None or name not in compared:
            continue
        missed = [each for each in told.optional if f"request/{operation.request.name}/{each}" not in met]
        if missed:
            yield f"contract.toml says that the WSDL calls {', '.join(missed)} of {name} optional; this one does not"


def _published(difference: Difference, service: Service) -> PublishedOperation | None:
    """What is published of the operation of a request's element, where it calls that element optional."""
    name = difference.place.partition("/")[2]
    operation, told = service.operation(name), dict(service.published.operations).get(name)
    if operation is None or told is None or difference.direction != "request":
        return None
    paths = [f"request/{operation.request.name}/{each}" for each in told.optional]
    return told if difference.path in paths else None


def _sentence(what: str, ground: Ground) -> str:
    return f"{what} ({ground.basis}: {ground.source})"
