"""`soap-contracts sample`: a valid message of one operation."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Final

from contracts.judging import catalog_of
from contracts.samples import fullest, http_form, smallest

from .options import add_contracts, add_format, settings_from

if TYPE_CHECKING:
    import argparse

    from contracts.messages import Direction

HELP: Final = "print a valid message of an operation"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("operation", metavar="SERVICE/OPERATION", help="such as ongoing/SetTimeOfLastSync")
    parser.add_argument("--response", action="store_true", help="the response, not the request")
    parser.add_argument("--full", action="store_true", help="with every optional element, not only the required ones")
    parser.add_argument("--http", action="store_true", help="as a raw HTTP message, not the envelope alone")
    add_format(parser)
    add_contracts(parser)
    parser.epilog = """\
Credentials in a sample are placeholders. With --format json the message is the member "text".

examples:
  soap-contracts sample luminate/EndSynchronization
  soap-contracts sample ongoing/SetTimeOfLastSync --http > request.http
"""


def execute(args: argparse.Namespace) -> int:
    """Print the message. Raises UnknownNameError for an operation that does not exist."""
    service, operation = catalog_of(settings_from(args)).operation(args.operation)
    direction: Direction = "response" if args.response else "request"
    message = (fullest if args.full else smallest)(service, operation, direction)
    if args.http:
        message = http_form(service, operation, direction, message)
    if args.format == "json":
        about = {"service": service.name, "operation": operation.name, "kind": direction, "text": message.decode()}
        sys.stdout.write(json.dumps({"version": 1, **about}, indent=2) + "\n")
    else:
        # As bytes, because a text stream may turn line ends into others, and the header counts them.
        sys.stdout.flush()
        sys.stdout.buffer.write(message)
        sys.stdout.buffer.flush()
    return 0
