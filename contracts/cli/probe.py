"""`soap-contracts probe`: a live endpoint asked in a safe order, every answer judged."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from contracts.probing import Prober, credentials_of, described, plan_of, provocations_of, refuse_misfits
from contracts.recording import Recorder, target_of

from .cassettes import refuse_cassette
from .clients import add_answer_timeout, seconds
from .effects import add_effects
from .failures import UsageError
from .judging import Judging
from .options import add_common
from .probing import Probe

if TYPE_CHECKING:
    import argparse

    from contracts.model import Service
    from contracts.probing import Plan
    from contracts.recording import Target

HELP: Final = "ask a live endpoint in a safe order, and judge every answer"

#: Options of the shipped contracts that have a flag of their own, and what each is.
_FLAGS: Final = {
    "partition": "luminate: the partition to synchronize",
    "goods-owner": "ongoing: the GoodsOwnerId to ask for",
}
_EPILOG: Final = """\
Ongoing: GetTimeOfLastSync and, with --allow write, SetTimeOfLastSync under the IntegrationType "soap-contracts probe", read
back. Luminate: Login and, with --partition and --allow destructive, StartSynchronization and EndSynchronization; never
Force. What is not allowed is not sent, and the report says so; what was asked for and is not allowed ends the command
before anything is sent. Requests go one at a time, none is sent twice, and no redirect is followed. TLS is verified;
HTTPS_PROXY, NO_PROXY and SSL_CERT_FILE are honoured. The first answer that breaks its contract ends the probe.

User name and password come from --credentials, from SOAP_CONTRACTS_<SERVICE>_USERNAME and _PASSWORD, or from a prompt: a
process list shows arguments.

exit codes:
  1  an answer breaks its contract, or is not the one that was expected
  2  usage; an effect that is not allowed; no credentials; a value that the contract does not take
  3  the endpoint could not be reached, or gave no answer that can be judged; the cause and the next step are said
  4  a secret would have been left in the cassette; it was not written
  128 + n  signal n came; what is left open is said, with the command that closes it

examples:
  soap-contracts probe ongoing --endpoint https://api.example.org/site/service.asmx --goods-owner 42
  soap-contracts probe ongoing --endpoint https://api.example.org/site/service.asmx --goods-owner 42 --allow write \\
      --output probe.yaml
  soap-contracts probe luminate --endpoint https://ws.example.org/1.0/site --partition 123 --allow destructive \\
      --confirm-target ws.example.org/1.0/site
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("service", metavar="SERVICE", help="the service at the endpoint")
    add_common(parser)
    # The report goes to standard output and to --report: here --output is the cassette, and takes the place of that.
    parser.conflict_handler = "resolve"
    _add_calls(parser.add_argument_group("calls"))
    _add_endpoint(parser.add_argument_group("endpoint"))
    add_effects(parser, "what may be sent, to loopback as well")
    parser.set_defaults(output=None)
    parser.epilog = _EPILOG


def _add_calls(calls: argparse._ArgumentGroup) -> None:
    for name, help_ in _FLAGS.items():
        calls.add_argument(f"--{name}", metavar="N", help=help_)
    calls.add_argument(
        "--set",
        action="append",
        default=[],
        dest="values",
        metavar="NAME=VALUE",
        help="an option of a contract's [probe] or, where it has none, a field of a request (repeatable)",
    )
    calls.add_argument(
        "--operation",
        action="append",
        default=[],
        dest="operations",
        metavar="NAME",
        help="must be called; what is not allowed is otherwise left out (repeatable)",
    )
    calls.add_argument(
        "--expect-no-active-sync",
        action="append_const",
        const="no-active-sync",
        dest="checks",
        help="luminate: EndSynchronization has to get a SynchronizationFault; destructive, it ends one if there is one",
    )
    calls.add_argument(
        "--end-active-sync",
        action="append_const",
        const="end-active-sync",
        dest="checks",
        help="luminate: EndSynchronization alone, for what an interrupted probe has left open",
    )
    calls.add_argument(
        "--check", action="append", dest="checks", metavar="NAME", help="a check of another contract's [probe]"
    )
    calls.add_argument(
        "--provoke",
        action="store_true",
        help="send wrong requests that harm nothing, and compare the answers with what the contract says",
    )
    calls.add_argument("--dry-run", action="store_true", help="send nothing, and say what would be sent")


def _add_endpoint(endpoint: argparse._ArgumentGroup) -> None:
    endpoint.add_argument(
        "--endpoint", required=True, metavar="URL", help="where the service is; https, or on loopback"
    )
    endpoint.add_argument("--credentials", metavar="FILE", help="TOML with username and password; mode 0600")
    endpoint.add_argument(
        "--pause", type=seconds, default=1.0, metavar="SECONDS", help="between two requests (default: 1)"
    )
    add_answer_timeout(endpoint, 30.0)
    endpoint.add_argument("--output", dest="cassette", metavar="CASSETTE", help="keep what was said, without secrets")


def execute(args: argparse.Namespace) -> int:
    """Plan the calls, make them, and report the answers."""
    judging = Judging.of(args)
    service = judging.catalog.service(args.service)
    # A mistake at a rehearsal is one at the live endpoint: loopback gets no more than it was allowed.
    target = target_of(args.endpoint, allow=args.allow, confirm_target=args.confirm_target, treat_as_live=True)
    options = _options(args)
    plan = plan_of(
        service,
        target,
        options,
        now=datetime.now(tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        wanted=args.operations,
        checks=args.checks or (),
        rehearsal=args.dry_run,
    )
    if args.cassette is not None:
        refuse_cassette(args.cassette, judging)
    if args.dry_run:
        return _rehearsed(judging, service, target, plan)
    refuse_misfits(plan, service, None, judging.catalog)
    credentials = credentials_of(service, os.environ, args.credentials) if plan.calls else None
    refuse_misfits(plan, service, credentials, judging.catalog)
    recorder = Recorder(service, target, args.cassette or "", judging.catalog, timeout=args.answer_timeout)
    prober = Prober(service, recorder, judging.catalog, credentials, pause=args.pause)
    return Probe(judging, service, recorder, prober, plan, _again(args, options)).code()


def _options(args: argparse.Namespace) -> dict[str, str]:
    """The options of the calls. Raises UsageError."""
    found = {name: getattr(args, name.replace("-", "_")) for name in _FLAGS}
    found = {name: value for name, value in found.items() if value is not None}
    for pair in args.values:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise UsageError(f"--set {name}: is not of the form NAME=VALUE")
        if name in found:
            raise UsageError(f"--set {name}: it is given twice")
        found[name] = value
    return found


def _again(args: argparse.Namespace, options: dict[str, str]) -> list[str]:
    """The words of a command line that asks the same endpoint with the same options, without effects and checks."""
    words = ["soap-contracts", "probe", args.service, "--endpoint", args.endpoint]
    for name, value in options.items():
        words += [f"--{name}", value] if name in _FLAGS else ["--set", f"{name}={value}"]
    for folder in args.contracts or ():
        words += ["--contracts", folder]
    for flag in ("config", "credentials"):
        value = getattr(args, flag)
        words += [] if value is None else [f"--{flag}", value]
    return words


def _rehearsed(judging: Judging, service: Service, target: Target, plan: Plan) -> int:
    complete = [planned for planned in plan.calls if not planned.lacking]
    refuse_misfits(plan._replace(calls=tuple(complete)), service, None, judging.catalog)
    with judging.reporter() as reporter:
        for planned in plan.calls:
            said = f"NOT SENT, a dry run: {described(planned, service)} to {target.place}"
            reporter.note(f"{service.name}/{planned.operation.name}", said)
        for name, said in plan.left_out:
            reporter.note(name, said)
        for provocation in provocations_of(service) if judging.args.provoke else ():
            reporter.note(service.name, f"NOT SENT, a dry run: {provocation.title}, to {target.place}")
    return 0
