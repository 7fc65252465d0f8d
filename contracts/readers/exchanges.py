"""One entry of an archive -> the messages in it, or the reason why there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from contracts.errors import ReadError
from contracts.messages import Message
from contracts.xml import MAX_BYTES

from .endpoints import asks_for_description, service_at
from .items import Skipped, Unreadable
from .sniffing import looks_like_envelope, narrowed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.catalog import Catalog
    from contracts.messages import Direction, Headers

    from .items import Item


class Half(NamedTuple):
    """A request or a response as an archive holds it.

    ``headers`` is None where it holds none. ``body`` is None where it was not recorded, and the error where it was
    recorded and cannot be read, which matters only when the entry is to be judged.
    """

    headers: Headers | None
    body: bytes | ReadError | None


class Exchange(NamedTuple):
    """An entry: its request and, where one came, its response."""

    method: str | None
    url: str
    request: Half
    status: int | None = None
    response: Half | None = None


class Place(NamedTuple):
    """Where an entry stands: the archive, the entry's 0-based number in it and the 1-based line on which it begins."""

    source: str
    index: int  # type: ignore[assignment] # hides tuple.index, which nobody needs here
    line: int

    @property
    def name(self) -> str:
        """The entry's name in an error."""
        return f"{self.source}[{self.index}]"

    def unreadable(self, error: ReadError) -> Unreadable:
        """The entry as one that cannot be read."""
        return Unreadable(self.name, f"line {self.line}: {error}")


def items_of(exchange: Exchange, place: Place, catalog: Catalog) -> Iterator[Item]:
    """The messages of an entry with an Envelope in it or for the endpoint of a known service; else it is skipped.

    An Envelope in an unknown namespace is judged, for that is how a misspelt namespace shows.
    """
    service = service_at(catalog, exchange.url)
    halves = [half for half in (exchange.request, exchange.response) if half is not None and half.body is not None]
    ours = service is not None or any(map(_has_envelope, halves))
    if not (halves and ours) or _only_looks(exchange):
        yield Skipped(place.source, place.index)
        return
    if service is not None and _names_a_service(exchange.request, catalog):
        service = None
    request = _item(exchange, "request", place, service)
    yield request
    if exchange.response is None:
        return
    if service is not None and _names_a_service(exchange.response, catalog):
        service = None
    response = _item(exchange, "response", place, service)
    if isinstance(request, Message) and isinstance(response, Message):
        response = response._replace(request=request)
    yield response


def _item(exchange: Exchange, kind: Direction, place: Place, service: str | None) -> Item:
    """One half as a message. ``service`` is what the address says where the bodies do not say it themselves."""
    half = exchange.request if kind == "request" else exchange.response
    if half is None or half.body is None:
        return Skipped(place.source, place.index)
    if isinstance(half.body, ReadError):
        return place.unreadable(half.body)
    return Message(
        half.body[: MAX_BYTES + 1],
        headers=half.headers,
        kind=kind,
        method=exchange.method if kind == "request" else None,
        url=exchange.url,
        status=exchange.status if kind == "response" else None,
        source=place.source,
        index=place.index,
        service=service,
    )


def _only_looks(exchange: Exchange) -> bool:
    """Whether this fetches a WSDL, or is the question that a browser asks before the request of a page (CORS)."""
    if _has_envelope(exchange.request):
        return False
    return exchange.method == "OPTIONS" or (exchange.method in ("GET", "HEAD") and asks_for_description(exchange.url))


def _has_envelope(half: Half) -> bool:
    return isinstance(half.body, bytes) and looks_like_envelope(half.body)


def _names_a_service(half: Half, catalog: Catalog) -> bool:
    """Whether the namespace of a service stands in the body, in quotes: then the message itself says whose it is."""
    if not isinstance(half.body, bytes):
        return False
    body = narrowed(half.body)
    return any(b"%b%b" % (service.namespace.encode(), quote) in body for service in catalog for quote in (b'"', b"'"))
