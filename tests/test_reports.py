"""Verdicts -> text and JSON."""

from __future__ import annotations

import contextlib
import io
import json
import os
import pty
import termios
import tracemalloc

import pytest

from contracts.findings import Excerpt, Finding, Verdict
from contracts.reports import FORMATS, JsonReporter, Style, Terms, TextReporter, escaped
from contracts.reports.github import GithubReporter
from contracts.reports.junit import JUnitReporter
from contracts.reports.sarif import SarifReporter
from contracts.reports.several import Several
from contracts.reports.terminal import columns_of, fitted, wrapped
from contracts.version import VERSION

TERMS = Terms({"luminate": "1.0", "ongoing": "1.0"})
LONG = Finding(
    rule="schema/max-length",
    layer="documented",
    severity="error",
    message="IntegrationType has 51 characters, at most 50 are allowed",
    help="Shorten it.",
    reference="XSD 1.0 part 2, section 4.3.3",
    line=7,
    column=9,
    path="/soap:Envelope/soap:Body/ongoing:SetTimeOfLastSync/ongoing:IntegrationType",
    excerpt=Excerpt("        <IntegrationType>xxx</IntegrationType>", 8),
)
ZONE = LONG._replace(rule="provider/no-time-zone", layer="provider", severity="warning", excerpt=None)
KNOWN = LONG._replace(accepted="known from the baseline")
INFO = LONG._replace(rule="soap/unknown-header", layer="wire", severity="info", line=0, column=0, excerpt=None)


def verdict(*findings: Finding, source: str = "a.http", **changes) -> Verdict:
    return Verdict(source, 0, "ongoing", "SetTimeOfLastSync", "request", findings)._replace(**changes)


def text_of(*verdicts: Verdict, terms: Terms = TERMS, **options) -> str:
    stream = io.StringIO()
    with TextReporter(stream, terms, **options) as reporter:
        for each in verdicts:
            reporter.verdict(each)
    return stream.getvalue()


def json_of(*verdicts: Verdict, terms: Terms = TERMS):
    stream = io.StringIO()
    with JsonReporter(stream, terms) as reporter:
        for each in verdicts:
            reporter.verdict(each)
    return json.loads(stream.getvalue())


def five(stream, terms: Terms) -> Several:
    kinds = (TextReporter, JsonReporter, JUnitReporter, SarifReporter, GithubReporter)
    return Several([kind(stream, terms) for kind in kinds])


@contextlib.contextmanager
def a_terminal(columns: int):
    controller, terminal = pty.openpty()
    termios.tcsetwinsize(terminal, (24, columns))
    with open(terminal, "w") as stream:
        yield stream
    os.close(controller)


@contextlib.contextmanager
def a_pipe():
    reading, writing = os.pipe()
    with open(writing, "w") as stream:
        yield stream
    os.close(reading)


class TestText:
    def test_a_finding_shows_place_rule_line_with_caret_help_and_reference(self):
        assert text_of(verdict(LONG)).splitlines() == [
            "FAIL ongoing SetTimeOfLastSync request  a.http",
            "  7:9 error schema/max-length",
            "    IntegrationType has 51 characters, at most 50 are allowed",
            "    7 |         <IntegrationType>xxx</IntegrationType>",
            "      |         ^",
            "    path: /soap:Envelope/soap:Body/ongoing:SetTimeOfLastSync/ongoing:IntegrationType",
            "    help: Shorten it.",
            "    see: XSD 1.0 part 2, section 4.3.3",
            "",
            "ongoing SetTimeOfLastSync: 1 request",
            f"contracts: luminate 1.0, ongoing 1.0 (soap-contracts {VERSION})",
            "1 message: 0 passed, 1 failed (1 error, 0 warnings, 0 infos)",
        ]

    def test_a_finding_without_a_place_shows_none(self):
        assert "\n  info soap/unknown-header\n" in text_of(verdict(INFO))

    def test_a_warning_passes_and_is_shown(self):
        shown = text_of(verdict(ZONE))
        assert shown.startswith("PASS ongoing SetTimeOfLastSync request  a.http\n  7:9 warning provider/no-time-zone\n")
        assert shown.endswith("1 message: 1 passed, 0 failed (0 errors, 1 warning, 0 infos)\n")

    def test_quiet_hides_messages_that_pass_but_counts_them(self):
        shown = text_of(verdict(), verdict(ZONE), verdict(LONG, source="bad.http"), quiet=True)
        assert "a.http" not in shown
        assert shown.startswith("FAIL ongoing SetTimeOfLastSync request  bad.http\n")
        assert "3 messages: 2 passed, 1 failed (1 error, 1 warning, 0 infos)" in shown

    def test_quiet_hides_what_is_accepted_too(self):
        shown = text_of(verdict(LONG._replace(rule="schema/integer", accepted="known"), LONG), quiet=True)
        assert "schema/integer" not in shown
        assert "1 message: 0 passed, 1 failed (1 error, 0 warnings, 0 infos, 1 accepted)" in shown

    def test_the_end_counts_operations_and_says_once_what_was_not_checked(self):
        answer = verdict(operation="GetTimeOfLastSync", kind="response")
        unknown = Verdict("c.xml", 0, None, None, "unknown", (), ("http",))
        lines = text_of(verdict(), verdict(), answer, unknown, unknown).splitlines()
        assert lines[-4:-2] == [
            "unknown service: 2 unknown messages; ongoing GetTimeOfLastSync: 1 response; ongoing SetTimeOfLastSync: 2 requests",
            "not checked in 2 messages: http/ (nothing is known of the HTTP part)",
        ]

    def test_the_place_in_a_file_of_several_messages_is_shown(self):
        assert "  a.har[3]\n" in text_of(verdict(source="a.har", index=3))

    def test_errors_and_the_client_are_shown(self):
        stream = io.StringIO()
        with TextReporter(stream, TERMS) as reporter:
            reporter.error("b.http", "line 3: broken")
            reporter.client(7)
        assert stream.getvalue().splitlines() == [
            "ERROR b.http: line 3: broken",
            "",
            f"contracts: luminate 1.0, ongoing 1.0 (soap-contracts {VERSION})",
            "1 source could not be read or judged",
            "the client ended with exit code 7",
            "0 messages: 0 passed, 0 failed (0 errors, 0 warnings, 0 infos)",
        ]

    def test_a_run_that_is_incomplete_is_told(self):
        stream = io.StringIO()
        with TextReporter(stream, TERMS) as reporter:
            reporter.incomplete("client", "ended too soon")
        lines = stream.getvalue().splitlines()
        assert lines[0] == "ERROR client: ended too soon"
        assert lines[-2] == "the run is incomplete"

    def test_an_accepted_finding_says_why_passes_and_is_counted_apart(self):
        shown = text_of(verdict(KNOWN))
        assert shown.splitlines()[:4] == [
            "PASS ongoing SetTimeOfLastSync request  a.http",
            "  7:9 accepted error schema/max-length",
            "    IntegrationType has 51 characters, at most 50 are allowed",
            "    why: known from the baseline",
        ]
        assert shown.endswith("1 message: 1 passed, 0 failed (0 errors, 0 warnings, 0 infos, 1 accepted)\n")

    def test_notes_skipped_entries_and_missing_operations_are_shown(self):
        stream = io.StringIO()
        with TextReporter(stream, TERMS) as reporter:
            reporter.note("soap-contracts.toml", "an allow is out of date")
            reporter.missing("ongoing/SetTimeOfLastSync")
            reporter.skipped()
            reporter.skipped(2)
        assert stream.getvalue().splitlines()[:2] == [
            "NOTE soap-contracts.toml: an allow is out of date",
            "ERROR ongoing/SetTimeOfLastSync: expected, but no request of this operation came",
        ]
        assert "skipped: 3 archive entries without SOAP\n" in stream.getvalue()

    def test_no_control_character_reaches_the_stream(self):
        evil = "\x1b]0;owned\x07 \x9b31m \u202e \r\n \x7f \ud800 \u200b \t"
        finding = LONG._replace(message=evil, help=evil, path=evil, reference=evil, excerpt=Excerpt(evil, 3))
        stream = io.StringIO()
        with TextReporter(stream, Terms({evil: evil})) as reporter:
            reporter.verdict(
                verdict(finding, finding._replace(accepted=evil), source=evil, service=evil, operation=evil)
            )
            reporter.error(evil, evil)
            reporter.note(evil, evil)
        assert stream.getvalue().replace("\n", "").isprintable()

    def test_colours_change_nothing_but_the_colours(self):
        painted = text_of(verdict(LONG, ZONE, INFO), verdict(), style=Style(colours=True))
        assert "\x1b[" in painted
        plain = painted
        for code in ("31;1", "33;1", "36;1", "0", "1", "2", "31", "32", "33", "36"):
            plain = plain.replace(f"\x1b[{code}m", "")
        assert plain == text_of(verdict(LONG, ZONE, INFO), verdict())

    def test_no_line_of_text_is_wider_than_the_terminal(self):
        wordy = LONG._replace(message="word " * 60, help="other " * 60, path="/x", excerpt=Excerpt("y" * 300, 200))
        lines = text_of(verdict(wordy), style=Style(width=50)).splitlines()
        findings = lines[: lines.index("")]
        assert max(map(columns_of, findings)) <= 50
        assert sum(line.count("word") for line in findings) == 60


class TestJson:
    def test_the_object_has_exactly_the_promised_members(self):
        stream = io.StringIO()
        with JsonReporter(stream, TERMS) as reporter:
            reporter.verdict(verdict(LONG, not_checked=("http",)))
            reporter.error("b.http", "line 3: broken")
            reporter.note("soap-contracts.toml", "an allow is out of date")
            reporter.skipped(2)
            reporter.incomplete("client", "ended too soon")
            reporter.client(0)
        assert json.loads(stream.getvalue()) == {
            "version": 1,
            "tool": VERSION,
            "contracts": {"luminate": "1.0", "ongoing": "1.0"},
            "messages": [
                {
                    "source": "a.http",
                    "index": 0,
                    "service": "ongoing",
                    "operation": "SetTimeOfLastSync",
                    "kind": "request",
                    "verdict": "fail",
                    "not_checked": ["http"],
                    "findings": [
                        {
                            "rule": "schema/max-length",
                            "layer": "documented",
                            "severity": "error",
                            "message": "IntegrationType has 51 characters, at most 50 are allowed",
                            "help": "Shorten it.",
                            "reference": "XSD 1.0 part 2, section 4.3.3",
                            "line": 7,
                            "column": 9,
                            "path": "/soap:Envelope/soap:Body/ongoing:SetTimeOfLastSync/ongoing:IntegrationType",
                        }
                    ],
                }
            ],
            "errors": [
                {"source": "b.http", "message": "line 3: broken"},
                {"source": "client", "message": "ended too soon"},
            ],
            "notes": [{"source": "soap-contracts.toml", "message": "an allow is out of date"}],
            "client": {"exit_code": 0},
            "summary": {
                "messages": 1,
                "passed": 0,
                "failed": 1,
                "skipped": 2,
                "unreadable": 1,
                "missing": 0,
                "malformed": 0,
                "unmatched": 0,
                "misconduct": 0,
                "unexpected": 0,
                "incomplete": 1,
                "errors": 1,
                "warnings": 0,
                "infos": 0,
                "accepted": 0,
            },
        }

    def test_an_accepted_finding_says_why_and_is_counted_apart(self):
        found = json_of(verdict(KNOWN, ZONE))
        (message,) = found["messages"]
        assert message["verdict"] == "pass"
        assert [finding.get("accepted") for finding in message["findings"]] == ["known from the baseline", None]
        assert (found["summary"]["errors"], found["summary"]["accepted"]) == (0, 1)

    def test_without_messages_and_client_it_is_still_whole(self):
        found = json_of()
        assert list(found) == ["version", "tool", "contracts", "messages", "errors", "notes", "summary"]
        assert (found["messages"], found["errors"], found["notes"]) == ([], [], [])

    def test_it_is_ascii_and_takes_any_text(self):
        stream = io.StringIO()
        with JsonReporter(stream, TERMS) as reporter:
            reporter.verdict(verdict(LONG._replace(message="å \x1b \ud800 \U0001f600")))
        assert stream.getvalue().isascii()
        assert "\x1b" not in stream.getvalue()
        assert json.loads(stream.getvalue())["messages"][0]["findings"][0]["message"] == "å \x1b \ud800 \U0001f600"

    def test_each_message_is_written_when_it_comes(self):
        stream = io.StringIO()
        with JsonReporter(stream, TERMS) as reporter:
            reporter.verdict(verdict(source="first.xml"))
            assert "first.xml" in stream.getvalue()


class TestTerms:
    @pytest.mark.parametrize(
        ("fail_on", "failed"),
        [("error", [True, False, False]), ("warning", [True, True, False]), ("info", [True, True, True])],
    )
    def test_the_threshold_decides_what_fails(self, fail_on, failed):
        found = json_of(verdict(LONG), verdict(ZONE), verdict(INFO), terms=TERMS._replace(fail_on=fail_on))
        assert [message["verdict"] == "fail" for message in found["messages"]] == failed
        assert found["summary"]["failed"] == sum(failed)

    def test_findings_that_do_not_count_are_neither_reported_nor_counted(self):
        def counted(found: Verdict) -> Verdict:
            return found._replace(findings=tuple(each for each in found.findings if each.severity != "error"))

        found = json_of(verdict(LONG, ZONE), terms=TERMS._replace(counted=counted))
        (message,) = found["messages"]
        assert message["verdict"] == "pass"
        assert [finding["rule"] for finding in message["findings"]] == ["provider/no-time-zone"]
        assert (found["summary"]["errors"], found["summary"]["warnings"]) == (0, 1)

    @pytest.mark.parametrize("fail_on", ["error", "warning", "info"])
    def test_an_accepted_finding_never_fails(self, fail_on):
        found = json_of(verdict(KNOWN), terms=TERMS._replace(fail_on=fail_on))
        assert found["summary"]["failed"] == 0


class TestReporting:
    def test_an_owned_stream_is_closed_and_a_borrowed_one_is_not(self):
        owned, borrowed = io.StringIO(), io.StringIO()
        with TextReporter(owned, TERMS, owned=True), TextReporter(borrowed, TERMS):
            pass
        assert owned.closed
        assert not borrowed.closed

    def test_an_exception_leaves_out_the_summary(self):
        stream = io.StringIO()

        def interrupted():
            with TextReporter(stream, TERMS) as reporter:
                reporter.verdict(verdict())
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            interrupted()
        assert "1 message" not in stream.getvalue()

    @pytest.mark.parametrize("kind", [TextReporter, JsonReporter, JUnitReporter, SarifReporter, GithubReporter, five])
    def test_memory_does_not_grow_with_the_messages(self, kind):
        class Nowhere(io.TextIOBase):
            def write(self, text):
                return len(text)

        tracemalloc.start()
        with kind(Nowhere(), TERMS) as reporter:
            for number in range(1_000):
                reporter.verdict(verdict(LONG, source=f"{number}.http"))
                reporter.verdict(verdict(ZONE, source=f"{number}.http"))
            before, _ = tracemalloc.get_traced_memory()
            for number in range(3_000):
                reporter.verdict(verdict(LONG, source=f"{number}.http"))
                reporter.verdict(verdict(ZONE, source=f"{number}.http"))
            after, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert after - before < 100_000

    def test_the_formats_are_the_ones_that_the_command_line_offers(self):
        assert FORMATS == ("text", "json", "junit", "sarif", "github")


class TestTerminal:
    def test_printable_text_is_left_alone(self):
        assert escaped("Malmö 東京 😀 'x'") == "Malmö 東京 😀 'x'"

    def test_what_is_invisible_becomes_visible(self):
        assert escaped("1\xa0000\u2009\u200b\x1b[0m\n") == r"1\xa0000\u2009\u200b\x1b[0m\n"

    def test_the_caret_stands_below_its_character(self):
        for text in ("\t\tab^c", "東京^", "e\u0301\u0301^", "\x1b\x1b^", "\xa0^", "^"):
            shown, column = fitted(Excerpt(text, text.index("^")), None)
            assert columns_of(shown[: shown.index("^")]) == column

    @pytest.mark.parametrize("caret", [0, 1, 50, 119, 120])
    def test_a_wide_line_is_cut_around_its_caret(self, caret):
        shown, column = fitted(Excerpt("0123456789" * 12, caret), 40)
        assert columns_of(shown) <= 40
        assert shown[column : column + 1] == ("0123456789" * 12)[caret : caret + 1]

    def test_words_are_kept_whole_and_in_order(self):
        text = "the quick brown fox jumps over thelazydogthatislongerthanaline and rests"
        lines = wrapped(text, 16)
        assert " ".join(lines) == text
        assert [line for line in lines if columns_of(line) > 16] == ["thelazydogthatislongerthanaline"]

    @pytest.mark.parametrize(
        ("terminal", "environment", "colours"),
        [
            (True, {}, True),
            (False, {}, False),
            (True, {"TERM": "dumb"}, False),
            (True, {"NO_COLOR": "1"}, False),
            (True, {"NO_COLOR": ""}, True),
            (False, {"FORCE_COLOR": "1"}, True),
            (True, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ],
    )
    def test_colours_follow_the_terminal_and_the_users_wish(self, terminal, environment, colours):
        with a_terminal(80) if terminal else a_pipe() as stream:
            assert Style.of_stream(stream, environment).colours is colours

    @pytest.mark.parametrize(("columns", "width"), [(80, 80), (7, 40), (500, 120), (0, 80)])
    def test_a_terminal_wraps_at_its_width_within_reason(self, columns, width):
        with a_terminal(columns) as stream:
            assert Style.of_stream(stream, {}).width == width

    def test_nothing_else_wraps(self):
        with a_pipe() as stream:
            assert Style.of_stream(stream, {}).width is None
        assert Style.of_stream(io.StringIO(), {}) == Style()
