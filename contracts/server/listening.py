"""uvicorn on a free port of 127.0.0.1, in a thread of its own."""

from __future__ import annotations

import logging
import socket
import threading
from typing import TYPE_CHECKING, Any, Final, Self

import uvicorn

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

HOST: Final = "127.0.0.1"
#: Seconds. An idle client keeps its connection longer than any test takes; at the end nobody waits long for a hung one.
_KEEP_ALIVE: Final = 3600
_GRACE: Final = 2

# Without a handler, logging prints uvicorn's warnings (a malformed request, an upgrade offered) on the user's terminal.
logging.getLogger("uvicorn.error").addHandler(logging.NullHandler())


class Listener:
    """Serves an ASGI application while it is entered. The port is known, and takes connections, from entering on."""

    def __init__(self, app: Callable[..., Awaitable[None]], port: int = 0) -> None:
        self._app: Callable[..., Any] = app
        self._wanted = port
        self.port = 0

    def __enter__(self) -> Self:
        listening = socket.create_server((HOST, self._wanted))
        self.port = listening.getsockname()[1]
        config = uvicorn.Config(
            self._app,
            http="h11",
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
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._serve, args=(listening,), name="soap-contracts-stub", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()

    def _serve(self, listening: socket.socket) -> None:
        with listening:
            self._server.run(sockets=[listening])
