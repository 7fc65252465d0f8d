"""The entries of an archive, one after the other: as messages, or as exchanges where all of them are wanted whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from contracts.errors import ReadError

from .exchanges import Exchange, Place, foreign, items_of
from .items import Skipped, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from contracts.catalog import Catalog

    from .items import Item
    from .nodes import Node


class Entry(NamedTuple):
    """One entry: where it stands, its value, and the exchange in it or why there is none, with the line."""

    place: Place
    value: Node
    found: Exchange | ReadError


def items_in(entries: Iterable[Entry], source: str, catalog: Catalog) -> Iterator[Item]:
    """The messages, skipped entries and errors in an archive, in order. Those before a break are judged."""
    try:
        for entry in entries:
            yield from _items(entry, catalog)
    except ReadError as error:
        yield Unreadable(source, str(error))


def exchanges_in(entries: Iterable[Entry], source: str) -> Iterator[tuple[Place, Exchange]]:
    """Every exchange in an archive and its place. Raises ReadError, with the source, for an entry that has none."""
    try:
        for place, _, found in entries:
            if isinstance(found, ReadError):
                raise found
            yield place, found
    except ReadError as error:
        raise ReadError(f"{source}: {error}") from None


def _items(entry: Entry, catalog: Catalog) -> Iterator[Item]:
    place, value, found = entry
    if not isinstance(found, ReadError):
        yield from items_of(found, place, catalog)
    elif foreign(value, catalog):
        yield Skipped(place.source, place.index)
    else:
        yield Unreadable(place.name, str(found))
