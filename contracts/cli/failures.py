"""How a command ends when something other than a message is wrong: one line on standard error, never a value."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Final

from contracts.errors import SoapContractsError
from contracts.reports import escaped

USAGE: Final = 2
INTERRUPTED: Final = 130

_PACKAGE: Final = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class UsageError(SoapContractsError):
    """The command line asks for what cannot be done."""


def location_of(error: BaseException) -> str:
    """The type of ``error`` and the innermost line of this package that it went through.

    Never its text or its arguments, which may quote a message.
    """
    trace, place = error.__traceback__, ""
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file.startswith(_PACKAGE):
            place = f" at contracts{file.removeprefix(_PACKAGE)}:{trace.tb_lineno}"
        trace = trace.tb_next
    return type(error).__name__ + place


def complain(text: str) -> None:
    """Say ``text`` on standard error, its control characters written out."""
    if sys.stderr is None:  # closed by the caller
        return
    with contextlib.suppress(OSError):
        sys.stderr.write(f"soap-contracts: {escaped(text)}\n")


def ended_by(error: BaseException) -> int:
    """Say why a command ends early, and return its exit code."""
    if isinstance(error, KeyboardInterrupt):
        complain("interrupted")
        return INTERRUPTED
    if isinstance(error, SoapContractsError):
        complain(str(error))
    elif isinstance(error, BrokenPipeError):
        _discard_output()
    elif isinstance(error, OSError):
        _discard_output()
        complain(f"{error.strerror or 'input or output failed'} ({location_of(error)})")
    else:
        complain(f"internal error: {location_of(error)}")
    return USAGE


def _discard_output() -> None:
    """Send what is still to be written to standard output nowhere, or the interpreter would complain at its exit."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
