"""What every report has in common: which findings count, how many there were, and when the report ends."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from contracts.findings import Kind, Severity, Verdict


class Stream(Protocol):
    """What a report is written to."""

    def write(self, text: str, /) -> object:
        """Take some text."""

    def flush(self) -> object:
        """Pass on what was taken."""

    def close(self) -> object:
        """Take no more."""


class Summary:
    """The counts of a report.

    ``findings`` counts by severity those that count, ``accepted`` the others. ``operations`` counts messages by
    (service, operation, kind), None where a message does not tell; ``not_checked`` counts messages by rule family;
    ``skipped`` counts entries of archives that are no business of any contract; ``unreadable`` counts files;
    ``missing`` counts operations that never came, ``malformed`` what came and was no HTTP, ``unmatched`` requests that
    no cassette has, ``misconduct`` what a client did that a condition forbids, ``unexpected`` what an endpoint did
    otherwise than was expected, ``incomplete`` what kept the whole from being judged; ``client`` is the exit code of
    the client, if one ran.
    """

    def __init__(self) -> None:
        self.messages = self.failed = self.skipped = self.unreadable = self.accepted = 0
        self.missing = self.malformed = self.unmatched = self.misconduct = 0
        self.unexpected = self.incomplete = 0
        self.findings: Counter[Severity] = Counter()
        self.operations: Counter[tuple[str | None, str | None, Kind]] = Counter()
        self.not_checked: Counter[str] = Counter()
        self.client: int | None = None

    @property
    def passed(self) -> int:
        """How many messages did not fail."""
        return self.messages - self.failed

    def count(self, verdict: Verdict, *, failed: bool) -> None:
        """Add one message."""
        self.messages += 1
        self.failed += failed
        for finding in verdict.findings:
            if finding.accepted:
                self.accepted += 1
            else:
                self.findings[finding.severity] += 1
        self.operations[verdict.service, verdict.operation, verdict.kind] += 1
        for family in verdict.not_checked:
            self.not_checked[family] += 1


class Terms(NamedTuple):
    """On which terms messages are reported.

    ``contracts`` maps each service's name to the version of its contract. ``counted`` gives the verdict whose findings
    are those that are wanted, some of them perhaps accepted. A message fails by a finding that is not accepted and at
    least as bad as ``fail_on``.
    """

    contracts: Mapping[str, str]
    fail_on: Severity = "error"
    counted: Callable[[Verdict], Verdict] | None = None


class Reporter:
    """A report that is being written to ``stream``; a context manager, whose end writes the summary.

    The end closes a stream that is ``owned``. An exception leaves the report as far as it got.
    """

    def __init__(self, stream: Stream, terms: Terms, *, owned: bool = False) -> None:
        self.stream = stream
        self.terms = terms
        self.summary = Summary()
        self._owned = owned

    def __enter__(self) -> Self:
        self.begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.end()
                self.stream.flush()
        finally:
            if self._owned:
                self.stream.close()

    def verdict(self, verdict: Verdict) -> None:
        """Report one message."""
        if self.terms.counted is not None:
            verdict = self.terms.counted(verdict)
        failed = verdict.fails_at(self.terms.fail_on)
        self.summary.count(verdict, failed=failed)
        self.show(verdict, failed=failed)

    def error(self, source: str, message: str) -> None:
        """Report something that could not be read or judged."""
        self.summary.unreadable += 1
        self.show_error(source, message)

    def missing(self, operation: str) -> None:
        """Report that no request of ``service/operation`` came, although one was expected."""
        self.summary.missing += 1
        self.show_error(operation, "expected, but no request of this operation came")

    def malformed(self, source: str, message: str) -> None:
        """Report that something came which was no HTTP, and so no message."""
        self.summary.malformed += 1
        self.show_error(source, message)

    def unmatched(self, source: str, message: str) -> None:
        """Report that a request came which is in none of the cassettes that are replayed."""
        self.summary.unmatched += 1
        self.show_error(source, message)

    def misconduct(self, source: str, message: str) -> None:
        """Report that the client did what a condition forbids, although each of its messages may be right."""
        self.summary.misconduct += 1
        self.show_error(source, message)

    def unexpected(self, source: str, message: str) -> None:
        """Report that an endpoint did otherwise than was expected of it, although each of its answers may be right."""
        self.summary.unexpected += 1
        self.show_error(source, message)

    def incomplete(self, source: str, message: str) -> None:
        """Report that what was judged is not the whole, or is nothing: what passes then proves little."""
        self.summary.incomplete += 1
        self.show_error(source, message)

    def note(self, source: str, message: str) -> None:
        """Report something about the settings in ``source``, which fails nothing."""
        self.show_note(source, message)

    def skipped(self, count: int = 1) -> None:
        """Report that ``count`` entries of an archive are no business of any contract."""
        self.summary.skipped += count

    def client(self, exit_code: int) -> None:
        """Report how the client that was run ended."""
        self.summary.client = exit_code

    def begin(self) -> None:
        """Write what stands above the messages."""

    def show(self, verdict: Verdict, *, failed: bool) -> None:
        """Write one message."""
        raise NotImplementedError

    def show_error(self, source: str, message: str) -> None:
        """Write, or keep for the end, one error."""
        raise NotImplementedError

    def show_note(self, source: str, message: str) -> None:
        """Write, or keep for the end, one note."""
        raise NotImplementedError

    def end(self) -> None:
        """Write what stands below the messages."""
        raise NotImplementedError
