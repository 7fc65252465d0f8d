"""`run` in the CI of a team that has a past: expected operations, allowances, a baseline, labels, signals, runners."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from repository import ROOT
from test_report_formats import TOLD, counts_of, run_of

from contracts.cli import main
from contracts.reports import FORMATS

posix_only = pytest.mark.skipif(os.name != "posix", reason="signals to a process group are POSIX's")

#: A client with a past: each word among its arguments is a kind of violation. It gives up on a fault.
LEGACY = textwrap.dedent("""
    import os, sys, urllib.request

    wrong = set(sys.argv[1].split(",")) if len(sys.argv) > 1 else set()
    namespace = "http://ongoingsystems.se/WSI"
    fields = {
        "UserName": "u" * 51 if "long" in wrong else "user",
        "Password": "canary-7d1c",
        "GoodsOwnerId": "seven" if "number" in wrong else "7",
        "IntegrationType": "legacy",
        "syncTime": "2024-05-01 12:00:00" if "time" in wrong else "2024-05-01T12:00:00Z",
    }
    if "extra" in wrong:
        fields["Comment"] = "x"
    payload = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    envelope = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<SetTimeOfLastSync xmlns="{namespace}">{payload}</SetTimeOfLastSync></s:Body></s:Envelope>'
    )
    action = "SetLastSync" if "action" in wrong else "SetTimeOfLastSync"
    headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{namespace}/{action}"'}
    address = os.environ["ONGOING_ENDPOINT"] + (sys.argv[2] if len(sys.argv) > 2 else "")
    urllib.request.urlopen(urllib.request.Request(address, envelope.encode(), headers), timeout=10).read()
""")
TODAY = datetime.now(tz=UTC).astimezone().date()
FOUR = "long,number,time,action"


@pytest.fixture
def legacy(tmp_path, monkeypatch, capfd):
    """Runs the client, wrong in these ways, with these options; the exit code and the report as a value."""
    (tmp_path / "legacy.py").write_text(LEGACY)
    monkeypatch.chdir(tmp_path)

    def run(wrong: str, *options: str, path: str = "") -> tuple[int, dict]:
        code = main(["run", "--format", "json", *options, "--", sys.executable, "legacy.py", wrong, path])
        report = capfd.readouterr().out
        assert "canary" not in report
        return code, json.loads(report)

    return run


def findings(report: dict, *, accepted: bool = False) -> set[str]:
    every = (finding for message in report["messages"] for finding in message["findings"])
    return {finding["rule"] for finding in every if ("accepted" in finding) == accepted}


class TestExpectedOperations:
    def test_that_came_are_not_mentioned(self, legacy):
        code, report = legacy("", "--expect", "ongoing/SetTimeOfLastSync")
        assert (code, report["errors"]) == (0, [])

    def test_that_never_came_fail_the_run_and_are_named_once(self, legacy):
        wanted = ["ongoing/SetTimeOfLastSync", "ongoing/GetTimeOfLastSync", "luminate/Login", "luminate/Login"]
        code, report = legacy("", *(word for name in wanted for word in ("--expect", name)))
        assert code == 1
        assert [error["source"] for error in report["errors"]] == wanted[1:3]
        assert report["summary"]["failed"] == 0

    def test_do_not_turn_silence_into_a_violation(self, capfd):
        assert main(["run", "--expect", "ongoing/GetTimeOfLastSync", "--", "true"]) == 3
        assert "sent no message" in capfd.readouterr().err

    @pytest.mark.parametrize(
        ("options", "said"),
        [
            (["--expect", "ongoing/SetTimeOfLastSinc"], "did you mean SetTimeOfLastSync"),
            (["--expect", "onging/SetTimeOfLastSync"], "did you mean ongoing"),
            (["--expect", "ongoing"], "'ongoing' names no operation; one is written ongoing/SetTimeOfLastSync"),
            (["--expect", "luminate/Login", "--service", "ongoing"], "luminate is not among the services"),
        ],
    )
    def test_that_cannot_come_are_refused_before_the_client_starts(self, options, said, capfd, tmp_path):
        assert main(["run", *options, "--", "touch", str(tmp_path / "started")]) == 2
        assert said in capfd.readouterr().err
        assert not (tmp_path / "started").exists()


class TestABaseline:
    def test_of_four_kinds_turns_the_run_green_and_a_fifth_kind_red(self, legacy):
        code, report = legacy(FOUR)
        assert (code, len(findings(report))) == (1, 4)
        code, report = legacy(FOUR, "--baseline", "known.json", "--update-baseline")
        assert (code, report["client"], report["summary"]["accepted"]) == (0, {"exit_code": 0}, 4)
        assert report["notes"] == [
            {"source": "known.json", "message": "written: 4 known violations, 4 of them new; 0 taken out"}
        ]
        assert legacy(FOUR, "--baseline", "known.json")[0] == 0
        code, report = legacy(f"{FOUR},extra", "--baseline", "known.json")
        assert (code, findings(report)) == (1, {"schema/unexpected-element"})
        assert len(findings(report, accepted=True)) == 4

    def test_reports_what_was_fixed_and_forgets_it_when_told(self, legacy):
        legacy(FOUR, "--baseline", "known.json", "--update-baseline")
        code, report = legacy("number,time,action", "--baseline", "known.json")
        assert code == 0
        ((source, said),) = [note.values() for note in report["notes"]]
        assert source == "known.json"
        assert said.startswith("schema/max-length no longer occurs at ongoing/SetTimeOfLastSync /soap:Envelope/")
        _, report = legacy("number,time,action", "--baseline", "known.json", "--update-baseline")
        assert "3 known violations, 0 of them new; 1 taken out" in report["notes"][0]["message"]
        assert legacy(FOUR, "--baseline", "known.json")[0] == 1

    def test_knows_no_value(self, legacy, tmp_path):
        legacy(FOUR, "--baseline", "known.json", "--update-baseline")
        text = (tmp_path / "known.json").read_text()
        assert "seven" not in text
        assert "canary" not in text
        assert "u" * 51 not in text

    def test_loses_nothing_when_the_client_fails_half_way(self, legacy, capfd):
        legacy(FOUR, "--baseline", "known.json", "--update-baseline")
        code = "import runpy\nrunpy.run_path('legacy.py')\nraise SystemExit(4)"
        main(["run", "--baseline", "known.json", "--update-baseline", "--", sys.executable, "-c", code])
        assert "4 known violations, 0 of them new; 0 taken out" in capfd.readouterr().out
        assert legacy(FOUR, "--baseline", "known.json")[0] == 0

    def test_that_is_missing_or_not_named_is_a_plain_error(self, legacy, capfd):
        assert main(["run", "--baseline", "none.json", "--", "true"]) == 2
        assert (
            "none.json: there is no baseline yet; write it with: "
            "soap-contracts run --baseline none.json --update-baseline -- COMMAND\n" in capfd.readouterr().err
        )
        assert main(["run", "--update-baseline", "--", "true"]) == 2
        assert "needs the file: --baseline FILE" in capfd.readouterr().err
        assert legacy("")[0] == 0

    def test_keeps_what_is_not_selected_or_allowed_meanwhile(self, legacy, tmp_path):
        legacy(FOUR, "--baseline", "known.json", "--update-baseline")
        known = (tmp_path / "known.json").read_text()
        _, report = legacy(FOUR, "--baseline", "known.json", "--select", "http", "--ignore", "schema/date-time")
        assert report["notes"] == []
        legacy(FOUR, "--baseline", "known.json", "--select", "soap", "--update-baseline")
        assert (tmp_path / "known.json").read_text() == known
        (tmp_path / "soap-contracts.toml").write_text('[[allow]]\nrule = "schema"\nreason = "old"\n')
        _, report = legacy(FOUR, "--baseline", "known.json")
        assert report["notes"] == []

    def test_of_one_violation_is_told_in_the_singular(self, legacy):
        _, report = legacy("time", "--baseline", "known.json", "--update-baseline")
        assert report["notes"][0]["message"] == "written: 1 known violation, 1 of them new; 0 taken out"

    def test_is_not_written_when_nothing_was_judged(self, tmp_path):
        path = tmp_path / "known.json"
        assert main(["run", "--baseline", str(path), "--update-baseline", "--", "true"]) == 3
        assert not path.exists()


class TestSettings:
    def test_in_a_file_allow_for_a_reason_until_a_day(self, legacy, tmp_path):
        allow = '[[allow]]\nrule = "schema/date-time"\nreason = "TICKET-7"\npath = "*/ongoing:syncTime"\nexpires = {}\n'
        (tmp_path / "soap-contracts.toml").write_text(allow.format(TODAY + timedelta(days=1)))
        code, report = legacy("time")
        assert (code, report["notes"]) == (0, [])
        assert [finding["accepted"] for finding in report["messages"][0]["findings"]] == ["TICKET-7"]
        yesterday = TODAY - timedelta(days=1)
        (tmp_path / "soap-contracts.toml").write_text(allow.format(yesterday))
        code, report = legacy("time")
        assert code == 1
        assert report["notes"] == [
            {
                "source": "soap-contracts.toml",
                "message": f"[[allow]] number 1 (schema/date-time) expired on {yesterday}: its findings count again",
            }
        ]

    def test_that_match_nothing_are_reported(self, legacy, tmp_path):
        (tmp_path / "soap-contracts.toml").write_text('[[allow]]\nrule = "xml"\nreason = "none"\n')
        code, report = legacy("")
        assert code == 0
        assert report["notes"][0]["message"] == "[[allow]] number 1 (xml) matched nothing"

    def test_choose_the_services(self, legacy, tmp_path):
        (tmp_path / "soap-contracts.toml").write_text('services = ["luminate"]\n')
        with pytest.raises(json.JSONDecodeError):
            legacy("", "--expect", "ongoing/SetTimeOfLastSync")
        assert legacy("", "--service", "ongoing")[0] == 0

    def test_with_a_slip_are_a_plain_error(self, tmp_path, monkeypatch, capfd):
        monkeypatch.chdir(tmp_path)
        (tmp_path / "pyproject.toml").write_text("[tool.soap-contracts]\nfailon = 'error'\n")
        assert main(["run", "--", "true"]) == 2
        assert "pyproject.toml: [tool.soap-contracts]: unknown key 'failon'; known are" in capfd.readouterr().err

    def test_of_the_whole_do_not_reach_commands_that_print_data(self, tmp_path, monkeypatch, capfd):
        monkeypatch.chdir(tmp_path)
        own = ROOT / "examples" / "own-service"
        (tmp_path / "soap-contracts.toml").write_text(f'format = "junit"\ncontracts = ["{own}"]\n')
        assert main(["list", "services"]) == 0
        assert len(capfd.readouterr().out.splitlines()) == 4


def test_what_is_appended_to_the_endpoint_labels_the_messages(legacy):
    _, report = legacy("time", path="/OrderTest/test%20late")
    assert {message["source"] for message in report["messages"]} == {"#1 POST /ongoing/OrderTest/test late"}


def test_several_reports_of_one_run_agree(legacy, tmp_path):
    code, report = legacy("time", "--report", "text=a.txt", "--report", "json=b.json")
    assert code == 1
    assert json.loads((tmp_path / "b.json").read_text()) == report
    assert "error schema/date-time" in (tmp_path / "a.txt").read_text()


class TestReportsInTheWay:
    """A report replaces nothing that is read, and is no message itself."""

    @pytest.fixture
    def capture(self, legacy, tmp_path):
        legacy("time", "--save", "saved", "--baseline", "known.json", "--update-baseline")
        return next((tmp_path / "saved").glob("*.request.http"))

    @pytest.mark.parametrize("option", [["--output"], ["--report", "junit="]])
    def test_of_what_is_judged(self, capture, option, capfd):
        before = capture.read_bytes()
        words = [*option[:-1], option[-1] + str(capture)] if option[-1].endswith("=") else [*option, str(capture)]
        assert main(["check", str(capture), *words]) == 2
        assert "a report would replace a file that is read" in capfd.readouterr().err
        assert capture.read_bytes() == before

    def test_of_the_baseline(self, capture, tmp_path):
        before = (tmp_path / "known.json").read_bytes()
        words = ["--baseline", "known.json", "--report", "json=./known.json"]
        assert main(["check", str(capture), *words]) == 2
        assert (tmp_path / "known.json").read_bytes() == before

    @pytest.mark.usefixtures("capture")
    def test_in_the_folder_that_is_judged(self, capfd):
        arguments = ["check", "saved", "--format", "json", "--report", "junit=saved/deep/junit.xml"]
        codes = [main(arguments), main(arguments)]
        reports = capfd.readouterr().out
        assert codes == [1, 1]
        assert reports.count('"unreadable": 0') == 2
        assert "junit.xml" not in reports

    def test_in_the_folder_that_is_saved_to(self, legacy, capfd):
        assert main(["run", "--save", "saved", "--report", "junit=saved/junit.xml", "--", "true"]) == 2
        assert "where only exchanges belong" in capfd.readouterr().err
        assert legacy("")[0] == 0


def test_a_report_makes_its_folder(legacy, tmp_path):
    legacy("", "--report", "junit=build/reports/soap.xml")
    assert (tmp_path / "build" / "reports" / "soap.xml").stat().st_size > 0


def test_two_reports_do_not_go_to_one_file(capfd):
    assert main(["run", "--report", "text=a", "--report", "json=./a", "--", "true"]) == 2
    assert "two reports would be written to one file" in capfd.readouterr().err


class TestSavedExchanges:
    """The report of the run that saved them speaks of the files, so it is what `check` says of the folder."""

    def test_are_judged_by_check_as_they_were(self, legacy, tmp_path, capfd):
        _, ran = legacy(f"{FOUR},extra", "--save", "saved", path="/OrderTest")
        assert main(["check", "saved", "--format", "json"]) == 1
        checked = json.loads(capfd.readouterr().out)
        assert ran["messages"] == checked["messages"]
        assert sum(len(message["findings"]) for message in ran["messages"]) == 5
        names = [f"0001-OrderTest-SetTimeOfLastSync.{kind}.http" for kind in ("request", "response")]
        assert sorted(os.listdir(tmp_path / "saved")) == [".soap-contracts", *names]
        assert b"canary" not in b"".join((tmp_path / "saved" / name).read_bytes() for name in names)

    def test_and_the_same_findings_stand_in_every_report_and_no_secret(self, legacy, tmp_path, capfd):
        files = {form: tmp_path / f"report.{form}" for form in TOLD}
        reports = [word for form, file in files.items() for word in ("--report", f"{form}={file}")]
        code, ran = legacy(FOUR, "--save", "saved", *reports)
        assert code == 1
        texts = {form: file.read_text() for form, file in files.items()}
        # GitHub shows the client's exit code as an annotation, too.
        told = {
            form: sorted(each for each in TOLD[form](text) if each[0] != "soap-contracts")
            for form, text in texts.items()
        }
        assert len(told["json"]) == 4
        assert list(told.values()) == [told["json"]] * len(told)
        assert {form: counts_of(form, text)["errors"] for form, text in texts.items()} == dict.fromkeys(told, 4)
        assert not [form for form, text in texts.items() if "canary" in text]
        (uri,) = {
            result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
            for result in run_of(texts["sarif"])["results"]
        }
        assert uri == "saved/0001-SetTimeOfLastSync.request.http"
        assert ran["summary"]["errors"] == 4
        assert "canary" not in capfd.readouterr().err

    def test_of_an_earlier_run_are_replaced_and_anything_else_is_left_alone(self, legacy, tmp_path, capfd):
        legacy("time", "--save", "saved", path="/first")
        legacy("time", "--save", "saved", path="/second")
        assert {path.name.split("-")[1] for path in (tmp_path / "saved").glob("*.http")} == {"second"}
        (tmp_path / "saved" / "notes.txt").write_text("mine")
        capfd.readouterr()
        assert main(["run", "--save", "saved", "--", "true"]) == 2
        assert "saved: there is 'notes.txt', which no earlier run has saved" in capfd.readouterr().err
        assert len(os.listdir(tmp_path / "saved")) == 4

    def test_of_an_earlier_run_stay_until_the_client_has_run(self, legacy, tmp_path, capfd):
        legacy("time", "--save", "saved")
        before = sorted(os.listdir(tmp_path / "saved"))
        assert main(["run", "--save", "saved", "--", "no-such-client"]) == 2
        assert main(["run", "--save", "saved", "--", "sh", "-c", "ls saved >&2"]) == 3
        assert set(before) - {".soap-contracts"} <= set(capfd.readouterr().err.split())
        assert os.listdir(tmp_path / "saved") == [".soap-contracts"]

    def test_go_nowhere_without_a_name(self, capfd):
        assert main(["run", "--save", "", "--", "true"]) == 2
        assert "--save: names no folder" in capfd.readouterr().err

    def test_have_no_baseline_among_them(self, legacy, tmp_path, capfd):
        legacy(FOUR, "--baseline", "known.json", "--update-baseline")
        (tmp_path / "saved").mkdir()
        (tmp_path / "known.json").rename(tmp_path / "saved" / "known.json")
        assert main(["run", "--save", "saved", "--baseline", "saved/known.json", "--", "true"]) == 2
        assert "--save saved: the baseline is in it" in capfd.readouterr().err
        words = ["--save", "new", "--baseline", "new/known.json", "--update-baseline", "--", "true"]
        assert main(["run", *words]) == 2
        assert not (tmp_path / "new").exists()

    def test_that_cannot_be_saved_are_reported_all_the_same(self, tmp_path, monkeypatch, capfd):
        (tmp_path / "legacy.py").write_text(LEGACY)
        monkeypatch.chdir(tmp_path)
        script = f'"{sys.executable}" legacy.py time; "{sys.executable}" legacy.py number; rm -r saved'
        words = ["run", "--save", "saved", "--format", "json", "--report", "junit=j.xml", "--", "sh", "-c", script]
        assert main(words) == 2
        report = json.loads(capfd.readouterr().out)
        assert findings(report) == {"schema/date-time", "schema/integer"}
        assert (report["summary"]["messages"], report["summary"]["unreadable"]) == (4, 1)
        ((source, said),) = [error.values() for error in report["errors"]]
        assert source == "saved"
        assert re.fullmatch(r"saved/0001-\S+: cannot be written: .*; exchanges from number 1 on are not saved", said)
        assert counts_of("junit", (tmp_path / "j.xml").read_text())["errors"] == 2

    @pytest.mark.skipif(shutil.which("prlimit") is None, reason="prlimit is not installed")
    def test_leave_no_half_behind_when_the_disk_is_full(self, tmp_path):
        large = 'payload += "<!--" + "x" * 60000 * (len(sys.argv) - 2) + "-->"\nenvelope = ('
        (tmp_path / "legacy.py").write_text(LEGACY.replace("envelope = (", large))
        script = f'"{sys.executable}" legacy.py time; "{sys.executable}" legacy.py time "/large"'
        command = ["prlimit", "--fsize=30000", sys.executable, "-m", "contracts", "run", "--save", "saved"]
        done = subprocess.run(
            [*command, "--format", "json", "--", "sh", "-c", script],
            cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, timeout=60, check=False,
        )  # fmt: skip
        report = json.loads(done.stdout)
        assert done.returncode == 2
        assert report["summary"]["messages"] == 4
        assert "File too large; exchanges from number 2 on are not saved" in report["errors"][0]["message"]
        names = [".soap-contracts", *(f"0001-SetTimeOfLastSync.{kind}.http" for kind in ("request", "response"))]
        assert sorted(os.listdir(tmp_path / "saved")) == names


class TestARunThatIsIncomplete:
    """Every report tells it, not only the exit code."""

    @pytest.fixture
    def told(self, tmp_path, monkeypatch, capfd):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))

        def run(*words: str) -> tuple[int, dict[str, str], str]:
            reports = [word for form in FORMATS for word in ("--report", f"{form}=report.{form}")]
            code = main(["run", "--format", "github", *reports, *words])
            texts = {form: (tmp_path / f"report.{form}").read_text() for form in FORMATS}
            return code, {**texts, "summary": (tmp_path / "summary.md").read_text()}, capfd.readouterr().err

        return run

    @pytest.mark.parametrize(
        ("words", "said", "hint"),
        [
            (
                ["--timeout", "0.3", "--", "sleep", "60"],
                "the command was not done after 0.3 seconds and was ended",
                False,
            ),
            (["--", "true"], "the command sent no message", True),
            (["--", "sh", "-c", "exit 4"], "the command sent no message", False),
        ],
        ids=["timeout", "nothing", "failure"],
    )
    def test_is_told_by_each_format_and_on_standard_error(self, told, words, said, hint):
        code, texts, err = told(*words)
        assert code == 3
        assert said in err
        assert ("Does it take its address from" in err) == hint
        assert [form for form, text in texts.items() if form != "summary" and said not in text] == []
        summary = json.loads(texts["json"])["summary"]
        assert (summary["incomplete"], summary["unreadable"]) == (1, 0)
        assert '<error type="error"' in texts["junit"]
        assert run_of(texts["sarif"])["invocations"][0]["executionSuccessful"] is False
        assert "::error title=soap-contracts::client: the command" in texts["github"]
        assert "the run is incomplete" in texts["summary"].splitlines()[1]

    def test_is_not_one_that_is_only_wrong(self, legacy):
        _, report = legacy("time")
        assert report["summary"]["incomplete"] == 0


@posix_only
class TestSignals:
    @pytest.fixture
    def started(self, tmp_path):
        """Starts a client that sends a wrong message, tells of each signal, and ends with 7 at SIGUSR1."""
        (tmp_path / "legacy.py").write_text(LEGACY)
        traps = "; ".join(f'trap "echo {name} >> got; exit" {name}' for name in ("INT", "TERM", "HUP"))
        script = (
            f'{traps}; trap "exit 7" USR1; "{sys.executable}" legacy.py time; echo > up; while :; do sleep 0.05; done'
        )
        command = [sys.executable, "-m", "contracts", "run", "--format", "json", "--", "sh", "-c", script]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        options = {"cwd": tmp_path, "env": environment, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(command, **options) as process:
            until = time.monotonic() + 20
            while not (tmp_path / "up").exists():
                assert time.monotonic() < until
                time.sleep(0.01)
            yield process

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
    def test_that_end_a_run_reach_the_client_and_what_came_is_reported(self, started, tmp_path, number):
        started.send_signal(number)
        report, _ = started.communicate(timeout=20)
        assert started.returncode == 128 + number
        assert (tmp_path / "got").read_text().split() == [number.name.removeprefix("SIG")]
        assert findings(json.loads(report)) == {"schema/date-time"}
        assert json.loads(report)["summary"]["incomplete"] == 1
        assert json.loads(report)["errors"][0]["message"].startswith(f"interrupted by {number.name};")

    def test_of_other_kinds_are_the_client_s_own_business(self, started):
        started.send_signal(signal.SIGUSR1)
        report, _ = started.communicate(timeout=20)
        assert started.returncode == 1
        assert json.loads(report)["client"] == {"exit_code": 7}


MALFORMED = "a client has sent what is no HTTP/1.1 request, and got 400 for it"
ENCODE = ". In an address, blanks and letters beyond ASCII must be percent-encoded"


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("POST /ongoing/my test HTTP/1.1\\r\\nHost: x", f"{MALFORMED} (illegal request line){ENCODE}"),
        ("POST /ongoing/tést HTTP/1.1\\r\\nHost: x", f"{MALFORMED} (illegal request line){ENCODE}"),
        ("POST /ongoing HTTP/1.1\\r\\nHost x", f"{MALFORMED} (illegal header line)"),
        ("POST /ongoing HTTP/1.1", f"{MALFORMED} (Missing mandatory Host: header)"),
    ],
)
def test_what_is_no_http_is_a_failure_of_its_own(head, said, capfd):
    code = "import os, socket, sys; s = socket.create_connection(('127.0.0.1', int(os.environ['ONGOING_ENDPOINT'].split(':')[2].split('/')[0])));"
    code += f"s.sendall('{head}\\r\\n\\r\\n'.encode()); s.recv(9)"
    assert main(["run", "--format", "json", "--", sys.executable, "-c", code]) == 1
    report = json.loads(capfd.readouterr().out)
    assert (report["summary"]["malformed"], report["summary"]["messages"], report["summary"]["incomplete"]) == (1, 0, 0)
    assert [error["message"] for error in report["errors"]] == [said]


def runner(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


class TestRunnersOfOtherLanguages:
    """As they are: the runner is the command, the client somewhere below it."""

    def test_npm_test(self, tmp_path, monkeypatch, capfd):
        runner("npm")
        (tmp_path / "legacy.py").write_text(LEGACY)
        test = f"{sys.executable} legacy.py time"
        (tmp_path / "package.json").write_text(json.dumps({"private": True, "scripts": {"test": test}}))
        monkeypatch.chdir(tmp_path)
        assert main(["run", "--format", "json", "--", "npm", "test"]) == 1
        assert findings(json.loads(capfd.readouterr().out)) == {"schema/date-time"}

    def test_a_script_in_vendor_bin(self, tmp_path, monkeypatch, capfd):
        php = runner("php")
        script = tmp_path / "vendor" / "bin" / "phpunit"
        script.parent.mkdir(parents=True)
        script.write_text(f"#!{php}\n<?php passthru('{sys.executable} legacy.py time', $code); exit($code);\n")
        script.chmod(0o755)
        (tmp_path / "legacy.py").write_text(LEGACY)
        monkeypatch.chdir(tmp_path)
        assert main(["run", "--format", "json", "--", "vendor/bin/phpunit"]) == 1
        assert findings(json.loads(capfd.readouterr().out)) == {"schema/date-time"}

    def test_make(self, tmp_path, monkeypatch, capfd):
        runner("make")
        (tmp_path / "legacy.py").write_text(LEGACY)
        Path(tmp_path / "Makefile").write_text(f"test:\n\t{sys.executable} legacy.py\n")
        monkeypatch.chdir(tmp_path)
        assert main(["run", "--expect", "ongoing/SetTimeOfLastSync", "--", "make", "test"]) == 0
        capfd.readouterr()
