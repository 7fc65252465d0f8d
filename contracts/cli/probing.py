"""A probe under way, its report, its cassette, and what it says when it ends too early."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from contracts.errors import RefusedRequestError
from contracts.probing import amendments_by, amendments_of, block_of, closing_check, described, provocations_of
from contracts.recording import EndpointError
from contracts.reports import escaped
from contracts.reports.text import amount
from contracts.signals import DEADLY, taken_by

from .cassettes import keep
from .failures import USAGE, complain
from .options import NOTHING, exit_code
from .redact import LEAKED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from contracts.model import Service
    from contracts.probing import Amendment, Plan, Probed, Prober, Provocation
    from contracts.recording import Recorder
    from contracts.reports import Reporter

    from .judging import Judging


class Probe:
    """A probe by ``plan``; ``again`` is the beginning of a command that asks the same endpoint."""

    def __init__(
        self,
        judging: Judging,
        service: Service,
        recorder: Recorder,
        prober: Prober,
        plan: Plan,
        again: Sequence[str],
    ) -> None:
        self._judging = judging
        self._service = service
        self._recorder = recorder
        self._prober = prober
        self._plan = plan
        self._again = again
        self._lack = self._refused = ""
        self._signal = 0
        self._sending = False
        self._amendments: list[Amendment] = []
        self._broken: OSError | None = None

    def code(self) -> int:
        """Make the calls and report them; the exit code."""
        with (
            taken_by(self._take, DEADLY),
            self._judging.reporter(*filter(None, [self._recorder.path])) as reporter,
        ):
            try:
                self._call(reporter)
                self._raise_broken()
            except BaseException:
                # The report could not be written, say; what the endpoint has done already cannot be had again.
                self._say_how_it_ended()
                if self._keep(reporter):
                    return LEAKED
                raise
            self._say_how_it_ended()
            leaked = self._keep(reporter)
            self._conclude(reporter)
        self._print_amendments()
        return self._code(reporter, leaked=leaked)

    def _take(self, number: int, _frame: object) -> None:
        """End the calls by a signal; once they are over, the first one waits for the report and the cassette."""
        again, self._signal = self._signal, self._signal or number
        if self._sending or again:
            raise KeyboardInterrupt

    def _say_how_it_ended(self) -> None:
        """Before anything else can go wrong."""
        self._sending = False
        for said in filter(None, (self._lack, self._refused, self._left_open())):
            complain(said)

    def _call(self, reporter: Reporter) -> None:
        try:
            self._sending = True
            if self._runs_to_its_end(reporter) and self._judging.args.provoke:
                self._provoke(reporter)
        except EndpointError as error:
            self._lack = str(error)
        except RefusedRequestError as error:
            self._refused = str(error)
        except KeyboardInterrupt:
            name = signal.Signals(self._signal).name if self._signal else "the keyboard"
            self._lack = f"interrupted by {name}; the report tells what came before"

    def _runs_to_its_end(self, reporter: Reporter) -> bool:
        """Make the calls; whether no answer was wrong."""
        return all(self._is_fine(probed, reporter) for probed in self._prober.run(self._plan))

    def _is_fine(self, probed: Probed, reporter: Reporter) -> bool:
        request, response = probed.verdicts
        with self._reporting():
            reporter.verdict(request)
        before = reporter.summary.failed
        with self._reporting():
            reporter.verdict(response)
        failed = reporter.summary.failed != before
        name = f"{self._service.name}/{probed.operation}"
        with self._reporting():
            if probed.unexpected:
                reporter.unexpected(name, probed.unexpected)
            if said := self._amended(amendments_by(probed.came, self._service)):
                reporter.note(name, f"answered {probed.came}; {said}")
        return not probed.unexpected and not failed

    def _raise_broken(self) -> None:
        if self._broken is not None:
            raise self._broken

    @contextlib.contextmanager
    def _reporting(self) -> Iterator[None]:
        """Hold back that a report cannot be written: what an operation has opened has to be closed before."""
        try:
            yield
        except OSError as error:
            self._broken = self._broken or error

    def _provoke(self, reporter: Reporter) -> None:
        provocations = provocations_of(self._service)
        if not provocations:
            reporter.note(self._service.name, "nothing is provoked: no operation only reads and needs no header")
        for provocation in provocations:
            self._provoke_by(provocation, reporter)

    def _provoke_by(self, provocation: Provocation, reporter: Reporter) -> None:
        found = self._prober.provoke(provocation)
        # The request is wrong on purpose, so it is no message to fail by; what its answer breaks is told as it is.
        reporter.verdict(found.verdict)
        said = "; ".join(filter(None, (str(found), self._amended(amendments_of(found, self._service)))))
        reporter.note(f"{self._service.name}: {provocation.title}", said)

    def _amended(self, amendments: Sequence[Amendment]) -> str:
        """What is to be changed in the contract, as the report says it; the whole is printed at the end."""
        self._amendments.extend(amendments)
        lines = "; ".join(amendment.line for amendment in amendments)
        return f"contract.toml: {lines}" if lines else ""

    def _left_open(self) -> str:
        """What is left open, and the command that closes it."""
        opened = self._prober.left_open
        if opened is None:
            return ""
        check = closing_check(self._service, opened.closing)
        closing = self._service.operation(opened.closing)
        if check is None or closing is None:
            return str(opened)
        words = [*self._again, "--allow", closing.effect]
        words += ["--confirm-target", self._recorder.place] if closing.effect == "destructive" else []
        return f"{opened}; to do that: {shlex.join([*words, '--check', check])}"

    def _keep(self, reporter: Reporter) -> bool:
        """Write the cassette, if one was asked for; whether a secret would have been left in it."""
        return bool(self._recorder.path) and keep(self._recorder, reporter, self._told)

    def _told(self, held: int) -> str:
        return f"{self._recorder.path} now has {amount(held, 'exchange')}" if held else "nothing was recorded"

    def _conclude(self, reporter: Reporter) -> None:
        left_open = self._left_open()
        if left_open:
            reporter.unexpected(self._recorder.place, left_open)
        if self._lack:
            reporter.incomplete(self._recorder.place, self._lack)
        if self._refused:
            reporter.error(self._recorder.place, self._refused)
        # What was under way has an error of its own.
        for planned in self._plan.calls[self._prober.count :]:
            said = f"NOT SENT: {described(planned, self._service)}, because the probe ended before it"
            reporter.note(f"{self._service.name}/{planned.operation.name}", said)
        for name, said in self._plan.left_out:
            reporter.note(name, said)
        if not self._plan.calls and not self._plan.left_out:
            complain(f"no operation of {self._service.name} only reads; list the calls in [probe] of its contract.toml")
        self._judging.conclude(reporter, complete=not self._lack)

    def _print_amendments(self) -> None:
        today = datetime.now(tz=UTC).date().isoformat()
        path = os.path.join(self._service.folder, "contract.toml")
        block = block_of(self._amendments, path, self._recorder.place, today)
        if sys.stderr is None:
            return
        with contextlib.suppress(OSError):
            sys.stderr.write("".join(f"{escaped(line)}\n" for line in block.splitlines()))

    def _code(self, reporter: Reporter, *, leaked: bool) -> int:
        if leaked:
            return LEAKED
        if self._signal:
            return 128 + self._signal
        code = exit_code(reporter)
        return NOTHING if self._lack and code != USAGE else code
