"""Where things stand in a message: one expat pass, made only when there is something to point at.

lxml's ``sourceline`` is the end of a start tag and it knows no columns, so elements are matched with expat's by order.
"""

from __future__ import annotations

from typing import NamedTuple
from xml.parsers import expat


class Scan(NamedTuple):
    """Byte offsets of start tags and processing instructions; where and why expat stopped (None, 0 at the end)."""

    starts: list[int]
    instructions: list[int]
    stopped: int | None
    code: int


class Spot(NamedTuple):
    """A place: its line and column, 1-based, and the byte offsets of its line's start and end."""

    line: int
    column: int
    first: int
    last: int


class Positions:
    """The places in ``data``, a message as UTF-8. Lines and columns are 1-based; columns count characters."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.scan = _scan(data)

    def start_of(self, number: int) -> int | None:
        """The byte offset of the ``number``-th start tag (0-based, in document order), None when expat never saw it."""
        return self.scan.starts[number] if number < len(self.scan.starts) else None

    def spot(self, offset: int) -> Spot:
        """Where a byte offset stands. CR LF is one line end, and so is CR or LF alone."""
        data = self.data
        first = data.rfind(b"\n", 0, offset) + 1
        line = data.count(b"\n", 0, offset) + 1
        last = data.find(b"\n", offset)
        last = len(data) if last < 0 else last
        if b"\r" in data:
            line += data.count(b"\r", 0, offset) - data.count(b"\r\n", 0, offset)
            first = max(first, data.rfind(b"\r", 0, offset) + 1)
            lone = data.find(b"\r", offset, last)
            last = last if lone < 0 else lone
        return Spot(line, len(data[first:offset].decode("utf-8", "replace")) + 1, first, last)


def _scan(data: bytes) -> Scan:
    parser = expat.ParserCreate("utf-8")
    starts: list[int] = []
    instructions: list[int] = []

    def start(_name: str, _attributes: list[str]) -> None:
        starts.append(parser.CurrentByteIndex)

    def instruction(_target: str, _data: str) -> None:
        instructions.append(parser.CurrentByteIndex)

    parser.ordered_attributes = True
    parser.StartElementHandler = start
    parser.ProcessingInstructionHandler = instruction
    try:
        parser.Parse(data, True)  # noqa: FBT003 - expat takes it by position only
    except expat.ExpatError as error:
        return Scan(starts, instructions, min(max(parser.ErrorByteIndex, 0), len(data)), error.code)
    return Scan(starts, instructions, None, 0)
