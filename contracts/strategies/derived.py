"""What derives from a message that is there: the same with one fault, and the same in other bytes."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from contracts.errors import UnknownNameError
from contracts.mutants import Mutant, every_mutant_of
from contracts.respellings import respelled
from contracts.rules import RULES

from .asking import known_catalog, known_message

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from hypothesis.strategies import SearchStrategy

    from contracts.catalog import Catalog
    from contracts.messages import Message


def mutants_of(
    message: Message, *, rules: Collection[str] | str | None = None, catalog: Catalog | None = None
) -> SearchStrategy[Mutant]:
    """``message``, which is valid, with exactly one fault; a Mutant tells its ``name`` and the ``rule`` that must fire.

    ``rules`` keeps to these rules or families, such as ``["schema"]``, or to one. Without the message's HTTP part there
    are no faults of ``http/``. Shrinks to the first mutant of the first rule. Raises UnknownNameError for a rule that
    does not exist, ValueError for a message that is not valid or has no such mutant, TypeError for what is no message.
    """
    known_message(message)
    known_catalog(catalog)
    rules = (rules,) if isinstance(rules, str) else rules
    for name in rules or ():
        if name not in RULES and name not in {rule.family for rule in RULES.values()}:
            raise UnknownNameError.of("rule", name, RULES)
    wanted = [rule.id for rule in RULES.values() if rules is None or {rule.id, rule.family} & set(rules)]
    if next(every_mutant_of(message, rules=wanted, catalog=catalog), None) is None:
        raise ValueError(f"this message has no mutant of {', '.join(sorted(rules or ()))}")

    @cache
    def of_rule(rule: str) -> list[Mutant]:
        return list(every_mutant_of(message, rules=[rule], catalog=catalog))

    # The rule first: some have a hundred mutants and some have one, and making them all is seldom worth it.
    return st.sampled_from(wanted).map(of_rule).filter(bool).flatmap(st.sampled_from)


def respellings_of(message: Message) -> SearchStrategy[Message]:
    """``message`` in other bytes with the same infoset: other prefixes, quotes, references, CDATA, blanks, encodings.

    Its values and its verdict stay. Shrinks to the plainest spelling.
    """
    return _respelled(known_message(message))


@st.composite
def _respelled(draw: Callable[[SearchStrategy[int]], int], message: Message) -> Message:
    return respelled(message, lambda _, ways: draw(st.integers(0, ways - 1)))
