"""Injections where there is little to do: answers without a body or a value, odd times, bad arguments, other calls."""

from __future__ import annotations

import re
import runpy
from types import SimpleNamespace

import pytest
import requests
from calling import asked
from repository import ROOT

from contracts import samples
from contracts.catalog import load
from contracts.conditions import INJECTIONS, ConductError
from contracts.messages import Message
from contracts.providers import ConditionError
from contracts.schema import instant_of
from contracts.server import Stub

WIRE = SimpleNamespace(**runpy.run_path(str(ROOT / "docs" / "probes" / "wire.py")))
CATALOG = load()
TIMES = [name for name in INJECTIONS if name.startswith("datetime ")]
PARAMETERS = {
    "slow headers": {"seconds": 0},
    "one byte at a time": {"seconds": 0},
}
EACH = pytest.mark.parametrize("name", INJECTIONS)
#: What is done to an answer, whatever it is.
ANY_ANSWER = {
    "fault with 200",
    "empty 500",
    "html page with 503",
    "redirect",
    "wrong content type",
    "wrong charset",
} | {
    *("one byte at a time", "slow headers", "content length too large"),
    *("reset before processing", "reset after processing"),
}


class Fresh:
    """A stub that others have used, as if it were new; ``failures`` are those since then."""

    def __init__(self, stub):
        stub.conditions.reset()
        self.conditions, self.endpoint = stub.conditions, stub.endpoint
        self._stub, self._before = stub, len(stub.failures)

    @property
    def failures(self):
        return self._stub.failures[self._before :]


@pytest.fixture(scope="module")
def behaving():
    with Stub(CATALOG) as entered:
        yield entered


@pytest.fixture(scope="module")
def recorded():
    """What `replaying` answers, the last of it."""
    return []


@pytest.fixture(scope="module")
def replaying(recorded):
    with Stub(CATALOG, replay=lambda _: recorded[-1]) as entered:
        yield entered


@pytest.fixture
def stub(behaving):
    fresh = Fresh(behaving)
    fresh.conditions.given("luminate", "session", {"id": "placeholder"})
    return fresh


@pytest.fixture
def tape(replaying, recorded):
    """A stub that answers what is put into its `answers`."""
    fresh = Fresh(replaying)
    fresh.answers = recorded
    return fresh


def answer_of(body, media_type="text/xml", **fields):
    headers = (("Content-Type", media_type), *((name.replace("_", "-"), value) for name, value in fields.items()))
    return Message(body, headers, "response", status=200)


def call(stub, path, **values):
    """What is on the wire when this operation is called with these values."""
    service, operation = CATALOG.operation(path)
    known = {"SessionId": "placeholder", "PartitionId": "123", **values}
    maker = samples.fullest if set(values) & {"Start"} else samples.smallest
    body = maker(service, operation, "request", known)
    return WIRE.look(stub.endpoint(service.name), samples.request_headers(operation), body)


def inject(stub, path, name, **parameters):
    service, _, operation = path.partition("/")
    stub.conditions.inject(service, name, operation, 1, {**PARAMETERS.get(name, {}), **parameters})


def times_in(seen):
    return re.findall(r">([^<]*)</(?:Start|End)>", seen.body.decode())


class TestAnAnswerWithNothingToDo:
    @EACH
    @pytest.mark.parametrize(
        ("answer", "others"),
        [
            (answer_of(b""), {"empty 202", "other operations response"}),
            (
                answer_of(b"<p>hello", "text/html"),
                {"empty 202", "other operations response", "truncated body", "content length too small"}
                | {"gzip", "lying content encoding"},
            ),
        ],
        ids=["no-body", "no-xml"],
    )
    def test_leaves_the_injection_waiting(self, tape, name, answer, others):
        tape.answers.append(answer)
        inject(tape, "luminate/EndSynchronization", name)
        call(tape, "luminate/EndSynchronization")
        assert tape.failures == ()
        assert (not tape.conditions.unmet()) == (name in ANY_ANSWER | others)

    @EACH
    def test_leaves_the_values_of_a_fault_alone(self, stub, name):
        inject(stub, "luminate/EndSynchronization", name)
        call(stub, "luminate/EndSynchronization")
        waits = name.startswith(("datetime", "integer")) or name in {
            *("empty 202", "other operations response", "two payloads", "doctype with entities")
        }
        assert bool(stub.conditions.unmet()) == waits

    def test_lets_the_next_injection_have_it(self, stub):
        inject(stub, "luminate/EndSynchronization", "empty 202")
        inject(stub, "luminate/EndSynchronization", "wrong content type")
        seen = call(stub, "luminate/EndSynchronization")
        assert (seen.status, seen.header("Content-Type")) == ("500 Internal Server Error", "text/html")


class TestTimes:
    @pytest.mark.parametrize("name", TIMES)
    def test_of_a_window_that_nobody_asked_for_are_changed(self, stub, name):
        stub.conditions.given("luminate", "clock at", {"time": "2024-05-01T12:00:00Z"})
        inject(stub, "luminate/StartSynchronization", name)
        found = times_in(call(stub, "luminate/StartSynchronization"))
        assert all(instant_of(text) for text in found)
        plain = ["1970-01-01T00:00:00Z", "2024-05-01T12:00:00Z"]
        assert (found == plain) == (name == "datetime with z")

    def test_that_the_request_has_are_repeated(self, stub):
        inject(stub, "luminate/StartSynchronization", "datetime after 9999")
        asked = {"Start": "2024-05-01T12:00:00Z", "End": "2024-05-02T12:00:00Z"}
        assert times_in(call(stub, "luminate/StartSynchronization", **asked)) == list(asked.values())
        assert stub.conditions.unmet()

    @pytest.mark.parametrize("name", TIMES)
    @pytest.mark.parametrize(
        "time", ["0001-01-01T00:00:00Z", "0800-05-01T12:00:00Z", "9999-12-31T23:59:59Z", "2024-05-01T24:00:00Z"]
    )
    def test_at_the_ends_of_the_calendar_stay_times(self, tape, name, time):
        service, operation = CATALOG.operation("luminate/EndSynchronization")
        tape.answers.append(answer_of(samples.fullest(service, operation, "response", {"End": time})))
        inject(tape, "luminate/EndSynchronization", name)
        found = times_in(call(tape, "luminate/EndSynchronization"))
        assert tape.failures == ()
        assert len(found) == 2
        assert all(instant_of(text) for text in found)


@pytest.mark.parametrize("name", ["truncated body", "content length too large", "slow headers"])
def test_a_recorded_answer_has_one_content_length(tape, name):
    tape.answers.append(answer_of(b"<answer/>", Content_Length="9", Connection="keep-alive"))
    inject(tape, "luminate/EndSynchronization", name)
    head = call(tape, "luminate/EndSynchronization").data.partition(b"\r\n\r\n")[0].lower()
    assert (head.count(b"content-length:"), head.count(b"connection:")) == (1, 1)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("redirect", {"status": 200}),
        ("redirect", {"location": "http://example.com/\r\nX: y"}),
        ("redirect", {"location": "http://例え.example/"}),
        ("wrong content type", {"value": "text/名"}),
        ("wrong charset", {"charset": "a\nb"}),
    ],
)
def test_an_argument_that_cannot_be_sent_is_refused_when_it_is_given(stub, name, parameters):
    with pytest.raises(ConditionError):
        inject(stub, "luminate/EndSynchronization", name, **parameters)
    assert stub.conditions.unmet() == []


#: How often the retry after this is called out.
BETWEEN = {
    "a-start-of-the-number-written-otherwise": (0, lambda stub: call(stub, "luminate/StartSynchronization")),
    "a-start-that-is-packed": (
        0,
        lambda stub: (
            inject(stub, "luminate/StartSynchronization", "gzip"),
            call(stub, "luminate/StartSynchronization"),
        ),
    ),
    "a-state": (0, lambda stub: stub.conditions.given("luminate", "active synchronization", {"partition": 123})),
    "a-state-of-another-service": (1, lambda stub: stub.conditions.given("ongoing", "strict", {})),
    "a-start-that-is-refused": (1, lambda stub: call(stub, "luminate/StartSynchronization", SessionId="of-nobody")),
    "a-start-that-gets-a-fault-with-200": (
        1,
        lambda stub: (
            inject(stub, "luminate/StartSynchronization", "fault with 200"),
            call(stub, "luminate/StartSynchronization"),
        ),
    ),
}


class TestARetry:
    def retried(self, stub, *between):
        stub.conditions.given("luminate", "active synchronization", {"partition": 123})
        inject(stub, "luminate/EndSynchronization", "reset after processing")
        call(stub, "luminate/EndSynchronization")
        for path, values in between:
            call(stub, path, **values)
        call(stub, "luminate/EndSynchronization")
        return [failure for failure in stub.failures if isinstance(failure, ConductError)]

    @pytest.mark.parametrize(
        "between",
        [
            (),
            [("luminate/Login", {})],
            [("luminate/StartSynchronization", {"PartitionId": "7"})],
            [("ongoing/SetTimeOfLastSync", {})],
        ],
        ids=["at-once", "after-a-login", "after-another-partition", "after-another-service"],
    )
    def test_is_called_out_whatever_else_came_between(self, stub, between):
        assert len(self.retried(stub, *between)) == 1

    def test_is_none_after_a_new_beginning(self, stub):
        assert self.retried(stub, ("luminate/StartSynchronization", {})) == []

    def test_is_none_of_another_partition(self, stub):
        stub.conditions.given("luminate", "active synchronization", {"partition": 7})
        inject(stub, "luminate/EndSynchronization", "reset after processing")
        call(stub, "luminate/EndSynchronization")
        call(stub, "luminate/EndSynchronization", PartitionId="7")
        assert stub.failures == ()

    def lost_once(self, stub, *steps):
        """What clients are called out for when the answer to the first of these calls is lost."""
        for session, user in (("of-jo", "jo"), ("of-jo-again", "jo"), ("of-ann", "ann")):
            stub.conditions.given("luminate", "session", {"id": session, "user": user})
        stub.conditions.given("luminate", "active synchronization", {"partition": 123})
        inject(stub, "luminate/EndSynchronization", "reset after processing")
        for step in steps:
            step(stub)
        return [failure for failure in stub.failures if isinstance(failure, ConductError)]

    @pytest.mark.parametrize(
        ("steps", "times"),
        [
            pytest.param([{}, {}], 1, id="by-the-same-session"),
            pytest.param([{"SessionId": "of-jo"}, {"SessionId": "of-jo-again"}], 1, id="by-the-same-user"),
            pytest.param([{"SessionId": "of-jo"}, {"SessionId": "of-ann"}], 0, id="by-another-user"),
            pytest.param([{"PartitionId": "0123"}, {"PartitionId": "123"}], 1, id="of-a-number-written-otherwise"),
        ],
    )
    def test_is_told_by_who_calls_and_what(self, stub, steps, times):
        ends = [lambda stub, values=values: call(stub, "luminate/EndSynchronization", **values) for values in steps]
        assert len(self.lost_once(stub, *ends)) == times

    @pytest.mark.parametrize(("times", "between"), BETWEEN.values(), ids=BETWEEN)
    def test_is_none_after_what_begins_anew_and_one_after_all_else(self, stub, times, between):
        def end(stub):
            call(stub, "luminate/EndSynchronization", PartitionId="0123")

        assert len(self.lost_once(stub, end, between, end)) == times


class TestARedirect:
    @pytest.mark.parametrize(
        ("host", "there"),
        [
            ("127.0.0.1:8080", "http://localhost:8080"),
            ("localhost:8080", "http://127.0.0.1:8080"),
            ("localhost", "http://127.0.0.1"),
            ("LOCALHOST", "http://127.0.0.1"),
            ("[::1]:8080", "http://localhost:8080"),
        ],
    )
    def test_leads_to_the_stub_by_another_of_its_names(self, stub, host, there):
        inject(stub, "ongoing/SetTimeOfLastSync", "redirect")
        came = self.set_time(stub, Host=host)
        assert (came.status, came.headers["location"]) == (307, f"{there}/ongoing?soap-contracts-redirected")

    @pytest.mark.parametrize("host", ["stub.example:8080", "192.0.2.1", "[2001:db8::1]:80"])
    def test_waits_where_no_other_name_is_known(self, stub, host):
        inject(stub, "ongoing/SetTimeOfLastSync", "redirect")
        assert self.set_time(stub, Host=host).status == 200
        assert stub.conditions.unmet() == ["no call met the injection redirect at ongoing/SetTimeOfLastSync"]
        assert self.set_time(stub).status == 307

    @pytest.mark.parametrize("status", [302, 307, 308])
    @pytest.mark.parametrize("follows", [True, False])
    def test_is_called_out_where_a_client_follows_it(self, stub, status, follows):
        inject(stub, "ongoing/SetTimeOfLastSync", "redirect", status=status)
        service, operation = CATALOG.operation("ongoing/SetTimeOfLastSync")
        body, headers = samples.smallest(service, operation, "request"), dict(samples.request_headers(operation))
        came = requests.post(stub.endpoint("ongoing"), body, headers=headers, timeout=10, allow_redirects=follows)
        assert (came.status_code == status) != follows
        said = [str(failure) for failure in stub.failures]
        assert ["followed a redirect to another host" in one for one in said] == [True] * follows

    def set_time(self, stub, **headers):
        service, operation = CATALOG.operation("ongoing/SetTimeOfLastSync")
        body = samples.smallest(service, operation, "request")
        return asked(stub.endpoint("ongoing"), "POST", body, dict(samples.request_headers(operation)) | headers)
