"""Transfer and content codings of a file undone: chunked, RFC 9112 section 7.1, and those of `contracts.codings`.

What comes out is at most one byte longer than the largest message that is judged, however much is packed into it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from contracts import codings
from contracts.xml import MAX_BYTES

if TYPE_CHECKING:
    from .raw import Raw

_CHUNK: Final = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*+(?:;[^\r\n]*+)?\r?\n")
_LINE_END: Final = re.compile(rb"\r?\n")
_TRAILER: Final = re.compile(rb"(?:[!#$%&'*+.^_`|~0-9A-Za-z-]++:[^\r\n]*+\r?\n)*+[\r\n]*+\Z")
_PLAIN: Final = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*+<")


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
    _refuse_plain(raw, start, data, coding)
    try:
        return codings.undone(data, coding, MAX_BYTES)
    except codings.CodingError as error:
        raise (raw.truncated if error.incomplete else raw.error)(start, str(error)) from None


def _refuse_plain(raw: Raw, start: int, data: bytes, coding: str) -> None:
    if _PLAIN.match(data) is not None:
        raise raw.error(
            start,
            f"the header says {coding}, but the body is plain XML: it was saved decoded; "
            "take the header field out, or save the bytes as sent (curl --raw)",
        )
