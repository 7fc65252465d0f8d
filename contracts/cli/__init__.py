"""The command line: `soap-contracts COMMAND ...`. Only the module of the command that was asked for is imported."""

from __future__ import annotations

import argparse
import importlib
import io
import os
import sys
from typing import TYPE_CHECKING, Final

from contracts.errors import UnknownNameError
from contracts.reports import width_of
from contracts.version import VERSION

from .failures import USAGE, ended_by

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["COMMANDS", "main"]

#: Each command, its module and its line in the overview. The module has ``HELP``, which is that line,
#: ``add_arguments(parser)`` and ``execute(args) -> exit code``.
COMMANDS: Final = {
    "check": ("contracts.cli.check", "judge messages on disk or on standard input"),
    "run": ("contracts.cli.run", "run a client against a stub of the services and judge all that it sends"),
    "serve": (
        "contracts.cli.serve",
        "serve a stub of the services, or cassettes, until interrupted, and judge all that comes",
    ),
    "record": (
        "contracts.cli.record",
        "run a client against a real endpoint, judge all that is said, and keep it as a cassette",
    ),
    "drift": ("contracts.cli.drift", "compare a published WSDL, or real answers, with the contract"),
    "probe": ("contracts.cli.probe", "ask a live endpoint in a safe order, and judge every answer"),
    "redact": ("contracts.cli.redact", "take the secrets out of cassettes and HARs, or find them"),
    "list": (
        "contracts.cli.listing",
        "list the services, their operations, the rules, the cassettes or the conditions",
    ),
    "explain": ("contracts.cli.explain", "tell what a rule wants, why, and what it rests on"),
    "sample": ("contracts.cli.sample", "print a message of an operation, valid or with one fault"),
    "selftest": ("contracts.cli.selftest", "try every rule with messages that break it, and with some that do not"),
}

_WIDTH: Final = 100

_OVERVIEW: Final = """\
usage: soap-contracts COMMAND [OPTION...] [ARGUMENT...]

Judges SOAP 1.1 messages by the contracts of Luminate Online and Ongoing WMS, and of services of your own.

commands:
{commands}

options:
  -h, --help  print this; soap-contracts COMMAND --help tells the rest
  --version   print the version

exit codes:
  0  nothing wrong                2  usage, configuration, an unreadable file
  1  a contract is violated       3  nothing to judge
  4  a secret was found         130  interrupted

example:
  soap-contracts check captured/
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 to 4, or 130. ``argv`` is without the program's name."""
    if sys.stdout is None:  # closed by the caller
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - open as long as the process runs
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A name that the terminal's encoding lacks must not end the report.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        code = _run(sys.argv[1:] if argv is None else list(argv))
        sys.stdout.flush()
    except SystemExit as stop:
        return _code_of(stop)
    except (KeyboardInterrupt, Exception) as error:  # noqa: BLE001 - a traceback could quote a message, and its secrets
        return ended_by(error)
    return code


def _code_of(stop: SystemExit) -> int:
    if isinstance(stop.code, str):
        sys.stderr.write(f"{stop.code}\n")
        return USAGE
    return stop.code or 0


def _run(arguments: list[str]) -> int:
    if not arguments:
        sys.stderr.write(_overview())
        return USAGE
    name, *rest = arguments
    if name in ("-h", "--help"):
        sys.stdout.write(_overview())
        return 0
    if name == "--version":
        sys.stdout.write(f"soap-contracts {VERSION}\n")
        return 0
    if name not in COMMANDS:
        raise UnknownNameError.of("command", name, COMMANDS)
    return _run_command(name, rest)


def _run_command(name: str, arguments: list[str]) -> int:
    # Imported here and not above: a plain check must not pay for the stub's server.
    command = importlib.import_module(COMMANDS[name][0])
    parser = argparse.ArgumentParser(
        prog=f"soap-contracts {name}",
        description=command.HELP,
        formatter_class=_formatter,
        allow_abbrev=False,
    )
    command.add_arguments(parser)
    return int(command.execute(parser.parse_args(arguments)))


def _formatter(prog: str) -> argparse.HelpFormatter:
    # Without a width argparse loads shutil, for every command and not only for its help.
    return argparse.RawDescriptionHelpFormatter(prog, width=min(width_of(sys.stdout) or _WIDTH, _WIDTH))


def _overview() -> str:
    commands = "\n".join(f"  {name:<10}  {line}" for name, (_, line) in COMMANDS.items())
    return _OVERVIEW.format(commands=commands)
