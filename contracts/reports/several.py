"""Several reports of one run: each message is filtered and counted once, and shown by all of them."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from .reporter import Reporter

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from contracts.findings import Verdict

    from .reporter import Stream


class Several(Reporter):
    """Passes everything on to ``reporters``, at least one, which are on the same terms and share one summary.

    Its stream is that of the first. When one of them cannot end, the others still do, and their streams are closed.
    """

    def __init__(self, reporters: Sequence[Reporter]) -> None:
        self._reporters = tuple(reporters)
        super().__init__(reporters[0].stream, reporters[0].terms)
        for reporter in reporters:
            reporter.summary = self.summary

    @property
    def stream(self) -> Stream:
        """What the first report is written to."""
        return self._reporters[0].stream

    @stream.setter
    def stream(self, stream: Stream) -> None:
        """Write the first report to ``stream``."""
        self._reporters[0].stream = stream

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with ExitStack() as stack:
            for reporter in self._reporters:
                stack.callback(reporter.__exit__, kind, error, traceback)

    def begin(self) -> None:
        """Begin each report. When one cannot, all are closed."""
        try:
            for reporter in self._reporters:
                reporter.begin()
        except BaseException as error:
            self.__exit__(type(error), error, error.__traceback__)
            raise

    def show(self, verdict: Verdict, *, failed: bool) -> None:
        """Show one message in each report."""
        for reporter in self._reporters:
            reporter.show(verdict, failed=failed)

    def show_error(self, source: str, message: str) -> None:
        """Show one error in each report."""
        for reporter in self._reporters:
            reporter.show_error(source, message)

    def show_note(self, source: str, message: str) -> None:
        """Show one note in each report."""
        for reporter in self._reporters:
            reporter.show_note(source, message)
