"""The pages about replay and recording do what they say: Python runs, offline, and commands are taken."""

from __future__ import annotations

import re
import shlex

import pytest
from replaying import offline
from repository import ROOT

from contracts import cli
from contracts.recordings import use_cassette
from contracts.tapes import found_in

PAGE = (ROOT / "docs" / "replay.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
RECORD = (ROOT / "docs" / "record.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^soap-contracts (.*)$", PAGE + RECORD, re.MULTILINE)


@pytest.mark.parametrize("block", BLOCKS)
def test_each_block_runs(block):
    found: dict = {}
    exec(compile(block, "docs/replay.md", "exec"), found)
    with offline():
        for name, value in found.items():
            if name.startswith("test_"):
                value()


def test_the_own_vcr_has_the_matcher():
    found: dict = {}
    exec(compile(BLOCKS[-1], "docs/replay.md", "exec"), found)
    assert found["own"].matchers["soap"].__name__ == "soap"


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_is_taken(command, capsys):
    name, *words = shlex.split(command)
    assert name in cli.COMMANDS
    assert cli.main([name, "--help"]) == 0
    options = {word for word in words[: words.index("--") if "--" in words else None] if word.startswith("--")}
    shown = capsys.readouterr().out
    assert all(option in shown for option in options)
    for word in words:
        if word.startswith(("luminate/", "ongoing/")):
            assert found_in(word)


def test_the_header_fields_are_those_of_a_shipped_cassette():
    (shown,) = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    with use_cassette("ongoing/SetTimeOfLastSync/bad-int") as tape:
        (recorded,) = tape.unused
        sent = dict(recorded.response.headers)
        for line in shown.splitlines():
            name, _, value = line.partition(": ")
            first, dots, last = value.partition(" ...;")
            assert sent[name].startswith(first)
            assert sent[name].endswith(last)
            assert dots or sent[name] == value
        tape.answer(recorded.request)


def test_every_parameter_of_the_call_is_told():
    names = set(re.findall(r"^\| `(\w+)=", PAGE, re.MULTILINE))
    known = set(use_cassette.__kwdefaults__)
    assert known - names == {"folder", "record_mode"}
    assert names <= known
