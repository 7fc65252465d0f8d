"""Secrets out of text.

What may be shown is decided by what is known to be public, not by what is known to be secret: the content of an element
is shown only when the contracts declare its name as a field that is not secret. So a misspelt ``<Passwd>``, an
``<item>`` of key and value, a multi-reference or a comment shows nothing. Inside a secret element everything is masked
up to its own end tag, or to the end of the text, whether or not the message parses.
"""

from __future__ import annotations

import re
from bisect import bisect
from functools import cache, lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

MASK: Final = "***"
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
_OPEN_ATTRIBUTES: Final = re.compile(rb"xmlns(?::.*)?|[^:]+:(?:type|nil|mustUnderstand|encodingStyle|schemaLocation)")
#: What stands in fault elements and around payloads is public; HTTP and XML noise never comes here.
_ALWAYS_PUBLIC: Final = frozenset({"faultcode"})


class Masked(NamedTuple):
    """A message's bytes with the spans that must not be shown, in order and without overlap."""

    data: bytes
    spans: list[tuple[int, int]]

    def visible(self, start: int, end: int) -> bool:
        """Whether nothing between two byte offsets is masked."""
        return not any(True for _ in self._between(start, end))

    def excerpt(self, first: int, last: int, at: int) -> tuple[str, int]:
        """The masked text from ``first`` to ``last``, cut to a terminal's width around ``at``, and where ``at`` falls in it."""
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


def masked(data: bytes, *, public: frozenset[str], secrets: frozenset[str]) -> Masked:
    """Which parts of ``data``, a message as UTF-8 that may not parse, must not be shown.

    ``public`` and ``secrets`` are local names of elements; secret ones are recognised in any case.
    """
    shown_names, hidden_names, telltale = _names(public, secrets)
    spans: list[tuple[int, int]] = []
    here, shown = 0, False
    for token in _TOKEN.finditer(data):
        start = token.start()
        if start < here:
            continue
        if start > here and not data[here:start].isspace():
            _mask_text(spans, data, here, start, telltale, shown=shown)
        here = token.end()
        close, name, attributes, empty, _ = token.groups()
        if name is None:
            _mask_inside(spans, token, telltale, shown=shown)
        elif close is not None:
            shown = False
        else:
            local = name.rpartition(b":")[2]
            if attributes and not _NAMESPACES_ONLY.fullmatch(attributes):
                _mask_attributes(spans, token, hidden_names)
            shown = empty is None and local in shown_names
            if not shown and empty is None and local.lower() in hidden_names:
                end = _end_of(data, here, local)
                spans.append((here, end))
                here = end
    _mask_text(spans, data, here, len(data), telltale, shown=shown)
    return Masked(data, [span for span in spans if span[0] < span[1]])


@cache
def _names(
    public: frozenset[str], secrets: frozenset[str]
) -> tuple[frozenset[bytes], frozenset[bytes], re.Pattern[bytes]]:
    """The public names; the secret ones in lower case; a pattern that finds any secret name in text."""
    anywhere = "|".join(map(re.escape, sorted(secrets))).encode() or rb"(?!)"
    shown = frozenset(name.encode() for name in public | _ALWAYS_PUBLIC)
    hidden = frozenset(name.lower().encode() for name in secrets)
    return shown, hidden, re.compile(anywhere, re.IGNORECASE)


def mask_values(text: str, values: frozenset[str]) -> str:
    """``text`` without any of the ``values``: the last guard of a sentence that was made to quote none."""
    for value in sorted(values, key=len, reverse=True):
        text = text.replace(value, MASK)
    return text


@lru_cache(maxsize=64)
def _closing(name: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"</(?:[^<>:/ ]*:)?" + re.escape(name) + rb"[ \t\r\n]*>", re.IGNORECASE)


def _end_of(data: bytes, start: int, name: bytes) -> int:
    found = _closing(name).search(data, start)
    return len(data) if found is None else found.start()


def _mask_text(
    spans: list[tuple[int, int]], data: bytes, start: int, end: int, telltale: re.Pattern[bytes], *, shown: bool
) -> None:
    text = data[start:end]
    bare = text.strip(b" \t\r\n")
    if bare and (not shown or b"<" in bare or telltale.search(bare)):
        first = start + text.index(bare)
        spans.append((first, first + len(bare)))


def _mask_inside(
    spans: list[tuple[int, int]], token: re.Match[bytes], telltale: re.Pattern[bytes], *, shown: bool
) -> None:
    """Mask a comment, a processing instruction (not the XML declaration) or a CDATA section that is not public."""
    text, cdata = token[0], token["cdata"]
    if (text.startswith(b"<?xml") and not telltale.search(text)) or (
        shown and cdata is not None and not telltale.search(cdata)
    ):
        return
    opening, closing = (9, 3) if cdata is not None else (4, 3) if text.startswith(b"<!--") else (2, 2)
    spans.append((token.start() + opening, max(token.start() + opening, token.end() - closing)))


def _mask_attributes(spans: list[tuple[int, int]], token: re.Match[bytes], hidden: frozenset[bytes]) -> None:
    """Mask every attribute's value but those of XML's and SOAP's own, and all of what is not a clean list of attributes."""
    text, base = token["attributes"], token.start("attributes")
    if not _CLEAN_ATTRIBUTES.fullmatch(text):
        spans.append((base, base + len(text)))
        return
    for attribute in _ATTRIBUTE.finditer(text):
        if attribute[1].rpartition(b":")[2].lower() in hidden or not _OPEN_ATTRIBUTES.fullmatch(attribute[1]):
            group = 2 if attribute[2] is not None else 3
            spans.append((base + attribute.start(group), base + attribute.end(group)))


def _cut(text: str, caret: int) -> tuple[str, int]:
    text = text.replace("\t", " ")
    if len(text) <= _WIDTH:
        return text, caret
    first = max(0, min(caret - _WIDTH // 3, len(text) - _WIDTH))
    left, right = ("..." if first else ""), ("..." if first + _WIDTH < len(text) else "")
    return left + text[first : first + _WIDTH] + right, caret - first + len(left)
