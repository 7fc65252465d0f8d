"""A WSDL fetched once and kept with its date: providers answer 503 to those who poll it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from contracts.messages import Message, charset_in
from contracts.names import WSDL, XSD, qname
from contracts.recording import TargetError, target_of
from contracts.recording.endpoints import Endpoint
from contracts.version import VERSION
from contracts.xml import MAX_BYTES, parse

from .files import read_regular
from .origins import shown
from .problems import NothingToCompareError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: How long what was fetched is used again.
_FRESH: Final = timedelta(days=1)
#: All answers together may take as long as so many of them; there may be a hundred imports.
_MOST_ANSWERS: Final = 5
#: The line before the body in a file of the cache, in bytes.
_LONGEST_HEAD: Final = 10_000
_ROOTS: Final = (qname(WSDL, "definitions"), qname(XSD, "schema"))
_HEADERS: Final = (
    ("Accept", "text/xml, application/wsdl+xml, application/xml"),
    ("User-Agent", f"soap-contracts/{VERSION}"),
)


class Fetched(NamedTuple):
    """A document as it came: its body, the charset of its Content-Type, and when it came (UTC)."""

    body: bytes
    charset: str | None
    date: datetime

    @property
    def day(self) -> str:
        """The day on which it came, YYYY-MM-DD."""
        return self.date.date().isoformat()


class Fetcher:
    """Fetches documents, each at most once a day unless ``refresh``; ``folder`` keeps them, None keeps none.

    Each answer may take ``timeout`` seconds, and all of them five times as long.

    ``say`` is told, in a sentence, what is used that was not fetched now. ``days`` are those of all that was used.
    """

    def __init__(
        self, folder: str | None, *, timeout: float = 60.0, refresh: bool = False, say: Callable[[str], None]
    ) -> None:
        self._folder = folder
        self._timeout = timeout
        self._refresh = refresh
        self._say = say
        self._until = time.monotonic() + _MOST_ANSWERS * timeout
        self.days: list[str] = []

    def fetch(self, url: str) -> Fetched:
        """The document at ``url``. Raises TargetError, EndpointError, and NothingToCompareError for no 200."""
        target = target_of(url.partition("?")[0])._replace(url=_printable(url))
        kept = self._kept(url)
        if kept is not None and not self._refresh and datetime.now(UTC) - kept.date < _FRESH:
            self._say(f"{shown(url)}: used as fetched on {kept.day}; --refresh fetches it anew")
        else:
            answer = Endpoint(target, self._patience(url)).ask(Message(b"", _HEADERS, "request", "GET", url))
            kept = self._taken(url, answer, kept)
        self.days.append(kept.day)
        return kept

    def _patience(self, url: str) -> float:
        """How many seconds the next answer may take. Raises NothingToCompareError once all of them took too long."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise NothingToCompareError(f"{shown(url)}: not asked for: what came before took too long already")
        return min(self._timeout, left)

    def _taken(self, url: str, answer: Message, kept: Fetched | None) -> Fetched:
        """What ``answer`` brings or, where the provider has had enough of us, what was ``kept``."""
        name = shown(url)
        if answer.status == 200:
            charset = charset_in(answer.header("Content-Type") or "")[0] or None
            found = Fetched(answer.body, charset, datetime.now(UTC))
            if _is_description(found):
                self._keep(url, found)
            return found
        if answer.status != 503:
            raise NothingToCompareError(f"{name} answers {answer.status}; is that the address of the WSDL?")
        if kept is None:
            raise NothingToCompareError(f"{name} answers 503, as providers do to those who poll a WSDL; try it later")
        self._say(f"{name} answers 503, as providers do to those who poll a WSDL; used is the one of {kept.day}")
        return kept

    def _path(self, url: str) -> str:
        return os.path.join(self._folder or "", f"{_digest(url)[:32]}.wsdl")

    def _kept(self, url: str) -> Fetched | None:
        """What the cache has; None where it has nothing that can be used."""
        if self._folder is None:
            return None
        try:
            head, _, body = read_regular(self._path(url), _LONGEST_HEAD + MAX_BYTES).partition(b"\n")
            told = json.loads(head[:_LONGEST_HEAD])
            found = Fetched(body, told["charset"], datetime.fromisoformat(told["fetched"]))
            if told["address_sha256"] != _digest(url) or found.date > datetime.now(UTC):
                return None
            return found if isinstance(found.charset, (str, type(None))) and _is_description(found) else None
        except (OSError, ValueError, TypeError, LookupError, RecursionError):
            return None  # a cache that is damaged is none

    def _keep(self, url: str, found: Fetched) -> None:
        if self._folder is None:
            return
        path = self._path(url)
        part = f"{path}.{secrets.token_hex(4)}.part"
        told = {"address_sha256": _digest(url), "fetched": found.date.isoformat(), "charset": found.charset}
        try:
            os.makedirs(self._folder, mode=0o700, exist_ok=True)
            with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(json.dumps(told).encode() + b"\n" + found.body)
            os.replace(part, path)
        except OSError as error:
            with contextlib.suppress(OSError):
                os.remove(part)
            self._say(f"{self._folder}: the WSDL could not be kept there: {error.strerror}")


def cache_folder(environment: Mapping[str, str]) -> str | None:
    """Where WSDLs are kept, by the XDG Base Directory Specification; None where there is no home."""
    base = environment.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):  # the specification: a relative one is to be ignored
        home = os.path.expanduser("~")
        if not os.path.isabs(home):
            return None
        base = os.path.join(home, ".cache")
    return os.path.join(base, "soap-contracts", "wsdl")


def _digest(url: str) -> str:
    """What stands for an address in the cache: its query may hold a secret."""
    return hashlib.sha256(url.encode()).hexdigest()


def _is_description(found: Fetched) -> bool:
    """Whether it is a WSDL or a schema: a page that says "later" comes with a 200, too."""
    document = parse(found.body, found.charset)
    return document.doctype is None and document.root is not None and document.root.tag in _ROOTS


def _printable(url: str) -> str:
    if not (url.isascii() and url.isprintable()) or " " in url or "#" in url:
        raise TargetError("the address of the WSDL has a blank, a fragment or a letter beyond ASCII in it")
    return url
