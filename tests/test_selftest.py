"""The kill matrix as its users meet it, and that it tells a judge that is asleep."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cases import SERVICES

from contracts import selftest
from contracts.catalog import Catalog, load
from contracts.checking import check
from contracts.cli import main
from contracts.cli import selftest as command
from contracts.findings import Finding
from contracts.mutants.registry import MUTATIONS, NEAR_MISSES
from contracts.resources import data_folder
from contracts.rules import RULES
from contracts.selftest import Matrix, Trial, Untried, rules_of, trials

if TYPE_CHECKING:
    from contracts.findings import Verdict
    from contracts.messages import Message

#: Runs the command and then prints which modules it has loaded.
PROGRAM = """
import sys
from contracts.cli import main
from contracts.cli import selftest as command
code = main(sys.argv[1:])
print("LOADED", *sorted(sys.modules))
sys.exit(code)
"""


def on_a_terminal(*arguments: str) -> tuple[int, str]:
    """Run the command with standard error on a pseudo-terminal; its exit code and what it wrote there."""
    controller, terminal = pty.openpty()
    environment = {key: value for key, value in os.environ.items() if key != "CI"} | {"TERM": "xterm", "COLUMNS": "60"}
    command = [sys.executable, "-c", PROGRAM, *arguments]
    process = subprocess.Popen(command, stdout=terminal, stderr=terminal, stdin=terminal, env=environment)
    os.close(terminal)
    written = b""
    try:
        while select.select([controller], [], [], 120)[0]:
            written += os.read(controller, 65536)
    except OSError:
        pass  # Linux's way to say that the other end is closed.
    os.close(controller)
    return process.wait(60), written.decode().replace("\r\n", "\n")


@pytest.fixture(scope="module")
def shown() -> tuple[int, str]:
    return on_a_terminal("selftest")


@pytest.fixture(scope="module")
def without_max_length() -> tuple[int, dict]:
    # Families that say nothing of lengths are left out: the whole matrix takes seconds, and `shown` has it.
    chosen = ["--select", "schema", "--ignore", "schema/max-length"]
    command = [sys.executable, "-m", "contracts", "selftest", *chosen, "--format", "json"]
    found = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert found.stderr == ""
    return found.returncode, json.loads(found.stdout)


class TestTheInstalledPackage:
    def test_every_rule_is_killed_and_no_near_miss_is_shot(self, shown):
        code, text = shown
        assert not re.search("NOT KILLED|SHOT|CHANGED|NOT TRIED", text), text
        killed, passed, kept = (re.search(rf"(\d+) of (\d+) {what}", text) for what in ("mut", "near", "resp"))
        assert f"{len(RULES)} of {len(RULES)} rules awake, " in text
        assert all(found is not None and found[1] == found[2] for found in (killed, passed, kept))
        assert code == 0

    def test_the_matrix_has_a_row_for_each_rule_and_columns_for_each_service(self, shown):
        rows = shown[1][: shown[1].index("\n\n")].splitlines()[-len(RULES) - 3 :]
        assert rows[0].split()[-2:] == ["luminate", "ongoing"]
        assert rows[1].split() == ["rule", *["mutants", "near", "misses"] * 2]
        assert [row.split()[0] for row in rows[2:-1]] == list(RULES)
        assert rows[-1].startswith("respellings that change nothing  ")
        cells = {row.split()[0]: row.split()[1:] for row in rows[2:-1]}
        assert cells["schema/max-length"][:2] == ["-", "-"]
        assert re.fullmatch(r"(\d+)/\1", cells["schema/max-length"][2])
        assert cells["http/soapaction-mismatch"][0] == "-"

    def test_a_terminal_gets_a_progress_bar(self, shown):
        assert re.search(r"\d+ messages \[", shown[1])

    def test_neither_hypothesis_nor_xmlschema_is_needed(self, shown):
        loaded = set(shown[1].rpartition("LOADED ")[2].split())
        assert "contracts.selftest" in loaded
        assert loaded.isdisjoint({"hypothesis", "xmlschema", "elementpath", "pytest", "vcr"})

    def test_no_value_of_a_secret_field_is_printed(self, shown):
        assert "placeholder" not in shown[1]


class TestARuleThatIsSwitchedOff:
    def test_ends_with_1_and_is_named(self, without_max_length):
        code, found = without_max_length
        assert code == 1
        assert found["summary"]["not_killed"] == ["schema/max-length"]
        assert {miss["rule"] for miss in found["survivors"]} == {"schema/max-length"}
        assert found["shot"] == found["changed"] == found["untried"] == []

    def test_every_one_of_its_mutants_is_named_with_its_place(self, without_max_length):
        _, found = without_max_length
        (row,) = (row for row in found["rules"] if row["rule"] == "schema/max-length")
        assert row["mutants"] == len(found["survivors"]) > row["killed"] == 0
        assert row["near_misses"] == row["passed"] > 0
        assert set(row["services"]) == {"luminate", "ongoing"}
        for miss in found["survivors"]:
            assert miss["service"] == "ongoing"
            assert miss["operation"] in {"SetTimeOfLastSync", "GetTimeOfLastSync"}
            assert (miss["kind"], miss["problem"]) == ("request", "not found")
            assert re.search("UserName|Password|IntegrationType", miss["name"])

    def test_json_counts_all(self, without_max_length):
        _, found = without_max_length
        assert (found["version"], [row["rule"] for row in found["rules"]]) == (1, rules_of(["schema"]))
        summary = found["summary"]
        assert not summary["passed"]
        assert summary["mutants"] - summary["killed"] == len(found["survivors"])
        assert summary["rules"] == len(found["rules"])
        assert summary["mutants"] == sum(row["mutants"] for row in found["rules"]) > 1000
        assert summary["near_misses"] == summary["near_misses_passed"] > 500
        assert summary["respellings"] == summary["kept"] > 500


# ---------------------------------------------------------------------------------------------- one service, in process


def own_service(folder: Path) -> Catalog:
    """The shipped ongoing under another name, with one operation."""
    for path in Path(data_folder("xsd"), "ongoing").iterdir():
        text = path.read_text(encoding="utf-8").replace("http://ongoingsystems.se/WSI", "urn:example:own")
        (folder / path.name).write_text(text.replace('name = "ongoing"', 'name = "own"'), encoding="utf-8")
    (service,) = load(folder)
    operation = service.operation("GetTimeOfLastSync")
    return Catalog([service._replace(operations=(operation,))])


@pytest.fixture(scope="module")
def own(tmp_path_factory) -> Catalog:
    return own_service(tmp_path_factory.mktemp("own"))


@cache
def known(message: Message, catalog: Catalog) -> Verdict:
    """What `check` says, asked once: many tests count the same verdicts, each in another way."""
    return check(message, catalog=catalog)


def matrix_of(catalog: Catalog, counted, judge=known) -> Matrix:
    matrix = Matrix([service.name for service in catalog])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(selftest, "check", judge)
        for tried in trials(catalog, counted):
            matrix.add(tried)
    return matrix


@pytest.fixture(scope="module")
def awake(own) -> list[Trial | Untried]:
    return list(trials(own, lambda verdict: verdict))


@pytest.fixture(scope="module")
def asleep(own) -> Matrix:
    return matrix_of(own, lambda verdict: verdict._replace(findings=()))


def test_a_service_of_ones_own_is_tried_too(awake):
    matrix = Matrix(["own"])
    for tried in awake:
        matrix.add(tried)
    assert [miss for misses in matrix.misses.values() for miss in misses] == matrix.untried == []
    assert matrix.score("mutant", service="own").right > 300
    assert matrix.score("mutant", "contract/header-missing").tried == 0
    # One operation does not reach every rule.
    assert "schema/max-length" not in matrix.dead()
    assert "contract/header-missing" in matrix.dead()
    assert not matrix.passed


def test_large_messages_are_made_of_one_sample(awake):
    large = {(trial.operation, trial.kind) for trial in awake if trial.rule == "xml/too-large"}
    assert large == {("GetTimeOfLastSync", "request")}


def test_a_judge_who_is_asleep_kills_nothing(asleep):
    assert asleep.dead() == list(RULES)
    assert asleep.score("mutant").right == 0 < asleep.score("mutant").tried
    assert asleep.score("near miss").right == asleep.score("near miss").tried
    assert {miss.problem for miss in asleep.misses["mutant"]} == {"not found"}


def test_text_names_some_of_many_misses_and_counts_the_rest(asleep):
    lines = list(command._wrongs(asleep))
    of_lengths = [line for line in lines if "schema/max-length" in line]
    place = "in own/GetTimeOfLastSync request: not found"
    assert re.fullmatch(r"NOT KILLED schema/max-length: none of \d+ mutants was found out by it", of_lengths[0])
    assert all(line.startswith("NOT KILLED schema/max-length: ") and line.endswith(place) for line in of_lengths[1:6])
    assert re.fullmatch(r"NOT KILLED schema/max-length: and \d+ more", of_lengths[6])
    assert len(of_lengths) == 7
    assert "NOT KILLED contract/header-missing: no message has a mutant of it" in lines


def test_a_judge_who_fires_at_everything_is_told_so(own):
    def counted(verdict):
        fired = any(found.rule == "soap/version" for found in verdict.findings)
        more = () if fired or not verdict.findings else (Finding("soap/version", "wire", "error", "always"),)
        return verdict._replace(findings=(*verdict.findings, *more))

    problems = {miss.problem for miss in matrix_of(own, counted).misses["mutant"]}
    assert problems == {"found, and so is soap/version"}


def test_a_judge_who_fails_what_is_right_shoots_near_misses_and_minds_spellings(own):
    def counted(verdict):
        always = Finding("soap/version", "wire", "error", "always")
        return verdict._replace(findings=(always,)) if verdict.decoded or not verdict.findings else verdict

    matrix = matrix_of(own, counted)
    problems = {miss.problem for miss in matrix.misses["near miss"]}
    assert problems == {"fails by soap/version", "found"}


def test_a_judge_who_minds_the_spelling_is_told_so(own):
    def counted(verdict):
        always = Finding("soap/version", "wire", "error", "always")
        return verdict._replace(findings=(always,)) if verdict.decoded else verdict

    problems = {miss.problem for miss in matrix_of(own, counted).misses["respelling"]}
    assert problems == {"judged otherwise, by soap/version"}


def test_an_error_that_is_told_as_a_warning_is_no_kill(own):
    def counted(verdict):
        return verdict._replace(findings=tuple(found._replace(severity="warning") for found in verdict.findings))

    misses = matrix_of(own, counted).misses["mutant"]
    assert {miss.problem for miss in misses} == {"found, and the message passes"}
    (service,) = own
    assert {RULES[miss.rule].severity_for(service) for miss in misses} == {"error"}


def test_a_warning_that_is_told_as_an_error_is_no_kill(own):
    def counted(verdict):
        return verdict._replace(findings=tuple(found._replace(severity="error") for found in verdict.findings))

    problems = {miss.problem for miss in matrix_of(own, counted).misses["mutant"]}
    assert problems == {
        "found as an error; at this service it is info",
        "found as an error; at this service it is warning",
    }


def test_a_finding_that_is_accepted_does_not_count(own):
    def counted(verdict):
        found = (known._replace(accepted="for now") for known in verdict.findings if known.rule == "soap/version")
        return verdict._replace(findings=(*found, *(f for f in verdict.findings if f.rule != "soap/version")))

    assert {miss.rule for miss in matrix_of(own, counted).misses["mutant"]} == {"soap/version"}


def test_a_judge_who_refuses_a_sample_is_told_so(own):
    always = Finding("soap/version", "wire", "error", "always")

    def refusing(message, catalog):
        verdict = known(message, catalog=catalog)
        return verdict._replace(findings=(always,)) if verdict.kind == "response" else verdict

    matrix = matrix_of(own, lambda verdict: verdict, refusing)
    (name,) = {miss.name for miss in matrix.misses["near miss"] if not miss.rule}
    assert name == "the-sample-itself"
    shot = "SHOT the-sample-itself, in own/GetTimeOfLastSync response: fails by soap/version"
    assert shot in list(command._wrongs(matrix))
    assert matrix.untried == []
    assert not matrix.passed


def test_a_judge_who_raises_is_told_so_without_the_words_of_the_exception(own):
    def raising(message, catalog):
        if b"DOCTYPE" in message.body or message.kind == "response":
            raise KeyError("canary")
        return known(message, catalog=catalog)

    matrix = matrix_of(own, lambda verdict: verdict, raising)
    misses = [miss for misses in matrix.misses.values() for miss in misses]
    assert {miss.problem for miss in misses} == {"raises KeyError"}
    assert {miss.rule for miss in misses} >= {"xml/doctype", ""}
    assert "canary" not in "".join(command._wrongs(matrix))


def test_a_rule_that_is_no_longer_registered_is_missed(own, monkeypatch):
    monkeypatch.delitem(RULES, "schema/integer")
    assert "schema/integer" in rules_of()
    assert set(rules_of()) == {*RULES, *MUTATIONS, *NEAR_MISSES}
    matrix = matrix_of(own, lambda verdict: verdict, check)
    assert "schema/integer" in matrix.dead()
    assert "NOT KILLED schema/integer: the package has no such rule" in list(command._wrongs(matrix))
    assert [line for line in command._table(matrix) if line.startswith("schema/integer ")]
    assert f" of {len(RULES) + 1} rules awake" in command._sentence(matrix)


def test_selected_rules_are_asked_for_alone(capsys):
    assert main(["selftest", "--select", "schema/max-length"]) == 0
    shown = capsys.readouterr().out
    assert "1 of 1 selected rules awake" in shown
    assert not re.search("schema/integer|NOT KILLED", shown)


def test_a_rule_that_is_selected_and_ignored_is_not_killed(capsys):
    assert main(["selftest", "--select", "xml/doctype,xml/version", "--ignore", "xml/doctype"]) == 1
    assert "NOT KILLED xml/doctype: none of " in capsys.readouterr().out


def test_what_no_sample_can_be_made_of_is_named():
    services = Catalog(service for service in load(SERVICES) if service.name == "parcels")
    matrix = matrix_of(services, lambda verdict: verdict)
    assert {(found.service, found.operation, found.kind) for found in matrix.untried} >= {
        ("parcels", "BookParcel", "request")
    }
    assert "no sample of Code (code) can be guessed" in matrix.untried[0].reason
    assert all(isinstance(found, Untried) for found in matrix.untried)


# ----------------------------------------------------------------------------------------------------- the command line


def test_an_unknown_rule_is_answered_with_the_nearest(capsys):
    assert main(["selftest", "--ignore", "schema/maxlength"]) == 2
    assert "did you mean schema/max-length?" in capsys.readouterr().err


def test_a_folder_that_is_no_service_is_an_error(tmp_path, capsys):
    assert main(["selftest", "--contracts", str(tmp_path)]) == 2
    assert "no service folder here" in capsys.readouterr().err


def test_help_says_what_the_exit_code_means(capsys):
    assert main(["selftest", "--help"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "Exit code 1 when a rule has not killed a single mutant" in shown
    assert "With --select, or the setting of that name, the matrix has these rules alone" in shown
    assert "soap-contracts selftest --contracts my-service/" in shown
