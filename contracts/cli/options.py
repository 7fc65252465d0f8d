"""What several commands share: the report's options, the services to judge by, and the exit code."""

from __future__ import annotations

import os
import sys
from functools import cache, partial
from typing import TYPE_CHECKING, Final

from contracts.catalog import load
from contracts.errors import ContractError, UnknownNameError
from contracts.findings import SEVERITIES
from contracts.reports import FORMATS, JsonReporter, Style, Terms, TextReporter
from contracts.resources import data_folder
from contracts.rules import RULES, unknown_rules

from .failures import USAGE, UsageError

if TYPE_CHECKING:
    import argparse
    from typing import TextIO

    from contracts.catalog import Catalog
    from contracts.reports import Reporter

VIOLATED: Final = 1
NOTHING: Final = 3


def add_common(parser: argparse.ArgumentParser) -> None:
    """Add the options of a command that judges: what counts, what to judge by, how to report."""
    report = parser.add_argument_group("report")
    add_format(report)
    report.add_argument("--output", metavar="FILE", help="write the report to FILE, not to standard output")
    report.add_argument("--quiet", action="store_true", help="leave out messages that pass (text)")
    rules = parser.add_argument_group("rules")
    for name, help_ in (("select", "only these rules count"), ("ignore", "these rules do not count")):
        rules.add_argument(f"--{name}", action="append", default=[], metavar="RULE_OR_FAMILY[,...]", help=help_)
    rules.add_argument(
        "--fail-on", choices=SEVERITIES, default="error", help="the mildest severity that fails (default: error)"
    )
    add_contracts(parser)


def add_format(parser: argparse._ActionsContainer) -> None:
    """Add ``--format``."""
    parser.add_argument("--format", choices=FORMATS, default="text", help="default: text")


def add_contracts(parser: argparse.ArgumentParser) -> None:
    """Add ``--contracts``."""
    parser.add_argument(
        "--contracts",
        action="append",
        default=[],
        metavar="DIR",
        help="a service folder of your own, or a folder of such; added to the shipped services (repeatable)",
    )


def catalog_of(args: argparse.Namespace) -> Catalog:
    """The shipped services and those of ``--contracts``. Raises ContractError."""
    return _catalog(tuple(args.contracts))


@cache
def _catalog(folders: tuple[str, ...]) -> Catalog:
    if not folders:
        return load()
    catalog = load(data_folder("xsd"), *folders)
    for service in catalog:
        for name in unknown_rules(service):
            path = os.path.join(service.folder, "contract.toml")
            raise ContractError(f"{path}: {UnknownNameError.of('rule', name, RULES)}")
    return catalog


def reporter_of(args: argparse.Namespace) -> Reporter:
    """The report that ``args`` ask for, to be used in a ``with``.

    Raises UnknownNameError for a rule or family that does not exist, ContractError, and UsageError for an output file
    that cannot be written.
    """
    keeps = partial(_keeps, _known(args.select), _known(args.ignore)) if args.select or args.ignore else None
    terms = Terms({service.name: service.version for service in catalog_of(args)}, args.fail_on, keeps)
    owned = args.output is not None
    stream = _opened(args.output) if owned else sys.stdout
    if args.format == "json":
        return JsonReporter(stream, terms, owned=owned)
    style = Style() if owned else Style.of_stream(sys.stdout, os.environ)
    return TextReporter(stream, terms, owned=owned, style=style, quiet=args.quiet)


def exit_code(reporter: Reporter) -> int:
    """2 when something could not be read, 3 when nothing was judged, 1 when a message or the client failed, else 0."""
    summary = reporter.summary
    if summary.unreadable:
        return USAGE
    if not summary.messages:
        return NOTHING
    return VIOLATED if summary.failed or summary.client else 0


def _known(given: list[str]) -> frozenset[str]:
    """The rules and families in comma lists. Raises UnknownNameError."""
    names = frozenset(name.strip() for item in given for name in item.split(",") if name.strip())
    if given and not names:
        raise UsageError("--select and --ignore want rules or families, such as schema or http/content-type")
    known = RULES.keys() | {rule.family for rule in RULES.values()}
    for name in sorted(names - known):
        raise UnknownNameError.of("rule or family", name, known)
    return names


def _keeps(selected: frozenset[str], ignored: frozenset[str], rule: str) -> bool:
    """Whether findings of ``rule`` count: what names the rule itself outweighs what names its family."""
    family = rule.partition("/")[0]
    if rule in ignored:
        return False
    if rule in selected:
        return True
    return family not in ignored and (not selected or family in selected)


def _opened(path: str) -> TextIO:
    try:
        return open(path, "w", encoding="utf-8", errors="backslashreplace", newline="\n")
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from None
