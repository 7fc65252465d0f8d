"""A body as characters that correspond to those that are judged, and back to bytes of the same number."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from contracts.names import BLANKS

if TYPE_CHECKING:
    from contracts.xml import Document

_MARKS: Final = (codecs.BOM_UTF8, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
#: What one replacement character stands for when UTF-8 is broken (Unicode 3.9, "maximal subparts"), bytes >= 0x80
#: being kept as surrogates: two or three bytes that begin a character, or any one byte.
_SUBPART: Final = re.compile(
    "[\udcf0][\udc90-\udcbf][\udc80-\udcbf]?|[\udcf1-\udcf3][\udc80-\udcbf][\udc80-\udcbf]?|\udcf4[\udc80-\udc8f][\udc80-\udcbf]?"
    "|\udce0[\udca0-\udcbf]|[\udce1-\udcec\udcee\udcef][\udc80-\udcbf]|\udced[\udc80-\udc9f]|[\udc80-\udcff]"
)
#: Three characters of our own for such parts, by their length, and the bytes that are as broken.
_BROKEN: Final = ("\udc81", "\udc82", "\udc83")
_BROKEN_BYTES: Final = (b"\xff", b"\xe1\x80", b"\xf1\x80\x80")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_INK: Final = re.compile(r"[^\r\n]")
#: What is in no encoding that can be read is judged as it stands, byte for byte; Latin-1 has a character for each.
BYTES: Final = "latin-1"


class Text(NamedTuple):
    """The characters of a body, and the same with the DOCTYPE ``blanked``, which is what is judged.

    ``utf8`` is what `Document` has of them, but for the DOCTYPE, of which ``doctype`` is the extent, empty without one.
    ``mark`` is the byte order mark, ``tail`` stands for what is behind the last whole character.
    """

    text: str
    blanked: str
    utf8: bytes
    encoding: str
    mark: bytes
    tail: bytes
    doctype: tuple[int, int]

    def characters(self, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Spans of bytes of ``utf8`` as spans of characters."""
        if self.utf8.isascii() or self.encoding == BYTES:
            return spans
        found, seen, count = [], 0, 0
        for start, end in spans:
            first = count + len(self.utf8[seen:start].decode())
            count, seen = first + len(self.utf8[start:end].decode()), end
            found.append((first, count))
        return found

    def encoded(self, text: str) -> bytes:
        """``text`` in the place of this one, as bytes. Raises UnicodeError."""
        if self.encoding != "utf-8":
            return self.mark + text.encode(self.encoding, _errors(self.encoding)) + self.tail
        data = text.encode("utf-8", "surrogatepass")
        for char, broken in zip(_BROKEN, _BROKEN_BYTES, strict=True):
            data = data.replace(char.encode("utf-8", "surrogatepass"), broken)
        return self.mark + data


def text_of(body: bytes, document: Document) -> Text:
    """``body``, of which ``document`` has been made, as characters. Raises UnicodeError where that cannot be."""
    known = document.encoded
    mark = next((mark for mark in _MARKS if body.startswith(mark)), b"")
    encoding = BYTES if known.unknown is not None else known.encoding
    text, tail = _decoded(body[len(mark) :], encoding)
    utf8 = known.data if encoding == BYTES else _SURROGATE.sub("\ufffd", text).encode()
    if len(known.data) != len(utf8) + len(tail) * len("\ufffd".encode()):
        raise UnicodeError(f"broken {encoding}")
    start, end = doctype = _doctype(utf8, document)
    blanked = text[:start] + _INK.sub(" ", text[start:end]) + text[end:]
    return Text(text, blanked, utf8, encoding, mark, b"x" if tail else b"", doctype)


def _decoded(data: bytes, encoding: str) -> tuple[str, bytes]:
    if encoding == "utf-8":
        text = data.decode(encoding, "surrogateescape")
        return _SUBPART.sub(lambda found: _BROKEN[len(found[0]) - 1], text), b""
    whole = len(data) // 2 * 2 if encoding in ("utf-16-le", "utf-16-be") else len(data)
    return data[:whole].decode(encoding, _errors(encoding)), data[whole:]


def _errors(encoding: str) -> str:
    return "surrogatepass" if encoding.startswith("utf-16") else "strict"


def _doctype(utf8: bytes, document: Document) -> tuple[int, int]:
    """Where the DOCTYPE stands, in characters. In what is judged it is blank, byte for byte."""
    start = document.doctype
    if start is None:
        return 0, 0
    behind = document.encoded.data[start:].lstrip(BLANKS.encode())
    end = len(utf8[: len(document.encoded.data) - len(behind)].rstrip(BLANKS.encode()))
    return len(utf8[:start].decode()), len(utf8[:end].decode())
