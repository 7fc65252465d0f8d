"""The proof that no secret is left: every text that is to be written is searched for each, in every form it may have.

The texts are read anew in all the ways in which a secret may be written in them, so that any mixture of them is found:
with references, CDATA and percent-encoding undone, as UTF-16, in any case. Of base64 what it makes of the secret is
looked for. What the protocol itself says is left out: a password may be one of its words.
"""

from __future__ import annotations

import base64
import re
from collections import defaultdict
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote_to_bytes

from contracts.saving.words import FIELDS, common
from contracts.secrecy import folded, is_number, resolved
from contracts.xml.encodings import to_utf8

from .packing import unpacked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from contracts.catalog import Catalog

    from .redactor import Secret

#: A shorter secret, or part of one, may be any word; it is proven absent at the places where secrets stand.
SHORTEST: Final = 6
_PARTS: Final = re.compile("[:;]")
#: base64 of so few characters may be any word too.
_SHORTEST_BASE64: Final = 7
_TAG: Final = re.compile(
    rb"</?([A-Za-z_\x80-\xff][^\s<>/=]*)((?:\s+[^\s<>=\"'/]+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'))*)\s*/?>|<\?xml [^<>]*\?>"
)
_ATTRIBUTE: Final = re.compile(rb"([^\s=\"']+)\s*=\s*[\"']([^\"']*)[\"']")
_ESCAPE: Final = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([\"\\/']))")
_CDATA: Final = re.compile(r"<!\[CDATA\[|\]\]>|<!--[^-]*+(?:-(?!->)[^-]*+)*+-->")
_SECTION: Final = re.compile(r"<!\[CDATA\[|\]\]>")
_MARKUP: Final = re.compile(r"<[^<>]*+>")
_BLANK_RUN: Final = re.compile(r"\s++")
#: So much of base64 that a secret may be in it.
_BASE64: Final = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}")
_GAP: Final = b"\n"
_LONG_PLACEHOLDER: Final = re.compile("REDACTED-")
#: Such a text is no word that stands by chance within another: an address, most likely.
_LONG: Final = 15
#: Keys and values of vcrpy's cassettes and of HAR, and what HTTP says beside them.
_USUAL: Final = (
    "deflate gzip br chunked private no-cache max-age=0 keep-alive close python-requests charset utf-16 iso-8859-1"
)
_FORMAT: Final = (
    "version interactions request response method uri url body headers string status code message metadata recorded base64_string"
    " log creator name entries pages starteddatetime time httpversion cookies querystring headerssize bodysize postdata mimetype"
    " params text encoding base64 statustext content size redirecturl cache timings send wait receive ssl connect dns blocked"
)


class Text(NamedTuple):
    """Something that is to be written: where it stands, and its bytes."""

    place: str
    data: bytes


class Leak(NamedTuple):
    """A secret field's value, or a part of it, is in the text at ``place``."""

    field: str
    place: str


def leaks_in(
    texts: Iterable[Text], secrets: Sequence[Secret], catalog: Catalog, placeholders: Iterable[str] = ()
) -> list[Leak]:
    """Which of ``secrets`` stand in ``texts``, in whatever form; each once. ``placeholders`` are no secrets."""
    issued = frozenset(placeholders)
    wanted = _wanted(secrets, issued)
    own = _said(catalog)
    # The own words of a body are its tags. Of a header field or an address only the words are known that it may have.
    bodies, others = _index(wanted), _index(needle for needle in wanted if needle not in own)
    listed = "|".join(map(re.escape, sorted(filter(_LONG_PLACEHOLDER.match, issued), key=len, reverse=True)))
    marks = re.compile(rf"(?<![A-Za-z0-9])(?:{listed or '(?!)'})(?![A-Za-z0-9])".encode())
    found: dict[Leak, None] = {}
    seen: set[bytes] = set()
    for text in texts if wanted else ():
        data = marks.sub(_GAP, _without_own(text, catalog))
        if data in seen:
            continue
        seen.add(data)
        starts = bodies if b"<" in text.data else others
        for reading in set(_readings(data)):
            for start in starts.keys() & {reading[at : at + SHORTEST] for at in range(len(reading) - SHORTEST + 1)}:
                for needle in starts[start]:
                    if needle in reading:
                        found[Leak(wanted[needle], text.place)] = None
    return list(found)


def _index(needles: Iterable[str]) -> dict[str, list[str]]:
    """``needles`` by their first characters, so that hundreds are looked for at the price of one."""
    starts: defaultdict[str, list[str]] = defaultdict(list)
    for needle in needles:
        starts[needle[:SHORTEST]].append(needle)
    return dict(starts)


def _wanted(secrets: Sequence[Secret], issued: frozenset[str]) -> dict[str, str]:
    """What is looked for, and of which field it is."""
    wanted: dict[str, str] = {}
    for secret in secrets:
        value = secret.value.strip()
        parts = {part.strip() for part in _PARTS.split(value)}
        for part in {value} | {part for part in parts if not is_number(part)}:
            if len(part) >= SHORTEST and part not in issued:
                for form in _forms(part):
                    wanted.setdefault(form, secret.field)
    return wanted


def _forms(value: str) -> Iterator[str]:
    """The value, and what it is as bytes read as Latin-1, and in base64 behind 0, 1 or 2 other bytes."""
    yield folded(value)
    data = value.encode("utf-8", "surrogatepass")
    yield folded(data.decode("latin-1"))
    for encoded in (data, value.encode("utf-16-le", "surrogatepass"), value.encode("latin-1", "ignore")):
        for before in range(3):
            text = base64.b64encode(bytes(before) + encoded).decode()
            # The characters at both ends hold bits of what stands beside it.
            certain = text[-(-8 * before // 6) : 8 * (before + len(encoded)) // 6].lower()
            if len(certain) >= _SHORTEST_BASE64:
                yield certain
                yield certain.replace("+", "-").replace("/", "_")


def _readings(data: bytes) -> Iterator[str]:
    """``data`` as lower-case text, in each of the ways in which a secret may stand in it."""
    for text in _decoded(data):
        yield from _variants(text)
        for run in _BASE64.findall(text):
            for start in range(4):
                piece = run[start:].replace("-", "+").replace("_", "/")
                packed = base64.b64decode(piece[: len(piece) // 4 * 4])
                for inner in _decoded(packed):
                    yield from _variants(inner)


def _variants(text: str) -> Iterator[str]:
    seen = {text}
    for _ in range(2):
        for undo in (_unescaped, _unreferenced, _unquoted):
            seen |= {undo(known) for known in seen}
    for known in seen:
        lowered = folded(known)
        yield lowered
        # Lines of base64, markup within a value, blanks in a form.
        yield _BLANK_RUN.sub("", _MARKUP.sub("", lowered))
        if "+" in lowered:
            yield lowered.replace("+", " ")


def _decoded(data: bytes) -> Iterator[str]:
    data = unpacked(data)
    yield data.decode("utf-8", "replace")
    if b"\0" in data:
        for encoding in ("utf-16-le", "utf-16-be"):
            yield data.decode(encoding, "replace")
            yield data[1:].decode(encoding, "replace")
    if not data.isascii():
        yield data.decode("latin-1")


def _unreferenced(text: str) -> str:
    if "<!" in text or "]]>" in text:
        # Without an end for any comment nothing is looked for from each of its beginnings.
        text = (_CDATA if text.rfind("-->") > text.find("<!--") >= 0 else _SECTION).sub("", text)
    return resolved(text) if "&" in text else text


def _unquoted(text: str) -> str:
    return unquote_to_bytes(text).decode("utf-8", "replace") if "%" in text else text


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    found = _ESCAPE.sub(lambda one: one[4] or chr(min(int(one[1] or one[2] or one[3], 16), 0x10FFFF)), text)
    # JSON writes a character beyond the Basic Multilingual Plane as two.
    return found.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _without_own(text: Text, catalog: Catalog) -> bytes:
    """The bytes of a text without what is the protocol's: tags, usual header fields, known addresses, placeholders."""
    data = text.data
    if b"<" in data:
        data = _TAG.sub(lambda tag: _rest_of(tag, catalog), _in_utf8(data))
    return data


def _in_utf8(data: bytes) -> bytes:
    """``data``, XML, as UTF-8, if it is whole in the encoding that it begins in."""
    encoding = "utf-16-le" if data[1:2] == b"\0" else "utf-16-be" if data[:1] == b"\0" else None
    if encoding is not None:
        try:
            return data.decode(encoding).encode()
        except UnicodeError:
            return data
    encoded = to_utf8(data, None)
    return encoded.data if encoded.unknown is None and encoded.conflict is None else data


def _rest_of(tag: re.Match[bytes], catalog: Catalog) -> bytes:
    """What a tag says beside what the contracts and SOAP say: names and values of anybody's own."""
    if tag[1] is None:
        return _GAP
    local = tag[1].rpartition(b":")[2]
    kept = [] if _is_known(local, catalog) else [tag[1]]
    for name, value in _ATTRIBUTE.findall(tag[2]):
        prefix, _, key = name.rpartition(b":")
        kept += [key] if prefix == b"xmlns" or not _is_known(key, catalog) else []
        before, _, last = value.rpartition(b":")
        kept += [] if _is_known(value, catalog) else [before] if _is_known(last, catalog) else [value]
    return _GAP + _GAP.join(kept) + _GAP


def _is_known(text: bytes, catalog: Catalog) -> bool:
    said = resolved(text.decode("utf-8", "replace")).strip().lower()
    return said in _words(catalog) or (len(said) > _LONG and said in common(catalog))


@cache
def _said(catalog: Catalog) -> str:
    return " ".join([common(catalog), _FORMAT, _USUAL, *(status.phrase.lower() for status in HTTPStatus)])


@cache
def _words(catalog: Catalog) -> frozenset[str]:
    return frozenset(common(catalog).split()) | {"envelope", "header", "body", "fault"} | frozenset(FIELDS.split())
