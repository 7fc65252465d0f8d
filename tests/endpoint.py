"""An endpoint on loopback that counts what it gets, and the ways in which it answers, most of them bad."""

from __future__ import annotations

import gzip
import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import contracts
from contracts import samples
from contracts.messages import Message
from contracts.rules import open_case
from contracts.xml import MAX_BYTES

CATALOG = contracts.load()


def sample_answer(body: bytes) -> bytes:
    case = open_case(Message(body, kind="request"), CATALOG)
    return samples.fullest(case.service, case.operation, "response")


class Provider:
    """An endpoint on loopback that counts what it gets; ``answer`` writes to the handler what it answers."""

    def __init__(self) -> None:
        self.received: list[tuple[dict[str, str], bytes]] = []
        self.answer = valid
        self.released = threading.Event()
        provider = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"] or 0))
                provider.received.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.close_connection = True
                provider.answer(self, body)

            do_PUT = do_DELETE = do_GET = do_POST  # noqa: N815 - names of http.server

            def do_CONNECT(self) -> None:
                provider.received.append((dict(self.headers), b""))
                self.send_error(407)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None
        self.server.provider = self
        self.place = f"127.0.0.1:{self.server.server_port}/soap"
        self.url = f"http://{self.place}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)

    @property
    def count(self) -> int:
        return len(self.received)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def reply(handler, status: int, body: bytes, *fields: tuple[str, str], length: int | None = None) -> None:
    handler.send_response(status)
    for name, value in (("Content-Type", "text/xml; charset=utf-8"), *fields):
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body) if length is None else length))
    handler.end_headers()
    handler.wfile.write(body)


def valid(handler, body: bytes) -> None:
    reply(handler, 200, sample_answer(body))


def compressed(handler, body: bytes) -> None:
    reply(handler, 200, gzip.compress(sample_answer(body)), ("Content-Encoding", "gzip"))


def redirecting(handler, _body: bytes, location: str = "https://elsewhere.example/x?token=canary-t") -> None:
    reply(handler, 302, b"", ("Location", location))


def hanging(handler, _body: bytes) -> None:
    handler.server.provider.released.wait(60)


def dripping(handler, _body: bytes) -> None:
    """No byte is late, and yet there is no end."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Drip: ")
    for _ in range(100):
        handler.wfile.write(b".")
        if handler.server.provider.released.wait(0.02):
            return
    handler.wfile.write(b"\r\nContent-Length: 0\r\n\r\n")


def resetting(handler, _body: bytes) -> None:
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def truncating(handler, body: bytes) -> None:
    reply(handler, 200, sample_answer(body), length=100_000)


def flooding(handler, _body: bytes) -> None:
    reply(handler, 200, b" " * (MAX_BYTES + 1))


def bombing(handler, _body: bytes) -> None:
    reply(handler, 200, gzip.compress(b" " * (MAX_BYTES + 1)), ("Content-Encoding", "gzip"))


def miscoded(handler, body: bytes) -> None:
    reply(handler, 200, sample_answer(body), ("Content-Encoding", "gzip"))


def babbling(handler, _body: bytes) -> None:
    handler.wfile.write(b"canary-garbage\r\n\r\n")


def misnaming(handler, body: bytes) -> None:
    reply(handler, 200, sample_answer(body), ("No Token", "x"))


def informing(handler, body: bytes) -> None:
    reply(handler, 103, sample_answer(body))
