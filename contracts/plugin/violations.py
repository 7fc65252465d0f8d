"""A violation as pytest shows it: the report of the messages that fail, in colours where pytest uses them."""

from __future__ import annotations

import io
import os
import traceback
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from contracts.conditions import ConductError
from contracts.errors import SoapContractsError, UnmatchedRequestError
from contracts.policy import operation_of
from contracts.reports import Style, Terms, TextReporter

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

    from contracts.findings import Severity, Verdict

_PLAIN: Final = Style()
_ABOUT: Final = {
    "cassettes": "a request is in no cassette",
    "client": "the client did what it must not do",
    "stub": "the stub itself has failed",
}


class Violation(NamedTuple):
    """Messages that fail, requests that no cassette has, misconduct, and errors of the stub itself: no silence."""

    verdicts: Sequence[Verdict]
    fail_on: Severity
    failures: Sequence[Exception] = ()

    @property
    def headline(self) -> str:
        """All of it in a line."""
        if not self.verdicts:
            return _ABOUT[_place_of(self.failures[0])]
        first, *more = self.verdicts
        rules = dict.fromkeys(
            found.rule for found in first.findings if first._replace(findings=(found,)).fails_at(self.fail_on)
        )
        about = " ".join(
            filter(None, (operation_of(first) or "a message", first.kind if first.kind != "unknown" else ""))
        )
        others = f" (and {len(more)} more of its messages)" if more else ""
        return f"{about} breaks its contract: {', '.join(rules)}{others}"

    def report(self, style: Style = _PLAIN) -> str:
        """The headline, and below it what is wrong and where."""
        stream = io.StringIO()
        reporter = TextReporter(stream, Terms({}, self.fail_on), style=style)
        for verdict in self.verdicts:
            reporter.verdict(verdict)
        for failure in self.failures:
            reporter.error(_place_of(failure), _told(failure))
        return f"{self.headline}\n\n{stream.getvalue().rstrip()}"


class _Crash(NamedTuple):
    """Where pytest says that it happened, in one line."""

    path: str
    lineno: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.lineno}: {self.message}"


class Shown:
    """What stands in pytest's report where otherwise the traceback does; the attributes are those that pytest reads."""

    def __init__(self, violation: Violation, item: pytest.Item) -> None:
        self._violation = violation
        path, line, _ = item.location
        self.reprcrash = _Crash(path, (line or 0) + 1, violation.headline)

    def __str__(self) -> str:
        return self._violation.report()

    def toterminal(self, tw: Any) -> None:
        """Write it to pytest's terminal writer."""
        style = Style(colours=True, width=tw.fullwidth) if tw.hasmarkup else _PLAIN
        tw.line(self._violation.report(style))


def _place_of(failure: Exception) -> str:
    if isinstance(failure, UnmatchedRequestError):
        return "cassettes"
    return "client" if isinstance(failure, ConductError) else "stub"


def _told(failure: Exception) -> str:
    """What went wrong in the stub. Of what is not ours never the text, which may quote a message."""
    if isinstance(failure, SoapContractsError):
        return str(failure)
    *_, last = traceback.extract_tb(failure.__traceback__)
    return f"internal error: {type(failure).__name__} at {os.path.basename(last.filename)}:{last.lineno}"
