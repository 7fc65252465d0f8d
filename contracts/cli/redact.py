"""`soap-contracts redact`: secrets out of cassettes and HARs, or a gate that finds them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from contracts.errors import LeakError, SoapContractsError
from contracts.judging import catalog_of
from contracts.redaction import redact_file
from contracts.reports import escaped
from contracts.tapes import found_in

from .failures import USAGE, complain
from .options import add_contracts, settings_from

if TYPE_CHECKING:
    import argparse

    from contracts.catalog import Catalog

HELP: Final = "take the secrets out of cassettes and HARs, or find them"

LEAKED: Final = 4


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a cassette or a HAR, or a folder of cassettes")
    parser.add_argument(
        "--check",
        action="store_true",
        help="change nothing; exit code 4 where a secret field holds anything but a placeholder",
    )
    add_contracts(parser)
    parser.epilog = """\
Secret are the fields that a contract calls so, in any case and spelling, header fields with credentials, and what seems
to give such a field a value elsewhere. They become placeholders such as REDACTED-Password-1, the same for the same value;
all else stays as it is, but for compression and the comments of YAML. What is to be written is first searched for each
secret in every form it may have.

exit codes:
  0  no secret is left
  2  usage, a file that is no cassette or cannot be read as a whole: it may hold anything
  4  --check has found a secret, or one would have been left; such a file was not changed

examples:
  soap-contracts redact tests/cassettes
  soap-contracts redact --check tests/cassettes recorded.har
"""


def execute(args: argparse.Namespace) -> int:
    """Redact each file; the worst that happened is the exit code."""
    catalog = catalog_of(settings_from(args))
    codes = [_redacted(file, catalog, check=args.check) for path in args.paths for file in _files(path)]
    return next((code for code in (LEAKED, USAGE) if code in codes), 0)


def _files(path: str) -> list[str]:
    try:
        return found_in(path)
    except SoapContractsError as error:
        complain(str(error))
        return [""]


def _redacted(path: str, catalog: Catalog, *, check: bool) -> int:
    if not path:
        return USAGE
    try:
        found = redact_file(path, catalog, write=not check)
    except LeakError as error:
        complain(str(error))
        return LEAKED
    except SoapContractsError as error:
        complain(str(error))
        return USAGE
    for place in found.places:
        sys.stdout.write(f"{escaped(path)}: {escaped(place)}{'' if check else ': redacted'}\n")
    return LEAKED if check and found.places else 0
