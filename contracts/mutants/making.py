"""All mutants and all near misses of a message, made one at a time."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from contracts.catalog import shipped
from contracts.rules import RULES

from .registry import MUTATIONS, NEAR_MISSES, Mutant
from .subject import Subject

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from contracts.catalog import Catalog
    from contracts.messages import Message

    from .registry import Change


def every_mutant_of(
    message: Message, *, rules: Collection[str] | None = None, catalog: Catalog | None = None
) -> Iterator[Mutant]:
    """The messages that differ from ``message`` by one fault, with the rule that must fire: always the same ones.

    ``message`` is a valid request, response or fault, ``catalog`` (the shipped one by default) has its service;
    ``rules`` keeps to the mutants of these. Each mutant is made when it is asked for. Without HTTP metadata there are
    none of ``http/``, and there are none of a rule that is off at the service or fires already.

    Raises ValueError for a message that does not pass by itself or is of no known operation.
    """
    return _made(Subject(message, catalog or shipped()), MUTATIONS, rules)


def every_near_miss_of(
    message: Message, *, rules: Collection[str] | None = None, catalog: Catalog | None = None
) -> Iterator[Mutant]:
    """Valid messages that come close to what a rule forbids: it must not fire. Otherwise as `every_mutant_of`."""
    return _made(Subject(message, catalog or shipped()), NEAR_MISSES, rules)


def _made(subject: Subject, table: dict[str, list[Change]], rules: Collection[str] | None) -> Iterator[Mutant]:
    for rule in RULES.values():
        if rules is not None and rule.id not in rules:
            continue
        if rule.severity_for(subject.service) is None or rule.id in subject.fired:
            continue
        names: Counter[str] = Counter()
        for change in table.get(rule.id, ()):
            for name, message in change(subject):
                names[name] += 1
                # Elements that may stand there several times share a name.
                yield Mutant(rule.id, name if names[name] == 1 else f"{name}-{names[name]}", message)
