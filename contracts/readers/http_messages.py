"""A raw HTTP/1 request or response (RFC 9112) -> Message. Also what `curl -i` prints of HTTP/2."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from contracts.codings import codings_of
from contracts.fields import TOKEN
from contracts.messages import Message
from contracts.xml import MAX_BYTES

from .codings import dechunked, undone

if TYPE_CHECKING:
    from contracts.messages import Headers

    from .raw import Raw

_MAX_HEAD: Final = 64 * 1024

_VERSION: Final = r"HTTP/[0-9](?:\.[0-9])?"
#: RFC 9112 section 2.2 lets empty lines precede the start line; an editor may have put a byte order mark there.
_LEADING: Final = re.compile(rb"(?:\xef\xbb\xbf)?(?:\r?\n)*+")
_MAY_LEAD: Final = (b"\xef", b"\r", b"\n")
_START: Final = re.compile(
    rf"{_VERSION} (?P<status>[0-9]{{3}})(?: [^\n]*)?|(?P<method>{TOKEN}) (?P<url>[^ \t\n]+) {_VERSION}[ \t]*"
)
_NAME: Final = re.compile(TOKEN)
_HEAD_END: Final = re.compile(rb"\n\r?\n")
_BLANKS: Final = " \t\r"
_NO_FIELD: Final = "neither a header field nor the blank line before the body"


class _Head(NamedTuple):
    """A start line and header fields; ``lines`` are the fields' lines, counted from the start line's, which is 0."""

    status: int | None
    method: str | None
    url: str | None
    headers: Headers
    lines: tuple[int, ...]
    transfer: tuple[str, ...]
    content: tuple[str, ...]


def looks_like_http(data: bytes) -> bool:
    """Whether ``data`` begins with a start line."""
    begin = _leading(data)
    first = data[begin : begin + _MAX_HEAD].partition(b"\n")[0]
    return _START.fullmatch(first.rstrip(b"\r").decode("latin-1")) is not None


def parse(raw: Raw) -> Message:
    """The message in ``raw``, its codings undone. Raises ReadError where it is broken.

    Responses that another one follows at once are passed over: ``100 Continue``, a proxy's to CONNECT, a redirect.
    ``Content-Length`` is not followed: the body is what stands behind the header, and a rule judges whether the
    length is right.
    """
    head, begin, end = _next_head(raw, _leading(raw.data))
    while head.status is not None and raw.data.startswith(b"HTTP/", end):
        head, begin, end = _next_head(raw, end)
    coded = end < len(raw.data) and bool(head.transfer or head.content)
    body = _decoded(raw, head, end) if coded else raw.data[end : end + MAX_BYTES + 1]
    first = raw.line(begin)
    return Message(
        body=body[: MAX_BYTES + 1],
        headers=head.headers,
        kind="request" if head.status is None else "response",
        method=head.method,
        url=head.url,
        status=head.status,
        source=raw.source,
        first_line=1 if coded else raw.line(end),
        header_lines=tuple([first + line for line in head.lines]),
        decoded=coded,
    )


def _leading(data: bytes) -> int:
    found = _LEADING.match(data) if data[:1] in _MAY_LEAD else None
    return found.end() if found else 0


def _next_head(raw: Raw, begin: int) -> tuple[_Head, int, int]:
    """The head at ``begin``, its offset, and that of what follows its blank line."""
    found = _HEAD_END.search(raw.data, begin, begin + _MAX_HEAD)
    if found is None and len(raw.data) - begin >= _MAX_HEAD:
        raise raw.error(begin, f"no blank line ends the header within {_MAX_HEAD} bytes")
    stop, end = found.span() if found else (len(raw.data), len(raw.data))
    head = _head(raw.data[begin:stop])
    if isinstance(head, _Head):
        return head, begin, end
    line = raw.line(begin) + head
    raise raw.error_in_line(line, _NO_FIELD if head else _no_start(raw.data, begin))


def _no_start(data: bytes, begin: int) -> str:
    expected = "neither a request line (POST /path HTTP/1.1) nor a status line (HTTP/1.1 200 OK)"
    if data.startswith(b"<", begin):
        return f"{expected}, but XML; an envelope alone belongs into a file named .xml"
    return expected if data else "the file is empty"


@lru_cache(maxsize=64)
def _head(data: bytes) -> _Head | int:
    """The head in ``data``, or the number of its line that is wrong.

    Cached because a client's messages often begin with the very same bytes.
    """
    first, *rest = data.rstrip(b"\r\n").decode("latin-1").split("\n")
    start = _START.fullmatch(first.rstrip("\r"))
    if start is None:
        return 0
    fields: list[tuple[str, str]] = []
    lines: list[int] = []
    for number, line in enumerate(rest, start=1):
        if line[:1] in _BLANKS and fields:
            # Obsolete line folding, RFC 9112 section 5.2: a recipient puts a space in its place.
            name, value = fields[-1]
            fields[-1] = (name, f"{value} {line.strip(_BLANKS)}".strip(_BLANKS))
            continue
        name, colon, value = line.partition(":")
        if not colon or _NAME.fullmatch(name) is None:
            return number
        fields.append((name, value.strip(_BLANKS)))
        lines.append(number)
    status, method, url = start.groups()
    codings = [_codings(fields, name) for name in ("transfer-encoding", "content-encoding")]
    return _Head(None if status is None else int(status), method, url, tuple(fields), tuple(lines), *codings)


def _codings(fields: list[tuple[str, str]], name: str) -> tuple[str, ...]:
    return codings_of([value for key, value in fields if key.lower() == name])


def _decoded(raw: Raw, head: _Head, start: int) -> bytes:
    chunked = head.transfer[-1:] == ("chunked",)
    body = dechunked(raw, start) if chunked else raw.data[start:]
    transfer = head.transfer[:-1] if chunked else head.transfer
    for coding in reversed(head.content + transfer):
        if body:
            body = undone(raw, start, body, coding)
    return body
