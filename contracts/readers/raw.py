"""The bytes of one file, and errors that name a line of it."""

from __future__ import annotations

from typing import Final, NamedTuple

from contracts.errors import ReadError
from contracts.xml import MAX_BYTES

#: The most that is read of a file, in bytes: one body over the limit, so that a rule can say so, and 1 MiB for the
#: header and the framing of chunks.
MAX_READ: Final = MAX_BYTES + 1 + 1024 * 1024


class Raw(NamedTuple):
    """The first ``MAX_READ`` bytes of ``source``, or all of it."""

    data: bytes
    source: str

    def line(self, offset: int) -> int:
        """The 1-based line of the byte at ``offset``."""
        return 1 + self.data.count(b"\n", 0, offset)

    def error(self, offset: int, what: str) -> ReadError:
        """The error at ``offset``. ``what`` quotes nothing of the body, where secrets may stand."""
        return self.error_in_line(self.line(offset), what)

    def error_in_line(self, line: int, what: str) -> ReadError:
        """The error in the 1-based ``line``."""
        return ReadError(f"{self.source}: line {line}: {what}")

    def truncated(self, offset: int, what: str) -> ReadError:
        """The error for data that ends too early, which may be because not all of it was read."""
        if len(self.data) >= MAX_READ:
            return ReadError(f"{self.source}: larger than the {MAX_READ} bytes that are read of a file")
        return self.error(offset, what)
