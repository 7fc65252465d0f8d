"""The stub of the services: an ASGI application that judges what it is sent, and the server that runs it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import quote

from contracts import samples
from contracts.addresses import shown_method
from contracts.answers import text
from contracts.checking import check
from contracts.codings import plain
from contracts.conditions import Conditions, Served
from contracts.errors import ContractError, SoapContractsError, UnansweredRequestError
from contracts.fields import is_field
from contracts.messages import Message
from contracts.rules import open_case
from contracts.secrecy import without
from contracts.xml import MAX_BYTES

from .asgi import receive_body, request_of, send_answer
from .control import PATH as CONTROL_PATH
from .control import Control
from .journal import Exchange, Journal
from .listening import ANYWHERE, Listener, Place
from .pages import page, service_at
from .replaying import replayed, unanswered

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contracts.answers import Answer
    from contracts.catalog import Catalog
    from contracts.findings import Verdict

    from .asgi import Receive, Received, Request, Scope, Send
    from .authority import Authority

_METHODS: Final = "GET, HEAD, POST"
_MALFORMED: Final = "a client has sent what is no HTTP/1.1 request, and got 400 for it"
_ENCODE: Final = "In an address, blanks and letters beyond ASCII must be percent-encoded"
#: What h11 calls the line with the address, and the address.
_ADDRESS: Final = re.compile(r"request line|target", re.IGNORECASE)


class MalformedRequestError(SoapContractsError, ValueError):
    """What a client has sent is no HTTP/1.1 request, or did not come through TLS: no message, and yet it is wrong."""


class Stub:
    """The services of ``catalog``, or those that ``services`` names, at ``place`` while it is entered.

    Any path below ``/<service>`` is that service; on any other path the envelope tells. ``counted`` gives the verdict
    whose findings count: a request whose errors are all accepted is answered as a valid one, or the client could not
    go on. The services behave as `contracts.providers` has it; `conditions` brings them into states and injects what a
    client must survive, and `control`, with its ``token``, lets clients do so. ``replay`` gives the answers instead, as
    `Tape.answer` does; a request for which it raises UnansweredRequestError gets a fault, and the error is among the
    `failures`. Raises UnknownNameError for a service that does not exist, and ContractError for one of whose responses
    no sample can be made, or whose behaviour cannot be loaded.
    """

    def __init__(
        self,
        catalog: Catalog,
        services: Sequence[str] | None = None,
        place: Place = ANYWHERE,
        *,
        counted: Callable[[Verdict], Verdict] | None = None,
        replay: Callable[[Message], Message] | None = None,
        journal: Journal | None = None,
        token: str | None = "",
    ) -> None:
        self._counted = counted
        self._replay = replay
        self._catalog = catalog.remembering(services or None)
        for service in self._catalog:
            for operation in service.operations:
                samples.fullest(service, operation, "response")
        self.conditions = Conditions(self._catalog)
        self._listener = Listener(self._serve, place, self._refuse, self._miss)
        self.control = Control(self.conditions, token)
        self.journal = journal or Journal()

    def __enter__(self) -> Self:
        self._listener.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.__exit__()

    @property
    def services(self) -> tuple[str, ...]:
        """The names of the services that are served."""
        return tuple(self._catalog.services)

    def endpoint(self, service: str) -> str:
        """The address that takes the envelopes of ``service``. Raises UnknownNameError."""
        return f"{self._listener.origin}/{quote(self._catalog.service(service).name)}"

    def wsdl(self, service: str) -> str:
        """The address of the WSDL of ``service`` as published. Raises UnknownNameError."""
        return f"{self.endpoint(service)}?wsdl"

    @property
    def control_address(self) -> str:
        """Where tests in any language ask for conditions, as `control` has it; they show its token."""
        return f"{self._listener.origin}{CONTROL_PATH}"

    @property
    def authority(self) -> Authority | None:
        """What clients need to trust the stub, from entering on; None without TLS."""
        return self._listener.authority

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """What was sent and answered so far, in order."""
        return self.journal.exchanges

    def review(self) -> tuple[Exchange, ...]:
        """The exchanges, judged anew: by now all secrets are known, and one may stand where nobody took it for one."""
        return tuple(self._reviewed(exchange) for exchange in self.exchanges)

    def _reviewed(self, exchange: Exchange) -> Exchange:
        known = self._catalog.known
        source = exchange.request.source
        if known is not None:
            source = without(source, known.found(source))
        request = exchange.request._replace(source=source)
        messages = [request]
        if exchange.response is not None:
            messages.append(exchange.response._replace(source=source, request=request))
        verdicts = [check(message, catalog=self._catalog) for message in messages]
        response = messages[1] if len(messages) > 1 else None
        return _accepted(exchange._replace(request=request, response=response, verdicts=tuple(verdicts)))

    @property
    def failures(self) -> tuple[Exception, ...]:
        """What no verdict tells, in order.

        A MalformedRequestError for a request that was no HTTP or did not come through TLS, an UnansweredRequestError
        for one that ``replay`` has no answer for, a ConductError for what a client must not do; errors of the stub
        itself.
        """
        return self.journal.failures

    def settle(self, patience: float = 1.0) -> None:
        """Wait until what has arrived is answered and judged, at most ``patience`` seconds.

        A client that does not wait for its answer may be done before the stub is.
        """
        self._listener.settle(patience)

    def _refuse(self, reason: str) -> None:
        said = f"{_MALFORMED} ({reason})"
        if _ADDRESS.search(reason):
            said = f"{said}. {_ENCODE}"
        self.journal.fail(MalformedRequestError(said))

    def _miss(self, said: str) -> None:
        self.journal.fail(MalformedRequestError(said))

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = request_of(scope)
        received = await receive_body(receive, MAX_BYTES)
        try:
            answer = self._answer(request, received, scope["client"])
            _refuse_unsendable(answer)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whoever runs the stub must hear of any
            self.journal.fail(error if isinstance(error, Exception) else RuntimeError("SystemExit"))
            answer = text(500, "The stub itself has failed.\n")
        self.journal.fail(*self.conditions.taken())
        await send_answer(scope, receive, send, answer)

    def _answer(self, request: Request, received: Received, client: tuple[str, int] | None) -> Answer:
        if f"{request.path}/".startswith(f"{CONTROL_PATH}/"):
            return self.control.answer(request, received, client[0] if client else "")
        if request.method in ("GET", "HEAD") and not received.body:
            self.conditions.look_at(request.url)
            return page(self._catalog, request, self.journal)
        if request.method != "POST" and not received.body:
            return text(405, f"Allowed are {_METHODS}.\n", ("Allow", _METHODS))
        return self._judge(request, received)

    def _judge(self, request: Request, received: Received) -> Answer:
        service = service_at(self._catalog, request.path)
        message = Message(
            body=plain(received.body, request.headers, MAX_BYTES),
            headers=request.headers,
            kind="request",
            method=request.method,
            url=request.url,
            service=service.name if service else None,
        )
        path = self._shown(request.path, message)
        message = message._replace(source=f"#{self.journal.count + 1} {shown_method(request.method)} {path}")
        verdict = check(message, catalog=self._catalog)
        if not received.complete or len(message.body) > MAX_BYTES:
            self.journal.add(Exchange(message, None, (verdict,)))
            return text(413, f"A message has at most {MAX_BYTES} bytes.\n")
        try:
            served = self._served(message, verdict, request.base)
            exchange = self._exchanged(message, verdict, served)
        except BaseException:
            # A behaviour may fail, and what the client sent is to be judged all the same.
            self.journal.add(Exchange(message, None, (verdict,)))
            raise
        self.journal.add(exchange)
        return served.answer

    def _shown(self, path: str, message: Message) -> str:
        """The path, which labels the message in every report, without its secrets: a client may put any into it."""
        # To look for them costs as much as the verdict, and in the address that we gave out there are none.
        if path.strip("/") in self._catalog.services:
            return path
        return open_case(message, self._catalog).places.masked.without_secrets(path)

    def _exchanged(self, message: Message, verdict: Verdict, served: Served) -> Exchange:
        answer, injected = served
        ours = self._replay is None or bool(injected)
        if not answer.status:
            return Exchange(message, None, (verdict,), ours, injected)
        told = message._replace(kind="response", method=None, request=message)
        body = plain(answer.body, answer.headers, MAX_BYTES)
        response = told._replace(status=answer.status, headers=answer.headers, body=body)
        verdicts = (verdict, check(response, catalog=self._catalog))
        return _accepted(Exchange(message, response, verdicts, ours, injected))

    def _served(self, message: Message, verdict: Verdict, base: str) -> Served:
        counting = verdict if self._counted is None else self._counted(verdict)
        replay = self._replay
        process = None if replay is None else lambda: self._replayed(replay, message)
        forgiven = counting.passed and not verdict.passed
        return self.conditions.serve(message, counting, base, process, forgiven=forgiven)

    def _replayed(self, replay: Callable[[Message], Message], message: Message) -> Answer:
        try:
            return replayed(replay(message))
        except UnansweredRequestError as error:
            self.journal.fail(error)
            return unanswered(error)


def _refuse_unsendable(answer: Answer) -> None:
    """Raise ContractError for an answer that cannot go out as HTTP: a behaviour of the user's own may give any."""
    if answer.wire is not None:
        return
    if not isinstance(answer.status, int) or not 200 <= answer.status <= 599:
        raise ContractError(f"the behaviour of a service answers with the status {answer.status!r}, which is none")
    wrong = next((name for name, value in answer.headers if not is_field(name, value)), None)
    if wrong is not None:
        raise ContractError(
            f"the behaviour of a service answers with a header field {wrong!r} that HTTP does not allow"
        )


def _accepted(exchange: Exchange) -> Exchange:
    """``exchange`` with the findings in an answer of ours accepted: for them the client is not to blame."""
    if not exchange.ours or exchange.response is None or not exchange.verdicts[1].findings:
        return exchange
    reason = f"the stub's own answer{f', injected: {exchange.injected}' if exchange.injected else ''}"
    request, answer = exchange.verdicts
    findings = tuple([finding._replace(accepted=reason) for finding in answer.findings])
    return exchange._replace(verdicts=(request, answer._replace(findings=findings)))
