"""Hypothesis's profiles, and the table of what was drawn.

`dev` draws anew in each run, `ci` is the same in each and bounded, `nightly` is long; HYPOTHESIS_PROFILE or
`--hypothesis-profile` chooses. No database holds what was drawn in CI.
"""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING, Any, Final

import drawn
import pytest
from hypothesis import HealthCheck, settings
from profiles import PROFILE

if TYPE_CHECKING:
    from collections.abc import Generator

_OUTPUT: Final = "drawn"

settings.register_profile("dev", max_examples=15, deadline=None)
settings.register_profile("ci", max_examples=100, deadline=None, derandomize=True, database=None, print_blob=True)
settings.register_profile(
    "nightly", max_examples=2000, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(PROFILE)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors, because many tests wait for another process."""
    return len(os.sched_getaffinity(0)) + 1 if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1) + 1


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Keep the garbage collector off the thousands of tests: they stay to the end, and to walk through them is dear.

    Hypothesis asks for a full collection, and for all that refers to its generator, in each thread that draws.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        _freeze()


@pytest.fixture(scope="module", autouse=True)
def _frozen() -> None:
    """What the modules before have cached stays too."""
    _freeze()


def _freeze() -> None:
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None, Any, Any]:
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[_OUTPUT] = drawn.exported()
    return (yield)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    drawn.add(getattr(node, "workeroutput", {}).get(_OUTPUT, []))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    lines = drawn.table()
    if lines:
        terminalreporter.section("values drawn, by class")
        for line in lines:
            terminalreporter.write_line(line)
