"""States and injections, from pytest, from the command line and over HTTP; and what must not follow them."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from lxml import etree

from contracts import catalog, samples
from contracts.checking import check
from contracts.cli import main
from contracts.conditions import INJECTIONS, Conditions, Wanted, injections_for, wanted_injection, wanted_state
from contracts.driving import environment_of
from contracts.errors import ContractError, UnknownNameError
from contracts.providers import Call, ConditionError, behaviour_of
from contracts.server import Stub

pytest_plugins = ["pytester"]

CATALOG = catalog.load()
LUMINATE, END = CATALOG.operation("luminate/EndSynchronization")
ONGOING, SET_TIME = CATALOG.operation("ongoing/SetTimeOfLastSync")
SESSION = "known-to-the-test"


def send(stub, operation=END, service="luminate", host=None, query="", **values):
    """What comes back: the status and the body, or the class of the error."""
    address = urlsplit(stub.endpoint(service))
    body = samples.smallest(CATALOG.service(service), operation, "request", {"SessionId": SESSION, **values})
    connection = http.client.HTTPConnection(host or address.hostname, address.port, timeout=10)
    try:
        connection.request("POST", address.path + query, body, dict(samples.request_headers(operation)))
        response = connection.getresponse()
        return response.status, response.read()
    except (OSError, http.client.HTTPException) as error:
        return type(error).__name__
    finally:
        connection.close()


@pytest.fixture
def stub():
    with Stub(CATALOG) as running:
        running.conditions.given("luminate", "session", {"id": SESSION})
        running.conditions.given("luminate", "active synchronization", {"partition": 1})
        yield running


def inject(stub, name, operation="EndSynchronization", times=1, service="luminate", **parameters):
    stub.conditions.inject(service, name, operation, times, parameters)


class TestAnInjection:
    def test_meets_so_many_calls_as_it_was_told(self, stub):
        inject(stub, "empty 500", times=2)
        assert [send(stub)[0] for _ in range(3)] == [500, 500, 200]
        assert stub.conditions.unmet() == []

    def test_meets_every_call_where_it_was_told_no_number(self, stub):
        inject(stub, "empty 500", times=None)
        assert [send(stub)[0] for _ in range(4)] == [500] * 4

    def test_waits_for_its_operation(self, stub):
        inject(stub, "empty 202", "StartSynchronization")
        assert send(stub)[0] == 200
        (unmet,) = stub.conditions.unmet()
        assert unmet == "no call met the injection empty 202 at luminate/StartSynchronization"

    def test_meets_any_operation_of_its_service_where_it_was_told_none(self, stub):
        inject(stub, "HTML page with 503", None)
        assert send(stub, SET_TIME, "ongoing")[0] == 200
        assert send(stub)[0] == 503

    def test_waits_for_an_answer_that_it_suits(self, stub):
        """A response without a dateTime cannot have a late one; the next that has one does."""
        inject(stub, "dateTime at 24:00:00", None)
        send(stub, LUMINATE.operation("Login"))
        assert b"T24:00:00Z" in send(stub)[1]

    def test_comes_after_one_that_was_told_before(self, stub):
        inject(stub, "empty 500")
        inject(stub, "HTML page with 503")
        assert [send(stub)[0] for _ in range(3)] == [500, 503, 200]

    def test_that_leaves_the_answer_alone_lets_the_provider_act_once(self, stub):
        inject(stub, "other operations response")
        inject(stub, "DOCTYPE with entities")
        stub.conditions.given("luminate", "session expired", {})
        assert b"SESSION" in send(stub)[1]
        assert len(stub.conditions.unmet()) == 2

    def test_is_not_the_clients_fault(self, stub):
        inject(stub, "other operations response")
        send(stub)
        stub.conditions.given("luminate", "active synchronization", {"partition": 1})
        inject(stub, "wrong charset")
        send(stub)
        for exchange in stub.review():
            assert all(verdict.passed for verdict in exchange.verdicts)
        (found,) = {finding.accepted for finding in stub.exchanges[-1].verdicts[1].findings}
        assert found == "the stub's own answer, injected: wrong charset"

    def test_is_forgotten_by_a_reset(self, stub):
        inject(stub, "empty 500", times=None)
        assert stub.conditions.reset() == ["no call met the injection empty 500 at luminate/EndSynchronization"]
        stub.conditions.given("luminate", "session", {"id": SESSION})
        assert b"SYNCHRONIZATION" in send(stub)[1]

    @pytest.mark.parametrize("name", ["Two-Payloads", "two payloads", "two_payloads", "the two payloads"])
    def test_is_known_by_its_name_however_it_is_written(self, stub, name):
        inject(stub, name)
        assert send(stub)[1].count(b"<EndSynchronizationResponse") == 2

    @pytest.mark.parametrize(
        ("name", "operation", "times", "parameters", "said"),
        [
            ("two payload", None, 1, {}, "there is no injection 'two payload'; did you mean two payloads?"),
            ("gzip", "EndSynchronisation", 1, {}, "did you mean EndSynchronization?"),
            ("gzip", None, 0, {}, "times is a number from 1 on, not 0"),
            ("gzip", None, 1, {"level": 9}, "'gzip' has no parameter 'level'; it takes none"),
            ("slow headers", None, 1, {"seconds": -1}, "seconds is a number, not below 0"),
            ("integer over 2^53", "Login", 1, {}, "the response of Login has no value for it"),
        ],
    )
    def test_that_cannot_be_is_refused_in_a_sentence(self, stub, name, operation, times, parameters, said):
        with pytest.raises((ConditionError, UnknownNameError)) as caught:
            stub.conditions.inject("luminate", name, operation, times, parameters)
        assert said in str(caught.value)

    def test_stands_before_a_recorded_answer_too(self):
        from contracts.tapes import Tape, load, named

        tape = Tape(load(named("luminate/EndSynchronization/ends-active-session"), CATALOG), CATALOG)
        with Stub(CATALOG, replay=tape.answer) as stub:
            inject(stub, "empty 500")
            assert [send(stub, PartitionId="10000103")[0] for _ in range(2)] == [500, 200]
        assert [(exchange.ours, exchange.injected) for exchange in stub.exchanges] == [(True, "empty 500"), (False, "")]

    @pytest.mark.parametrize("service", ["luminate", "ongoing"])
    def test_each_is_documented_and_says_what_a_sound_client_does(self, service):
        for found in injections_for(behaviour_of(CATALOG.service(service))).values():
            assert found.about.endswith(".")
            assert found.expectation.split("; ")[0] in (
                "the same values",
                "raise",
                "raise or the same values",
                "the same values or raise",
            )


class TestWhatMustNotCome:
    def test_is_the_same_destructive_call_after_one_whose_answer_was_lost(self, stub):
        inject(stub, "reset after processing")
        assert send(stub) == "ConnectionResetError"
        assert send(stub)[0] == 500
        (error,) = stub.failures
        assert str(error).startswith("#2 POST /luminate: EndSynchronization was sent again after #1 POST /luminate")

    def test_is_told_once_a_retry(self, stub):
        inject(stub, "reset after processing", times=2)
        for _ in range(4):
            send(stub)
        assert len(stub.failures) == 2

    @pytest.mark.parametrize(
        "steps",
        [
            pytest.param([{"PartitionId": "2"}], id="another-partition"),
            pytest.param([{"operation": LUMINATE.operation("Login")}], id="a-login"),
            pytest.param([{"operation": LUMINATE.operation("StartSynchronization")}, {}], id="a-new-one-that-is-ended"),
        ],
    )
    def test_is_no_other_call(self, stub, steps):
        inject(stub, "reset after processing")
        for step in [{}, *steps]:
            send(stub, **step)
        assert stub.failures == ()

    def test_is_no_retry_of_a_call_that_was_not_processed(self, stub):
        inject(stub, "reset before processing")
        assert send(stub) == "ConnectionResetError"
        assert send(stub)[0] == 200
        assert stub.failures == ()

    def test_is_no_retry_of_a_call_that_destroys_nothing(self, stub):
        inject(stub, "reset after processing", "SetTimeOfLastSync", service="ongoing")
        assert [send(stub, SET_TIME, "ongoing")[:1] for _ in range(2)] == ["C", (200,)]
        assert stub.failures == ()

    def test_is_a_request_for_the_external_entity_of_a_doctype(self, stub):
        inject(stub, "DOCTYPE with entities")
        body = send(stub)[1]
        parser = etree.XMLParser(load_dtd=True, resolve_entities=True, no_network=True)
        with pytest.raises(etree.XMLSyntaxError):
            etree.fromstring(body, parser)
        assert stub.failures == ()
        address = urlsplit(stub.endpoint("luminate"))
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
        connection.request(
            "GET", body.partition(b'SYSTEM "')[2].partition(b'"')[0].decode().partition(str(address.port))[2]
        )
        connection.getresponse().read()
        connection.close()
        (error,) = stub.failures
        assert "external entity" in str(error)

    def test_is_a_request_that_follows_a_redirect_to_another_host(self, stub):
        inject(stub, "redirect")
        status, _ = send(stub)
        assert (status, stub.failures) == (307, ())
        send(stub, host="localhost", query="?soap-contracts-redirected")
        (error,) = stub.failures
        assert "followed a redirect" in str(error)


class TestTheWordsOfTheCommandLine:
    @pytest.mark.parametrize(
        ("text", "asked"),
        [
            ("gzip", Wanted(("luminate", "ongoing"), "gzip", None, 1, {})),
            ("gzip:EndSynchronization", Wanted(("luminate",), "gzip", "EndSynchronization", 1, {})),
            ("gzip:luminate/EndSynchronization:3", Wanted(("luminate",), "gzip", "EndSynchronization", 3, {})),
            ("gzip:ongoing/*:*", Wanted(("ongoing",), "gzip", None, None, {})),
            ("gzip:*:2", Wanted(("luminate", "ongoing"), "gzip", None, 2, {})),
            ("slow-headers,seconds=2:Login", Wanted(("luminate",), "slow-headers", "Login", 1, {"seconds": "2"})),
            (
                "redirect,location=http://127.0.0.1:9/x,status=302:Login:*",
                Wanted(("luminate",), "redirect", "Login", None, {"location": "http://127.0.0.1:9/x", "status": "302"}),
            ),
            (
                "redirect,location=http://127.0.0.1:9/",
                Wanted(("luminate", "ongoing"), "redirect", None, 1, {"location": "http://127.0.0.1:9/"}),
            ),
            (
                "dateTime at 24:00:00:EndSynchronization",
                Wanted(("luminate",), "dateTime at 24:00:00", "EndSynchronization", 1, {}),
            ),
            ("dateTime-at-24:00:00", Wanted(("luminate", "ongoing"), "dateTime-at-24:00:00", None, 1, {})),
        ],
    )
    def test_an_injection(self, text, asked):
        assert wanted_injection(text, CATALOG) == asked

    @pytest.mark.parametrize(
        ("text", "asked"),
        [
            ("strict", Wanted(("luminate", "ongoing"), "strict", None, None, {})),
            (
                "luminate/clock-at,time=2026-11-21T08:00:00Z",
                Wanted(("luminate",), "clock-at", None, None, {"time": "2026-11-21T08:00:00Z"}),
            ),
        ],
    )
    def test_a_state(self, text, asked):
        assert wanted_state(text, CATALOG) == asked

    @pytest.mark.parametrize("text", ["gzip,x", "gzip,=1"])
    def test_that_have_another_form_are_refused(self, text):
        with pytest.raises(ConditionError, match="is not of the form PARAMETER=VALUE"):
            wanted_injection(text, CATALOG)


def ask(stub, act, fields=None, token=None, method="POST", body=None):
    address = urlsplit(stub.control_address)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
    headers = {} if token == "" else {"Authorization": f"Bearer {token or stub.control.token}"}
    connection.request(method, f"{address.path}/{act}", json.dumps(fields or {}) if body is None else body, headers)
    response = connection.getresponse()
    found = json.loads(response.read())
    connection.close()
    return response.status, found


class TestTheControlEndpoint:
    def test_brings_about_states_and_injections_and_forgets_them(self, stub):
        fields = {"service": "luminate", "name": "an active synchronization", "parameters": {"partition": 9}}
        assert ask(stub, "given", fields) == (200, {})
        assert send(stub, PartitionId="9")[0] == 200
        wanted = {"service": "luminate", "name": "empty-500", "operation": "EndSynchronization", "times": 2}
        assert ask(stub, "inject", wanted) == (200, {})
        assert send(stub) == (500, b"")
        assert ask(stub, "inject", {"service": "ongoing", "name": "gzip", "times": None}) == (200, {})
        assert ask(stub, "reset") == (200, {"unmet": ["no call met the injection gzip at ongoing"]})
        assert b"SESSION<" in send(stub)[1]

    def test_is_no_message(self, stub):
        ask(stub, "reset")
        assert stub.exchanges == ()

    @pytest.mark.parametrize("token", ["", "wrong", "\u00e9"])
    def test_asks_for_the_token(self, stub, token):
        status, found = ask(stub, "reset", token=token)
        assert status == 401
        assert stub.control.token not in json.dumps(found)

    @pytest.mark.parametrize(
        ("act", "fields", "status", "said"),
        [
            ("given", {"service": "luminat", "name": "strict"}, 400, "did you mean luminate?"),
            ("given", {"service": "luminate", "name": "strickt"}, 400, "did you mean strict?"),
            ("given", {"service": "luminate"}, 400, "'name' is missing or not a string"),
            ("given", {"service": 7, "name": "strict"}, 400, "'service' is missing or not a string"),
            (
                "given",
                {"service": "luminate", "name": "strict", "parameters": []},
                400,
                "'parameters' is not an object",
            ),
            (
                "inject",
                {"service": "luminate", "name": "gzip", "times": "two"},
                400,
                "'times' is not a number, nor null",
            ),
            ("inject", {"service": "luminate", "name": "gzip", "times": -1}, 400, "times is a number from 1 on"),
            ("inject", {"service": "luminate", "name": "gzip", "times": 0}, 400, "times is a number from 1 on"),
            ("inject", {"service": "luminate", "name": "gzip", "tims": 2}, 400, "there is no member 'tims'"),
            ("reset", {"service": "luminate"}, 400, "there is no member 'service'; known are none"),
            ("forget", {}, 404, "/soap-contracts/control/given"),
        ],
    )
    def test_says_what_is_wrong(self, stub, act, fields, status, said):
        code, found = ask(stub, act, fields)
        assert (code, said in found["error"]) == (status, True)

    @pytest.mark.parametrize("body", ["[]", "{", "[" * 100_000, '"' + "x" * 70_000 + '"'])
    def test_takes_a_json_object_and_nothing_else(self, stub, body):
        assert ask(stub, "reset", body=body)[0] in (200, 400)
        assert ask(stub, "given", body=body)[0] == 400

    def test_is_posted_to(self, stub):
        assert ask(stub, "reset", method="PUT") == (405, {"error": "conditions are POSTed"})

    def test_is_closed_where_a_recording_is_under_way(self):
        with Stub(CATALOG, token=None) as stub:
            assert ask(stub, "reset", token="any")[0] == 404
            assert not any(name.startswith("SOAP_CONTRACTS_CONTROL") for name in environment_of(stub))

    def test_takes_a_token_that_it_is_given(self):
        with Stub(CATALOG, token="chosen") as stub:
            assert ask(stub, "reset", token="chosen")[0] == 200


CLIENT = """
import http.client, os, sys
from urllib.parse import urlsplit
address = urlsplit(os.environ["LUMINATE_ENDPOINT"])
for _ in range(int(sys.argv[2])):
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
    try:
        connection.request("POST", address.path, open(sys.argv[1], "rb").read(), {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'})
        print(connection.getresponse().read().decode())
    except OSError as error:
        print(type(error).__name__)
"""


class TestTheCommandLine:
    @pytest.fixture
    def client(self, tmp_path):
        """Words of a command that ends synchronization 1 so many times."""
        (tmp_path / "end.xml").write_bytes(samples.smallest(LUMINATE, END, "request", {"SessionId": SESSION}))
        return lambda times: ["--", sys.executable, "-c", CLIENT, str(tmp_path / "end.xml"), str(times)]

    def run(self, capfd, *words):
        code = main(["run", "--format", "json", *words])
        captured = capfd.readouterr()
        return code, captured

    GIVEN = ("--given", f"luminate/session,id={SESSION}", "--given", "luminate/active-synchronization,partition=1")

    def test_calls_out_a_blind_retry(self, capfd, client):
        code, captured = self.run(
            capfd, *self.GIVEN, "--inject", "reset-after-processing:EndSynchronization", *client(2)
        )
        report = json.loads(captured.out)
        assert (code, report["summary"]["misconduct"], report["summary"]["failed"]) == (1, 1, 0)
        assert "must not be retried blindly" in report["errors"][0]["message"]

    def test_passes_a_client_that_does_not_send_it_again(self, capfd, client):
        code, _ = self.run(capfd, *self.GIVEN, "--inject", "reset-after-processing:EndSynchronization", *client(1))
        assert code == 0

    def test_notes_what_no_call_has_met(self, capfd, client):
        code, captured = self.run(capfd, *self.GIVEN, "--inject", "gzip:SetTimeOfLastSync", *client(1))
        (note,) = json.loads(captured.out)["notes"]
        assert (code, note["message"]) == (0, "no call met the injection gzip at ongoing/SetTimeOfLastSync")

    def test_takes_credentials_from_the_environment_alone(self, capfd, client, monkeypatch):
        code, captured = self.run(
            capfd, "--given", "luminate/credentials-are,user=u,password=canary-password", *client(1)
        )
        assert code == 2
        assert "set SOAP_CONTRACTS_LUMINATE_USERNAME and SOAP_CONTRACTS_LUMINATE_PASSWORD" in captured.err
        assert "canary" not in captured.err
        monkeypatch.setenv("SOAP_CONTRACTS_LUMINATE_USERNAME", "user")
        monkeypatch.setenv("SOAP_CONTRACTS_LUMINATE_PASSWORD", "canary-password")
        code, captured = self.run(capfd, "--given", "luminate/credentials-are", *client(1))
        assert (code, "canary" in captured.out + captured.err) == (0, False)

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (("--inject", "gzi"), "--inject gzi: there is no injection 'gzi'; did you mean gzip?"),
            (("--inject", "gzip:Logout"), "--inject gzip:Logout: there is no operation 'Logout'; did you mean Login?"),
            (
                ("--given", "luminate/strickt"),
                "--given luminate/strickt: there is no state 'strickt'; did you mean strict?",
            ),
            (
                ("--service", "ongoing", "--given", "luminate/strict"),
                "there is no service 'luminate'; known are: ongoing",
            ),
        ],
    )
    def test_says_what_is_wrong(self, capfd, client, words, said):
        code, captured = self.run(capfd, *words, *client(1))
        assert (code, captured.err) == (2, f"soap-contracts: {said}\n" if said.startswith("--") else captured.err)
        assert said in captured.err

    def test_strict_answers_a_fault_where_the_provider_would_not(self, capfd, client):
        strict = self.run(capfd, *self.GIVEN, "--strict", *client(1))
        assert json.loads(strict[1].out)["messages"][1]["kind"] == "response"

    def test_an_odd_answer_is_not_saved_for_nobody_would_accept_it_in_a_file(self, capfd, client, tmp_path):
        saved = str(tmp_path / "saved")
        code, captured = self.run(capfd, *self.GIVEN, "--inject", "wrong-charset", "--save", saved, *client(2))
        messages = json.loads(captured.out)["messages"]
        assert (code, [message["verdict"] for message in messages]) == (0, ["pass"] * 4)
        assert sorted(os.listdir(saved))[1:] == [
            "0001-EndSynchronization.request.http",
            "0002-EndSynchronization.request.http",
            "0002-EndSynchronization.response.http",
        ]
        assert main(["check", saved]) == 0

    def test_the_client_is_told_where_to_ask_for_conditions(self, capfd):
        code = "import os; print(os.environ['SOAP_CONTRACTS_CONTROL'], len(os.environ['SOAP_CONTRACTS_CONTROL_TOKEN']))"
        _, captured = self.run(capfd, "--", sys.executable, "-c", code)
        address, length = captured.err.split()[:2]
        assert address.endswith("/soap-contracts/control")
        assert int(length) > 20


def test_every_condition_is_listed_with_what_a_sound_client_does(capsys):
    assert main(["list", "conditions", "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)["conditions"]
    assert {row["condition"] for row in rows if row["service"] is None} == {one.name for one in INJECTIONS.values()}
    assert {row["kind"] for row in rows} == {"state", "injection"}
    states = {(row["service"], row["condition"]): row["parameters"] for row in rows if row["kind"] == "state"}
    assert states["luminate", "active synchronization"] == [
        {"name": "partition", "kind": "int", "required": True},
        {"name": "user", "kind": "str", "required": False},
    ]
    assert all(row["about"] for row in rows)


class TestTheFixture:
    HEAD = f"""
import http.client
from urllib.parse import urlsplit
import contracts
BODY = {samples.smallest(LUMINATE, END, "request", {"SessionId": SESSION})!r}
def send(endpoint):
    address = urlsplit(endpoint)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
    try:
        connection.request("POST", address.path, BODY, {{"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}})
        return connection.getresponse().status
    except OSError as error:
        return type(error).__name__
    finally:
        connection.close()
def ready(soap_contracts):
    soap_contracts.luminate.given("session", id="{SESSION}")
    soap_contracts.luminate.given("an active synchronization", partition=1)
"""

    @pytest.fixture
    def run(self, pytester):
        def run(tests, **outcomes):
            pytester.makepyfile(test_it=self.HEAD + tests)
            found = pytester.runpytest_inprocess("-W", "error")
            found.assert_outcomes(**outcomes)
            return found.stdout

        return run

    def test_calls_out_a_blind_retry(self, run):
        stdout = run(
            """
def test_it(soap_contracts):
    ready(soap_contracts)
    soap_contracts.luminate.inject("reset after processing", "EndSynchronization")
    assert [send(soap_contracts.luminate.endpoint) for _ in range(2)] == ["ConnectionResetError", 500]
""",
            failed=1,
        )
        stdout.fnmatch_lines(["the client did what it must not do", "ERROR client: #2 *must not be retried blindly*"])

    def test_takes_no_example_of_hypothesis_for_a_retry_of_the_one_before(self, run):
        run(
            """
from hypothesis import given, settings, strategies
@settings(max_examples=5, deadline=None, database=None)
@given(number=strategies.integers(0, 9))
def test_it(soap_contracts, number):
    ready(soap_contracts)
    soap_contracts.luminate.inject("reset after processing", "EndSynchronization")
    assert send(soap_contracts.luminate.endpoint) == "ConnectionResetError"
""",
            passed=1,
        )

    def test_lets_a_session_of_all_tests_live_on_and_ends_one_of_a_state(self, run):
        run(
            """
import pytest
from contracts import catalog, samples
@pytest.fixture(scope="session")
def session(soap_contracts):
    service, login = catalog.load().operation("luminate/Login")
    address = urlsplit(soap_contracts.luminate.endpoint)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
    connection.request("POST", address.path, samples.smallest(service, login, "request"), dict(samples.request_headers(login)))
    body = connection.getresponse().read()
    connection.close()
    return body.partition(b"<SessionId>")[2].partition(b"<")[0]
def status(soap_contracts, session):
    global BODY
    BODY = BODY.replace(b"known-to-the-test", session)
    soap_contracts.luminate.given("an active synchronization", partition=1)
    found = send(soap_contracts.luminate.endpoint)
    BODY = BODY.replace(session, b"known-to-the-test")
    return found
def test_expires_it(soap_contracts, session):
    soap_contracts.luminate.given("the session expired")
    soap_contracts.luminate.given("session", id="known-to-the-test")
    assert status(soap_contracts, session) == 500
    assert status(soap_contracts, b"known-to-the-test") == 200
@pytest.mark.parametrize("minutes", [1e6, 0])
def test_passes_its_time(soap_contracts, session, minutes):
    assert status(soap_contracts, session) == 200
    soap_contracts.luminate.given("clock at", time="2031-01-01T00:00:00Z")
    soap_contracts.luminate.given("time passed", minutes=minutes)
    assert status(soap_contracts, session) == 500
    assert status(soap_contracts, b"known-to-the-test") == 500
def test_has_it_again(soap_contracts, session):
    assert status(soap_contracts, session) == 200
""",
            passed=4,
        )

    def test_forgets_states_and_injections_with_the_test_and_notes_what_was_not_met(self, run):
        stdout = run(
            """
def test_one(soap_contracts):
    ready(soap_contracts)
    soap_contracts.luminate.inject("gzip", times=None)
def test_other(soap_contracts):
    assert send(soap_contracts.luminate.endpoint) == 500
    ready(soap_contracts)
    assert send(soap_contracts.luminate.endpoint) == 200
""",
            passed=2,
        )
        stdout.fnmatch_lines(["NOTE test_it.py::test_one: no call met the injection gzip at luminate"])

    def test_says_what_is_wrong_and_shows_no_secret(self, run):
        stdout = run(
            """
def test_it(soap_contracts):
    soap_contracts.luminate.given("credentials are", user="canary-user", pasword="canary-password")
""",
            failed=1,
        )
        stdout.fnmatch_lines(["*ConditionError: 'credentials are' has no parameter 'pasword'; it takes user, password"])


PAGE = (Path(__file__).parent.parent / "docs" / "stub.md").read_text(encoding="utf-8")
SHOP, ASMX = (part.partition("```")[0] for part in PAGE.split("# my-service/behaviour.py\n")[1:])
COMMANDS = [
    command.replace("\n    ", "\n") for command in re.findall(r"^    (curl .*(?:\n    .*)?)$", PAGE, re.MULTILINE)
]


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_commands_of_the_page_bring_conditions_about(stub):
    known = {"SOAP_CONTRACTS_CONTROL": stub.control_address, "SOAP_CONTRACTS_CONTROL_TOKEN": stub.control.token}
    given, injected, reset = (
        json.loads(
            subprocess.run(["sh", "-c", command], env=os.environ | known, check=True, capture_output=True).stdout
        )
        for command in COMMANDS
    )
    unmet = "no call met the injection empty 500 at luminate/EndSynchronization"
    assert (given, injected, reset) == ({}, {}, {"unmet": [unmet]})


MADE = "from contracts.providers import Behaviour, state\nclass Shop(Behaviour):\n"
TWICE = f"{MADE}    @state\n    def sale(self) -> None: pass\n    @state\n    def A_sale(self) -> None: pass\n"


class TestABehaviourOfOnesOwn:
    @pytest.fixture
    def folder(self, tmp_path):
        own = tmp_path / "shop"
        shutil.copytree(Path(__file__).parent.parent / "examples" / "own-service", own)
        return own

    def named(self, folder, name, code=SHOP):
        (folder / "behaviour.py").write_text(code, encoding="utf-8")
        with (folder / "contract.toml").open("a", encoding="utf-8") as file:
            file.write(f'\n[behaviour]\nclass = "{name}"\n')
        return catalog.load(folder)

    def test_answers_remembers_and_has_states(self, folder):
        known = self.named(folder, "behaviour.py:Shop")
        service, operation = known.operation("bookshop/OrderBook")
        with Stub(known) as stub:
            stub.conditions.given("bookshop", "orders so far", {"count": 41})
            address = urlsplit(stub.endpoint("bookshop"))
            connection = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
            body = samples.smallest(service, operation, "request", {"Copies": "1"})
            connection.request("POST", address.path, body, dict(samples.request_headers(operation)))
            found = etree.fromstring(connection.getresponse().read())
            connection.close()
        assert found.findtext(".//{*}OrderNumber") == "42"

    def test_may_be_one_on_asmx(self, folder):
        known = self.named(folder, "behaviour.py:Shop", ASMX)
        service, operation = known.operation("bookshop/OrderBook")
        behaviour = behaviour_of(service)
        for copies, found in (("7", b"<OrderNumber>107</OrderNumber>"), ("0", b"---&gt; Nothing was ordered.")):
            message = samples.message(service, operation, "request", values={"Copies": copies})
            assert found in behaviour.respond(Call(message, check(message, catalog=known), service, known)).body

    def test_is_not_run_by_a_check(self, folder):
        self.named(folder, "behaviour.py:Shop", "raise SystemExit('run')")
        (folder / "a.xml").write_text("<a/>", encoding="utf-8")
        assert main(["check", "--contracts", str(folder), str(folder / "a.xml")]) == 1

    @pytest.mark.parametrize(
        ("name", "code", "said"),
        [
            ("behaviour.py:Shop", "x = 1", "cannot be loaded: AttributeError"),
            ("behaviour.py:Shop", "raise KeyError('x')", "cannot be loaded: KeyError"),
            ("behaviour.py:Shop", "class Shop: pass", "is no subclass of contracts.providers.Behaviour"),
            ("behaviour.py:Shop", "raise SystemExit('x')", "cannot be loaded: SystemExit: x"),
            (
                "behaviour.py:Shop",
                f"{MADE}    def __init__(self, service): raise KeyError('x')",
                "cannot be made: KeyError",
            ),
            (
                "behaviour.py:Shop",
                f"{MADE}    def __init__(self, service): raise SystemExit",
                "cannot be made: SystemExit",
            ),
            ("behaviour.py:Shop", f"{MADE}    def reset(self): self.count += 1", "cannot be made: AttributeError"),
            ("behaviour.py:Shop", TWICE, "Shop: A_sale and sale would both be the state 'sale'"),
            ("missing.py:Shop", "", "cannot be loaded: FileNotFoundError"),
            ("no.such_module:Shop", "", "cannot be loaded: ModuleNotFoundError"),
        ],
    )
    def test_that_cannot_be_loaded_is_told_with_its_place(self, folder, name, code, said):
        known = self.named(folder, name, code)
        with pytest.raises(ContractError) as caught:
            Conditions(known)
        assert str(folder / "contract.toml") in str(caught.value) or code == TWICE
        assert said in str(caught.value)

    def test_may_have_dataclasses(self, folder):
        data = "from dataclasses import dataclass\n\n@dataclass\nclass Order:\n    copies: int\n"
        known = self.named(folder, "behaviour.py:Shop", f"from __future__ import annotations\n{data}{MADE}    pass\n")
        assert "strict" in Conditions(known).states("bookshop")

    @pytest.mark.parametrize("name", ["Shop", "behaviour.py", "../behaviour.py:Shop", "a b:Shop", ""])
    def test_is_named_with_its_module(self, folder, name):
        with pytest.raises(ContractError, match=r"\[behaviour\]"):
            self.named(folder, name)


def test_many_threads_bring_about_conditions_at_once(stub):
    def act(number):
        for _ in range(20):
            stub.conditions.given("luminate", "active synchronization", {"partition": number})
            inject(stub, "gzip", times=1)
            send(stub, PartitionId=str(number))

    threads = [threading.Thread(target=act, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert stub.conditions.unmet() == []
    assert len(stub.exchanges) == 100
    assert stub.failures == ()


def test_serve_says_where_to_ask_for_conditions():
    words = [sys.executable, "-m", "contracts", "serve", "--given", "strict"]
    with subprocess.Popen(
        words, stderr=subprocess.PIPE, text=True, env=os.environ | {"SOAP_CONTRACTS_CONTROL_TOKEN": "t"}
    ) as serving:
        lines = [serving.stderr.readline() for _ in range(4)]
        serving.terminate()
        rest = serving.communicate(timeout=20)[1]
    assert lines[2] == "tests in any language ask for conditions by\n"
    assert lines[3].startswith("  export SOAP_CONTRACTS_CONTROL=http://127.0.0.1:")
    # The token is where it came from already.
    assert "TOKEN" not in rest
