"""`soap-contracts probe`: a live endpoint asked in a safe order, every answer judged."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from contracts.errors import LeakError, SoapContractsError
from contracts.probing import Prober, credentials_of, plan_of, provocations_of, provoked
from contracts.recording import EndpointError, Recorder, refuse_unusable, target_of
from contracts.signals import DEADLY, taken_by

from .clients import seconds
from .effects import add_effects
from .failures import INTERRUPTED, USAGE, UsageError, complain
from .judging import Judging
from .options import NOTHING, add_common, exit_code
from .redact import LEAKED

if TYPE_CHECKING:
    import argparse

    from contracts.model import Service
    from contracts.probing import Plan, Probed, Provoked
    from contracts.recording import Target
    from contracts.reports import Reporter

HELP: Final = "ask a live endpoint in a safe order, and judge every answer"

_NO_SYNC: Final = "no-active-sync"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("service", metavar="SERVICE", help="the service at the endpoint")
    add_common(parser)
    # The report goes to standard output and to --report: here --output is the cassette, and takes the place of that.
    parser.conflict_handler = "resolve"
    _add_probing(parser)
    add_effects(parser, "what may be sent, to loopback as well")
    parser.set_defaults(output=None)
    parser.epilog = """\
Ongoing: GetTimeOfLastSync and, with --allow write, SetTimeOfLastSync under the IntegrationType "soap-contracts probe", read
back. Luminate: Login and, with --partition and --allow destructive, StartSynchronization and EndSynchronization; never
Force. What is not allowed is not sent, and the report says so; what was asked for and is not allowed ends the command
before anything is sent. Requests go one at a time, none is sent twice, and no redirect is followed. TLS is verified;
HTTPS_PROXY, NO_PROXY and SSL_CERT_FILE are honoured.

User name and password come from SOAP_CONTRACTS_<SERVICE>_USERNAME and _PASSWORD, from --credentials or from a prompt: a
process list shows arguments.

exit codes:
  1  an answer breaks its contract, or is not the one that was expected
  2  usage; an effect that is not allowed; no credentials
  3  the endpoint could not be reached, or gave no answer that can be judged; the cause and the next step are said
  4  a secret would have been left in the cassette; it was not written
  130  interrupted; what is left open is said

examples:
  soap-contracts probe ongoing --endpoint https://api.example.org/site/service.asmx --goods-owner 42
  soap-contracts probe ongoing --endpoint https://api.example.org/site/service.asmx --goods-owner 42 --allow write \\
      --output probe.yaml
  soap-contracts probe luminate --endpoint https://ws.example.org/1.0/site --partition 123 --allow destructive \\
      --confirm-target ws.example.org/1.0/site
"""


def _add_probing(parser: argparse.ArgumentParser) -> None:
    probing = parser.add_argument_group("probing")
    probing.add_argument("--endpoint", required=True, metavar="URL", help="where the service is; https, or on loopback")
    probing.add_argument("--partition", metavar="N", help="luminate: the partition to synchronize")
    probing.add_argument("--goods-owner", metavar="N", help="ongoing: the GoodsOwnerId to ask for")
    probing.add_argument(
        "--set", action="append", default=[], dest="values", metavar="NAME=VALUE", help="an option of another service"
    )
    probing.add_argument(
        "--operation",
        action="append",
        default=[],
        dest="operations",
        metavar="NAME",
        help="must be called; what is not allowed is otherwise left out (repeatable)",
    )
    probing.add_argument(
        "--expect-no-active-sync",
        action="store_true",
        help="luminate: EndSynchronization has to get a SynchronizationFault; destructive, it ends one if there is one",
    )
    probing.add_argument(
        "--provoke",
        action="store_true",
        help="send wrong requests that harm nothing, and compare the answers with what the contract says",
    )
    probing.add_argument("--dry-run", action="store_true", help="send nothing, and say what would be sent")
    probing.add_argument("--credentials", metavar="FILE", help="TOML with username and password; mode 0600")
    probing.add_argument(
        "--pause", type=seconds, default=1.0, metavar="SECONDS", help="between two requests (default: 1)"
    )
    probing.add_argument(
        "--timeout", type=seconds, default=30.0, metavar="SECONDS", help="for one answer (default: 30)"
    )
    probing.add_argument("--output", dest="cassette", metavar="CASSETTE", help="keep what was said, without secrets")


def execute(args: argparse.Namespace) -> int:
    """Plan the calls, make them, and report the answers."""
    judging = Judging.of(args)
    service = judging.catalog.service(args.service)
    # A mistake at a rehearsal is one at the live endpoint: loopback gets no more than it was allowed.
    target = target_of(args.endpoint, allow=args.allow, confirm_target=args.confirm_target, treat_as_live=True)
    options = _options(args)
    checks = [_NO_SYNC] if args.expect_no_active_sync else []
    plan = plan_of(service, target, options, wanted=args.operations, checks=checks, rehearsal=args.dry_run)
    if args.cassette is not None:
        if os.path.realpath(args.cassette) in judging.outputs:
            raise UsageError(f"--output {args.cassette}: a report would be written to the same file")
        refuse_unusable(args.cassette, judging.catalog)
    if args.dry_run:
        return _rehearsed(judging, service, target, plan)
    credentials = credentials_of(service, os.environ, args.credentials)
    recorder = Recorder(service, target, args.cassette or "", judging.catalog, timeout=args.timeout)
    prober = Prober(service, recorder, judging.catalog, credentials, options, pause=args.pause)
    return _Run(judging, service, recorder, prober, plan).code()


def _options(args: argparse.Namespace) -> dict[str, str]:
    """The options of the calls. Raises UsageError."""
    found = {}
    for pair in args.values:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise UsageError(f"--set {name}: is not of the form NAME=VALUE")
        found[name] = value
    known = {"partition": args.partition, "goods-owner": args.goods_owner}
    return {**found, **{name: value for name, value in known.items() if value is not None}}


def _rehearsed(judging: Judging, service: Service, target: Target, plan: Plan) -> int:
    with judging.reporter() as reporter:
        for call, operation in plan.calls:
            values = ", ".join(f"{name} {text}" for name, text in call.values)
            said = f"NOT SENT, a dry run: {operation.effect}, to {target.place}{f', with {values}' if values else ''}"
            reporter.note(f"{service.name}/{operation.name}", said)
        for name, said in plan.left_out:
            reporter.note(name, said)
    return 0


class _Run:
    """A probe under way, and its end."""

    def __init__(self, judging: Judging, service: Service, recorder: Recorder, prober: Prober, plan: Plan) -> None:
        self._judging = judging
        self._service = service
        self._recorder = recorder
        self._prober = prober
        self._plan = plan
        self._lack = ""
        self._interrupted = False

    def code(self) -> int:
        """Make the calls; the exit code."""
        with self._judging.reporter(*filter(None, [self._recorder.path])) as reporter:
            with taken_by(_interrupt, DEADLY):
                self._call(reporter)
            leaked = self._keep(reporter)
            if self._prober.left_open:
                reporter.unexpected(self._recorder.place, self._prober.left_open)
            if self._lack:
                reporter.incomplete(self._recorder.place, self._lack)
            self._judging.conclude(reporter, complete=not self._lack)
        for said in filter(None, (self._lack, self._prober.left_open)):
            complain(said)
        if leaked:
            return LEAKED
        if self._interrupted:
            return INTERRUPTED
        code = exit_code(reporter)
        return NOTHING if self._lack and code != USAGE else code

    def _call(self, reporter: Reporter) -> None:
        try:
            for probed in self._prober.run(self._plan):
                self._report(probed, reporter)
            for name, said in self._plan.left_out:
                reporter.note(name, said)
            if self._judging.args.provoke:
                self._provoke(reporter)
        except EndpointError as error:
            self._lack = str(error)
        except KeyboardInterrupt:
            self._interrupted, self._lack = True, "interrupted; the report tells what came before"

    def _report(self, probed: Probed, reporter: Reporter) -> None:
        for verdict in probed.verdicts:
            reporter.verdict(verdict)
        if probed.unexpected:
            reporter.unexpected(f"{self._service.name}/{probed.operation}", probed.unexpected)

    def _provoke(self, reporter: Reporter) -> None:
        for provocation in provocations_of(self._service):
            self._prober.wait()
            found = provoked(
                provocation, self._recorder.provoke, self._service, self._judging.catalog, self._recorder.place
            )
            self._report_provoked(found, reporter)

    def _report_provoked(self, found: Provoked, reporter: Reporter) -> None:
        # The request is wrong on purpose, so it is no message to fail by; what its answer breaks is told as it is.
        reporter.verdict(found.verdicts[1])
        alike = "as the contract has it" if found.same else f"where the contract has {found.expected}"
        reporter.note(f"{self._service.name}: {found.title}", f"answered {found.came}, {alike}")
        for line in found.lines:
            reporter.note(os.path.join(self._service.folder, "contract.toml"), line)

    def _keep(self, reporter: Reporter) -> bool:
        """Write the cassette, if one was asked for; whether a secret would have been left in it."""
        if not self._recorder.path:
            return False
        try:
            held = self._recorder.write()
        except SoapContractsError as error:
            reporter.error(self._recorder.path, str(error))
            complain(str(error))
            return isinstance(error, LeakError)
        complain(f"{self._recorder.path} now has {held} exchanges")
        return False


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt
