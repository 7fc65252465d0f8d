"""Tests that are answered from cassettes: those with the marker, each by a tape of its own."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

import pytest

from contracts.checking import check
from contracts.errors import SoapContractsError, UnmatchedRequestError
from contracts.recordings import replaying
from contracts.tapes import FOLDER, Tape, load_all, named

from .violations import Shown, Violation

if TYPE_CHECKING:
    from collections.abc import Generator

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
        #: None where the marker cannot be used: then nothing is answered, and nothing leaves the process.
        self._tape: Tape | None = None
        self._passed = self._failed = False

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Phase:
        """Play the cassettes of ``item``, if it has any, while it runs."""
        if item.get_closest_marker(self._marker) is None:
            return (yield)
        self._tape = None
        with replaying(self._answer, self._watch.catalog, self._judge):
            result = yield
        if self._tape is not None and self._passed and not self._failed:
            self._watch.tally.notes += [(item.nodeid, f"{one.place} was never asked for") for one in self._tape.unused]
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Phase:
        """Load the cassettes, anew where a plugin runs a test again, and fail by a marker that cannot be used.

        Not at once: what other plugins do in this phase would be cut short. What a fixture raises because nothing
        answers it is not told then.
        """
        misuse = self._load(item)
        result = None
        try:
            result = yield
        except Exception:
            if not misuse:
                raise
        if misuse:
            pytest.fail(misuse, pytrace=False)
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Show a request that has no answer as what it is, without the frames of the client, which hold the request."""
        report = yield
        error = None if call.excinfo is None else call.excinfo.value
        if isinstance(error, UnmatchedRequestError):
            shown = Shown(Violation((), "error", (error,)), item)
            report.longrepr = shown  # type: ignore[assignment] # pytest asks for toterminal(), not for the type
            report.sections = [(name, text) for name, text in report.sections if text != str(shown)]
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember whether the test has passed: of one that has not nobody expects that it came to the end.

        The last report of a call is that of the test, after those of its subtests, whose failures it leaves out.
        """
        if report.failed:
            self._failed = True
        elif report.when == "call":
            self._passed = report.passed

    def _load(self, item: pytest.Item) -> str:
        """Load the cassettes of ``item``, if it has any; what is wrong with its marker, or ""."""
        marker = item.get_closest_marker(self._marker)
        self._tape, self._passed, self._failed = None, False, False
        if marker is None:
            return ""
        try:
            self._tape = self._tape_of(marker, os.path.dirname(item.path))
        except (SoapContractsError, TypeError, ValueError) as error:
            return f"{self._marker}: {error}"
        return ""

    def _tape_of(self, marker: pytest.Mark, beside: str) -> Tape:
        options = dict(marker.kwargs)
        folder = options.pop("folder", None)
        if not marker.args or options.keys() - _OPTIONS:
            raise TypeError("it takes names of cassettes, and folder, ignore and strict_order")
        root = os.path.join(beside, FOLDER if folder is None else os.fspath(folder))
        known = root if folder is not None or os.path.isdir(root) else None
        paths = [named(name, known) if isinstance(name, str) else os.fspath(name) for name in marker.args]
        return Tape(load_all(paths, self._watch.catalog), self._watch.catalog, **options)

    def _answer(self, request: Message) -> Message:
        """The recorded answer; a request that has none fails the test, also where the client swallows the error."""
        __tracebackhide__ = True  # pytest would print the request, the argument of this frame
        if self._tape is None:
            raise UnmatchedRequestError("no cassette is in use")
        try:
            return self._tape.answer(request)
        except UnmatchedRequestError as error:
            self._watch.take(error)
            raise

    def _judge(self, message: Message) -> None:
        self._watch.take(check(message, catalog=self._watch.catalog))
