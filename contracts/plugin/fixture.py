"""What the fixture `soap_contracts` gives to a test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contracts.arguments import differences_of, taught
from contracts.checking import check
from contracts.errors import ContractViolation, SoapContractsError, UnknownNameError
from contracts.policy import Allow
from contracts.rules import open_case
from contracts.secrecy import MASK, without

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contracts.arguments import Arguments
    from contracts.catalog import Catalog
    from contracts.findings import Verdict
    from contracts.messages import Message
    from contracts.server import Exchange

    from .watch import Watch


class Received:
    """A request that the stub has received, and its answer.

    ``operation`` is None where the message does not tell. ``fields`` has the text of the request's values by local
    name, the first where several have one name, secrets as ``***``. ``verdict`` is the request's. ``response`` is
    None where the client hung up. The repr shows neither a body nor a secret, because pytest prints it.
    """

    # No named tuple: pytest takes those apart when it explains a failed comparison, down to the bodies.
    def __init__(self, exchange: Exchange, verdict: Verdict, catalog: Catalog) -> None:
        self.request = Told(exchange.request)
        self.response = None if exchange.response is None else Told(exchange.response)
        self.verdict = verdict
        self.operation = verdict.operation
        self.fields = _fields(exchange.request, catalog)

    def __repr__(self) -> str:
        rules = ", ".join(dict.fromkeys(finding.rule for finding in self.verdict.findings))
        return f"<{self.operation or 'unknown operation'} {self.fields}{f' {rules}' if rules else ''}>"


class Told:
    """Has the attributes of a `contracts.Message`, which itself is ``message``, and shows none of them to pytest."""

    def __init__(self, message: Message) -> None:
        self.message = message

    def __getattr__(self, name: str) -> Any:
        return getattr(self.message, name)

    def __repr__(self) -> str:
        return repr(self.message)


class StubbedService:
    """One service of the stub, which starts when an address is asked for."""

    def __init__(self, watch: Watch, name: str) -> None:
        self._watch = watch
        self.name = name

    def __repr__(self) -> str:
        return f"<stub of {self.name}>"

    @property
    def endpoint(self) -> str:
        """The address that takes envelopes; below it any path will do."""
        return self._watch.stub.endpoint(self.name)

    @property
    def wsdl(self) -> str:
        """The address of the WSDL as the provider publishes it."""
        return self._watch.stub.wsdl(self.name)

    @property
    def received(self) -> tuple[Received, ...]:
        """What came for this service in this test and in the set-up of its fixtures, in order."""
        return tuple(
            Received(exchange, self._watch.counted(exchange.verdicts[0]), self._watch.catalog)
            for exchange in self._watch.exchanges()
            if self.name in (exchange.request.service, exchange.verdicts[0].service)
        )

    def given(self, state: str, /, **parameters: object) -> None:
        """Bring the service into a state, until the test ends: ``given("an active synchronization", partition=7)``.

        `soap-contracts list conditions` lists them, with their parameters. Raises UnknownNameError and ConditionError.
        """
        __tracebackhide__ = True  # pytest would print the parameters, among which a password may be
        try:
            self._watch.stub.conditions.given(self.name, state, parameters)
        except SoapContractsError as error:
            parameters.clear()
            # Nor may it print those of the frames below.
            raise error.with_traceback(None) from None

    def inject(
        self, injection: str, operation: str | None = None, /, times: int | None = 1, **parameters: object
    ) -> None:
        """Let the next ``times`` calls of ``operation`` meet ``injection``, until the test ends.

        Without ``operation`` that is any, with ``times=None`` every call. `soap-contracts list conditions` lists the
        injections, with what a sound client does then. What no call has met is noted. Raises UnknownNameError and
        ConditionError.
        """
        __tracebackhide__ = True
        try:
            self._watch.stub.conditions.inject(self.name, injection, operation, times, parameters)
        except SoapContractsError as error:
            parameters.clear()
            raise error.with_traceback(None) from None

    def assert_carries(self, arguments: Mapping[str, Any] | Arguments) -> None:
        """Raise ContractViolation unless what came is valid and the last request has ``arguments`` in it, unchanged.

        All counts that came since the last look, or in this example of Hypothesis. As `contracts.assert_carries`; of
        arguments that `from_arguments` drew, the last request of their operation. What has come is judged here and
        does not fail the test again.
        """
        __tracebackhide__ = True  # pytest would print the arguments of this frame
        known = taught(self._watch.catalog, arguments).known
        exchanges, violation = self._watch.judge()
        if violation is not None:
            told = violation.report()
            raise ContractViolation(told if known is None else without(told, known.found(told)))
        wanted = getattr(arguments, "operation", None)
        for exchange in reversed(exchanges):
            verdict = exchange.verdicts[0]
            if verdict.service == self.name and wanted in (None, f"{self.name}/{verdict.operation}"):
                differences = differences_of(exchange.request, arguments, self._watch.catalog)
                if differences:
                    raise ContractViolation(differences)
                return
        raise ContractViolation(f"no request for {wanted or self.name} came since the last look")


class SoapContracts:
    """Stubs of services, as attributes by their names (``soap_contracts.ongoing``), and judgements.

    It is one for the whole session, so that an application that is started once can take its endpoints from it; what
    was received, and what is allowed, is of the test that runs.
    """

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    def __repr__(self) -> str:
        return "<soap_contracts>"

    def __getattr__(self, name: str) -> StubbedService:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self.service(name)
        except UnknownNameError as error:
            raise AttributeError(f"soap_contracts.{name}: {error}") from None

    def service(self, name: str) -> StubbedService:
        """The service called ``name``, also where that is no identifier. Raises UnknownNameError."""
        if name not in self._watch.services:
            raise UnknownNameError.of("service", name, self._watch.services)
        return StubbedService(self._watch, name)

    def check(self, body_or_message: bytes | str | Message, **known: Any) -> Verdict:
        """As `contracts.check`, by the services and the policy of the settings; fails nothing."""
        __tracebackhide__ = True  # pytest would print the body, the argument of this frame
        return self._watch.count(check(body_or_message, **{"catalog": self._watch.catalog, **known}))

    def assert_valid(self, body_or_message: bytes | str | Message, **known: Any) -> Verdict:
        """As `check`, and raise ContractViolation, whose text is the report, where the policy does not accept it."""
        __tracebackhide__ = True
        verdict = self.check(body_or_message, **known)
        body_or_message = b""  # pytest may print the arguments of this frame, and secrets are in them
        violation = self._watch.violation_of([verdict])
        if violation is not None:
            raise ContractViolation(violation.report())
        return verdict

    def judge(self, message: bytes | str | Message) -> None:
        """Take ``message`` as if it had met the stub: it raises nothing here, and a violation fails the test.

        This is what the hooks of `contracts.integrations` are given, because a client may swallow what they raise.
        """
        __tracebackhide__ = True
        self._watch.take(check(message, catalog=self._watch.catalog))

    def allow(self, rule: str, reason: str, operation: str = "*", path: str = "*") -> None:
        """Accept, in this test, the findings of ``rule`` (or family) at ``operation`` and ``path``, for ``reason``.

        In ``operation`` (``service/Operation``) and ``path`` a ``*`` stands for anything. Raises UnknownNameError for a
        rule that does not exist, and ValueError for an empty reason.
        """
        if not reason.strip():
            raise ValueError(f"allowing {rule} needs a reason, which the report then shows")
        self._watch.allow(Allow(rule, reason, operation, path))


def _fields(message: Message, catalog: Catalog) -> dict[str, str]:
    case = open_case(message, catalog)
    found: dict[str, str] = {}
    for _, field, text in case.values:
        shown = case.places.masked.clean(text) if field.name in catalog.public else MASK
        found.setdefault(field.name, shown)
    return found
