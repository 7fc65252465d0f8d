"""Which service an address belongs to: the endpoint in its contract, or this tool's stub on loopback."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from contracts.catalog import Catalog

#: Scheme, credentials, host with port, path, query.
_URL: Final = re.compile(r"(https?)://(?:[^/?#@]*@)?([^/?#]*)([^?#]*)(?:\?([^#]*))?", re.IGNORECASE)
_LOOPBACK: Final = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\]):[0-9]+", re.IGNORECASE)
_PLACEHOLDER: Final = re.compile(r"\{[^{}/]*\}")
_PORT: Final = re.compile(r":[0-9]+\Z")
#: How an ASMX or WCF service and the stub are asked for a WSDL, or for a schema that it imports; Luminate has a path.
_DESCRIPTION: Final = re.compile(r"(?:^|&)(?:single)?(?:wsdl|xsd|disco)(?:[=&]|\Z)", re.IGNORECASE)
_DESCRIPTION_PATH: Final = "/wsdl"


def service_at(catalog: Catalog, url: str) -> str | None:
    """The name of the service at ``url``, None when it is none's.

    Host and path are compared whatever their case; a ``{placeholder}`` of an endpoint stands for one path segment or
    one part of the host. The stub is known by its loopback address and by the service in the first path segment.
    """
    parts = _URL.match(url)
    if parts is None:
        return None
    scheme, host, path, _ = parts.groups()
    for service in catalog:
        if _pattern(service.endpoint).fullmatch(host + path):
            return service.name
    if scheme.lower() != "http" or _LOOPBACK.fullmatch(host) is None:
        return None
    named = path[1:].partition("/")[0].lower()
    return next((service.name for service in catalog if service.name.lower() == named), None)


def asks_for_description(url: str) -> bool:
    """Whether a GET of ``url`` asks for a WSDL, or for a part of one, in any spelling."""
    parts = _URL.match(url)
    if parts is None:
        return False
    return parts[3].lower().endswith(_DESCRIPTION_PATH) or _DESCRIPTION.search(parts[4] or "") is not None


@cache
def _pattern(endpoint: str) -> re.Pattern[str]:
    address = endpoint.rpartition("://")[2].partition("?")[0].rstrip("/")
    host, slash, path = address.partition("/")
    port = "" if _PORT.search(host) else "(?::[0-9]+)?"
    return re.compile(f"{_filled(host, '[^/.:]+')}{port}{slash}{_filled(path, '[^/]+')}/?", re.IGNORECASE)


def _filled(template: str, placeholder: str) -> str:
    return placeholder.join(map(re.escape, _PLACEHOLDER.split(template)))
