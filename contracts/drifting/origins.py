"""Where a WSDL and what it imports come from: one folder, or one host. Nothing else is read or asked."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol
from urllib.parse import unquote, urljoin, urlsplit

from contracts.xml import MAX_BYTES

from .files import read_regular
from .problems import WsdlError

if TYPE_CHECKING:
    from .fetching import Fetcher

#: Of two letters at least: one is a drive.
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:|//")
#: A query that certainly holds nothing secret, as ASMX, WCF and JAX-WS have them.
_PLAIN_QUERY: Final = re.compile(r"(?i)(?:single)?wsdl|(?:wsdl|xsd|schema|part)=[\w.-]{0,40}")

_PORTS: Final = {"http": 80, "https": 443}


class Source(NamedTuple):
    """One document as it came: ``key`` is its real path or its address, ``name`` what it is called in what we say."""

    key: str
    name: str
    body: bytes
    charset: str | None = None


class Origin(Protocol):
    """What hands out the documents of one description."""

    def first(self) -> Source:
        """The WSDL itself. Raises WsdlError, NothingToCompareError and what fetching raises."""

    def locate(self, base: str, location: str) -> str:
        """The key of what the document with the key ``base`` imports at ``location``. Raises WsdlError."""

    def read(self, key: str) -> Source:
        """The document with that key. Raises as `first`."""


class Folder:
    """A WSDL in a file, and files in its folder and below."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._root = os.path.join(os.path.dirname(os.path.realpath(path)), "")

    def first(self) -> Source:
        """The file. Raises WsdlError."""
        return _read(os.path.realpath(self._path), self._path)

    def locate(self, base: str, location: str) -> str:
        """The real path of the file at ``location``, as the one at `base` sees it. Raises WsdlError."""
        if _SCHEME.match(location):
            raise WsdlError("it is an address, and what a file imports is read from its own folder only")
        parts = unquote(location.partition("#")[0]).replace("\\", "/")
        real = os.path.realpath(os.path.join(os.path.dirname(base), parts.replace("\0", "?")))
        if not real.startswith(self._root):
            raise WsdlError("it leads out of the folder of the WSDL")
        if not os.path.isfile(real):
            raise WsdlError("there is no such file")
        return real

    def read(self, key: str) -> Source:
        """The file at that real path. Raises WsdlError."""
        return _read(key, os.path.join(os.path.dirname(self._path), os.path.relpath(key, self._root)))


class Site:
    """A WSDL at an address, and what is at the same scheme, host and port."""

    def __init__(self, url: str, fetcher: Fetcher) -> None:
        self._url = url
        self._fetcher = fetcher

    def first(self) -> Source:
        """The WSDL, fetched or from the cache. Raises NothingToCompareError, TargetError and EndpointError."""
        return self.read(self._url)

    def locate(self, base: str, location: str) -> str:
        """The address of ``location``. Raises WsdlError for another host."""
        try:
            url = urljoin(base, location).partition("#")[0]
            same = _host(url) == _host(self._url)
        except ValueError:
            raise WsdlError("it is no address") from None
        if not same:
            raise WsdlError("it is at another host, and imports are followed at the same one only")
        return url if "@" in _authority(url) else urlsplit(url)._replace(netloc=_authority(self._url)).geturl()

    def read(self, key: str) -> Source:
        """What is at that address. Raises as `first`."""
        found = self._fetcher.fetch(key)
        return Source(key, shown(key), found.body, found.charset)


def shown(url: str) -> str:
    """``url`` as it may be told: without a user, and without a query or a fragment that could hold a secret."""
    address, _, query = url.partition("#")[0].partition("?")
    secret, at, rest = address.rpartition("@")
    if at:
        # Whatever stands before it: of an address that is none nobody knows where its user ends.
        address = f"{secret[: secret.find('//') + 2] if '//' in secret else ''}...@{rest}"
    return f"{address}?{query}" if _PLAIN_QUERY.fullmatch(query) else address


def _host(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, (parts.hostname or "").lower(), parts.port or _PORTS.get(parts.scheme)


def _authority(url: str) -> str:
    return urlsplit(url).netloc


def _read(path: str, name: str) -> Source:
    try:
        return Source(path, name, read_regular(path, MAX_BYTES + 1))
    except OSError as error:
        raise WsdlError(f"{name}: cannot be read: {error.strerror or 'no such file'}") from None
