"""Secret values: read from where they stand, and found again wherever else they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from .names import BLANKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .messages import Message

MASK: Final = "***"
#: A shorter secret is only hidden where it stands: anywhere else it could be any word.
SHORTEST: Final = 5
#: So many secrets of earlier messages are remembered.
_MOST_REMEMBERED: Final = 50_000
_REFERENCE: Final = re.compile(r"&(?:(lt|gt|amp|quot|apos)|#0*+([0-9]{1,7})|#x0*+([0-9A-Fa-f]{1,6}));")
_PERCENT: Final = re.compile(rb"%(?:25)*([0-9A-Fa-f]{2})")
_PART: Final = re.compile("[^:;]+")
#: A number, or a part of a time.
_NUMBER: Final = re.compile("[0-9.TZ+-]{1,16}")
_HOUR: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2})?")
_ENTITIES: Final = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
_CDATA: Final = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)", re.DOTALL)
_MARKUP: Final = re.compile(r"<!--.*?-->|<\?.*?\?>|<[^<>]*>", re.DOTALL)


def is_number(part: str) -> bool:
    """Whether a part of a secret is a number or a part of a time, as any message has them: no secret by itself."""
    return _NUMBER.fullmatch(part) is not None


def folded(text: str) -> str:
    """``text`` in lower case, character by character, so that every place stays where it is."""
    lowered = text.lower()
    if text.isascii():
        return lowered
    if len(lowered) != len(text) or "ς" in lowered:
        lowered = "".join(low if len(low := char.lower()) == 1 else char for char in text).replace("ς", "\u03c3")
    return lowered


def values_in(raw: bytes) -> Iterator[str]:
    """The secrets that a secret field's raw content holds, folded: the whole, and its parts around ``:`` and ``;``."""
    text = plain(raw)
    yield from _spellings(text)
    if ":" in text or ";" in text:
        for part in _PART.finditer(text):
            # Luminate's session ids have a number in them and end with a time.
            if not is_number(part[0]):
                yield from _spellings(part[0])


def _spellings(text: str) -> Iterator[str]:
    if len(text) >= SHORTEST:
        yield folded(text)
    if not text.isascii():
        # As bytes of a header field it is read as Latin-1.
        latin = text.encode("utf-8", "replace").decode("latin-1")
        if len(latin) >= SHORTEST:
            yield folded(latin)


def plain(raw: bytes) -> str:
    """The text that raw XML content stands for, without its markup and outer blanks."""
    text = raw.decode(errors="replace")
    if "<" not in text and "&" not in text:
        return text.strip(BLANKS)
    pieces = _CDATA.split(text)  # what stands in CDATA is every second piece, and literal
    pieces[::2] = [_REFERENCE.sub(_resolved, _MARKUP.sub("", piece)) for piece in pieces[::2]]
    return "".join(pieces).strip(BLANKS)


def touches(text: str, values: tuple[str, ...]) -> bool:
    """Whether ``text``, also percent-encoded, holds one of ``values`` or is a part of one."""
    bare = folded(text.strip(BLANKS))
    if len(bare) < SHORTEST:
        return False
    if any(bare in value or value in bare for value in values):
        return True
    return "%" in bare and touches(_unescaped(bare), values)


def without(text: str, values: Iterable[str]) -> str:
    """``text`` with each of ``values`` in it masked, in whatever case."""
    lowered = folded(text)
    for value in values:
        at = lowered.find(value)
        while at >= 0:
            text = text[:at] + MASK + text[at + len(value) :]
            lowered = folded(text)
            at = lowered.find(value, at + len(MASK))
    return text


def places_of(values: Iterable[str], data: bytes) -> Iterator[tuple[int, int]]:
    """Where ``values`` stand in ``data``, which is UTF-8 if anything: spans of bytes."""
    text = data.decode("utf-8", "surrogateescape")
    lowered, single = folded(text), len(text) == len(data)
    for value in values:
        at = lowered.find(value)
        while at >= 0:
            end = at + len(value)
            start = at if single else len(text[:at].encode("utf-8", "surrogateescape"))
            yield start, end if single else start + len(text[at:end].encode("utf-8", "surrogateescape"))
            at = lowered.find(value, end)


def _unescaped(text: str) -> str:
    """``text`` with percent-encoding undone; urllib.parse would cost a cold start more than all else here."""
    data = _PERCENT.sub(lambda found: bytes.fromhex(found[1].decode()), text.encode("utf-8", "replace"))
    return data.decode("utf-8", "replace").replace("%", "")


def resolved(text: str) -> str:
    """``text`` with XML's own references and those to characters resolved."""
    return _REFERENCE.sub(_resolved, text)


def _resolved(reference: re.Match[str]) -> str:
    if reference[1]:
        return _ENTITIES[reference[1]]
    number = int(reference[2]) if reference[2] else int(reference[3], 16)
    return chr(number) if number < 0x110000 else ""


class Memory:
    """The secrets of the messages seen so far: one may turn up again in another, in the wrong place.

    ``names`` are local names of secret elements. A value that is a word of ``vocabulary`` is not remembered.
    """

    def __init__(self, names: frozenset[str], vocabulary: str) -> None:
        listed = "|".join(map(re.escape, sorted(names))) or "(?!)"
        self._element = re.compile(
            rf"<(?:[^ \t\r\n<>/:]*:)?(?:{listed})(?:[ \t\r\n][^<>]*)?(?<!/)>(.*?)(?:</|\Z)".encode(),
            re.DOTALL | re.IGNORECASE,
        )
        self._vocabulary = vocabulary
        self._known: dict[str, None] = {}
        #: By their first characters, so that thousands are looked for at the price of one.
        self._starts: dict[str, list[str]] = {}

    def learn(self, data: bytes) -> None:
        """Remember the secrets in a message, which is UTF-8; of too many the oldest are forgotten."""
        for raw in self._element.findall(data):
            for value in values_in(raw):
                self._add(value)

    def learn_text(self, text: str) -> None:
        """Remember a secret, as a field would hold it."""
        for value in values_in(text.replace("&", "&amp;").replace("<", "&lt;").encode("utf-8", "replace")):
            self._add(value)

    def _add(self, value: str) -> None:
        if value in self._known or value in self._vocabulary:
            return
        if len(self._known) >= _MOST_REMEMBERED:
            oldest = next(iter(self._known))
            del self._known[oldest]
            self._starts[oldest[:SHORTEST]].remove(oldest)
            if not self._starts[oldest[:SHORTEST]]:
                del self._starts[oldest[:SHORTEST]]
        self._known[value] = None
        self._starts.setdefault(value[:SHORTEST], []).append(value)

    def within(self, message: Message, data: bytes) -> tuple[str, ...]:
        """Those that stand in ``message``, whose body is ``data`` as UTF-8, or in its head."""
        if not self._known:
            return ()
        url = message.url or ""
        head = [url, _unescaped(url), *(f"{name}: {value}" for name, value in message.headers or ())]
        return self.found("\n".join([data.decode("utf-8", "replace"), *head]))

    def found(self, text: str) -> tuple[str, ...]:
        """Those that stand in ``text``, the longest first."""
        lowered = folded(text)
        starts = self._starts.keys() & {lowered[at : at + SHORTEST] for at in range(len(lowered) - SHORTEST + 1)}
        values = (value for start in starts for value in self._starts[start] if value in lowered)
        return tuple(sorted(values, key=len, reverse=True))
