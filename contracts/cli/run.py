"""`soap-contracts run`: a client's command, driven against the stub, and every message in both directions judged."""

from __future__ import annotations

import argparse
from typing import Final

from contracts.driving import CommandError, drive, variable
from contracts.server import Place

from .clients import STDERR, add_timeout, command_of, lack_of
from .exposure import add_tls, tls_of
from .failures import USAGE, complain
from .judging import Judging
from .options import NOTHING, add_common, exit_code
from .stubbing import add_stub, folder_of, report_exchanges, report_idle, services_of, stub_of, tape_of

HELP: Final = "run a client against a stub of the services and judge all that it sends"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.usage = "%(prog)s [OPTION...] -- COMMAND [ARGUMENT...]"
    add_stub(parser)
    add_tls(parser)
    add_timeout(parser)
    parser.add_argument("command", nargs=argparse.REMAINDER, metavar="-- COMMAND...", help="the client")
    add_common(parser)
    parser.epilog = """\
The command finds LUMINATE_ENDPOINT, LUMINATE_WSDL, ONGOING_ENDPOINT and ONGOING_WSDL in its environment, and in its
arguments {luminate}, {luminate_wsdl}, {ongoing} and {ongoing_wsdl} are replaced; SOAP_CONTRACTS_CONTROL and
SOAP_CONTRACTS_CONTROL_TOKEN let its tests ask for conditions themselves. Its standard output goes to standard
error unless --output takes the report elsewhere. What a test appends to the endpoint, as in .../ongoing/my-test, stands
in the report beside each of its messages.

exit codes:
  1  a contract is violated, an expected operation never came, a request is in no cassette, the client did what a
     condition forbids, or it ended with an exit code of its own
  2  usage, or a command that cannot be started
  3  no message came, or the time was over
  128 + n  signal n came: it was passed on to the command, and what came before is reported

examples:
  soap-contracts run -- python examples/zeep_client.py
  soap-contracts run --expect ongoing/SetTimeOfLastSync --report junit=soap.xml -- vendor/bin/phpunit
  soap-contracts run --service ongoing --timeout 60 -- php tests/sync.php {ongoing}
  soap-contracts run --cassette luminate/EndSynchronization/ends-once -- npm test
  soap-contracts run --inject reset-after-processing:EndSynchronization -- python client.py
"""


def execute(args: argparse.Namespace) -> int:
    """Drive the command and report what it sent and got."""
    command = command_of(args)
    judging = Judging.of(args)
    services, folder, tape = services_of(judging), folder_of(judging), tape_of(judging)
    stub = stub_of(judging, services, tape, place=Place(tls=tls_of(args)))
    with judging.reporter() as reporter:
        try:
            result = drive(command, stub, timeout=args.timeout, stdout=STDERR if args.output is None else None)
        except CommandError as error:
            reporter.error(command[0], str(error))
            complain(str(error))
            return USAGE
        report_exchanges(result.exchanges, result.failures, folder, reporter)
        if result.exit_code is not None:
            reporter.client(result.exit_code)
        report_idle(stub, args.expect, tape, reporter)
        lack = lack_of(result, args.timeout, _variables(services))
        if lack:
            reporter.incomplete("client", lack)
        judging.conclude(reporter, complete=result.exit_code == 0)
    if lack:
        complain(lack)
    if result.interrupted:
        return 128 + result.interrupted
    code = exit_code(reporter)
    return NOTHING if result.timed_out and code != USAGE else code


def _variables(services: list[str]) -> str:
    return ", ".join(variable(service, suffix) for service in services for suffix in ("endpoint", "wsdl"))
