"""What a judged message came to: values without behaviour that could leak, made once and never changed."""

from __future__ import annotations

from typing import Literal, NamedTuple

Layer = Literal["wire", "documented", "provider"]
Severity = Literal["error", "warning", "info"]
Kind = Literal["request", "response", "fault", "unknown"]

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


class Excerpt(NamedTuple):
    """One line of the judged text, its secrets masked.

    ``text`` is the line, cut to a width that a terminal shows; ``caret`` is the 0-based place in it to point at.
    """

    text: str
    caret: int


class Finding(NamedTuple):
    """One broken rule at one place.

    ``line`` and ``column`` are 1-based and count characters; 0 where there is no place to name. ``path`` uses fixed
    prefixes (``soap`` and the service's name), whatever the message uses. ``accepted`` says why the finding does not
    count, where somebody has accepted it. No field holds a secret value.
    """

    rule: str
    layer: Layer
    severity: Severity
    message: str
    help: str = ""
    reference: str = ""
    line: int = 0
    column: int = 0
    path: str = ""
    excerpt: Excerpt | None = None
    accepted: str = ""


class Verdict(NamedTuple):
    """Everything that was found in one message.

    ``service`` and ``operation`` are None where the message does not tell; ``not_checked`` names the rule families
    that had nothing to look at. ``decoded`` says that lines are not those of ``source``, in which the body stands in
    another form.
    """

    source: str
    index: int  # type: ignore[assignment] # hides tuple.index, which nobody needs here
    service: str | None
    operation: str | None
    kind: Kind
    findings: tuple[Finding, ...]
    not_checked: tuple[str, ...] = ()
    decoded: bool = False

    @property
    def passed(self) -> bool:
        """Whether no finding is an error, but for accepted ones."""
        return not self.fails_at("error")

    def fails_at(self, threshold: Severity) -> bool:
        """Whether a finding that is not accepted is at least as bad as ``threshold``."""
        bad = SEVERITIES[: SEVERITIES.index(threshold) + 1]
        return any(finding.severity in bad and not finding.accepted for finding in self.findings)
