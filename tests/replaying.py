"""What the replay tests share: the shipped exchanges as calls of a client, and no way out of this machine."""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest import mock

import contracts
from contracts.names import local_name
from contracts.rules import open_case
from contracts.tapes import load, named, shipped_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.tapes import Recorded

CATALOG = contracts.load()
SHIPPED = [recorded for name in shipped_names() for recorded in load(named(name), CATALOG)]
_OURS = ("127.0.0.1", "::1", "localhost")


class Call(NamedTuple):
    """The operation that a recorded request calls, and with what."""

    service: str
    operation: str
    arguments: dict[str, str]


def call_of(recorded: Recorded) -> Call:
    """The call in ``recorded``, by the folder of its cassette where its XML does not parse."""
    service, operation, _ = recorded.name.split("/")
    payload = open_case(recorded.request, CATALOG).payload
    fields = [] if payload is None else list(payload)
    return Call(service, operation, {local_name(node.tag): node.text or "" for node in fields})


def is_valid(recorded: Recorded) -> bool:
    """Whether the request breaks no contract."""
    return contracts.check(recorded.request).passed


def headers_of(message: contracts.Message) -> dict[str, str]:
    return dict(message.headers or ())


class WayOutError(Exception):
    """Something has asked for an address that is not of this machine."""


@contextlib.contextmanager
def offline() -> Iterator[list[Any]]:
    """No connection but to loopback; gives the addresses that were connected to."""
    connected: list[Any] = []
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in _OURS:
            raise WayOutError(address)
        connected.append(address)
        connect(self, address)

    def looked_up(host: Any, *args: Any, **known: Any) -> Any:
        if host not in _OURS:
            raise WayOutError(host)
        return look_up(host, *args, **known)

    with mock.patch.object(socket.socket, "connect", guarded), mock.patch.object(socket, "getaddrinfo", looked_up):
        yield connected
