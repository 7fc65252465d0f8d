"""`soap-contracts run`: a client's command, driven against the stub, and every message in both directions judged."""

from __future__ import annotations

import argparse
import os
import signal
from typing import TYPE_CHECKING, Final

from contracts.driving import CommandError, drive, variable
from contracts.errors import SoapContractsError
from contracts.policy import operation_of
from contracts.saving import Folder, SaveError
from contracts.server import MalformedRequestError

from .failures import USAGE, UsageError, complain, location_of
from .judging import Judging
from .options import NOTHING, add_common, exit_code

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from contracts.driving import Drive
    from contracts.findings import Verdict
    from contracts.reports import Reporter
    from contracts.server import Exchange

HELP: Final = "run a client against a stub of the services and judge all that it sends"

_STDERR: Final = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.usage = "%(prog)s [OPTION...] -- COMMAND [ARGUMENT...]"
    parser.add_argument(
        "--service", action="append", dest="services", metavar="NAME", help="stub only this service (repeatable)"
    )
    parser.add_argument(
        "--expect",
        action="append",
        default=[],
        metavar="SERVICE/OPERATION",
        help="fail when no request of this operation came (repeatable)",
    )
    parser.add_argument(
        "--save",
        metavar="DIR",
        help="keep every exchange in DIR as .http files, secrets masked, which `check DIR` judges the same; those of an "
        "earlier run in it are replaced",
    )
    parser.add_argument(
        "--timeout",
        type=_seconds,
        default=1800.0,
        metavar="SECONDS",
        help="end the command, and its process group, after this time (default: 1800)",
    )
    parser.add_argument("command", nargs=argparse.REMAINDER, metavar="-- COMMAND...", help="the client")
    add_common(parser)
    parser.epilog = """\
The command finds LUMINATE_ENDPOINT, LUMINATE_WSDL, ONGOING_ENDPOINT and ONGOING_WSDL in its environment, and in its
arguments {luminate}, {luminate_wsdl}, {ongoing} and {ongoing_wsdl} are replaced. Its standard output goes to standard
error unless --output takes the report elsewhere. What a test appends to the endpoint, as in .../ongoing/my-test, stands
in the report beside each of its messages.

exit codes:
  1  a contract is violated, an expected operation never came, or the client ended with an exit code of its own
  2  usage, or a command that cannot be started
  3  no message came, or the time was over
  128 + n  signal n came: it was passed on to the command, and what came before is reported

examples:
  soap-contracts run -- python examples/zeep_client.py
  soap-contracts run --expect ongoing/SetTimeOfLastSync --report junit=soap.xml -- vendor/bin/phpunit
  soap-contracts run --service ongoing --timeout 60 -- php tests/sync.php {ongoing}
"""


def execute(args: argparse.Namespace) -> int:
    """Drive the command and report what it sent and got."""
    command = args.command[1:] if args.command[:1] == ["--"] else args.command
    if not command:
        raise UsageError(
            "there is no command to run; it stands after --, as in: soap-contracts run -- python client.py"
        )
    judging = Judging.of(args)
    services = _services(judging)
    folder = _folder(judging)
    with judging.reporter() as reporter:
        try:
            result = _driven(command, services, judging)
        except CommandError as error:
            reporter.error(command[0], str(error))
            complain(str(error))
            return USAGE
        _report(result, folder, reporter)
        _miss(result, args.expect, reporter)
        lack = _lack(result, services, args.timeout, reporter)
        if lack:
            reporter.incomplete("client", lack)
        judging.conclude(reporter, complete=result.exit_code == 0)
    if lack:
        complain(lack)
    if result.interrupted:
        return 128 + result.interrupted
    code = exit_code(reporter)
    return NOTHING if result.timed_out and code != USAGE else code


def _services(judging: Judging) -> list[str]:
    """The services to stub. Raises UnknownNameError, also for an expected operation, and UsageError."""
    catalog = judging.catalog
    services = [catalog.service(name).name for name in judging.settings.services] or list(catalog.services)
    for expected in judging.args.expect:
        service, _ = catalog.operation(expected)
        if service.name not in services:
            raise UsageError(f"--expect {expected}: {service.name} is not among the services that are stubbed")
    return services


def _folder(judging: Judging) -> Folder | None:
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


def _driven(command: Sequence[str], services: list[str], judging: Judging) -> Drive:
    return drive(
        command,
        catalog=judging.catalog,
        services=services,
        timeout=judging.args.timeout,
        stdout=_STDERR if judging.args.output is None else None,
        counted=judging.policy.counted,
    )


def _report(result: Drive, folder: Folder | None, reporter: Reporter) -> None:
    for verdict in _verdicts(result.exchanges) if folder is None else _saved(result.exchanges, folder, reporter):
        reporter.verdict(verdict)
    for failure in result.failures:
        if isinstance(failure, MalformedRequestError):
            reporter.malformed("stub", str(failure))
            continue
        known = isinstance(failure, SoapContractsError)
        reporter.error("stub", str(failure) if known else f"internal error: {location_of(failure)}")
    if result.exit_code is not None:
        reporter.client(result.exit_code)


def _verdicts(exchanges: Sequence[Exchange]) -> Iterator[Verdict]:
    return (verdict for exchange in exchanges for verdict in exchange.verdicts)


def _saved(exchanges: Sequence[Exchange], folder: Folder, reporter: Reporter) -> Iterator[Verdict]:
    """Save the exchanges, as long as that works; the verdicts on their files, or on what came where there are none."""
    done = 0
    try:
        folder.clear()
        for exchange in exchanges:
            saved = folder.save(done + 1, exchange.request, exchange.response, exchange.verdicts)
            done += 1
            if saved.reason:
                reporter.note(saved.request.source, f"not saved: {saved.reason}")
            yield from saved.verdicts
    except SaveError as error:
        reporter.error(folder.path, f"{error}; exchanges from number {done + 1} on are not saved")
        yield from _verdicts(exchanges[done:])


def _miss(result: Drive, expected: list[str], reporter: Reporter) -> None:
    came = {operation_of(exchange.verdicts[0]) for exchange in result.exchanges}
    for operation in dict.fromkeys(expected):
        if operation not in came:
            reporter.missing(operation)


def _lack(result: Drive, services: list[str], timeout: float, reporter: Reporter) -> str:
    """Why what was judged is not the whole, nothing where it is."""
    if result.interrupted:
        return f"interrupted by {signal.Signals(result.interrupted).name}; the report tells what came before"
    if result.timed_out:
        return f"the command was not done after {timeout:g} seconds and was ended"
    if exit_code(reporter) != NOTHING:
        return ""
    # A client that has failed says itself why it sent nothing.
    hint = "" if result.exit_code else f". Does it take its address from {_variables(services)}?"
    return f"the command sent no message{hint}"


def _variables(services: list[str]) -> str:
    return ", ".join(variable(service, suffix) for service in services for suffix in ("endpoint", "wsdl"))


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not value > 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time in seconds")
    return value
