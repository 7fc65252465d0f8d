"""How a text is dressed as the body of a message: its XML declaration, its bytes, and what HTTP says of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from contracts.messages import Headers, Message
    from contracts.rules import Case

_MARKS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_DECLARATION: Final = re.compile(r"<\?xml[ \t\r\n][^>]*\?>[ \t\r\n]*")


class Coding(NamedTuple):
    """The byte order mark, the XML declaration (empty for none) and the encoding of a body.

    ``charset`` is what the parameter of Content-Type has to say, None where it stays as it is.
    """

    encoding: str = "utf-8"
    mark: bytes = b""
    declaration: str = '<?xml version="1.0" encoding="utf-8"?>\n'
    charset: str | None = "utf-8"

    def encode(self, text: str) -> bytes:
        """The body; a character that the encoding does not have becomes a reference."""
        return self.mark + (self.declaration + text).encode(self.encoding, "xmlcharrefreplace")


def coding_of(case: Case) -> Coding:
    """The coding of a message, to write another like it."""
    body, encoded = case.message.body, case.document.encoded
    mark = next((mark for mark in _MARKS if body.startswith(mark)), b"")
    found = _DECLARATION.match(encoded.data.decode())
    # Without a charset, HTTP lets a body have ASCII alone: what was a reference stays one.
    bare = case.message.headers is not None and case.charset is None and body.isascii()
    return Coding("ascii" if bare else encoded.encoding, mark, found[0] if found else "", None)


def declaring(encoding: str, *, version: str = "1.0") -> str:
    """An XML declaration."""
    return f'<?xml version="{version}" encoding="{encoding}"?>\n'


def with_body(message: Message, body: bytes, charset: str | None = None) -> Message:
    """``message`` with another body, its Content-Length true to it; with ``charset`` named in Content-Type."""
    headers = message.headers
    if headers is not None:
        if message.header("Content-Length") is not None:
            headers = with_header(headers, "Content-Length", str(len(body)))
        if charset is not None:
            headers = with_header(headers, "Content-Type", f"text/xml; charset={charset}")
    return message._replace(body=body, headers=headers, header_lines=())


def with_header(headers: Headers, name: str, *values: str) -> Headers:
    """``headers`` with these values of the field ``name`` where the first of that name stood, or at the end."""
    kept = [field for field in headers if field[0].lower() != name.lower()]
    place = next((i for i, field in enumerate(headers) if field[0].lower() == name.lower()), len(kept))
    return (*kept[:place], *((name, value) for value in values), *kept[place:])
