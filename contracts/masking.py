"""Secrets out of text.

What may be shown is decided by what is known to be public, not by what is known to be secret: the content of an element
is shown only when the contracts declare its name as a field that is not secret. So a misspelt ``<Passwd>``, an
``<item>`` of key and value, a multi-reference or a comment shows nothing. Inside a secret element everything is masked
up to its own end tag, or to the end of the text, whether or not the message parses.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

MASK: Final = "***"
_WIDTH: Final = 110
_TOKEN: Final = re.compile(
    rb"<!--.*?(?:-->|\Z)|<!\[CDATA\[(?P<cdata>.*?)(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)"
    rb"|<(?P<close>/)?(?P<name>[A-Za-z_\x80-\xff][^ \t\r\n<>/=\"'&]*)"
    rb"(?P<attributes>(?:[ \t\r\n]++(?:[^<>\"'/]++|/(?!>)|\"[^\"]*+\"|'[^']*+')*+)?)(?P<empty>/)?>",
    re.DOTALL,
)
_ATTRIBUTE: Final = re.compile(rb"([^ \t\r\n=<>\"']+)[ \t\r\n]*=[ \t\r\n]*(?:\"([^\"]*)\"|'([^']*)')")
_OPEN_ATTRIBUTES: Final = re.compile(rb"xmlns(?::.*)?|[^:]+:(?:type|nil|mustUnderstand|encodingStyle|schemaLocation)")
#: What stands in fault elements and around payloads is public; HTTP and XML noise never comes here.
_ALWAYS_PUBLIC: Final = frozenset({"faultcode"})


class Masked(NamedTuple):
    """A message's bytes with the spans that must not be shown, in order and without overlap."""

    data: bytes
    spans: list[tuple[int, int]]

    def visible(self, start: int, end: int) -> bool:
        """Whether nothing between two byte offsets is masked."""
        return not any(first < end and start < last for first, last in self.spans)

    def excerpt(self, first: int, last: int, at: int) -> tuple[str, int]:
        """The masked text from ``first`` to ``last``, cut to a terminal's width around ``at``, and where ``at`` falls in it."""
        parts: list[str] = []
        caret, here = 0, first
        for start, end in (*self.spans, (last, last)):
            if end < first or start > last or end < here:
                continue
            text = self.data[here : max(here, start)].decode("utf-8", "replace")
            if here <= at <= max(here, start):
                caret = len("".join(parts)) + len(self.data[here:at].decode("utf-8", "replace"))
            parts.append(text)
            if start >= last:
                break
            if start <= at < end:
                caret = len("".join(parts))
            parts.append(MASK)
            here = min(end, last)
        return _cut("".join(parts), caret)


def masked(data: bytes, *, public: frozenset[str], secrets: frozenset[str]) -> Masked:
    """Which parts of ``data``, a message as UTF-8 that may not parse, must not be shown.

    ``public`` and ``secrets`` are local names of elements; secret ones are recognised in any case.
    """
    spans: list[tuple[int, int]] = []
    closed = frozenset(name.lower() for name in secrets)
    telltale = re.compile("|".join(map(re.escape, sorted(closed))).encode() or rb"(?!)", re.IGNORECASE)
    here, shown = 0, False
    while (token := _TOKEN.search(data, here)) is not None:
        _mask_text(spans, data, here, token.start(), telltale, shown=shown)
        here = token.end()
        name = (token["name"] or b"").rpartition(b":")[2].decode("utf-8", "replace")
        if token["name"] is None:
            if not (shown and token["cdata"] is not None and not telltale.search(token["cdata"])) and token[0][:5] != b"<?xml":
                spans.append(_inside(token))
            continue
        _mask_attributes(spans, token, closed)
        shown = not token["close"] and not token["empty"] and (name in public or name in _ALWAYS_PUBLIC)
        if name.lower() in closed and not token["close"] and not token["empty"]:
            end = _end_of(data, here, name)
            spans.append((here, end))
            here = end
    _mask_text(spans, data, here, len(data), telltale, shown=shown)
    return Masked(data, [span for span in spans if span[0] < span[1]])


def mask_values(text: str, values: frozenset[str]) -> str:
    """``text`` without any of the ``values``: the last guard of a sentence that was made to quote none."""
    for value in sorted(values, key=len, reverse=True):
        text = text.replace(value, MASK)
    return text


def _end_of(data: bytes, start: int, name: str) -> int:
    close = re.compile(rb"</(?:[^<>:/ ]*:)?" + re.escape(name.encode()) + rb"[ \t\r\n]*>", re.IGNORECASE)
    found = close.search(data, start)
    return len(data) if found is None else found.start()


def _mask_text(spans: list[tuple[int, int]], data: bytes, start: int, end: int, telltale: re.Pattern[bytes], *, shown: bool) -> None:
    text = data[start:end]
    if text.strip(b" \t\r\n") and (not shown or telltale.search(text) or b"<" in text):
        left = len(text) - len(text.lstrip(b" \t\r\n"))
        right = len(text) - len(text.rstrip(b" \t\r\n"))
        spans.append((start + left, end - right))


def _inside(token: re.Match[bytes]) -> tuple[int, int]:
    opening = 9 if token["cdata"] is not None else 4 if token[0][:4] == b"<!--" else 2
    return token.start() + opening, max(token.start() + opening, token.end() - (2 if opening == 2 else 3))


def _mask_attributes(spans: list[tuple[int, int]], token: re.Match[bytes], closed: frozenset[str]) -> None:
    base = token.start("attributes")
    for attribute in _ATTRIBUTE.finditer(token["attributes"]):
        local = attribute[1].rpartition(b":")[2].decode("utf-8", "replace").lower()
        if local in closed or not _OPEN_ATTRIBUTES.fullmatch(attribute[1]):
            group = 2 if attribute[2] is not None else 3
            spans.append((base + attribute.start(group), base + attribute.end(group)))


def _cut(text: str, caret: int) -> tuple[str, int]:
    text = text.replace("\t", " ")
    if len(text) <= _WIDTH:
        return text, caret
    first = max(0, min(caret - _WIDTH // 3, len(text) - _WIDTH))
    left, right = ("..." if first else ""), ("..." if first + _WIDTH < len(text) else "")
    return left + text[first : first + _WIDTH] + right, caret - first + len(left)
