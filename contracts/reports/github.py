"""A report for GitHub Actions: an annotation a finding, as workflow commands, and the step's summary in Markdown."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from contracts.findings import SEVERITIES

from .reporter import Reporter
from .sarif import file_of, has_lines
from .terminal import escaped
from .text import amount, name_of, noun_of, subject, totals, went_wrong

if TYPE_CHECKING:
    from contracts.findings import Finding, Severity, Verdict

    from .reporter import Stream, Summary, Terms

_LEVELS: Final[dict[Severity, str]] = {"error": "error", "warning": "warning", "info": "notice"}
_TITLE: Final = "soap-contracts"
#: GitHub drops a summary of more than a mebibyte; so many rows of so many characters are far from that.
_ROWS: Final = 50
_CELL: Final = 300
#: GitHub's own escapes. A property ends at a comma, and the properties end at a colon.
_DATA: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY: Final = _DATA | str.maketrans({":": "%3A", ",": "%2C"})


class GithubReporter(Reporter):
    """Writes the findings in each message at once; what is accepted gets no annotation.

    ``summary_path`` is the file to append the step's summary to, None for none; ``workspace`` is the folder that
    GitHub's file names are relative to.
    """

    def __init__(
        self,
        stream: Stream,
        terms: Terms,
        *,
        owned: bool = False,
        summary_path: str | None = None,
        workspace: str | None = None,
    ) -> None:
        super().__init__(stream, terms, owned=owned)
        self._summary_path = summary_path
        self._workspace = workspace
        self._rows: list[str] = []
        self._more = 0

    def show(self, verdict: Verdict, *, failed: bool) -> None:
        """Write the findings in one message."""
        for finding in verdict.findings:
            if not finding.accepted:
                self._annotate_finding(verdict, finding)
                if failed and SEVERITIES.index(finding.severity) <= SEVERITIES.index(self.terms.fail_on):
                    self._keep(name_of(verdict), _place(finding), finding.rule, finding.message)

    def show_error(self, source: str, message: str) -> None:
        """Write one error."""
        self._annotate("error", f"{escaped(source)}: {escaped(message)}", file=self._file(source))
        self._keep(source, "", "", message)

    def show_note(self, source: str, message: str) -> None:
        """Write one note."""
        self._annotate("notice", f"{escaped(source)}: {escaped(message)}", file=self._file(source))

    def end(self) -> None:
        """Write the step's summary and, since GitHub shows ten annotations of a level and no more, the counts."""
        if self.summary.client:
            self._annotate("error", f"the client ended with exit code {self.summary.client}")
        if self._summary_path is not None:
            self._append(self._summary_path)
        self.stream.write(f"{totals(self.summary)}\n")

    def _annotate_finding(self, verdict: Verdict, finding: Finding) -> None:
        level, file = _LEVELS[finding.severity], self._file(verdict.source)
        text = "\n".join(escaped(part) for part in (finding.message, finding.help) if part)
        if finding.line and has_lines(verdict):
            place = {"line": str(finding.line), "col": str(finding.column or "")}
            self._annotate(level, text, file=file, title=finding.rule, **place)
        else:
            place_in_text = ":".join(filter(None, (escaped(name_of(verdict)), _place(finding))))
            self._annotate(level, f"{place_in_text}: {text}", file=file, title=finding.rule)

    def _annotate(self, level: str, text: str, *, file: str = "", title: str = _TITLE, **place: str) -> None:
        given = {"file": file, **place, "title": title}
        properties = ",".join(f"{key}={escaped(value).translate(_PROPERTY)}" for key, value in given.items() if value)
        self.stream.write(f"::{level} {properties}::{text.translate(_DATA)}\n")

    def _file(self, source: str) -> str:
        """The name that GitHub knows ``source`` by; nothing where it is no file."""
        return (file_of(source, self._workspace) or "").replace(os.sep, "/")

    def _keep(self, *cells: str) -> None:
        if len(self._rows) < _ROWS:
            self._rows.append(_row(*map(_literal, cells)))
        else:
            self._more += 1

    def _append(self, path: str) -> None:
        text = "\n".join(["", f"### {_TITLE}: {_outcome(self.summary)}", "", *self._tables(), totals(self.summary), ""])
        try:
            with open(path, "a", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except OSError as error:
            self._annotate("warning", f"the step's summary cannot be written: {error.strerror}")

    def _tables(self) -> list[str]:
        lines = []
        ordered = sorted(self.summary.operations.items(), key=lambda item: tuple(part or "" for part in item[0]))
        if ordered:
            lines += [_row("operation", "kind", "messages"), _row("---", "---", "---:")]
            for (service, operation, kind), count in ordered[:_ROWS]:
                lines.append(_row(_literal(subject(service, operation)), noun_of(kind), str(count)))
            lines += ["", *_rest(len(ordered) - _ROWS)]
        if self._rows:
            lines += [_row("source", "place", "rule", "message"), _row("---", "---", "---", "---"), *self._rows]
            lines += ["", *_rest(self._more)]
        return lines


def _place(finding: Finding) -> str:
    return f"{finding.line}:{finding.column}" if finding.line else ""


def _outcome(summary: Summary) -> str:
    """What came out, in words."""
    wrong = [
        f"{summary.failed} of {amount(summary.messages, 'message')} failed" if summary.failed else "",
        f"{amount(summary.unreadable, 'source')} could not be judged" if summary.unreadable else "",
        f"{amount(summary.missing, 'operation')} never came" if summary.missing else "",
        *went_wrong(summary),
        f"the client ended with exit code {summary.client}" if summary.client else "",
    ]
    passed = f"{amount(summary.messages, 'message')} passed" if summary.messages else "nothing to judge"
    return ", ".join(filter(None, wrong)) or passed


def _rest(count: int) -> list[str]:
    return [f"and {count} more", ""] if count > 0 else []


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _literal(text: str) -> str:
    """``text`` as Markdown that shows it as it stands: no markup, and in code GitHub sees no mentions either."""
    shown = escaped(text)
    shown = shown if len(shown) <= _CELL else f"{shown[: _CELL - 1]}…"
    return f"<code>{''.join(char if char.isalnum() or char == ' ' else f'&#{ord(char)};' for char in shown)}</code>"
