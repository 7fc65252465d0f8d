"""What a service does with a request: the base of the shipped providers and of behaviours of your own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from contracts import samples
from contracts.answers import envelope
from contracts.errors import UnknownNameError
from contracts.names import local_name, qname

from .clocks import Clock
from .parameters import ConditionError, arguments_of, in_words
from .states import state, states_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contracts.answers import Answer
    from contracts.findings import Finding
    from contracts.model import Service

    from .calls import Call

#: The codes of SOAP 1.1 section 4.4.1; any other is in the service's own namespace (WS-I BP 1.1 R1004).
_CODES: Final = frozenset({"VersionMismatch", "MustUnderstand", "Client", "Server"})
_SERVER: Final = "ServerFault"


class Behaviour:
    """Answers the calls of one service, one at a time, and remembers in memory what they did.

    This base answers a valid request with a sample of its response, and any other with a ``soap:Client`` fault. A
    behaviour of your own overrides `perform`, and `reset` where it keeps something: that makes its first state too.
    Methods marked with `state` are the states that a test can put it into.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        self.clock = Clock()
        self.reset()

    def respond(self, call: Call) -> Answer:
        """The answer to a call: that of `answer`, unless a state says otherwise."""
        if self._samples:
            return sampled(call, {}) if call.error is None else self.refuse(call)
        if self._strict and call.error is not None and not self.refuses(call):
            return self.refuse(call)
        return self.answer(call)

    def answer(self, call: Call) -> Answer:
        """The answer to any call, valid or not."""
        return self.refuse(call) if call.error is not None else sampled(call, self.perform(call))

    def refuses(self, call: Call) -> bool:  # noqa: ARG002 - for those that override it
        """Whether the provider itself answers a fault for what is wrong with this message."""
        return False

    def refuse(self, call: Call) -> Answer:
        """The fault that says what is wrong with a message."""
        return refused(call)

    def caller(self, call: Call) -> str:  # noqa: ARG002 - for those that override it
        """Who calls, in whatever way tells one from another."""
        return ""

    def perform(self, call: Call) -> Mapping[str, str]:  # noqa: ARG002 - for those that override it
        """Do what a valid ``call`` asks: the values of the response by local name; the others are samples."""
        return {}

    def reset(self) -> None:
        """Begin anew: forget what calls and states have brought about. Called when it is made, too."""
        self.clock.reset()
        self._samples = self._strict = False

    def given(self, name: str, parameters: Mapping[str, object]) -> None:
        """Bring about the state called ``name``. Raises UnknownNameError and ConditionError."""
        known = states_of(type(self))
        found = known.get(in_words(name))
        if found is None:
            raise UnknownNameError.of("state", name, known)
        try:
            getattr(self, found.method)(**arguments_of(found.name, found.parameters, parameters))
        except OverflowError:
            raise ConditionError(f"{found.name!r}: this is beyond the calendar, whose years are 1 to 9999") from None

    @property
    def faults(self) -> tuple[str, ...]:
        """The names of the faults that this service can answer with."""
        return tuple(dict.fromkeys([_SERVER, *(fault.name for fault in self.service.faults)]))

    def fault(self, name: str, text: str = "", call: Call | None = None) -> Answer:
        """The fault of this name, one of `faults`, as the answer to ``call``. Raises UnknownNameError."""
        if name not in self.faults:
            raise UnknownNameError.of("fault", name, self.faults)
        return self.write_fault(name, text or f"{name}, as it was asked for", call)

    def write_fault(self, name: str, text: str, call: Call | None) -> Answer:  # noqa: ARG002 - for those that override it
        """The fault called ``name``.

        One of `faults`: here with 500, as SOAP 1.1 has it, its code that of the contract.
        """
        known = next((fault for fault in self.service.faults if fault.name == name), None)
        if known is None:
            return envelope(500, samples.fault("Server", text))
        detail = qname(self.service.namespace, known.name)
        if known.code in _CODES:
            return envelope(500, samples.fault(known.code, text, detail=detail))
        return envelope(500, samples.fault(known.code, text, of=("code", self.service.namespace), detail=detail))

    @state
    def sample_answers(self) -> None:
        """Every valid request gets a sample of its response, every other a soap:Client fault; nothing is remembered."""
        self._samples = True

    @state
    def strict(self) -> None:
        """What breaks the contract gets a soap:Client fault that names the rule, also where the provider takes it."""
        self._strict = True

    @state
    def clock_at(self, time: datetime) -> None:
        """The service's clock stands at this time."""
        self.clock.set(time)

    @state
    def time_passed(self, seconds: float = 0, minutes: float = 0) -> None:
        """So much time has passed on the service's clock."""
        self.clock.pass_by(timedelta(seconds=seconds, minutes=minutes))


def refused(call: Call) -> Answer:
    """500 with a ``soap:Client`` fault that says the first error (SOAP 1.1 section 6.2): the sender is to blame."""
    error: Finding | None = call.error
    said = "the message calls no operation that is known here" if error is None else f"{error.rule}: {error.message}"
    return envelope(500, samples.fault("Client", said))


def sampled(call: Call, values: Mapping[str, str]) -> Answer:
    """200 with the fullest sample of the response, which has ``values`` and what it repeats of the request's."""
    if call.operation is None:
        return refused(call)
    known = {**_repeated(call), **values}
    return envelope(200, samples.fullest(call.service, call.operation, "response", known))


def _repeated(call: Call) -> dict[str, str]:
    """The request's values of fields that the response has too, by local name.

    Secrets are left out, and so are fields that stand in an order: a caller may give one of them only. Values beyond
    ASCII are left out too, because the charset, which may differ from the declaration, is the verdict's business.
    """
    operation, service = call.operation, call.service
    if operation is None:
        return {}
    ordered = {name for relation in service.relations if relation.kind == "ordered" for name in relation.fields}
    asked, answered = (
        {(field.tag, field.base) for field in payload.values()} for payload in (operation.request, operation.response)
    )
    names = {local_name(tag) for tag, _ in asked & answered} - service.secrets - ordered
    return {name: text for name, text in call.values.items() if name in names and text and text.isascii()}
