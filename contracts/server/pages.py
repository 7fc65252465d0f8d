"""What the stub answers to somebody who only looks: a WSDL, a page about a service, or where to look instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, quote

from contracts import wsdl
from contracts.answers import envelope, text
from contracts.reports import escaped
from contracts.secrecy import without

from .journal import line_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.answers import Answer
    from contracts.catalog import Catalog
    from contracts.model import Service

    from .asgi import Request
    from .journal import Exchange, Journal

_WSDL_SUFFIX: Final = "/wsdl"
#: How many exchanges the first page shows.
_SHOWN: Final = 50


def service_at(catalog: Catalog, path: str) -> Service | None:
    """The service that the first segment of ``path`` names, None when it names none."""
    return catalog.services.get(path.strip("/").partition("/")[0])


def page(catalog: Catalog, request: Request, journal: Journal) -> Answer:
    """The answer to a GET or a HEAD."""
    service = service_at(catalog, request.path)
    if service is None:
        return _index(catalog, request, journal)
    wanted = _wsdl_asked(request)
    if wanted is None:
        return text(200, _about(service, f"{request.base}/{quote(service.name)}"))
    address = request.base + quote(_without_suffix(request.path))
    body = wsdl.wsdl_of(service, address, strict=wanted == "strict")
    return envelope(200, body)


def _wsdl_asked(request: Request) -> str | None:
    """The value of a ``wsdl`` parameter in any spelling, "" for the bare word or the path; None when none is asked."""
    for name, value in parse_qsl(request.query, keep_blank_values=True):
        if name.lower() in ("wsdl", "singlewsdl"):
            return value.lower()
    return "" if request.path.lower().endswith(_WSDL_SUFFIX) else None


def _without_suffix(path: str) -> str:
    return path[: -len(_WSDL_SUFFIX)] if path.lower().endswith(_WSDL_SUFFIX) else path


def _index(catalog: Catalog, request: Request, journal: Journal) -> Answer:
    known = "".join(f"{request.base}/{quote(service.name)}  {service.title}\n" for service in catalog)
    if request.path == "/":
        news = _news(journal)
        if catalog.known is not None:
            # What was nobody's secret when it came may be known as one by now.
            news = without(news, catalog.known.found(news))
        return text(200, f"soap-contracts stub\n\n{known}\n{news}")
    return text(404, f"There is no service here. Known are:\n\n{known}")


def _news(journal: Journal) -> str:
    """The newest exchanges, the newest first, each with what is wrong with its request; no secret is in a finding."""
    shown = journal.last(_SHOWN)
    head = f"The last {len(shown)} of {journal.count} exchanges, the newest first:" if shown else "No message came yet."
    return "\n".join([head, "", *(line for exchange in reversed(shown) for line in _told(exchange))]) + "\n"


def _told(exchange: Exchange) -> Iterator[str]:
    yield escaped(line_of(exchange))
    for finding in exchange.verdicts[0].findings:
        yield escaped(f"  {finding.severity} {finding.line}:{finding.column} {finding.rule}: {finding.message}")


def _about(service: Service, endpoint: str) -> str:
    operations = "".join(f"  {operation.name}\n" for operation in service.operations)
    return (
        f"soap-contracts stub of {service.title}\n\n"
        f"POST SOAP 1.1 envelopes to {endpoint}\n"
        f"WSDL as the provider publishes it: {endpoint}?wsdl\n"
        f"WSDL as its pages document it: {endpoint}?wsdl=strict\n\n"
        f"Operations:\n{operations}"
    )
