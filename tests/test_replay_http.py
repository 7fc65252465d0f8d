"""Cassettes served over HTTP by `serve --cassette` and `run --cassette`, to clients in other languages."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import textwrap
import urllib.error
import urllib.request
from pathlib import Path
from typing import NamedTuple

import pytest
from replaying import SHIPPED, call_of, headers_of, is_valid
from test_tapes import ENVELOPE, interaction

from contracts.cli import main

pytest_plugins = ["test_tapes"]

ONCE = "luminate/EndSynchronization/ends-once"
SESSION = '<s:Header><Session xmlns="urn:soap.convio.com"><SessionId>x</SessionId></Session></s:Header>'
PHP = Path(__file__).with_name("replay_with_soap_client.php")
#: Calls EndSynchronization as often as its argument says, and prints the status of each answer.
TWICE = textwrap.dedent("""
    import os, sys, urllib.error, urllib.request

    body = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header><Session xmlns="urn:soap.convio.com">'
        "<SessionId>canary-session</SessionId></Session></s:Header><s:Body><EndSynchronization "
        f'xmlns="urn:soap.convio.com"><PartitionId>{sys.argv[1]}</PartitionId></EndSynchronization></s:Body></s:Envelope>'
    )
    for _ in range(int(sys.argv[2])):
        sent = urllib.request.Request(os.environ["LUMINATE_ENDPOINT"], body.encode(), {"Content-Type": "text/xml"})
        try:
            with urllib.request.urlopen(sent, timeout=10) as answer:
                print(answer.status, "SyncId>183<" in answer.read().decode(), file=sys.stderr)
        except urllib.error.HTTPError as error:
            said = error.read().decode()
            print(error.code, "SynchronizationFault" in said, said if "no recorded" in said else "", file=sys.stderr)
""")


class Served(NamedTuple):
    """A running `serve`, and its endpoints by service."""

    process: subprocess.Popen[str]
    endpoints: dict[str, str]

    def ended(self, number: int = signal.SIGINT) -> tuple[int, dict, str]:
        """Its exit code, its report and what it wrote to standard error, once it got a signal."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, json.loads(out), err


@contextlib.contextmanager
def serving(*options: str):
    command = [sys.executable, "-m", "contracts", "serve", "--format", "json", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            lines = [process.stderr.readline() for _ in range(2)]
            found = [re.match(r"(\S+)  (http://127\.0\.0\.1:\d+/\S+)  WSDL \2\?wsdl$", line) for line in lines]
            assert all(found), lines
            about = [process.stderr.readline() for _ in range(3)]
            assert [line.partition("=")[0] for line in about[1:]] == [
                "  export SOAP_CONTRACTS_CONTROL",
                "  export SOAP_CONTRACTS_CONTROL_TOKEN",
            ]
            yield Served(process, {match[1]: match[2] for match in found})
        finally:
            process.kill()


def needs(program: str) -> str:
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed")
    return found


def has_php_soap() -> bool:
    php = needs("php")
    listed = subprocess.run([php, "-m"], capture_output=True, text=True, timeout=60, check=False).stdout.split()
    return "soap" in listed


def summary(report: dict) -> dict[str, int]:
    return {name: count for name, count in report["summary"].items() if count}


class TestEveryShippedCassette:
    def test_replays_through_curl(self, tmp_path):
        curl = needs("curl")
        with serving("--strict-order", "--cassette", "luminate", "ongoing") as served:
            for recorded in SHIPPED:
                (tmp_path / "body").write_bytes(recorded.request.body)
                fields = [
                    word for name, value in headers_of(recorded.request).items() for word in ("-H", f"{name}: {value}")
                ]
                endpoint = served.endpoints[call_of(recorded).service]
                command = [
                    curl,
                    "-s",
                    "-i",
                    "--noproxy",
                    "*",
                    *fields,
                    "--data-binary",
                    f"@{tmp_path / 'body'}",
                    endpoint,
                ]
                answer = subprocess.run(command, capture_output=True, timeout=30, check=True).stdout
                head, _, body = answer.partition(b"\r\n\r\n")
                assert (int(head.split()[1]), body) == (recorded.response.status, recorded.response.body), (
                    recorded.place
                )
                assert f"Soap-Contracts-Provenance: {recorded.provenance.basis}".encode() in head
            code, report, _ = served.ended()
        assert (code, summary(report)["messages"]) == (1, 2 * len(SHIPPED))
        assert (report["errors"], report.get("notes", [])) == ([], [])
        broken = {finding["rule"] for message in report["messages"] for finding in message["findings"]}
        assert broken >= {rule for recorded in SHIPPED for rule in recorded.provenance.findings}

    def test_replays_through_php(self):
        if not has_php_soap():
            pytest.skip("php is installed without its soap extension")
        with serving("--strict-order", "--cassette", "luminate", "ongoing") as served:
            lines = "".join(json.dumps(php_call(recorded, served)) + "\n" for recorded in SHIPPED)
            command = [needs("php"), str(PHP)]
            ran = subprocess.run(command, input=lines, capture_output=True, text=True, timeout=120, check=True)
            _, report, _ = served.ended(signal.SIGTERM)
        answers = [json.loads(line) for line in ran.stdout.splitlines()]
        assert [(answer["status"], answer["body"] or "") for answer in answers] == [
            (recorded.response.status, recorded.response.body.decode()) for recorded in SHIPPED
        ]
        assert report["errors"] == []
        told = {recorded.place: answer.get("fault") for recorded, answer in zip(SHIPPED, answers, strict=True)}
        assert told[f"{ONCE}[0]"] is None
        assert told[f"{ONCE}[1]"] == "There is no active synchronization session for the partition"


def php_call(recorded, served) -> dict:
    call = call_of(recorded)
    endpoint = served.endpoints[call.service]
    if is_valid(recorded):
        session = call.service == "luminate" and call.operation != "Login"
        return {**call._asdict(), "endpoint": endpoint, "wsdl": f"{endpoint}?wsdl", "session": session}
    sent = {
        "endpoint": endpoint,
        "body": recorded.request.body.decode(),
        "action": recorded.request.header("SOAPAction"),
    }
    kind = recorded.request.header("Content-Type")
    return sent if kind.startswith("text/xml") else {**sent, "contentType": kind}


@pytest.fixture
def client(tmp_path, monkeypatch, capfd):
    """Runs the client that calls a partition so many times, with these options: exit code, report, standard error."""
    (tmp_path / "client.py").write_text(TWICE)
    monkeypatch.chdir(tmp_path)

    def run(*options: str, partition: int = 10000103, times: int = 2) -> tuple[int, dict, str]:
        command = [sys.executable, "client.py", str(partition), str(times)]
        code = main(["run", "--format", "json", *options, "--", *command])
        out, err = capfd.readouterr()
        assert "canary" not in out + err
        return code, json.loads(out) if out else {}, err

    return run


class TestRun:
    def test_gives_the_first_answer_then_the_fault_and_the_last_one_again(self, client):
        code, report, err = client("--cassette", ONCE, times=3)
        assert [line.split() for line in err.splitlines()] == [["200", "True"], ["500", "True"], ["500", "True"]]
        assert (code, report["errors"], report["notes"]) == (0, [], [])

    def test_in_strict_order_answers_each_request_once(self, client):
        code, report, err = client("--cassette", ONCE, "--strict-order", times=3)
        assert (code, summary(report)["unmatched"]) == (1, 1)
        assert "in strict order each exchange is replayed once, and all of them were" in err

    def test_fails_by_a_request_that_no_cassette_has_and_says_how_it_differs(self, client):
        code, report, err = client("--cassette", ONCE, partition=7, times=1)
        told = f"the nearest is {ONCE}[0]: PartitionId: '10000103' was recorded, '7' came"
        assert (code, summary(report)["unmatched"]) == (1, 1)
        assert [error["source"] for error in report["errors"]] == ["cassettes"]
        assert told in report["errors"][0]["message"]
        assert err.startswith("500 False")
        assert told in err

    def test_notes_what_the_client_never_asked_for(self, client):
        code, report, _ = client("--cassette", ONCE, times=1)
        assert (code, report["notes"]) == (0, [{"source": f"{ONCE}[1]", "message": "was never asked for"}])

    def test_ignores_fields(self, client):
        assert client("--cassette", ONCE, "--ignore-field", "PartitionId", partition=7)[0] == 0
        assert client("--cassette", ONCE, "--ignore-field", "*", partition=7)[0] == 0

    def test_takes_files_and_folders(self, client, cassette, tmp_path):
        body = ENVELOPE.format(7).replace("<s:Body>", f"{SESSION}<s:Body>")
        path = cassette(interaction(7, "SyncId>183<", request_body=body), name="own/cassette.yaml")
        for given in ([str(tmp_path / "own")], [path], [path, "ongoing"]):
            assert client("--cassette", *given, partition=7)[2].split() == ["200", "True"] * 2

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            (["--cassette", "luminate/EndSynchronization/end-once"], f"there is no cassette 'luminate/EndSynchronization/end-once'; did you mean {ONCE}"),
            (["--cassette", "../../etc/passwd"], "../../etc/passwd: there is no such file or folder"),
            (["--cassette", "client.py"], "client.py: "),
            (["--cassette", ONCE, "--ignore-field", "partitionid"], "there is no field 'partitionid'; did you mean PartitionId?"),
            (["--ignore-field", "PartitionId"], "there is none"),
            (["--strict-order"], "there is none"),
        ],
    )  # fmt: skip
    def test_refuses_what_cannot_be_replayed_before_the_client_starts(self, client, options, said):
        code, _, err = client(*options)
        assert code == 2
        assert said in err
        assert "200" not in err

    def test_shows_the_count_as_text(self, tmp_path, monkeypatch, capfd):
        (tmp_path / "client.py").write_text(TWICE)
        monkeypatch.chdir(tmp_path)
        assert main(["run", "--cassette", ONCE, "--", sys.executable, "client.py", "7", "1"]) == 1
        assert "1 request came that no cassette has" in capfd.readouterr().out


class TestServe:
    def test_tells_where_it_is_and_what_comes_and_reports_at_the_end(self):
        with serving("--cassette", ONCE, "--service", "luminate", "--service", "ongoing") as served:
            for partition in ("7</PartitionId><SessionId>canary-session</SessionId><PartitionId>", "10000103"):
                body = ENVELOPE.format(partition).encode()
                sent = urllib.request.Request(served.endpoints["luminate"], body, {"Content-Type": "text/xml"})
                with contextlib.suppress(urllib.error.HTTPError):
                    urllib.request.urlopen(sent, timeout=10)
            lines = [served.process.stderr.readline() for _ in range(2)]
            code, report, err = served.ended()
        assert lines[0].startswith("#1 POST /luminate  luminate/EndSynchronization  ")
        assert lines[0].endswith("  -> 500\n")
        assert (code, summary(report)["unmatched"]) == (1, 2)
        assert "canary" not in "".join(lines) + json.dumps(report) + err

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
    def test_ends_by_a_signal_with_the_code_of_what_came(self, number):
        with serving() as served:
            code, report, _ = served.ended(number)
        assert (code, summary(report)) == (3, {})

    def test_answers_as_the_provider_would_where_there_is_no_cassette(self):
        given = ("luminate/session,id=x", "luminate/active-synchronization,partition=7")
        words = [word for state in given for word in ("--given", state)]
        with serving("--expect", "luminate/Login", *words) as served:
            body = ENVELOPE.format(7).replace("<s:Body>", f"{SESSION}<s:Body>")
            sent = urllib.request.Request(served.endpoints["luminate"], body.encode(), {"Content-Type": "text/xml"})
            with urllib.request.urlopen(sent, timeout=10) as answer:
                assert b"EndSynchronizationResponse" in answer.read()
            code, report, _ = served.ended()
        assert code == 1
        assert [error["source"] for error in report["errors"]] == ["luminate/Login"]

    def test_takes_the_port_that_it_is_given_or_says_why_not(self, capfd):
        with serving() as served:
            port = served.endpoints["luminate"].split(":")[2].split("/")[0]
            assert main(["serve", "--port", port]) == 2
            assert f"--port {port}: Address already in use" in capfd.readouterr().err
        with serving("--port", port) as again:
            assert again.endpoints["luminate"] == f"http://127.0.0.1:{port}/luminate"

    @pytest.mark.parametrize("port", ["65536", "-1", "http", "8080x", "\u0667"])
    def test_knows_what_is_no_port(self, port, capfd):
        assert main(["serve", f"--port={port}"]) == 2
        assert "is no port" in capfd.readouterr().err

    def test_keeps_what_came(self, tmp_path):
        with serving("--cassette", ONCE, "--save", str(tmp_path / "kept")) as served:
            sent = urllib.request.Request(
                served.endpoints["luminate"], ENVELOPE.format(7).encode(), {"Content-Type": "text/xml"}
            )
            with pytest.raises(urllib.error.HTTPError):
                urllib.request.urlopen(sent, timeout=10)
            served.ended()
        assert [name for name in os.listdir(tmp_path / "kept") if name.endswith("response.http")]


def test_the_cassettes_are_listed_with_what_they_rest_on(capfd):
    assert main(["list", "cassettes", "--format", "json"]) == 0
    rows = json.loads(capfd.readouterr().out)["cassettes"]
    assert [(row["cassette"], row["index"], row["provenance"]) for row in rows] == [
        (one.name, one.index, one.provenance.basis) for one in SHIPPED
    ]
    assert {row["answer"] for row in rows} >= {"500 SynchronizationFault", "400 empty", "415 empty", "500 soap:Server"}
    assert main(["list", "cassettes"]) == 0
    assert "inferred" in capfd.readouterr().out
