"""Cassettes and HARs redacted in place; cassettes written from exchanges."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from contracts.addresses import addressed
from contracts.errors import LeakError, ReadError
from contracts.messages import Message

from . import documents
from .entries import Entry, Interaction, listed, text_of
from .proof import Leak, Text, leaks_in
from .redactor import Redactor
from .witness import Witness

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from contracts.catalog import Catalog
    from contracts.readers.exchanges import Exchange, Half

    from .redactor import Secret

#: How many places an error names.
_MOST_NAMED: Final = 5


class Found(NamedTuple):
    """What was found in a file: the places of secrets, in order, and whether the file has to be, or was, changed."""

    places: tuple[str, ...]
    changed: bool


def redact_file(path: str, catalog: Catalog, *, write: bool = True) -> Found:
    """Take the secrets out of the cassette or the HAR at ``path``; without ``write`` only look for them.

    Raises ReadError for a file that cannot be read as a whole, LeakError where a secret would be left in it (nothing is
    written then) and WriteError.
    """
    document = documents.read(path)
    redactor, witness = Redactor(catalog), Witness(catalog)
    seen = [] if write else list(_left(document, catalog))
    comments = documents.telling_comments(path, redactor.tells)
    changed = _redact(document, redactor, witness, catalog) or bool(comments)
    if write and changed:
        _write(path, document, [*redactor.secrets, *witness.secrets], redactor.placeholders, catalog)
    places = [*(secret.place for secret in (*redactor.secrets, *seen)), *comments]
    return Found(tuple(dict.fromkeys(places)), changed)


def write_cassette(path: str, exchanges: Sequence[tuple[Message, Message]], catalog: Catalog) -> int:
    """Add ``exchanges``, requests and their responses, to the cassette at ``path``, and return how many it has then.

    What is in it already stays, and is redacted too. Raises ReadError for a file that is no cassette, LeakError where a
    secret would be left in it (nothing is written then) and WriteError.
    """
    document = documents.read(path) if os.path.lexists(path) else {"version": 1, "interactions": []}
    if documents.is_har(document):
        raise ReadError(f"{path}: a HAR, to which nothing is added; name a cassette")
    interactions = documents.entries_of(document)
    interactions.extend(_interaction(asked, answered) for asked, answered in exchanges)
    redactor, witness = Redactor(catalog), Witness(catalog)
    _redact(document, redactor, witness, catalog)
    _write(path, document, [*redactor.secrets, *witness.secrets], redactor.placeholders, catalog)
    return len(interactions)


def _bodies(document: dict[str, Any], catalog: Catalog) -> Iterator[Text]:
    """The bodies with their codings undone."""
    for place, entry in _entries(document):
        for half, message in _messages(entry.exchange, catalog):
            yield Text(f"{place}.{half}.body", message.body)


def _write(
    path: str, document: dict[str, Any], secrets: Sequence[Secret], placeholders: Iterable[str], catalog: Catalog
) -> None:
    """Write ``document`` if its bytes, read anew, hold none of ``secrets``, and no others where secrets stand."""
    data = documents.written(document, path)
    again = documents.parsed(data, path)
    if again != documents.as_written(document, path):
        raise ReadError(f"{path}: not written, because something in it cannot be written to such a file and read again")
    texts = (Text(place, text) for place, text in documents.leaves(again))
    leaks = leaks_in((*texts, *_bodies(again, catalog)), secrets, catalog, placeholders)
    leaks += [Leak(secret.field, secret.place) for secret in _left(again, catalog)]
    if leaks:
        told = "; ".join(f"{leak.field} in {leak.place}" for leak in leaks[:_MOST_NAMED])
        more = f"; and {len(leaks) - _MOST_NAMED} more" if len(leaks) > _MOST_NAMED else ""
        raise LeakError(f"{path}: nothing was written, because a secret would still stand in it: {told}{more}")
    documents.replace(path, data)


def _left(document: dict[str, Any], catalog: Catalog) -> Iterator[Secret]:
    witness = Witness(catalog)
    for place, entry in _entries(document):
        for half, message in _messages(entry.exchange, catalog):
            yield from witness.left(message, f"{place}.{half}")


def _entries(document: dict[str, Any]) -> Iterator[tuple[str, Interaction | Entry]]:
    entry_of, name = (Entry, "log.entries") if documents.is_har(document) else (Interaction, "interactions")
    for index, value in enumerate(documents.entries_of(document)):
        yield f"{name}[{index}]", entry_of(value, f"{name}[{index}]")


def _redact(document: dict[str, Any], redactor: Redactor, witness: Witness, catalog: Catalog) -> bool:
    """Redact every entry of ``document``; whether anything has changed."""
    changed = False
    for place, entry in _entries(document):
        for half, message in _messages(entry.exchange, catalog):
            witness.see(message, f"{place}.{half}")
            redacted = redactor.message(message, f"{place}.{half}")
            changed |= entry.put(half, message, redacted)
        changed |= entry.put_rest(redactor)
    return _redact_rest(document, redactor) or changed


def _redact_rest(document: dict[str, Any], redactor: Redactor) -> bool:
    """Redact what no reader looks at: every text that is no body, by its key and by what it tells."""
    bodies = {
        (id(holder), key)
        for _, entry in _entries(document)
        for holder, key in entry.bodies()
        if isinstance(holder, dict)
    }
    changed = False
    rest: list[tuple[Any, str | None]] = [(document, None)]
    while rest:
        value, field = rest.pop()
        named = _named(value, redactor)
        for key, inner in list(value.items()) if isinstance(value, dict) else list(enumerate(value)):
            own = redactor.secret_key(key) if isinstance(key, str) and not isinstance(inner, dict) else None
            meant = own or (named if key == "value" else None) or field
            if isinstance(inner, (dict, list)):
                rest.append((inner, redactor.secret_key(key) if isinstance(key, str) else field))
            elif inner is not None and not isinstance(inner, bool) and (id(value), key) not in bodies:
                value[key] = redactor.valued(meant, inner, "file")
                changed |= value[key] != inner
    return changed


def _named(value: Any, redactor: Redactor) -> str | None:
    """The secret that a pair of name and value is about."""
    name = value.get("name") if isinstance(value, dict) else None
    return redactor.secret_name(name) if isinstance(name, str) else None


def _messages(exchange: Exchange, catalog: Catalog) -> Iterator[tuple[str, Message]]:
    asked = _message(exchange.request, "request", exchange)
    asked = asked._replace(service=addressed(catalog, asked))
    yield "request", asked
    if exchange.response is not None:
        yield "response", _message(exchange.response, "response", exchange)._replace(request=asked)


def _message(half: Half, kind: Any, exchange: Exchange) -> Message:
    if isinstance(half.body, ReadError):
        raise half.body
    status = exchange.status if kind == "response" else None
    method, url = (exchange.method, exchange.url) if kind == "request" else (None, None)
    return Message(half.body or b"", half.headers or (), kind, method=method, url=url, status=status)


def _interaction(asked: Message, answered: Message) -> dict[str, Any]:
    return {
        "request": {
            "method": asked.method or "POST",
            "uri": asked.url or "",
            "headers": listed(asked.headers or ()),
            "body": text_of(asked.body),
        },
        "response": {
            "status": {"code": answered.status, "message": ""},
            "headers": listed(answered.headers or ()),
            "body": {"string": text_of(answered.body)},
        },
    }
