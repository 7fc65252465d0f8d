"""The control endpoint: for whom it is, what it takes, and what it leaves as the command line has it."""

from __future__ import annotations

import json
from argparse import Namespace
from urllib.parse import urlsplit

import pytest
from calling import CATALOG, asked, called

from contracts.cli.conditioning import bring_about
from contracts.loopback import is_loopback
from contracts.server import Stub
from contracts.server.asgi import Received, Request
from contracts.server.control import PATH, Control

SESSION = "known-to-the-test"


@pytest.fixture(scope="module")
def running():
    with Stub(CATALOG, token="chosen") as stub:
        yield stub


@pytest.fixture
def stub(running):
    running.conditions.reset()
    return running


def post(stub, act, body=b"", authorization="Bearer chosen", path=f"{PATH}/"):
    origin = stub.control_address.removesuffix(PATH)
    return asked(f"{origin}{path}{act}", "POST", body, {"Authorization": authorization})


class TestForWhomItIs:
    PEERS = (
        ("127.0.0.1", 200),
        ("127.5.5.5", 200),
        ("::1", 200),
        ("::ffff:127.0.0.1", 200),
        ("192.0.2.1", 403),
        ("2001:db8::1", 403),
        ("::ffff:192.0.2.1", 403),
        ("", 403),
        ("0.0.0.0", 403),
    )

    @pytest.mark.parametrize(("peer", "status"), PEERS)
    def test_is_this_machine(self, stub, peer, status):
        request = Request("POST", "http://x", f"{PATH}/reset", "", (("authorization", "Bearer t"),))
        answer = Control(stub.conditions, "t").answer(request, Received(b"", complete=True), peer)
        assert answer.status == status

    @pytest.mark.parametrize("address", ["::ffff:127.0.0.1", "::FFFF:7f00:1"])
    def test_an_address_of_ipv4_in_ipv6_is_what_it_stands_for(self, address):
        assert is_loopback(address)
        assert not is_loopback("::ffff:192.0.2.1")

    @pytest.mark.parametrize(
        ("authorization", "status"),
        [
            ("Bearer chosen", 200),
            ("bearer chosen", 200),
            ("BEARER  chosen", 200),
            ("Bearer chosen ", 200),
            ("Bearer", 401),
            ("Bearer ", 401),
            ("chosen", 401),
            ("Basic chosen", 401),
            ("Bearer Chosen", 401),
            ("Bearer chosenx", 401),
        ],
    )
    def test_is_who_shows_the_token(self, stub, authorization, status):
        came = post(stub, "reset", authorization=authorization)
        assert (came.status, "www-authenticate" in came.headers) == (status, status == 401)


class TestWhatItTakes:
    @pytest.mark.parametrize(("more", "status"), [(0, 200), (1, 400)])
    def test_has_an_end(self, stub, more, status):
        came = post(stub, "reset", b"{" + b" " * (65_536 - 2 + more) + b"}")
        assert came.status == status
        assert ("a condition has at most 65536 bytes" in came.text) == (status == 400)

    @pytest.mark.parametrize("act", ["reset", "reset/", "/reset"])
    def test_is_found_below_its_path(self, stub, act):
        assert post(stub, act).status == 200

    @pytest.mark.parametrize("path", [f"{PATH}reset", f"{PATH}s/reset", f"/x{PATH}/reset", f"{PATH}-/reset"])
    def test_is_not_found_beside_it(self, stub, path):
        before = len(stub.exchanges)
        stub.conditions.inject("ongoing", "gzip", None, 1, {})
        assert post(stub, "", b"{}", path=path).status == 500
        assert len(stub.exchanges) == before + 1
        assert stub.conditions.unmet() == ["no call met the injection gzip at ongoing"]

    @pytest.mark.parametrize(
        ("name", "parameters"),
        [
            ("active synchronization", {"partition": -5}),
            ("active synchronization", {"partition": "1_000"}),
            ("active synchronization", {"partition": "\u0661"}),
            ("active synchronization", {"partition": True}),
            ("session", {"id": ""}),
            ("session", {"id": None}),
            ("clock at", {"time": "9999-12-31T23:59:59-14:00"}),
            ("time passed", {"seconds": 1e300}),
        ],
    )
    def test_is_refused_where_it_is_none(self, stub, name, parameters):
        body = json.dumps({"service": "luminate", "name": name, "parameters": parameters}).encode()
        came = post(stub, "given", body)
        assert (came.status, list(json.loads(came.body))) == (400, ["error"])


class TestAReset:
    """What the command line gave stays; what a test gave goes."""

    @pytest.fixture
    def stub(self):
        words = Namespace(
            cassettes=None,
            given=[f"luminate/session,id={SESSION}", "luminate/active-synchronization,partition=1"],
            inject=["empty-500:GetTimeOfLastSync:2", "gzip:Login"],
            strict=True,
        )
        with Stub(CATALOG, token="chosen") as stub:
            bring_about(stub, words, CATALOG)
            yield stub

    def end(self, stub):
        return called(stub, "luminate/EndSynchronization", SessionId=SESSION).status

    def test_keeps_the_states(self, stub):
        assert [self.end(stub), self.end(stub)] == [200, 500]
        assert post(stub, "reset").status == 200
        assert [self.end(stub), self.end(stub)] == [200, 500]

    def test_keeps_strict(self, stub):
        for _ in range(2):
            came = called(stub, "ongoing/SetTimeOfLastSync", syncTime="2026-11-21")
            assert (came.status, "schema/" in came.text) == (500, True)
            post(stub, "reset")

    def test_keeps_the_injections_and_how_often_they_were_met(self, stub):
        seen = []
        for _ in range(3):
            seen.append(called(stub, "ongoing/GetTimeOfLastSync").body == b"")
            post(stub, "reset")
        assert seen == [True, True, False]

    def test_tells_of_none_that_stays(self, stub):
        post(
            stub,
            "inject",
            json.dumps({"service": "ongoing", "name": "gzip", "operation": "SetTimeOfLastSync"}).encode(),
        )
        told = json.loads(post(stub, "reset").body)
        assert told == {"unmet": ["no call met the injection gzip at ongoing/SetTimeOfLastSync"]}
        assert stub.conditions.unmet() == [
            "no call met the injection empty 500 at ongoing/GetTimeOfLastSync",
            "no call met the injection gzip at luminate/Login",
        ]


def test_an_injection_that_was_met_as_often_as_it_was_told_is_let_go(stub):
    for times in (1, 2):
        stub.conditions.inject("ongoing", "gzip", None, times, {})
    for _ in range(3):
        called(stub, "ongoing/GetTimeOfLastSync")
    assert stub.conditions._waiting == []


@pytest.mark.parametrize("host", ['x"><y z="', "a b", "someone@evil.example", "x/y", "[::1", "", "::1"])
def test_a_host_that_is_none_stands_in_no_answer(stub, host):
    came = asked(stub.wsdl("ongoing"), headers={"Host": host})
    assert f'location="{stub.endpoint("ongoing")}"' in came.text


@pytest.mark.parametrize("host", ["stub.example", "stub_1.example:8080", "[::1]:80", "127.0.0.1"])
def test_a_host_that_is_one_is_the_address(stub, host):
    came = asked(stub.wsdl("ongoing"), headers={"Host": host})
    assert f'location="http://{host}{urlsplit(stub.endpoint("ongoing")).path}"' in came.text
