"""YAML's events -> plain values: texts, numbers, binary data, lists and mappings, and nothing else.

No tag makes an object, an alias costs what it repeats, depth and size have limits.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import yaml

from contracts.errors import ReadError

from .bodies import from_base64
from .nodes import Node, Twice

if TYPE_CHECKING:
    from collections.abc import Iterator

#: What a document may weigh: 1 for each value in it, and 1 for each 64 characters of a text. What an alias repeats
#: counts again, so that a bomb does not go off; vcrpy itself writes none.
MAX_WEIGHT: Final = 4_000_000
#: A cassette nests seven deep, and PyYAML's time grows with the square of the depth.
MAX_DEPTH: Final = 64

#: The loader in C is many times as fast as that in Python; only its parser is used.
_Loader: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
#: The stubs do not know that every event has marks, and most a tag and an anchor.
Event = Any

_CORE: Final = "tag:yaml.org,2002:"
_BINARY: Final = f"{_CORE}binary"
_NULL: Final = f"{_CORE}null"
_PLAIN: Final = (
    "str",
    "int",
    "float",
    "bool",
    "timestamp",
    "map",
    "seq",
    "python/str",
    "python/unicode",
    "python/tuple",
)
#: How vcrpy writes a body that was a file, or was handed over in parts: the tag, and the key of a list that begins with
#: what it held. They are taken for those bytes; nothing is called, and no object is made.
_BODIES: Final = {
    f"{_CORE}python/object/new:_io.BytesIO": "state",
    f"{_CORE}python/object/apply:builtins.iter": "args",
}
#: Tags that name plain values. Cassettes of Python 2 have python/unicode and python/str on texts.
_TAGS: Final = frozenset({None, "!", _BINARY, _NULL, *(_CORE + name for name in _PLAIN)})
_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
_NUMBER: Final = re.compile(r"-?[0-9]{1,18}")


class Values:
    """The values of one document, made one after the other. Raises yaml.YAMLError and ReadError, both with the line."""

    def __init__(self, data: bytes) -> None:
        self._events: Iterator[Event] = yaml.parse(data, Loader=_Loader)
        self._weight = 0
        self._anchors: dict[str, tuple[object, int]] = {}
        self._problem: ReadError | None = None

    def root(self) -> Event:
        """The event that begins the document's value."""
        self.next()
        if not isinstance(self.next(), yaml.DocumentStartEvent):
            raise ReadError("line 1: there is nothing in it")
        return self.next()

    def finish(self) -> None:
        """See that the document, whose value has been read, is the only one."""
        self.next()
        event = self.next()
        if not isinstance(event, yaml.StreamEndEvent):
            raise ReadError(f"line {line_of(event)}: a second YAML document begins here")

    def next(self) -> Event:
        """The next event."""
        return next(self._events)

    def problem(self) -> ReadError | None:
        """The first thing since the last call that no plain value can be made of, None without one."""
        problem, self._problem = self._problem, None
        return problem

    def value(self, event: Event, depth: int = 0) -> object:
        """The value that begins with ``event``."""
        if isinstance(event, yaml.AliasEvent):
            return self._repeated(event)
        body = _BODIES.get(event.tag or "") if isinstance(event, yaml.MappingStartEvent) else None
        if event.tag not in _TAGS and body is None:
            self._refuse(
                event,
                "a tag such as !!python/object would make an object, and is refused: record the body as text or bytes",
            )
        weight = self._weight
        if isinstance(event, yaml.ScalarEvent):
            self._weigh(1 + len(event.value) // 64)
            found = self._scalar(event)
        elif depth >= MAX_DEPTH:
            raise ReadError(f"line {line_of(event)}: what begins here nests deeper than {MAX_DEPTH}")
        else:
            self._weigh(1)
            found = self._list(depth) if isinstance(event, yaml.SequenceStartEvent) else self._mapping(depth)
            if body is not None:
                found = _bytes_in(found, body)
        if event.anchor is not None:
            self._anchors[event.anchor] = (found, self._weight - weight)
        return found

    def _list(self, depth: int) -> list[object]:
        found: list[object] = []
        while not isinstance(event := self.next(), yaml.SequenceEndEvent):
            found.append(self.value(event, depth + 1))
        return found

    def _mapping(self, depth: int) -> dict[str, object]:
        found: dict[str, object] = {}
        while not isinstance(event := self.next(), yaml.MappingEndEvent):
            name = self.value(event, depth + 1)
            if isinstance(event, yaml.ScalarEvent):
                name = event.value
            value = self.value(self.next(), depth + 1)
            if not isinstance(name, str):
                self._refuse(event, "a key is no text")
            elif name == "<<":
                self._refuse(event, "a merge key is not followed: write out what it stands for")
            else:
                found[name] = Twice() if name in found else value
        return found

    def _scalar(self, event: Event) -> object:
        text: str = event.value
        plain = event.tag is None and event.implicit[0]
        if event.tag == _BINARY:
            try:
                return from_base64(Node(None, ""), text)
            except ReadError as error:
                self._refuse(event, str(error))
        if event.tag == _NULL or (plain and text in _NULLS):
            return None
        return int(text) if plain and _NUMBER.fullmatch(text) else text

    def _repeated(self, event: Event) -> object:
        found = self._anchors.get(event.anchor)
        if found is None:
            self._refuse(event, "an alias repeats what is not there")
            return None
        self._weigh(1 + found[1])
        return found[0]

    def _weigh(self, weight: int) -> None:
        self._weight += weight
        if self._weight > MAX_WEIGHT:
            raise ReadError(f"it holds, or repeats by aliases, more than {MAX_WEIGHT} values")

    def _refuse(self, event: Event, what: str) -> None:
        self._problem = self._problem or ReadError(f"line {line_of(event)}: {what}")


def _bytes_in(found: object, key: str) -> object:
    """The bytes of a body that was no bytes, None where it is not written as vcrpy writes it."""
    held = found.get(key) if isinstance(found, dict) else None
    parts = held[0] if isinstance(held, list) and held else None
    listed = parts if isinstance(parts, list) else [parts]
    plain = [part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part for part in listed]
    joined = [part for part in plain if isinstance(part, bytes)]
    return b"".join(joined) if len(joined) == len(listed) else None


def line_of(event: Event) -> int:
    """The 1-based line on which ``event`` begins."""
    return int(event.start_mark.line) + 1
