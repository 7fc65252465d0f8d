"""`soap-contracts drift`: a published WSDL, or real answers, compared with a contract."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

from contracts.drifting import Folder, NothingToCompareError, Site, drift_of_answers, drift_of_wsdl
from contracts.drifting.fetching import Fetcher, cache_folder
from contracts.drifting.telling import json_of, text_of
from contracts.judging import catalog_of
from contracts.recording import EndpointError, target_of
from contracts.reports import Style

from .clients import add_answer_timeout
from .failures import UsageError, complain
from .options import NOTHING, VIOLATED, add_contracts, add_format, settings_from

if TYPE_CHECKING:
    import argparse

    from contracts.catalog import Catalog
    from contracts.drifting import Drift
    from contracts.model import Service

HELP: Final = "compare a published WSDL, or real answers, with the contract"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.usage = "%(prog)s SERVICE (--wsdl FILE_OR_URL | --cassette PATH... | --endpoint URL) [OPTION...]"
    parser.add_argument("service", metavar="SERVICE", help="the service whose contract it is compared with")
    compared = parser.add_mutually_exclusive_group(required=True)
    compared.add_argument("--wsdl", metavar="FILE_OR_URL", help="the WSDL; https, or anything on loopback")
    compared.add_argument(
        "--cassette", nargs="+", metavar="PATH", help="recorded answers: cassettes, or folders of such"
    )
    compared.add_argument("--endpoint", metavar="URL", help="the WSDL of that endpoint, by the provider's convention")
    report = parser.add_argument_group("report")
    add_format(report)
    report.add_argument("--output", metavar="FILE", help="write the report to FILE, not to standard output")
    report.add_argument("--quiet", action="store_true", help="leave out what is known (text)")
    fetching = parser.add_argument_group("fetching")
    fetching.add_argument("--refresh", action="store_true", help="fetch the WSDL although it was fetched within a day")
    add_answer_timeout(fetching, 60.0)
    add_contracts(parser)
    parser.epilog = """\
Each difference has a class, which says what it does to a client that keeps to the contract: breaking for requests,
breaking for responses, additive, or tolerated (it does no harm). What contract.toml says of the provider's own WSDL is
known, shown with its ground, and fails nothing. Operations that the contract does not have are no difference.

A WSDL is fetched once, kept with its date below ~/.cache/soap-contracts (or XDG_CACHE_HOME), and used for a day. Imports
are followed at the same host, or in the folder of the file. No redirect is followed; TLS is verified, proxies are honoured.

exit codes:
  0  no difference, or known ones only
  1  a new difference
  2  usage, a WSDL or a cassette that cannot be read
  3  nothing to compare: no SOAP binding, none of the operations, no answer from the address

examples:
  soap-contracts drift ongoing --wsdl service.wsdl
  soap-contracts drift ongoing --endpoint https://api.ongoingsystems.se/warehouse/service.asmx --format json
  soap-contracts drift luminate --cassette tests/cassettes/
"""


def execute(args: argparse.Namespace) -> int:
    """Compare, and report the differences."""
    catalog = catalog_of(settings_from(args)).remembering()
    service = catalog.service(args.service)
    _refuse_output(args)
    try:
        drift = _compared(args, service, catalog)
    except (NothingToCompareError, EndpointError) as error:
        complain(str(error))
        return NOTHING
    _report(args, drift)
    return VIOLATED if drift.new else 0


def _compared(args: argparse.Namespace, service: Service, catalog: Catalog) -> Drift:
    if args.cassette:
        return drift_of_answers(service, args.cassette, catalog)
    address = _address(args.endpoint, service) if args.wsdl is None else args.wsdl
    if not address:
        raise UsageError("--wsdl: it is empty: give the file or the address of a WSDL")
    if "://" not in address:
        return drift_of_wsdl(service, Folder(address))
    fetcher = Fetcher(cache_folder(os.environ), timeout=args.answer_timeout, refresh=args.refresh, say=complain)
    drift = drift_of_wsdl(service, Site(address, fetcher))
    return drift._replace(fetched=min(fetcher.days))


def _address(endpoint: str, service: Service) -> str:
    """The address of the WSDL of ``endpoint``. Raises TargetError and UsageError."""
    suffix = service.published.suffix
    if not suffix:
        raise UsageError(
            f"the contract of {service.name} does not say where the WSDL of an endpoint is: give its address with --wsdl, "
            "or [published.address] a suffix in contract.toml"
        )
    return (target_of(endpoint).url.rstrip("/") if suffix.startswith("/") else target_of(endpoint).url) + suffix


def _refuse_output(args: argparse.Namespace) -> None:
    """Raise UsageError where the report would replace what is compared."""
    compared = [path for path in (args.wsdl, *(args.cassette or ())) if path and "://" not in path]
    if args.output and os.path.realpath(args.output) in map(os.path.realpath, compared):
        raise UsageError(f"--output {args.output}: the report would replace a file that is read; name another one")


def _report(args: argparse.Namespace, drift: Drift) -> None:
    style = Style() if args.output else Style.of_stream(sys.stdout, os.environ)
    text = json_of(drift) if args.format == "json" else text_of(drift, style=style, quiet=args.quiet)
    if not args.output:
        sys.stdout.write(text)
        return
    try:
        with open(args.output, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(f"{args.output}: cannot be written: {error.strerror}") from None
