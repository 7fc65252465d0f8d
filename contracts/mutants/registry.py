"""The tables of mutations and near misses: by the id of a rule, the functions that make the messages for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from contracts.messages import Message  # noqa: TC001 - a NamedTuple's annotation, which type hints resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .subject import Subject

    Change = Callable[[Subject], Iterator[tuple[str, Message]]]


class Mutant(NamedTuple):
    """A message with exactly one fault or, as a near miss, with none.

    ``rule`` is the id of the rule that must fire, and of a near miss the one that must not. ``name`` says in words
    joined by hyphens what was done, and quotes no value of the message; no two mutants of one message and one rule
    share it.
    """

    rule: str
    name: str
    message: Message


MUTATIONS: dict[str, list[Change]] = {}
NEAR_MISSES: dict[str, list[Change]] = {}


def mutation(*rules: str) -> Callable[[Change], Change]:
    """Register the decorated function: each (name, message) that it yields breaks ``rules`` and nothing else."""
    return _registering(MUTATIONS, rules)


def near_miss(*rules: str) -> Callable[[Change], Change]:
    """Register the decorated function: what it yields passes, and comes close to what ``rules`` forbid."""
    return _registering(NEAR_MISSES, rules)


def _registering(table: dict[str, list[Change]], rules: tuple[str, ...]) -> Callable[[Change], Change]:
    def register(change: Change) -> Change:
        for rule in rules:
            table.setdefault(rule, []).append(change)
        return change

    return register
