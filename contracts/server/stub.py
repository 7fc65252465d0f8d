"""The stub of the services: an ASGI application that judges what it is sent, and the server that runs it."""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING, Final, NamedTuple, Self
from urllib.parse import quote

from contracts import samples
from contracts.addresses import shown_method
from contracts.checking import check
from contracts.codings import plain
from contracts.errors import SoapContractsError, UnansweredRequestError
from contracts.messages import Message
from contracts.rules import open_case
from contracts.secrecy import without
from contracts.xml import MAX_BYTES

from .answers import answer_to, replayed, unanswered
from .asgi import receive_body, request_of, send_answer, text
from .listening import HOST, Listener
from .pages import page, service_at

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contracts.catalog import Catalog
    from contracts.findings import Verdict

    from .asgi import Answer, Receive, Received, Request, Scope, Send
    from .authority import Authority
    from .listening import Certifying

_METHODS: Final = "GET, HEAD, POST"
_MALFORMED: Final = "a client has sent what is no HTTP/1.1 request, and got 400 for it"
_ENCODE: Final = "In an address, blanks and letters beyond ASCII must be percent-encoded"
#: What h11 calls the line with the address, and the address.
_ADDRESS: Final = re.compile(r"request line|target", re.IGNORECASE)


class MalformedRequestError(SoapContractsError, ValueError):
    """What a client has sent is no HTTP/1.1 request, or did not come through TLS: no message, and yet it is wrong."""


class Exchange(NamedTuple):
    """A request, the answer that it got (None when its sender hung up, or sent too much), and a verdict on each."""

    request: Message
    response: Message | None
    verdicts: tuple[Verdict, ...]


class Stub:
    """The services of ``catalog``, or those that ``services`` names, on a free port of 127.0.0.1 while it is entered.

    ``host`` is another address of this machine, where others can reach it. ``tls`` makes it https: `made_for` of
    `contracts.server.authority`.

    Any path below ``/<service>`` is that service; on any other path the envelope tells. ``counted`` gives the verdict
    whose findings count: a request whose errors are all accepted is answered as a valid one, or the client could not
    go on. ``replay`` gives the answers instead, as `Tape.answer` does; a request for which it raises
    UnansweredRequestError gets a fault, and the error is among the `failures`. Raises UnknownNameError for a service
    that does not exist, and ContractError for one of whose responses no sample can be made.
    """

    def __init__(
        self,
        catalog: Catalog,
        services: Sequence[str] | None = None,
        port: int = 0,
        *,
        counted: Callable[[Verdict], Verdict] | None = None,
        replay: Callable[[Message], Message] | None = None,
        host: str = HOST,
        tls: Certifying | None = None,
    ) -> None:
        self._counted = counted
        self._replay = replay
        self._catalog = catalog.remembering(services or None)
        for service in self._catalog:
            for operation in service.operations:
                samples.fullest(service, operation, "response")
        self._listener = Listener(self._serve, self._refuse, port, host=host, tls=tls, unmet=self._miss)
        self._lock = threading.Lock()
        self._exchanges: list[Exchange] = []
        self._failures: list[Exception] = []

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
    def authority(self) -> Authority | None:
        """What clients need to trust the stub, from entering on; None without TLS."""
        return self._listener.authority

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """What was sent and answered so far, in order."""
        with self._lock:
            return tuple(self._exchanges)

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
        verdicts = tuple(check(message, catalog=self._catalog) for message in messages)
        return Exchange(request, messages[1] if len(messages) > 1 else None, verdicts)

    @property
    def failures(self) -> tuple[Exception, ...]:
        """What no verdict tells, in order.

        A MalformedRequestError for a request that was no HTTP or did not come through TLS, an UnansweredRequestError
        for one that ``replay`` has no answer for; errors of the stub itself.
        """
        with self._lock:
            return tuple(self._failures)

    def settle(self, patience: float = 1.0) -> None:
        """Wait until what has arrived is answered and judged, at most ``patience`` seconds.

        A client that does not wait for its answer may be done before the stub is.
        """
        self._listener.settle(patience)

    def _refuse(self, reason: str) -> None:
        said = f"{_MALFORMED} ({reason})"
        if _ADDRESS.search(reason):
            said = f"{said}. {_ENCODE}"
        with self._lock:
            self._failures.append(MalformedRequestError(said))

    def _miss(self, said: str) -> None:
        with self._lock:
            self._failures.append(MalformedRequestError(said))

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = request_of(scope)
        received = await receive_body(receive, MAX_BYTES)
        try:
            answer = self._answer(request, received)
        except Exception as error:  # noqa: BLE001 - whoever runs the stub must hear of any
            with self._lock:
                self._failures.append(error)
            answer = text(500, "The stub itself has failed.\n")
        await send_answer(send, answer)

    def _answer(self, request: Request, received: Received) -> Answer:
        if request.method in ("GET", "HEAD") and not received.body:
            return page(self._catalog, request)
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
        # The path labels the message in every report, and a client may have put anything into it.
        shown = open_case(message, self._catalog).places.masked.without_secrets(request.path)
        message = message._replace(source=f"#{len(self._exchanges) + 1} {shown_method(request.method)} {shown}")
        verdict = check(message, catalog=self._catalog)
        if not received.complete or len(message.body) > MAX_BYTES:
            self._keep(Exchange(message, None, (verdict,)))
            return text(413, f"A message has at most {MAX_BYTES} bytes.\n")
        answer = self._answer_to(message, verdict)
        told = message._replace(kind="response", method=None, request=message)
        response = told._replace(status=answer.status, headers=answer.headers, body=answer.body)
        self._keep(Exchange(message, response, (verdict, check(response, catalog=self._catalog))))
        return answer

    def _answer_to(self, message: Message, verdict: Verdict) -> Answer:
        if self._replay is None:
            counting = verdict if self._counted is None else self._counted(verdict)
            return answer_to(self._catalog, counting, message.body)
        try:
            return replayed(self._replay(message))
        except UnansweredRequestError as error:
            with self._lock:
                self._failures.append(error)
            return unanswered(error)

    def _keep(self, exchange: Exchange) -> None:
        with self._lock:
            self._exchanges.append(exchange)
