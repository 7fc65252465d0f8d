"""A file of which nobody knows what it is, read without waiting and without end."""

from __future__ import annotations

import errno
import os
import stat
from typing import Final

#: Without O_NONBLOCK the mere opening of a pipe that nobody writes to would wait for ever.
_OPEN: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)


def read_regular(path: str, limit: int) -> bytes:
    """The first ``limit`` bytes of the file at ``path``. Raises OSError, also for a pipe, a device or a folder."""
    opened = os.open(path, _OPEN)
    try:
        # Before a stream is made of it: that one takes no folder, and reads a device at once.
        if not stat.S_ISREG(os.fstat(opened).st_mode):
            raise OSError(errno.EINVAL, "it is no regular file")
        with open(opened, "rb", closefd=False) as file:
            return file.read(limit)
    finally:
        os.close(opened)
