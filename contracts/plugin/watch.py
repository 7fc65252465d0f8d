"""The hooks: whatever is sent while a test runs is judged, and fails that test."""

from __future__ import annotations

import io
import os
import threading
from typing import TYPE_CHECKING, Any, Final, Self

import pytest

from contracts.config import OPTIONS, settings_of
from contracts.errors import ContractViolation, SoapContractsError
from contracts.judging import catalog_of, policy_of
from contracts.policy import Policy
from contracts.reports import Style, Terms, TextReporter
from contracts.server import Stub

from .examples import Examples
from .fixture import SoapContracts
from .tally import Tally
from .violations import Shown, Violation

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from contracts.catalog import Catalog
    from contracts.config import Settings
    from contracts.findings import Verdict
    from contracts.policy import Allow
    from contracts.server import Exchange

    Phase = Generator[None, Any, Any]

_OPTION: Final = "soap_contracts_"
_FLAG: Final = "--soap-contracts-"
_MARKER: Final = "soap_contracts_allow"
_LOOPBACK: Final = "127.0.0.1"


class Watch:
    """Watches over one session. ``output`` is the key under which a worker of xdist hands on what it has met.

    Every message is judged once, at the end of the phase (set-up, call, teardown) in which it came; those of a set-up
    count for the call. What comes between two tests counts for the next one, and what comes after the last one makes
    the session fail.
    """

    def __init__(self, config: pytest.Config, settings: Settings, catalog: Catalog, output: str) -> None:
        self.fixture = SoapContracts(self)
        self.tally = Tally()
        self.catalog = catalog
        self.services = tuple(catalog.service(name).name for name in settings.services) or tuple(catalog.services)
        self._config = config
        self._settings = settings
        self._output = output
        self._policy = policy_of(settings)
        self._lock = threading.Lock()
        self._stub: Stub | None = None
        self._environment = pytest.MonkeyPatch()
        self._taken: list[Verdict | Exception] = []
        #: How many exchanges, and how many failures of the stub, were there when the test began, and were judged.
        self._began = self._judged = self._failures = 0
        self._item: pytest.Item | None = None
        self._allowed = Policy()
        self._ran = False
        self._misuse = ""
        self._violation: Violation | None = None
        self._examples = Examples(lambda: self.judge()[1])

    @classmethod
    def of(cls, config: pytest.Config, output: str) -> Self:
        """As the options and the settings say. Raises pytest's UsageError, in a sentence."""
        flags = {option.field: config.getoption(_OPTION + option.field, None) for option in OPTIONS}
        file = config.getoption(f"{_OPTION}config")
        try:
            settings = settings_of(flags, os.environ, folder=str(config.rootpath), file=file)
            watch = cls(config, settings, catalog_of(settings).remembering(), output)
        except SoapContractsError as error:
            said = str(error)
            raise pytest.UsageError(_FLAG + said[2:] if said.startswith("--") else f"soap-contracts: {said}") from None
        config.add_cleanup(watch.stop)
        return watch

    @property
    def stub(self) -> Stub:
        """The stub, which the first who asks starts, in a thread and with an event loop of its own."""
        with self._lock:
            if self._stub is None:
                stub = Stub(self.catalog, self.services, counted=self.counted)
                for name in ("NO_PROXY", "no_proxy"):
                    self._environment.setenv(name, _LOOPBACK, prepend=",")
                self._stub = stub.__enter__()
            return self._stub

    def stop(self) -> None:
        """End the stub, if it was started."""
        if self._stub is not None:
            self._stub.__exit__()
        self._environment.undo()

    def exchanges(self) -> tuple[Exchange, ...]:
        """What the stub has exchanged in this test."""
        return () if self._stub is None else self._stub.exchanges[self._began :]

    def counted(self, verdict: Verdict) -> Verdict:
        """``verdict`` with the findings that count, those marked that the settings or the test accept."""
        return self._allowed.counted(self._policy.counted(verdict))

    def count(self, judged: Verdict) -> Verdict:
        """``judged`` as `counted`, and added to the counts."""
        verdict = self.counted(judged)
        self.tally.count(judged, verdict, failed=verdict.fails_at(self._settings.fail_on))
        return verdict

    def take(self, judged: Verdict | Exception) -> None:
        """Let ``judged``, or what no verdict tells, be counted, and fail the test, at the end of the phase."""
        with self._lock:
            self._taken.append(judged)

    def allow(self, allow: Allow) -> None:
        """Accept more until the test ends. Raises UnknownNameError."""
        self._allowed.allow(allow)

    def violation_of(self, verdicts: Iterable[Verdict], failures: tuple[Exception, ...] = ()) -> Violation | None:
        """Those of ``verdicts`` that fail, if any does."""
        failing = [verdict for verdict in verdicts if verdict.fails_at(self._settings.fail_on)]
        return Violation(failing, self._settings.fail_on, failures) if failing or failures else None

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Phase:
        """Begin a test; what comes now is judged with the call, unless there will be none."""
        self._begin(item)
        try:
            result = yield
            self._complain()
        except BaseException:
            self._violation = self._judge()
            raise
        return result

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Phase:
        """Judge what came."""
        if self._item is not item:
            self._begin(item)
        with self._examples.of(item):
            result = yield from self._phase()
        self._complain()
        self._ran = True
        return result

    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> None:
        """Judge the examples of a coroutine: what runs it is put in by a plugin that comes first here."""
        self._examples.judge_those_of(pyfuncitem)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self) -> Phase:
        """Judge what came, and end the test."""
        try:
            return (yield from self._phase())
        finally:
            self._end()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Show a violation as what it is, also where the test has failed or skipped by itself."""
        report = yield
        violation, self._violation = self._violation, None
        if violation is None:
            return report
        shown = Shown(violation, item)
        if call.excinfo is not None and isinstance(call.excinfo.value, _Raised):
            report.longrepr = shown  # type: ignore[assignment] # pytest asks for toterminal(), not for the type
        elif report.skipped and not _expects(item, report):
            report.outcome, report.longrepr = "failed", shown  # type: ignore[assignment]
        else:
            report.sections.append(("soap-contracts", str(shown)))
        return report

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Phase:
        """End the stub, and judge what came since the last test.

        After pytest has torn down what an interrupted session left, whose clients still find the stub; before xdist
        sends the output of a worker, in the wrapper around this one.
        """
        try:
            return (yield)
        finally:
            self._finish(session)

    def _finish(self, session: pytest.Session) -> None:
        self.stop()
        late = self._judge()
        if late is not None:
            self.tally.late.append(late.report())
        output = getattr(self._config, "workeroutput", None)
        if output is not None:
            output[self._output] = self.tally.exported()
        elif self.tally.late and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Write the counts, as the text report does, and what is out of date in the settings."""
        stream = io.StringIO()
        versions = {service.name: service.version for service in self.catalog}
        reporter = TextReporter(stream, Terms(versions), style=Style(terminalreporter.hasmarkup))
        # Of a part of the tests nobody can tell what the settings no longer need.
        outdated = () if _is_partial(self._config) else self.tally.outdated(self._settings, self._policy)
        for source, said in (*self.tally.notes, *outdated):
            reporter.note(source, said)
        reporter.summary = self.tally.summary
        reporter.end()
        terminalreporter.section("soap-contracts")
        for report in self.tally.late:
            terminalreporter.write_line(f"after the last test: {report}\n")
        terminalreporter.write_line(stream.getvalue().strip())

    def end_call(self, item: pytest.Item, *, passed: bool) -> None:
        """Judge what came in the call of ``item``, in whose midst this watch began. Raises ContractViolation."""
        self._begin(item)
        self._violation = self._judge()
        self._ran = True
        if passed and self._violation is not None:
            raise _Raised(self._violation.report())

    def _begin(self, item: pytest.Item) -> None:
        self._item, self._ran = item, False
        self._began = self._judged
        self._misuse = ""
        for marker in item.iter_markers(_MARKER):
            try:
                self.fixture.allow(*marker.args, **marker.kwargs)
            except (SoapContractsError, TypeError, ValueError) as error:
                self._misuse = f"{_MARKER}: {error}"

    def _complain(self) -> None:
        """Fail by a marker that cannot be used. Not at once: what other plugins do in this phase would be cut short."""
        misuse, self._misuse = self._misuse, ""
        if misuse:
            pytest.fail(misuse, pytrace=False)

    def _end(self) -> None:
        allowed, self._allowed = self._allowed, Policy()
        unmet = [] if self._stub is None else self._stub.conditions.reset()
        if self._item is not None and self._ran:
            self.tally.notes += [(self._item.nodeid, said) for said in (*allowed.notes(), *unmet)]
        self._item = None

    def _phase(self) -> Phase:
        """One phase of a test, with its end."""
        try:
            result = yield
        except BaseException:
            self._violation = self._judge()
            raise
        self._violation = self._judge()
        if self._violation is not None:
            raise _Raised(self._violation.report())
        return result

    def _judge(self) -> Violation | None:
        return self.judge()[1] or self._examples.left()

    def judge(self) -> tuple[tuple[Exchange, ...], Violation | None]:
        """Judge what has come since the last time, and count it: the exchanges of the stub, and what fails."""
        with self._lock:
            taken, self._taken = self._taken, []
        came = [one for one in taken if not isinstance(one, Exception)]
        failures = tuple(one for one in taken if isinstance(one, Exception))
        exchanges: tuple[Exchange, ...] = ()
        if self._stub is not None:
            self._stub.settle()
            exchanges = self._stub.exchanges[self._judged :]
            self._judged += len(exchanges)
            came = [verdict for exchange in exchanges for verdict in exchange.verdicts] + came
            own = self._stub.failures[self._failures :]
            self._failures += len(own)
            failures += own
        return exchanges, self.violation_of([self.count(verdict) for verdict in came], failures)


def _is_partial(config: pytest.Config) -> bool:
    """Whether somebody has chosen among the tests: by -k, -m, --lf or the name of one."""
    chosen = [config.getoption(name, None) for name in ("keyword", "markexpr", "lf")]
    return any(chosen) or any("::" in argument for argument in config.args)


def _expects(item: pytest.Item, report: pytest.TestReport) -> bool:
    """Whether the test is marked to fail, and by a violation as well."""
    raises = [marker.kwargs.get("raises") for marker in item.iter_markers("xfail")]
    accepts = not raises or any(kind is None or issubclass(ContractViolation, kind) for kind in raises)
    return hasattr(report, "wasxfail") and accepts


class _Raised(ContractViolation):
    """What a test fails by where nothing else is wrong with it; a class of its own to be told from a client's."""
