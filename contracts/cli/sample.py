"""`soap-contracts sample`: a message of one operation, valid or with one fault."""

from __future__ import annotations

import base64
import json
import sys
from typing import TYPE_CHECKING, Final, NamedTuple

from contracts import samples
from contracts.checking import check
from contracts.errors import ContractError, UnknownNameError
from contracts.judging import catalog_of
from contracts.messages import Message
from contracts.mutants import every_mutant_of
from contracts.raw import raw
from contracts.rules import RULES

from .failures import UsageError
from .options import add_contracts, add_format, settings_from

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from contracts.catalog import Catalog
    from contracts.findings import Kind
    from contracts.model import Operation, Service
    from contracts.mutants import Mutant

HELP: Final = "print a message of an operation, valid or with one fault"

_FLAGS: Final[dict[Kind, str]] = {"request": "", "response": " --response", "fault": " --fault"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("operation", metavar="SERVICE/OPERATION", help="such as ongoing/SetTimeOfLastSync")
    other = parser.add_mutually_exclusive_group()
    other.add_argument("--response", action="store_true", help="the response, not the request")
    other.add_argument("--fault", action="store_true", help="a fault, which answers the request instead of a response")
    parser.add_argument("--full", action="store_true", help="with every optional element, not only the required ones")
    parser.add_argument("--http", action="store_true", help="as a raw HTTP message, not the envelope alone")
    parser.add_argument("--invalid", metavar="RULE", help="with one fault, by which the message breaks just this rule")
    add_format(parser)
    add_contracts(parser)
    parser.epilog = """\
Credentials in a sample are placeholders. The same command prints the same message, always. A fault may not tell whose it
is: judge it with check --service SERVICE.

--invalid makes the first of the mutants that `soap-contracts selftest` tries. A rule of http/ needs --http, one of
soap/fault-... mostly --fault. contract/response-mismatch and contract/echo are about a response and its request together,
so no one message breaks them.

With --format json the message is the member "text", or "base64" where it is not UTF-8; "mutant" says what is wrong with it.

examples:
  soap-contracts sample luminate/EndSynchronization
  soap-contracts sample ongoing/SetTimeOfLastSync --http > request.http
  soap-contracts sample ongoing/SetTimeOfLastSync --invalid schema/max-length | soap-contracts check -
"""


class _Wanted(NamedTuple):
    """Which sample: of which operation, which message of it, how much of it, and in which form."""

    service: Service
    operation: Operation
    kind: Kind
    full: bool
    http: bool

    @property
    def name(self) -> str:
        return f"{self.service.name}/{self.operation.name}"

    @property
    def command(self) -> str:
        """What to type for it."""
        flags = _FLAGS[self.kind] + " --full" * self.full + " --http" * self.http
        return f"soap-contracts sample {self.name}{flags}"

    def message(self) -> Message:
        """The valid message, as it is read from a file. Raises ContractError."""
        whole = self.whole()
        if self.http:
            return whole._replace(request=None)
        return Message(whole.body, service=whole.service)

    def whole(self) -> Message:
        """The valid message with its HTTP part and, as an answer, with its request. Raises ContractError."""
        if self.kind == "fault":
            return samples.fault_message(self.service, self.operation)
        return samples.message(self.service, self.operation, self.kind, full=self.full)  # type: ignore[arg-type] # no fault


def execute(args: argparse.Namespace) -> int:
    """Print the message. Raises UnknownNameError for an operation or a rule that does not exist, and UsageError."""
    catalog = catalog_of(settings_from(args))
    service, operation = catalog.operation(args.operation)
    kind: Kind = "response" if args.response else "fault" if args.fault else "request"
    wanted = _Wanted(service, operation, kind, args.full, args.http)
    about = {"service": service.name, "operation": operation.name, "kind": kind}
    message = wanted.message()
    if args.invalid:
        mutant = _mutant(wanted, args.invalid, catalog)
        message, about = mutant.message, about | {"rule": mutant.rule, "mutant": mutant.name}
    data = raw(message) if args.http else message.body
    if args.format == "json":
        sys.stdout.write(json.dumps({"version": 1, **about, **_member(data)}, indent=2) + "\n")
    else:
        # As bytes, because a text stream may turn line ends into others, and the header counts them.
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    return 0


def _member(data: bytes) -> dict[str, str]:
    try:
        return {"text": data.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode("ascii")}


def _mutant(wanted: _Wanted, rule: str, catalog: Catalog) -> Mutant:
    """The first message of this kind that breaks ``rule``. Raises UnknownNameError and UsageError."""
    if rule not in RULES:
        raise UnknownNameError.of("rule", rule, RULES)
    if RULES[rule].family == "http" and not wanted.http:
        raise UsageError(f"{rule} is about the HTTP message: add --http")
    found = next(_mutants(wanted, rule, catalog), None)
    if found is None:
        raise UsageError(f"{rule} has no mutant in {wanted.name}'s {wanted.kind}; {_elsewhere(wanted, rule, catalog)}")
    return found


def _mutants(wanted: _Wanted, rule: str, catalog: Catalog) -> Iterator[Mutant]:
    """The mutants that show when the message is judged as it is printed, without what else is known of it."""
    for mutant in every_mutant_of(wanted.message(), catalog=catalog):
        if mutant.rule == rule:
            made = mutant.message
            printed = made._replace(request=None) if wanted.http else Message(made.body, service=made.service)
            if rule in {found.rule for found in check(printed, catalog=catalog).findings}:
                yield mutant


def _elsewhere(wanted: _Wanted, rule: str, catalog: Catalog) -> str:
    """Where there is a mutant of ``rule``: in a like message first."""
    paired = "it takes a response and its request"
    if _is_of_a_pair(wanted, rule, catalog):
        return paired
    for other in sorted(_others(wanted, catalog), key=lambda other: _distance(wanted, other)):
        try:
            if next(_mutants(other, rule, catalog), None) is not None:
                return f"{other.name}'s {other.kind} has: {other.command} --invalid {rule}"
            if _is_of_a_pair(other, rule, catalog):
                return paired
        except ContractError:  # one that no sample can be made of
            continue
    return "no message of these services has"


def _is_of_a_pair(wanted: _Wanted, rule: str, catalog: Catalog) -> bool:
    """Whether a response breaks ``rule`` beside its request, and never by itself."""
    if wanted.kind != "response":
        return False
    beside = any(mutant.rule == rule for mutant in every_mutant_of(wanted.whole(), catalog=catalog))
    return beside and next(_mutants(wanted._replace(http=True), rule, catalog), None) is None


def _others(wanted: _Wanted, catalog: Catalog) -> Iterator[_Wanted]:
    for service in catalog:
        for operation in service.operations:
            for kind in _FLAGS:
                for full in (False, True):
                    for http in {wanted.http, True}:
                        yield _Wanted(service, operation, kind, full, http)


def _distance(wanted: _Wanted, other: _Wanted) -> tuple[bool, ...]:
    """How little alike two samples are: the operation counts most."""
    return (
        other.operation is not wanted.operation,
        other.kind != wanted.kind,
        other.service is not wanted.service,
        other.http != wanted.http,
        other.full != wanted.full,
    )
