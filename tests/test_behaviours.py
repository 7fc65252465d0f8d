"""Behaviours of one's own that block, fail or answer oddly; operations that a shipped service did not have."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from calling import CATALOG, asked, called, shop_of
from lxml import etree

from contracts import catalog, samples
from contracts.cli import main
from contracts.names import FAULT, SOAP11
from contracts.policy import Policy
from contracts.providers import ConditionError
from contracts.server import Stub

pytest_plugins = ["pytester"]

HEAD = """
import threading
from contracts.answers import Answer
from contracts.providers import Behaviour, state

"""
#: Seconds that something may take which has to end by itself.
BOUND = 10
CLIENT = """
import sys, urllib.request
headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '"urn:example:bookshop/OrderBook"'}
urllib.request.urlopen(urllib.request.Request(sys.argv[1], open(sys.argv[2], "rb").read(), headers))
"""


def ends(act) -> bool:
    """Whether it comes to an end within the bound."""
    thread = threading.Thread(target=act, daemon=True)
    thread.start()
    thread.join(BOUND)
    return not thread.is_alive()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


@pytest.fixture
def serve(capfd):
    """Runs `serve` in this process while ``act`` is called with its address: exit code, standard output and error."""

    def run(act, *words):
        port, over = free_port(), threading.Event()

        def use() -> None:
            address = f"http://127.0.0.1:{port}"
            while not over.wait(0.01):
                with contextlib.suppress(OSError):
                    asked(address)
                    break
            try:
                act(address)
            finally:
                if not over.is_set():
                    os.kill(os.getpid(), signal.SIGTERM)

        user = threading.Thread(target=use)
        user.start()
        try:
            code = main(["serve", "--port", str(port), *words])
        finally:
            over.set()
        user.join()
        return code, *capfd.readouterr()

    return run


RIGHT = ("ongoing/SetTimeOfLastSync", {}, {})
ODD = ("ongoing/SetTimeOfLastSync", {}, {"SOAPAction": "http://ongoingsystems.se/WSI/SetTimeOfLastSync"})
WRONG = ("ongoing/SetTimeOfLastSync", {"syncTime": "2024-05-01 12:00:00"}, {})
OTHER = ("ongoing/GetTimeOfLastSync", {}, {})


def send(address, path, values, headers):
    service, operation = CATALOG.operation(path)
    body = samples.smallest(service, operation, "request", values)
    return asked(f"{address}/{service.name}", "POST", body, {**dict(samples.request_headers(operation)), **headers})


class TestAJournalOfOne:
    """Serve keeps one exchange, and what counts is what the policy says."""

    @pytest.mark.parametrize(
        ("messages", "options", "code"),
        [
            ([RIGHT, RIGHT], [], 0),
            ([WRONG, RIGHT], [], 1),
            ([WRONG, WRONG, RIGHT], [], 1),
            ([WRONG, WRONG], ["--ignore", "schema/date-time"], 0),
            ([ODD, ODD], [], 0),
            ([ODD, RIGHT], ["--fail-on", "warning"], 1),
            ([ODD, ODD, RIGHT], ["--fail-on", "warning"], 1),
            ([RIGHT, OTHER], ["--expect", "ongoing/SetTimeOfLastSync"], 0),
            ([WRONG, OTHER, WRONG], ["--expect", "ongoing/GetTimeOfLastSync", "--ignore", "schema"], 0),
            ([OTHER, OTHER], ["--expect", "ongoing/SetTimeOfLastSync"], 1),
        ],
    )
    def test_has_the_exit_code_of_all(self, serve, messages, options, code):
        def act(address):
            for message in messages:
                send(address, *message)

        found, report, _ = serve(act, "--keep", "1", "--format", "json", *options)
        assert found == code
        (note,) = [note["message"] for note in json.loads(report)["notes"] if "had to go" in note["message"]]
        assert note.startswith(f"{len(messages) - 1} older exchange")

    def test_keeps_the_error_that_nobody_accepted(self, serve):
        nobody = ("ongoing/SetTimeOfLastSync", {"GoodsOwnerId": "seven"}, {})

        def act(address):
            for message in (nobody, WRONG):
                send(address, *message)

        code, report, _ = serve(act, "--keep", "1", "--format", "json", "--ignore", "schema/date-time")
        rules = {finding["rule"] for message in json.loads(report)["messages"] for finding in message["findings"]}
        assert (code, "schema/date-time" in rules, len(rules)) == (1, False, 1)

    def test_tells_each_exchange_in_a_line_also_of_the_last_moment(self, serve):
        code, _, told = serve(lambda address: send(address, *RIGHT))
        assert code == 0
        assert "#1 POST /ongoing  ongoing/SetTimeOfLastSync  valid  -> 200\n" in told


BLOCKS = """
class Shop(Behaviour):
    entered, go = threading.Event(), threading.Event()

    def perform(self, call):
        self.entered.set()
        self.go.wait()
        return {}
"""


def order(known, endpoint: str, **headers: str):
    """The response to an order, None where none comes in half a second."""
    _, operation = known.operation("bookshop/OrderBook")
    body = samples.smallest(known.service("bookshop"), operation, "request")
    try:
        with urlopen(
            Request(endpoint, body, dict(samples.request_headers(operation)) | headers), timeout=BOUND
        ) as found:
            return found.status, found.read()
    except HTTPError as error:
        return error.code, error.read()
    except OSError:
        return None


def raw(known, path: str) -> bytes:
    """A whole request of this operation."""
    service, operation = known.operation(path)
    body = samples.smallest(service, operation, "request")
    fields = (("Host", "x"), ("Content-Length", len(body)), *samples.request_headers(operation))
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    return f"POST /{service.name} HTTP/1.1\r\n{head}\r\n".encode() + body


class TestABehaviourThatBlocks:
    @pytest.fixture
    def folder(self, tmp_path, monkeypatch):
        monkeypatch.setattr("contracts.server.listening._GRACE", 0.1)
        monkeypatch.setattr("contracts.server.listening._PATIENCE", 0.1)
        monkeypatch.setattr("contracts.conditions.director._PATIENCE", 0.1)
        yield shop_of(tmp_path, HEAD + BLOCKS)
        for name in [name for name in sys.modules if name.startswith("_soap_contracts_bookshop")]:
            sys.modules[name].Shop.go.set()

    def test_holds_up_nobody_who_waits_for_the_stub(self, folder):
        known = catalog.load(folder)
        stub = Stub(known)
        stub.__enter__()
        conditions = stub.conditions
        client = threading.Thread(target=order, args=(known, stub.endpoint("bookshop")), daemon=True)
        client.start()
        assert sys.modules["_soap_contracts_bookshop"].Shop.entered.wait(BOUND)
        for act in (
            lambda: stub.settle(0.1),
            conditions.taken,
            conditions.unmet,
            lambda: conditions.inject("bookshop", "gzip", None, 1, {}),
            stub.__exit__,
        ):
            assert ends(act)

    @pytest.mark.parametrize(
        "act",
        [lambda conditions: conditions.given("bookshop", "strict", {}), lambda conditions: conditions.reset()],
        ids=["given", "reset"],
    )
    def test_is_told_to_who_wants_it_in_another_state(self, folder, act):
        known, said = catalog.load(folder), []

        def ask() -> None:
            try:
                act(stub.conditions)
            except ConditionError as error:
                said.append(str(error))

        with Stub(known) as stub:
            threading.Thread(target=order, args=(known, stub.endpoint("bookshop")), daemon=True).start()
            assert sys.modules["_soap_contracts_bookshop"].Shop.entered.wait(BOUND)
            assert ends(ask)
        assert said == ["bookshop: the stub has been busy with a call for 0.1 seconds"]

    def test_does_not_hold_up_a_run_that_has_a_time(self, folder, tmp_path, capfd):
        message = tmp_path / "order.xml"
        known = catalog.load(folder)
        message.write_bytes(samples.smallest(*known.operation("bookshop/OrderBook"), "request"))
        client = [sys.executable, "-c", CLIENT, "{bookshop}", str(message)]
        words = ["run", "--contracts", str(folder), "--service", "bookshop", "--timeout", "1", "--", *client]
        assert main(words) == 3
        assert "1 second" in capfd.readouterr().err

    def test_does_not_keep_serve_from_ending(self, folder):
        """In a process of its own: whether that ends is the question."""
        code = (
            "import sys, contracts.cli, contracts.server.listening as listening\n"
            "listening._GRACE = listening._PATIENCE = 0.1\n"
            "sys.exit(contracts.cli.main(sys.argv[1:]))\n"
        )
        known = catalog.load(folder)
        words = ["serve", "--contracts", str(folder), "--service", "bookshop"]
        with subprocess.Popen(
            [sys.executable, "-c", code, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as serving:
            endpoint = serving.stderr.readline().split()[1]
            address = urlsplit(endpoint)
            with socket.create_connection((address.hostname, address.port), timeout=BOUND) as client:
                client.sendall(raw(known, "bookshop/OrderBook"))
                # Nothing says that a call has begun: this is a moment in which it does.
                client.settimeout(0.5)
                with pytest.raises(TimeoutError):
                    client.recv(1)
                serving.terminate()
                try:
                    serving.communicate(timeout=BOUND)
                finally:
                    serving.kill()
        assert serving.returncode == 3


class TestABehaviourThatFails:
    @pytest.mark.parametrize(
        ("code", "said"),
        [
            ("def perform(self, call): raise KeyError('x')", "'x'"),
            ("def perform(self, call): raise SystemExit(0)", "SystemExit"),
            ("def perform(self, call): return {'OrderNumber': 7}", ""),
            ("def answer(self, call): return Answer(99, (), b'')", "the status 99, which is none"),
            ("def answer(self, call): return Answer(600, (), b'')", "the status 600, which is none"),
            ("def answer(self, call): return Answer('200', (), b'')", ""),
            ("def answer(self, call): return Answer(200, (('A', 'b\\r\\nC: d'),), b'')", "a header field 'A'"),
            ("def answer(self, call): return Answer(200, (('A', '\\u540d'),), b'')", "a header field 'A'"),
            ("def answer(self, call): return Answer(200, (('A b', 'c'),), b'')", "a header field 'A b'"),
            ("def answer(self, call): return None", ""),
        ],
    )
    def test_is_a_failure_and_what_the_client_sent_is_judged(self, tmp_path, code, said):
        known = catalog.load(shop_of(tmp_path, f"{HEAD}class Shop(Behaviour):\n    {code}\n"))
        with Stub(known) as stub:
            found = order(
                known, stub.endpoint("bookshop"), SOAPAction=known.operation("bookshop/OrderBook")[1].soap_action
            )
            again = order(known, stub.endpoint("bookshop"))
        assert found == again == (500, b"The stub itself has failed.\n")
        assert [said in str(failure) for failure in stub.failures] == [True, True]
        first, second = stub.exchanges
        assert [finding.rule for finding in first.verdicts[0].findings] == ["http/soapaction-unquoted"]
        assert second.verdicts[0].findings == ()

    @pytest.mark.parametrize(
        "code",
        [
            "def perform(self, call): raise KeyError('x')",
            "def perform(self, call): raise SystemExit(0)",
            "def answer(self, call): return Answer(99, (), b'')",
        ],
    )
    def test_fails_what_serves_it(self, tmp_path, serve, code):
        folder = shop_of(tmp_path, f"{HEAD}class Shop(Behaviour):\n    {code}\n")
        known = catalog.load(folder)
        found, report, _ = serve(
            lambda address: order(known, f"{address}/bookshop"), "--contracts", str(folder), "--format", "json"
        )
        assert found != 0
        report = json.loads(report)
        assert report["messages"][0]["operation"] == "OrderBook"
        assert len(report["errors"]) == 1


def test_a_client_that_hangs_up_on_a_slow_answer_frees_the_stub():
    with Stub(CATALOG) as stub:
        stub.conditions.inject("ongoing", "slow headers", None, 1, {"seconds": 1000})
        address = urlsplit(stub.endpoint("ongoing"))
        with socket.create_connection((address.hostname, address.port), timeout=BOUND) as client:
            client.sendall(raw(CATALOG, "ongoing/SetTimeOfLastSync"))
            assert client.recv(1000).startswith(b"HTTP/1.1 200")
        assert ends(lambda: stub.settle(100 * BOUND))


class TestLuminate:
    MISSING = re.compile(rb"\s*<PartitionId>.*?</PartitionId>")

    @pytest.mark.parametrize("operation", ["StartSynchronization", "EndSynchronization"])
    def test_answers_a_sample_where_what_it_needs_is_missing_and_forgiven(self, operation):
        service, known = CATALOG.operation(f"luminate/{operation}")
        body = self.MISSING.sub(b"", samples.smallest(service, known, "request", {"SessionId": "of-the-test"}))
        with Stub(CATALOG, counted=Policy(ignore=["schema/missing-element"]).counted) as stub:
            stub.conditions.given("luminate", "session", {"id": "of-the-test"})
            came = asked(stub.endpoint("luminate"), "POST", body, dict(samples.request_headers(known)))
        assert (came.status, stub.failures) == (200, ())
        assert f"<{operation}Response" in came.text

    def test_acts_all_the_same_where_what_is_forgiven_is_no_hindrance(self):
        with Stub(CATALOG, counted=Policy(ignore=["schema"]).counted) as stub:
            stub.conditions.given("luminate", "session", {"id": "of-the-test"})
            service, known = CATALOG.operation("luminate/EndSynchronization")
            body = samples.smallest(service, known, "request", {"SessionId": "of-the-test"})
            body = body.replace(b"</PartitionId>", b"</PartitionId><More/>")
            came = asked(stub.endpoint("luminate"), "POST", body, dict(samples.request_headers(known)))
        assert (came.status, "SynchronizationFault" in came.text) == (500, True)

    def test_answers_a_sample_to_an_operation_that_was_added(self, tmp_path):
        folder = shutil.copytree(CATALOG.service("luminate").folder, tmp_path / "luminate")
        operations = folder / "operations.xsd"
        text = operations.read_text(encoding="utf-8")
        for name in ("Login", "LoginResponse"):
            # The first is the declaration.
            text = text.replace(
                f'<xs:element name="{name}" type="{name}"/>',
                f'<xs:element name="{name}" type="{name}"/><xs:element name="{name.replace("Login", "Ping")}" type="{name}"/>',
            )
        operations.write_text(text, encoding="utf-8")
        contract = folder / "contract.toml"
        text = contract.read_text(encoding="utf-8")
        ping = text[text.index("[operations.Login]") :].partition("\n\n")[0].replace("Login", "Ping", 2)
        ping = ping.replace('source = "Ping"', 'source = "Login"') + '\nheader = "Session"'
        contract.write_text(text.replace("[operations.Login]", f"{ping}\n\n[operations.Login]"), encoding="utf-8")
        known = catalog.load(folder)
        with Stub(known) as stub:
            stub.conditions.given("luminate", "session", {"id": "of-the-test"})
            answers = [called(stub, "luminate/Ping", known, SessionId=one) for one in ("of-the-test", "of-nobody")]
        assert [came.status for came in answers] == [200, 500]
        assert "<PingResponse" in answers[0].text
        assert "<SessionFault" in answers[1].text
        assert stub.failures == ()


class TestAResetThatFails:
    CODE = f"""{HEAD}
class Shop(Behaviour):
    fails = False

    def reset(self):
        super().reset()
        if self.fails:
            raise KeyError("reset")
"""

    @pytest.fixture
    def folder(self, tmp_path):
        return shop_of(tmp_path, self.CODE)

    def test_leaves_nothing_of_the_test_to_the_next_one(self, folder, pytester):
        pytester.makepyfile(
            test_it="""
import sys, urllib.error, urllib.request

def send(soap_contracts):
    try:
        urllib.request.urlopen(soap_contracts.ongoing.endpoint, b"<", timeout=10)
    except urllib.error.HTTPError:
        pass

def test_allows(soap_contracts):
    soap_contracts.allow("xml", "a reason")
    soap_contracts.allow("http", "a reason")
    soap_contracts.allow("soap", "a reason")
    send(soap_contracts)
    sys.modules["_soap_contracts_bookshop"].Shop.fails = True

def test_allows_nothing(soap_contracts):
    sys.modules["_soap_contracts_bookshop"].Shop.fails = False
    send(soap_contracts)
"""
        )
        found = pytester.runpytest_inprocess("-W", "error", f"--soap-contracts-contracts={folder}")
        found.assert_outcomes(passed=1, failed=1, errors=1)
        found.stdout.fnmatch_lines(["FAILED test_it.py::test_allows_nothing *", "ERROR test_it.py::test_allows *"])

    def test_does_not_keep_the_other_services_from_it(self, folder):
        known = catalog.load(CATALOG.service("ongoing").folder, folder, CATALOG.service("luminate").folder)
        with Stub(known) as stub:
            for service in ("ongoing", "luminate"):
                stub.conditions.given(service, "sample answers", {})
            sys.modules["_soap_contracts_bookshop"].Shop.fails = True
            with pytest.raises(KeyError):
                stub.conditions.reset()
            assert called(stub, "luminate/EndSynchronization").status == 500
            assert "xsi:nil" in called(stub, "ongoing/GetTimeOfLastSync").text


def test_injections_that_leave_the_answer_alone_let_the_behaviour_act_once(tmp_path):
    code = f"""{HEAD}
class Shop(Behaviour):
    count = 0

    def answer(self, call):
        self.count += 1
        return Answer(500, (), b"%d" % self.count)
"""
    known = catalog.load(shop_of(tmp_path, code))
    with Stub(known) as stub:
        for name in ("empty 202", "two payloads", "DOCTYPE with entities", "integer over 2^53"):
            stub.conditions.inject("bookshop", name, None, 1, {})
        assert [called(stub, "bookshop/OrderBook", known).body for _ in range(2)] == [b"1", b"2"]
        assert len(stub.conditions.unmet()) == 4


class TestASampleOfAnAnswer:
    """What the base behaviour repeats of a request."""

    def changed(self, folder, old: str, new: str, *, files=("operations.xsd",)):
        own = shop_of(folder, f"{HEAD}class Shop(Behaviour):\n    pass\n")
        for name in files:
            path = own / name
            text = path.read_text(encoding="utf-8")
            assert old in text
            path.write_text(text.replace(old, new), encoding="utf-8")
        return own

    ORDER = '<xs:element name="OrderNumber" type="nonNegativeInteger"/>'

    @pytest.mark.parametrize(
        ("name", "sent", "repeated"),
        [("Title", "A title", True), ("Title", "Titel \u00fc", False), ("ApiKey", "canary-key", False)],
    )
    def test_repeats_what_is_plain_and_no_secret(self, tmp_path, name, sent, repeated):
        known = catalog.load(
            self.changed(tmp_path, self.ORDER, f'{self.ORDER}<xs:element name="{name}" type="string100"/>')
        )
        with Stub(known) as stub:
            came = called(stub, "bookshop/OrderBook", known, **{name: sent})
        assert (came.status, f"<{name}>" in came.text, sent in came.text) == (200, True, repeated)

    def test_is_no_place_for_an_integer_where_it_has_only_those_of_the_request(self, tmp_path):
        repeated = '<xs:element name="Copies" type="nonNegativeInteger"/>'
        known = catalog.load(self.changed(tmp_path, self.ORDER, repeated))
        with Stub(known) as stub, pytest.raises(ConditionError, match="the response of OrderBook has no value for it"):
            stub.conditions.inject("bookshop", "integer over 2^53", "OrderBook", 1, {})

    @pytest.mark.parametrize("namespace", ["http://shop.example/books", "http://shop.example/books/"])
    def test_of_an_asmx_service_is_found_by_the_action_that_net_makes(self, tmp_path, namespace):
        files = ("contract.toml", "operations.xsd", "request.xsd", "response.xsd", "types.xsd")
        own = self.changed(tmp_path, "urn:example:bookshop", namespace, files=files)
        contract = own / "contract.toml"
        text = re.sub("(?m)^soap_action = .*$", "", contract.read_text(encoding="utf-8"))
        contract.write_text(text.replace("behaviour.py:Shop", "contracts.providers.asmx:Asmx"), encoding="utf-8")
        known = catalog.load(own)
        service, operation = known.operation("bookshop/OrderBook")
        body = samples.smallest(service, operation, "request")
        with Stub(known) as stub:
            for action, status in (
                ("http://shop.example/books/OrderBook", 200),
                ("http://shop.example/OrderBook", 500),
            ):
                headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{action}"'}
                assert asked(stub.endpoint("bookshop"), "POST", body, headers).status == status


class TestAFaultThatTheContractNames:
    @pytest.mark.parametrize(
        ("code", "namespace"),
        [
            ("OUT_OF_STOCK", "urn:example:bookshop"),
            *((code, SOAP11) for code in ("Client", "Server", "MustUnderstand", "VersionMismatch")),
        ],
    )
    def test_has_the_code_and_the_detail_of_the_contract(self, tmp_path, code, namespace):
        own = shop_of(tmp_path, f"{HEAD}class Shop(Behaviour):\n    pass\n")
        with (own / "contract.toml").open("a", encoding="utf-8") as file:
            file.write(f'\n[[faults]]\nname = "StockFault"\ncode = "{code}"\nbasis = "documented"\nsource = "manual"\n')
        known = catalog.load(own)
        with Stub(known) as stub:
            stub.conditions.inject("bookshop", "StockFault", None, 1, {"text": "none left"})
            came = called(stub, "bookshop/OrderBook", known)
        fault = etree.fromstring(came.body).find(f".//{FAULT}")
        named = fault.find("faultcode")
        prefix, _, local = named.text.partition(":")
        assert (came.status, named.nsmap[prefix], local) == (500, namespace, code)
        assert fault.findtext("faultstring") == "none left"
        assert [child.tag for child in fault.find("detail")] == ["{urn:example:bookshop}StockFault"]
