"""Every case file comes to what it must, every rule has its cases, and no output holds a secret."""

from __future__ import annotations

import io
import random
import re
import traceback
from typing import TYPE_CHECKING

import pytest
from cases import FREE, ROOT, SERVICES, Case, cases, matches, message_of, rows, services, verdict_of

from contracts import checking
from contracts.cli import main
from contracts.errors import ContractViolation
from contracts.reports import FORMATS, JsonReporter, Style, Terms, TextReporter
from contracts.rules import RULES

if TYPE_CHECKING:
    from pathlib import Path

    from contracts.findings import Verdict

GOOD = [case for case in cases() if case.good]
BAD = [case for case in cases() if not case.good]
#: Parts of what stands in every secret field of a bad case; none is part of a word that a report uses.
TRACES = re.compile("canar|anary|5f1e", re.IGNORECASE)
SECRET = re.compile(r"<(?:\w+:)?(?:UserName|Password|SessionId|Token)\b[^<>]*>\s*([^<]*[^<\s])")


def case_of(name: str) -> Case:
    return next(case for case in cases() if case.name == name)


def told(case: Case) -> list[str]:
    return [
        f"{found.rule}@{found.line}:{found.column} ({found.severity})"
        for found in verdict_of(case).findings
        if found.severity != "info"
    ]


def assert_row(case: Case) -> None:
    """The findings are those of the row, each once."""
    open_rows, unexpected = list(case.expected or ()), []
    for finding in verdict_of(case).findings:
        row = next((row for row in open_rows if matches(row, finding)), None)
        if row is not None:
            open_rows.remove(row)
        elif finding.severity != "info":
            unexpected.append(finding.rule)
    assert (open_rows, unexpected) == ([], []), f"{case} has {told(case)}"


@pytest.mark.parametrize("case", GOOD, ids=str)
def test_a_good_case_passes_and_does_not_show_its_rule(case: Case) -> None:
    verdict = verdict_of(case)
    assert verdict.passed, told(case)
    assert case.rule not in {finding.rule for finding in verdict.findings}
    assert_row(case)


@pytest.mark.parametrize("case", BAD, ids=str)
def test_a_bad_case_shows_its_rule_and_nothing_else(case: Case) -> None:
    if case.expected is not None:
        assert_row(case)
        return
    worse = {finding.rule for finding in verdict_of(case).findings if finding.severity != "info"}
    mild = {finding.rule for finding in verdict_of(case).findings if finding.severity == "info"}
    assert worse == {case.rule} or (not worse and case.rule in mild), told(case)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_a_bad_case_and_a_near_miss(rule: str) -> None:
    kinds = {case.good for case in cases() if case.rule == rule and not case.name.endswith(".request.http")}
    assert kinds == {True, False}


def test_no_case_stands_in_the_folder_of_an_unknown_rule() -> None:
    assert {case.rule for case in cases()} - {None} <= RULES.keys()
    assert {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith("_")} == (
        {rule.family for rule in RULES.values()} | FREE | {SERVICES.name}
    )


def test_every_row_names_a_case_and_known_rules() -> None:
    assert rows().keys() <= {case.name for case in cases()}
    assert {row.partition("@")[0] for row in sum(rows().values(), ())} <= RULES.keys()


def test_a_bad_case_outside_the_folders_of_the_rules_has_a_row() -> None:
    assert [case.name for case in BAD if case.rule is None and case.expected is None] == []


@pytest.mark.parametrize("case", BAD, ids=str)
def test_a_finding_says_what_where_and_on_what_it_rests(case: Case) -> None:
    for finding in verdict_of(case).findings:
        assert finding.message
        assert finding.reference
        family = finding.rule.partition("/")[0]
        if family != "http" and finding.rule != "xml/too-large":
            assert finding.line >= 1, finding
            assert finding.column >= 1, finding
        if family in {"soap", "schema", "contract", "provider"}:
            assert finding.path.startswith("/"), finding


#: What must fail with its own rule, its place and a help that says what the provider does with it.
SHOWN = {
    "schema/max-length/bad-password.http": "schema/max-length",
    "schema/negative/bad-minus-one.http": "schema/negative",
    "schema/date-time/bad-blank-for-t.xml": "schema/date-time",
    "schema/element-name/bad-sync-time-in-other-case.xml": "schema/element-name",
    "schema/element-order/bad-user-name-and-password-swapped.xml": "schema/element-order",
    "contract/header-missing/bad-start.http": "contract/header-missing",
    "schema/element-namespace/bad-no-namespace.http": "schema/element-namespace",
    "http/soapaction-mismatch/bad-namespace-hash-operation.http": "http/soapaction-mismatch",
    "xml/not-well-formed/bad-ampersand.http": "xml/not-well-formed",
    "xml/doctype/bad-billion-laughs.http": "xml/doctype",
    "soap/multiple-payloads/bad-set-and-get.http": "soap/multiple-payloads",
    "soap/body-empty/bad-white-space.http": "soap/body-empty",
}


@pytest.mark.parametrize(("name", "rule"), SHOWN.items(), ids=SHOWN)
def test_the_usual_mistakes_fail_with_a_place_and_what_the_provider_does(name: str, rule: str) -> None:
    verdict = verdict_of(case_of(name))
    found = [finding for finding in verdict.findings if finding.rule == rule]
    assert not verdict.passed
    assert found
    for finding in found:
        assert finding.severity == "error"
        assert finding.line >= 1
        assert any(title in finding.help for title in ("Ongoing WMS", "Luminate Online")), finding.help


#: A word of the sentence that names the usual cause of XML that does not parse.
CAUSES = {
    "bad-ampersand.xml": "unescaped &",
    "bad-less-than.xml": "unescaped <",
    "bad-pasted-declaration.xml": "?&gt;",
    "bad-escaped-envelope.xml": "HTML-escaped",
    "bad-escaped-envelope-after-declaration.xml": "HTML-escaped",
    "bad-curly-quotes.xml": "curly",
    "bad-curly-quotes-in-declaration.xml": "curly",
    "bad-surrogate-references.xml": "surrogate",
    "bad-nul.xml": "NUL",
    "bad-control-character.xml": "U+000B",
    "bad-undeclared-entity.xml": "entity",
    "bad-unbound-prefix.xml": "prefix",
    "bad-line-before-declaration.xml": "before the XML declaration",
    "bad-truncated.xml": "ends before",
    "bad-declaration-without-question-mark.xml": "declaration",
    "bad-text-after-envelope.xml": "after",
}


@pytest.mark.parametrize(("name", "words"), CAUSES.items(), ids=CAUSES)
def test_the_usual_cause_of_xml_that_does_not_parse_is_named(name: str, words: str) -> None:
    (finding,) = verdict_of(case_of(f"xml/not-well-formed/{name}")).findings
    assert words in finding.message


# ---------------------------------------------------------------------------------------------------------- secrets


def assert_silent(text: str) -> None:
    found = TRACES.search(text)
    assert found is None, text[max(0, found.start() - 80) : found.end() + 20] if found else ""


def reports_of(verdict: Verdict) -> str:
    """Both reports that a library makes."""
    stream, terms = io.StringIO(), Terms({})
    for reporter in (JsonReporter(stream, terms), TextReporter(stream, terms, style=Style(width=None))):
        with reporter:
            reporter.verdict(verdict)
    return stream.getvalue()


@pytest.mark.parametrize("case", [case for case in BAD if not case.name.startswith("pages/")], ids=str)
def test_every_secret_field_of_a_bad_case_holds_the_canary(case: Case) -> None:
    body = message_of(case).body
    text = body.decode("utf-16" if body[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "replace")
    assert [value for value in SECRET.findall(text) if not TRACES.search(value)] == []


@pytest.mark.parametrize("case", BAD, ids=str)
def test_no_report_and_no_exception_holds_a_secret(case: Case) -> None:
    verdict = verdict_of(case)
    assert_silent(f"{verdict} {verdict!r}")
    assert_silent(reports_of(verdict))
    if not verdict.passed:
        with pytest.raises(ContractViolation) as raised:
            checking.assert_valid(message_of(case), catalog=services())
        assert_silent("".join(traceback.format_exception(raised.value)) + repr(raised.value))


@pytest.mark.parametrize("format_", FORMATS)
def test_no_output_of_check_holds_a_secret(format_: str, capsys: pytest.CaptureFixture[str]) -> None:
    def printed(*cases: Case) -> str:
        main(["check", "--format", format_, "--contracts", str(SERVICES), *(str(case.path) for case in cases)])
        found = capsys.readouterr()
        return found.out + found.err

    spoken = printed(*BAD)
    assert [case.name for case in BAD if case.name not in spoken] == []
    if TRACES.search(spoken):
        assert [case.name for case in BAD if TRACES.search(printed(case))] == []
    assert_silent(spoken)


def assert_judged_in_silence(body: bytes) -> None:
    assert_silent(reports_of(checking.check(body, catalog=services())))


#: A message with every kind of secret on lines of its own, and the same in one line.
SECRETIVE = [ROOT / f"schema/missing-element/{name}.xml" for name in ("bad-syncTime", "bad-partition")]


@pytest.mark.parametrize("one_line", [False, True], ids=["lines", "one line"])
@pytest.mark.parametrize("path", SECRETIVE, ids=lambda path: path.stem)
def test_a_message_cut_anywhere_fails_and_shows_no_secret(path: Path, *, one_line: bool) -> None:
    body = re.sub(rb"\n *", b"", path.read_bytes()) if one_line else path.read_bytes()
    for end in range(len(body.rstrip())):
        assert not checking.check(body[:end], catalog=services()).passed, body[:end]
        assert_judged_in_silence(body[:end])


@pytest.mark.parametrize("slip", [b"<", b">", b"&", b'"', b"'", b"\0", b"/", b"\xff", b""], ids=repr)
@pytest.mark.parametrize("path", SECRETIVE, ids=lambda path: path.stem)
def test_a_message_with_any_byte_replaced_shows_no_secret(path: Path, slip: bytes) -> None:
    body = re.sub(rb"\n *", b"", path.read_bytes())
    for place in range(len(body)):
        assert_judged_in_silence(body[:place] + slip + body[place + 1 :])


#: What slips into a message, or is lost from it, when it is made by hand or by a broken template.
SLIPS = (
    b"", b"<", b">", b"&", b'"', b"'", b"\0", b" ", b"/", b"=", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?x?>", b"\xff",
)  # fmt: skip

MANGLED = (
    "clients/bad-axis-multi-ref.http",
    "clients/bad-php-session-as-map.http",
    "clients/good-prefix-soapenv-luminate.http",
    "schema/integer/bad-word.xml",
    "schema/unknown-operation/good-login.xml",
    "schema/value/bad-pattern.xml",
    "soap/mandatory-header/bad-ws-security.xml",
)


def mangled(body: bytes, chance: random.Random) -> bytes:
    """``body`` in one line or not, with one to three slips; the last may cut it short."""
    if chance.random() < 0.4:
        body = re.sub(rb"\n *", b"", body)
    for _ in range(chance.choice((1, 1, 2, 3))):
        place = chance.randrange(len(body) + 1)
        body = body[:place] + chance.choice(SLIPS) + body[place + chance.randrange(2) :]
    return body[: chance.randrange(len(body) + 1)] if chance.random() < 0.3 else body


@pytest.mark.parametrize("seed", range(8))
def test_a_mangled_message_is_judged_and_shows_no_secret(seed: int) -> None:
    chance = random.Random(seed)
    bodies = [message_of(case_of(name)).body for name in MANGLED]
    for body in chance.choices(bodies, k=1000):
        assert_silent(repr(checking.check(mangled(body, chance), catalog=services())))


@pytest.mark.parametrize(("module", "name"), [("contracts.cli.check", "check"), ("contracts.checking", "open_case")])
def test_an_internal_error_tells_where_it_happened_and_no_secret(
    module: str, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    case = case_of("schema/max-length/bad-password.xml")
    message = message_of(case)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError(message.body.decode())

    monkeypatch.setattr(f"{module}.{name}", fail)
    assert main(["check", str(case.path)]) == 2
    printed = capsys.readouterr()
    assert "RuntimeError" in printed.out + printed.err
    assert_silent(printed.out + printed.err)


def test_the_traceback_of_an_internal_error_holds_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "_finding", lambda *_: 1 // 0)
    for name in ("schema/max-length/bad-password.xml", "xml/not-well-formed/bad-ampersand-in-secret.xml"):
        with pytest.raises(ZeroDivisionError) as raised:
            checking.check(message_of(case_of(name)), catalog=services())
        assert_silent("".join(traceback.format_exception(raised.value)))
