"""What reading yields besides messages."""

from __future__ import annotations

from typing import NamedTuple

from contracts.messages import Message


class Unreadable(NamedTuple):
    """What holds no message that can be judged; ``message`` names the line where one is to blame.

    ``source`` is a file, or one entry of an archive: ``capture.har[3]``.
    """

    source: str
    message: str


class Skipped(NamedTuple):
    """An entry of an archive that is no business of any contract, or one half of an entry whose body was not recorded.

    ``index`` is the 0-based number of the entry.
    """

    source: str
    index: int  # type: ignore[assignment] # hides tuple.index, which nobody needs here


Item = Message | Unreadable | Skipped
