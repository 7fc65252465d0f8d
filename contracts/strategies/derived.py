"""What derives from a message that is there: the same with one fault, and the same in other bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from contracts.catalog import shipped
from contracts.errors import UnknownNameError
from contracts.mutants import Mutant, every_mutant_of
from contracts.respellings import respelled
from contracts.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from hypothesis.strategies import SearchStrategy

    from contracts.catalog import Catalog
    from contracts.messages import Message


def mutants_of(
    message: Message, *, rules: Collection[str] | None = None, catalog: Catalog | None = None
) -> SearchStrategy[Mutant]:
    """``message``, which is valid, with exactly one fault; a Mutant tells its ``name`` and the ``rule`` that must fire.

    ``rules`` keeps to these rules or families, such as ``["schema"]``. Without the message's HTTP part there are no
    faults of ``http/``. Shrinks to the first mutant of the first rule. Raises UnknownNameError for a rule that does not
    exist, and ValueError for a message that is not valid or has no such mutant.
    """
    for name in rules or ():
        if name not in RULES and name not in {rule.family for rule in RULES.values()}:
            raise UnknownNameError.of("rule", name, RULES)
    wanted = frozenset(rule.id for rule in RULES.values() if rules is None or {rule.id, rule.family} & set(rules))
    found = [mutant for mutant in every_mutant_of(message, catalog=catalog or shipped()) if mutant.rule in wanted]
    if not found:
        raise ValueError(f"this message has no mutant of {', '.join(sorted(rules or ()))}")
    return st.sampled_from(found)


def respellings_of(message: Message) -> SearchStrategy[Message]:
    """``message`` in other bytes with the same infoset: other prefixes, quotes, references, CDATA, blanks, encodings.

    Its values and its verdict stay. Shrinks to the plainest spelling.
    """
    return _respelled(message)


@st.composite
def _respelled(draw: Callable[[SearchStrategy[int]], int], message: Message) -> Message:
    return respelled(message, lambda _, ways: draw(st.integers(0, ways - 1)))
