"""JSON -> the entries in it: a HAR, or a cassette of vcrpy's json serializer. One entry after the other.

An entry is parsed when its turn comes, so that those before a break in the file are judged, and memory holds the text
and one entry.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from contracts.errors import ReadError

from . import cassettes, har
from .archives import Entry
from .exchanges import Place
from .nodes import Node, Twice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .exchanges import Exchange

#: How many characters may stand outside texts, blanks not counted: what Python makes of them is up to thirty times as
#: large. A HAR of 128 MiB that holds nothing but header fields has some 16 million.
MAX_STRUCTURE: Final = 24 * 1024 * 1024

_TEXT_OR_BLANKS: Final = re.compile(r"\"(?:[^\"\\]++|\\.)*+\"?+|[ \t\r\n]++", re.DOTALL)
_BLANKS: Final = re.compile(r"[ \t\r\n]*+")
_WORDS: Final = {":": "a colon", "}": "a comma or a closing brace", "]": "a comma or a closing bracket"}
_HAR: Final = "log.entries"
_CASSETTE: Final = "interactions"


def entries(data: bytes, source: str) -> Iterator[Entry]:
    """The entries in ``data``, in order. Raises ReadError, with the line, where it breaks or is no archive."""
    try:
        cursor = _Cursor(data.decode(json.detect_encoding(data), "surrogatepass"))
        cursor.check_structure()
        for path, index, line, value in _entries(cursor):
            place, node = Place(source, index, line), Node(value, f"{path}[{index}]")
            yield Entry(place, node, _found(path, node, place))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ReadError(f"line {line}: the text is not in {error.encoding}") from None
    except json.JSONDecodeError as error:
        # The part before the colon; behind it a character of the text may be quoted.
        raise ReadError(f"line {error.lineno}: no JSON: {error.msg.partition(':')[0].lower()}") from None


def _found(path: str, entry: Node, place: Place) -> Exchange | ReadError:
    try:
        return har.exchange_of(entry) if path == _HAR else cassettes.exchange_of(entry)
    except ReadError as error:
        return place.error(error)


def _entries(cursor: _Cursor) -> Iterator[tuple[str, int, int, object]]:
    """Of each entry the list that it stands in, its number, its line and its value. Raises ReadError."""
    found = False
    for name in cursor.members(""):
        if name == _CASSETTE:
            found = True
            yield from cursor.elements(_CASSETTE)
        elif name == "log":
            for inner in cursor.members(name):
                if inner == "entries":
                    found = True
                    yield from cursor.elements(_HAR)
                else:
                    cursor.value()
        else:
            cursor.value()
    cursor.finish()
    if not found:
        raise ReadError("neither a HAR nor a vcrpy cassette: it has neither log.entries nor interactions")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        found.clear()
        for name, value in pairs:
            found[name] = Twice() if name in found else value
    return found


def _integer(digits: str) -> int:
    """A number; one that is too long for any field of an archive, and for Python, becomes -1."""
    return int(digits) if len(digits) < 20 else -1


class _Cursor:
    """A place in a JSON text. Each method moves it behind what it has read; it raises JSONDecodeError and ReadError."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = self._counted = 0
        self._line = 1
        self._decoder = json.JSONDecoder(object_pairs_hook=_object, parse_int=_integer)

    def check_structure(self) -> None:
        """Refuse a text of which Python would make too much."""
        if len(self._text) > MAX_STRUCTURE and len(_TEXT_OR_BLANKS.sub("", self._text)) > MAX_STRUCTURE:
            raise ReadError(f"more than {MAX_STRUCTURE} characters of it are no texts but brackets, commas and numbers")

    def value(self) -> object:
        """The value here."""
        self._skip_blanks()
        try:
            found, self._at = self._decoder.raw_decode(self._text, self._at)
        except RecursionError:
            raise ReadError(f"line {self.line()}: what begins here nests too deep") from None
        return found

    def members(self, path: str) -> Iterator[str]:
        """The names in the object here; whoever asks for the next one has read the value of the last."""
        if not self._took("{"):
            raise self._misfit(path, "an object")
        if self._took("}"):
            return
        while True:
            self._skip_blanks()
            if not self._text.startswith('"', self._at):
                raise json.JSONDecodeError("Expecting a name in double quotes", self._text, self._at)
            name = str(self.value())
            self._expect(":")
            yield name
            if not self._took(","):
                self._expect("}")
                return

    def elements(self, path: str) -> Iterator[tuple[str, int, int, object]]:
        """``path`` and, of each element in the list here, its number, its line and its value."""
        if not self._took("["):
            raise self._misfit(path, "a list")
        if self._took("]"):
            return
        number = 0
        while True:
            self._skip_blanks()
            line = self.line()
            yield path, number, line, self.value()
            number += 1
            if not self._took(","):
                self._expect("]")
                return

    def finish(self) -> None:
        """See that nothing follows."""
        self._skip_blanks()
        if self._at < len(self._text):
            raise json.JSONDecodeError("Extra data", self._text, self._at)

    def line(self) -> int:
        """The 1-based line of this place; counted on from the place that was asked for last."""
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line

    def _misfit(self, path: str, wanted: str) -> ReadError:
        line = self.line()
        return ReadError(f"line {line}: {Node(self.value(), path).misfit(wanted)}")

    def _took(self, char: str) -> bool:
        self._skip_blanks()
        took = self._text.startswith(char, self._at)
        self._at += took
        return took

    def _expect(self, char: str) -> None:
        if not self._took(char):
            raise json.JSONDecodeError(f"Expecting {_WORDS[char]}", self._text, self._at)

    def _skip_blanks(self) -> None:
        found = _BLANKS.match(self._text, self._at)
        self._at = found.end() if found else self._at
