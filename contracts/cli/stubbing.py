"""What `run` and `serve` share: the stub as the options say, and the report on what it exchanged."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from contracts.addresses import is_soap
from contracts.conditions import ConductError
from contracts.errors import ReadError, SoapContractsError, UnansweredRequestError, UnmatchedRequestError
from contracts.saving import Folder, SaveError
from contracts.server import MalformedRequestError, Stub
from contracts.tapes import Tape, found_in, load_all

from .clients import add_expect
from .conditioning import add_conditions, bring_about
from .failures import UsageError, location_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Collection, Iterator, Sequence

    from contracts.findings import Verdict
    from contracts.messages import Message
    from contracts.reports import Reporter
    from contracts.server import Exchange

    from .judging import Judging


def add_stub(parser: argparse.ArgumentParser) -> None:
    """Add the options that say what the stub is, what is expected of its clients, and what is kept."""
    parser.add_argument(
        "--service", action="append", dest="services", metavar="NAME", help="stub only this service (repeatable)"
    )
    add_expect(parser)
    parser.add_argument(
        "--save",
        metavar="DIR",
        help="keep every exchange in DIR as .http files, secrets masked, which `check DIR` judges the same; those of an "
        "earlier run in it are replaced",
    )
    add_conditions(parser)
    replay = parser.add_argument_group("replay")
    replay.add_argument(
        "--cassette",
        action="extend",
        nargs="+",
        dest="cassettes",
        metavar="PATH",
        help="answer from cassettes: files, folders of them, or shipped ones by their names (`list cassettes`); a request "
        "that none has gets a fault, and the run fails",
    )
    replay.add_argument(
        "--ignore-field",
        action="append",
        default=[],
        dest="ignored_fields",
        metavar="NAME",
        help="a field whose value may be another than the recorded one; * stands for all (repeatable)",
    )
    replay.add_argument(
        "--strict-order",
        action="store_true",
        help="the requests must come as they were recorded, each once; otherwise the last answer to a request repeats",
    )


def stub_of(judging: Judging, services: list[str], tape: Tape | None, **more: Any) -> Stub:
    """The stub as the options say, not yet entered; ``more`` are arguments of `Stub`.

    Raises UsageError for conditions that cannot be, and ContractError.
    """
    replay = None if tape is None else tape.answer
    stub = Stub(judging.catalog, services, counted=judging.policy.counted, replay=replay, **more)
    bring_about(stub, judging.args, judging.catalog)
    return stub


def tape_of(judging: Judging) -> Tape | None:
    """What `--cassette` names, ready to be asked: the SOAP in it, because the stub has pages of its own for a GET.

    Raises ReadError, UnknownNameError and UsageError.
    """
    args, catalog = judging.args, judging.catalog
    if not args.cassettes:
        if args.ignored_fields or args.strict_order:
            raise UsageError("--ignore-field and --strict-order say how --cassette is replayed, and there is none")
        return None
    paths = [file for path in args.cassettes for file in found_in(path)]
    recorded = [one for one in load_all(paths, catalog) if is_soap(one.request, catalog)]
    if not recorded:
        raise ReadError(f"{', '.join(args.cassettes)}: there is no SOAP in it")
    return Tape(recorded, catalog, ignore=args.ignored_fields, strict_order=args.strict_order)


def services_of(judging: Judging) -> list[str]:
    """The services to stub. Raises UnknownNameError, also for an expected operation, and UsageError."""
    catalog = judging.catalog
    services = [catalog.service(name).name for name in judging.settings.services] or list(catalog.services)
    for expected in judging.args.expect:
        service, _ = catalog.operation(expected)
        if service.name not in services:
            raise UsageError(f"--expect {expected}: {service.name} is not among the services that are stubbed")
    return services


def folder_of(judging: Judging) -> Folder | None:
    """Where exchanges are to be saved. Raises UsageError and SaveError."""
    path = judging.args.save
    if path is None:
        return None
    if not path:
        raise UsageError("--save: names no folder, as in --save soap")
    inside = os.path.join(os.path.realpath(path), "")
    if any(file.startswith(inside) for file in judging.outputs):
        raise UsageError(f"--save {path}: a report would be written into it, where only exchanges belong")
    if judging.settings.baseline and os.path.realpath(judging.settings.baseline).startswith(inside):
        raise UsageError(f"--save {path}: the baseline is in it, where only exchanges belong")
    return Folder(path, judging.catalog)


def report_exchanges(
    exchanges: Sequence[Exchange], failures: Sequence[Exception], folder: Folder | None, reporter: Reporter
) -> None:
    """Report what was exchanged, and what no verdict tells; save the exchanges where there is a folder for them."""
    for verdict in _verdicts(exchanges) if folder is None else _saved(exchanges, folder, reporter):
        reporter.verdict(verdict)
    for exchange in exchanges:
        if exchange.injected:
            reporter.note(exchange.request.source, f"answered by the injection {exchange.injected}")
    for failure in failures:
        if isinstance(failure, MalformedRequestError):
            reporter.malformed("stub", str(failure))
        elif isinstance(failure, UnmatchedRequestError):
            reporter.unmatched("cassettes", str(failure))
        elif isinstance(failure, ConductError):
            reporter.misconduct("client", str(failure))
        elif isinstance(failure, UnansweredRequestError):
            reporter.incomplete("endpoint", str(failure))
        else:
            known = isinstance(failure, SoapContractsError)
            reporter.error("stub", str(failure) if known else f"internal error: {location_of(failure)}")


def report_missing(came: Collection[str], expected: Sequence[str], reporter: Reporter) -> None:
    """Report the operations that were expected and are not among those that came, each ``service/Operation``."""
    for operation in dict.fromkeys(expected):
        if operation not in came:
            reporter.missing(operation)


def report_idle(stub: Stub, expected: Sequence[str], tape: Tape | None, reporter: Reporter) -> None:
    """Report what waited in vain: expected operations, and of ``tape`` and the injections what no request has met."""
    report_missing(stub.journal.operations, expected, reporter)
    for recorded in () if tape is None else tape.unused:
        reporter.note(recorded.place, "was never asked for")
    for said in stub.conditions.unmet():
        reporter.note("--inject", said)


def _verdicts(exchanges: Sequence[Exchange]) -> Iterator[Verdict]:
    return (verdict for exchange in exchanges for verdict in exchange.verdicts)


def _saved(exchanges: Sequence[Exchange], folder: Folder, reporter: Reporter) -> Iterator[Verdict]:
    """Save the exchanges, as long as that works; the verdicts on their files, or on what came where there are none."""
    done = 0
    try:
        folder.clear()
        for exchange in exchanges:
            response, verdicts, left_out = _to_save(exchange)
            saved = folder.save(done + 1, exchange.request, response, verdicts)
            done += 1
            if saved.reason:
                reporter.note(saved.request.source, f"not saved: {saved.reason}")
            yield from (*saved.verdicts, *left_out)
    except SaveError as error:
        reporter.error(folder.path, f"{error}; exchanges from number {done + 1} on are not saved")
        yield from _verdicts(exchanges[done:])


def _to_save(exchange: Exchange) -> tuple[Message | None, Sequence[Verdict], Sequence[Verdict]]:
    """The response to save, the verdicts on what is saved, and the other: in a file our own odd answers would fail."""
    *_, last = exchange.verdicts
    if exchange.response is None or not (exchange.injected or (exchange.ours and last.findings)):
        return exchange.response, exchange.verdicts, ()
    return None, exchange.verdicts[:1], exchange.verdicts[1:]
