"""An entry of an HTTP Archive (HAR 1.2) -> the exchange in it. What exporters leave out is not missed.

A HAR holds bodies with their transfer and content codings undone, and as text, so the bytes are made again. Chrome
drops a body now and then without a word: one that is not there was not sent, or was not recorded, and only a
Content-Length of 0 tells which.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from contracts.errors import ReadError

from .bodies import decoded, encoded, from_base64, is_coded, length_of
from .exchanges import Exchange, Half

if TYPE_CHECKING:
    from contracts.messages import Headers

    from .nodes import Node

_GZIP: Final = b"\x1f\x8b"
#: Methods whose requests need no body (RFC 9110 section 9.3).
_BODILESS: Final = frozenset({"GET", "HEAD", "OPTIONS", "DELETE", "TRACE", "CONNECT"})


def exchange_of(entry: Node) -> Exchange:
    """The exchange in ``entry``. Raises ReadError for a value of a wrong type, naming its path."""
    entry.mapping()
    request, response = entry.member("request"), entry.member("response")
    if request.value is None:
        raise request.misfit("an object")
    method = request.member("method").text()
    asked = _half(request, request.member("postData"), request.member("bodySize"), bodiless=method in _BODILESS)
    status = response.member("status")
    # A browser writes 0, Firefox at times nothing, where no response came: blocked, aborted, unreachable.
    if status.value in (None, 0, ""):
        return Exchange(method, request.member("url").text() or "", asked)
    content = response.member("content")
    answered = _half(response, content, content.member("size"), bodiless=False)
    return Exchange(method, request.member("url").text() or "", asked, status.number(), answered)


def _half(message: Node, content: Node, size: Node, *, bodiless: bool) -> Half:
    headers = _headers(message.member("headers"))
    body = _body(content, headers, size, bodiless=bodiless)
    return Half(_without_stale_length(headers, body), body)


def _headers(fields: Node) -> Headers | None:
    """The header fields, without HTTP/2's pseudo fields; None for none at all, which means that none were recorded."""
    found: list[tuple[str, str]] = []
    for field in fields.elements():
        name, value = field.member("name").text() or "", field.member("value").text() or ""
        if name and not name.startswith(":"):
            # Chrome joins the values of repeated fields by line feeds.
            found.extend((name, part) for part in value.split("\n"))
    return tuple(found) or None


def _body(content: Node, headers: Headers | None, size: Node, *, bodiless: bool) -> bytes | ReadError | None:
    node = content.member("text")
    text, stated = node.text(), size.value if isinstance(size.value, int) else None
    if not text:
        known = length_of(headers) == 0 or (bodiless and not length_of(headers))
        known = known or (text == "" and not length_of(headers) and (stated or 0) <= 0 and not is_coded(headers))
        return b"" if known else None
    if _says_base64(content):
        try:
            body = from_base64(node, text)
        except ReadError as error:
            # Firefox has called text base64 that was none (its bug 1762313).
            if not text.lstrip().startswith("<"):
                return error
        else:
            return _unpacked(node, body, headers)
    length = None if is_coded(headers) else length_of(headers)
    return encoded(text, headers, frozenset({length, stated}) - {None})


def _says_base64(content: Node) -> bool:
    """HAR 1.2 has ``encoding`` in responses only; exporters put it into requests too, some with an underscore."""
    names = [content.member(name).text() or "" for name in ("encoding", "_encoding")]
    return any(name.strip().lower() == "base64" for name in names)


def _unpacked(node: Node, body: bytes, headers: Headers | None) -> bytes | ReadError:
    """``body``, its content coding undone if an exporter has left it on."""
    if not body.startswith(_GZIP):
        return body
    try:
        return decoded(body, headers)
    except ReadError as error:
        return node.error(str(error))


def _without_stale_length(headers: Headers | None, body: bytes | ReadError | None) -> Headers | None:
    """``headers`` without a Content-Length that does not count this body.

    Whoever wrote the archive has read the body by that very length, so it is the archived text that differs from what
    was sent, and no rule shall blame the sender.
    """
    length = length_of(headers)
    if headers is None or length is None or not isinstance(body, bytes) or length == len(body) or is_coded(headers):
        return headers
    return tuple((name, value) for name, value in headers if name.lower() != "content-length")
