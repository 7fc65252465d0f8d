"""Which findings count: rules selected and ignored, findings allowed for a reason, violations known from a baseline."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from .errors import UnknownNameError
from .findings import SEVERITIES
from .rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .findings import Finding, Severity, Verdict

#: What a known violation is recognised by, never its value: the rule, ``service/Operation``, the path.
Key = tuple[str, str, str]

IN_BASELINE: Final = "known from the baseline"
_ANY: Final = "*"
#: How many known violations that no longer occur are named one by one.
_MOST_NOTES: Final = 20


class Allow(NamedTuple):
    """Findings that somebody has accepted: those of ``rule`` (or family) at ``operation`` and ``path``, for ``reason``.

    In ``operation`` (``service/Operation``) and ``path`` a ``*`` stands for anything. ``expires`` is the last day on
    which they are accepted. ``place`` names the entry in a note.
    """

    rule: str
    reason: str
    operation: str = _ANY
    path: str = _ANY
    expires: date | None = None
    place: str = "an allow"

    def matches(self, key: Key) -> bool:
        """Whether the finding with this key is meant."""
        rule, operation, path = key
        return (
            self.rule in (rule, rule.partition("/")[0])
            and _pattern(self.operation).fullmatch(operation) is not None
            and _pattern(self.path).fullmatch(path) is not None
        )


def operation_of(verdict: Verdict) -> str:
    """``service/Operation``, or as much of it as the message tells."""
    return "/".join(filter(None, (verdict.service, verdict.operation)))


def key_of(verdict: Verdict, finding: Finding) -> Key:
    """What a finding is recognised by."""
    return finding.rule, operation_of(verdict), finding.path


def known_rules(names: Iterable[str]) -> frozenset[str]:
    """``names``, each of which is a rule or a family of rules. Raises UnknownNameError."""
    found = frozenset(names)
    known = RULES.keys() | {rule.family for rule in RULES.values()}
    for name in sorted(found - known):
        raise UnknownNameError.of("rule or family", name, known)
    return found


class Policy:
    """Applied to verdicts, and remembers what it met.

    ``select`` and ``ignore`` are rules and families; what names the rule itself outweighs what names its family. With
    ``learn`` every violation at least as bad as ``fail_on`` is accepted, and `learned` has them. ``today`` is the day
    by which allowances expire.
    """

    def __init__(
        self,
        *,
        select: frozenset[str] = frozenset(),
        ignore: frozenset[str] = frozenset(),
        fail_on: Severity = "error",
        allows: Iterable[Allow] = (),
        baseline: frozenset[Key] = frozenset(),
        learn: bool = False,
        today: date | None = None,
    ) -> None:
        self.select = select
        self.ignore = ignore
        self.fail_on = fail_on
        self.allows = tuple(allows)
        self.baseline = baseline
        self._failing = SEVERITIES[: SEVERITIES.index(fail_on) + 1]
        self._learn = learn
        self._today = today or date.today()  # noqa: DTZ011 - an expiry date means the reader's day
        self._met: set[Key] = set()
        self._learned: set[Key] = set()
        self._matched: set[Allow] = set()
        self._judged: set[str] = set()

    @property
    def is_plain(self) -> bool:
        """Whether every finding counts."""
        return not (self.select or self.ignore or self.allows or self.baseline or self._learn)

    def counted(self, verdict: Verdict) -> Verdict:
        """``verdict`` with the findings that are wanted, those marked that are accepted."""
        self._judged.add(operation_of(verdict))
        if not verdict.findings:
            return verdict
        if self.baseline:
            # What is allowed or not wanted occurs all the same, and is not to be forgotten.
            self._met |= self.baseline.intersection(key_of(verdict, finding) for finding in verdict.findings)
        wanted = [finding for finding in verdict.findings if self._wants(finding.rule)]
        return verdict._replace(findings=tuple([self._marked(verdict, finding) for finding in wanted]))

    def allow(self, allow: Allow) -> None:
        """Accept more from now on. Raises UnknownNameError for a rule that does not exist."""
        known_rules([allow.rule])
        self.allows = (*self.allows, allow)

    def learned(self, *, forget: bool = True) -> frozenset[Key]:
        """The baseline as it should be: all that was met, and what is known of operations of which no message came.

        Without ``forget`` everything known stays.
        """
        return frozenset(self._learned) | (self.baseline - set(self.stale()) if forget else self.baseline)

    def notes(self) -> Iterator[str]:
        """A sentence for each allowance and each known violation that is out of date."""
        for allow in self.allows:
            said = self._note(allow)
            if said:
                yield f"{allow.place} ({allow.rule}) {said}"

    def stale(self) -> list[Key]:
        """The known violations that did not occur, although messages of their operation came."""
        return sorted(key for key in self.baseline - self._met if key[1] in self._judged)

    def stale_notes(self) -> Iterator[str]:
        """A sentence for each of `stale`; for the first of very many, and one for the rest."""
        stale = self.stale()
        for rule, operation, path in stale[:_MOST_NOTES]:
            yield f"{rule} no longer occurs at {' '.join(filter(None, (operation, path)))}"
        if len(stale) > _MOST_NOTES:
            yield f"{len(stale) - _MOST_NOTES} more no longer occur"

    def _note(self, allow: Allow) -> str:
        matched = allow in self._matched
        if self._expired(allow):
            return f"expired on {allow.expires}: " + ("its findings count again" if matched else "nothing needs it")
        return "" if matched else "matched nothing"

    def _wants(self, rule: str) -> bool:
        family = rule.partition("/")[0]
        if rule in self.ignore:
            return False
        if rule in self.select:
            return True
        return family not in self.ignore and (not self.select or family in self.select)

    def _marked(self, verdict: Verdict, finding: Finding) -> Finding:
        if finding.accepted:
            return finding
        reason = self._reason(key_of(verdict, finding), finding.severity)
        return finding._replace(accepted=reason) if reason else finding

    def _reason(self, key: Key, severity: Severity) -> str:
        """Why the finding with this key is accepted; nothing when it is not."""
        reason = ""
        for allow in self.allows:
            if allow.matches(key):
                self._matched.add(allow)
                reason = reason or ("" if self._expired(allow) else allow.reason)
        if reason:
            return reason
        if key in self.baseline:
            return IN_BASELINE
        if self._learn and severity in self._failing:
            self._learned.add(key)
            return IN_BASELINE
        return ""

    def _expired(self, allow: Allow) -> bool:
        return allow.expires is not None and allow.expires < self._today


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, text.split(_ANY))), re.DOTALL)
