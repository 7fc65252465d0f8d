"""A message as raw HTTP/1.1 (RFC 9112), as a file holds it."""

from __future__ import annotations

import zlib
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from .messages import Headers, Message

#: zlib's window bits for gzip's framing, which holds no time.
_GZIP: Final = 31
_PHRASES: Final = {status.value: status.phrase for status in HTTPStatus}


def raw(message: Message) -> bytes:
    """``message`` as it goes over the wire: in gzip where its head says so, and a request with its Host."""
    address, headers, body = urlsplit(message.url or ""), message.headers or (), message.body
    if (message.header("Content-Encoding") or "").lower() == "gzip" and body:
        packer = zlib.compressobj(wbits=_GZIP)
        body = packer.compress(body) + packer.flush()
        headers = tuple(
            (name, str(len(body)) if name.lower() == "content-length" else value) for name, value in headers
        )
    if message.status is not None:
        return head(status_line(message.status), headers).encode("latin-1") + body
    start = f"{message.method} {address.path or '/'} HTTP/1.1"
    return head(start, (("Host", address.netloc), *headers)).encode("latin-1") + body


def status_line(status: int) -> str:
    """The first line of a response."""
    return f"HTTP/1.1 {status} {_PHRASES.get(status, '')}"


def head(start: str, headers: Headers) -> str:
    """All that stands before a body: the first line, the header fields and an empty line."""
    return "\r\n".join([start, *(f"{name}: {value}" for name, value in headers), "", ""])
