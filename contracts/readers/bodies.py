"""The body of an archived message: its bytes as sent, its codings undone; and whether it is known at all."""

from __future__ import annotations

import binascii
import re
from typing import TYPE_CHECKING, Final

from contracts import codings
from contracts.errors import ReadError
from contracts.xml import MAX_BYTES
from contracts.xml.encodings import to_utf8

from .forms import looks_like_xml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.messages import Headers

    from .nodes import Node

_CHARSET: Final = re.compile(r";[ \t]*charset[ \t]*=[ \t]*\"?([^ \t;\"]+)", re.IGNORECASE)
_BYTE_ORDER_MARK: Final = "\ufeff"
#: How far into a text its XML declaration may reach.
_PEEK: Final = 1024
#: Nobody codes a body more often; a file that does is meant to keep its reader busy.
_MOST_CODINGS: Final = 8
_CODED: Final = ("content-encoding", "transfer-encoding")


def values_of(headers: Headers | None, name: str) -> list[str]:
    """The values of the header field ``name``, which is in lower case."""
    return [value.strip(" \t") for key, value in headers or () if key.lower() == name]


def length_of(headers: Headers | None) -> int | None:
    """The number in Content-Length; None where there is none, or more than one."""
    found = {value for value in values_of(headers, "content-length") if value.isascii() and value.isdigit()}
    return int(found.pop()[:20]) if len(found) == 1 else None


def is_coded(headers: Headers | None) -> bool:
    """Whether the body was sent in another form than the archived one, so that its length says nothing of this one."""
    return any(values_of(headers, name) for name in _CODED)


def encoded(text: str, headers: Headers | None, sizes: frozenset[int | None]) -> bytes:
    """``text`` as the bytes that it was decoded from: by the charset of Content-Type, else as its XML declaration says.

    What that encoding cannot hold, and what names none, is UTF-8. The first form that is as long as one of ``sizes``
    is preferred: decoding takes a byte order mark away, and not every exporter follows the charset.
    """
    forms = list(_forms(text, headers))
    return next((form for form in forms if len(form) in sizes), forms[0])


def _forms(text: str, headers: Headers | None) -> Iterator[bytes]:
    plain = text.encode("utf-8", "surrogatepass")
    found = next((match[1] for value in values_of(headers, "content-type") for match in _CHARSET.finditer(value)), None)
    # That an encoding is known is asked before Python's codec is: it has some that take for ever.
    looked = to_utf8(text[:_PEEK].encode("utf-8", "replace"), found)
    name = found or looked.declared
    if name is not None and looked.unknown is None:
        try:
            yield text.removeprefix(_BYTE_ORDER_MARK).encode(name)
        except ValueError:
            yield plain
    yield plain
    yield b"\xef\xbb\xbf" + plain


def decoded(body: bytes, headers: Headers | None) -> bytes:
    """``body`` with its content codings undone, as far as it is coded: some recorders undo them and leave the header.

    Raises ReadError.
    """
    listed = codings.codings_of(values_of(headers, "content-encoding"))
    if len(listed) > _MOST_CODINGS:
        raise ReadError(f"the header lists more than {_MOST_CODINGS} codings")
    for coding in reversed(listed):
        if not body or looks_like_xml(body):
            break
        try:
            body = codings.undone(body, coding, MAX_BYTES)
        except codings.CodingError as error:
            raise ReadError(str(error)) from None
    return body


def from_base64(node: Node, text: str) -> bytes:
    """The bytes of ``text``, which stands at ``node``. Raises ReadError."""
    try:
        return binascii.a2b_base64("".join(text.split()).encode("ascii"), strict_mode=True)
    except ValueError:
        raise node.error("this is said to be base64, and is not") from None
