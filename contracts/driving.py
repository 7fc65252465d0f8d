"""Run a client's command against the stub and keep everything that the two said to each other.

On POSIX the command is the leader of a process group of its own, and whichever way the drive ends, no process of that
group is left: not after a timeout, not after an interrupt, and not in the background of a command that has ended.
Signals that come meanwhile are passed on to the group; those that end a process end the drive as well.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from typing import TYPE_CHECKING, Final, NamedTuple

from .errors import SoapContractsError
from .signals import DEADLY, taken_by

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .server import Exchange, Stub

#: Where a client's tests ask for conditions, and what they show there (`contracts.server.control`).
CONTROL: Final = "SOAP_CONTRACTS_CONTROL"
TOKEN: Final = "SOAP_CONTRACTS_CONTROL_TOKEN"  # noqa: S105 - the name of a variable
_LOOPBACK: Final = "127.0.0.1,localhost"
#: Seconds between asking a group to end and killing it.
_GRACE: Final = 3.0
_POLL: Final = 0.02
#: A Java program prints its threads at SIGQUIT, many a test runner something of its own: the command decides.
_PASSED_ON: Final = tuple(getattr(signal, name) for name in ("SIGQUIT", "SIGUSR1", "SIGUSR2") if hasattr(signal, name))


class CommandError(SoapContractsError, OSError):
    """The client's command cannot be started; the text names it and says why."""


class Drive(NamedTuple):
    """What a client sent and got.

    ``exit_code`` is its own, 128 + n when signal n ended it, None when it had to be ended. ``failures`` are errors of
    the stub itself: what it could not judge. ``interrupted`` is the signal that ended the drive, 0 for none.
    """

    exchanges: tuple[Exchange, ...]
    exit_code: int | None
    failures: tuple[Exception, ...] = ()
    interrupted: int = 0

    @property
    def timed_out(self) -> bool:
        """Whether the time was over."""
        return self.exit_code is None and not self.interrupted


def drive(command: Sequence[str], stub: Stub, *, timeout: float = 300.0, stdout: int | None = None) -> Drive:
    """Enter ``stub``, run ``command`` against it for at most ``timeout`` seconds, and end both.

    The command finds each service in its environment (`environment_of`) and in its arguments (`filled_in`);
    ``stdout`` is the file descriptor for its standard output, None for our own. Raises CommandError before anything
    runs.
    """
    signals = _Signals()
    # A signal must not end us before the stub has taken its files away.
    with taken_by(signals.take, (*DEADLY, *_PASSED_ON)), stub:
        exit_code = _run(filled_in(command, stub), environment_of(stub), timeout, stdout, signals)
    return Drive(stub.review(), exit_code, stub.failures, signals.taken)


def environment_of(stub: Stub) -> dict[str, str]:
    """``<SERVICE>_ENDPOINT`` and ``<SERVICE>_WSDL`` of each service, the control endpoint, no proxy, the CAs of TLS."""
    found = {} if stub.authority is None else stub.authority.environment()
    if stub.control.token is not None:
        found |= {CONTROL: stub.control_address, TOKEN: stub.control.token}
    for service in stub.services:
        found[variable(service, "endpoint")] = stub.endpoint(service)
        found[variable(service, "wsdl")] = stub.wsdl(service)
    for name in ("NO_PROXY", "no_proxy"):
        known = os.environ.get(name)
        found[name] = f"{known},{_LOOPBACK}" if known else _LOOPBACK
    return found


def variable(service: str, suffix: str) -> str:
    """The name of a service's environment variable: ``ongoing`` and ``endpoint`` give ``ONGOING_ENDPOINT``."""
    return re.sub(r"[^A-Z0-9]", "_", f"{service}_{suffix}".upper())


def filled_in(command: Sequence[str], stub: Stub) -> list[str]:
    """``command`` with ``{service}`` replaced by its endpoint and ``{service_wsdl}`` by the address of its WSDL."""
    words = list(command)
    for service in stub.services:
        for placeholder, address in ((service, stub.endpoint(service)), (f"{service}_wsdl", stub.wsdl(service))):
            words = [word.replace(f"{{{placeholder}}}", address) for word in words]
    return words


def _run(
    command: Sequence[str], environment: dict[str, str], timeout: float, stdout: int | None, signals: _Signals
) -> int | None:
    """The command's exit code, None when it had to be ended."""
    process = _start(command, environment, stdout)
    signals.process = process
    try:
        code = _wait(process, timeout, signals)
    finally:
        _end(process, signals)
    return None if code is None else code if code >= 0 else 128 - code


def _wait(process: subprocess.Popen[bytes], timeout: float, signals: _Signals) -> int | None:
    """The command's return code; None when the time is over or a signal has come that is to end the drive.

    Not ``process.wait``: an exception that a signal raises in there may leave a lock taken for ever.
    """
    until = time.monotonic() + timeout
    while (code := process.poll()) is None and not signals.taken and time.monotonic() < until:
        time.sleep(_POLL)
    return code


def _start(command: Sequence[str], environment: dict[str, str], stdout: int | None) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 - running the user's command is the purpose
            command, env=os.environ | environment, stdout=stdout, start_new_session=True
        )
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise CommandError(f"cannot start {command[0]!r}: {reason}") from None


class _Signals:
    """Takes the signals of this process: notes them, or passes them on.

    ``taken`` is the first that is to end the drive, 0 for none, and ``urgent`` tells that a second one has come. Those
    that are not to end it go to the group of ``process``.
    """

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.taken = 0
        self.urgent = False

    def take(self, number: int, _frame: object) -> None:
        """Take one signal."""
        if number in DEADLY:
            self.taken, self.urgent = self.taken or number, self.taken != 0
        elif self.process is not None:
            _signal(self.process, number)


def _end(process: subprocess.Popen[bytes], signals: _Signals) -> None:
    """End what is left of the group of ``process``: first by the signal that has come, then at once."""
    until = time.monotonic() + _GRACE
    _signal(process, signals.taken or signal.SIGTERM)
    while _alive(process) and time.monotonic() < until and not signals.urgent:
        time.sleep(_POLL)
    if _alive(process):
        _signal(process, signal.SIGKILL)
        process.wait()


def _alive(process: subprocess.Popen[bytes]) -> bool:
    return process.poll() is None or _signal(process, 0)


def _signal(process: subprocess.Popen[bytes], number: int) -> bool:
    """Send a signal to the whole group; False when nobody is left in it."""
    try:
        os.killpg(process.pid, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True
