"""What the commands that judge share: the policy by which findings count, and the reports they go to."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple, Self

from contracts import baseline
from contracts.judging import catalog_of, policy_of
from contracts.reports import Terms
from contracts.reports.text import amount

from .failures import UsageError
from .options import settings_from
from .reporting import reporter_to

if TYPE_CHECKING:
    import argparse

    from contracts.catalog import Catalog
    from contracts.config import Settings
    from contracts.policy import Policy
    from contracts.reports import Reporter


class Judging(NamedTuple):
    """What a command judges by, and where its report goes."""

    args: argparse.Namespace
    settings: Settings
    catalog: Catalog
    policy: Policy

    @classmethod
    def of(cls, args: argparse.Namespace) -> Self:
        """What the command line and the settings say. Raises ConfigError, ContractError and UsageError."""
        settings = settings_from(args)
        if args.update_baseline and not settings.baseline:
            raise UsageError("--update-baseline needs the file: --baseline FILE, or baseline = in the configuration")
        catalog = catalog_of(settings).remembering()
        return cls(args, settings, catalog, policy_of(settings, learn=args.update_baseline))

    @property
    def outputs(self) -> set[str]:
        """The real paths of the reports' files."""
        paths = (self.args.output, *(path for _, path in self.settings.reports))
        return {os.path.realpath(path) for path in paths if path}

    def reporter(self, *read: str) -> Reporter:
        """The report, to be used in a ``with``; ``read`` are the paths of what is judged.

        Raises UsageError for a file that cannot be written, and for one that is read.
        """
        counted = None if self.policy.is_plain else self.policy.counted
        versions = {service.name: service.version for service in self.catalog}
        terms = Terms(versions, self.settings.fail_on, counted)
        settings, args = self.settings, self.args
        outputs = [(settings.format, args.output), *settings.reports]
        kept = {os.path.realpath(path) for path in (*read, settings.baseline, settings.source) if path}
        return reporter_to(outputs, terms, quiet=args.quiet, kept=kept)

    def conclude(self, reporter: Reporter, *, complete: bool = True) -> None:
        """Tell what is out of date in the settings, and write the baseline where that was asked for.

        What is known stays in it unless the judging was ``complete`` and everything could be read.
        """
        for said in self.policy.notes():
            reporter.note(self.settings.source, said)
        path = self.settings.baseline
        if self.args.update_baseline:
            if reporter.summary.messages:
                reporter.note(path, self._updated(path, forget=complete and not reporter.summary.unreadable))
            return
        for said in self.policy.stale_notes():
            reporter.note(path, f"{said}; --update-baseline takes out what is stale")

    def _updated(self, path: str, *, forget: bool) -> str:
        keys, before = self.policy.learned(forget=forget), self.policy.baseline
        baseline.write(path, keys)
        known = amount(len(keys), "known violation")
        return f"written: {known}, {len(keys - before)} of them new; {len(before - keys)} taken out"
