"""Which value rules apply to which declared field: worked out once for each payload declaration of a service."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from .registry import RULES

if TYPE_CHECKING:
    from contracts.findings import Severity
    from contracts.model import Field, Service

    from .registry import Rule, ValueJudge


class Entry(NamedTuple):
    """A declared field: the rules on its values or, where it is a group, the plan for what stands below it."""

    field: Field
    rules: tuple[tuple[Rule, ValueJudge, Severity], ...]
    below: ValuePlan | None


#: Entries by ``{namespace}local``; comments, whose tag is no string, find none.
ValuePlan = dict[object, Entry]


@cache
def value_plan(service: Service | None, declaration: Field) -> ValuePlan:
    """The plan for what stands below ``declaration``."""
    return {field.tag: _entry(service, field) for field in declaration.fields}


def _entry(service: Service | None, field: Field) -> Entry:
    if field.type is None:
        return Entry(field, (), value_plan(service, field))
    rules = tuple(
        (rule, rule.judge_value, severity)
        for rule in RULES.values()
        if rule.judge_value is not None and rule.applies is not None and rule.applies(field)
        and (severity := rule.severity_for(service)) is not None
    )  # fmt: skip
    return Entry(field, rules, None)
