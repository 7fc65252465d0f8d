"""`soap-contracts serve`: the stub alone, until it is interrupted, for clients that something else starts."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from typing import TYPE_CHECKING, Final

from contracts.driving import CONTROL, TOKEN
from contracts.reports import escaped
from contracts.reports.text import amount
from contracts.server import Journal, Place, line_of
from contracts.signals import DEADLY, taken_by

from .exposure import add_exposure, add_tls, exposure_told, host_of, place_of, tls_of, trust_told
from .failures import UsageError
from .judging import Judging
from .options import VIOLATED, add_common, exit_code
from .stubbing import add_stub, folder_of, report_exchanges, report_idle, services_of, stub_of, tape_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contracts.reports import Reporter
    from contracts.server import Exchange, Stub

HELP: Final = "serve a stub of the services, or cassettes, until interrupted, and judge all that comes"

#: Seconds between two looks at what has come.
_POLL: Final = 0.1
_HIGHEST_PORT: Final = 65535
_MANY_DIGITS: Final = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("--port", type=_port, default=0, metavar="N", help="default: one that is free")
    parser.add_argument(
        "--keep",
        type=_count,
        default=10_000,
        metavar="N",
        help="how many exchanges the report is about (default: 10000)",
    )
    add_exposure(parser)
    add_stub(parser)
    add_tls(parser)
    add_common(parser)
    parser.epilog = """\
Standard error has the addresses, on 127.0.0.1 without --expose, then a line an exchange. The report is written at the
end, which SIGINT (Ctrl-C), SIGTERM or SIGHUP brings about.

exit codes:
  1  a contract was violated, an expected operation never came, or a request is in no cassette
  2  usage
  3  no message came

examples:
  soap-contracts serve --port 8080
  soap-contracts serve --port 8443 --tls
  soap-contracts serve --port 8080 --cassette luminate/EndSynchronization/ends-once
  soap-contracts serve --cassette tests/cassettes --ignore-field syncTime --report junit=soap.xml
"""


def execute(args: argparse.Namespace) -> int:
    """Serve until a signal comes, and report what was exchanged."""
    judging = Judging.of(args)
    services, folder, tape = services_of(judging), folder_of(judging), tape_of(judging)
    place = Place(host_of(args), args.port, tls_of(args))
    token = os.environ.get(TOKEN, "")
    stub = stub_of(judging, services, tape, place=place, journal=Journal(args.keep, _failing(judging)), token=token)
    with judging.reporter() as reporter:
        _serve(stub, args)
        exchanges = stub.review()
        report_exchanges(exchanges, stub.failures, folder, reporter)
        report_idle(stub, args.expect, tape, reporter)
        _report_gone(stub, args.keep, reporter)
        judging.conclude(reporter)
    code = exit_code(reporter)
    return VIOLATED if stub.journal.failed and not code else code


def _failing(judging: Judging) -> Callable[[Exchange], bool]:
    """What tells an exchange that fails: those are kept the longest."""
    fail_on, counted = judging.settings.fail_on, judging.policy.counted
    return lambda exchange: any(counted(verdict).fails_at(fail_on) for verdict in exchange.verdicts)


def _report_gone(stub: Stub, keep: int, reporter: Reporter) -> None:
    """Note what the report is not about."""
    journal = stub.journal
    kept = f"--keep {keep} is how many are kept"
    if journal.gone:
        failed = f", of which {journal.failed} failed," if journal.failed else ""
        reporter.note(
            "stub", f"{amount(journal.gone, 'older exchange')}{failed} came before these and had to go; {kept}"
        )
    if journal.missed:
        reporter.note("stub", f"{amount(journal.missed, 'older error')} came before these and had to go; {kept}")


def _serve(stub: Stub, args: argparse.Namespace) -> None:
    """Let the stub answer until a signal comes. Raises UsageError where the address or the port cannot be had."""
    # No Event: its lock may be held where the signal comes, and never be let go.
    taken: list[int] = []

    def end(number: int, _frame: object) -> None:
        taken.append(number)
        # The second one has its usual effect.
        signal.signal(number, signal.SIG_DFL)

    with taken_by(end, DEADLY):
        try:
            stub.__enter__()
        except OSError as error:
            if error.filename is not None:
                raise
            raise UsageError(f"{place_of(args)}: {error.strerror}") from None
        try:
            _announce(stub)
            for line in filter(None, (exposure_told(args), *trust_told(stub))):
                _say(line)
            _watch(stub, taken)
        finally:
            stub.__exit__()


def _announce(stub: Stub) -> None:
    for service in stub.services:
        _say(f"{service}  {stub.endpoint(service)}  WSDL {stub.wsdl(service)}")

    _say("tests in any language ask for conditions by")
    _say(f"  export {CONTROL}={stub.control_address}")
    if not os.environ.get(TOKEN):
        _say(f"  export {TOKEN}={stub.control.token}")


def _watch(stub: Stub, taken: Sequence[int]) -> None:
    """Tell what comes until a signal is taken, and then what has come meanwhile."""
    told, ended = 0, False
    while not ended:
        time.sleep(_POLL)
        ended = bool(taken)
        count = stub.journal.count
        for exchange in stub.journal.last(count - told) if count > told else ():
            _say(line_of(exchange))
        told = count


def _say(line: str) -> None:
    sys.stderr.write(f"{escaped(line)}\n")
    sys.stderr.flush()


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < len(text) < _MANY_DIGITS and int(text)):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of exchanges")
    return int(text)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text[:6]) <= _HIGHEST_PORT):
        raise argparse.ArgumentTypeError(f"{text!r} is no port, a number from 0 to {_HIGHEST_PORT}")
    return int(text)
