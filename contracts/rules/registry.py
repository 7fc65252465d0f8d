"""The table of rules: `@rule` puts a function into it; the order of definition is the order of judging."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from contracts.findings import Layer, Severity
    from contracts.model import Level, Service
    from contracts.xml import Element

    from .case import Case

    Judge = Callable[[Case], Iterator["Problem"]]

#: When a rule has something to judge: HTTP metadata is known; always; there is an Envelope; libxml2 refused it (the
#: schemas rule out everything that these rules look for, so an accepted envelope need not be asked).
Stage = Literal["http", "text", "tree", "refused"]


class Problem(NamedTuple):
    """What a rule says: the sentence, what to do, and the place: an element, a byte offset of the document, or a header.

    ``field_type`` is the XSD built-in type of the field in question, for what the provider does with just that.
    """

    message: str
    help: str = ""
    at: Element | int | None = None
    header: str | None = None
    field_type: str | None = None


class Rule(NamedTuple):
    """One rule; ``doc`` is its documentation, which `soap-contracts explain` prints."""

    id: str
    layer: Layer
    severity: Level
    reference: str
    since: str
    stage: Stage
    judge: Judge
    doc: str

    @property
    def family(self) -> str:
        """The part of the id before the slash."""
        return self.id.partition("/")[0]

    def severity_for(self, service: Service | None) -> Severity | None:
        """How bad a finding of this rule is at ``service``; None where the rule is off."""
        level = self.severity if service is None else service.severities.get(self.id, self.severity)
        return None if level == "off" else level


RULES: dict[str, Rule] = {}


def rule(
    id_: str, layer: Layer, severity: Level, reference: str, *, stage: Stage, since: str = "0.1.0"
) -> Callable[[Judge], Judge]:
    """Register the decorated function as the rule ``id_``. Its docstring is public documentation."""

    def register(judge: Judge) -> Judge:
        RULES[id_] = Rule(id_, layer, severity, reference, since, stage, judge, _clean(judge.__doc__ or ""))
        return judge

    return register


def _clean(docstring: str) -> str:
    first, _, rest = docstring.partition("\n")
    return f"{first.strip()}\n{textwrap.dedent(rest)}".strip()
