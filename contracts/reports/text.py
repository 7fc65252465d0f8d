"""A report for people: a line a message, a paragraph a finding, the counts at the end."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from contracts.version import VERSION

from .reporter import Reporter
from .terminal import Style, escaped, fitted, wrapped

if TYPE_CHECKING:
    from contracts.findings import Excerpt, Finding, Kind, Severity, Verdict

    from .reporter import Stream, Terms

_COLOURS: Final[dict[Severity, str]] = {"error": "red", "warning": "yellow", "info": "cyan"}
_PLAIN: Final = Style()
_UNCHECKED: Final = {"http": "http/ (nothing is known of the HTTP part)"}
_INDENT: Final = " " * 4


class TextReporter(Reporter):
    """Writes each message at once; ``quiet`` leaves out those that pass."""

    def __init__(
        self, stream: Stream, terms: Terms, *, owned: bool = False, style: Style = _PLAIN, quiet: bool = False
    ) -> None:
        super().__init__(stream, terms, owned=owned)
        self._style = style
        self._quiet = quiet

    def show(self, verdict: Verdict, *, failed: bool) -> None:
        """Write one message and its findings."""
        if failed or not self._quiet:
            lines = [self._message(verdict, failed=failed)]
            for finding in verdict.findings:
                lines.extend(self._finding(finding))
            self._write(lines)

    def show_error(self, source: str, message: str) -> None:
        """Write one error."""
        self._write([f"{self._style.painted('ERROR', 'red', 'bold')} {escaped(source)}: {escaped(message)}"])

    def show_note(self, source: str, message: str) -> None:
        """Write one note."""
        self._write([f"{self._style.painted('NOTE', 'yellow')} {escaped(source)}: {escaped(message)}"])

    def end(self) -> None:
        """Write the counts, the most telling last."""
        about = [self._operations(), *self._not_checked(), self._contracts()]
        if self.summary.unreadable:
            about.append(f"{_counted(self.summary.unreadable, 'source')} could not be read or judged")
        if self.summary.skipped:
            about.append(f"skipped: {_counted(self.summary.skipped, 'HTTP message')} without an envelope, for another address")
        if self.summary.client is not None:
            about.append(f"the client ended with exit code {self.summary.client}")
        blank = [""] if self.summary.messages or self.summary.unreadable else []
        self._write([*blank, *filter(None, about), self._totals()])

    def _write(self, lines: list[str]) -> None:
        self.stream.write("\n".join(lines) + "\n")

    def _message(self, verdict: Verdict, *, failed: bool) -> str:
        word = self._style.painted("FAIL", "red", "bold") if failed else self._style.painted("PASS", "green")
        place = f"{verdict.source}[{verdict.index}]" if verdict.index else verdict.source
        return f"{word} {_subject(verdict.service, verdict.operation)} {_noun(verdict.kind)}  {escaped(place)}"

    def _finding(self, finding: Finding) -> list[str]:
        paint, colour = self._style.painted, _COLOURS[finding.severity]
        place = f"{finding.line}:{finding.column} " if finding.line else ""
        head = f"  {place}{paint(finding.severity, colour)} {paint(finding.rule, 'bold')}"
        if finding.accepted:
            head = f"  {place}{paint(f'accepted {finding.severity} {finding.rule}', 'dim')}"
            return [head, *self._paragraph("", finding.message), *self._paragraph("why: ", finding.accepted)]
        lines = [head, *self._paragraph("", finding.message)]
        if finding.excerpt is not None:
            lines.extend(self._excerpt(finding.excerpt, finding.line, colour))
        if finding.path:
            lines.extend(self._paragraph("path: ", finding.path))
        if finding.help:
            lines.extend(self._paragraph("help: ", finding.help))
        if finding.reference:
            lines.extend(self._paragraph("see: ", finding.reference))
        return lines

    def _paragraph(self, label: str, text: str) -> list[str]:
        indent = len(_INDENT) + len(label)
        width = None if self._style.width is None else self._style.width - indent
        first, *rest = wrapped(escaped(text), width)
        return [
            f"{_INDENT}{self._style.painted(label, 'dim') if label else ''}{first}",
            *(" " * indent + line for line in rest),
        ]

    def _excerpt(self, excerpt: Excerpt, line: int, colour: str) -> list[str]:
        number = str(line or "")
        gutter = f"{_INDENT}{number} | "
        blank = f"{_INDENT}{' ' * len(number)} | "
        text, column = fitted(excerpt, None if self._style.width is None else self._style.width - len(gutter))
        paint = self._style.painted
        return [f"{paint(gutter, 'dim')}{text}", f"{paint(blank, 'dim')}{' ' * column}{paint('^', colour, 'bold')}"]

    def _operations(self) -> str:
        kinds: defaultdict[str, list[str]] = defaultdict(list)
        ordered = sorted(self.summary.operations.items(), key=lambda item: tuple(part or "" for part in item[0]))
        for (service, operation, kind), count in ordered:
            kinds[_subject(service, operation)].append(_counted(count, _noun(kind)))
        return "; ".join(f"{subject}: {', '.join(counts)}" for subject, counts in kinds.items())

    def _not_checked(self) -> list[str]:
        found = sorted(self.summary.not_checked.items())
        return [
            f"not checked in {_counted(count, 'message')}: {_UNCHECKED.get(family, family)}" for family, count in found
        ]

    def _contracts(self) -> str:
        versions = ", ".join(f"{name} {version}" for name, version in self.terms.contracts.items())
        return f"contracts: {escaped(versions)} (soap-contracts {VERSION})"

    def _totals(self) -> str:
        summary = self.summary
        found = summary.findings
        paint = self._style.painted
        failed = f"{summary.failed} failed"
        counts = f"{_counted(found['error'], 'error')}, {_counted(found['warning'], 'warning')}, {_counted(found['info'], 'info')}"
        if summary.accepted:
            counts = f"{counts}, {summary.accepted} accepted"
        return (
            f"{_counted(summary.messages, 'message')}: {summary.passed} passed, "
            f"{paint(failed, 'red', 'bold') if summary.failed else failed} ({counts})"
        )


def _subject(service: str | None, operation: str | None) -> str:
    return escaped(" ".join(filter(None, (service, operation))) or "unknown service")


def _noun(kind: Kind) -> str:
    return "unknown message" if kind == "unknown" else kind


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
