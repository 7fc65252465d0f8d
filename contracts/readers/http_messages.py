"""A raw HTTP/1 request or response (RFC 9112) -> Message. Also what `curl -i` prints of HTTP/2."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from contracts.messages import Message
from contracts.xml.documents import MAX_BYTES

from .codings import codings_of, dechunked, undone

if TYPE_CHECKING:
    from contracts.messages import Headers

    from .raw import Raw

_MAX_HEAD: Final = 64 * 1024

_WORD: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_VERSION: Final = r"HTTP/[0-9](?:\.[0-9])?"
#: RFC 9112 section 2.2 lets empty lines precede the start line; an editor may have put a byte order mark there.
_LEADING: Final = re.compile(rb"(?:\xef\xbb\xbf)?(?:\r?\n)*+")
_START: Final = re.compile(
    rf"{_VERSION} (?P<status>[0-9]{{3}})(?: [^\n]*)?|(?P<method>{_WORD}) (?P<url>[^ \t\n]+) {_VERSION}[ \t]*"
)
_NAME: Final = re.compile(_WORD)
_HEAD_END: Final = re.compile(rb"\r?\n\r?\n")
_BLANKS: Final = " \t\r"


class _Head(NamedTuple):
    """A start line and header fields; ``end`` is the offset behind the blank line."""

    status: int | None
    method: str | None
    url: str | None
    headers: Headers
    lines: tuple[int, ...]
    end: int


def looks_like_http(data: bytes) -> bool:
    """Whether ``data`` begins with a start line."""
    begin = _leading(data)
    return _START.fullmatch(_first_line(data[begin : begin + _MAX_HEAD].decode("latin-1"))) is not None


def parse(raw: Raw) -> Message:
    """The message in ``raw``, its codings undone. Raises ReadError where it is broken.

    Interim responses (``100 Continue``) are passed over. ``Content-Length`` is not followed: the body is what stands
    behind the header, and a rule judges whether the length is right.
    """
    head = _head(raw, _leading(raw.data))
    while head.status is not None and 100 <= head.status < 200 and raw.data.startswith(b"HTTP/", head.end):
        head = _head(raw, head.end)
    body, coded = _body(raw, head)
    return Message(
        body=body[: MAX_BYTES + 1],
        headers=head.headers,
        kind="request" if head.status is None else "response",
        method=head.method,
        url=head.url,
        status=head.status,
        source=raw.source,
        first_line=1 if coded else raw.line(head.end),
        header_lines=head.lines,
    )


def _leading(data: bytes) -> int:
    found = _LEADING.match(data)
    return found.end() if found else 0


def _first_line(text: str) -> str:
    return text.partition("\n")[0].rstrip("\r")


def _head(raw: Raw, begin: int) -> _Head:
    found = _HEAD_END.search(raw.data, begin, begin + _MAX_HEAD)
    if found is None and len(raw.data) - begin >= _MAX_HEAD:
        raise raw.error(begin, f"no blank line ends the header within {_MAX_HEAD} bytes")
    stop, end = found.span() if found else (len(raw.data), len(raw.data))
    text = raw.data[begin:stop].rstrip(b"\r\n").decode("latin-1")
    start = _START.fullmatch(_first_line(text))
    if start is None:
        raise raw.error(begin, _no_start(raw.data, begin))
    headers, lines = _fields(raw, begin, text)
    status = start["status"]
    return _Head(None if status is None else int(status), start["method"], start["url"], headers, lines, end)


def _no_start(data: bytes, begin: int) -> str:
    expected = "neither a request line (POST /path HTTP/1.1) nor a status line (HTTP/1.1 200 OK)"
    if data.startswith(b"<", begin):
        return f"{expected}, but XML; an envelope alone belongs into a file named .xml"
    return expected if data else "the file is empty"


def _fields(raw: Raw, begin: int, text: str) -> tuple[Headers, tuple[int, ...]]:
    fields: list[tuple[str, str]] = []
    lines: list[int] = []
    for number, line in enumerate(text.split("\n")[1:], start=raw.line(begin) + 1):
        if line[:1] in _BLANKS and fields:
            # Obsolete line folding, RFC 9112 section 5.2: a recipient puts a space in its place.
            name, value = fields[-1]
            fields[-1] = (name, f"{value} {line.strip(_BLANKS)}".strip(_BLANKS))
            continue
        name, colon, value = line.partition(":")
        if not colon or _NAME.fullmatch(name) is None:
            raise raw.error_in_line(number, "neither a header field nor the blank line before the body")
        fields.append((name, value.strip(_BLANKS)))
        lines.append(number)
    return tuple(fields), tuple(lines)


def _body(raw: Raw, head: _Head) -> tuple[bytes, bool]:
    """The body, and whether a coding was undone, after which its lines are not the file's."""
    transfer = _listed(head, "transfer-encoding")
    content = _listed(head, "content-encoding")
    body = raw.data[head.end :]
    if not body or not (transfer or content):
        return body, False
    if transfer and transfer[-1] == "chunked":
        body = dechunked(raw, head.end)
        transfer = transfer[:-1]
    for coding in reversed(content + transfer):
        if body:
            body = undone(raw, head.end, body, coding)
    return body, True


def _listed(head: _Head, name: str) -> list[str]:
    return codings_of([value for key, value in head.headers if key.lower() == name])
