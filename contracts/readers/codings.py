"""Transfer and content codings undone: chunked (RFC 9112 section 7.1), gzip and deflate (RFC 9110 section 8.4.1).

What comes out is at most one byte longer than the largest message that is judged, however much is packed into it.
"""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, Final

from contracts.xml.documents import MAX_BYTES

if TYPE_CHECKING:
    from .raw import Raw

_CHUNK: Final = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*+(?:;[^\r\n]*+)?\r?\n")
_LINE_END: Final = re.compile(rb"\r?\n")
_TRAILER: Final = re.compile(rb"(?:[!#$%&'*+.^_`|~0-9A-Za-z-]++:[^\r\n]*+\r?\n)*+[\r\n]*+\Z")
_PLAIN: Final = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*+<")

#: zlib's window bits: 31 expects gzip's framing, 15 zlib's; -15, for none, is found out by looking.
_WINDOWS: Final = {"gzip": 31, "x-gzip": 31, "deflate": 15}

#: Concatenated gzip members are legal; each costs a copy of what follows it.
_MAX_MEMBERS: Final = 64


def codings_of(values: list[str]) -> tuple[str, ...]:
    """The codings that header field values list, lower-case, in the order in which they were applied."""
    listed = (item.partition(";")[0].strip(" \t").lower() for value in values for item in value.split(","))
    return tuple(coding for coding in listed if coding not in ("", "identity"))


def dechunked(raw: Raw, start: int) -> bytes:
    """The data of the chunks that begin at ``start``. Raises ReadError.

    Chunk extensions and trailer fields are read over; a bare line feed is taken for a line end.
    """
    _refuse_plain(raw, start, raw.data[start : start + 64], "chunked")
    parts: list[bytes] = []
    size, at = 0, start
    while size <= MAX_BYTES:
        head = _CHUNK.match(raw.data, at)
        if head is None:
            raise raw.truncated(at, "a chunk must start here, with its size in hexadecimal digits")
        length = int(head[1], 16)
        if length == 0:
            _read_over_trailer(raw, head.end())
            break
        part = raw.data[head.end() : head.end() + length]
        parts.append(part)
        size += len(part)
        at = _after_chunk(raw, head.end(), length) if size <= MAX_BYTES else at
    return b"".join(parts)


def _after_chunk(raw: Raw, start: int, length: int) -> int:
    end = start + length
    if end > len(raw.data):
        raise raw.truncated(start, "the file ends within this chunk")
    line_end = _LINE_END.match(raw.data, end)
    if line_end is None:
        raise raw.truncated(start, "this chunk is not as long as its size says")
    return line_end.end()


def _read_over_trailer(raw: Raw, start: int) -> None:
    if _TRAILER.match(raw.data, start) is None:
        raise raw.truncated(start, "only trailer fields may follow the last chunk")


def undone(raw: Raw, start: int, data: bytes, coding: str) -> bytes:
    """``data``, which stands at ``start`` of its file, with ``coding`` undone. Raises ReadError."""
    window = _WINDOWS.get(coding)
    if window is None:
        raise raw.error(1, f"the coding {coding[:40]!r} cannot be undone; known are {', '.join(_WINDOWS)} and chunked")
    _refuse_plain(raw, start, data, coding)
    if coding == "deflate" and not _has_zlib_header(data):
        window = -15
    try:
        return _inflated(raw, start, data, window)
    except zlib.error:
        raise raw.error(start, f"the body is not {coding} as its header says, or is damaged") from None


def _inflated(raw: Raw, start: int, data: bytes, window: int) -> bytes:
    found = b""
    for _ in range(_MAX_MEMBERS):
        machine = zlib.decompressobj(window)
        found += machine.decompress(data, MAX_BYTES + 1 - len(found))
        if len(found) > MAX_BYTES:
            return found
        if not machine.eof:
            raise raw.truncated(start, "the compressed body ends too early")
        data = machine.unused_data
        if not data:
            return found
        if window != _WINDOWS["gzip"]:
            raise raw.error(start, "more bytes follow the end of the compressed body")
    raise raw.error(start, f"the compressed body has more than {_MAX_MEMBERS} parts")


def _has_zlib_header(data: bytes) -> bool:
    """RFC 1950 section 2.2; HTTP's deflate has it, but some senders leave it out."""
    return data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0


def _refuse_plain(raw: Raw, start: int, data: bytes, coding: str) -> None:
    if _PLAIN.match(data) is not None:
        raise raw.error(
            start,
            f"the header says {coding}, but the body is plain XML: it was saved decoded; "
            "take the header field out, or save the bytes as sent (curl --raw)",
        )
