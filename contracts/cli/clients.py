"""What `run` and `record` share: a client's command, what is expected of it, and why what it sent is not the whole."""

from __future__ import annotations

import argparse
import signal
import threading
from typing import TYPE_CHECKING, Final

from .failures import UsageError

if TYPE_CHECKING:
    from contracts.driving import Drive

#: Where a command's standard output goes when a report uses ours.
STDERR: Final = 2


def add_expect(parser: argparse._ActionsContainer) -> None:
    """Add ``--expect``."""
    parser.add_argument(
        "--expect",
        action="append",
        default=[],
        metavar="SERVICE/OPERATION",
        help="fail when no request of this operation came (repeatable)",
    )


def add_timeout(parser: argparse._ActionsContainer) -> None:
    """Add ``--timeout``."""
    parser.add_argument(
        "--timeout",
        type=seconds,
        default=1800.0,
        metavar="SECONDS",
        help="end the command, and its process group, after this time (default: 1800)",
    )


def add_answer_timeout(parser: argparse._ActionsContainer, default: float) -> None:
    """Add ``--answer-timeout``."""
    parser.add_argument(
        "--answer-timeout",
        type=seconds,
        default=default,
        metavar="SECONDS",
        help=f"how long the endpoint may take for one answer (default: {default:g})",
    )


def seconds(text: str) -> float:
    """The value of an option that is a time."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < threading.TIMEOUT_MAX:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time in seconds")
    return value


def command_of(args: argparse.Namespace) -> list[str]:
    """The words of the command behind ``--``. Raises UsageError where there are none."""
    command: list[str] = args.command[1:] if args.command[:1] == ["--"] else args.command
    if not command:
        raise UsageError("there is no command to run; it stands after --, as in: -- python client.py")
    return command


def lack_of(result: Drive, timeout: float, variables: str) -> str:
    """Why what was judged is not the whole, nothing where it is; ``variables`` are where the client finds addresses."""
    if result.interrupted:
        return f"interrupted by {signal.Signals(result.interrupted).name}; the report tells what came before"
    if result.timed_out:
        return f"the command was not done after {timeout:g} seconds and was ended"
    if result.exchanges or result.failures:
        return ""
    # A client that has failed says itself why it sent nothing.
    hint = "" if result.exit_code else f". Does it take its address from {variables}?"
    return f"the command sent no message{hint}"
