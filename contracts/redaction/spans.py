"""Where secrets stand in a message: spans of bytes of its text as UTF-8, each with the name of the field."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple
from xml.parsers import expat

from contracts.masking import names_secret
from contracts.secrecy import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.catalog import Catalog

#: A whole tag of a document that is well-formed.
_TAG: Final = re.compile(rb"<[^<>\"']*+(?:\"[^\"]*+\"[^<>\"']*+|'[^']*+'[^<>\"']*+)*+>")
_ATTRIBUTE: Final = re.compile(rb"([^\s=<>\"'/]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
#: What is no tag in a document that is well-formed: a comment, CDATA, an instruction, text.
_PIECE: Final = re.compile(rb"<!--(.*?)-->|<!\[CDATA\[(.*?)\]\]>|<\?(.*?)\?>|<[^>]*>|([^<]+)", re.DOTALL)
#: The beginning of a start tag in what does not parse.
_OPENING: Final = re.compile(rb"<([A-Za-z_\x80-\xff][^\s<>/]*)([^<>]*)(>?)")


class Span(NamedTuple):
    """A secret: the field's name as the contract writes it, its text, and where that stands."""

    field: str
    value: str
    start: int
    end: int


class UncertainError(Exception):
    """Nobody can tell where the secrets in this text begin and end."""


class Names:
    """The names of the secret fields of ``catalog``, recognised in any case, and where they were only meant."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._spelled = {name.lower(): name for name in catalog.secrets}
        listed = "|".join(map(re.escape, sorted(self._spelled))) or "(?!)"
        #: A name, and behind it what gives it a value: in XML that was escaped, in JSON, in a form.
        self.telling = re.compile(rf"(?i)({listed})[\w.-]*+[\"']?\s*(?:[=:>]|&gt;|%3[dD])\s*+[^\s<&]".encode())
        self.anywhere = re.compile(f"(?i){listed}".encode())
        self._seeming = re.compile(rf"(?i)({listed})[^<>]*>([^<]+)".encode())

    def seeming(self, data: bytes) -> Iterator[tuple[str, str]]:
        """What looks like a secret field and its value in a text of which nothing is certain."""
        for name, value in self._seeming.findall(data):
            text = plain(value)
            if text:
                yield self._spelled[name.decode().lower()], text

    def field(self, name: str) -> str | None:
        """The secret field that ``name``, with or without a prefix, means; None where it means none."""
        local = name.rpartition(":")[2]
        spelled = self._spelled.get(local.lower())
        if spelled is not None:
            return spelled
        meant = names_secret(local, self._catalog.secrets, self._catalog.vocabulary)
        return local if meant else None


def spans_in(data: bytes, names: Names) -> list[Span]:
    """The secrets in ``data``, a well-formed document without DOCTYPE, in order: of elements, attributes, and texts.

    A text that seems to give a secret field a value, such as XML in CDATA, is one as a whole.
    """
    found = [*_declared(data, names)]
    found.extend(_told(data, names, found))
    return sorted(found, key=lambda span: span.start)


def spans_in_broken(data: bytes, names: Names) -> list[Span]:
    """The secrets in ``data``, which does not parse: from a secret field's opening tag to the next tag or the end.

    Raises UncertainError where that may not be all of it.
    """
    if b"\0" in data:
        raise UncertainError
    found: list[Span] = []
    accounted = 0
    for tag in _OPENING.finditer(data):
        name = tag[1].decode("utf-8", "replace")
        field = names.field(name)
        if field is None:
            continue
        accounted += len(names.anywhere.findall(tag[1]))
        if not tag[3]:
            raise UncertainError
        if tag[2].rstrip().endswith(b"/"):
            continue
        end = data.find(b"<", tag.end())
        end = len(data) if end < 0 else end
        if data.startswith(b"<!", end) or data.startswith(b"<?", end):
            raise UncertainError
        text = plain(data[tag.end() : end])
        if text:
            found.append(Span(field, text, tag.end(), end))
    inside = sum(len(names.anywhere.findall(data[span.start : span.end])) for span in found)
    closing = sum(len(names.anywhere.findall(tag)) for tag in re.findall(rb"</[^<>]*>", data))
    if len(names.anywhere.findall(data)) != accounted + inside + closing:
        raise UncertainError
    return found


def _declared(data: bytes, names: Names) -> list[Span]:
    """The contents of secret elements, and the values of secret attributes of others."""
    parser = expat.ParserCreate("utf-8")
    parser.ordered_attributes = True
    parser.buffer_text = True
    found: list[Span] = []
    depth = 0
    field, begins, texts = "", 0, list[str]()

    def start(name: str, attributes: list[str]) -> None:
        nonlocal depth, field, begins
        if depth:
            depth += 1
            return
        at = parser.CurrentByteIndex
        found.extend(_attributes(data, at, attributes, names))
        known = names.field(name)
        if known is not None:
            tag = _TAG.match(data, at)
            depth, field, begins = 1, known, tag.end() if tag else at
            texts.clear()

    def end(_name: str) -> None:
        nonlocal depth
        if depth:
            depth -= 1
            if not depth and "".join(texts).strip():
                found.append(Span(field, "".join(texts), begins, parser.CurrentByteIndex))

    def text(piece: str) -> None:
        if depth:
            texts.append(piece)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.Parse(data, True)  # noqa: FBT003 - expat takes it by position only
    return found


def _attributes(data: bytes, at: int, attributes: list[str], names: Names) -> Iterator[Span]:
    values = {
        name: (field, value)
        for name, value in zip(attributes[::2], attributes[1::2], strict=True)
        if value.strip() and not name.startswith("xmlns") and (field := names.field(name)) is not None
    }
    tag = _TAG.match(data, at)
    if not values or tag is None:
        return
    for attribute in _ATTRIBUTE.finditer(data, at, tag.end()):
        known = values.get(attribute[1].decode("utf-8", "replace"))
        if known is not None:
            yield Span(*known, *attribute.span(2 if attribute[2] is not None else 3))


def _told(data: bytes, names: Names, known: list[Span]) -> Iterator[Span]:
    """Texts, comments and CDATA outside ``known`` that seem to give a secret field a value."""
    if not names.anywhere.search(data):
        return
    covered = sorted((span.start, span.end) for span in known)
    for piece in _PIECE.finditer(data):
        group = next((number for number in (1, 2, 3, 4) if piece[number]), 0)
        if not group or any(start <= piece.start() < end for start, end in covered):
            continue
        found = names.telling.search(piece[group])
        if found is not None:
            field = names.field(found[1].decode()) or found[1].decode()
            yield Span(field, piece[group].decode("utf-8", "replace"), *piece.span(group))
