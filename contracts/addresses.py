"""Which service an address belongs to: the endpoint in its contract, or this tool's stub on loopback."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from .sniffing import looks_like_envelope, narrowed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .catalog import Catalog
    from .messages import Message
    from .model import Service

#: Scheme, credentials, host with port, path, query.
_URL: Final = re.compile(r"(https?)://(?:[^/?#@]*@)?([^/?#]*)([^?#]*)(?:\?([^#]*))?", re.IGNORECASE)
_LOOPBACK: Final = re.compile(r"(?:127\.0\.0\.1|localhost|\[::1\]):[0-9]+", re.IGNORECASE)
_PLACEHOLDER: Final = re.compile(r"\{[^{}/]*\}")
_PORT: Final = re.compile(r":[0-9]+\Z")
#: How an ASMX or WCF service and the stub are asked for a WSDL, or for a schema that it imports; Luminate has a path.
_DESCRIPTION: Final = re.compile(r"(?:^|&)(?:single)?(?:wsdl|xsd|disco)(?:[=&]|\Z)", re.IGNORECASE)
#: Methods of requests that have no body (RFC 9110 section 9.3).
_BODILESS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_METHODS: Final = (*_BODILESS, "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT")
_DESCRIPTION_PATH: Final = "/wsdl"


def services_at(catalog: Catalog, url: str) -> list[Service]:
    """The services at ``url``: none, one, or several that share an address.

    Host and path are compared whatever their case; a ``{placeholder}`` of an endpoint stands for one path segment or
    one part of the host. The stub is known by its loopback address and by the service in the first path segment.
    """
    parts = _URL.match(url)
    if parts is None:
        return []
    _, host, path, _ = parts.groups()
    found = [service for service in catalog if _pattern(service.endpoint).fullmatch(host + path)]
    if found or _LOOPBACK.fullmatch(host) is None:
        return found
    named = path[1:].partition("/")[0].lower()
    return [service for service in catalog if service.name.lower() == named]


def addressed(catalog: Catalog, message: Message) -> str | None:
    """The name of the service that ``message``, or the request that it answers, was sent to.

    A request is for the service at its address, as the stub takes it: what is in another namespace is wrong there. Of
    several at one address it is the one whose namespace the body names in quotes. A response that names any service
    says itself whose it is. None where the address is none's, or is not known.
    """
    asked = message.request or message
    if asked.url is None:
        return None
    url = asked.url if "://" in asked.url else f"http://{asked.header('host') or ''}{asked.url}"
    found = services_at(catalog, url)
    if not found or (message.direction == "response" and any(_named(catalog, message))):
        return None
    named = list(_named(found, message)) if len(found) > 1 else []
    return (named or found)[0].name


def is_soap(request: Message, catalog: Catalog) -> bool:
    """Whether ``request`` is SOAP or ought to be: it has an Envelope or a SOAPAction, or goes to a known service."""
    if looks_like_envelope(request.body):
        return True
    if request.method in _BODILESS:
        return False
    return request.header("SOAPAction") is not None or bool(services_at(catalog, request.url or ""))


def asks_for_description(url: str) -> bool:
    """Whether a GET of ``url`` asks for a WSDL, or for a part of one, in any spelling."""
    parts = _URL.match(url)
    if parts is None:
        return False
    return parts[3].lower().endswith(_DESCRIPTION_PATH) or _DESCRIPTION.search(parts[4] or "") is not None


def asks_for_wsdl(url: str) -> bool:
    """Whether a GET of ``url`` asks for a WSDL itself, and not for a schema that one imports."""
    return asks_for_description(url) and "wsdl" in (url.lower().partition("?")[2] or url.lower())


def described_by(url: str) -> str:
    """The endpoint whose WSDL is at ``url``: without a query, and without the last segment where that is the WSDL's."""
    address = url.partition("?")[0]
    return address[: -len(_DESCRIPTION_PATH)] if address.lower().endswith(_DESCRIPTION_PATH) else address


def label_of(method: str, url: str) -> str:
    """Method and host. A path, a query and credentials may hold anything, and this stands in every report."""
    host = url.partition("://")[2].partition("/")[0].partition("?")[0]
    return f"{shown_method(method)} {host.rpartition('@')[2]}"


def shown_method(method: str | None) -> str:
    """``method`` where it is one of HTTP (RFC 9110 section 9, RFC 5789); a client may put anything in its place."""
    return method if method in _METHODS else "unknown method"


@cache
def _pattern(endpoint: str) -> re.Pattern[str]:
    address = endpoint.rpartition("://")[2].partition("?")[0].rstrip("/")
    host, slash, path = address.partition("/")
    port = "" if _PORT.search(host) else "(?::[0-9]+)?"
    return re.compile(f"{_filled(host, '[^/.:]+')}{port}{slash}{_filled(path, '[^/]+')}/?", re.IGNORECASE)


def _filled(template: str, placeholder: str) -> str:
    return placeholder.join(map(re.escape, _PLACEHOLDER.split(template)))


def _named(services: Iterable[Service], message: Message) -> Iterator[Service]:
    """Those of ``services`` whose namespace stands in the body, in quotes."""
    text = narrowed(message.body)
    for service in services:
        namespace = service.namespace.encode()
        if b'"%b"' % namespace in text or b"'%b'" % namespace in text:
            yield service
