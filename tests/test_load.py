"""That the benchmark under load counts what is lost and mixed; its rates nobody asserts."""

from __future__ import annotations

import asyncio
import importlib
import subprocess
import sys

import pytest
from repository import ROOT

_TITLES = ["server", "requests/s", "stub is", "samples are", "p50", "p99", "CPU", "lost", "mixed", "counted"]


def load(*arguments):
    command = [sys.executable, ROOT / "benchmarks" / "load.py", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("server", ["stub", "samples"])
def test_nothing_is_lost_or_mixed_among_parallel_clients(server):
    found = load("--clients", "5", "--seconds", "1", "--turns", "2", "--keep", "50", "--only", server)
    assert found.returncode == 0, found.stdout + found.stderr
    title, _, row = [line.strip("| ").split("|") for line in found.stdout.splitlines() if line.startswith("|")]
    cells = dict(zip(map(str.strip, title), map(str.strip, row), strict=True))
    assert list(cells)[: len(_TITLES)] == _TITLES
    assert (cells["server"], cells["lost"], cells["mixed"], cells["counted"]) == (server, "0", "0", "all")
    assert int(cells["requests/s"].replace(",", "")) > 0
    assert "nothing lost, mixed or miscounted: yes" in found.stdout


@pytest.fixture
def clients(monkeypatch):
    """The module with the clients of the benchmark."""
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    # There is another of this name beside the pages, which other tests may have loaded.
    monkeypatch.delitem(sys.modules, "clients", raising=False)
    yield importlib.import_module("clients")
    sys.modules.pop("clients")


def driven(clients, answer: bytes, *, close: bool = False):
    """What three clients have to say of a server that writes ``answer`` for each request."""

    async def serve(reader, writer):
        while not reader.at_eof() and await reader.read(10_000):
            writer.write(answer)
            if close:
                break
        writer.close()

    async def drive():
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            load = clients.Load(port, map(clients.numbering, range(1, 4)), lambda: 1)
            await load.turn(0.1)
            await load.turn(0.1)
            return load.tally

    return asyncio.run(drive())


def answer(partition: int, status: bytes = b"200 OK") -> bytes:
    body = b"<PartitionId>%d</PartitionId>" % partition
    return b"HTTP/1.1 %b\r\nContent-Length: %d\r\n\r\n%b" % (status, len(body), body)


class TestTheClients:
    def test_count_the_answers_of_others_as_mixed(self, clients):
        tally = driven(clients, answer(4711))
        assert tally.mixed == len(tally.seconds) == tally.sent > 3
        assert tally.lost == 0

    def test_count_an_error_as_mixed(self, clients):
        tally = driven(clients, answer(1_000_000, b"500 Internal Server Error"))
        assert tally.mixed == len(tally.seconds) > 3

    def test_count_a_second_answer_as_mixed(self, clients):
        tally = driven(clients, answer(1_000_000) * 2)
        assert tally.mixed >= len(tally.seconds) - 2 > 3

    def test_take_their_own_answer_for_right(self, clients):
        tally = driven(clients, answer(1_000_000))
        assert tally.mixed == len(tally.seconds) - 1

    def test_count_what_is_not_answered_as_lost(self, clients):
        tally = driven(clients, b"", close=True)
        assert tally.lost == tally.sent == tally.opened > 3
        assert tally.seconds == []

    def test_count_half_an_answer_as_lost(self, clients):
        tally = driven(clients, answer(1_000_000)[:-1], close=True)
        assert tally.lost == tally.sent > 3

    def test_take_a_new_connection_where_the_server_closes_it(self, clients):
        tally = driven(clients, answer(1).replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"), close=True)
        assert tally.opened == tally.sent == len(tally.seconds) > 3
        assert tally.lost == 0


def test_its_help_has_an_example():
    assert "\nexample" in load("--help").stdout
