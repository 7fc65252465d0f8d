"""The servers of `load.py` that are ours, each a process of its own: `servers.py NAME KEEP`.

The port is printed once the server listens, as JSON; when standard input ends, so does the server, and what it has
counted is printed.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import TYPE_CHECKING, Any, Final

from contracts import samples
from contracts.catalog import load
from contracts.server import Journal, Stub

if TYPE_CHECKING:
    from collections.abc import Mapping

_SERVICE: Final = "luminate"
TYPE: Final = "text/xml; charset=utf-8"
_HEAD_END: Final = b"\r\n\r\n"


def canned() -> bytes:
    """The one answer of those that know but one, as long as ours."""
    service = load().service(_SERVICE)
    operation = service.operation("EndSynchronization")
    assert operation is not None
    return samples.fullest(service, operation, "response", {"PartitionId": "1000000"})


def stub(keep: str) -> None:
    """Our stub, as it is."""
    _stub(int(keep), ())


def sampling(keep: str) -> None:
    """Our stub, whose answers are samples."""
    _stub(int(keep), ("sample answers",))


def _stub(keep: int, states: tuple[str, ...]) -> None:
    with Stub(load(), [_SERVICE], journal=Journal(keep)) as served:
        for state in states:
            served.conditions.given(_SERVICE, state, {})
        run(int(served.endpoint(_SERVICE).rpartition(":")[2].partition("/")[0]))
        served.settle()
        kept = served.review()
        failed = (
            served.journal.failed
            + sum(not verdict.passed for exchange in kept for verdict in exchange.verdicts)
            + len(served.failures)
        )
        tell({"count": served.journal.count, "kept": len(kept), "failed": failed})


def bare(_keep: str) -> None:
    """Next to nothing: what the clients can do at all."""
    asyncio.run(_bare())


async def _bare() -> None:
    loop, body, counted = asyncio.get_running_loop(), canned(), [0]
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {TYPE}\r\nContent-Length: {len(body)}\r\n\r\n"
    server = await loop.create_server(lambda: _Bare(head.encode() + body, counted), "127.0.0.1", 0)
    async with server:
        await asyncio.to_thread(run, server.sockets[0].getsockname()[1])
        tell({"count": counted[0]})


class _Bare(asyncio.Protocol):
    def __init__(self, answer: bytes, counted: list[int]) -> None:
        self._answer = answer
        self._counted = counted
        self._received = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self._received.endswith(b"</soapenv:Envelope>\n"):
            self._received.clear()
            self._counted[0] += 1
            self._transport.write(self._answer)


def run(port: int) -> None:
    """Tell the port, and serve until standard input ends."""
    tell({"port": port})
    sys.stdin.read()


def tell(facts: Mapping[str, Any]) -> None:
    """Print facts on a line of their own."""
    print(json.dumps(facts), flush=True)


if __name__ == "__main__":
    {"stub": stub, "samples": sampling, "bare": bare}[sys.argv[1]](sys.argv[2])
