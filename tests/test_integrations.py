"""Hooks in real clients, which talk to the stub as they would to a provider: judged on their side alone."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import httpx
import pytest
import requests
import zeep
from zeep.wsdl.utils import etree_to_string

import contracts
from contracts import samples
from contracts.integrations import ZeepPlugin, httpx_async_hooks, httpx_hooks, requests_hook
from contracts.server import Stub

pytest_plugins = ["pytester"]

CATALOG = contracts.load()
ONGOING, SET_TIME = CATALOG.operation("ongoing/SetTimeOfLastSync")
ACTION = f'"{SET_TIME.soap_action}"'
HEADERS = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": ACTION}
GOOD = samples.smallest(ONGOING, SET_TIME, "request")
BAD = samples.smallest(ONGOING, SET_TIME, "request", {"syncTime": "2024-05-01 12:00:00", "Password": "canary-password"})
CALLER = {"UserName": "canary-user", "Password": "canary-password", "IntegrationType": "shop"}
NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def stub():
    with Stub(CATALOG) as stub:
        yield stub


@pytest.fixture
def endpoint(stub):
    return stub.endpoint("ongoing")


def told(messages) -> list[tuple[str | None, str | None, list[str]]]:
    """Direction, operation and rules of each of ``messages``."""
    verdicts = [contracts.check(message) for message in messages]
    return [(verdict.kind, verdict.operation, [found.rule for found in verdict.findings]) for verdict in verdicts]


WELL = [("request", "SetTimeOfLastSync", []), ("response", "SetTimeOfLastSync", [])]
BADLY = [("request", "SetTimeOfLastSync", ["schema/date-time"]), ("fault", "SetTimeOfLastSync", [])]


def with_requests(endpoint, body, judge, headers=HEADERS):
    with requests.Session() as session:
        session.hooks["response"].append(requests_hook(judge))
        session.post(endpoint, data=body, headers=headers, timeout=10)


def with_httpx(endpoint, body, judge, headers=HEADERS):
    with httpx.Client(event_hooks=httpx_hooks(judge)) as client:
        client.post(endpoint, content=body, headers=headers)


def with_async_httpx(endpoint, body, judge, headers=HEADERS):
    async def send() -> None:
        async with httpx.AsyncClient(event_hooks=httpx_async_hooks(judge)) as client:
            await client.post(endpoint, content=body, headers=headers)

    asyncio.run(send())


EACH = pytest.mark.parametrize("send", [with_requests, with_httpx, with_async_httpx])


class TestRequestsAndHttpx:
    @EACH
    def test_give_each_message_as_it_was_on_the_wire(self, stub, endpoint, send):
        for body, expected in ((GOOD, WELL), (BAD, BADLY)):
            messages: list[contracts.Message] = []
            send(endpoint, body, messages.append)
            assert told(messages) == expected
            exchange = stub.exchanges[-1]
            assert [message.body for message in messages] == [exchange.request.body, exchange.response.body]
            assert messages[0].method == "POST"
            assert messages[0].url == endpoint
            assert messages[0].header("soapaction") == ACTION
            assert messages[1].status == exchange.response.status
            assert messages[1].request == messages[0]

    @EACH
    def test_raise_at_a_violation_by_default(self, endpoint, send):
        send(endpoint, GOOD, contracts.assert_valid)
        with pytest.raises(contracts.ContractViolation, match="schema/date-time") as raised:
            send(endpoint, BAD, contracts.assert_valid)
        assert "canary" not in str(raised.getrepr(funcargs=True))

    @pytest.mark.parametrize("send", [with_httpx, with_async_httpx])
    def test_httpx_raises_before_anything_is_sent(self, stub, endpoint, send):
        before = len(stub.exchanges)
        with pytest.raises(contracts.ContractViolation):
            send(endpoint, BAD, contracts.assert_valid)
        assert len(stub.exchanges) == before

    @EACH
    def test_judge_the_http_part(self, endpoint, send):
        messages: list[contracts.Message] = []
        send(endpoint, GOOD, messages.append, {"Content-Type": "application/soap+xml"})
        assert told(messages)[0][2] == ["http/content-type", "http/soapaction-missing"]
        messages.clear()
        send(endpoint, b"", messages.append, HEADERS)
        assert "http/empty-body" in told(messages)[0][2]

    @EACH
    def test_judge_what_a_known_service_is_sent_whatever_it_is(self, endpoint, send):
        messages: list[contracts.Message] = []
        send(endpoint, b"syncTime=2024", messages.append, {"Content-Type": "application/x-www-form-urlencoded"})
        assert "http/content-type" in told(messages)[0][2]

    @EACH
    def test_leave_alone_what_is_no_soap(self, stub, send):
        messages: list[contracts.Message] = []
        base = stub.endpoint("ongoing").rpartition("/")[0]
        send(f"{base}/elsewhere", b'{"a": 1}', messages.append, {"Content-Type": "application/json"})
        assert messages == []

    def test_leave_a_wsdl_alone(self, stub):
        messages: list[contracts.Message] = []
        address = stub.wsdl("ongoing")
        with requests.Session() as session:
            session.hooks["response"].append(requests_hook(messages.append))
            session.get(address, timeout=10)
        with httpx.Client(event_hooks=httpx_hooks(messages.append)) as client:
            client.get(address)
        assert messages == []

    @EACH
    def test_label_a_message_with_nothing_that_may_be_secret(self, endpoint, send):
        messages: list[contracts.Message] = []
        address = endpoint.replace("http://", "http://canary:canary@") + "/canary?key=canary"
        send(address, GOOD, messages.append)
        host = endpoint.split("/")[2]
        assert {message.source for message in messages} == {f"POST {host}"}
        assert "canary" not in repr(messages)

    def test_a_text_is_what_requests_makes_of_it(self, stub, endpoint):
        messages: list[contracts.Message] = []
        with_requests(endpoint, GOOD.decode().replace(">x<", ">é<"), messages.append)
        assert messages[0].body == stub.exchanges[-1].request.body

    def test_a_stream_is_refused_by_requests_and_read_by_httpx(self, stub, endpoint):
        messages: list[contracts.Message] = []
        with pytest.raises(TypeError, match="give data= as bytes"):
            with_requests(endpoint, iter([BAD]), messages.append)
        with_requests(endpoint.rpartition("/")[0], iter([b"{}"]), messages.append, {})
        with_httpx(endpoint, iter([BAD]), messages.append)

        async def stream():
            yield BAD

        with_async_httpx(endpoint, stream(), messages.append)
        assert told(messages) == BADLY * 2
        assert stub.exchanges[-1].request.body == BAD

    @pytest.mark.parametrize("length", [{}, {"Content-Length": "200000000"}], ids=["chunked", "great"])
    def test_a_great_upload_to_somebody_else_is_not_read_into_memory(self, length):
        read: list[bytes] = []

        def upload():
            read.append(b"")
            yield b"{}"

        hook = httpx_hooks()["request"][0]
        hook(httpx.Request("POST", "http://127.0.0.1/upload", content=upload(), headers=length))
        assert read == []

    def test_a_compressed_answer_is_judged_uncompressed(self):
        import gzip

        body = samples.fullest(ONGOING, SET_TIME, "response")
        headers = {"Content-Type": "text/xml; charset=utf-8", "Content-Encoding": "gzip"}
        answer = httpx.Response(200, headers=headers, content=gzip.compress(body))
        messages: list[contracts.Message] = []
        with httpx.Client(
            transport=httpx.MockTransport(lambda _: answer), event_hooks=httpx_hooks(messages.append)
        ) as client:
            client.post("http://127.0.0.1/", content=GOOD, headers=HEADERS)
        assert told(messages) == WELL
        assert messages[1].body == body


def zeep_service(client, stub):
    return client.create_service(next(iter(client.wsdl.bindings)), stub.endpoint("ongoing"))


class TestZeep:
    def test_gives_the_bytes_that_are_posted(self, stub):
        messages: list[contracts.Message] = []
        with requests.Session() as session:
            client = zeep.Client(
                stub.wsdl("ongoing"), plugins=[ZeepPlugin(messages.append)], transport=zeep.Transport(session=session)
            )
            zeep_service(client, stub).SetTimeOfLastSync(**CALLER, GoodsOwnerId=1, syncTime=NOW)
        assert told(messages) == WELL
        exchange = stub.exchanges[-1]
        assert messages[0].body == exchange.request.body
        assert messages[0].url == stub.endpoint("ongoing")
        assert messages[0].header("SOAPAction") == exchange.request.header("SOAPAction") == ACTION
        assert messages[1].request == messages[0]
        assert messages[0].source == "zeep SetTimeOfLastSync"

    def test_writes_an_envelope_as_zeep_does(self):
        messages: list[contracts.Message] = []
        envelope = zeep.loader.etree.fromstring(GOOD.replace(b">x<", ">é<".encode()))
        operation = type("Operation", (), {"name": "SetTimeOfLastSync"})
        ZeepPlugin(messages.append).egress(envelope, {}, operation, {"address": "http://127.0.0.1/"})
        assert messages[0].body == etree_to_string(envelope)

    def test_raises_before_anything_is_sent(self, stub):
        with requests.Session() as session:
            client = zeep.Client(
                stub.wsdl("ongoing"), plugins=[ZeepPlugin()], transport=zeep.Transport(session=session)
            )
            service = zeep_service(client, stub)
            service.SetTimeOfLastSync(**CALLER, GoodsOwnerId=1, syncTime=NOW)
            before = len(stub.exchanges)
            with pytest.raises(contracts.ContractViolation, match="schema/max-length") as raised:
                service.SetTimeOfLastSync(**{**CALLER, "Password": "canary" * 9}, GoodsOwnerId=1, syncTime=NOW)
        assert len(stub.exchanges) == before
        assert "canary" not in str(raised.value)

    def test_tells_the_calls_of_tasks_apart(self, stub):
        messages: list[contracts.Message] = []

        async def send() -> None:
            async with httpx.AsyncClient() as client:
                with httpx.Client() as wsdl_client:
                    transport = zeep.transports.AsyncTransport(client=client, wsdl_client=wsdl_client)
                    made = zeep.AsyncClient(
                        stub.wsdl("ongoing"), plugins=[ZeepPlugin(messages.append)], transport=transport
                    )
                    # Not create_service(): zeep's AsyncClient has none of its own, and gets one that is not async.
                    service = made.service
                    calls = [
                        service.SetTimeOfLastSync(**CALLER, GoodsOwnerId=owner, syncTime=NOW) for owner in range(5)
                    ]
                    calls += [service.GetTimeOfLastSync(**CALLER, GoodsOwnerId=owner) for owner in range(5)]
                    await asyncio.gather(*calls)

        asyncio.run(send())
        assert {(kind, tuple(rules)) for kind, _, rules in told(messages)} == {("request", ()), ("response", ())}
        assert len(messages) == 20
        answers = [message for message in messages if message.kind == "response"]
        assert len({answer.request.body for answer in answers}) == 10


def test_a_violation_fails_the_test_even_where_the_client_swallows_all(pytester, monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    pytester.makepyfile(
        f"""
        import pytest
        import requests
        from contracts.integrations import requests_hook

        BODIES = {[GOOD, BAD]!r}

        @pytest.mark.parametrize("number", range(2))
        def test_it(soap_contracts, stub_elsewhere, number):
            with requests.Session() as session:
                session.hooks["response"].append(requests_hook(soap_contracts.judge))
                session.post(stub_elsewhere, data=BODIES[number], headers={HEADERS!r}, timeout=10)
            assert soap_contracts.ongoing.received == ()
        """
    )
    pytester.makeconftest(
        """
        import pytest
        import contracts
        from contracts.server import Stub

        @pytest.fixture
        def stub_elsewhere():
            with Stub(contracts.load()) as stub:
                yield stub.endpoint("ongoing")
        """
    )
    found = pytester.runpytest_inprocess("-W", "error")
    found.assert_outcomes(passed=1, failed=1)
    found.stdout.fnmatch_lines(
        ["ongoing/SetTimeOfLastSync request breaks its contract: schema/date-time", "4 messages: 3 passed, 1 failed*"]
    )
    assert "canary" not in found.stdout.str()
