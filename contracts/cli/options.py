"""What several commands share: their options, the services to judge by, and the exit code."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from contracts.config import OPTIONS, settings_of
from contracts.findings import SEVERITIES
from contracts.reports import FORMATS

from .failures import USAGE

if TYPE_CHECKING:
    import argparse

    from contracts.config import Settings
    from contracts.reports import Reporter

VIOLATED: Final = 1
NOTHING: Final = 3

_DATA_FORMATS: Final = ("text", "json")


def add_common(parser: argparse.ArgumentParser) -> None:
    """Add the options of a command that judges: what counts, what to judge by, how to report."""
    report = parser.add_argument_group("report")
    report.add_argument("--format", choices=FORMATS, help="of the report on standard output (default: text)")
    report.add_argument("--output", metavar="FILE", help="write that report to FILE, not to standard output")
    report.add_argument(
        "--report",
        action="append",
        dest="reports",
        metavar="FORMAT=FILE",
        help="write a further report, such as junit=report.xml (repeatable)",
    )
    report.add_argument("--quiet", action="store_true", help="leave out what passes or is accepted (text)")
    rules = parser.add_argument_group("rules")
    for name, help_ in (("select", "only these rules count"), ("ignore", "these rules do not count")):
        rules.add_argument(f"--{name}", action="append", metavar="RULE_OR_FAMILY[,...]", help=help_)
    rules.add_argument("--fail-on", choices=SEVERITIES, help="the mildest severity that fails (default: error)")
    rules.add_argument("--baseline", metavar="FILE", help="the violations in FILE are known and do not fail")
    rules.add_argument(
        "--update-baseline", action="store_true", help="write the violations that are met to the baseline, and pass"
    )
    add_contracts(parser)


def add_format(parser: argparse._ActionsContainer) -> None:
    """Add the ``--format`` of a command that prints data."""
    parser.add_argument("--format", choices=_DATA_FORMATS, default="text", help="default: text")


def add_contracts(parser: argparse.ArgumentParser) -> None:
    """Add ``--contracts`` and ``--config``."""
    group = parser.add_argument_group("settings")
    group.add_argument(
        "--contracts",
        action="append",
        metavar="DIR",
        help="a service folder of your own, or a folder of such; added to the shipped services (repeatable)",
    )
    group.add_argument(
        "--config",
        metavar="FILE",
        help="the configuration; by default the nearest soap-contracts.toml or [tool.soap-contracts] of a pyproject.toml",
    )


def settings_from(args: argparse.Namespace) -> Settings:
    """What flags, environment, configuration file and defaults decide. Raises ConfigError."""
    # A command that prints data has a --format of its own, which no configuration changes.
    judges = hasattr(args, "reports")
    flags = {option.field: getattr(args, option.field, None) for option in OPTIONS if judges or option.key != "format"}
    return settings_of(flags, os.environ, file=args.config)


def exit_code(reporter: Reporter) -> int:
    """2 when something could not be read, 3 when nothing came, 1 when a message or the client failed, else 0.

    An operation that was expected and never came, what came and was no HTTP, a request that no cassette has, what a
    client must not do, and an endpoint that does otherwise than expected are failures as well.
    """
    summary = reporter.summary
    if summary.unreadable:
        return USAGE
    if not summary.messages and not summary.malformed:
        return NOTHING
    amiss = (summary.failed, summary.missing, summary.malformed, summary.unmatched)
    return VIOLATED if any((*amiss, summary.misconduct, summary.unexpected, summary.client)) else 0
