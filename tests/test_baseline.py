"""The file of known violations: read strictly, written whole."""

from __future__ import annotations

import json
import os
import shlex

import pytest

from contracts import baseline
from contracts.errors import ConfigError

KEYS = {("schema/max-length", "ongoing/SetTimeOfLastSync", "/a/b"), ("http/method", "ongoing/SetTimeOfLastSync", "")}


def test_what_is_written_is_read(tmp_path):
    path = str(tmp_path / "baseline.json")
    baseline.write(path, KEYS)
    assert baseline.read(path) == KEYS
    assert os.listdir(tmp_path) == ["baseline.json"]


def test_it_is_sorted_and_a_violation_takes_a_line(tmp_path):
    path = tmp_path / "baseline.json"
    baseline.write(str(path), KEYS)
    first, *entries, last = path.read_text().splitlines()
    assert (first, last) == ('{"version": 1, "violations": [', "]}")
    assert [json.loads(line.rstrip(","))["rule"] for line in entries] == ["http/method", "schema/max-length"]


def test_an_empty_one_is_still_one(tmp_path):
    path = str(tmp_path / "baseline.json")
    baseline.write(path, [])
    assert baseline.read(path) == frozenset()


def test_one_that_is_missing_is_an_error_that_says_how_to_make_it(tmp_path):
    path = str(tmp_path / "not yet.json")
    with pytest.raises(ConfigError) as caught:
        baseline.read(path)
    told, _, command = str(caught.value).partition("; write it with: ")
    assert told == f"{path}: there is no baseline yet"
    assert shlex.split(command) == shlex.split(f"soap-contracts run --baseline '{path}' --update-baseline -- COMMAND")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("\xff", "not JSON"),
        ("[]", "no baseline of version 1"),
        ('{"version": 2, "violations": []}', "no baseline of version 1"),
        ('{"version": 1}', "no baseline of version 1"),
        ('{"version": 1, "violations": {}}', "no baseline of version 1"),
        ('{"version": 1, "violations": [1]}', "violation 1 has other members"),
        ('{"version": 1, "violations": [{"rule": "a", "operation": "b"}]}', "violation 1 has other members"),
        ('{"version": 1, "violations": [{"rule": "a", "operation": "b", "path": 3}]}', "violation 1 has a member"),
    ],
)
def test_one_that_is_broken_is_an_error_that_names_the_place(tmp_path, text, said):
    path = tmp_path / "baseline.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(ConfigError, match=rf"baseline\.json: .*{said}"):
        baseline.read(str(path))


def test_one_that_cannot_be_read_or_written_is_named(tmp_path):
    with pytest.raises(ConfigError, match="Is a directory"):
        baseline.read(str(tmp_path))
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="cannot be written: "):
        baseline.write(str(tmp_path / "file" / "b.json"), [])


def test_the_folder_of_a_new_one_is_made(tmp_path):
    path = str(tmp_path / "new" / "b.json")
    baseline.write(path, KEYS)
    assert baseline.read(path) == KEYS


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "b.json"
    path.mkdir()
    with pytest.raises(ConfigError):
        baseline.write(str(path), [])
    assert os.listdir(tmp_path) == ["b.json"]
