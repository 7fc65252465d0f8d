"""Cassettes replayed to real clients in Python, with no way out of this machine."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import io
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import aiohttp
import httpx
import pytest
import requests
import suds
import suds.client
import urllib3
import vcr
import zeep
import zeep.exceptions
import zeep.helpers
from replaying import CATALOG, SHIPPED, WayOutError, call_of, headers_of, offline
from test_tapes import ENVELOPE, interaction
from zeep.transports import AsyncTransport

import contracts
from contracts.errors import ReadError, UnknownNameError, UnmatchedRequestError
from contracts.recordings import UnusedInteractionWarning, soap_matcher, use_cassette
from contracts.tapes import load, named

pytest_plugins = ["test_tapes"]

LUMINATE = "https://webservices.cluster2.convio.net/1.0/site"
ONGOING = "https://api.ongoingsystems.se/warehouse/service.asmx"
ENDS, ONCE = "luminate/EndSynchronization/ends-active-session", "luminate/EndSynchronization/ends-once"
STORES = "ongoing/SetTimeOfLastSync/stores-the-time"
CALLER = {"UserName": "u", "Password": "canary-password", "GoodsOwnerId": 42, "IntegrationType": "order export"}
TIME = datetime(2024, 5, 1, 14, tzinfo=timezone(timedelta(hours=2)))
#: The exchanges of one cassette, in order.
CASSETTES = {name: [one for one in SHIPPED if one.name == name] for name in dict.fromkeys(one.name for one in SHIPPED)}
EACH_CASSETTE = pytest.mark.parametrize("name", CASSETTES)


@pytest.fixture(autouse=True)
def connected():
    """The addresses to which something has connected: an autouse fixture, because no test here may leave."""
    with offline() as connected:
        yield connected


@pytest.fixture
def nowhere(connected):
    """The proof that nothing was connected to at all."""
    yield
    assert connected == []


def test_the_guard_lets_nothing_out():
    with pytest.raises(WayOutError):
        urllib.request.urlopen("http://192.0.2.1/", timeout=1)  # of the block for documentation, RFC 5737
    with pytest.raises(WayOutError):
        requests.get("http://example.com/", timeout=1)


class _Broken(zeep.Transport):
    """A transport that breaks what zeep has built, as a client does that writes XML by hand."""

    def __init__(self, old: bytes, new: bytes) -> None:
        super().__init__()
        self._change = old, new

    def post(self, address, message, headers):
        assert self._change[0] in message
        return super().post(address, message.replace(*self._change), headers)


#: How a client goes wrong that sends what the cassette has, where zeep itself would not.
TRANSPORTS = {
    "ongoing/SetTimeOfLastSync/element-mis-cased": (b"syncTime>", b"SyncTime>"),
    "ongoing/SetTimeOfLastSync/malformed-xml": (b">orders and stock<", b">orders & stock<"),
}
HEADERS = {
    "ongoing/SetTimeOfLastSync/unknown-soapaction": {"SOAPAction": '"http://ongoingsystems.se/WSI/SetTimeofLastSync"'},
    "ongoing/SetTimeOfLastSync/unsupported-media-type": {"Content-Type": "application/xml; charset=utf-8"},
}
ARGUMENTS = {
    "luminate/EndSynchronization/partition-missing": {"PartitionId": zeep.xsd.SkipValue},
    "ongoing/SetTimeOfLastSync/element-mis-cased": {**CALLER, "syncTime": TIME},
    "ongoing/SetTimeOfLastSync/malformed-xml": {**CALLER, "IntegrationType": "orders and stock", "syncTime": TIME},
}
SESSION = {"Session": {"SessionId": "another-session"}}


def zeep_service(name: str):
    """zeep's client, its WSDL fetched from the provider's address, which is the contract's here."""
    ours = name.startswith("luminate")
    transport = _Broken(*TRANSPORTS[name]) if name in TRANSPORTS else zeep.Transport()
    client = zeep.Client(f"{LUMINATE}/wsdl" if ours else f"{ONGOING}?WSDL", transport=transport)
    client.settings.extra_http_headers = HEADERS.get(name)
    return client.create_service(next(iter(client.wsdl.bindings)), LUMINATE if ours else ONGOING)


def called_with_zeep(service, recorded):
    """What zeep makes of the answer: the fault's text, the status where there is no SOAP, or the values."""
    call = call_of(recorded)
    arguments = ARGUMENTS.get(recorded.name, call.arguments)
    if call.service == "luminate" and call.operation != "Login" and not recorded.name.endswith("header-missing"):
        arguments = {**arguments, "_soapheaders": SESSION}
    try:
        return zeep.helpers.serialize_object(service[call.operation](**arguments))
    except zeep.exceptions.Fault as fault:
        return f"fault: {fault.message}"
    except zeep.exceptions.TransportError as error:
        return error.status_code


class TestEveryShippedCassette:
    @EACH_CASSETTE
    @pytest.mark.usefixtures("nowhere")
    def test_replays_through_requests(self, name):
        with use_cassette(name) as tape:
            for recorded in CASSETTES[name]:
                answer = requests.post(
                    recorded.request.url, data=recorded.request.body, headers=headers_of(recorded.request)
                )
                assert (answer.status_code, answer.content) == (recorded.response.status, recorded.response.body)
                assert answer.headers["Soap-Contracts-Provenance"] == recorded.provenance.basis
                assert answer.headers["Content-Length"] == str(len(answer.content))
        assert tape.unused == ()

    @EACH_CASSETTE
    @pytest.mark.usefixtures("nowhere")
    def test_replays_through_zeep(self, name):
        with use_cassette(name) as tape:
            service = zeep_service(name)
            answers = [called_with_zeep(service, recorded) for recorded in CASSETTES[name]]
        assert tape.unused == ()
        assert answers == ZEEP[name]

    @EACH_CASSETTE
    @pytest.mark.usefixtures("nowhere")
    def test_replays_through_plain_vcrpy(self, name):
        """Without this package's code: as anybody would who has the file."""
        with vcr.use_cassette(named(name), record_mode="none", match_on=["method", "uri"]) as cassette:
            for recorded in CASSETTES[name]:
                answer = requests.post(
                    recorded.request.url, data=recorded.request.body, headers=headers_of(recorded.request)
                )
                assert (answer.status_code, answer.content) == (recorded.response.status, recorded.response.body)
                assert answer.headers["Soap-Contracts-Source"] == recorded.provenance.source
        assert cassette.all_played


def _result(partition, start, end, sync):
    return {"PartitionId": partition, "Start": _at(start), "End": _at(end), "SyncId": sync}


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


_ENDED = _result(10000103, "2008-12-11T00:00:00Z", "2008-12-12T00:00:00Z", 183)
_NONE_ACTIVE = "fault: There is no active synchronization session for the partition"
_READ = "fault: Server was unable to read request. ---> There is an error in XML document"
_UNKNOWN = "fault: Server did not recognize the value of HTTP Header SOAPAction:"
#: What zeep gives to its caller. Of the one fault that Luminate prints it finds no text, which is in SOAP's namespace.
ZEEP = {
    "luminate/EndSynchronization/answers-another-partition": [
        _result(10000104, "2008-12-12T18:13:44Z", "2008-12-12T18:13:47Z", 118)
    ],
    "luminate/EndSynchronization/ends-active-session": [_ENDED],
    "luminate/EndSynchronization/ends-once": [_ENDED, _NONE_ACTIVE],
    "luminate/EndSynchronization/header-missing": ["fault: None"],
    "luminate/EndSynchronization/no-active-session": [_NONE_ACTIVE],
    "luminate/EndSynchronization/partition-missing": ["fault: The element PartitionId is missing"],
    "luminate/EndSynchronization/session-expired": ["fault: The session id is missing or invalid"],
    "luminate/Login/gives-a-session": ["REDACTED-SessionId-1"],
    "luminate/Login/refuses-the-password": ["fault: The user name or password is invalid"],
    "luminate/StartSynchronization/already-active": [
        "fault: There is already an active synchronization session for the partition"
    ],
    "luminate/StartSynchronization/opens-a-session": [
        _result(123, "2008-12-11T00:00:00Z", "2008-12-12T00:00:00Z", 118)
    ],
    "ongoing/GetTimeOfLastSync/never-set": [None],
    "ongoing/GetTimeOfLastSync/returns-the-time": [datetime(2024, 5, 1, 12, tzinfo=UTC)],
    "ongoing/SetTimeOfLastSync/bad-date-time": [
        f"{_READ} (9, 38). ---> The string '1714564800' is not a valid AllXsd value."
    ],
    "ongoing/SetTimeOfLastSync/bad-int": [f"{_READ} (7, 45). ---> Input string was not in a correct format."],
    "ongoing/SetTimeOfLastSync/element-mis-cased": [None],
    "ongoing/SetTimeOfLastSync/int-too-large": [
        f"{_READ} (7, 46). ---> Value was either too large or too small for an Int32."
    ],
    "ongoing/SetTimeOfLastSync/malformed-xml": [400],
    "ongoing/SetTimeOfLastSync/stores-the-time": [None],
    "ongoing/SetTimeOfLastSync/unhandled-exception": [
        "fault: Server was unable to process request. ---> The user name or password is incorrect."
    ],
    "ongoing/SetTimeOfLastSync/unknown-soapaction": [f"{_UNKNOWN} http://ongoingsystems.se/WSI/SetTimeofLastSync."],
    "ongoing/SetTimeOfLastSync/unsupported-media-type": [415],
}


(END,) = CASSETTES[ENDS]
(SET,) = CASSETTES[STORES]


def by_requests(recorded):
    return requests.post(recorded.request.url, data=recorded.request.body, headers=headers_of(recorded.request)).content


def by_requests_from_a_file(recorded):
    body = io.BytesIO(recorded.request.body)
    return requests.post(recorded.request.url, data=body, headers=headers_of(recorded.request)).content


def by_requests_in_parts(recorded):
    body = (recorded.request.body[at : at + 7] for at in range(0, len(recorded.request.body), 7))
    return requests.post(recorded.request.url, data=body, headers=headers_of(recorded.request)).content


def by_httpx(recorded):
    with httpx.Client() as client:
        return client.post(
            recorded.request.url, content=recorded.request.body, headers=headers_of(recorded.request)
        ).content


def by_async_httpx(recorded):
    async def send():
        async with httpx.AsyncClient() as client:
            sent = headers_of(recorded.request)
            return (await client.post(recorded.request.url, content=recorded.request.body, headers=sent)).content

    return asyncio.run(send())


def by_urllib3(recorded):
    with urllib3.PoolManager() as pool:
        sent = headers_of(recorded.request)
        return pool.request("POST", recorded.request.url, body=recorded.request.body, headers=sent).data


def by_urllib(recorded):
    sent = urllib.request.Request(recorded.request.url, recorded.request.body, headers_of(recorded.request))
    with urllib.request.urlopen(sent, timeout=5) as answer:
        return answer.read()


def by_aiohttp(recorded):
    async def send():
        async with aiohttp.ClientSession() as session:
            sent = headers_of(recorded.request)
            async with session.post(recorded.request.url, data=recorded.request.body, headers=sent) as answer:
                return await answer.read()

    return asyncio.run(send())


EACH_LIBRARY = pytest.mark.parametrize(
    "send",
    [
        by_requests,
        by_requests_from_a_file,
        by_requests_in_parts,
        by_httpx,
        by_async_httpx,
        by_urllib3,
        by_urllib,
        by_aiohttp,
    ],
)


class TestEachLibrary:
    @EACH_LIBRARY
    @pytest.mark.parametrize("name", [ENDS, STORES])
    def test_gets_the_answer(self, send, name):
        (recorded,) = CASSETTES[name]
        with use_cassette(name):
            assert send(recorded) == recorded.response.body

    @EACH_LIBRARY
    def test_hears_in_what_its_request_differs(self, send):
        other = SET.request._replace(body=SET.request.body.replace(b">42<", b">43<"))
        with (
            pytest.raises(UnmatchedRequestError, match="GoodsOwnerId: '42' was recorded, '43' came"),
            use_cassette(STORES),
        ):
            send(SET._replace(request=other))

    @pytest.mark.usefixtures("nowhere")
    def test_zeep_async_gets_the_answer(self):
        async def call():
            with httpx.Client() as fetching:
                async with httpx.AsyncClient() as calling:
                    transport = AsyncTransport(client=calling, wsdl_client=fetching)
                    client = zeep.AsyncClient(f"{LUMINATE}/wsdl", transport=transport)
                    return await client.service.EndSynchronization(10000103, _soapheaders=SESSION)

        with use_cassette(ENDS):
            assert asyncio.run(call()).SyncId == 183

    @pytest.mark.usefixtures("nowhere")
    def test_suds_gets_the_answer_and_the_fault(self):
        with use_cassette(ONCE):
            client = suds.client.Client(f"{LUMINATE}/wsdl", location=LUMINATE, cache=None)
            session = client.factory.create("Session")
            session.SessionId = "another-session"
            client.set_options(soapheaders=session)
            assert client.service.EndSynchronization(PartitionId=10000103).SyncId == 183
            with pytest.raises(suds.WebFault, match="There is no active synchronization session"):
                client.service.EndSynchronization(PartitionId=10000103)


def set_time(**changes):
    client = zeep.Client(f"{ONGOING}?WSDL")
    return client.service.SetTimeOfLastSync(**{**CALLER, "syncTime": TIME, **changes})


class TestTheTypedMatch:
    def test_takes_another_spelling_of_the_same_values(self):
        with use_cassette(STORES):
            set_time(GoodsOwnerId="0042", Password="p&s<w>", syncTime="2024-05-01T12:00:00.0Z")

    def test_ignores_the_fields_that_it_is_told_to(self):
        with use_cassette(STORES, ignore=["syncTime"]):
            set_time(syncTime=datetime.now(UTC))

    def test_never_quotes_a_secret(self):
        with pytest.raises(UnmatchedRequestError) as caught, use_cassette(STORES):
            set_time(IntegrationType="canary-password")
        assert "canary" not in str(caught.value)
        assert "IntegrationType: 'order export' was recorded, '***' came" in str(caught.value)


LOGIN = """<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><Login xmlns="urn:soap.convio.com">
<UserName>u</UserName><Password>canary-7d1c</Password></Login></s:Body></s:Envelope>"""


class TestASecretOfAnEarlierRequest:
    @pytest.mark.parametrize(
        ("method", "old", "new", "action"),
        [
            ("CANARY-7D1C", b"", b"", None),
            ("POST", b"order export", b"canary-7d1c", None),
            ("POST", b"GoodsOwnerId", b"canary-7d1c", None),
            ("POST", b"", b"", "canary-7d1c"),
        ],
        ids=["as a method", "in a field", "as a name", "as a SOAPAction"],
    )
    def test_is_never_told(self, method, old, new, action):
        headers = headers_of(SET.request) | ({} if action is None else {"SOAPAction": action})

        @use_cassette(STORES, "luminate/Login/gives-a-session")
        def send():
            requests.post(LUMINATE, data=LOGIN, headers={"Content-Type": "text/xml"})
            requests.request(
                method, ONGOING, data=SET.request.body.replace(old, new) if old else SET.request.body, headers=headers
            )

        with pytest.raises(UnmatchedRequestError) as caught:
            send()
        assert "canary" not in str(caught.value).lower()


class TestTheEnd:
    def test_raises_what_the_client_has_swallowed(self):
        def swallowing():
            with use_cassette(STORES, ENDS):
                for number in (1, 2):
                    with contextlib.suppress(UnmatchedRequestError):
                        set_time(GoodsOwnerId=number)

        with pytest.raises(UnmatchedRequestError) as caught:
            swallowing()
        assert [line.rpartition(": ")[2] for line in str(caught.value).splitlines()] == [
            "'42' was recorded, '1' came",
            "'42' was recorded, '2' came",
        ]
        assert f"{ENDS}[0] was never asked for" in caught.value.__notes__[0]

    def test_tells_an_error_of_the_client_what_was_behind_it(self):
        @use_cassette(STORES)
        def sync():
            try:
                set_time(GoodsOwnerId=1)
            except UnmatchedRequestError:
                raise RuntimeError("could not sync") from None

        with pytest.raises(RuntimeError) as caught:
            sync()
        assert "GoodsOwnerId" in "".join(caught.value.__notes__)

    def test_warns_of_what_was_not_asked_for(self):
        with pytest.warns(UnusedInteractionWarning) as caught, use_cassette(ONCE):
            by_requests(END)
        assert [str(one.message) for one in caught] == [f"{ONCE}[1] was never asked for"]
        assert caught[0].filename == __file__

    def test_warns_of_nothing_where_the_test_fails_anyway(self):
        with pytest.raises(ZeroDivisionError), use_cassette(ONCE):
            1 / 0  # noqa: B018 - warnings are errors here

    def test_keeps_the_address_out_of_the_log(self, caplog):
        with caplog.at_level("DEBUG"), use_cassette(ENDS):
            url = f"{LUMINATE}?Password=canary-password"
            for send in (by_requests, by_httpx, by_aiohttp, by_urllib3):
                send(END._replace(request=END.request._replace(url=url)))
        assert "vcr" not in {record.name.partition(".")[0] for record in caplog.records}

    def test_leaves_no_patch_behind(self, connected):
        with use_cassette(ENDS):
            by_requests(END)
        with pytest.raises(WayOutError):
            by_requests(END)
        assert connected == []


class TestManyAtOnce:
    @pytest.mark.usefixtures("nowhere")
    @pytest.mark.parametrize("send", [by_requests, by_httpx, by_urllib3, by_urllib])
    def test_threads_never_reach_the_network(self, send):
        with use_cassette(ENDS), ThreadPoolExecutor(4) as pool:
            assert set(pool.map(send, [END] * 200)) == {END.response.body}

    @pytest.mark.usefixtures("nowhere")
    def test_each_thread_has_its_own_cassette(self):
        def use(recorded):
            with use_cassette(recorded.name):
                return [by_requests(recorded) for _ in range(20)] == [recorded.response.body] * 20

        with ThreadPoolExecutor(4) as pool:
            assert all(pool.map(use, [END, SET] * 4))

    @pytest.mark.usefixtures("nowhere")
    def test_tasks_may_begin_and_end_in_any_order(self):
        @use_cassette(ENDS)
        async def call(client, delay):
            await asyncio.sleep(delay)
            return (await client.post(LUMINATE, content=END.request.body, headers=headers_of(END.request))).status_code

        async def both():
            async with httpx.AsyncClient() as client:
                return await asyncio.gather(call(client, 0.01), call(client, 0.1), call(client, 0.05))

        assert asyncio.run(both()) == [200] * 3
        with pytest.raises(WayOutError):
            by_requests(END)

    def test_uses_that_end_in_the_order_in_which_they_began(self):
        first, second = use_cassette(ENDS), use_cassette(STORES)
        first.__enter__()
        second.__enter__()
        assert by_requests(SET) == SET.response.body
        first.__exit__(ValueError, ValueError(), None)
        assert by_requests(SET) == SET.response.body
        second.__exit__(None, None, None)
        with pytest.raises(WayOutError):
            by_requests(SET)

    def test_a_thread_that_was_started_before_is_answered_too(self):
        begin, done = threading.Event(), []

        def send():
            begin.wait(30)
            done.append(by_requests(END))

        thread = threading.Thread(target=send)
        thread.start()
        with use_cassette(ENDS):
            begin.set()
            thread.join(30)
        assert done == [END.response.body]


class TestWhatVcrpyDoesNotSee:
    @pytest.mark.usefixtures("nowhere")
    def test_is_refused_and_not_sent(self):
        connection = http.client.HTTPSConnection("webservices.cluster2.convio.net")
        with pytest.raises(UnmatchedRequestError, match="in a way that vcrpy does not see"), use_cassette(ENDS):
            connection.request("POST", "/1.0/site", END.request.body, headers_of(END.request))

    @pytest.mark.parametrize("send", [by_requests, by_httpx, by_aiohttp, by_urllib3])
    def test_a_redirect_without_end_ends(self, cassette, send):
        again = {"Location": [LUMINATE], "Content-Type": ["text/xml"]}
        looking = interaction(
            request_method="GET",
            request_body=None,
            response_status={"code": 307, "message": ""},
            response_headers=again,
        )
        first = interaction(response_status={"code": 307, "message": ""}, response_headers=again)
        path = cassette(first, looking)
        (recorded, _) = load(path, CATALOG)
        with contextlib.suppress(Exception), use_cassette(Path(path)):
            send(recorded)


class TestAUse:
    def test_starts_anew_each_time(self):
        replay = use_cassette(ONCE, strict_order=True)
        for _ in range(2):
            with replay:
                assert [by_requests(END) for _ in range(2)] == [one.response.body for one in CASSETTES[ONCE]]

    def test_decorates_a_function(self):
        @use_cassette(ENDS)
        def fetch(recorded):
            return by_requests(recorded)

        assert fetch(END) == END.response.body
        assert fetch.__name__ == "fetch"

    def test_decorates_a_coroutine_until_it_is_done(self):
        @use_cassette(ENDS)
        async def fetch():
            await asyncio.sleep(0)
            async with httpx.AsyncClient() as client:
                return await client.post(LUMINATE, content=END.request.body, headers=headers_of(END.request))

        assert asyncio.run(fetch()).content == END.response.body

    def test_decorates_a_generator_such_as_a_fixture(self):
        @use_cassette(ENDS)
        def fetching():
            yield by_requests(END)

        assert list(fetching()) == [END.response.body]

    def test_does_not_decorate_what_it_cannot_follow(self):
        async def fetching():
            yield

        class Later:
            async def __call__(self):
                return by_requests(END)

        for what in (fetching, Later):
            with pytest.raises(TypeError, match="which no cassette can follow"):
                use_cassette(ENDS)(what)
        for what in (staticmethod(Later().__call__), Later()):
            with pytest.raises(TypeError, match="decorate the async def itself"):
                use_cassette(ENDS)(what)()

    def test_plays_several_cassettes_as_one(self):
        with use_cassette(ENDS, STORES):
            assert by_requests(SET) == SET.response.body
            assert by_requests(END) == END.response.body

    def test_plays_a_file_and_a_folder_of_ones_own(self, cassette, tmp_path):
        path = cassette(interaction(7, "first"), name="mine/own.yaml")
        for replay in (use_cassette(Path(path)), use_cassette("mine/own", folder=tmp_path)):
            with replay:
                answer = requests.post(LUMINATE, data=ENVELOPE.format("07"), headers={"Content-Type": "text/xml"})
            assert answer.text == "first"

    def test_plays_a_compressed_answer_as_it_was_before(self, cassette):
        path = cassette(
            interaction(7, response_headers={"Content-Encoding": ["gzip"]}, response_body={"string": "first"})
        )
        for send in (by_requests, by_httpx, by_aiohttp, by_urllib3):
            with use_cassette(Path(path)):
                assert send(load(path, CATALOG)[0]) == b"first"

    def test_shows_each_message_to_a_judge(self):
        judged: list[contracts.Message] = []
        with use_cassette(ENDS, judge=judged.append):
            by_requests(END)
        assert [contracts.check(message).kind for message in judged] == ["request", "response"]
        assert judged[1].request == judged[0]

    def test_raises_the_violation_that_the_judge_finds(self):
        (bad,) = CASSETTES["ongoing/SetTimeOfLastSync/bad-int"]
        with pytest.raises(contracts.ContractViolation, match="schema/integer"):  # noqa: SIM117 - the use ends by it
            with use_cassette(bad.name, judge=contracts.assert_valid):
                by_requests(bad)

    @pytest.mark.parametrize(
        ("name", "error", "said"),
        [
            ("luminate/EndSynchronization/ends-active-sesion", UnknownNameError, f"did you mean {ENDS}"),
            ("../cassette", ReadError, "may not lead out of it"),
            (Path("nowhere.yaml"), ReadError, "nowhere.yaml: cannot be read: No such file"),
        ],
    )
    def test_of_what_is_not_there_is_an_error_before_anything_is_sent(self, name, error, said):
        with pytest.raises(error, match=said), use_cassette(name):
            raise AssertionError

    @pytest.mark.parametrize("mode", ["once", "all", "new_episodes", "any"])
    def test_records_nothing(self, mode):
        with pytest.raises(ValueError, match="only 'none' is offered"):
            use_cassette(ENDS, record_mode=mode)

    def test_needs_a_name(self):
        with pytest.raises(TypeError, match="needs the name of a cassette"):
            use_cassette()


class TestTheMatcherInAVcrOfOnesOwn:
    def answer(self, matcher, body):
        own = vcr.VCR(record_mode="none", match_on=["method", "soap"])
        own.register_matcher("soap", matcher)
        with own.use_cassette(named(ENDS)):
            return requests.post("http://127.0.0.1:1/luminate", data=body, headers=headers_of(END.request)).content

    def test_takes_what_asks_the_same(self):
        body = END.request.body.replace(b"soap:", b"S:").replace(b"xmlns:soap", b"xmlns:S").replace(b">100", b">00100")
        assert self.answer(soap_matcher(), body) == END.response.body
        assert self.answer(soap_matcher(ignore=["PartitionId"]), body.replace(b"103", b"104")) == END.response.body

    def test_tells_vcrpy_what_differs(self):
        with pytest.raises(Exception, match="PartitionId: '10000103' was recorded, '10000104' came"):
            self.answer(soap_matcher(), END.request.body.replace(b"103", b"104"))


def test_a_client_that_calls_twice_meets_the_fault_of_the_second_call():
    """The whole of it, as a test suite has it: the first answer, then the SynchronizationFault."""
    with use_cassette(ONCE):
        service = zeep.Client(f"{LUMINATE}/wsdl").service
        assert service.EndSynchronization(10000103, _soapheaders=SESSION).SyncId == 183
        for _ in range(2):  # the last answer repeats
            with pytest.raises(zeep.exceptions.Fault) as caught:
                service.EndSynchronization(10000103, _soapheaders=SESSION)
            assert caught.value.code == "fns:SYNCHRONIZATION"
            assert caught.value.detail[0].tag == "{urn:soap.convio.com}SynchronizationFault"
