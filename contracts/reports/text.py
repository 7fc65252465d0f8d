"""A report for people: a line a message, a paragraph a finding, the counts at the end."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from contracts.version import VERSION

from .reporter import Reporter
from .terminal import Style, escaped, fitted, wrapped

if TYPE_CHECKING:
    from contracts.findings import Excerpt, Finding, Kind, Severity, Verdict

    from .reporter import Stream, Summary, Terms

_COLOURS: Final[dict[Severity, str]] = {"error": "red", "warning": "yellow", "info": "cyan"}
_PLAIN: Final = Style()
_UNCHECKED: Final = {"http": "http/ (nothing is known of the HTTP part)"}
_INDENT: Final = " " * 4


class TextReporter(Reporter):
    """Writes each message at once; ``quiet`` leaves out those that pass, and what is accepted."""

    def __init__(
        self, stream: Stream, terms: Terms, *, owned: bool = False, style: Style = _PLAIN, quiet: bool = False
    ) -> None:
        super().__init__(stream, terms, owned=owned)
        self._style = style
        self._quiet = quiet

    def show(self, verdict: Verdict, *, failed: bool) -> None:
        """Write one message and its findings."""
        if self._quiet:
            verdict = verdict._replace(findings=tuple(found for found in verdict.findings if not found.accepted))
        if failed or not self._quiet:
            self._write([message_line(verdict, failed=failed, style=self._style), *finding_lines(verdict, self._style)])

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
            about.append(f"{amount(self.summary.unreadable, 'source')} could not be read or judged")
        if self.summary.missing:
            about.append(f"{amount(self.summary.missing, 'expected operation')} never came")
        about.extend(went_wrong(self.summary))
        if self.summary.skipped:
            about.append(f"skipped: {amount(self.summary.skipped, 'archive entry', 'archive entries')} without SOAP")
        if self.summary.client is not None:
            about.append(f"the client ended with exit code {self.summary.client}")
        blank = [""] if self.summary.messages or self.summary.unreadable else []
        self._write([*blank, *filter(None, about), totals(self.summary, self._style)])

    def _write(self, lines: list[str]) -> None:
        self.stream.write("\n".join(lines) + "\n")

    def _operations(self) -> str:
        kinds: defaultdict[str, list[str]] = defaultdict(list)
        ordered = sorted(self.summary.operations.items(), key=lambda item: tuple(part or "" for part in item[0]))
        for (service, operation, kind), count in ordered:
            kinds[subject(service, operation)].append(amount(count, noun_of(kind)))
        return "; ".join(f"{about}: {', '.join(counts)}" for about, counts in kinds.items())

    def _not_checked(self) -> list[str]:
        found = sorted(self.summary.not_checked.items())
        return [
            f"not checked in {amount(count, 'message')}: {_UNCHECKED.get(family, family)}" for family, count in found
        ]

    def _contracts(self) -> str:
        versions = ", ".join(f"{name} {version}" for name, version in self.terms.contracts.items())
        return f"contracts: {escaped(versions)} (soap-contracts {VERSION})"


def message_line(verdict: Verdict, *, failed: bool, style: Style = _PLAIN) -> str:
    """The line that names a message and says whether it passed."""
    word = style.painted("FAIL", "red", "bold") if failed else style.painted("PASS", "green")
    about = f"{subject(verdict.service, verdict.operation)} {noun_of(verdict.kind)}"
    return f"{word} {about}  {escaped(name_of(verdict))}"


def name_of(verdict: Verdict) -> str:
    """The source of a message and, where that has several, its place in it."""
    return f"{verdict.source}[{verdict.index}]" if verdict.index else verdict.source


def finding_lines(verdict: Verdict, style: Style = _PLAIN) -> list[str]:
    """The lines that tell everything about the findings in a message."""
    return [line for finding in verdict.findings for line in _finding(finding, style)]


def totals(summary: Summary, style: Style = _PLAIN) -> str:
    """The line with the counts of messages and findings."""
    found = summary.findings
    failed = f"{summary.failed} failed"
    counts = (
        f"{amount(found['error'], 'error')}, {amount(found['warning'], 'warning')}, {amount(found['info'], 'info')}"
    )
    if summary.accepted:
        counts = f"{counts}, {summary.accepted} accepted"
    return (
        f"{amount(summary.messages, 'message')}: {summary.passed} passed, "
        f"{style.painted(failed, 'red', 'bold') if summary.failed else failed} ({counts})"
    )


def went_wrong(summary: Summary) -> list[str]:
    """What went wrong in a run, beside the messages and the operations that never came, in words."""
    told = (
        (summary.malformed, f"{amount(summary.malformed, 'request')} came that are no HTTP"),
        (summary.unmatched, f"{amount(summary.unmatched, 'request')} came that no cassette has"),
        (summary.misconduct, f"the client did {amount(summary.misconduct, 'thing')} that it must not do"),
        (summary.unexpected, f"{amount(summary.unexpected, 'answer')} otherwise than expected"),
        (summary.incomplete, "the run is incomplete"),
    )
    return [said for count, said in told if count]


def subject(service: str | None, operation: str | None) -> str:
    """What a message is about, as far as it tells."""
    return escaped(" ".join(filter(None, (service, operation))) or "unknown service")


def noun_of(kind: Kind) -> str:
    """What a message of this kind is called."""
    return "unknown message" if kind == "unknown" else kind


def amount(count: int, noun: str, plural: str = "") -> str:
    """``count`` and ``noun`` in its number."""
    return f"{count} {noun}" if count == 1 else f"{count} {plural or f'{noun}s'}"


def _finding(finding: Finding, style: Style) -> list[str]:
    colour = _COLOURS[finding.severity]
    place = f"{finding.line}:{finding.column} " if finding.line else ""
    head = f"  {place}{style.painted(finding.severity, colour)} {style.painted(finding.rule, 'bold')}"
    if finding.accepted:
        head = f"  {place}{style.painted(f'accepted {finding.severity} {finding.rule}', 'dim')}"
        return [head, *_paragraph("", finding.message, style), *_paragraph("why: ", finding.accepted, style)]
    lines = [head, *_paragraph("", finding.message, style)]
    if finding.excerpt is not None:
        lines.extend(_excerpt(finding.excerpt, finding.line, colour, style))
    for label, text in (("path: ", finding.path), ("help: ", finding.help), ("see: ", finding.reference)):
        if text:
            lines.extend(_paragraph(label, text, style))
    return lines


def _paragraph(label: str, text: str, style: Style) -> list[str]:
    indent = len(_INDENT) + len(label)
    first, *rest = wrapped(escaped(text), None if style.width is None else style.width - indent)
    return [
        f"{_INDENT}{style.painted(label, 'dim') if label else ''}{first}",
        *(" " * indent + line for line in rest),
    ]


def _excerpt(excerpt: Excerpt, line: int, colour: str, style: Style) -> list[str]:
    number = str(line or "")
    gutter = f"{_INDENT}{number} | "
    blank = f"{_INDENT}{' ' * len(number)} | "
    text, column = fitted(excerpt, None if style.width is None else style.width - len(gutter))
    return [
        f"{style.painted(gutter, 'dim')}{text}",
        f"{style.painted(blank, 'dim')}{' ' * column}{style.painted('^', colour, 'bold')}",
    ]
