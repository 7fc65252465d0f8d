"""A progress bar on standard error, in a module of its own because tqdm is slow to load."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final, NoReturn

from tqdm import tqdm

from contracts.reports import width_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.readers import Item
    from contracts.reports import Reporter
    from contracts.reports.reporter import Stream

_ROWS: Final = 20


def shown(items: Iterator[Item], reporter: Reporter, done: int) -> Iterator[Item]:
    """``items``, counted by a bar below whatever ``reporter`` writes; ``done`` came before."""
    stream = reporter.stream
    # Left to itself, tqdm shows nothing on a terminal that does not tell its size.
    width = width_of(sys.stderr)
    with tqdm(initial=done, unit=" messages", file=sys.stderr, leave=False, ncols=width, nrows=_ROWS) as bar:
        reporter.stream = _AboveBar(stream, bar)
        try:
            for item in items:
                yield item
                bar.update()
        finally:
            reporter.stream = stream


class _AboveBar:
    """A stream whose text takes the place of the bar, which comes back below it."""

    def __init__(self, stream: Stream, bar: tqdm[NoReturn]) -> None:
        self._stream = stream
        self._bar = bar

    def write(self, text: str) -> None:
        self._bar.clear()
        self._stream.write(text)

    def flush(self) -> None:
        self._stream.flush()

    def close(self) -> None:
        self._stream.close()
