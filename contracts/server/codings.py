"""Content codings of a request (RFC 9110 section 8.4) undone, never further than a limit."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from contracts.messages import Headers

_GZIP: Final = zlib.MAX_WBITS | 16
_WINDOWS: Final = {
    "gzip": (_GZIP,),
    "x-gzip": (_GZIP,),
    # "deflate" means zlib's format, and some clients send the bare stream.
    "deflate": (zlib.MAX_WBITS, -zlib.MAX_WBITS),
}


def decoded(body: bytes, headers: Headers, limit: int) -> bytes:
    """``body`` with its codings undone, at most ``limit`` + 1 bytes of it, so that an excess can be seen.

    A coding that is not known, or that the bytes are not in, leaves them as they came: the verdict says the rest.
    """
    values = ",".join(value for name, value in headers if name.lower() == "content-encoding")
    for name in reversed([name.strip().lower() for name in values.split(",")]):
        if name not in ("", "identity"):
            inflated = _inflate(body, _WINDOWS.get(name, ()), limit)
            if inflated is None:
                return body
            body = inflated
    return body


def _inflate(body: bytes, windows: tuple[int, ...], limit: int) -> bytes | None:
    for window in windows:
        try:
            return zlib.decompressobj(window).decompress(body, limit + 1)
        except zlib.error:
            continue
    return None
