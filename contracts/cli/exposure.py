"""How clients reach the stub of `run` and `serve`: by TLS or without, on loopback or from elsewhere."""

from __future__ import annotations

import argparse
import importlib
import re
import shlex
from typing import TYPE_CHECKING, Final

from contracts.loopback import is_loopback

from .failures import UsageError

if TYPE_CHECKING:
    from contracts.server import Stub
    from contracts.server.listening import Certifying

_LOOPBACK: Final = "127.0.0.1"
#: An IP address, with its zone where it has one, or the name of a host.
_ADDRESS: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*|[0-9A-Fa-f:.]+(?:%[A-Za-z0-9._-]+)?")


def add_tls(parser: argparse.ArgumentParser) -> None:
    """Add ``--tls``."""
    parser.add_argument(
        "--tls",
        action="store_true",
        help="https, with a certificate authority made on the spot; run tells the client to trust it, serve prints how",
    )


def add_exposure(parser: argparse.ArgumentParser) -> None:
    """Add ``--expose``."""
    parser.add_argument(
        "--expose",
        type=_address,
        metavar="ADDRESS",
        help="listen on this address of this machine, or 0.0.0.0 for all, and not on 127.0.0.1: others can then reach the "
        "stub",
    )


def tls_of(args: argparse.Namespace) -> Certifying | None:
    """What makes the authority, None without ``--tls``. Raises UsageError where its libraries are missing."""
    if not args.tls:
        return None
    try:
        made: Certifying = importlib.import_module("contracts.server.authority").made_for
    except ImportError as error:
        raise UsageError(f"--tls: {error}") from None
    return made


def host_of(args: argparse.Namespace) -> str:
    """The address to listen on."""
    host: str = args.expose or _LOOPBACK
    return host


def place_of(args: argparse.Namespace) -> str:
    """The options that say where to listen."""
    return f"--port {args.port}" if args.expose is None else f"--expose {args.expose} --port {args.port}"


def exposure_told(args: argparse.Namespace) -> str:
    """What ``--expose`` exposes, in a sentence; nothing where that is loopback."""
    if args.expose is None or is_loopback(args.expose):
        return ""
    how = "over https" if args.tls else "in plain http (--tls encrypts)"
    return (
        f"exposed on {args.expose}: anybody who can reach that address and port can send messages to the stub and read "
        f"its pages, {how}; it asks nobody for a password"
    )


def trust_told(stub: Stub) -> list[str]:
    """The path of the CA, and what to set for a client to trust it; nothing without TLS."""
    if stub.authority is None:
        return []
    variables = stub.authority.environment().items()
    return [
        f"CA  {stub.authority.ca}  until this ends; clients on this machine trust it by",
        *(f"  export {name}={shlex.quote(value)}" for name, value in variables),
    ]


def _address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no IP address and no name of a host")
    return text
