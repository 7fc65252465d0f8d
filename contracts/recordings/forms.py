"""vcrpy's requests and responses as messages, and back; the matcher for those who have a VCR of their own."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from contracts.addresses import addressed, label_of
from contracts.catalog import shipped
from contracts.codings import plain
from contracts.matching import asked_of, differences_of
from contracts.messages import Message
from contracts.xml import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from contracts.catalog import Catalog


def soap_matcher(ignore: Collection[str] = (), catalog: Catalog | None = None) -> Callable[[Any, Any], None]:
    """A matcher for a VCR of your own, as in ``vcr.register_matcher("soap", matcher)`` and ``match_on=["soap"]``.

    It raises AssertionError, whose text says in what a request differs from a recorded one.
    """
    known = (shipped() if catalog is None else catalog).remembering()

    def soap(asked: Any, recorded: Any) -> None:
        ours, theirs = (asked_of(message_of(one, known), known) for one in (asked, recorded))
        found = differences_of(ours, theirs, ignore)
        if found:
            raise AssertionError("; ".join(found))

    return soap


def message_of(request: Any, catalog: Catalog) -> Message:
    """vcrpy's ``request`` as a Message."""
    headers = tuple((_text(name), _text(value)) for name, value in request.headers.items())
    message = Message(
        plain(_bytes(request.body), headers, MAX_BYTES),
        headers,
        "request",
        request.method,
        request.uri,
        source=label_of(request.method, request.uri),
    )
    return message._replace(service=addressed(catalog, message))


def response_of(answer: Message) -> dict[str, Any]:
    """``answer`` as vcrpy's response.

    Without header fields beyond ASCII, of which httpx makes an error and requests other characters.
    """
    fields: dict[str, list[str]] = {"Content-Length": [str(len(answer.body))]}
    for name, value in answer.headers or ():
        if value.isascii():
            fields.setdefault(name, []).append(value)
    status = answer.status or 0
    phrase = HTTPStatus(status).phrase if status in list(HTTPStatus) else ""
    return {"status": {"code": status, "message": phrase}, "headers": fields, "body": {"string": answer.body}}


def _bytes(body: Any) -> bytes:
    """vcrpy's forms of a body: bytes, text, a file, an iterator of parts. A form or an object for JSON is no SOAP."""
    if hasattr(body, "read"):
        body = body.read()
    if isinstance(body, str):
        return body.encode("utf-8", "surrogatepass")
    if isinstance(body, (bytes, bytearray, memoryview)):
        return bytes(body)
    if body is None or isinstance(body, dict) or not hasattr(body, "__iter__"):
        return b""
    return b"".join(_bytes(part) for part in body)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
