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


class Positions:
    """The places in ``data``, a message as UTF-8. Lines and columns are 1-based; columns count characters."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.scan = _scan(data)

    def start_of(self, number: int) -> int | None:
        """The byte offset of the ``number``-th start tag (0-based, in document order), None when expat never saw it."""
        return self.scan.starts[number] if number < len(self.scan.starts) else None

    def line_and_column(self, offset: int) -> tuple[int, int]:
        """The line and the column of a byte offset. CR LF is one line end, and so is CR or LF alone."""
        before = self.data[:offset]
        lone_returns = before.count(b"\r") - before.count(b"\r\n")
        line = before.count(b"\n") + lone_returns + 1
        return line, len(before[self._line_start(before) :].decode("utf-8", "replace")) + 1

    def line_around(self, offset: int) -> tuple[int, int]:
        """The byte offsets of the first and of one past the last byte of the line in which ``offset`` stands."""
        ends = [end for end in (self.data.find(b"\n", offset), self.data.find(b"\r", offset)) if end >= 0]
        return self._line_start(self.data[:offset]), min(ends, default=len(self.data))

    @staticmethod
    def _line_start(before: bytes) -> int:
        return max(before.rfind(b"\n"), before.rfind(b"\r")) + 1


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
