"""`soap-contracts record`: a client's command, driven against a real endpoint through us, and a cassette of it."""

from __future__ import annotations

import argparse
from functools import partial
from typing import TYPE_CHECKING, Final

from contracts.driving import CommandError, drive, variable
from contracts.errors import UnansweredRequestError
from contracts.policy import operation_of
from contracts.recording import Recorder, UnreachableError, target_of
from contracts.reports.text import amount
from contracts.server import Stub

from .cassettes import keep, refuse_cassette
from .clients import STDERR, add_answer_timeout, add_expect, add_timeout, command_of, lack_of
from .effects import add_effects
from .failures import USAGE, UsageError, complain
from .judging import Judging
from .options import NOTHING, VIOLATED, add_common, exit_code
from .redact import LEAKED
from .stubbing import report_exchanges, report_missing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contracts.driving import Drive
    from contracts.reports import Reporter

HELP: Final = "run a client against a real endpoint, judge all that is said, and keep it as a cassette"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.usage = "%(prog)s SERVICE --endpoint URL --output CASSETTE [OPTION...] -- COMMAND [ARGUMENT...]"
    parser.add_argument("service", metavar="SERVICE", help="the service at the endpoint")
    add_common(parser)
    # The report goes to standard output and to --report: here --output is the cassette, and takes the place of that.
    parser.conflict_handler = "resolve"
    _add_recording(parser)
    _add_effects(parser)
    # With argparse.REMAINDER the options between SERVICE and -- would be words of the command.
    parser.add_argument("command", nargs=argparse.PARSER, metavar="-- COMMAND", help="the client")
    parser.set_defaults(output=None)
    parser.epilog = """\
The command finds the address that it is to use in LUMINATE_ENDPOINT or ONGOING_ENDPOINT, and in its arguments {luminate}
or {ongoing} is replaced by it; the same with _WSDL and _wsdl. We send its requests to the endpoint, one at a time, and
keep the answers. The cassette is written at the end, also when the client fails, without secrets: they become
placeholders such as REDACTED-Password-1. What is in it already stays. Its answers are valid or not as they came.

Only what certainly reads is sent, unless more is allowed; an endpoint on loopback gets every operation. A request whose
operation is not certain goes nowhere. What is not sent is answered with a fault that says why. No redirect is followed.
HTTPS_PROXY, NO_PROXY and SSL_CERT_FILE are honoured.

exit codes:
  1  a contract is violated, a request was not sent or got no answer, or the client ended with an exit code of its own
  2  usage, a cassette that cannot be written
  3  no message came, the endpoint could not be reached at all, or the time was over
  4  a secret would have been left in the cassette; it was not written
  128 + n  signal n came: it was passed on to the command, and what came before is in the cassette

examples:
  soap-contracts record luminate --endpoint https://secure2.example.org/site/SoapService --output login.yaml \\
      -- python examples/zeep_client.py
  soap-contracts record ongoing --endpoint https://api.example.org/site/service.asmx --output sync.yaml --allow write \\
      -- php tests/sync.php {ongoing}
"""


def _add_recording(parser: argparse.ArgumentParser) -> None:
    recording = parser.add_argument_group("recording")
    recording.add_argument(
        "--endpoint", required=True, metavar="URL", help="where the service is; https, or anything on loopback"
    )
    recording.add_argument(
        "--output", required=True, dest="cassette", metavar="CASSETTE", help="the cassette to write, or to add to"
    )
    add_expect(recording)
    add_timeout(recording)
    add_answer_timeout(recording, 60.0)


def _add_effects(parser: argparse.ArgumentParser) -> None:
    effects = add_effects(parser, "what may be sent to an endpoint that is not loopback")
    effects.add_argument(
        "--treat-as-live", action="store_true", help="hold an endpoint on loopback to this as well, for a rehearsal"
    )


def execute(args: argparse.Namespace) -> int:
    """Drive the command, report what it sent and got, and write the cassette."""
    command = command_of(args)
    judging = Judging.of(args)
    recorder = _recorder(judging)
    told = partial(_told, recorder)
    with judging.reporter(args.cassette) as reporter:
        try:
            result = _driven(command, judging, recorder)
        except CommandError as error:
            reporter.error(command[0], str(error))
            complain(str(error))
            return USAGE
        except BaseException:
            # A second interrupt, say; what the endpoint has done already cannot be had again.
            if keep(recorder, reporter, told):
                return LEAKED
            raise
        leaked = keep(recorder, reporter, told)
        lack = _report(result, judging, reporter)
    if lack:
        complain(lack)
    if leaked:
        return LEAKED
    return 128 + result.interrupted if result.interrupted else _code(result, recorder, reporter)


def _recorder(judging: Judging) -> Recorder:
    """Raises UsageError, TargetError, OutputError, ReadError and UnknownNameError, all before anything runs."""
    args, catalog = judging.args, judging.catalog
    service = catalog.service(args.service)
    for expected in args.expect:
        if catalog.operation(expected)[0] is not service:
            raise UsageError(f"--expect {expected}: only {service.name} is recorded")
    target = target_of(
        args.endpoint, allow=args.allow, confirm_target=args.confirm_target, treat_as_live=args.treat_as_live
    )
    refuse_cassette(args.cassette, judging)
    return Recorder(service, target, args.cassette, catalog, timeout=args.answer_timeout)


def _driven(command: Sequence[str], judging: Judging, recorder: Recorder) -> Drive:
    stub = Stub(
        judging.catalog, [judging.args.service], counted=judging.policy.counted, replay=recorder.answer, token=None
    )
    return drive(command, stub, timeout=judging.args.timeout, stdout=STDERR)


def _told(recorder: Recorder, held: int) -> str:
    """What was written, in words."""
    if not held:
        return f"nothing was recorded; {recorder.path} is as it was"
    return (
        f"recorded {amount(recorder.count, 'exchange')} with {recorder.place} to {recorder.path}, which now has {held}"
    )


def _report(result: Drive, judging: Judging, reporter: Reporter) -> str:
    """Report all that was exchanged; why that is not the whole, nothing where it is."""
    report_exchanges(result.exchanges, result.failures, None, reporter)
    if result.exit_code is not None:
        reporter.client(result.exit_code)
    report_missing({operation_of(one.verdicts[0]) for one in result.exchanges}, judging.args.expect, reporter)
    lack = lack_of(result, judging.args.timeout, variable(judging.args.service, "endpoint"))
    if lack:
        reporter.incomplete("client", lack)
    judging.conclude(reporter, complete=result.exit_code == 0)
    return lack


def _code(result: Drive, recorder: Recorder, reporter: Reporter) -> int:
    code = exit_code(reporter)
    if code == USAGE:
        return code
    unreachable = any(isinstance(failure, UnreachableError) for failure in result.failures)
    if code == NOTHING or result.timed_out or (unreachable and not recorder.count):
        return NOTHING
    unanswered = any(isinstance(failure, UnansweredRequestError) for failure in result.failures)
    return VIOLATED if unanswered else code
