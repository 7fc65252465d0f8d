"""Secrets out of text.

What may be shown is decided by what is known to be public, not by what is known to be secret: the content of an element
is shown only when the contracts declare its name, in this or another case, as a field that is not secret. So a misspelt
``<Passwd>``, an ``<item>`` of key and value, a multi-reference or a comment shows nothing. Inside a secret element
everything is masked up to its own end tag, or to the end of the text, whether or not the message parses.
"""

from __future__ import annotations

import re
from bisect import bisect
from difflib import get_close_matches
from functools import cache, lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from .secrecy import MASK, places_of, plain, touches, values_in, without

if TYPE_CHECKING:
    from collections.abc import Iterator

_WIDTH: Final = 110
#: How many bytes of a long line are looked at on either side of the place: more than a terminal shows.
_REACH: Final = 2000
#: A tag, or a comment, CDATA section or processing instruction that may lack its end.
_TOKEN: Final = re.compile(
    rb"<(?:(?P<close>/)?(?P<name>[A-Za-z_\x80-\xff][^ \t\r\n<>/=\"'&]*+)"
    rb"(?P<attributes>(?:[ \t\r\n]++(?:[^<>\"'/]++|/(?!>)|\"[^\"<]*+\"|'[^'<]*+')*+)?+)(?P<empty>/)?>"
    rb"|!--.*?(?:-->|\Z)|!\[CDATA\[(?P<cdata>.*?)(?:\]\]>|\Z)|\?[^<]*?(?:\?>|(?=<)|\Z))",
    re.DOTALL,
)
_ATTRIBUTE: Final = re.compile(rb"([^ \t\r\n=<>\"']+)[ \t\r\n]*=[ \t\r\n]*(?:\"([^\"]*)\"|'([^']*)')")
_CLEAN_ATTRIBUTES: Final = re.compile(rb"(?:[ \t\r\n]++" + _ATTRIBUTE.pattern + rb")*+[ \t\r\n]*+")
_NAMESPACES_ONLY: Final = re.compile(
    rb"(?:[ \t\r\n]++xmlns(?::[A-Za-z0-9_.-]+)?=(?:\"[^\"<]*+\"|'[^'<]*+'))*+[ \t\r\n]*+"
)
#: Attributes that are shown: namespaces, and those of XSI and SOAP with one of their few usual values.
_OPEN_ATTRIBUTE: Final = re.compile(
    rb"xmlns(?::[^=]*)?=.*|[^:=]+:(?:nil|mustUnderstand)=.(?:0|1|true|false).|[^:=]+:encodingStyle=.http://schemas\.xmlsoap\.org/.*"
    rb"|[^:=]+:type=.(?:[A-Za-z0-9_.-]+:)?(?:string|dateTime|date|int|integer|nonNegativeInteger|long|boolean|decimal|anyType|base64Binary).",
    re.DOTALL,
)
_XML_DECLARATION: Final = re.compile(
    rb"<\?xml(?:[ \t\r\n]++(?:version|encoding|standalone)[ \t\r\n]*+=[ \t\r\n]*+"
    rb"(?:[\"']|\xe2\x80[\x98-\x9f])[A-Za-z0-9_.-]*+(?:[\"']|\xe2\x80[\x98-\x9f])?+)*+[ \t\r\n]*+\??(?:&gt;|>)?[ \t\r\n]*+"
)
#: No contract declares it, and its few possible values are worth seeing. faultstring and detail may quote a secret.
_ALWAYS_PUBLIC: Final = frozenset({"faultcode"})
#: Of a message with more or longer secrets nothing is shown: looking for them everywhere would take too long.
_MOST_SECRETS: Final = 100
_MOST_CHARACTERS: Final = 10_000
#: How a name is taken for a misspelt one: so long at least, and so similar.
_SHORTEST_NAME: Final = 4
_NEAR: Final = 0.7
_ANYTHING: Final = re.compile(rb"")


class Masked(NamedTuple):
    """A message's bytes with the spans that must not be shown, in order and without overlap.

    ``values`` are the secrets that stand in it, of five characters and more, and their parts around ``:`` and ``;``, in
    lower case, the longest first.
    """

    data: bytes
    spans: list[tuple[int, int]]
    values: tuple[str, ...]
    telltale: re.Pattern[bytes]

    def clean(self, text: str) -> str:
        """A piece of the message for a sentence: nothing of it when it is a part of a secret or seems to name one."""
        if touches(text, self.values) or self.telltale.search(text.encode("utf-8", "replace")):
            return MASK
        return self.without_secrets(text)

    def without_secrets(self, text: str) -> str:
        """``text`` with every secret value in it masked, in whatever case."""
        return without(text, self.values)

    def visible(self, start: int, end: int) -> bool:
        """Whether nothing between two byte offsets is masked."""
        return not any(True for _ in self._between(start, end))

    def excerpt(self, first: int, last: int, at: int) -> tuple[str, int]:
        """The masked text from ``first`` to ``last``, cut to a width around ``at``, and where ``at`` falls in it."""
        first, last = max(first, at - _REACH), min(last, at + _REACH)
        parts: list[str] = []
        caret, here = 0, first
        for start, end in (*self._between(first, last), (last, last)):
            if here <= at <= start:
                caret = sum(map(len, parts)) + len(self._text(here, at))
            parts.append(self._text(here, start))
            if start < end:
                if start <= at < end:
                    caret = sum(map(len, parts))
                parts.append(MASK)
            here = end
        return _cut("".join(parts), caret)

    def _between(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        """The masked spans that reach into a range of bytes, in order."""
        for start, end in islice(self.spans, max(0, bisect(self.spans, (first, 0)) - 1), None):
            if start >= last:
                return
            if end > first:
                yield start, end

    def _text(self, start: int, end: int) -> str:
        return self.data[start:end].decode("utf-8", "replace")


def masked(
    data: bytes,
    *,
    public: frozenset[str],
    secrets: frozenset[str],
    also: tuple[str, ...] = (),
    vocabulary: str = "",
) -> Masked:
    """Which parts of ``data``, a message as UTF-8 that may not parse, must not be shown.

    ``public`` and ``secrets`` are local names of elements, recognised in any case. ``also`` are secrets known from
    elsewhere, in lower case. A secret that is a word of the contracts' own ``vocabulary``, in lower case, is only
    hidden where it stands: anywhere else it may be the contract's.
    """
    shown_names, hidden_names, telltale = _names(public, secrets)
    marks, others = _Marks(data, telltale, hidden_names), _others(vocabulary, hidden_names)
    here, shown, open_name, since = 0, False, b"", 0
    for token in _TOKEN.finditer(data):
        start = token.start()
        if start < here:
            continue
        if start > here and not data[here:start].isspace():
            marks.text(here, start, shown=shown)
        here = token.end()
        close, name, attributes, empty, _ = token.groups()
        if name is None:
            marks.inside(token, shown=shown)
            continue
        local = name.rpartition(b":")[2].lower() if close is None or shown else b""
        if shown and not (close is not None and local == open_name):
            marks.doubt(since, secret=local in hidden_names)
        shown = close is None and empty is None and local in shown_names
        if shown:
            open_name, since = local, marks.count()
        if close is None and attributes and not _NAMESPACES_ONLY.fullmatch(attributes):
            marks.attributes(token)
        if close is None and empty is None and not shown and local not in others and _is_secret(local, hidden_names):
            end = _end_of(data, here, local)
            marks.secret(here, end)
            here = end
    marks.text(here, len(data), shown=False)
    if shown:
        marks.doubt(since, secret=False)
    return marks.masked(also, vocabulary)


class _Marks:
    """What has been found to be hidden, and what was found public, to be looked at again once all secrets are known."""

    def __init__(self, data: bytes, telltale: re.Pattern[bytes], hidden_names: frozenset[bytes]) -> None:
        self._data = data
        self._telltale = telltale
        self._hidden_names = hidden_names
        self._spans: list[tuple[int, int]] = []
        self._public: list[tuple[int, int]] = []
        self._secrets: list[bytes] = []

    def secret(self, start: int, end: int) -> None:
        """A secret field's content."""
        self._spans.append((start, end))
        self._secrets.append(self._data[start:end])

    def count(self) -> int:
        """How many spans have been found public."""
        return len(self._public)

    def doubt(self, since: int, *, secret: bool) -> None:
        """An element has not ended as it began, so nothing that was public ``since`` then is.

        ``secret`` says that a secret element's end tag ended it.
        """
        doubtful, self._public[since:] = self._public[since:], []
        self._spans.extend(doubtful)
        self._secrets.extend(self._data[slice(*span)] for span in doubtful if secret)

    def text(self, start: int, end: int, *, shown: bool) -> None:
        """Text between tags."""
        text = self._data[start:end]
        bare = text.strip(b" \t\r\n")
        if bare:
            first = start + text.index(bare)
            open_ = shown and b"<" not in bare and not self._telltale.search(bare)
            (self._public if open_ else self._spans).append((first, first + len(bare)))

    def inside(self, token: re.Match[bytes], *, shown: bool) -> None:
        """A comment, a CDATA section or a processing instruction; the XML declaration looks like one."""
        text, cdata = token[0], token["cdata"]
        if cdata is None and _XML_DECLARATION.fullmatch(text):
            return
        opening, closing = (9, b"]]>") if cdata is not None else (4, b"-->") if text.startswith(b"<!--") else (2, b"?>")
        # Without its end it may have swallowed anything.
        ends, first = text.endswith(closing), token.start() + opening
        span = (first, max(first, token.end() - len(closing) * ends))
        open_ = shown and cdata is not None and ends and not self._telltale.search(cdata)
        (self._public if open_ else self._spans).append(span)

    def attributes(self, token: re.Match[bytes]) -> None:
        """Every attribute's value but the open ones', and all of what is no clean list of attributes."""
        text, base = token["attributes"], token.start("attributes")
        of_secret = token["name"].rpartition(b":")[2].lower() in self._hidden_names
        if not _CLEAN_ATTRIBUTES.fullmatch(text):
            self._spans.append((base, base + len(text)))
            return
        for attribute in _ATTRIBUTE.finditer(text):
            group = 2 if attribute[2] is not None else 3
            span = (base + attribute.start(group), base + attribute.end(group))
            open_ = _OPEN_ATTRIBUTE.fullmatch(attribute[1] + b"='" + attribute[group] + b"'")
            if attribute[1].rpartition(b":")[2].lower() in self._hidden_names or (of_secret and not open_):
                self.secret(*span)
            elif not open_:
                self._spans.append(span)

    def masked(self, also: tuple[str, ...], vocabulary: str) -> Masked:
        """All of it together, and wherever else a secret stands."""
        found = {value for raw in self._secrets for value in values_in(raw)}
        ordered = sorted({value for value in found if value not in vocabulary}.union(also), key=len, reverse=True)
        values = tuple(ordered[:_MOST_SECRETS])
        if len(ordered) > _MOST_SECRETS or sum(map(len, values)) > _MOST_CHARACTERS:
            return Masked(self._data, [(0, len(self._data))], values, _ANYTHING)
        spans = [*self._spans, *(span for span in self._public if touches(plain(self._data[slice(*span)]), values))]
        spans.extend(places_of(values, self._data))
        return Masked(self._data, _merged(spans), values, self._telltale)


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        elif start < end:
            merged.append((start, end))
    return merged


@cache
def _names(
    public: frozenset[str], secrets: frozenset[str]
) -> tuple[frozenset[bytes], frozenset[bytes], re.Pattern[bytes]]:
    """The public and the secret names in lower case; a pattern that finds any secret name in text."""
    anywhere = "|".join(map(re.escape, sorted(secrets))).encode() or rb"(?!)"
    shown, hidden = (frozenset(name.lower().encode() for name in names) for names in (public | _ALWAYS_PUBLIC, secrets))
    return shown, hidden, re.compile(anywhere, re.IGNORECASE)


def names_secret(name: str, secrets: frozenset[str], vocabulary: str) -> bool:
    """Whether an element called ``name`` is one of ``secrets``, or was meant so; no name of the contracts' is."""
    hidden = _names(frozenset(), secrets)[1]
    lowered = name.lower().encode("utf-8", "replace")
    return lowered not in _others(vocabulary, hidden) and _is_secret(lowered, hidden)


@cache
def _others(vocabulary: str, hidden_names: frozenset[bytes]) -> frozenset[bytes]:
    """The names that the contracts give to what is no secret, such as ``session`` around a secret."""
    return frozenset(vocabulary.encode().split()) - hidden_names


@lru_cache(maxsize=1024)
def _is_secret(name: bytes, hidden_names: frozenset[bytes]) -> bool:
    """Whether an element called so is a secret field, or by its name was meant to be one: ``Passwd``, ``User``."""
    if len(name) < _SHORTEST_NAME or name in hidden_names:
        return name in hidden_names
    if any(known.startswith(name) or name.startswith(known) for known in hidden_names):
        return True
    words = [known.decode() for known in hidden_names]
    return bool(get_close_matches(name.decode("utf-8", "replace"), words, n=1, cutoff=_NEAR))


def _end_of(data: bytes, start: int, name: bytes) -> int:
    """Where the end tag of the element called ``name`` is, whose content begins at ``start``; else the end of all."""
    depth = 1
    for token in _TOKEN.finditer(data, start):
        if token["name"] is None or token["name"].rpartition(b":")[2].lower() != name:
            continue
        depth += -1 if token["close"] else token["empty"] is None
        if not depth:
            return token.start()
    return len(data)


def _cut(text: str, caret: int) -> tuple[str, int]:
    text = text.replace("\t", " ")
    if len(text) <= _WIDTH:
        return text, caret
    first = max(0, min(caret - _WIDTH // 3, len(text) - _WIDTH))
    left, right = ("..." if first else ""), ("..." if first + _WIDTH < len(text) else "")
    return left + text[first : first + _WIDTH] + right, caret - first + len(left)
