"""One entry of an archive -> the messages in it, or the reason why there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from contracts.addresses import addressed, asks_for_description, services_at
from contracts.errors import ReadError
from contracts.messages import Message
from contracts.sniffing import looks_like_envelope
from contracts.xml import MAX_BYTES

from .items import Skipped, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.catalog import Catalog
    from contracts.messages import Direction, Headers

    from .items import Item
    from .nodes import Node


_UNRECORDED: Final = "the body of the request was not recorded; record again, with the contents"


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

    def error(self, error: ReadError) -> ReadError:
        """``error``, which is about this entry, with the line."""
        return ReadError(f"line {self.line}: {error}")


def items_of(exchange: Exchange, place: Place, catalog: Catalog) -> Iterator[Item]:
    """The messages of an entry with an Envelope in it or for the endpoint of a known service; else it is skipped.

    An Envelope in an unknown namespace is judged, for that is how a misspelt namespace shows.
    """
    halves = [half for half in (exchange.request, exchange.response) if half is not None]
    ours = bool(services_at(catalog, exchange.url))
    if not (ours or any(map(_has_envelope, halves))) or _only_looks(exchange):
        yield Skipped(place.source, place.index)
        return
    request = _item(exchange, "request", place, catalog)
    yield request
    if exchange.response is None:
        return
    response = _item(exchange, "response", place, catalog)
    if isinstance(request, Message) and isinstance(response, Message):
        response = response._replace(request=request)
    yield response


def _item(exchange: Exchange, kind: Direction, place: Place, catalog: Catalog) -> Item:
    """One half as a message. A request that was not recorded is an error, for nobody knows what the client has sent."""
    half = exchange.request if kind == "request" else exchange.response
    if half is None or (half.body is None and kind == "response"):
        return Skipped(place.source, place.index)
    if half.body is None:
        return Unreadable(place.name, str(place.error(ReadError(_UNRECORDED))))
    if isinstance(half.body, ReadError):
        return Unreadable(place.name, str(place.error(half.body)))
    message = Message(
        half.body[: MAX_BYTES + 1],
        headers=half.headers,
        kind=kind,
        method=exchange.method if kind == "request" else None,
        url=exchange.url,
        status=exchange.status if kind == "response" else None,
        source=place.source,
        index=place.index,
        decoded=True,
    )
    return message._replace(service=addressed(catalog, message))


def foreign(entry: Node, catalog: Catalog) -> bool:
    """Whether an entry in which something is odd is nobody's business: another address, and no Envelope in any text."""
    request = entry.value.get("request") if isinstance(entry.value, dict) else None
    if not isinstance(request, dict):
        return False
    addresses = [request[name] for name in ("url", "uri") if isinstance(request.get(name), str)]
    if not addresses or any(services_at(catalog, address) for address in addresses):
        return False
    return not any(map(looks_like_envelope, _texts(entry.value)))


def _texts(value: object) -> Iterator[bytes]:
    """Every text in ``value``, with a list for a stack since an alias may repeat deep values."""
    rest = [value]
    while rest:
        one = rest.pop()
        if isinstance(one, dict):
            rest.extend(one.values())
        elif isinstance(one, list):
            rest.extend(one)
        elif isinstance(one, (str, bytes)):
            yield one.encode("utf-8", "surrogatepass") if isinstance(one, str) else one


def _only_looks(exchange: Exchange) -> bool:
    """Whether this fetches a WSDL, or is the question that a browser asks before the request of a page (CORS)."""
    if _has_envelope(exchange.request):
        return False
    return exchange.method == "OPTIONS" or (exchange.method in ("GET", "HEAD") and asks_for_description(exchange.url))


def _has_envelope(half: Half) -> bool:
    return isinstance(half.body, bytes) and looks_like_envelope(half.body)
