"""A report as SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), for code scanning and editors."""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from contracts.version import VERSION

from .json import counts
from .reporter import Reporter
from .terminal import escaped
from .text import name_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from contracts.findings import Finding, Layer, Severity, Verdict

    from .reporter import Stream, Terms

_HEAD: Final = (
    '{"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [{\n"results": ['
)
_LEVELS: Final[dict[Severity, str]] = {"error": "error", "warning": "warning", "info": "note"}


class SarifReporter(Reporter):
    """Writes each finding at once; the rules and the counts stand below them.

    ``about`` tells in a sentence what a rule wants; ``workspace`` is the folder that names of files below it start at,
    as code scanning wants them, None for the working folder.
    """

    def __init__(
        self,
        stream: Stream,
        terms: Terms,
        *,
        owned: bool = False,
        about: Callable[[str], str] | None = None,
        workspace: str | None = None,
    ) -> None:
        super().__init__(stream, terms, owned=owned)
        self._about = about
        self._workspace = workspace
        self._separator = "\n"
        self._rules: dict[str, tuple[int, Layer]] = {}
        self._errors: list[dict[str, Any]] = []
        self._notes: list[dict[str, Any]] = []

    def begin(self) -> None:
        """Open the log, its run and the results."""
        self.stream.write(_HEAD)

    def show(self, verdict: Verdict, *, failed: bool) -> None:
        """Write each finding as a result."""
        for finding in verdict.findings:
            number, _ = self._rules.setdefault(finding.rule, (len(self._rules), finding.layer))
            result = {
                "ruleId": finding.rule,
                "ruleIndex": number,
                "level": _LEVELS[finding.severity],
                "message": _message(finding.message, finding.help),
                **self._place(verdict, finding, failed=failed),
                "partialFingerprints": {"soapContracts/v1": _fingerprint(verdict, finding)},
                # The specification, section 3.27.23, wants them for all results or for none.
                "suppressions": [_suppression(finding.accepted)] if finding.accepted else [],
            }
            self.stream.write(self._separator + json.dumps(result))
            self._separator = ",\n"

    def show_error(self, source: str, message: str) -> None:
        """Keep the error for the end."""
        self._errors.append(self._notification("error", source, message))

    def show_note(self, source: str, message: str) -> None:
        """Keep the note for the end."""
        self._notes.append(self._notification("note", source, message))

    def end(self) -> None:
        """Write the tool with its rules, how it went, and the counts."""
        driver = {"name": "soap-contracts", "version": VERSION, "semanticVersion": VERSION, "rules": self._met()}
        amiss = ("unreadable", "missing", "malformed", "unmatched", "misconduct", "unexpected", "incomplete")
        invocation: dict[str, Any] = {
            "executionSuccessful": not any(getattr(self.summary, name) for name in amiss),
            "toolExecutionNotifications": self._errors,
            "toolConfigurationNotifications": self._notes,
        }
        if self.summary.client is not None:
            invocation["properties"] = {"clientExitCode": self.summary.client}
        members = {
            "tool": {"driver": driver},
            "invocations": [invocation],
            "columnKind": "unicodeCodePoints",
            "properties": {"contracts": dict(self.terms.contracts), "summary": counts(self.summary)},
        }
        self.stream.write("\n],\n" + ",\n".join(f'"{name}": {json.dumps(value)}' for name, value in members.items()))
        self.stream.write("}]}\n")

    def _place(self, verdict: Verdict, finding: Finding, *, failed: bool) -> dict[str, Any]:
        """Where a finding is, as far as a location can say it, and the rest as properties."""
        location: dict[str, Any] = {}
        told: dict[str, Any] = {
            "source": verdict.source,
            "index": verdict.index,
            "service": verdict.service,
            "operation": verdict.operation,
            "kind": verdict.kind,
            "verdict": "fail" if failed else "pass",
            "layer": finding.layer,
            "reference": finding.reference,
        }
        file = file_of(verdict.source, self._workspace)
        if file is not None:
            location["physicalLocation"] = {"artifactLocation": {"uri": _uri(file)}}
        if finding.line and has_lines(verdict):
            location["physicalLocation"]["region"] = _region(finding)
        elif finding.line:
            told |= {"line": finding.line, "column": finding.column}
        if finding.path:
            location["logicalLocations"] = [{"fullyQualifiedName": escaped(finding.path), "kind": "element"}]
        elif not location:
            location["logicalLocations"] = [{"fullyQualifiedName": escaped(name_of(verdict)), "kind": "message"}]
        shown = {name: escaped(value) if isinstance(value, str) else value for name, value in told.items()}
        return {
            "locations": [location],
            "properties": {name: value for name, value in shown.items() if value is not None},
        }

    def _notification(self, level: str, source: str, message: str) -> dict[str, Any]:
        found: dict[str, Any] = {"level": level, "message": _message(f"{source}: {message}")}
        file = file_of(source, self._workspace)
        if file is not None:
            found["locations"] = [{"physicalLocation": {"artifactLocation": {"uri": _uri(file)}}}]
        return found

    def _met(self) -> list[dict[str, Any]]:
        return [self._rule(name, layer) for name, (_, layer) in self._rules.items()]

    def _rule(self, name: str, layer: Layer) -> dict[str, Any]:
        rule: dict[str, Any] = {"id": name, "properties": {"layer": layer}}
        if self._about is not None:
            rule["shortDescription"] = _message(self._about(name))
        rule["help"] = _message(f"soap-contracts explain {name}")
        return rule


def has_lines(verdict: Verdict) -> bool:
    """Whether the source is a file and the lines of findings in it are its own."""
    return not verdict.decoded and os.path.isfile(verdict.source)


def file_of(source: str, workspace: str | None) -> str | None:
    """The file that ``source`` is, relative to ``workspace`` where it lies below that; None where it is no file."""
    if not os.path.isfile(source):
        return None
    if workspace is not None:
        source = os.path.abspath(source).removeprefix(os.path.abspath(workspace) + os.sep)
    return source


def _region(finding: Finding) -> dict[str, int]:
    region = {"startLine": finding.line}
    return {**region, "startColumn": finding.column} if finding.column else region


def _uri(path: str) -> str:
    """``path`` as a URI reference (RFC 3986): relative where the path is, else of the scheme file (RFC 8089)."""
    # GitHub compares names as they are spelled. Behind a link, a/../b need not be b.
    plain = path if os.pardir in path.split(os.sep) else os.path.normpath(path)
    quoted = quote(os.fsencode(plain.replace(os.sep, "/")))
    return f"file://{quoted}" if os.path.isabs(path) else quoted


def _message(*paragraphs: str) -> dict[str, str]:
    """A message in plain text, in which nothing is a placeholder and nothing a link (sections 3.11.5 and 3.11.6)."""
    text = "\n".join(escaped(paragraph) for paragraph in paragraphs if paragraph)
    return {"text": text.replace("{", "{{").replace("}", "}}").replace("](", "] (")}


def _suppression(why: str) -> dict[str, str]:
    return {"kind": "external", "justification": escaped(why)}


def _fingerprint(verdict: Verdict, finding: Finding) -> str:
    """What stays the same while a violation does: made of no line and of no value."""
    about = "\n".join((finding.rule, verdict.service or "", verdict.operation or "", finding.path))
    digest = hashlib.sha256(about.encode("utf-8", "backslashreplace"), usedforsecurity=False).digest()
    # Digits only: hexadecimal can spell part of a secret, and who searches reports for one must find none.
    return str(int.from_bytes(digest[:16], "big"))
