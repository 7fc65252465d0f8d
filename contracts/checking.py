"""A message -> its verdict: what it is, what libxml2 says of it, and what every rule that applies has found."""

from __future__ import annotations

from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from .catalog import shipped
from .errors import ContractViolation
from .findings import Finding, Verdict
from .messages import Message, given_fields, message_of
from .rules import MOST_FINDINGS, RULES, ask_engine, open_case, value_plan
from .xml import value_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .catalog import Catalog
    from .findings import Severity
    from .messages import Direction
    from .model import Service
    from .rules import Case, Problem, Rule, Stage, ValuePlan
    from .rules.registry import Judge
    from .xml import Element

#: A sentence of more characters quotes a name that nobody can read.
_LONGEST: Final = 600
_REFUSING: Final = ("irregular", "refused")
_NOTHING: Final = (None,) * 7
_EXPLAINING: Final = ("soap", "schema", "contract")


def check(  # noqa: PLR0913 - the parts of an HTTP exchange, all optional and keyword-only
    body_or_message: bytes | str | Message,
    *,
    headers: Mapping[str, str] | Iterable[tuple[str, str]] | None = None,
    status: int | None = None,
    method: str | None = None,
    url: str | None = None,
    request: bytes | str | Message | None = None,
    service: str | None = None,
    kind: Direction | None = None,
    catalog: Catalog | None = None,
) -> Verdict:
    """Judge one message, in either direction.

    ``body_or_message`` is the body's bytes as sent (a str is taken as its UTF-8 bytes) or a Message, in which the other
    arguments then replace what they name. ``headers`` is a mapping or pairs, ``status`` a response's HTTP status,
    ``method`` and ``url`` a request's (no rule looks at ``url``; your own reports may); without headers the ``http/``
    rules are not checked. ``request`` is the request that a response answers, ``service`` the name of the service that
    the message is judged by whatever it says itself, ``kind`` the direction.

    Broken messages are findings, at most a hundred of one rule. Raises TypeError and ValueError for arguments that
    are none of this, UnknownNameError for a service that ``catalog`` (the shipped one by default) does not have, and
    ContractError for a schema that does not compile.
    """
    message = Message(body_or_message) if type(body_or_message) is bytes else message_of(body_or_message)
    known = (headers, status, method, url, request, service, kind)
    if known != _NOTHING:
        message = message._replace(**given_fields(*known))
    return _judge(message, catalog or shipped())


def assert_valid(body_or_message: bytes | str | Message, **known: Any) -> Verdict:
    """As `check`, and raise ContractViolation, whose text is the list of errors, when an error is found."""
    __tracebackhide__ = True
    verdict = check(body_or_message, **known)
    body_or_message = b""  # pytest may print the arguments of this frame, and secrets are in them
    if not verdict.passed:
        raise ContractViolation(_report(verdict))
    return verdict


def _report(verdict: Verdict) -> str:
    what = " ".join(part for part in (verdict.service, verdict.operation, verdict.kind) if part)
    errors = [finding for finding in verdict.findings if finding.severity == "error"]
    lines = [f"  {error.line}:{error.column} {error.rule}: {error.message}. {error.help}" for error in errors]
    return "\n".join([f"{verdict.source}: {what} breaks its contract", *lines])


def _judge(message: Message, catalog: Catalog) -> Verdict:
    case = open_case(message, catalog)
    if catalog.known is not None:
        catalog.known.learn(case.document.encoded.data)
    ask_engine(case)
    findings: list[Finding] = []
    payload = case.payload
    if payload is not None and case.declaration is not None:
        _judge_values(case, payload, value_plan(case.service, case.declaration), findings)
    for stage in _stages(case):
        _judge_stage(case, stage, findings)
    if len(findings) > 1:
        findings.sort(key=lambda finding: (finding.line, finding.column))
    return Verdict(
        message.source,
        message.index,
        case.service.name if case.service else None,
        case.operation.name if case.operation and (case.known_payload or case.named or case.kind == "fault") else None,
        case.kind,
        tuple(findings),
        () if message.headers is not None else ("http",),
        message.decoded,
    )


def _stages(case: Case) -> list[Stage]:
    """The stages that have something to judge; `schema/invalid` comes last: it speaks when all others are silent."""
    stages: list[Stage] = []
    if case.message.headers is not None:
        stages.append("http")
        if not case.message.body or case.is_error_page:
            return stages
    if not case.document.plain or case.envelope is None:
        stages.append("text")
    if case.envelope is not None:
        _add_envelope_stages(case, stages)
        if not case.envelope.regular:
            stages.append("irregular")
        if case.refused:
            stages += "refused", "deviations", "last"
    return stages


def _add_envelope_stages(case: Case, stages: list[Stage]) -> None:
    data = case.document.encoded.data
    if not case.has_usual_header:
        stages += "blocks", "header"
    if b"encodingStyle" in data:
        stages.append("style")
    if b"!" in data and b"<!--" in data:  # one byte is found in no time, and mostly is not there
        stages.append("comments")
    if case.kind == "fault":
        stages.append("fault")
    elif case.asked is not None or case.has_relations:
        stages.append("relations")


@cache
def _plan(service: Service | None, stage: Stage) -> tuple[tuple[Rule, Judge, Severity], ...]:
    return tuple(
        (rule, rule.judge, severity)
        for rule in RULES.values()
        if rule.stage == stage and rule.judge is not None and (severity := rule.severity_for(service)) is not None
    )


def _judge_stage(case: Case, stage: Stage, findings: list[Finding]) -> None:
    if stage == "deviations":
        _judge_deviations(case, findings)
    for rule, judge, severity in _plan(case.service, stage):
        for problem in islice(judge(case), MOST_FINDINGS):
            known = severity == "error" and rule.family in _EXPLAINING
            case.explained = case.explained or known or stage in _REFUSING
            found = _capped(case, severity) if stage == "last" else severity
            findings.append(_finding(case, rule, found, problem))


def _judge_deviations(case: Case, findings: list[Finding]) -> None:
    for deviation in case.deviations:
        rule = RULES[f"schema/{deviation.rule}"]
        severity = rule.severity_for(case.service)
        case.explained = True
        if severity is not None and rule.judge_deviation is not None:
            found = _capped(case, severity) if case.is_payload(deviation.element) else severity
            findings.append(_finding(case, rule, found, rule.judge_deviation(case, deviation)))


def _judge_values(case: Case, element: Element, plan: ValuePlan, findings: list[Finding]) -> None:
    for child in element:
        entry = plan.get(child.tag)
        if entry is None:
            continue
        field, rules, below = entry
        if below is not None:
            _judge_values(case, child, below, findings)
            continue
        text = value_of(child) if len(child) else child.text or ""
        for rule, judge, severity in rules:
            problem = judge(case, child, field, text)
            if problem is not None and len(findings) < MOST_FINDINGS:
                findings.append(_finding(case, rule, severity, problem))


def _capped(case: Case, severity: Severity) -> Severity:
    """What is inferred is never an error: a payload that no page prints can break its model without being wrong."""
    return "warning" if severity == "error" and case.basis == "inferred" else severity


def _finding(case: Case, rule: Rule, severity: Severity, problem: Problem) -> Finding:
    places, message = case.places, case.message
    path, line, column, excerpt = "", 0, 0, None
    if problem.header is not None:
        line, column = _header_line(message, problem.header)
    elif problem.at is not None:
        place = places.place(problem.at)
        line, column, excerpt = place.line + message.first_line - 1 if place.line else 0, place.column, place.excerpt
        path = "" if isinstance(problem.at, int) else places.path(problem.at)
    return Finding(
        rule=rule.id,
        layer=rule.layer,
        severity=severity,
        message=_sentence(case, problem.message),
        help=_help(case, rule, problem),
        reference=_reference(case, rule),
        line=line,
        column=column,
        path=path,
        excerpt=excerpt,
    )


def _sentence(case: Case, text: str) -> str:
    """``text`` without any secret, should a rule have quoted a name or a header that equals one; not too long."""
    text = case.places.masked.without_secrets(text)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _header_line(message: Message, name: str) -> tuple[int, int]:
    for (field, _), line in zip(message.headers or (), message.header_lines, strict=False):
        if field.lower() == name.lower():
            return line, 1
    return 0, 0


def _help(case: Case, rule: Rule, problem: Problem) -> str:
    consequence = case.service.consequences.get(rule.id) if case.service and case.direction != "response" else None
    if consequence is None or case.service is None:
        return _sentence(case, problem.help)
    by_type = dict(consequence.by_type) if consequence.by_type else {}
    text = by_type.get(problem.field_type or "", consequence.text)
    return f"{_sentence(case, problem.help)} {case.service.title} {text} ({consequence.ground.basis}).".lstrip()


def _reference(case: Case, rule: Rule) -> str:
    """The clause that the rule rests on, then what makes it count at this service: a severity's ground, or the page."""
    stated = case.service.severities.get(rule.id) if case.service else None
    if stated is not None:
        return f"{rule.reference}; {stated.ground.source} ({stated.ground.basis})"
    if rule.layer != "documented" or case.operation is None:
        return rule.reference
    return f"{rule.reference}; {case.operation.ground.source} ({case.basis})"
