"""A request sent to the endpoint, once, and its answer: no redirect is followed, and nothing is sent in the clear."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
import threading
import urllib.request
from typing import TYPE_CHECKING, Any, Final
from urllib.error import URLError
from urllib.parse import urlsplit

from contracts.codings import CodingError, codings_of, undone
from contracts.errors import UnansweredRequestError
from contracts.messages import Message
from contracts.xml import MAX_BYTES

from .fields import joined, of_response

if TYPE_CHECKING:
    from .targets import Target

_TUNNEL: Final = re.compile(r"Tunnel connection failed: ([0-9]{3})")
_HOST: Final = re.compile(r"[0-9a-z.:_-]{1,253}")
_PERHAPS: Final = "it may have taken the request all the same"


class EndpointError(UnansweredRequestError, OSError):
    """The endpoint gave an answer that is not passed on; the text names the cause and what to do, and no secret."""


class UnreachableError(EndpointError):
    """The endpoint gave no answer at all."""


class UnsentError(UnreachableError):
    """There was no way to the endpoint: it certainly got nothing of the request."""


class Endpoint:
    """The endpoint of ``target``, which has ``timeout`` seconds for each answer.

    TLS is verified as Python does it by default. The proxies of the environment (HTTPS_PROXY, NO_PROXY) are used, but
    never for loopback.
    """

    def __init__(self, target: Target, timeout: float) -> None:
        self._target = target
        self._timeout = timeout
        proxies = {} if target.loopback else urllib.request.getproxies_environment()
        self._proxied = target.scheme in proxies and not urllib.request.proxy_bypass(urlsplit(target.url).netloc)
        # Without a handler of errors and redirects, every answer comes back as it is.
        self._opener = urllib.request.OpenerDirector()
        for handler in (urllib.request.ProxyHandler(proxies), _Http(), _Https(context=ssl.create_default_context())):
            self._opener.add_handler(handler)

    def ask(self, request: Message) -> Message:
        """The answer to ``request``, its codings undone, without the header fields of the connection.

        Raises EndpointError.
        """
        held: list[Message | Exception] = []
        gate = threading.Event()
        gate.set()
        # A thread, because no timeout of a socket limits how long a name is looked up, or how slowly bytes may drip.
        thread = threading.Thread(
            target=self._try, args=(request, gate, held), name="soap-contracts-endpoint", daemon=True
        )
        try:
            thread.start()
            thread.join(self._timeout)
        finally:
            # Nobody waits any more, after a signal for instance: what was not sent by now never is.
            gate.clear()
        found = held[0] if held else TimeoutError()
        if isinstance(found, Message):
            return found
        raise found if isinstance(found, EndpointError) else self._error(found)

    def _try(self, request: Message, gate: threading.Event, held: list[Message | Exception]) -> None:
        try:
            held.append(self._asked(request, gate))
        except Exception as error:  # noqa: BLE001 - the other thread sorts them
            held.append(error)

    def _asked(self, request: Message, gate: threading.Event) -> Message:
        sent = _Request(self._target.url, request.body, joined(request.headers or ()), method=request.method)
        sent.gate = gate
        with self._opener.open(sent, timeout=self._timeout) as answer:
            if 300 <= answer.status < 400:
                raise self._redirected(answer.status, answer.headers.get("Location"))
            return Message(self._body(answer), self._fields(answer), "response", status=answer.status)

    def _fields(self, answer: http.client.HTTPResponse) -> tuple[tuple[str, str], ...]:
        rest = answer.headers.get_payload()  # lines that are no header fields
        if not 200 <= answer.status <= 599 or (isinstance(rest, str) and rest.strip()):
            raise self._garbage()
        try:
            return of_response(tuple(answer.headers.items()))
        except ValueError:
            raise self._garbage() from None

    def _body(self, answer: http.client.HTTPResponse) -> bytes:
        """The body of ``answer``, at most `MAX_BYTES` of it."""
        if [coding for coding in codings_of(answer.headers.get_all("Transfer-Encoding", [])) if coding != "chunked"]:
            raise self._garbage()
        body = answer.read(MAX_BYTES + 1)
        if len(body) <= MAX_BYTES and answer.length:
            raise ConnectionResetError
        try:
            for coding in reversed(codings_of(answer.headers.get_all("Content-Encoding", []))):
                body = undone(body, coding, MAX_BYTES) if len(body) <= MAX_BYTES else body
        except CodingError as error:
            raise EndpointError(f"the answer of {self._target.place} cannot be read: {error}") from None
        if len(body) > MAX_BYTES:
            raise EndpointError(
                f"the answer of {self._target.place} has more than the {MAX_BYTES} bytes that are read; ask for less"
            )
        return body

    def _redirected(self, status: int, location: str | None) -> EndpointError:
        try:
            host = urlsplit(location or "").hostname or ""
        except ValueError:
            host = ""
        # An address may hold anything; a host that is one may be told.
        where = f"to {host}" if _HOST.fullmatch(host) and host != self._target.host else "to another address of its own"
        return EndpointError(
            f"{self._target.place} answers {status} and redirects {where}; no redirect is followed, because what is in "
            "the request would go there. If that is the right one, give its address instead"
        )

    def _garbage(self) -> EndpointError:
        return EndpointError(f"what {self._target.place} answers is no HTTP; is this the address of the service?")

    def _error(self, error: Exception) -> EndpointError:
        """``error``, raised on the way to the endpoint, in words. Its own text is not told: it may quote a proxy."""
        cause = error.reason if isinstance(error, URLError) else error
        place = f"{self._target.place} (through the proxy of the environment)" if self._proxied else self._target.place
        for kind, raised, said in _SAID:
            if isinstance(cause, kind):
                return raised(f"{place} {said}")
        if isinstance(cause, TimeoutError):
            return UnreachableError(f"{place} did not answer within {self._timeout:g} seconds; {_PERHAPS}")
        if isinstance(cause, ssl.SSLCertVerificationError):
            return UnsentError(
                f"{place} has a certificate that cannot be verified ({cause.verify_message}); nothing was sent. A CA of "
                "your own can be named by SSL_CERT_FILE"
            )
        if isinstance(cause, ssl.SSLError):
            return UnreachableError(f"{place} does not speak TLS as this machine does; is https its scheme?")
        refused = _TUNNEL.match(str(cause))
        if refused:
            return UnsentError(f"{place}: the proxy answers {refused[1]}; look at HTTPS_PROXY and NO_PROXY")
        if isinstance(cause, http.client.HTTPException):
            return self._garbage()
        reason = (cause.strerror if isinstance(cause, OSError) else None) or type(cause).__name__
        return UnreachableError(f"{place} cannot be reached: {reason}")


_SAID: Final = (
    (
        socket.gaierror,
        UnsentError,
        "cannot be reached: its name cannot be resolved; look at the spelling and at the network",
    ),
    (ConnectionRefusedError, UnsentError, "cannot be reached: nobody listens there; look at the host and the port"),
    (
        (ConnectionResetError, BrokenPipeError, ssl.SSLEOFError, http.client.IncompleteRead),
        UnreachableError,
        f"closed the connection before the end of its answer; {_PERHAPS}",
    ),
)


class _Request(urllib.request.Request):
    #: Open as long as somebody waits for the answer.
    gate: threading.Event


class _Connection(http.client.HTTPConnection):
    gate: threading.Event

    def connect(self) -> None:
        """Connect, and send nothing where nobody waits any more."""
        super().connect()
        if not self.gate.is_set():
            raise ConnectionAbortedError


class _SecureConnection(_Connection, http.client.HTTPSConnection):
    pass


def _gated(kind: type[_Connection], gate: threading.Event) -> Any:
    """What makes a connection of this kind, as urllib asks for it."""

    def made(*arguments: Any, **more: Any) -> _Connection:
        connection = kind(*arguments, **more)
        connection.gate = gate
        return connection

    return made


class _Http(urllib.request.HTTPHandler):
    def http_request(self, request: Any) -> Any:
        """``request`` as it is: urllib would add a Content-Type that the client has not sent."""
        return request

    def http_open(self, request: Any) -> Any:
        """Open it through its gate."""
        return self.do_open(_gated(_Connection, request.gate), request)


class _Https(urllib.request.HTTPSHandler):
    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(context=context)
        self.context = context

    def https_request(self, request: Any) -> Any:
        """As for http."""
        return request

    def https_open(self, request: Any) -> Any:
        """As for http."""
        return self.do_open(_gated(_SecureConnection, request.gate), request, context=self.context)
