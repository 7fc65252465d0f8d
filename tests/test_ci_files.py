"""What other people's CI takes from this repository: the GitHub action, the pre-commit hook, the snippets."""

from __future__ import annotations

import html
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from repository import ROOT

from contracts.cli import main

CASES = ROOT / "tests" / "cases"
GOOD = CASES / "clients" / "good-keep-alive-and-agent.http"
BAD = CASES / "http" / "soapaction-missing" / "bad-set.http"
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
HOOK, GATE = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
SENDER = f'"{sys.executable}" "{ROOT}/examples/zeep_client.py"'


@pytest.fixture
def judge(tmp_path):
    """Runs the action's second step as GitHub does; the first has installed the program."""
    programs = tmp_path / "soap-contracts" / "bin"
    programs.mkdir(parents=True)
    (programs / "soap-contracts").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m contracts "$@"\n')
    (programs / "soap-contracts").chmod(0o755)
    script = ACTION["runs"]["steps"][1]["run"]

    def run(**inputs: str) -> subprocess.CompletedProcess:
        names = dict.fromkeys(("RUN", "CHECK", "ARGUMENTS"), "") | inputs
        summary = {"GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"), "GITHUB_WORKSPACE": str(ROOT)}
        environment = {**os.environ, **names, **summary, "RUNNER_TEMP": str(tmp_path), "PYTHONPATH": str(ROOT)}
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    return run


class TestTheAction:
    def test_drives_a_client(self, judge):
        done = judge(RUN=SENDER, ARGUMENTS="--expect luminate/EndSynchronization --expect ongoing/SetTimeOfLastSync")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "::error" not in done.stdout

    def test_fails_with_annotations_and_a_summary(self, judge, tmp_path):
        done = judge(RUN=f"{SENDER} --wrong")
        assert done.returncode == 1
        assert re.search(r"^::error .*title=schema/max-length::", done.stdout, re.MULTILINE)
        assert "schema/max-length" in html.unescape((tmp_path / "summary.md").read_text())

    def test_checks_captured_messages(self, judge):
        assert judge(CHECK=f"{GOOD} {GOOD}").returncode == 0
        done = judge(CHECK=str(BAD.relative_to(ROOT)))
        assert done.returncode == 1
        assert f"::error file={BAD.relative_to(ROOT)}," in done.stdout

    @pytest.mark.parametrize("lines", [f"false\n{SENDER}", f"false | {SENDER}"])
    def test_fails_by_any_line_of_the_command(self, judge, lines):
        done = judge(RUN=lines)
        assert done.returncode in (1, 3)

    @pytest.mark.parametrize("inputs", [{}, {"RUN": "true", "CHECK": "x"}])
    def test_wants_one_of_the_two(self, judge, inputs):
        done = judge(**inputs)
        assert done.returncode == 2
        assert "give either run or check" in done.stdout

    def test_splices_no_input_into_a_script(self):
        assert "${{" not in "".join(step["run"] for step in ACTION["runs"]["steps"])

    def test_says_where_each_input_goes(self):
        used = re.findall(r"\$\{\{ inputs\.(\w+) \}\}", (ROOT / "action.yml").read_text(encoding="utf-8"))
        assert sorted(used) == sorted(ACTION["inputs"])


class TestTheHook:
    def test_is_a_command_that_judges_what_it_is_given(self, capsys):
        program, *arguments = shlex.split(HOOK["entry"])
        assert program == "soap-contracts"
        assert main([*arguments, str(GOOD)]) == 0
        assert main([*arguments, str(GOOD), str(BAD)]) == 1
        assert "http/soapaction-missing" in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("name", "taken"),
        [
            ("a/b.request.http", True),
            ("a/b.response.http", True),
            ("api.http", False),
            ("x.har", False),
            ("pom.xml", False),
        ],
    )
    def test_takes_what_can_only_be_ours(self, name, taken):
        assert bool(re.search(HOOK["files"], name)) is taken

    def test_the_gate_fails_where_a_cassette_holds_a_secret(self, tmp_path, capsys):
        program, *arguments = shlex.split(GATE["entry"])
        assert program == "soap-contracts"
        shipped = ROOT / "cassettes" / "luminate" / "Login" / "gives-a-session.yaml"
        assert re.search(GATE["files"], shipped.relative_to(ROOT).as_posix())
        assert main([*arguments, str(shipped)]) == 0
        path = tmp_path / "recorded.yaml"
        path.write_text(shipped.read_text(encoding="utf-8").replace("REDACTED-Password-1", "canary"))
        assert main([*arguments, str(path)]) == 4
        assert "canary" not in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("name", "taken"),
        [("tests/cassettes/a.yaml", True), ("cassettes/a.json", True), ("a.har", True), ("docker-compose.yaml", False)],
    )
    def test_the_gate_takes_cassettes_and_archives(self, name, taken):
        assert bool(re.search(GATE["files"], name)) is taken


def test_the_snippets_use_options_that_exist(capsys):
    text = Path(ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    main(["run", "--help"])
    known = capsys.readouterr().out
    for option in set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text)):
        assert option in known, option
    for snippet in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL):
        assert yaml.safe_load(snippet)
