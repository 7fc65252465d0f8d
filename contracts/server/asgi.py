"""The little of ASGI that the stub needs: a request read within a limit, an answer sent."""

from __future__ import annotations

import asyncio
import re
import socket
import struct
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    from contracts.answers import Answer, Wire
    from contracts.messages import Headers

    Scope = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
    Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

#: How much more than the limit is read and thrown away, as a multiple: a client that is still sending sees no answer.
_PATIENCE: Final = 8
#: Where `listening` puts a connection's transport in the state of a scope.
TRANSPORT: Final = "soap-contracts-transport"
#: Seconds between two looks whether a client is still there.
_LOOK: Final = 0.05
_HOST: Final = re.compile(r"[A-Za-z0-9._-]+(?::[0-9]+)?|\[[0-9A-Fa-f:.]+\](?::[0-9]+)?")
_NO_LINGERING: Final = struct.pack("ii", 1, 0)
#: Scheme and authority of an absolute request target, RFC 9112 section 3.2.2.
_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://([^/]*)")


class Request(NamedTuple):
    """A request's head: ``path`` decoded, ``query`` not, ``base`` the scheme and authority as the client wrote them.

    The header fields keep their order and their repetitions; ASGI spells their names in lower case.
    """

    method: str
    base: str
    path: str
    query: str
    headers: Headers

    @property
    def url(self) -> str:
        """The address that the client asked."""
        return f"{self.base}{self.path}" + (f"?{self.query}" if self.query else "")


class Received(NamedTuple):
    """A request's body, at most one byte more than the limit of it; ``complete`` is False when the client hung up."""

    body: bytes
    complete: bool


def request_of(scope: Scope) -> Request:
    """The head in an ASGI http ``scope``."""
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
    target, query = scope["raw_path"].decode("latin-1"), scope["query_string"].decode("latin-1")
    absolute = _ABSOLUTE.match(target)
    host, port = scope["server"]
    named = absolute[1] if absolute else next((value for name, value in headers if name == "host"), "")
    named = named if _HOST.fullmatch(named) else ""
    path = target[absolute.end() :] if absolute else target
    return Request(
        scope["method"], f"{scope['scheme']}://{named or f'{host}:{port}'}", unquote(path) or "/", query, headers
    )


async def receive_body(receive: Receive, limit: int) -> Received:
    """The whole body; what exceeds ``limit`` bytes is read, within reason, and thrown away."""
    body, size = bytearray(), 0
    while True:
        event = await receive()
        if event["type"] != "http.request":
            return Received(bytes(body), complete=False)
        chunk: bytes = event.get("body", b"")
        size += len(chunk)
        body += chunk[: limit + 1 - len(body)]
        if not event.get("more_body", False) or size > limit * _PATIENCE:
            return Received(bytes(body), complete=True)


async def send_answer(scope: Scope, receive: Receive, send: Send, answer: Answer) -> None:
    """Send it; the server leaves the body out where the request was HEAD."""
    if answer.wire is not None:
        await _send_oddly(scope["state"][TRANSPORT], receive, answer.wire)
        return
    fields = [*answer.headers, ("Content-Length", str(len(answer.body)))]
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in fields]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


async def _pause(transport: asyncio.Transport, seconds: float) -> None:
    """Wait, but not for a client that has hung up."""
    until = asyncio.get_running_loop().time() + seconds
    while not transport.is_closing() and (left := until - asyncio.get_running_loop().time()) > 0:  # noqa: ASYNC110
        await asyncio.sleep(min(left, _LOOK))


async def _send_oddly(transport: asyncio.Transport, receive: Receive, wire: Wire) -> None:
    """Send bytes past the server, which would not let them through, and end the connection."""
    for number, piece in enumerate(wire.pieces):
        if number and wire.pause:
            await _pause(transport, wire.pause)
        if transport.is_closing():
            break
        transport.write(piece)
    if wire.reset:
        # Closed without lingering, a connection is reset: RST instead of FIN.
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGERING)
        transport.abort()
    else:
        transport.close()
    while (await receive())["type"] != "http.disconnect":
        pass
