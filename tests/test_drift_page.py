"""The page on drift does what it says: its commands are taken, and its table has every class and every kind."""

from __future__ import annotations

import re
import shlex
from typing import get_args

import pytest
from repository import ROOT

from contracts import cli
from contracts.drifting.differences import CLASSES, What

PAGE = (ROOT / "docs" / "drift.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", re.findall(r"^soap-contracts (.*)$", PAGE, re.MULTILINE))
def test_each_command_is_taken(command, capsys):
    name, service, *words = shlex.split(command)
    assert name == "drift"
    assert service in ("luminate", "ongoing")
    assert cli.main([name, "--help"]) == 0
    shown = capsys.readouterr().out
    assert all(word in shown for word in words if word.startswith("--"))


def test_every_class_and_every_kind_is_told():
    assert re.findall(r"^\| `(.+?)` \|", PAGE, re.MULTILINE) == list(CLASSES)
    assert {kind for kind in get_args(What) if f"`{kind}`" not in PAGE} == set()
