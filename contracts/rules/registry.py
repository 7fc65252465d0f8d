"""The table of rules: `@rule` puts a function into it; the order of definition is the order of judging."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from contracts.findings import Layer, Severity
    from contracts.model import Field, Level, Service
    from contracts.xml import Element

    from .case import Case
    from .deviations import Deviation

    Judge = Callable[[Case], Iterator["Problem"]]
    DeviationJudge = Callable[[Case, Deviation], "Problem"]
    ValueJudge = Callable[[Case, Element, Field, str], "Problem | None"]

#: When a rule has something to judge, so that a good message meets few of them.
Stage = Literal[
    "http",  # HTTP metadata is known
    "text",  # the document is more than plain UTF-8 and XML 1.0, or less
    "blocks",  # the Header has blocks other than the one that the operation needs
    "header",  # likewise, or it lacks that one
    "style",  # an encodingStyle stands somewhere
    "comments",  # a comment stands somewhere
    "fault",  # the payload is a Fault
    "relations",  # the payload takes part in a relation, or its request is known
    "irregular",  # the envelope is not an optional Header and a Body with one payload
    "refused",  # libxml2 refused it: the schemas rule out all that these rules look for
    "deviations",  # likewise, for each deviation from the declaration
    "last",  # likewise, and no rule has said why
    "values",  # each value of a declared field
]


class Problem(NamedTuple):
    """What a rule says: the sentence, what to do, and the place: an element, a byte offset of the document, a header.

    ``field_type`` is the XSD built-in type of the field in question, for what the provider does with just that.
    """

    message: str
    help: str = ""
    at: Element | int | None = None
    header: str | None = None
    field_type: str | None = None


def problem_of(deviation: Deviation, message: str, help_: str) -> Problem:
    """A problem at the element of ``deviation``, about its declared field."""
    field = deviation.field
    return Problem(message, help_, at=deviation.element, field_type=field.base)


class Rule(NamedTuple):
    """One rule; ``doc`` is its documentation, which `soap-contracts explain` prints."""

    id: str
    layer: Layer
    severity: Level
    reference: str
    since: str
    stage: Stage
    doc: str
    judge: Judge | None = None
    judge_deviation: DeviationJudge | None = None
    judge_value: ValueJudge | None = None
    applies: Callable[[Field], bool] | None = None

    @property
    def family(self) -> str:
        """The part of the id before the slash."""
        return self.id.partition("/")[0]

    def severity_for(self, service: Service | None) -> Severity | None:
        """How bad a finding of this rule is at ``service``; None where the rule is off."""
        if service is not None and self.stage == "header" and not service.needs_a_header:
            return None
        stated = None if service is None else service.severities.get(self.id)
        level = self.severity if stated is None else stated.level
        return None if level == "off" else level


RULES: dict[str, Rule] = {}


def rule(
    id_: str, layer: Layer, severity: Level, reference: str, *, stage: Stage, since: str = "0.1.0"
) -> Callable[[Judge], Judge]:
    """Register the decorated function as the rule ``id_``. Its docstring is public documentation."""

    def register(judge: Judge) -> Judge:
        RULES[id_] = Rule(id_, layer, severity, reference, since, stage, _clean(judge.__doc__ or ""), judge=judge)
        return judge

    return register


def deviation_rule(
    id_: str, layer: Layer, severity: Level, reference: str, *, since: str = "0.1.0"
) -> Callable[[DeviationJudge], DeviationJudge]:
    """Register the decorated function as the rule that words the deviations of this name."""

    def register(judge: DeviationJudge) -> DeviationJudge:
        doc = _clean(judge.__doc__ or "")
        RULES[id_] = Rule(id_, layer, severity, reference, since, "deviations", doc, judge_deviation=judge)
        return judge

    return register


def value_rule(
    id_: str, layer: Layer, severity: Level, reference: str, *, applies: Callable[[Field], bool], since: str = "0.1.0"
) -> Callable[[ValueJudge], ValueJudge]:
    """Register the decorated function as a rule on each value of the declared fields that it ``applies`` to."""

    def register(judge: ValueJudge) -> ValueJudge:
        doc = _clean(judge.__doc__ or "")
        RULES[id_] = Rule(id_, layer, severity, reference, since, "values", doc, judge_value=judge, applies=applies)
        return judge

    return register


def _clean(docstring: str) -> str:
    """The docstring without the indentation of its function; inspect and textwrap would cost a cold start dearly."""
    first, _, rest = docstring.strip().partition("\n")
    return "\n".join([first, *(line.removeprefix("    ") for line in rest.split("\n"))]).strip()


def unknown_rules(service: Service) -> list[str]:
    """The ids that the contract of ``service`` gives a severity or a consequence and that are no rules, sorted."""
    return sorted((service.severities.keys() | service.consequences.keys()) - RULES.keys())
