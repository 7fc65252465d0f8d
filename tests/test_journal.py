from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

from contracts import check
from contracts.catalog import load
from contracts.conditions.spellings import ENTITY_PATH
from contracts.messages import Message
from contracts.server import Exchange, Stub
from contracts.server.journal import Journal

RIGHT = check(b"<Envelope xmlns='http://schemas.xmlsoap.org/soap/envelope/'><Body/></Envelope>")._replace(findings=())
WRONG = check(b"<")


def exchange(name: str, verdict=RIGHT) -> Exchange:
    return Exchange(Message(b"", source=name), None, (verdict,))


def sources(exchanges) -> list[str]:
    return [one.request.source for one in exchanges]


class TestAJournal:
    def test_without_a_limit_keeps_all(self):
        journal = Journal()
        for number in range(50):
            journal.add(exchange(f"#{number}"))
            journal.fail(ValueError(number))
        assert len(journal.exchanges) == len(journal.failures) == journal.count == 50
        assert (journal.gone, journal.failed, journal.missed) == (0, 0, 0)

    def test_lets_go_what_passed_first_and_the_oldest_of_that(self):
        journal = Journal(3)
        for name, verdict in [("a", RIGHT), ("b", WRONG), ("c", RIGHT), ("d", RIGHT), ("e", RIGHT)]:
            journal.add(exchange(name, verdict))
        assert sources(journal.exchanges) == ["b", "d", "e"]
        assert (journal.count, journal.gone, journal.failed) == (5, 2, 0)

    def test_counts_what_failed_and_was_let_go(self):
        journal = Journal(2)
        for number in range(5):
            journal.add(exchange(f"#{number}", WRONG))
        assert sources(journal.exchanges) == ["#3", "#4"]
        assert (journal.gone, journal.failed) == (3, 3)

    def test_keeps_as_many_errors_as_exchanges_and_counts_the_others(self):
        journal = Journal(2)
        journal.fail(*map(ValueError, "abc"))
        journal.fail()
        journal.fail(ValueError("d"))
        assert [str(error) for error in journal.failures] == ["c", "d"]
        assert journal.missed == 2


def garble(endpoint: str, times: int) -> None:
    """Say what is no HTTP to the stub."""
    address = urlsplit(endpoint)
    for _ in range(times):
        with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
            connection.sendall(b"hello\r\n\r\n")
            connection.recv(1000)


def test_serve_says_what_it_did_not_keep():
    words = [sys.executable, "-m", "contracts", "serve", "--keep", "2", "--service", "ongoing", "--format", "json"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as serving:
        endpoint = serving.stderr.readline().split()[1]
        garble(endpoint, 3)
        for _ in range(4):
            address = urlsplit(endpoint)
            connection = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
            connection.request("POST", address.path, "<")
            connection.getresponse().read()
            connection.close()
        serving.terminate()
        report, _ = serving.communicate(timeout=20)
    said = [note["message"] for note in json.loads(report)["notes"]]
    assert said[-2:] == [
        "2 older exchanges, of which 2 failed, came before these and had to go; --keep 2 is how many are kept",
        "1 older error came before these and had to go; --keep 2 is how many are kept",
    ]


class TestAStubWithALimit:
    @pytest.fixture
    def stub(self):
        with Stub(load(), journal=Journal(3)) as running:
            yield running

    def test_keeps_no_more_errors_of_clients_that_speak_no_http(self, stub):
        garble(stub.endpoint("ongoing"), 5)
        stub.settle()
        assert (len(stub.failures), stub.journal.missed) == (3, 2)

    def test_keeps_no_more_errors_of_what_clients_must_not_do(self, stub):
        address = urlsplit(stub.endpoint("ongoing"))
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
        for _ in range(5):
            connection.request("GET", ENTITY_PATH)
            connection.getresponse().read()
        connection.close()
        assert (len(stub.failures), stub.journal.missed) == (3, 2)
