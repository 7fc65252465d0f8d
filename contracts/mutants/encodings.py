"""`xml/`: encodings that few can read, that nobody knows, or that the bytes are not in."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Final

from .coding import Coding, declaring, with_body
from .registry import mutation, near_miss
from .subject import HOLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.messages import Message

    from .subject import Subject

#: Behind the root, where it is no part of any value: letters that each encoding has in another way.
_COMMENT: Final = "<!-- \u00e4\u00f6\u00fc -->"
_BAD_COMMENT: Final = f"<!-- {HOLE} -->"
_UNKNOWN: Final = ("utf-7", "utf-32", "klingon", "x-user-defined", "UCS-4", "hex", "rot13", "unicode")
#: Bytes that are no UTF-8, RFC 3629.
_NOT_UTF_8: Final = {
    "latin-1": "\u00e4".encode("latin-1"), "windows-1252": "\u20ac".encode("cp1252"), "an-overlong-slash": b"\xc0\xaf",
    "a-surrogate": "\ud800".encode("utf-8", "surrogatepass"), "half-a-character": b"\xe2\x82", "a-byte-alone": b"\x80",
    "beyond-Unicode": b"\xf5\x80\x80\x80", "an-overlong-NUL": b"\xc0\x80",
}  # fmt: skip


@mutation("xml/encoding")
def other_encodings(subject: Subject) -> Iterator[tuple[str, Message]]:
    """Encodings other than UTF-8 and UTF-16, declared and named rightly."""
    for name in ("ISO-8859-1", "iso-8859-15", "windows-1252", "Shift_JIS"):
        coding = Coding(name, b"", declaring(name), name)
        yield f"sends-{name}", subject.written(subject.draft().text() + _COMMENT, coding)


@near_miss("xml/encoding")
def unicode(subject: Subject) -> Iterator[tuple[str, Message]]:
    """UTF-8 and UTF-16 in all their forms, and ASCII, which is a part of UTF-8."""
    text = subject.draft().text() + _COMMENT
    for what, coding in _unicode_codings().items():
        yield f"sends-{what}", subject.written(text, coding)
    yield "sends-US-ASCII", subject.written(text, Coding("ascii", b"", declaring("us-ascii"), "us-ascii"))


@mutation("xml/unknown-encoding")
def unknown(subject: Subject) -> Iterator[tuple[str, Message]]:
    """Names of no encoding, or of one that has no place in XML over HTTP."""
    text = subject.draft().text()
    for name in _UNKNOWN:
        yield f"declares-{name}", subject.written(text, Coding("ascii", b"", declaring(name), name))
    for order in ("le", "be"):
        mark = codecs.BOM_UTF32_LE if order == "le" else codecs.BOM_UTF32_BE
        yield (
            f"sends-utf-32-{order}",
            subject.written(text, Coding(f"utf-32-{order}", mark, declaring("utf-32"), "utf-32")),
        )


@near_miss("xml/unknown-encoding")
def known(subject: Subject) -> Iterator[tuple[str, Message]]:
    """Known names in other spellings."""
    text = subject.draft().text()
    for name, encoding in {"UTF-8": "utf-8", "utf8": "utf-8", "US-ASCII": "ascii", "latin1": "latin-1"}.items():
        yield f"declares-{name}", subject.written(text, Coding(encoding, b"", declaring(name), name))


@mutation("xml/encoding-conflict")
def other_bytes(subject: Subject) -> Iterator[tuple[str, Message]]:
    """Bytes that are not in the encoding that the mark, the charset or the declaration names."""
    text = subject.draft().text()
    for what, coding in _conflicting_codings().items():
        yield f"sends-{what}", subject.written(text, coding)
    holed = Coding().encode(text + _BAD_COMMENT)
    for what, raw in _NOT_UTF_8.items():
        yield f"puts-{what}-into-UTF-8", with_body(subject.message, holed.replace(HOLE.encode(), raw), "utf-8")
    undeclared = Coding(declaration="").encode(text + _BAD_COMMENT)
    raw = _NOT_UTF_8["latin-1"]
    yield (
        "puts-latin-1-into-what-declares-nothing",
        with_body(subject.message, undeclared.replace(HOLE.encode(), raw), "utf-8"),
    )
    wide = _unicode_codings()["utf-16-le-with-a-mark"].encode(text)
    yield "cuts-a-character-of-UTF-16-in-two", with_body(subject.message, wide[:-1], "utf-16")


@near_miss("xml/encoding-conflict")
def same_bytes(subject: Subject) -> Iterator[tuple[str, Message]]:
    """Mark, charset and declaration in harmony; a charset that overrules the declaration."""
    text = subject.draft().text() + _COMMENT
    for what, coding in _unicode_codings().items():
        yield f"sends-{what}", subject.written(text, coding)
    if subject.message.headers is not None:
        yield "declares-utf-16-and-is-overruled", subject.written(text, Coding(declaration=declaring("utf-16")))


def _unicode_codings() -> dict[str, Coding]:
    return {
        "UTF-8": Coding(),
        "UTF-8-with-a-mark": Coding(mark=codecs.BOM_UTF8),
        "UTF-8-without-declaration": Coding(declaration=""),
        "utf-16-le-with-a-mark": Coding("utf-16-le", codecs.BOM_UTF16_LE, declaring("utf-16"), "utf-16"),
        "utf-16-be-with-a-mark": Coding("utf-16-be", codecs.BOM_UTF16_BE, declaring("utf-16"), "utf-16"),
        "utf-16-without-declaration": Coding("utf-16-le", codecs.BOM_UTF16_LE, "", "utf-16"),
    }


def _conflicting_codings() -> dict[str, Coding]:
    """The mark, the charset and the declaration contradict the bytes, with HTTP and without."""
    wide = declaring("utf-16")
    return {
        "UTF-8-as-utf-16": Coding("utf-8", b"", wide, "utf-16"),
        "UTF-8-with-a-mark-as-utf-16": Coding("utf-8", codecs.BOM_UTF8, wide, "utf-16"),
        "utf-16-with-a-mark-as-utf-8": Coding("utf-16-le", codecs.BOM_UTF16_LE, declaring("utf-8"), "utf-8"),
        "utf-16-without-a-mark": Coding("utf-16-le", b"", wide, "utf-16"),
    }
