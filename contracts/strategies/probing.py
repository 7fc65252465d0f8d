"""Values of a type whose facets no strategy can build in: candidates, of which those that fit are kept.

A filter would trip Hypothesis's health checks, several in one message all the more. So the candidates are tried once,
when the strategy is made: those that fit stand in for those that do not.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument, Unsatisfiable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hypothesis.strategies import SearchStrategy

    Texts = SearchStrategy[str]

#: The same candidates in each process. Nothing of them is kept, printed or timed.
_PROBE: Final = settings(
    max_examples=100,
    database=None,
    derandomize=True,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
    verbosity=Verbosity.quiet,
)
#: Of ten candidates one must fit, or the candidates of this kind are not worth drawing.
_WORTH: Final = 10


def those_that_fit(kinds: Sequence[Texts], fits: Callable[[str], bool]) -> Texts | None:
    """What fits of ``kinds`` of candidates, the plainest kind first; None where a hundred of each have nothing."""
    found: dict[str, None] = {}
    worth = []
    for kind in kinds:
        candidates = candidates_of(kind)
        fitting = [text for text in candidates if fits(text)]
        found.update(dict.fromkeys(fitting))
        if fitting and len(fitting) * _WORTH >= len(candidates):
            worth.append(kind)
    if not found:
        return None
    spares = st.sampled_from(sorted(found, key=lambda text: (len(text), text)))
    if not worth:
        return spares
    # A spare is drawn each time: of two values, Hypothesis takes the one of fewer draws for the plainer.
    return st.builds(lambda text, spare: text if fits(text) else spare, st.one_of(worth), spares)


def candidates_of(texts: Texts) -> list[str]:
    """A hundred of ``texts``, or all where they are fewer; none of a strategy that cannot draw."""
    # In a thread of its own, since a test may be running: what happens here is none of that test's examples.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(_drawn, texts).result()


def _drawn(texts: Texts) -> list[str]:
    found: list[str] = []

    @_PROBE
    @given(texts)
    def keep(text: str) -> None:
        found.append(text)

    with suppress(InvalidArgument, Unsatisfiable):
        keep()
    return found
