"""What a service does with a request: the base of the shipped providers and of behaviours of your own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from lxml import etree

from contracts import samples
from contracts.answers import Answer
from contracts.errors import UnknownNameError
from contracts.names import TEXT_XML

from .clocks import Clock
from .states import arguments_of, in_words, state, states_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contracts.findings import Finding
    from contracts.model import Fault, Service

    from .calls import Call

_HEADERS: Final = (("Content-Type", TEXT_XML),)


class Behaviour:
    """Answers the calls of one service, one at a time, and remembers in memory what they did.

    This base answers a valid request with a sample of its response, and any other with a ``soap:Client`` fault. A
    behaviour of your own overrides `perform`, and `reset` where it keeps something. Methods marked with `state` are the
    states that a test can put it into.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        self.clock = Clock()
        self._samples = False
        self._strict = False

    def respond(self, call: Call) -> Answer:
        """The answer to a call: that of `answer`, unless a state says otherwise."""
        if self._samples:
            return sampled(call, {}) if call.error is None else refused(call)
        if self._strict and call.error is not None:
            return refused(call)
        return self.answer(call)

    def answer(self, call: Call) -> Answer:
        """The answer to any call, valid or not."""
        return refused(call) if call.error is not None else sampled(call, self.perform(call))

    def perform(self, call: Call) -> Mapping[str, str]:  # noqa: ARG002 - for those that override it
        """Do what a valid ``call`` asks: the values of the response by local name; the others are samples."""
        return {}

    def reset(self) -> None:
        """Forget what calls and states have brought about."""
        self.clock.reset()
        self._samples = self._strict = False

    def given(self, name: str, parameters: Mapping[str, object]) -> None:
        """Bring about the state called ``name``. Raises UnknownNameError and StateError."""
        known = states_of(type(self))
        found = known.get(in_words(name))
        if found is None:
            raise UnknownNameError.of("state", name, known)
        getattr(self, found.method)(**arguments_of(found.name, found.parameters, parameters))

    @property
    def faults(self) -> tuple[str, ...]:
        """The names of the faults that this service can answer with."""
        return ("ServerFault", *(fault.name for fault in self.service.faults if fault.name != "ServerFault"))

    def fault(self, name: str, text: str = "") -> Answer:
        """The fault of this name, one of `faults`, with status 500."""
        known = next((fault for fault in self.service.faults if fault.name == name), None)
        return Answer(500, _HEADERS, fault_envelope(known, self.service, text or f"{name}, as it was asked for"))

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
    return Answer(500, _HEADERS, samples.fault("Client", said))


def sampled(call: Call, values: Mapping[str, str]) -> Answer:
    """200 with the fullest sample of the response, which has ``values`` and what it repeats of the request's."""
    if call.operation is None:
        return refused(call)
    known = {**_repeated(call), **values}
    return Answer(200, _HEADERS, samples.fullest(call.service, call.operation, "response", known))


def fault_envelope(fault: Fault | None, service: Service, text: str) -> bytes:
    """A SOAP 1.1 fault from the server, with the detail element of ``fault``, if it is one that the contract names."""
    root = etree.fromstring(samples.fault("Server", text))
    if fault is not None:
        detail = next(root.iter("detail"))
        etree.SubElement(detail, f"{{{service.namespace}}}{fault.name}", nsmap={None: service.namespace})  # type: ignore[dict-item] # the stubs know no default namespace
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


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
    names = {tag.rpartition("}")[2] for tag, _ in asked & answered} - service.secrets - ordered
    return {name: text for name, text in call.values.items() if name in names and text and text.isascii()}
