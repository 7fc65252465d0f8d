"""What a session has met, in a form that goes from a worker of xdist to its controller and is added up there."""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from contracts.findings import Finding, Verdict
from contracts.reports import Summary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.config import Settings
    from contracts.policy import Policy

_NUMBERS: Final = ("messages", "failed", "accepted")
_COUNTERS: Final = ("findings", "operations", "not_checked")


class Tally:
    """The counts, and what must be said at the end.

    ``met`` has, for each finding as it was before any policy, the service, the operation, the rule and the path;
    ``notes`` pairs of a source and a sentence; ``late`` reports of violations that came when no test was left to fail.
    """

    def __init__(self) -> None:
        self.summary = Summary()
        self.met: set[tuple[str | None, str | None, str, str]] = set()
        self.notes: list[tuple[str, str]] = []
        self.late: list[str] = []
        self._lock = threading.Lock()

    def count(self, judged: Verdict, counted: Verdict, *, failed: bool) -> None:
        """Add a message: its verdict as it came, and with the findings that count."""
        with self._lock:
            self.summary.count(counted, failed=failed)
            self.met.update((judged.service, judged.operation, found.rule, found.path) for found in judged.findings)

    def exported(self) -> dict[str, Any]:
        """All of it, in plain values."""
        numbers = {name: getattr(self.summary, name) for name in _NUMBERS}
        counters = {name: list(getattr(self.summary, name).items()) for name in _COUNTERS}
        return {**numbers, **counters, "met": list(self.met), "notes": self.notes, "late": self.late}

    def add(self, exported: dict[str, Any]) -> None:
        """Add what another session has exported."""
        for name in _NUMBERS:
            setattr(self.summary, name, getattr(self.summary, name) + exported[name])
        for name in _COUNTERS:
            getattr(self.summary, name).update(Counter(dict(exported[name])))
        self.met.update(exported["met"])
        self.notes += exported["notes"]
        self.late += exported["late"]

    def outdated(self, settings: Settings, policy: Policy) -> Iterator[tuple[str, str]]:
        """What is out of date in the settings, as pairs of a file and a sentence.

        ``policy`` is that of the settings: it is shown all that was met, by whatever worker.
        """
        for service, operation, kind in self.summary.operations:
            policy.counted(Verdict("", 0, service, operation, kind, ()))
        for service, operation, rule, path in self.met:
            found = Finding(rule, "wire", "error", "", path=path)
            policy.counted(Verdict("", 0, service, operation, "unknown", (found,)))
        for said in policy.notes():
            yield settings.source, said
        for said in policy.stale_notes():
            yield settings.baseline, said
