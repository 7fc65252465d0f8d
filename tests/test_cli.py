"""The command line as its users meet it: what it prints, and with which exit code it ends."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from contracts import cli, samples
from contracts.catalog import load
from contracts.cli import check as check_command
from contracts.cli import main
from contracts.names import SOAP11
from contracts.raw import raw
from contracts.resources import data_folder
from contracts.rules import RULES
from contracts.version import VERSION

CANARY = "canary-5f1e"
COMMAND = [sys.executable, "-m", "contracts"]


def sample(name: str = "ongoing/SetTimeOfLastSync", direction="request", *, http=False, **values: str) -> bytes:
    service, operation = load().operation(name)
    made = samples.message(service, operation, direction, values=values)
    return raw(made) if http else made.body


@pytest.fixture
def folder(tmp_path):
    """One message that passes, one with a warning, one that fails, each with its secrets marked."""
    secrets = {"UserName": f"{CANARY}-user", "Password": f"{CANARY}-password"}
    (tmp_path / "good.http").write_bytes(sample(http=True, **secrets))
    (tmp_path / "local.xml").write_bytes(sample(syncTime="2024-05-01T12:00:00", **secrets))
    (tmp_path / "wrong.xml").write_bytes(sample(**secrets | {"GoodsOwnerId": "seven", "Password": CANARY * 6}))
    return tmp_path


def run(*arguments: object, **options) -> subprocess.CompletedProcess:
    return subprocess.run(
        [*COMMAND, *map(str, arguments)], capture_output=True, text=True, timeout=60, check=False, **options
    )


class TestOverview:
    def test_help_names_every_command_and_shows_an_example(self, capsys):
        assert main(["--help"]) == 0
        shown = capsys.readouterr().out
        assert all(f"\n  {name} " in shown for name in ("check", "run", "list", "explain", "sample"))
        assert "example:\n  soap-contracts check" in shown

    def test_nothing_at_all_is_a_usage_error(self, capsys):
        assert main([]) == 2
        assert "usage: soap-contracts" in capsys.readouterr().err

    def test_version_is_printed(self, capsys):
        assert main(["--version"]) == 0
        assert capsys.readouterr().out == f"soap-contracts {VERSION}\n"

    def test_an_unknown_command_is_answered_with_the_nearest(self, capsys):
        assert main(["chek", "a.xml"]) == 2
        assert capsys.readouterr().err == "soap-contracts: there is no command 'chek'; did you mean check?\n"

    @pytest.mark.parametrize("name", cli.COMMANDS)
    def test_the_help_of_every_command_shows_an_example(self, capsys, name):
        assert main([name, "--help"]) == 0
        shown = capsys.readouterr().out
        assert re.search(rf"examples?:\n  (soap-contracts|curl.*soap-contracts) {name} ", shown)
        assert cli.COMMANDS[name][1] in shown

    def test_an_unknown_option_is_a_usage_error(self, capsys):
        assert main(["check", "--formt", "json", "a.xml"]) == 2
        assert "unrecognized arguments: --formt" in capsys.readouterr().err


class TestCheck:
    def test_a_folder_is_judged_and_a_violation_ends_with_1(self, folder, capsys):
        assert main(["check", str(folder)]) == 1
        shown = capsys.readouterr().out
        assert f"PASS ongoing SetTimeOfLastSync request  {folder}/good.http\n" in shown
        assert f"PASS ongoing SetTimeOfLastSync request  {folder}/local.xml\n" in shown
        assert f"FAIL ongoing SetTimeOfLastSync request  {folder}/wrong.xml\n" in shown
        assert "error schema/integer" in shown
        assert "error schema/max-length" in shown
        assert shown.endswith("3 messages: 2 passed, 1 failed (2 errors, 1 warning, 0 infos)\n")

    def test_what_passes_ends_with_0(self, folder, capsys):
        assert main(["check", str(folder / "good.http"), str(folder / "local.xml")]) == 0
        assert "2 messages: 2 passed, 0 failed" in capsys.readouterr().out

    @pytest.mark.parametrize("format_", ["text", "json"])
    def test_no_secret_is_printed(self, folder, capsys, format_):
        (folder / "broken.xml").write_bytes(sample(Password=CANARY).replace(b"</Password>", b"</Passwort>"))
        main(["check", str(folder), "--format", format_])
        streams = capsys.readouterr()
        assert "broken.xml" in streams.out
        assert "canary" not in streams.out + streams.err

    def test_a_finding_names_the_line_of_the_file(self, tmp_path, capsys):
        path = tmp_path / "wrong.http"
        path.write_bytes(sample(http=True, GoodsOwnerId="seven"))
        main(["check", "--format", "json", str(path)])
        (message,) = json.loads(capsys.readouterr().out)["messages"]
        (finding,) = (found for found in message["findings"] if found["rule"] == "schema/integer")
        assert b"seven" in path.read_bytes().splitlines()[finding["line"] - 1]

    def test_a_response_is_judged_as_the_answer_to_its_request(self, tmp_path, capsys):
        (tmp_path / "a.request.http").write_bytes(sample(http=True))
        (tmp_path / "a.response.http").write_bytes(sample("luminate/Login", "response", http=True))
        assert main(["check", "--format", "json", str(tmp_path)]) == 1
        _, answer = json.loads(capsys.readouterr().out)["messages"]
        assert [found["rule"] for found in answer["findings"] if found["severity"] == "error"] == [
            "contract/response-mismatch"
        ]

    def test_an_unreadable_file_ends_with_2_and_the_rest_is_judged(self, folder, capsys):
        (folder / "broken.http").write_bytes(b"POST / HTTP/1.1\r\nnonsense\r\n\r\n")
        assert main(["check", str(folder)]) == 2
        shown = capsys.readouterr().out
        assert f"ERROR {folder}/broken.http: line 2: neither a header field" in shown
        assert "FAIL" in shown
        assert "3 messages:" in shown

    def test_nothing_to_judge_ends_with_3(self, tmp_path, capsys):
        assert main(["check", str(tmp_path)]) == 3
        streams = capsys.readouterr()
        assert "0 messages" in streams.out
        assert (
            streams.err
            == f"soap-contracts: nothing to judge: there is no message in {tmp_path}, in .xml, .http and .har files and in cassettes\n"
        )

    def test_fail_on_warning_fails_a_message_with_a_warning(self, folder, capsys):
        assert main(["check", str(folder / "local.xml")]) == 0
        assert main(["check", str(folder / "local.xml"), "--fail-on", "warning"]) == 1
        assert "1 failed" in capsys.readouterr().out

    def test_quiet_hides_what_passes(self, folder, capsys):
        main(["check", str(folder), "--quiet"])
        shown = capsys.readouterr().out
        assert "good.http" not in shown
        assert "wrong.xml" in shown

    def test_the_report_may_go_to_a_file(self, folder, capsys):
        report = folder / "report.json"
        assert main(["check", str(folder), "--format", "json", "--output", str(report)]) == 1
        assert json.loads(report.read_text())["summary"]["messages"] == 3
        assert capsys.readouterr().out == ""

    def test_a_report_that_cannot_be_written_ends_with_2(self, folder, capsys):
        assert main(["check", str(folder), "--output", str(folder / "good.http" / "report")]) == 2
        assert "report: cannot be written: " in capsys.readouterr().err

    def test_standard_input_is_judged(self):
        found = run("check", "-", input=sample().decode())
        assert found.returncode == 0
        assert "PASS ongoing SetTimeOfLastSync request  <stdin>\n" in found.stdout

    def test_an_unknown_service_is_answered_with_the_nearest(self, folder, capsys):
        assert main(["check", str(folder), "--service", "ongoin"]) == 2
        assert "did you mean ongoing?" in capsys.readouterr().err

    def test_the_service_may_be_given_where_the_message_does_not_tell(self, tmp_path, capsys):
        fault = "<faultcode>s:Client</faultcode><faultstring>x</faultstring>"
        (tmp_path / "fault.xml").write_text(
            f'<s:Envelope xmlns:s="{SOAP11}"><s:Body><s:Fault>{fault}</s:Fault></s:Body></s:Envelope>'
        )
        main(["check", str(tmp_path), "--service", "luminate", "--format", "json"])
        (message,) = json.loads(capsys.readouterr().out)["messages"]
        assert (message["service"], message["kind"]) == ("luminate", "fault")

    def test_an_internal_error_is_one_line_without_a_value_and_never_0(self, folder, capsys, monkeypatch):
        def broken(message, **_):
            raise RuntimeError(message.body)

        monkeypatch.setattr(check_command, "check", broken)
        assert main(["check", str(folder / "good.http"), str(folder / "local.xml")]) == 2
        streams = capsys.readouterr()
        assert streams.out.count("internal error: RuntimeError at contracts/cli/check.py:") == 2
        assert "canary" not in streams.out + streams.err

    def test_an_error_outside_a_message_is_one_line_too(self, folder, capsys, monkeypatch):
        def broken(*_):
            raise ValueError(CANARY)

        monkeypatch.setattr(check_command, "read", broken)
        assert main(["check", str(folder)]) == 2
        err = capsys.readouterr().err
        assert re.fullmatch(r"soap-contracts: internal error: ValueError at contracts/cli/check\.py:[0-9]+\n", err)


class TestRulesThatCount:
    @pytest.mark.parametrize(
        ("arguments", "rules"),
        [
            (["--ignore", "schema/integer"], {"schema/max-length", "provider/no-time-zone"}),
            (["--ignore", "schema"], {"provider/no-time-zone"}),
            (["--ignore", "schema,provider"], set()),
            (["--ignore", "schema", "--ignore", "provider"], set()),
            (["--select", "schema"], {"schema/integer", "schema/max-length"}),
            (["--select", "schema", "--ignore", "schema/integer"], {"schema/max-length"}),
            (["--select", "schema/integer", "--ignore", "schema"], {"schema/integer"}),
            (["--select", "schema/integer, provider"], {"schema/integer", "provider/no-time-zone"}),
        ],
    )
    def test_select_and_ignore_decide_and_a_rule_outweighs_its_family(self, folder, capsys, arguments, rules):
        main(["check", str(folder), "--format", "json", *arguments])
        report = json.loads(capsys.readouterr().out)
        assert {found["rule"] for message in report["messages"] for found in message["findings"]} == rules

    def test_what_does_not_count_does_not_fail(self, folder):
        assert main(["check", str(folder), "--ignore", "schema"]) == 0

    @pytest.mark.parametrize("option", ["--select", "--ignore"])
    def test_an_unknown_rule_is_answered_with_the_nearest(self, folder, capsys, option):
        assert main(["check", str(folder), option, "schema/maxlength"]) == 2
        assert (
            "there is no rule or family 'schema/maxlength'; did you mean schema/max-length?" in capsys.readouterr().err
        )


class TestStreams:
    def test_a_closed_pipe_is_taken_quietly(self, folder):
        for number in range(300):
            (folder / f"{number}.xml").write_bytes((folder / "wrong.xml").read_bytes())
        shell = f"{sys.executable} -m contracts check {folder} | head -1; exit ${{PIPESTATUS[0]}}"
        found = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, timeout=60, check=False)
        assert found.returncode == 2
        assert found.stdout.count("\n") == 1
        assert found.stderr == ""

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
    def test_a_full_disk_is_said_and_ends_with_2(self, folder):
        shell = f"{sys.executable} -m contracts check {folder}/good.http > /dev/full"
        found = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, timeout=60, check=False)
        assert found.returncode == 2
        assert re.fullmatch(r"soap-contracts: No space left on device \(OSError.*\)\n", found.stderr)

    def test_an_encoding_that_lacks_a_character_does_not_stop_the_report(self, tmp_path):
        (tmp_path / "smörgås.xml").write_bytes(sample())
        for format_ in ("text", "json"):
            found = run("check", tmp_path, "--format", format_, env={**os.environ, "PYTHONIOENCODING": "ascii"})
            assert found.returncode == 0
            assert found.stdout.isascii()

    def test_a_pipe_gets_no_colours_unless_they_are_wished_for(self, folder):
        plain = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR")}
        assert "\x1b" not in run("check", folder, env=plain).stdout
        assert "\x1b[31;1mFAIL" in run("check", folder, env={**plain, "FORCE_COLOR": "1"}).stdout

    def test_an_interrupt_ends_with_130(self, folder):
        command = [*COMMAND, "check", str(folder / "good.http"), "-"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        process = subprocess.Popen(command, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}, **pipes)
        assert process.stdout.readline().startswith("PASS ")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        assert process.returncode == 130
        assert (out, err) == ("", "soap-contracts: interrupted\n")


def on_a_terminal(arguments: list[str], **environment: str) -> tuple[int, str]:
    """Run a program on a pseudo-terminal of 60 columns; its exit code and all that it wrote there."""
    controller, terminal = pty.openpty()
    wide = {"TERM": "xterm", "COLUMNS": "60", **environment}
    kept = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR", "CI")}
    process = subprocess.Popen(
        arguments, stdin=terminal, stdout=terminal, stderr=terminal, env=kept | wide, close_fds=True
    )
    os.close(terminal)
    written = b""
    try:
        while select.select([controller], [], [], 60)[0]:
            part = os.read(controller, 65536)
            written += part
            if not part:
                break
    except OSError:
        pass  # Linux's way to say that the other end is closed.
    os.close(controller)
    return process.wait(60), written.decode()


class TestTerminal:
    def test_a_terminal_gets_colours(self, folder):
        code, shown = on_a_terminal([*COMMAND, "check", str(folder)])
        assert code == 1
        assert "\x1b[31;1mFAIL\x1b[0m ongoing" in shown

    def test_no_color_takes_the_colours_away(self, folder):
        _, shown = on_a_terminal([*COMMAND, "check", str(folder)], NO_COLOR="1")
        assert "\x1b[3" not in shown

    def test_a_long_check_shows_a_bar_and_a_short_one_does_not(self, folder):
        assert "messages/s" not in on_a_terminal([*COMMAND, "check", str(folder)])[1]
        slow = f"exec {shlex.join(COMMAND)} check <(sleep 1.5; cat {folder}/good.http) {folder} --ignore schema"
        code, shown = on_a_terminal(["bash", "-c", slow])
        assert code == 0
        assert re.search(r"\r1 messages \[.*messages/s\]", shown)
        assert shown.endswith("4 messages: 4 passed, 0 failed (0 errors, 1 warning, 0 infos)\r\n")
        assert f"PASS\x1b[0m ongoing SetTimeOfLastSync request  {folder}/good.http\r\n" in shown


class TestContractsOfOnesOwn:
    def test_they_are_added_to_the_shipped_ones(self, tmp_path, capsys):
        copied = copy_service(tmp_path)
        assert main(["list", "services", "--format", "json", "--contracts", str(copied)]) == 0
        names = [row["service"] for row in json.loads(capsys.readouterr().out)["services"]]
        assert names == ["luminate", "ongoing", "mine"]

    def test_a_message_is_judged_by_them(self, tmp_path, capsys):
        copied = copy_service(tmp_path)
        (tmp_path / "a.xml").write_bytes(sample().replace(b"ongoingsystems.se/WSI", b"example.com/mine"))
        assert main(["check", str(tmp_path / "a.xml"), "--contracts", str(copied)]) == 0
        assert "PASS mine SetTimeOfLastSync request" in capsys.readouterr().out

    def test_a_folder_without_a_contract_ends_with_2(self, tmp_path, capsys):
        assert main(["list", "services", "--contracts", str(tmp_path)]) == 2
        assert "no service folder here" in capsys.readouterr().err


def copy_service(tmp_path):
    """The folder of a service that differs from the shipped one in its name and its namespace."""
    target = tmp_path / "services" / "mine"
    target.mkdir(parents=True)
    for file in (Path(data_folder("xsd")) / "ongoing").iterdir():
        text = file.read_text().replace("http://ongoingsystems.se/WSI", "http://example.com/mine")
        (target / file.name).write_text(text.replace('name = "ongoing"', 'name = "mine"'))
    return target


class TestList:
    def test_services_are_listed_with_version_and_date(self, capsys):
        assert main(["list", "services"]) == 0
        head, *rows = capsys.readouterr().out.splitlines()
        assert head.split()[:5] == ["service", "title", "contract", "api_version", "pages_read"]
        assert [row.split()[0] for row in rows] == ["luminate", "ongoing"]
        assert all("2026-11-21" in row for row in rows)

    def test_operations_are_listed(self, capsys):
        assert main(["list", "operations", "--format", "json"]) == 0
        found = {
            f"{row['service']}/{row['operation']}": row["effect"]
            for row in json.loads(capsys.readouterr().out)["operations"]
        }
        assert found.keys() >= {
            "luminate/EndSynchronization",
            "luminate/Login",
            "ongoing/SetTimeOfLastSync",
            "ongoing/GetTimeOfLastSync",
        }
        assert found["ongoing/SetTimeOfLastSync"] == "write"

    def test_every_rule_is_listed_with_its_severity_at_each_service(self, capsys):
        assert main(["list", "rules", "--format", "json"]) == 0
        rows = {row["rule"]: row for row in json.loads(capsys.readouterr().out)["rules"]}
        assert rows.keys() == RULES.keys()
        assert (rows["http/soapaction-missing"]["luminate"], rows["http/soapaction-missing"]["ongoing"]) == (
            "warning",
            "error",
        )
        assert rows["http/soapaction-mismatch"]["luminate"] == "off"

    def test_text_has_a_line_a_row(self, capsys):
        main(["list", "rules"])
        assert len(capsys.readouterr().out.splitlines()) == len(RULES) + 1


class TestExplain:
    @pytest.mark.parametrize("rule", RULES)
    def test_every_rule_is_explained_with_its_clause_and_its_severities(self, capsys, rule):
        assert main(["explain", rule]) == 0
        shown = capsys.readouterr().out
        assert shown.startswith(f"{rule}\n")
        assert RULES[rule].reference in shown
        assert RULES[rule].doc in shown
        assert re.search(r"severity +luminate \w+, ongoing \w+\n", shown)

    def test_json_has_the_same(self, capsys):
        assert main(["explain", "schema/max-length", "--format", "json"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert (found["rule"], found["luminate"], found["ongoing"]) == ("schema/max-length", "error", "error")
        assert found["text"] == RULES["schema/max-length"].doc

    def test_an_unknown_rule_is_answered_with_the_nearest(self, capsys):
        assert main(["explain", "max-length"]) == 2
        assert "did you mean schema/max-length?" in capsys.readouterr().err


class TestSample:
    @pytest.mark.parametrize("http", [[], ["--http"]])
    @pytest.mark.parametrize("full", [[], ["--full"]])
    @pytest.mark.parametrize("response", [[], ["--response"]])
    def test_every_sample_passes_check(self, tmp_path, capsysbinary, http, full, response):
        for service in load():
            for operation in service.operations:
                name = f"{service.name}/{operation.name}"
                assert main(["sample", name, *http, *full, *response]) == 0
                path = tmp_path / f"{service.name}-{operation.name}{'.http' if http else '.xml'}"
                path.write_bytes(capsysbinary.readouterr().out)
        assert main(["check", str(tmp_path), "--fail-on", "warning"]) == 0
        assert b"5 messages: 5 passed" in capsysbinary.readouterr().out

    def test_json_holds_the_message_as_text(self, capsys):
        assert main(["sample", "ongoing/SetTimeOfLastSync", "--format", "json"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert (found["service"], found["operation"], found["kind"]) == ("ongoing", "SetTimeOfLastSync", "request")
        assert found["text"].encode() == sample()

    @pytest.mark.parametrize(
        ("name", "nearest"), [("ongoing/SetTimeOfLastSynch", "SetTimeOfLastSync"), ("luminat/Login", "luminate")]
    )
    def test_an_unknown_operation_is_answered_with_the_nearest(self, capsys, name, nearest):
        assert main(["sample", name]) == 2
        assert f"did you mean {nearest}?" in capsys.readouterr().err
