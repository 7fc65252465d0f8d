"""The clients of `load.py`: each keeps its connection, has one request under way, and checks what it is answered."""

from __future__ import annotations

import asyncio
import re
from itertools import count
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

HOST: Final = "127.0.0.1"
#: Seconds that an answer may take once no more requests are sent, after which it is lost.
_GRACE: Final = 5
_TICK: Final = 0.5
_HEAD_END: Final = b"\r\n\r\n"
_LENGTH: Final = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]+)", re.IGNORECASE)
_CLOSES: Final = re.compile(rb"\r\nconnection:[ \t]*close", re.IGNORECASE)
_KEPT: Final = re.compile(rb"\r\nconnection:[ \t]*keep-alive", re.IGNORECASE)
_REQUEST: Final = (
    "POST /luminate HTTP/1.1\r\nHost: {host}\r\nContent-Type: text/xml; charset=utf-8\r\n"
    'SOAPAction: ""\r\nContent-Length: {length}\r\n\r\n'
)
_ENVELOPE: Final = """\
<?xml version="1.0" encoding="utf-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">{header}
  <soapenv:Body>
    <{operation} xmlns="urn:soap.convio.com">
{fields}
    </{operation}>
  </soapenv:Body>
</soapenv:Envelope>
"""
_SESSION: Final = """
  <soapenv:Header>
    <Session xmlns="urn:soap.convio.com">
      <SessionId>{session}</SessionId>
    </Session>
  </soapenv:Header>"""


class Asked(NamedTuple):
    """A whole HTTP request, and the pieces that the answer to it must have."""

    request: bytes
    expected: tuple[bytes, ...]


#: What one client says: it yields requests without end, and is sent the answer's body for each.
Dialogue = "Generator[Asked, bytes, None]"


class Turn(NamedTuple):
    """A part of the time: the answers in it, its wall time in seconds, and the part of that the clients worked."""

    answers: int
    elapsed: float
    busy: float


class Tally:
    """What came of it: ``seconds`` has each answer's latency, ``memory`` pairs of answers so far and the server's RSS.

    ``mixed`` counts the answers that are not the asking client's own or have another status than 200, or that nobody
    asked for.
    """

    def __init__(self) -> None:
        self.sent = self.lost = self.mixed = self.opened = 0
        self.seconds: list[float] = []
        self.memory: list[tuple[int, int]] = []
        self.turns: list[Turn] = []


class Client(asyncio.Protocol):
    """Asks what its dialogue says from start to stop. A server that closes the connection gets another one."""

    def __init__(self, port: int, dialogue: Generator[Asked, bytes, None], tally: Tally) -> None:
        self._port, self._dialogue, self._tally = port, dialogue, tally
        self._asked = next(dialogue)
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()
        self._waiting = self._stopped = False
        self._at = 0.0
        self._tasks: set[asyncio.Task[None]] = set()
        self.done: asyncio.Future[None] | None = None

    def start(self) -> None:
        """Ask, or go on asking, until told to stop; ``done`` says when the last answer has come."""
        self._stopped = False
        self.done = asyncio.get_running_loop().create_future()
        self._connect_soon()

    def _connect_soon(self) -> None:
        task = asyncio.ensure_future(self._connect())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _connect(self) -> None:
        try:
            await asyncio.get_running_loop().create_connection(lambda: self, HOST, self._port)
        except OSError:
            self._tally.sent += 1
            self._tally.lost += 1
            self._end()

    def stop(self) -> None:
        """Ask no more; what is under way may still be answered."""
        self._stopped = True

    def abandon(self) -> None:
        """Count as lost what is still not answered."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._tally.opened += 1
        self._received.clear()
        self._ask()

    def data_received(self, data: bytes) -> None:
        """Take a part of an answer, and ask anew when it is whole."""
        self._received += data
        end = self._received.find(_HEAD_END)
        if end < 0:
            return
        head = bytes(self._received[:end])
        size = _LENGTH.search(head)
        if size is None or len(self._received) < (whole := end + len(_HEAD_END) + int(size[1])):
            return
        body = bytes(self._received[end + len(_HEAD_END) : whole])
        del self._received[:whole]
        self._take(head, body)
        if self._stopped:
            self._end()
        elif _CLOSES.search(head) or (head.startswith(b"HTTP/1.0") and not _KEPT.search(head)):
            self._leave()
            self._connect_soon()
        else:
            self._ask()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - as asyncio calls it
        """Count what was not answered, and come back where there is time."""
        if not self._waiting:
            return
        self._waiting = False
        self._tally.lost += 1
        if self._stopped:
            self._end()
        else:
            self._connect_soon()

    def _ask(self) -> None:
        self._waiting = True
        self._tally.sent += 1
        self._at = perf_counter()
        assert self._transport is not None
        self._transport.write(self._asked.request)

    def _take(self, head: bytes, body: bytes) -> None:
        tally = self._tally
        tally.seconds.append(perf_counter() - self._at)
        own = self._waiting and head[9:12] == b"200" and all(piece in body for piece in self._asked.expected)
        tally.mixed += not own or bool(self._received)
        self._waiting = False
        self._asked = self._dialogue.send(body)

    def _leave(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def _end(self) -> None:
        self._leave()
        if self.done is not None and not self.done.done():
            self.done.set_result(None)


class Load:
    """A client for each of ``dialogues``, at one server, whose resident set ``memory`` tells in bytes."""

    def __init__(
        self, port: int, dialogues: Iterable[Generator[Asked, bytes, None]], memory: Callable[[], int | None]
    ) -> None:
        self.tally = Tally()
        self._memory = memory
        self._clients = [Client(port, dialogue, self.tally) for dialogue in dialogues]

    async def turn(self, seconds: float) -> None:
        """Let all clients ask for so long, each going on where it was."""
        answers, start, spent = len(self.tally.seconds), perf_counter(), process_time()
        for client in self._clients:
            client.start()
        while (left := start + seconds - perf_counter()) > 0:
            await asyncio.sleep(min(_TICK, left))
            if (found := self._memory()) is not None:
                self.tally.memory.append((len(self.tally.seconds), found))
        for client in self._clients:
            client.stop()
        await asyncio.wait([client.done for client in self._clients if client.done is not None], timeout=_GRACE)
        elapsed = perf_counter() - start
        busy = (process_time() - spent) / elapsed
        self.tally.turns.append(Turn(len(self.tally.seconds) - answers, elapsed, busy))
        for client in self._clients:
            client.abandon()
        # A connection that was aborted is told so in the next turns of the event loop.
        await asyncio.sleep(0)
        await asyncio.sleep(0)


def remembering(client: int) -> Generator[Asked, bytes, None]:
    """Log in, then begin and end synchronizations in turn.

    Each has a time of its own, which its end must still know, and so is its number; the user and the partition are
    this client's, so that whose session it was shows too.
    """
    fields = {"UserName": f"client-{client:04}", "Password": "placeholder"}
    session = _value("SessionId", (yield _asked("Login", fields, None, "<SessionId>")))
    partition = f"<PartitionId>{client}</PartitionId>"
    for number in count():
        times = {"Start": _time(2001 + client, number), "End": _time(2101 + client, number)}
        shown = [f"<{name}>{time}</{name}>" for name, time in times.items()]
        started = yield _asked("StartSynchronization", {"PartitionId": client, **times}, session, partition, *shown)
        same = f"<SyncId>{_value('SyncId', started)}</SyncId>"
        yield _asked("EndSynchronization", {"PartitionId": client}, session, partition, *shown, same)


def numbering(client: int) -> Generator[Asked, bytes, None]:
    """End synchronizations of ever new partitions, whose number the answer must repeat."""
    for number in count():
        partition = client * 1_000_000 + number
        expected = f"<PartitionId>{partition}</PartitionId>"
        yield _asked("EndSynchronization", {"PartitionId": partition}, "placeholder-of-forty-characters", expected)


def repeating(client: int) -> Generator[Asked, bytes, None]:
    """The same requests, to what has one answer to all: only whether there is one shows."""
    for asked in numbering(client):
        yield asked._replace(expected=(b"<PartitionId>",))


def _asked(operation: str, fields: dict[str, object], session: str | None, *expected: str) -> Asked:
    header = "" if session is None else _SESSION.format(session=session)
    texts = "\n".join(f"      <{name}>{value}</{name}>" for name, value in fields.items())
    body = _ENVELOPE.format(operation=operation, header=header, fields=texts).encode()
    head = _REQUEST.format(host=HOST, length=len(body)).encode()
    return Asked(head + body, tuple(piece.encode() for piece in expected))


def _value(name: str, body: bytes) -> str:
    """The first value of this name; "" where there is none, which the next answer will show."""
    found = re.search(rf"<{name}>([^<]*)<".encode(), body)
    return found[1].decode() if found else ""


def _time(year: int, number: int) -> str:
    """A dateTime in that year, another one for each of 31 million numbers."""
    minutes, second = divmod(number, 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    month, day = divmod(days, 28)
    return f"{year:04}-{month % 12 + 1:02}-{day + 1:02}T{hour:02}:{minute:02}:{second:02}Z"
