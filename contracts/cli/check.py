"""`soap-contracts check`: messages on disk or on standard input, judged."""

from __future__ import annotations

import importlib
import os
import sys
import time
from typing import TYPE_CHECKING, Final

from contracts.checking import check
from contracts.errors import SoapContractsError
from contracts.readers import Skipped, Unreadable, read

from .failures import complain, location_of
from .judging import Judging
from .options import add_common, exit_code

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from contracts.catalog import Catalog
    from contracts.readers import Item
    from contracts.reports import Reporter, Summary

HELP: Final = "judge messages on disk or on standard input"

#: The seconds after which a progress bar is worth its place.
_PATIENCE: Final = 1.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument(
        "paths",
        nargs="+",
        metavar="PATH",
        help=".xml envelope, .http raw HTTP message, .har archive, vcrpy cassette (.yaml, .yml, .json), folder (all of "
        "these below it but .json), or - for standard input",
    )
    parser.add_argument("--service", metavar="NAME", help="judge every message as one of this service")
    add_common(parser)
    parser.epilog = """\
NAME.response.http is judged as the answer to NAME.request.http beside it (.xml as well). Lines are those of the file; in a
chunked or compressed body, and in an archive, they are those of the decoded body.

Of an archive, HAR or cassette, an entry is judged, its request and its response, when one of them has an envelope or when
its address is the endpoint of a service or the stub's. The others are counted as skipped, and so is every GET of a WSDL.

examples:
  soap-contracts check captured/
  soap-contracts check capture.har tests/cassettes/
  soap-contracts check --format json --output report.json captured/login.request.http
  curl -si --raw ... | soap-contracts check -
"""


def execute(args: argparse.Namespace) -> int:
    """Judge every message and report it."""
    judging = Judging.of(args)
    catalog = judging.catalog
    service = args.service and catalog.service(args.service).name
    outputs = judging.outputs
    with judging.reporter(*args.paths) as reporter:
        for item in _watched(read(args.paths, catalog), reporter):
            # A report that is being written into a folder is none of its messages.
            if not (outputs and os.path.realpath(item.source) in outputs):
                _judge(item, service, catalog, reporter)
        lack = _lack(args.paths, reporter.summary)
        if lack:
            reporter.incomplete("check", lack)
        judging.conclude(reporter)
    if lack:
        complain(lack)
    return exit_code(reporter)


def _lack(paths: list[str], summary: Summary) -> str:
    """Why there was nothing to judge; nothing where there was something."""
    if summary.messages or summary.unreadable:
        return ""
    skipped = summary.skipped
    if not skipped:
        places = ", ".join(paths)
        return f"nothing to judge: there is no message in {places}, in .xml, .http and .har files and in cassettes"
    entries = "the only entry was" if skipped == 1 else f"all {skipped} entries were"
    return f"nothing to judge: {entries} skipped: no envelope is recorded there"


def _judge(item: Item, service: str | None, catalog: Catalog, reporter: Reporter) -> None:
    if isinstance(item, Unreadable):
        reporter.error(item.source, item.message)
        return
    if isinstance(item, Skipped):
        reporter.skipped()
        return
    try:
        verdict = check(item, service=service, catalog=catalog)
    except SoapContractsError:
        raise
    except Exception as error:  # noqa: BLE001 - one message must not keep the others from being judged
        reporter.error(item.source, f"internal error: {location_of(error)}")
        return
    reporter.verdict(verdict)


def _watched(items: Iterator[Item], reporter: Reporter) -> Iterator[Item]:
    """``items``, with a progress bar once they take long and somebody is looking."""
    if not sys.stderr.isatty() or os.environ.get("CI") or os.environ.get("TERM") == "dumb":
        yield from items
        return
    until = time.monotonic() + _PATIENCE
    for done, item in enumerate(items, start=1):
        yield item
        if time.monotonic() > until:
            # Imported here because tqdm takes as long to load as many messages take to judge.
            progress = importlib.import_module("contracts.cli.progress")
            yield from progress.shown(items, reporter, done)
            return
