"""The pages say what the code does: the one that is made from the rules is current, and no link leads nowhere."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest

from contracts.catalog import load
from contracts.rules import RULES
from contracts.version import VERSION

ROOT = Path(__file__).parent.parent
GENERATE = SimpleNamespace(**runpy.run_path(str(ROOT / "docs" / "generate.py")))
PAGES = sorted({*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *ROOT.glob("*/README.md")})
EACH_RULE = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)


@pytest.fixture(scope="module")
def page():
    return (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")


class TestThePageOfRules:
    def test_is_what_the_generator_makes_of_the_rules(self, capsys):
        assert GENERATE.main(["--check"]) == 0, "run python docs/generate.py"
        assert capsys.readouterr() == ("", "")

    def test_is_written_and_then_current(self, tmp_path):
        assert GENERATE.main([], tmp_path) == 0
        assert GENERATE.main(["--check"], tmp_path) == 0
        assert (tmp_path / "rules.md").read_text(encoding="utf-8") == GENERATE.page()

    @pytest.mark.parametrize("name", GENERATE.PAGES)
    @pytest.mark.parametrize("text", [None, "# Rules\n"], ids=["missing", "other"])
    def test_is_called_stale_and_left_alone_when_it_is_not_current(self, tmp_path, capsys, name, text):
        GENERATE.main([], tmp_path)
        path = tmp_path / name
        path.unlink()
        if text is not None:
            path.write_text(text, encoding="utf-8")
        assert GENERATE.main(["--check"], tmp_path) == 1
        assert f"{name} is stale: run python docs/generate.py" in capsys.readouterr().err
        assert (path.read_text(encoding="utf-8") if path.exists() else None) == text

    @EACH_RULE
    def test_has_a_row_with_the_severity_at_each_service(self, page, rule):
        levels = [rule.severity_for(service) or "off" for service in load()]
        start = f"[`{rule.id}`](#{GENERATE.anchor_of(rule.id)}) | {rule.layer} | {rule.severity} | {' | '.join(levels)}"
        assert f"\n| {start} | " in page

    @EACH_RULE
    def test_has_a_section_with_the_examples_as_code(self, page, rule):
        section = page.partition(f"\n## `{rule.id}`\n")[2].partition("\n## ")[0]
        (code,) = re.findall(r"^```text\n(.*?)\n```$", section, re.DOTALL | re.MULTILINE)
        assert re.fullmatch(r"Bad: .+\nGood: .+", code, re.DOTALL)
        assert f"Since: {rule.since}." in section

    def test_has_no_section_of_a_rule_that_does_not_exist(self, page):
        assert re.findall(r"^## `(.+)`$", page, re.MULTILINE) == list(RULES)


class TestEachRule:
    @EACH_RULE
    def test_is_documented_by_a_sentence_and_two_examples(self, rule):
        summary, *rest = rule.doc.split("\n\n")
        assert summary.endswith((".", ":"))
        assert "::" not in summary
        assert re.fullmatch(r"Bad::  +\S.*\nGood::  +\S.*", rest[-1])

    @EACH_RULE
    def test_names_what_it_rests_on_and_since_when_it_exists(self, rule):
        assert rule.reference.strip() == rule.reference != ""
        assert re.fullmatch(r"\d+\.\d+\.\d+", rule.since)
        assert _numbers(rule.since) <= _numbers(VERSION)

    @EACH_RULE
    def test_has_an_id_of_family_and_kebab_name(self, rule):
        assert re.fullmatch(r"(http|xml|soap|schema|contract|provider)/[a-z0-9]+(-[a-z0-9]+)*", rule.id)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_between_the_pages_leads_somewhere(path):
    for target in re.findall(r"\]\(([^()\s]+)\)", path.read_text(encoding="utf-8")):
        if "://" in target:
            continue
        name, _, fragment = target.partition("#")
        found = path.parent / name if name else path
        assert found.exists(), target
        if fragment:
            headings = re.findall(r"^#+ (.+)$", found.read_text(encoding="utf-8"), re.MULTILINE)
            assert fragment in map(GENERATE.anchor_of, headings), target


def _numbers(version: str) -> list[int]:
    return [int(number) for number in version.split(".")]
