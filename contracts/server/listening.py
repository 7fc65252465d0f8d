"""uvicorn on a free port of 127.0.0.1, in a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import socket
import sys
import threading
from typing import TYPE_CHECKING, Any, Final, Self

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from .asgi import TRANSPORT

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

HOST: Final = "127.0.0.1"
#: Seconds. An idle client keeps its connection longer than any test takes; at the end nobody waits long for a hung one.
_KEEP_ALIVE: Final = 3600
_GRACE: Final = 2
#: Turns of the event loop that take a request from the socket to the application, and more.
_TURNS: Final = 10
_QUOTED: Final = re.compile(r"[ :]*(?:bytearray\()?b?['\"].*", re.DOTALL)

# Without a handler, logging prints uvicorn's warnings (a malformed request, an upgrade offered) on the user's terminal.
logging.getLogger("uvicorn.error").addHandler(logging.NullHandler())


class Listener:
    """Serves an ASGI application while it is entered. The port is known, and takes connections, from entering on.

    ``refused`` is called with the reason, which quotes nothing, for what comes and is no HTTP/1.1: that gets 400 and
    never reaches the application.
    """

    def __init__(self, app: Callable[..., Awaitable[None]], refused: Callable[[str], None], port: int = 0) -> None:
        self._app: Callable[..., Any] = app
        self._refused = refused
        self._wanted = port
        self._busy = 0
        self._idle = asyncio.Event()
        self.port = 0

    def __enter__(self) -> Self:
        listening = socket.create_server((HOST, self._wanted))
        self.port = listening.getsockname()[1]
        config = uvicorn.Config(
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
        self._server = _Server(config)
        self._thread = threading.Thread(target=self._serve, args=(listening,), name="soap-contracts-stub", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()

    def settle(self, patience: float) -> None:
        """Wait until what has arrived is answered, at most ``patience`` seconds."""
        if not self._thread.is_alive():
            return
        asyncio.run_coroutine_threadsafe(self._settled(patience), self._server.loop()).result()

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
