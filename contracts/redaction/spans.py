"""Where secrets stand in a message: spans of bytes of its text as UTF-8, each with the name of the field."""

from __future__ import annotations

import re
from bisect import bisect
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote
from xml.parsers import expat

from contracts.masking import names_secret
from contracts.secrecy import plain, resolved

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.catalog import Catalog

#: A whole tag of a document that is well-formed.
_TAG: Final = re.compile(rb"<[^<>\"']*+(?:\"[^\"]*+\"[^<>\"']*+|'[^']*+'[^<>\"']*+)*+>")
_ATTRIBUTE: Final = re.compile(rb"([^\s=<>\"'/]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
#: What is no tag in a document that is well-formed: a comment, CDATA, an instruction, text.
_PIECE: Final = re.compile(rb"<!--(.*?)-->|<!\[CDATA\[(.*?)\]\]>|<\?(.*?)\?>|<[^>]*>|([^<]+)", re.DOTALL)
_CLOSING: Final = re.compile(rb"</[^<>]*>")
_ROOM: Final = 64
#: Of so many pieces at the most is a name made.
_FEW: Final = 10
#: Attributes of XML, XSI, SOAP and WS-Security that say nothing secret.
_HARMLESS: Final = frozenset(
    {"nil", "type", "lang", "space", "encodingstyle", "mustunderstand", "actor", "href", "ref", "id"}
)
#: Elements of no contract that hold credentials by their names.
_CREDENTIAL: Final = re.compile(
    r"(?i).*(?:passw|passphrase|secret|credential|api_?key).*|pwd|pin|.*token|nonce|signature(?:value)?"
)
#: The beginning of a start tag in what does not parse.
_OPENING: Final = re.compile(rb"<([A-Za-z_\x80-\xff][^\s<>/]*)([^<>]*)(>?)")


_PLACEHOLDER: Final = re.compile(r"REDACTED-[A-Za-z0-9_.]+-[0-9]+")


class Span(NamedTuple):
    """A secret: the field's name as the contract writes it, its text, where that stands, and what stands there."""

    field: str
    value: str
    start: int
    end: int
    raw: str = ""


class UncertainError(Exception):
    """Nobody can tell where the secrets in this text begin and end."""


class Names:
    """The names of the secret fields of ``catalog``, recognised in any case, and where they were only meant."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._spelled = {name.lower(): name for name in catalog.secrets}
        self._public = frozenset(catalog.vocabulary.split()) | {name.lower() for name in catalog.public}
        listed = "|".join(map(re.escape, sorted(self._spelled))) or "(?!)"
        #: A name, or what it is often called, and what gives it a value: in escaped XML, in JSON, in a form.
        self._telling = re.compile(
            rf"(?i)(?:{listed}|passw|pwd|passphrase|access_token)[\w.-]{{0,20}}[\"'\\]{{0,2}}\s{{0,9}}[=:>]\s{{0,9}}(?:<!\[CDATA\[)?[\"']?[^\s<&;,\"')}}]"
        )
        self.anywhere = re.compile(f"(?i){listed}|passw|pwd".encode())
        self._seeming = re.compile(rf"(?i)({listed})[^<>]{{0,200}}>([^<]+)".encode())

    def tells(self, text: bytes) -> bool:
        """Whether a text seems to give a secret field a value, also with references or percent-encoding."""
        plain_text = text.decode("utf-8", "replace")
        for _ in range(3):
            if self._telling.search(_PLACEHOLDER.sub("", plain_text)):
                return True
            before, plain_text = plain_text, unquote(resolved(plain_text))
            if before == plain_text:
                return False
        return False

    def exactly(self, text: str) -> str | None:
        """The secret field that is called just ``text``, in any case."""
        return self._spelled.get(text.strip().lower()) if len(text) < _ROOM else None

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
        if local.lower() in self._public:
            return None
        meant = names_secret(local, self._catalog.secrets, self._catalog.vocabulary)
        return local if meant or _CREDENTIAL.fullmatch(local) else None


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
    accounted = [match.span() for match in _CLOSING.finditer(data)]
    for tag in _OPENING.finditer(data):
        name = tag[1].decode("utf-8", "replace")
        field = names.field(name)
        if field is None:
            continue
        accounted.append(tag.span(1))
        end = data.find(b"<", tag.end())
        closes = end < 0 or re.match(rb"</" + re.escape(tag[1]) + rb"\s*>", data[end : end + len(tag[1]) + _ROOM])
        # What stands in attributes, or before any other tag than its own, may be anything.
        if not tag[3] or tag[2].strip(b" \t\r\n/") or (not closes and not tag[2].endswith(b"/")):
            raise UncertainError
        if tag[2].endswith(b"/"):
            continue
        end = len(data) if end < 0 else end
        raw = data[tag.end() : end]
        accounted.append((tag.end(), end))
        if raw.strip():
            found.append(Span(field, plain(raw) or raw.decode("utf-8", "replace"), tag.end(), end, _text(raw)))
    tail = data[data.rfind(b">") + 1 :]
    if (tail.strip() and not any(span.end == len(data) for span in found)) or _others(names, data, accounted):
        raise UncertainError
    return found


def _others(names: Names, data: bytes, accounted: list[tuple[int, int]]) -> bool:
    """Whether a secret field is named outside the ``accounted`` spans."""
    rest = sorted(accounted)
    for match in names.anywhere.finditer(data):
        at = bisect(rest, (match.start(), len(data)))
        if not any(start <= match.start() and match.end() <= end for start, end in rest[max(0, at - 2) : at]):
            return True
    return False


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace").strip()


class _Reader:
    """Reads a document and keeps the contents of its secret elements.

    Secret is what is called so, what an attribute calls so (``<parameter name="Password">``), what follows an element
    whose text is such a name, and what a secret element refers to (``href="#id"``).
    """

    def __init__(self, data: bytes, names: Names, referred: dict[str, str]) -> None:
        self._data = data
        self._names = names
        self._referred = referred
        self._parser = expat.ParserCreate("utf-8")
        self._parser.ordered_attributes = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._texted
        self._depth = self._begins = self._level = 0
        self._field = ""
        self._texts: list[str] = []
        #: By level: the text so far, and the field that the element before named.
        self._own: list[list[str]] = [[]]
        self._named: list[str | None] = [None]
        self.found: list[Span] = []
        self.references: dict[str, str] = {}

    def read(self) -> None:
        """Read it all."""
        self._parser.Parse(self._data, True)  # noqa: FBT003 - expat takes it by position only

    def _start(self, name: str, attributes: list[str]) -> None:
        if self._depth:
            self._depth += 1
            return
        at = self._parser.CurrentByteIndex
        pairs = dict(zip(attributes[::2], attributes[1::2], strict=True))
        field = self._names.field(name) or self._meant(pairs) or self._named[-1]
        self._named[-1] = None
        self.found.extend(_attributes(self._data, at, attributes, self._names, field))
        if field is not None:
            tag = _TAG.match(self._data, at)
            self._depth, self._field, self._begins = 1, field, tag.end() if tag else at
            self._texts.clear()
            for key, value in pairs.items():
                if key.rpartition(":")[2].lower() in ("href", "ref") and value.startswith("#"):
                    self.references[value[1:]] = field
            return
        self._own.append([])
        self._named.append(None)

    def _meant(self, pairs: dict[str, str]) -> str | None:
        for key, value in pairs.items():
            if key.lower() == "id" and value in self._referred:
                return self._referred[value]
            if key.rpartition(":")[2].lower() in ("name", "key") and self._names.exactly(value) is not None:
                return self._names.exactly(value)
        return None

    def _end(self, _name: str) -> None:
        if self._depth:
            self._depth -= 1
            if not self._depth:
                self._keep(self._parser.CurrentByteIndex)
            return
        self._named.pop()
        text = "".join(self._own.pop())
        self._named[-1] = self._names.exactly(text) if text else None

    def _keep(self, end: int) -> None:
        raw = self._data[self._begins : end]
        if raw.strip() and end > self._begins:
            text = "".join(self._texts)
            value = text if text.strip() else raw.decode("utf-8", "replace")
            self.found.append(Span(self._field, value, self._begins, end, _text(raw)))

    def _texted(self, piece: str) -> None:
        if self._depth:
            self._texts.append(piece)
        elif len(self._own[-1]) < _FEW:
            self._own[-1].append(piece)


def _declared(data: bytes, names: Names) -> list[Span]:
    """The contents of secret elements, and the values of secret attributes."""
    first = _Reader(data, names, {})
    first.read()
    if not first.references:
        return first.found
    second = _Reader(data, names, first.references)
    second.read()
    return second.found


def _attributes(data: bytes, at: int, attributes: list[str], names: Names, field: str | None) -> Iterator[Span]:
    """The secret attributes of the tag at ``at``; in a secret element, of ``field``, all but those of XML and SOAP."""
    values = {}
    for name, value in zip(attributes[::2], attributes[1::2], strict=True):
        local = name.rpartition(":")[2].lower()
        if not value.strip() or name.startswith("xmlns") or names.exactly(value) is not None:
            continue
        own = names.field(name)
        meant = field if own is None and field is not None and local not in _HARMLESS else own
        if meant is not None:
            values[name] = meant, value
    tag = _TAG.match(data, at)
    if not values or tag is None:
        return
    for attribute in _ATTRIBUTE.finditer(data, at, tag.end()):
        known = values.get(attribute[1].decode("utf-8", "replace"))
        if known is not None:
            start, end = attribute.span(2 if attribute[2] is not None else 3)
            yield Span(*known, start, end, _text(data[start:end]))


def _told(data: bytes, names: Names, known: list[Span]) -> Iterator[Span]:
    """Texts, comments, CDATA and attributes outside ``known`` that seem to give a secret field a value."""
    covered = sorted((span.start, span.end) for span in known)
    for piece in _PIECE.finditer(data):
        at = bisect(covered, (piece.start(), len(data))) - 1
        if at >= 0 and covered[at][0] <= piece.start() < covered[at][1]:
            continue
        group = next((number for number in (1, 2, 3, 4) if piece[number]), 0)
        if group and names.tells(piece[group]):
            yield Span("text", piece[group].decode("utf-8", "replace"), *piece.span(group), _text(piece[group]))
        elif not group and b"=" in piece[0]:
            for attribute in _ATTRIBUTE.finditer(data, piece.start(), piece.end()):
                which = 2 if attribute[2] is not None else 3
                start, end = attribute.span(which)
                inside = bisect(covered, (start, len(data))) - 1
                free = inside < 0 or covered[inside][1] <= start
                if free and not attribute[1].startswith(b"xmlns") and names.tells(attribute[which]):
                    yield Span("text", attribute[which].decode("utf-8", "replace"), start, end, _text(attribute[which]))
