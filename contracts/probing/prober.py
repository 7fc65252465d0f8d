"""The probe itself: one request after another, none sent twice, and what is left open when it ends too early."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from contracts import samples
from contracts.checking import check
from contracts.messages import Message
from contracts.recording import UnreachableError
from contracts.schema import instant_of

from .answers import answered
from .plans import NOW, filled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from contracts.catalog import Catalog
    from contracts.findings import Verdict
    from contracts.model import Service
    from contracts.recording import Recorder

    from .answers import Answered
    from .credentials import Credentials
    from .plans import Plan, Planned

_BUSY = 503


class Probed(NamedTuple):
    """A call that was made: the verdicts on both messages, and what came otherwise than expected, "" for nothing."""

    operation: str
    verdicts: tuple[Verdict, Verdict]
    unexpected: str = ""


class Prober:
    """Sends the calls of a plan through ``recorder``, ``pause`` seconds apart.

    ``left_open`` says, at any time, what an operation has opened and no other closed since, "" for nothing.
    """

    def __init__(
        self,
        service: Service,
        recorder: Recorder,
        catalog: Catalog,
        credentials: Credentials | None,
        options: Mapping[str, str],
        *,
        pause: float = 1.0,
    ) -> None:
        self._service = service
        self._recorder = recorder
        self._catalog = catalog
        self._options = {**options, NOW: datetime.now(tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
        self._values = {} if credentials is None else self._named(credentials)
        self._pause = pause
        self._count = 0
        self._closing = ""
        self.left_open = ""

    def _named(self, credentials: Credentials) -> dict[str, str]:
        plan = self._service.probe
        named = ((plan.user, credentials.user), (plan.password, credentials.password))
        return {name: text for name, text in named if name is not None}

    def run(self, plan: Plan) -> Iterator[Probed]:
        """Make the calls, and stop behind the first whose answer is not what it has to be.

        Raises EndpointError for a call that gets no answer that can be judged; it is not made again.
        """
        for planned in plan.calls:
            probed = self._called(planned)
            yield probed
            if probed.unexpected:
                return

    def wait(self) -> None:
        """Let the time between two requests pass, but before the first."""
        if self._count:
            time.sleep(self._pause)
        self._count += 1

    def _called(self, planned: Planned) -> Probed:
        call, operation = planned
        self.wait()
        request = self._request(planned)
        if call.closed_by:
            # From here on nobody knows, until the answer is there.
            self._opened(planned, "")
        response = self._recorder.answer(request)
        if response.status == _BUSY:
            raise UnreachableError(
                f"{self._recorder.place} answers 503: it is busy, or was asked too often; wait some minutes and try again"
            )
        said = answered(response, self._service, self._catalog)
        self._values |= {name: text for name, text in said.values.items() if text and self._is_of_header(name)}
        self._keep_account(planned, said)
        verdicts = (check(request, catalog=self._catalog), check(response, catalog=self._catalog))
        return Probed(operation.name, verdicts, self._unexpected(planned, said, verdicts[1]))

    def _request(self, planned: Planned) -> Message:
        call, operation = planned
        values = {**self._values, **{name: filled(text, self._options) for name, text in call.values}}
        body = samples.smallest(self._service, operation, "request", values)
        source = f"#{self._count} {operation.name}"
        return Message(
            body, samples.request_headers(operation), "request", "POST", source=source, service=self._service.name
        )

    def _is_of_header(self, name: str) -> bool:
        return any(field.name == name for block in self._service.headers for field in block.values())

    def _opened(self, planned: Planned, more: str) -> None:
        values = ", ".join(f"{name} {filled(text, self._options)}" for name, text in planned.call.values)
        self._closing = planned.call.closed_by or ""
        self.left_open = f"{planned.operation.name} of {values}{more} may be left open: only {self._closing} closes it"

    def _keep_account(self, planned: Planned, said: Answered) -> None:
        if planned.call.closed_by and said.fault:
            self.left_open = ""
        elif planned.call.closed_by and said.values:
            number = said.values.get("SyncId", "")
            self._opened(planned, f" (SyncId {number})" if number else "")
        elif planned.operation.name == self._closing and said.values:
            self.left_open = ""

    def _unexpected(self, planned: Planned, said: Answered, verdict: Verdict) -> str:
        call = planned.call
        if call.fault is not None:
            if said.fault == call.fault:
                return ""
            came = said.fault or f"a response with status {said.status}"
            return f"a {call.fault} was expected, {came} came"
        if said.fault:
            return f"it was answered with a fault: {' '.join(filter(None, (said.fault, said.code)))}"
        if verdict.kind != "response" or not 200 <= said.status < 300:
            return f"it was answered with status {said.status} and no response of {planned.operation.name}"
        for name, text in call.returns:
            wanted, came = filled(text, self._options), said.values.get(name, "")
            if not _same(wanted, came):
                return f"{name}: {wanted} was expected, {came or 'nothing'} came"
        return ""


def _same(wanted: str, came: str) -> bool:
    """Whether two texts say the same: as instants where both are times, otherwise character by character."""
    one, other = instant_of(wanted), instant_of(came)
    if one is None or other is None:
        return wanted == came
    return (one.zoned, one.seconds, one.fraction) == (other.zoned, other.seconds, other.fraction)
