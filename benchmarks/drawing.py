"""What drawing a message costs beside five hand-written strategies for its values, as JSON: `drawing.py ROUNDS`."""

from __future__ import annotations

import json
import sys
from datetime import UTC
from time import process_time
from typing import TYPE_CHECKING, Any, Final

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from contracts.strategies import from_request

if TYPE_CHECKING:
    from collections.abc import Callable

_EXAMPLES: Final = 500
_DRAWING: Final = settings(
    max_examples=_EXAMPLES,
    database=None,
    derandomize=True,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)

#: What somebody would write who knows the page and not the corners of XSD.
BY_HAND: Final = st.fixed_dictionaries(
    {
        "UserName": st.text(max_size=50),
        "Password": st.text(max_size=50),
        "GoodsOwnerId": st.integers(-(2**31), 2**31 - 1).map(str),
        "IntegrationType": st.text(),
        "syncTime": st.datetimes(timezones=st.just(UTC)).map(lambda time: time.isoformat()),
    }
)


def main(rounds: int) -> dict[str, float]:
    """The least CPU time of one example, in microseconds, ours and the peer's, which take turns."""
    sides = {"ours": _drawing(from_request("ongoing/SetTimeOfLastSync")), "peer": _drawing(BY_HAND)}
    best = dict.fromkeys(sides, float("inf"))
    for _ in range(rounds):
        for name, work in sides.items():
            best[name] = min(best[name], _seconds(work) / _EXAMPLES * 1e6)
    return best


def _drawing(strategy: st.SearchStrategy[Any]) -> Callable[[], None]:
    @_DRAWING
    @given(strategy)
    def draw(_: object) -> None:
        pass

    return draw


def _seconds(work: Callable[[], None]) -> float:
    start = process_time()
    work()
    return process_time() - start


if __name__ == "__main__":
    json.dump(main(int(sys.argv[1])), sys.stdout)
