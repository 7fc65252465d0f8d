"""uvicorn on a free port, of 127.0.0.1 unless told otherwise, in a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import re
import socket
import sys
import threading
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self
from urllib.parse import quote

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from .asgi import TRANSPORT
from .handshakes import Handshakes

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from contextlib import AbstractContextManager

    from .authority import Authority

    #: As `authority.made_for` does: an authority, and a certificate for these names, while the context is entered.
    Certifying = Callable[[Iterable[str]], AbstractContextManager[Authority]]

HOST: Final = "127.0.0.1"
#: Seconds. An idle client keeps its connection longer than any test takes; at the end nobody waits long for a hung one.
_KEEP_ALIVE: Final = 3600
_GRACE: Final = 2
#: Seconds that a held-up event loop gets beyond that.
_PATIENCE: Final = 3
#: Turns of the event loop that take a request from the socket to the application, and more.
_TURNS: Final = 10
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
#: RFC 1123 section 2.1, as far as a certificate minds.
_HOST_NAME: Final = re.compile(r"[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*")
_QUOTED: Final = re.compile(r"[ :]*(?:bytearray\()?b?['\"].*", re.DOTALL)

# Without a handler, logging prints uvicorn's warnings (a malformed request, an upgrade offered) on the user's terminal.
logging.getLogger("uvicorn.error").addHandler(logging.NullHandler())


class Place(NamedTuple):
    """Where to listen: an address of this machine or a name for one, and a port, 0 for one that is free.

    ``tls``, which is `authority.made_for`, makes it https.
    """

    host: str = HOST
    port: int = 0
    tls: Certifying | None = None


#: A free port of 127.0.0.1.
ANYWHERE: Final = Place()


class Listener:
    """Serves an ASGI application while it is entered. The origin is known, and takes connections, from entering on.

    ``refused`` is called with the reason, which quotes nothing, for what comes and is no HTTP/1.1: that gets 400 and
    never reaches the application. ``unmet`` is called with the reason for each handshake of TLS that fails. Entering
    raises OSError where the place cannot be had.
    """

    def __init__(
        self,
        app: Callable[..., Awaitable[None]],
        place: Place,
        refused: Callable[[str], None],
        unmet: Callable[[str], None],
    ) -> None:
        self._app: Callable[..., Any] = app
        self._refused = refused
        self._place = place
        self._handshakes = Handshakes(unmet)
        self._busy = 0
        self._idle = asyncio.Event()
        self._ending = contextlib.ExitStack()
        self.origin = ""
        self.authority: Authority | None = None

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack, contextlib.ExitStack() as unserved:
            listening = unserved.enter_context(_bound(self._place))
            config = self._config()
            self._certify(config, listening, stack)
            self.origin = _origin(listening, self._place.host, "http" if self._place.tls is None else "https")
            self._server = _Server(config)
            self._thread = threading.Thread(
                target=self._serve, args=(listening,), name="soap-contracts-stub", daemon=True
            )
            self._thread.start()
            # It closes the socket when it is done with it, for which nobody may have waited.
            unserved.pop_all()
            self._ending = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        # A behaviour of the user's own may never return; the thread is a daemon.
        self._thread.join(_GRACE + _PATIENCE)
        self._handshakes.conclude()
        self._ending.close()

    def _certify(self, config: uvicorn.Config, listening: socket.socket, stack: contextlib.ExitStack) -> None:
        if self._place.tls is None:
            return
        self.authority = stack.enter_context(self._place.tls(_names(listening, self._place.host)))
        context = self.authority.context
        context.set_alpn_protocols(["http/1.1"])
        self._handshakes.watch(context)
        # After loading, which takes a key from a file only and would put None in this place.
        config.load()
        config.ssl = context

    def _config(self) -> uvicorn.Config:
        return uvicorn.Config(
            self._counting,
            http=_protocol(self._refused),
            ws="none",
            loop="asyncio",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=_KEEP_ALIVE,
            timeout_graceful_shutdown=_GRACE,
        )

    def settle(self, patience: float) -> None:
        """Wait until what has arrived is answered, at most ``patience`` seconds."""
        if not self._thread.is_alive():
            return
        waiting = asyncio.run_coroutine_threadsafe(self._settled(patience), self._server.loop())
        with contextlib.suppress(TimeoutError):
            # The loop itself may be held up, by a behaviour of the user's own.
            waiting.result(patience + _PATIENCE)

    async def _settled(self, patience: float) -> None:
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        if self._busy:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._idle.wait(), patience)

    async def _counting(self, scope: Any, receive: Any, send: Any) -> None:
        self._busy += 1
        self._idle.clear()
        try:
            await self._app(scope, receive, send)
        finally:
            self._busy -= 1
            if not self._busy:
                self._idle.set()

    def _serve(self, listening: socket.socket) -> None:
        with listening:
            self._server.run(sockets=[listening])


class _Server(uvicorn.Server):
    """A server whose event loop another thread can wait for."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._running = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        self._running.set()
        await super().startup(sockets)

    def loop(self) -> asyncio.AbstractEventLoop:
        self._running.wait()
        assert self._loop is not None  # noqa: S101 - for the type checker
        return self._loop


def _protocol(refused: Callable[[str], None]) -> type[H11Protocol]:
    class Protocol(H11Protocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
            super().connection_made(transport)
            # The state of each of this connection's scopes: what no HTTP server would send is written past it.
            self.app_state = {**self.app_state, TRANSPORT: transport}

        def send_400_response(self, msg: str) -> None:
            refused(_QUOTED.sub("", str(sys.exception() or msg)))
            super().send_400_response(msg)

    return Protocol


def _bound(place: Place) -> socket.socket:
    family, _, _, _, address = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)[0]
    both = family == socket.AF_INET6 and socket.has_dualstack_ipv6()
    made = socket.create_server(address, family=family, dualstack_ipv6=both)
    # Of what does not say TCP, as this one, asyncio leaves Nagle's algorithm on: the body of each answer would wait for
    # the delayed acknowledgement of its head, 40 ms on Linux.
    return socket.socket(made.family, made.type, socket.IPPROTO_TCP, made.detach())


def _origin(listening: socket.socket, host: str, scheme: str) -> str:
    """Scheme, host and port by which a client of this machine reaches it."""
    address, port = listening.getsockname()[:2]
    if _is_any(address):
        host = "::1" if ":" in address else HOST
    if ":" in host:
        host = f"[{quote(host, safe=':')}]"
    return f"{scheme}://{host}:{port}"


def _names(listening: socket.socket, host: str) -> list[str]:
    """What clients may call the server."""
    own = socket.gethostname() if _is_any(listening.getsockname()[0]) else host
    return list(dict.fromkeys([*_LOOPBACK, own] if ":" in own or _HOST_NAME.fullmatch(own) else _LOOPBACK))


def _is_any(address: str) -> bool:
    return ipaddress.ip_address(address).is_unspecified
