"""Cassettes and HARs redacted in place; cassettes written from exchanges."""

from __future__ import annotations

import base64
import os
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from contracts.addresses import addressed
from contracts.errors import LeakError, ReadError
from contracts.messages import Message
from contracts.readers import cassettes, har
from contracts.readers.nodes import Node

from . import documents
from .proof import Leak, Text, leaks_in
from .redactor import Redactor
from .witness import Witness

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from contracts.catalog import Catalog
    from contracts.messages import Headers
    from contracts.readers.exchanges import Exchange, Half

    from .redactor import Secret

#: How many places an error names.
_MOST_NAMED: Final = 5
_CODED: Final = ("content-encoding", "transfer-encoding")


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
    changed = _redact(document, redactor, witness, catalog)
    if write and changed:
        _write(path, document, [*redactor.secrets, *witness.secrets], catalog)
    return Found(tuple(dict.fromkeys(secret.place for secret in (*redactor.secrets, *seen))), changed)


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
    _write(path, document, [*redactor.secrets, *witness.secrets], catalog)
    return len(interactions)


def _write(path: str, document: dict[str, Any], secrets: Sequence[Secret], catalog: Catalog) -> None:
    """Write ``document`` if its bytes, read anew, hold none of ``secrets``, and no others where secrets stand."""
    data = documents.written(document, path)
    again = documents.parsed(data, path)
    texts = (Text(place, text) for place, text in documents.leaves(again))
    leaks = leaks_in(texts, secrets, catalog)
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


def _entries(document: dict[str, Any]) -> Iterator[tuple[str, _Interaction | _Entry]]:
    entry_of, name = (_Entry, "log.entries") if documents.is_har(document) else (_Interaction, "interactions")
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
    return changed


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


class _Interaction:
    """An interaction of a cassette, to be changed in place."""

    def __init__(self, value: Any, place: str) -> None:
        self._value = value
        self.exchange = cassettes.exchange_of(Node(value, place))

    def put(self, half: str, message: Message, redacted: Message) -> bool:
        """Put ``redacted`` in the place of ``message``; whether that changes anything."""
        node = self._value[half]
        coded = _is_coded(message.headers) and isinstance(_held(node), bytes)
        if redacted == message and not coded:
            return False
        node["headers"] = _listed(_uncoded(redacted))
        if half == "request":
            node["uri" if "uri" in node or "url" not in node else "url"] = redacted.url
            node["body"] = _text(redacted.body)
        else:
            node.pop("content", None)
            node["body"] = {"string": _text(redacted.body)}
        return True

    def put_rest(self, redactor: Redactor) -> bool:  # noqa: ARG002 - as of an entry of a HAR
        """There is nothing else."""
        return False


class _Entry:
    """An entry of a HAR, to be changed in place."""

    def __init__(self, value: Any, place: str) -> None:
        self._value = value
        self.exchange = har.exchange_of(Node(value, place))

    def put(self, half: str, message: Message, redacted: Message) -> bool:
        """Put ``redacted`` in the place of ``message``; whether that changes anything."""
        if redacted == message:
            return False
        node = self._value[half]
        node["headers"] = [{"name": name, "value": value} for name, value in redacted.headers or ()]
        if half == "request":
            node["url"] = redacted.url
        if redacted.body != message.body:
            content = node.setdefault("postData" if half == "request" else "content", {})
            for name in ("encoding", "_encoding", "params"):
                content.pop(name, None)
            text = _text(redacted.body)
            content["text"] = text if isinstance(text, str) else base64.b64encode(text).decode()
            if isinstance(text, bytes):
                content["encoding"] = "base64"
            if "size" in content:
                content["size"] = len(redacted.body)
        return True

    def put_rest(self, redactor: Redactor) -> bool:
        """Redact what a HAR says again of header fields and address: cookies, parameters."""
        changed = False
        for half in ("request", "response"):
            node = self._value.get(half)
            if not isinstance(node, dict):
                continue
            post = node.get("postData")
            params = post.get("params") if isinstance(post, dict) else None
            for pairs, secret in ((node.get("cookies"), True), (node.get("queryString"), False), (params, False)):
                for pair in pairs if isinstance(pairs, list) else ():
                    changed |= redactor.pair(pair, half, secret=secret)
        return changed


def _interaction(asked: Message, answered: Message) -> dict[str, Any]:
    return {
        "request": {
            "method": asked.method or "POST",
            "uri": asked.url or "",
            "headers": _listed(asked.headers or ()),
            "body": _text(asked.body),
        },
        "response": {
            "status": {"code": answered.status, "message": ""},
            "headers": _listed(answered.headers or ()),
            "body": {"string": _text(answered.body)},
        },
    }


def _listed(headers: Headers) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in headers:
        found.setdefault(name, []).append(value)
    return found


def _text(body: bytes) -> str | bytes:
    """The body as vcrpy writes it: text where it is UTF-8."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return body
    return text if "\0" not in text and "\ufeff" not in text else body


def _held(node: dict[str, Any]) -> object:
    body = node.get("body", node.get("content"))
    return body.get("string", body.get("base64_string")) if isinstance(body, dict) else body


def _is_coded(headers: Headers | None) -> bool:
    return any(name.lower() in _CODED for name, _ in headers or ())


def _uncoded(message: Message) -> Headers:
    """The header fields of a body whose codings are undone."""
    return tuple(
        (name, str(len(message.body)) if name.lower() == "content-length" else value)
        for name, value in message.headers or ()
        if name.lower() not in _CODED
    )
