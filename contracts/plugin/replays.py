"""Tests that are answered from cassettes: those with the marker, each by a tape of its own."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

import pytest

from contracts.checking import check
from contracts.errors import SoapContractsError, UnmatchedRequestError
from contracts.recordings import replaying
from contracts.tapes import FOLDER, Tape, load_all, named

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from contracts.messages import Message

    from .watch import Watch

    Phase = Generator[None, Any, Any]

_OPTIONS: Final = frozenset({"ignore", "strict_order"})


class Replays:
    """The hooks. From its set-up to its teardown, fixtures included, all HTTP of a marked test goes to its cassettes.

    What it sends and gets is judged as if it had met the stub. A request that no cassette has fails the test, also
    where the client swallows the error; exchanges that nobody has asked for are noted at the end of the session.
    """

    def __init__(self, watch: Watch, marker: str) -> None:
        self._watch = watch
        self._marker = marker
        self._misuse = ""
        self._passed = False

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Phase:
        """Play the cassettes of ``item``, if it has any, while it runs."""
        marker = item.get_closest_marker(self._marker)
        if marker is None:
            return (yield)
        try:
            tape = self._tape(marker, os.path.dirname(item.path))
        except (SoapContractsError, TypeError) as error:
            self._misuse = f"{self._marker}: {error}"
            return (yield)
        self._passed = False
        with replaying(self._telling(tape), self._watch.catalog, self._judge):
            result = yield
        if self._passed:
            self._watch.tally.notes += [(item.nodeid, f"{one.place} was never asked for") for one in tape.unused]
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self) -> Phase:
        """Fail by a marker that cannot be used."""
        result = yield
        misuse, self._misuse = self._misuse, ""
        if misuse:
            pytest.fail(misuse, pytrace=False)
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember whether the test has passed: of one that has not nobody expects that it came to the end."""
        self._passed = self._passed or (report.when == "call" and report.passed)

    def _tape(self, marker: pytest.Mark, beside: str) -> Tape:
        options = dict(marker.kwargs)
        folder = options.pop("folder", None)
        if not marker.args or options.keys() - _OPTIONS:
            raise TypeError("it takes names of cassettes, and folder, ignore and strict_order")
        root = os.path.join(beside, FOLDER if folder is None else os.fspath(folder))
        paths = [named(name, root) if isinstance(name, str) else os.fspath(name) for name in marker.args]
        return Tape(load_all(paths, self._watch.catalog), self._watch.catalog, **options)

    def _telling(self, tape: Tape) -> Callable[[Message], Message]:
        """The answers of ``tape``; what has none fails the test, also where the client swallows what is raised."""

        def answer(request: Message) -> Message:
            __tracebackhide__ = True  # pytest would print the request, the argument of this frame
            try:
                return tape.answer(request)
            except UnmatchedRequestError as error:
                self._watch.take(error)
                raise

        return answer

    def _judge(self, message: Message) -> None:
        self._watch.take(check(message, catalog=self._watch.catalog))
