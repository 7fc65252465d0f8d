"""The endpoint that is recorded: where it is, and which operations may be sent there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import SplitResult, urlsplit

from contracts.errors import SoapContractsError
from contracts.loopback import is_loopback

if TYPE_CHECKING:
    from contracts.model import Effect

#: The effects that may be allowed, each with those before it.
ALLOWED: Final[tuple[Effect, ...]] = ("read", "write", "destructive")
_PRINTABLE: Final = re.compile(r"[!-~]+")
_PLACEHOLDER: Final = re.compile(r"[{}]")
_SCHEMES: Final = ("http", "https")


class TargetError(SoapContractsError, ValueError):
    """An endpoint, or what is allowed there, that cannot be used; the text says what to give instead."""


class Target(NamedTuple):
    """An endpoint and the effects that are allowed there.

    ``place`` is its host, in lower case, with the port where one is given, and its path. A ``live`` one gets no
    operation whose effect is not in ``allowed``.
    """

    url: str
    scheme: str
    host: str
    place: str
    loopback: bool
    live: bool
    allowed: tuple[Effect, ...]


def target_of(
    endpoint: str, *, allow: str = "read", confirm_target: str | None = None, treat_as_live: bool = False
) -> Target:
    """The target at ``endpoint``.

    ``allow`` is one of `ALLOWED`; what is destructive also needs ``confirm_target``, the place of the endpoint. On
    loopback (127.0.0.0/8, ::1, localhost) every effect is allowed, unless ``treat_as_live``. Raises TargetError, whose
    text quotes nothing of an address that may hold credentials.
    """
    parts = _split(endpoint)
    host = parts.hostname or ""
    loopback = is_loopback(host)
    if parts.scheme == "http" and not loopback:
        raise TargetError(
            f"the endpoint at {host} is plain http, and credentials would travel in the clear; use its https address"
        )
    place = f"{parts.netloc.lower()}{parts.path}"
    live = treat_as_live or not loopback
    if allow not in ALLOWED:
        raise TargetError(f"{allow!r} is no effect to allow; known are: {', '.join(ALLOWED)}")
    _refuse_unconfirmed(place, allow, confirm_target, live=live)
    allowed = ALLOWED[: ALLOWED.index(allow) + 1]
    return Target(endpoint, parts.scheme, host, place, loopback, live, allowed)


def _split(endpoint: str) -> SplitResult:
    """The parts of ``endpoint``. Raises TargetError."""
    if not _PRINTABLE.fullmatch(endpoint):
        raise TargetError("the endpoint is no address: it is empty, or has a blank or a letter beyond ASCII in it")
    if _PLACEHOLDER.search(endpoint):
        raise TargetError("the endpoint has a placeholder in braces; put the site's own name in its place")
    if "?" in endpoint or "#" in endpoint:
        raise TargetError(
            "the endpoint has a query or a fragment, where a secret may stand; give the address before it"
        )
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        raise TargetError("the endpoint is no address: its host or its port cannot be read") from None
    if "@" in parts.netloc:
        raise TargetError("the endpoint has a user name or a password in it; give the address without them")
    if parts.scheme not in _SCHEMES or not parts.hostname or port == 0:
        raise TargetError("the endpoint is no http or https address, such as https://host.example/path")
    return parts


def _refuse_unconfirmed(place: str, allow: str, confirmed: str | None, *, live: bool) -> None:
    if confirmed is not None and confirmed != place:
        raise TargetError(f"--confirm-target is another place than the endpoint; type --confirm-target {place}")
    if allow == "destructive" and live and confirmed is None:
        raise TargetError(
            f"--allow destructive lets operations through that destroy data at {place}; if that is wanted, type "
            f"--confirm-target {place}"
        )
