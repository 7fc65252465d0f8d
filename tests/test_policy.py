"""What counts: selected and ignored rules, allowances, known violations."""

from __future__ import annotations

from datetime import date

import pytest

from contracts.errors import UnknownNameError
from contracts.findings import Finding, Verdict
from contracts.policy import IN_BASELINE, Allow, Policy, key_of, known_rules

TODAY = date(2026, 5, 1)
PATH = "/soap:Envelope/soap:Body/ongoing:SetTimeOfLastSync/ongoing:IntegrationType"
LONG = Finding("schema/max-length", "documented", "error", "51 characters", path=PATH)
ZONE = Finding("provider/no-time-zone", "provider", "warning", "no zone", path=PATH)
KEY = ("schema/max-length", "ongoing/SetTimeOfLastSync", PATH)


def verdict(*findings: Finding, operation: str | None = "SetTimeOfLastSync") -> Verdict:
    return Verdict("a.http", 0, "ongoing", operation, "request", findings)


def counted(policy: Policy, *findings: Finding) -> list[tuple[str, str]]:
    return [(finding.rule, finding.accepted) for finding in policy.counted(verdict(*findings)).findings]


class TestSelectAndIgnore:
    @pytest.mark.parametrize(
        ("select", "ignore", "kept"),
        [
            ([], [], True),
            (["schema"], [], True),
            (["http"], [], False),
            ([], ["schema"], False),
            ([], ["schema/max-length"], False),
            (["schema/max-length"], ["schema"], True),
            (["schema"], ["schema/max-length"], False),
            (["schema/integer"], [], False),
        ],
    )
    def test_what_names_the_rule_outweighs_what_names_its_family(self, select, ignore, kept):
        policy = Policy(select=known_rules(select), ignore=known_rules(ignore))
        assert counted(policy, LONG) == ([(LONG.rule, "")] if kept else [])

    def test_a_name_that_is_neither_rule_nor_family_is_refused_with_the_nearest(self):
        with pytest.raises(UnknownNameError, match="did you mean schema/max-length"):
            known_rules(["schema", "schema/max-lenght"])

    def test_nothing_wanted_means_that_everything_counts(self):
        assert Policy().is_plain
        assert not Policy(ignore=frozenset({"schema"})).is_plain


class TestAllowances:
    @pytest.mark.parametrize(
        "allow",
        [
            Allow("schema/max-length", "old"),
            Allow("schema", "old"),
            Allow("schema", "old", operation="ongoing/SetTimeOfLastSync"),
            Allow("schema", "old", operation="ongoing/*"),
            Allow("schema", "old", path=PATH),
            Allow("schema", "old", path="*/ongoing:IntegrationType"),
            Allow("schema", "old", expires=TODAY),
        ],
    )
    def test_accept_the_findings_that_they_describe_and_say_why(self, allow):
        policy = Policy(allows=[allow], today=TODAY)
        result = policy.counted(verdict(LONG))
        assert [finding.accepted for finding in result.findings] == ["old"]
        assert result.passed
        assert not result.fails_at("info")
        assert list(policy.notes()) == []

    @pytest.mark.parametrize(
        "allow",
        [
            Allow("schema/integer", "old"),
            Allow("http", "old"),
            Allow("schema", "old", operation="ongoing/GetTimeOfLastSync"),
            Allow("schema", "old", operation="ongoing"),
            Allow("schema", "old", path="ongoing:IntegrationType"),
            Allow("schema", "old", path=PATH.replace("Type", ".*")),
            Allow("schema", "old", path=PATH[:-1]),
        ],
    )
    def test_accept_nothing_else_and_are_reported_when_nothing_matched(self, allow):
        policy = Policy(allows=[allow], today=TODAY)
        assert counted(policy, LONG) == [(LONG.rule, "")]
        assert list(policy.notes()) == [f"an allow ({allow.rule}) matched nothing"]

    def test_that_have_expired_accept_nothing_and_are_reported(self):
        policy = Policy(
            allows=[Allow("schema", "old", expires=date(2026, 4, 30), place="[[allow]] number 1")], today=TODAY
        )
        assert list(policy.notes()) == ["[[allow]] number 1 (schema) expired on 2026-04-30: nothing needs it"]
        assert counted(policy, LONG) == [(LONG.rule, "")]
        assert list(policy.notes()) == ["[[allow]] number 1 (schema) expired on 2026-04-30: its findings count again"]

    def test_a_later_one_helps_where_an_earlier_one_has_expired(self):
        expired, later = Allow("schema", "old", expires=date(2026, 4, 30)), Allow("schema/max-length", "newer")
        assert counted(Policy(allows=[expired, later], today=TODAY), LONG) == [(LONG.rule, "newer")]

    def test_may_be_added_later_for_rules_that_exist(self):
        policy = Policy()
        policy.allow(Allow("schema", "found late"))
        assert counted(policy, LONG) == [(LONG.rule, "found late")]
        with pytest.raises(UnknownNameError):
            policy.allow(Allow("shema", "misspelt"))


class TestTheBaseline:
    def test_accepts_what_it_knows_by_rule_operation_and_path_never_by_value(self):
        policy = Policy(baseline=frozenset({KEY}))
        assert counted(policy, LONG._replace(message="another value", line=99)) == [(LONG.rule, IN_BASELINE)]

    @pytest.mark.parametrize(
        "other",
        [LONG._replace(rule="schema/integer"), LONG._replace(path=PATH + "[2]"), LONG._replace(path="")],
        ids=["rule", "path", "no path"],
    )
    def test_accepts_nothing_new(self, other):
        assert counted(Policy(baseline=frozenset({KEY})), other) == [(other.rule, "")]

    def test_does_not_know_the_same_in_another_operation(self):
        found = Policy(baseline=frozenset({KEY})).counted(verdict(LONG, operation="GetTimeOfLastSync"))
        assert not found.passed

    def test_key_of_a_message_that_tells_nothing_is_empty(self):
        unknown = Verdict("a.xml", 0, None, None, "unknown", (LONG,))
        assert key_of(unknown, LONG) == (LONG.rule, "", PATH)

    def test_what_no_longer_occurs_is_stale_once_its_operation_was_judged(self):
        policy = Policy(baseline=frozenset({KEY}))
        assert policy.stale() == []
        policy.counted(verdict(operation="GetTimeOfLastSync"))
        assert policy.stale() == []
        policy.counted(verdict())
        assert policy.stale() == [KEY]
        policy.counted(verdict(LONG))
        assert policy.stale() == []

    def test_names_twenty_that_are_stale_and_counts_the_rest(self):
        gone = {("schema/integer", "ongoing/SetTimeOfLastSync", f"/{number:02}") for number in range(23)}
        policy = Policy(baseline=frozenset(gone))
        policy.counted(verdict())
        *named, rest = policy.stale_notes()
        assert named[0] == "schema/integer no longer occurs at ongoing/SetTimeOfLastSync /00"
        assert (len(named), rest) == (20, "3 more no longer occur")

    def test_learns_what_fails_and_only_that(self):
        policy = Policy(learn=True)
        assert counted(policy, LONG, ZONE) == [(LONG.rule, IN_BASELINE), (ZONE.rule, "")]
        assert policy.learned() == {KEY}
        stricter = Policy(learn=True, fail_on="warning")
        stricter.counted(verdict(LONG, ZONE))
        assert {rule for rule, _, _ in stricter.learned()} == {LONG.rule, ZONE.rule}

    def test_does_not_learn_what_is_allowed_or_ignored(self):
        allowing = Policy(learn=True, allows=[Allow("schema", "old")])
        allowing.counted(verdict(LONG))
        ignoring = Policy(learn=True, ignore=frozenset({"schema"}))
        ignoring.counted(verdict(LONG))
        assert allowing.learned() == ignoring.learned() == frozenset()

    def test_keeps_on_learning_what_still_occurs_and_what_was_not_judged(self):
        gone = ("schema/integer", "ongoing/SetTimeOfLastSync", PATH)
        elsewhere = ("schema/integer", "luminate/Login", PATH)
        policy = Policy(baseline=frozenset({KEY, gone, elsewhere}), learn=True)
        policy.counted(verdict(LONG))
        assert policy.learned() == {KEY, elsewhere}
        assert policy.learned(forget=False) == {KEY, gone, elsewhere}
