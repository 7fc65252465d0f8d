"""Which encoding a message is in, and its bytes as UTF-8.

Decided here and not by libxml2, which also takes UTF-7 and UTF-32 and lets a byte order mark contradict the XML
declaration. The order is the one of RFC 7303 section 3.2 and WS-I BP 1.1 R1019: byte order mark, charset parameter,
XML declaration, UTF-8.
"""

from __future__ import annotations

import codecs
import re
from typing import Final, NamedTuple

_BOMS: Final = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_BARE_UTF16: Final = ((b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))
_SPACE: Final = r"[ \t\r\n]"
_DECLARATION: Final = re.compile(
    rf"""<\?xml{_SPACE}+version{_SPACE}*={_SPACE}*(?:"([^"]*)"|'([^']*)')"""
    rf"""(?:{_SPACE}+encoding{_SPACE}*={_SPACE}*(?:"([^"]*)"|'([^']*)'))?[^?>]*\?>""".encode()
)
_PLAIN_UTF8: Final = frozenset({None, "utf-8", "UTF-8", b"utf-8", b"UTF-8"})
_UTF16: Final = frozenset({"utf-16", "utf-16-le", "utf-16-be"})
_ORDERED: Final = frozenset({"utf-16-le", "utf-16-be"})
#: The names of encodings that real clients declare, as IANA or a common habit has them. Python knows more names and
#: codecs, some of them no encodings at all; seven-bit encodings and UTF-32 have no place in XML over HTTP.
_KNOWN: Final = re.compile(
    r"utf-?8|utf-?16(-?(le|be))?|(us-)?ascii|iso[-_]8859-\d+|latin-?1|(windows-|cp)(125\d|874|932|936|949|950)"
    r"|(ibm|cp)-?(437|850|852|866)|koi8-[ru]|macintosh|shift[-_]jis|euc-(jp|kr)|gb(2312|k|18030)|big5",
    re.IGNORECASE,
)
#: How far into a message its declaration may reach.
_PEEK: Final = 65536


class Encoded(NamedTuple):
    """A message's bytes as UTF-8 without a byte order mark, and what was said of their encoding.

    ``encoding`` is the one that was used, ``declared`` the XML declaration's, ``version`` its XML version; ``unknown``
    names an encoding that cannot be read, ``conflict`` says which two statements contradict each other.
    """

    data: bytes
    encoding: str
    declared: str | None = None
    version: str | None = None
    conflict: str | None = None
    unknown: str | None = None

    @property
    def usual(self) -> bool:
        """Whether this is UTF-8 and XML 1.0, and nothing contradicts it."""
        return (
            self.encoding == "utf-8"
            and self.conflict is None
            and self.version in (None, "1.0")
            and self.unknown is None
        )

    @property
    def may_have_instructions(self) -> bool:
        """Whether something stands here that looks like a processing instruction and is no XML declaration."""
        behind = 0 if self.version is None else max(1, self.data.find(b"?>") + 2)
        # One byte is found in no time, and mostly is not there.
        return self.data.find(b"?", behind) >= 0 and self.data.find(b"<?", behind) >= 0


def to_utf8(body: bytes, charset: str | None) -> Encoded:
    """``body`` as UTF-8; ``charset`` is the parameter of its Content-Type, None without one."""
    declaration = _DECLARATION.match(body)
    if charset in _PLAIN_UTF8 and body[:1] == b"<":
        version = declared = None
        if declaration is not None:
            version, declared = declaration[1] or declaration[2], declaration[3] or declaration[4]
        if declared in _PLAIN_UTF8 and (body.isascii() or _decodes(body, "utf-8")) and body[1:2] != b"\x00":
            return Encoded(
                body, "utf-8", "utf-8" if declared else None, version.decode("ascii", "replace") if version else None
            )
    return _to_utf8_slowly(body, charset)


def same_encoding(first: str, second: str) -> bool:
    """Whether two encoding names mean the same; UTF-16 is the same as either of its byte orders."""
    one, two = _normal(first), _normal(second)
    return one == two or ("utf-16" in (one, two) and one in _UTF16 and two in _UTF16)


def _to_utf8_slowly(body: bytes, charset: str | None) -> Encoded:
    bom, marked = next(((mark, name) for mark, name in _BOMS if body.startswith(mark)), (b"", None))
    body = body[len(bom) :]
    bare = next((name for start, name in _BARE_UTF16 if body.startswith(start)), None)
    peek = body[:_PEEK].decode(marked or bare or "latin-1", "replace").encode()
    match = _DECLARATION.match(peek)
    version, declared = (None, None) if match is None else (_text(match, 1), _text(match, 3))
    said = charset or declared
    if said is not None and not (_KNOWN.fullmatch(said) and _codec(said)):
        return Encoded(body, "unknown", declared, version, unknown=said)
    if marked == "utf-32":
        return Encoded(body, "unknown", declared, version, unknown="utf-32")
    encoding = _normal(marked or charset or declared or "utf-8")
    if encoding == "utf-16" or (declared is None and charset is None and bare is not None):
        encoding = marked or bare or encoding
    conflict = _conflict(body, encoding, marked, charset, declared)
    if conflict is not None:
        encoding = marked or bare or "utf-8"
    data = body.decode(encoding, "replace").encode()
    return Encoded(data, encoding, declared, version, conflict)


def _conflict(body: bytes, encoding: str, marked: str | None, charset: str | None, declared: str | None) -> str | None:
    if marked is not None:
        if charset is not None and not same_encoding(marked, charset):
            return f"the byte order mark says {_family(marked)}, Content-Type says {charset}"
        if charset is None and declared is not None and not same_encoding(marked, declared):
            return f"the byte order mark says {_family(marked)}, the XML declaration says {declared}"
    elif encoding in _UTF16 and b"\x00" in body[:2] and _normal(charset or "") not in _ORDERED:
        return "the message is in UTF-16 and has no byte order mark"
    if not _decodes(body, encoding) or (encoding in _UTF16 and b"\x00" not in body[:4]):
        if charset is not None:
            return f"Content-Type says {charset}, the bytes are not"
        if declared is not None:
            return f"the XML declaration says {declared}, the bytes are not"
        return f"nothing declares an encoding, so the bytes must be {_family(encoding)}, and they are not"
    return None


def _text(match: re.Match[bytes], group: int) -> str | None:
    found: bytes | None = match[group] or match[group + 1]
    return None if found is None else found.decode("ascii", "replace")


def _family(encoding: str) -> str:
    return "UTF-16" if encoding in _UTF16 else encoding.upper()


def _normal(name: str) -> str:
    return _codec(name) or name.lower()


def _codec(name: str) -> str | None:
    """Python's name of the encoding, None for one that it does not know."""
    try:
        return codecs.lookup(name).name
    except (LookupError, ValueError):
        return None


def _decodes(body: bytes, encoding: str) -> bool:
    try:
        body.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
