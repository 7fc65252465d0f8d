"""The examples of a Hypothesis test, each judged alone: what one has sent must not fail the next, which is sound."""

from __future__ import annotations

import contextlib
import functools
import inspect
from typing import TYPE_CHECKING, Any

from contracts.errors import ContractViolation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pytest

    from .violations import Violation


class Examples:
    """Those of the test that runs; ``judge`` judges what has come since it was last called.

    They are met at the handle that Hypothesis offers to plugins, ``test.hypothesis.inner_test``, which all
    parametrizations of a test share. Hypothesis itself is not imported.
    """

    def __init__(self, judge: Callable[[], Violation | None]) -> None:
        self._judge = judge
        self._handle: Any = None
        self._original: Any = None
        self._left: Violation | None = None

    @contextlib.contextmanager
    def of(self, item: pytest.Item) -> Iterator[None]:
        """Judge each example of ``item``, and leave the test as it was."""
        self.judge_those_of(item)
        try:
            yield
        finally:
            if self._handle is not None:
                self._handle.inner_test = self._original
            self._handle = self._original = None

    def judge_those_of(self, item: pytest.Item) -> None:
        """Judge each example of ``item`` from now on.

        Once before all plugins, and once more after those that put in what runs a coroutine.
        """
        handle = getattr(getattr(item, "obj", None), "hypothesis", None)
        inner = getattr(handle, "inner_test", None)
        if handle is None or inner is None:
            return
        if self._handle is None:
            self._handle, self._original = handle, inner
        if not inspect.iscoroutinefunction(inner) and not getattr(inner, "judges_examples", False):
            handle.inner_test = self._judging(inner)

    def left(self) -> Violation | None:
        """What fails the test if nothing else does, and once: it came before an example, or in one that has raised."""
        left, self._left = self._left, None
        return left

    def _judging(self, inner: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(inner)  # Hypothesis makes the key of its database from the source
        def example(*args: Any, **known: Any) -> Any:
            __tracebackhide__ = True  # pytest would print the arguments of this frame
            self._keep(self._judge())
            try:
                result = inner(*args, **known)
            except BaseException:
                self._keep(self._judge())
                raise
            violation = self._judge()
            if violation is not None:
                self._left = None
                raise ContractViolation(violation.report())
            return result

        example.judges_examples = True  # type: ignore[attr-defined] # a function takes any
        return example

    def _keep(self, violation: Violation | None) -> None:
        self._left = violation or self._left
