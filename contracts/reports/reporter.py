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

    ``operations`` counts messages by (service, operation, kind), None where a message does not tell; ``not_checked``
    counts messages by rule family; ``unreadable`` counts files; ``client`` is the exit code of the client, if one ran.
    """

    def __init__(self) -> None:
        self.messages = self.failed = self.skipped = self.unreadable = 0
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
            self.findings[finding.severity] += 1
        self.operations[verdict.service, verdict.operation, verdict.kind] += 1
        for family in verdict.not_checked:
            self.not_checked[family] += 1


class Terms(NamedTuple):
    """On which terms messages are reported.

    ``contracts`` maps each service's name to the version of its contract. A finding is left out when ``keeps`` refuses
    its rule, and a message fails by a finding that is at least as bad as ``fail_on``.
    """

    contracts: Mapping[str, str]
    fail_on: Severity = "error"
    keeps: Callable[[str], bool] | None = None


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
        keeps = self.terms.keeps
        if keeps is not None and verdict.findings:
            verdict = verdict._replace(findings=tuple(found for found in verdict.findings if keeps(found.rule)))
        failed = verdict.fails_at(self.terms.fail_on)
        self.summary.count(verdict, failed=failed)
        self.show(verdict, failed=failed)

    def error(self, source: str, message: str) -> None:
        """Report something that could not be read or judged."""
        self.summary.unreadable += 1
        self.show_error(source, message)

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

    def end(self) -> None:
        """Write what stands below the messages."""
        raise NotImplementedError
