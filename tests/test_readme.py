"""What the README prints is what happens."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import textwrap

import pytest
from repository import ROOT

from contracts import load, samples
from contracts.cli import main
from contracts.raw import raw

README = (ROOT / "README.md").read_text(encoding="utf-8")
ONGOING, SET_TIME = load().operation("ongoing/SetTimeOfLastSync")
ENVELOPE = samples.smallest(ONGOING, SET_TIME, "request")
WRONG = ENVELOPE.replace(b"T12:00:00Z", b" 12:00:00")
#: The one on fuzzing: test_fuzzing.py.
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def test_the_first_command_ends_with_a_report_that_names_both_operations(capfd):
    (command,) = re.findall(r"soap-contracts (run -- \.venv/bin/python examples/\S+)$", README, re.MULTILINE)
    arguments = [sys.executable if word == ".venv/bin/python" else word for word in command.split()]
    arguments[-1] = str(ROOT / arguments[-1])
    assert main(arguments) == 0
    told = capfd.readouterr().out
    assert "PASS luminate EndSynchronization request" in told
    assert "PASS ongoing SetTimeOfLastSync request" in told
    assert "0 failed" in told


def test_the_second_command_is_the_one_that_ci_runs():
    (command,) = re.findall(r"^    (python3 -m venv .* -m pytest -n auto)$", README, re.MULTILINE)
    install = "python3 -m venv .venv && .venv/bin/pip install -q -e '.[test]'"
    assert command == f"{install} && .venv/bin/python -m pytest -n auto"
    assert r"python3 -m venv .* -m pytest -n auto" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_pytest_lines_run(tmp_path):
    (test,) = (block for block in BLOCKS if "ongoing.received" in block)
    for name, body in (("right", ENVELOPE), ("wrong", WRONG)):
        sync = textwrap.dedent(f"""
            import contextlib, urllib.error, urllib.request

            def sync(endpoint):
                headers = {{"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '"{SET_TIME.soap_action}"'}}
                with contextlib.suppress(urllib.error.HTTPError):
                    urllib.request.urlopen(urllib.request.Request(endpoint, {body!r}, headers), timeout=10).close()
        """)
        (tmp_path / f"test_{name}.py").write_text(f"{sync}\n{test}")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--rootdir", tmp_path, tmp_path]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert "1 failed, 1 passed" in done.stdout
    assert "error schema/date-time" in done.stdout


def test_the_python_lines_run(capsys):
    (code,) = (block for block in BLOCKS if "contracts.check(" in block)
    with pytest.raises(AssertionError, match="schema/date-time"):
        exec(compile(code, "README.md", "exec"), {"envelope": WRONG})
    assert "schema/date-time" in capsys.readouterr().out


def test_the_report_is_printed_as_it_comes(tmp_path, capsys, monkeypatch):
    (report,) = re.findall(r"((?:^    .*\n)*?^    FAIL .*\n(?:^    .*\n)*)", README, re.MULTILINE)
    lines = [line[4:] for line in report.splitlines() if line.strip()]
    lines = lines[next(number for number, line in enumerate(lines) if line.startswith("FAIL")) :]
    (tmp_path / "captured").mkdir()
    message = samples.message(ONGOING, SET_TIME, "request")._replace(body=WRONG)
    (tmp_path / "captured" / "sync.http").write_bytes(raw(message))
    monkeypatch.chdir(tmp_path)
    assert main(["check", "captured/"]) == 1
    told = capsys.readouterr().out
    for line in lines:
        assert line.removesuffix("...").rstrip() in told


@pytest.mark.skipif(shutil.which("xmllint") is None, reason="xmllint is not installed: libxml2-utils")
def test_the_schemas_judge_alone(tmp_path):
    commands = re.findall(r"^    (xmllint .*)$", README, re.MULTILINE)
    assert len(commands) == 2
    pages = ROOT / "tests" / "cases" / "pages"
    (tmp_path / "envelope.xml").write_bytes(ENVELOPE)
    shutil.copy(pages / "good-luminate-end-response.xml", tmp_path / "answer.xml")
    for command in commands:
        *words, file = command.split()
        subprocess.run([*words, tmp_path / file], cwd=ROOT, check=True, capture_output=True)


def test_every_command_that_it_names_exists(capsys):
    for name in sorted(set(re.findall(r"soap-contracts ([a-z]+)", README)) - {"is"}):
        assert main([name, "--help"]) == 0, name
    assert capsys.readouterr().out
