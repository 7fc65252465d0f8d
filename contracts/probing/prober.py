"""The probe itself: one request after another, none sent twice, and what is left open when it ends too early."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Final, NamedTuple

from contracts.checking import check
from contracts.errors import RefusedRequestError
from contracts.recording import UnreachableError, UnsentError
from contracts.schema import RANGES, instant_of

from .answers import answered, with_article
from .provocations import compared
from .requests import named, request_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from contracts.catalog import Catalog
    from contracts.findings import Verdict
    from contracts.messages import Message
    from contracts.model import Operation, Service
    from contracts.recording import Recorder

    from .answers import Answered
    from .credentials import Credentials
    from .plans import Plan, Planned
    from .provocations import Provocation, Provoked

#: What a server, or what stands before it, answers when it is not there for us.
_AWAY: Final = {
    429: "it was asked too often",
    502: "what stands before it gets no answer from it",
    503: "it is busy, or was asked too often",
    504: "what stands before it gets no answer from it",
}
_SECONDS: Final = re.compile(r"[0-9]{1,6}")
_NO_SUCH: Final = {
    401: "; the address wants another login than the contract's",
    403: "; is this machine's address allowed there?",
    404: "; look at the path of --endpoint",
}


class Probed(NamedTuple):
    """A call that was made: the verdicts on both messages, and what came; ``unexpected`` is what should not have."""

    operation: str
    verdicts: tuple[Verdict, Verdict]
    came: Answered
    unexpected: str


class LeftOpen(NamedTuple):
    """What ``operation`` was called with and has opened, or may have, and that only ``closing`` closes.

    ``numbers`` are the integers of its response, by which the service's own people may find what it is about.
    """

    operation: str
    closing: str
    values: str
    numbers: dict[str, str]

    def __str__(self) -> str:
        given = f" ({_listed(self.numbers)})" if self.numbers else ""
        return f"{self.operation} of {self.values}{given} may be left open: only {self.closing} closes it"

    def differs_from(self, numbers: dict[str, str]) -> str:
        """In what the end is that of another one, "" where nothing shows that."""
        pairs = ((name, text, numbers.get(name, text)) for name, text in self.numbers.items())
        return "; ".join(f"{name} {other} was ended, {text} was begun" for name, text, other in pairs if other != text)


class Prober:
    """Sends requests through ``recorder``, one at a time and ``pause`` seconds apart.

    ``left_open`` says, at any time, what an operation has opened and no other closed since.
    """

    def __init__(
        self,
        service: Service,
        recorder: Recorder,
        catalog: Catalog,
        credentials: Credentials | None,
        *,
        pause: float = 1.0,
    ) -> None:
        self._service = service
        self._recorder = recorder
        self._catalog = catalog
        self._known = named(service, credentials)
        self._pause = pause
        self.count = 0
        self.left_open: LeftOpen | None = None

    def run(self, plan: Plan) -> Iterator[Probed]:
        """Make the calls, each when it is asked for, and stop behind the first whose answer is not the expected one.

        Raises EndpointError for a call that gets no answer that can be judged, and RefusedRequestError for one that may
        not be sent; none is made again.
        """
        for planned in plan.calls:
            probed = self._called(planned)
            yield probed
            if probed.unexpected:
                return

    def provoke(self, provocation: Provocation) -> Provoked:
        """Send a wrong request and compare its answer with the one that is known of the provider. As `run`."""
        request = provocation.request._replace(source=f"#{self.count + 1} {provocation.title}")
        self._wait()
        return compared(provocation, self._ask(request, self._recorder.provoke), self._service, self._catalog)

    def _wait(self) -> None:
        if self.count:
            time.sleep(self._pause)
        self.count += 1

    def _ask(self, request: Message, send: Callable[[Message], Message]) -> Message:
        response = send(request)
        if response.status in _AWAY:
            raise UnreachableError(self._away(response))
        return response

    def _away(self, response: Message) -> str:
        said = response.header("Retry-After") or ""
        wait = f"wait {said} seconds, as it asks," if _SECONDS.fullmatch(said) else "wait some minutes"
        status = response.status or 0
        return f"{self._recorder.place} answers {status}: {_AWAY[status]}; {wait} and try again"

    def _called(self, planned: Planned) -> Probed:
        operation = planned.operation
        self._refuse_headless(operation)
        request = request_of(self._service, planned, self._known, f"#{self.count + 1} {operation.name}")
        before = self.left_open
        self._wait()
        if planned.call.closed_by:
            # From here on nobody knows, until the answer is there.
            self.left_open = LeftOpen(operation.name, planned.call.closed_by, _listed(planned.values), {})
        try:
            response = self._ask(request, self._recorder.answer)
        except (UnsentError, RefusedRequestError):
            self.left_open = before
            raise
        said = answered(response, self._service, self._catalog)
        self._known |= {name: text for name, text in said.values.items() if text and self._is_of_header(name)}
        verdicts = (check(request, catalog=self._catalog), check(response, catalog=self._catalog))
        answers = verdicts[1].kind == "response" and verdicts[1].operation == operation.name
        unexpected = _unexpected(planned, said, answers=answers)
        another = self._keep_account(planned, said, answers=answers and 200 <= said.status < 300)
        return Probed(operation.name, verdicts, said, unexpected or another)

    def _refuse_headless(self, operation: Operation) -> None:
        """Raise RefusedRequestError where no answer has given what the header needs: a sample is no session."""
        block = self._service.header(operation.header) if operation.header else None
        lacking = [] if block is None else [field.name for field in block.values() if field.name not in self._known]
        if lacking:
            place = self._recorder.place
            raise RefusedRequestError(
                f"{operation.name} was not sent to {place}: no answer has given the {', '.join(lacking)} of its header"
            )

    def _is_of_header(self, name: str) -> bool:
        return any(field.name == name for block in self._service.headers for field in block.values())

    def _keep_account(self, planned: Planned, said: Answered, *, answers: bool) -> str:
        """Note what is open now; in what it is another one that was closed, "" where nothing shows that."""
        opened = self.left_open
        if opened is None:
            return ""
        if planned.call.closed_by:
            if _is_refused(said, self._service):
                self.left_open = None
            elif answers:
                self.left_open = opened._replace(numbers=self._numbers(planned, said))
        elif planned.operation.name == opened.closing and answers:
            another = opened.differs_from(self._numbers(planned, said))
            self.left_open = opened if another else None
            return another
        return ""

    def _numbers(self, planned: Planned, said: Answered) -> dict[str, str]:
        """The integers that a response gives and that were not in the request."""
        fields = (field for field in planned.operation.response.values() if field.base in RANGES)
        names = [field.name for field in fields if field.name not in planned.values and said.values.get(field.name)]
        return {name: said.shown(name) for name in names if name not in self._service.secrets}


def _listed(values: dict[str, str]) -> str:
    return ", ".join(f"{name} {text}" for name, text in values.items())


def _is_refused(said: Answered, service: Service) -> bool:
    """Whether a fault says that nothing was done, which one of the server's own does not."""
    blames_us = said.code == "soap:Client" or any(fault.name == said.fault for fault in service.faults)
    return bool(said.fault) and blames_us and said.fault != "ServerFault"


def _unexpected(planned: Planned, said: Answered, *, answers: bool) -> str:
    """What came otherwise than the call expects, "" for nothing."""
    expected = planned.call.fault
    if expected is not None:
        came = f"it was answered {said}" if said.fault else f"a response with status {said.status} came"
        return "" if said.fault == expected else f"{with_article(expected)} was expected, but {came}"
    if said.fault:
        return f"it was answered {said}"
    if not answers or not 200 <= said.status < 300:
        hint = _NO_SUCH.get(said.status, "")
        return f"it was answered with status {said.status} and no response of {planned.operation.name}{hint}"
    differing = ((name, wanted) for name, wanted in planned.returns.items() if not _same(wanted, said.values.get(name)))
    return "; ".join(
        f"{name}: {wanted} was expected, {said.shown(name) or 'nothing'} came{_hint(wanted, said.values.get(name))}"
        for name, wanted in differing
    )


def _same(wanted: str, came: str | None) -> bool:
    """Whether two texts say the same: as instants where both are times, otherwise character by character."""
    one, other = instant_of(wanted), instant_of(came or "")
    if one is None or other is None:
        return wanted == came
    return (one.zoned, one.seconds, one.fraction) == (other.zoned, other.seconds, other.fraction)


def _hint(wanted: str, came: str | None) -> str:
    """By how much a time without a zone is another one: that is how the service's own clock shows."""
    one, other = instant_of(wanted), instant_of(came or "")
    if one is None or other is None or one.zoned == other.zoned:
        return ""
    return f"; its zone is lost, and its clock differs by {(other.seconds - one.seconds) / 3600:g} hours"
