"""A report as one JSON object, in the form that ``version`` numbers; a message a line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from contracts.version import VERSION

from .reporter import Reporter, Summary

if TYPE_CHECKING:
    from contracts.findings import Finding, Verdict

_FORM: Final = 1


class JsonReporter(Reporter):
    """Writes each message at once. Errors stand below the messages and are kept until then."""

    def begin(self) -> None:
        """Open the object and its messages."""
        self._separator = "\n"
        self._errors: list[str] = []
        self._notes: list[str] = []
        head = {"version": _FORM, "tool": VERSION, "contracts": dict(self.terms.contracts)}
        self.stream.write(f'{json.dumps(head)[:-1]},\n"messages": [')

    def show(self, verdict: Verdict, *, failed: bool) -> None:
        """Write one message."""
        self.stream.write(self._separator + json.dumps(_message(verdict, failed=failed)))
        self._separator = ",\n"

    def show_error(self, source: str, message: str) -> None:
        """Keep the error for the end."""
        self._errors.append(json.dumps({"source": source, "message": message}))

    def show_note(self, source: str, message: str) -> None:
        """Keep the note for the end."""
        self._notes.append(json.dumps({"source": source, "message": message}))

    def end(self) -> None:
        """Write the errors, the notes, the client's exit code and the counts, and close the object."""
        self.stream.write('\n],\n"errors": [' + ",\n".join(self._errors) + "]")
        self.stream.write(',\n"notes": [' + ",\n".join(self._notes) + "]")
        if self.summary.client is not None:
            self.stream.write(',\n"client": ' + json.dumps({"exit_code": self.summary.client}))
        self.stream.write(',\n"summary": ' + json.dumps(counts(self.summary)) + "}\n")


def _message(verdict: Verdict, *, failed: bool) -> dict[str, Any]:
    return {
        "source": verdict.source,
        "index": verdict.index,
        "service": verdict.service,
        "operation": verdict.operation,
        "kind": verdict.kind,
        "verdict": "fail" if failed else "pass",
        "not_checked": verdict.not_checked,
        "findings": [_finding(finding) for finding in verdict.findings],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    found = finding._asdict()
    del found["excerpt"]
    if not finding.accepted:
        del found["accepted"]
    return found


def counts(summary: Summary) -> dict[str, int]:
    """The counts of messages and findings, by the names that they have in a report."""
    return {
        "messages": summary.messages,
        "passed": summary.passed,
        "failed": summary.failed,
        "skipped": summary.skipped,
        "unreadable": summary.unreadable,
        "missing": summary.missing,
        "malformed": summary.malformed,
        "unmatched": summary.unmatched,
        "misconduct": summary.misconduct,
        "unexpected": summary.unexpected,
        "incomplete": summary.incomplete,
        "errors": summary.findings["error"],
        "warnings": summary.findings["warning"],
        "infos": summary.findings["info"],
        "accepted": summary.accepted,
    }
