"""Credentials and session ids that a test or the command line gives to a state: no output holds them."""

from __future__ import annotations

import json
import sys

import pytest
from calling import CATALOG, asked, called, shop_of

from contracts import samples
from contracts.cli import main
from contracts.secrecy import Memory
from contracts.server import Stub

pytest_plugins = ["pytester"]

SECRET = "canary-5f1e-pw"
SESSION = "canary5f1e0123:JSESSIONID=canaryfedcba:1001021:2026-11-21T08:00:00.000Z"
#: The source of a test is shown when it fails, and so the secret is not written there.
HEAD = """
SECRET = "-5f1e-".join(["canary", "pw"])
"""
MISTYPED = {
    "a wrong parameter": 'given("credentials are", user="u", pasword=SECRET)',
    "a missing parameter": 'given("credentials are", password=SECRET)',
    "a wrong type": 'given("credentials are", user="u", password=[SECRET])',
    "a wrong type of another": 'given("credentials are", user=None, password=SECRET)',
    "a wrong state": 'given("credential is", user="u", password=SECRET)',
    "a wrong state and a lone surrogate": 'given("credential is", user="u", password=SECRET + "\\ud800")',
    "a lone surrogate in a name": 'given("credentials are\\ud800", user="u", password=SECRET)',
    "a session of a wrong type": 'given("session", id=[SECRET])',
    "a session that is called otherwise": 'given("session", ident=SECRET)',
    "a wrong injection": 'inject("LoginFoult", text=SECRET)',
    "a wrong operation": 'inject("LoginFault", "Logon", text=SECRET)',
    "a wrong parameter of an injection": 'inject("LoginFault", "Login", txt=SECRET)',
    "a wrong type in an injection": 'inject("LoginFault", "Login", text=[SECRET])',
    "a line break in an injection": 'inject("wrong content type", value=SECRET + "\\n")',
}


class TestATraceback:
    @pytest.mark.parametrize(
        "options",
        [(), ("--tb=long",), ("--tb=long", "--showlocals"), ("--full-trace", "--showlocals")],
        ids=" ".join,
    )
    def test_of_what_cannot_be_given_shows_no_secret(self, pytester, options):
        tests = "".join(
            f"def test_{number}(soap_contracts):\n    soap_contracts.luminate.{row}\n"
            for number, row in enumerate(MISTYPED.values())
        )
        pytester.makepyfile(test_it=HEAD + tests)
        found = pytester.runpytest_inprocess("-W", "error", *options)
        found.assert_outcomes(failed=len(MISTYPED))
        said = found.stdout.str() + found.stderr.str()
        assert SECRET not in said
        assert ("fixture.py" in said) == ("--full-trace" in options)
        for row in MISTYPED.values():
            assert f"soap_contracts.luminate.{row}" in said

    def test_is_none_of_a_password_that_is_odd_and_yet_one(self, pytester):
        row = 'given("credentials are", user="u", password=SECRET + "\\ud800")'
        pytester.makepyfile(test_it=f"{HEAD}def test_it(soap_contracts):\n    soap_contracts.luminate.{row}\n")
        pytester.runpytest_inprocess("-W", "error").assert_outcomes(passed=1)


#: A client that puts what it should keep to itself into a public field; what else is wrong makes the report quote it.
LEAKS = {
    "a password in IntegrationType": ("ongoing/SetTimeOfLastSync", {"IntegrationType": SECRET}),
    "a password in syncTime": ("ongoing/SetTimeOfLastSync", {"syncTime": SECRET}),
    "a session id in PartitionId": ("luminate/EndSynchronization", {"PartitionId": SESSION}),
    "a part of a session id in PartitionId": ("luminate/EndSynchronization", {"PartitionId": SESSION[:14]}),
}
CLIENT = """
import json, sys, urllib.error, urllib.request
for endpoint, headers, body in json.load(open(sys.argv[1])):
    endpoint = {"luminate": sys.argv[2], "ongoing": sys.argv[3]}[endpoint]
    try:
        urllib.request.urlopen(urllib.request.Request(endpoint, body.encode(), headers), timeout=10)
    except urllib.error.HTTPError:
        pass
"""


def give(conditions) -> None:
    conditions.given("ongoing", "credentials are", {"user": "somebody", "password": SECRET})
    conditions.given("luminate", "session", {"id": SESSION})


class TestWhatAStateIsGiven:
    def test_is_in_no_report_and_in_no_saved_file(self, tmp_path, monkeypatch, capfd):
        calls = []
        for path, values in LEAKS.values():
            service, operation = CATALOG.operation(path)
            body = samples.smallest(service, operation, "request", values).decode()
            calls.append((service.name, dict(samples.request_headers(operation)), body))
        (tmp_path / "calls.json").write_text(json.dumps(calls), encoding="utf-8")
        monkeypatch.setenv("SOAP_CONTRACTS_ONGOING_USERNAME", "somebody")
        monkeypatch.setenv("SOAP_CONTRACTS_ONGOING_PASSWORD", SECRET)
        given = ["--given", "ongoing/credentials-are", "--given", f"luminate/session,id={SESSION}"]
        written = [
            "--format",
            "json",
            "--report",
            f"json={tmp_path / 'report.json'}",
            "--save",
            str(tmp_path / "saved"),
        ]
        client = [sys.executable, "-c", CLIENT, str(tmp_path / "calls.json"), "{luminate}", "{ongoing}"]
        assert main(["run", *given, *written, "--", *client]) == 1
        captured = capfd.readouterr()
        saved = [path.read_text(encoding="utf-8") for path in (tmp_path / "saved").iterdir()]
        assert len(saved) > len(LEAKS)
        assert json.loads(captured.out)["summary"]["failed"] == 3
        shown = [captured.out, captured.err, (tmp_path / "report.json").read_text(encoding="utf-8"), *saved]
        assert "canary" not in "".join(shown)

    @pytest.mark.parametrize(("path", "values"), LEAKS.values(), ids=LEAKS)
    def test_is_in_no_verdict_and_not_on_the_first_page(self, path, values):
        with Stub(CATALOG) as stub:
            give(stub.conditions)
            called(stub, path, **values)
            page = asked(stub.control_address.partition("/soap-contracts")[0]).text
        assert "canary" not in page + repr([exchange.verdicts for exchange in stub.exchanges])

    def test_is_not_on_the_first_page_where_it_was_told_after_the_message(self):
        with Stub(CATALOG) as stub:
            called(stub, "ongoing/SetTimeOfLastSync", syncTime=SECRET)
            address = stub.control_address.partition("/soap-contracts")[0]
            assert SECRET in asked(address).text
            give(stub.conditions)
            assert SECRET not in asked(address).text

    def test_is_in_no_field_that_pytest_shows(self, pytester):
        pytester.makepyfile(
            leaks=f"LEAKS = {LEAKS!r}\nSECRET = {SECRET!r}\nSESSION = {SESSION!r}",
            test_it="""
import urllib.error, urllib.request
from contracts import catalog, samples
from leaks import LEAKS, SECRET, SESSION

def test_it(soap_contracts):
    soap_contracts.ongoing.given("credentials are", user="somebody", password=SECRET)
    soap_contracts.luminate.given("session", id=SESSION)
    for path, values in LEAKS.values():
        service, operation = catalog.load().operation(path)
        body = samples.smallest(service, operation, "request", values)
        endpoint = soap_contracts.service(service.name).endpoint
        try:
            urllib.request.urlopen(urllib.request.Request(endpoint, body, dict(samples.request_headers(operation))), timeout=10)
        except urllib.error.HTTPError:
            pass
    for service in (soap_contracts.ongoing, soap_contracts.luminate):
        assert len(service.received) == 2
        shown = repr(service.received) + repr([one.fields for one in service.received])
        assert "canary" not in shown
        print("kept", service.name)
""",
        )
        found = pytester.runpytest_inprocess("-W", "error", "-s")
        found.assert_outcomes(failed=1)
        found.stdout.fnmatch_lines(["*kept ongoing*", "*kept luminate*", "*breaks its contract*"])
        assert "canary" not in found.stdout.str()


def test_of_too_many_secrets_the_oldest_is_forgotten(monkeypatch):
    monkeypatch.setattr("contracts.secrecy._MOST_REMEMBERED", 3)
    memory = Memory(frozenset({"Password"}), "")
    for number in range(5):
        memory.learn_text(f"secret-{number}")
    said = " ".join(f"secret-{number}" for number in range(5))
    assert sorted(memory.found(said)) == ["secret-2", "secret-3", "secret-4"]


OWN = """
from contracts.providers import Behaviour, state

class Shop(Behaviour):
    @state(secret={"key": "KEY"})
    def key_is(self, key: str, copies: int = 1) -> None:
        print("the state has", len(key), "letters of a key")
"""
LUMINATE, ONGOING, OWN_KEY = (
    {f"SOAP_CONTRACTS_{name}": SECRET for name in names}
    for names in (
        ("LUMINATE_USERNAME", "LUMINATE_PASSWORD"),
        ("ONGOING_USERNAME", "ONGOING_PASSWORD"),
        ("BOOK_SHOP_KEY",),
    )
)
HIDDEN = "a process list shows arguments; set SOAP_CONTRACTS_"


class TestTheCommandLine:
    """A client that sends nothing ends with exit code 3; what cannot be given is a wrong use, 2."""

    @pytest.mark.parametrize(
        ("words", "known", "code", "said"),
        [
            ("--given credentials-are", LUMINATE | ONGOING, 3, ""),
            (
                "--given credentials-are",
                LUMINATE,
                2,
                "set SOAP_CONTRACTS_ONGOING_USERNAME and SOAP_CONTRACTS_ONGOING_PASS",
            ),
            ("--given credentials-are --service luminate", LUMINATE, 3, ""),
            ("--given luminate/credentials-are", LUMINATE, 3, ""),
            ("--given luminate/credentials-are", {}, 2, "set SOAP_CONTRACTS_LUMINATE_USERNAME and"),
            (f"--given luminate/credentials-are,user=u,password={SECRET}", {}, 2, f"{HIDDEN}LUMINATE"),
            (f"--given luminate/credentials-are,password={SECRET}", LUMINATE, 2, f"{HIDDEN}LUMINATE"),
            ("--given book-shop/key-is", OWN_KEY, 3, "the state has 14 letters of a key"),
            ("--given book-shop/key-is,copies=2", OWN_KEY, 3, "the state has 14 letters of a key"),
            ("--given key-is", OWN_KEY, 3, "the state has 14 letters of a key"),
            ("--given book-shop/key-is", {}, 2, "set SOAP_CONTRACTS_BOOK_SHOP_KEY\n"),
            (f"--given book-shop/key-is,key={SECRET}", OWN_KEY, 2, f"{HIDDEN}BOOK_SHOP_KEY"),
            (f"--given luminate/credential-is,password={SECRET}", {}, 2, "there is no state 'credential-is'"),
            (
                f"--given luminate/credentials-are,user=u,{SECRET}",
                {},
                2,
                "parameter 2 is not of the form PARAMETER=VALUE",
            ),
            (f"--given luminate/credentials-are,={SECRET}", {}, 2, "parameter 1 is not of the form PARAMETER=VALUE"),
            (f"--given luminate/session,ident={SECRET}", {}, 2, "'session' has no parameter 'ident'"),
        ],
    )
    def test_takes_secrets_from_the_environment_alone(self, tmp_path, monkeypatch, capfd, words, known, code, said):
        for name, value in known.items():
            monkeypatch.setenv(name, value)
        folder = shop_of(tmp_path, OWN, "book-shop")
        client = [sys.executable, "-S", "-c", "pass"]
        assert main(["run", "--contracts", str(folder), *words.split(), "--", *client]) == code
        captured = capfd.readouterr()
        assert said in captured.err + captured.out
        assert "canary" not in captured.err + captured.out

    @pytest.mark.parametrize(
        ("words", "code"),
        [
            ("--given luminate/strict", 2),
            ("--strict", 2),
            ("--given ongoing/never-set --strict", 2),
            ("--inject gzip", 3),
        ],
    )
    def test_takes_no_state_where_cassettes_answer(self, capfd, words, code):
        client = [sys.executable, "-S", "-c", "pass"]
        cassette = ["--cassette", "luminate/EndSynchronization/ends-active-session"]
        assert main(["run", *words.split(), *cassette, "--", *client]) == code
        assert ("--given and --strict are about the services" in capfd.readouterr().err) == (code == 2)
