"""Header fields of one connection, which are not passed on (RFC 9110 section 7.6.1), told from those of a message."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from contracts.fields import HOP_BY_HOP, OF_THE_BYTES, is_field

if TYPE_CHECKING:
    from contracts.messages import Headers

#: What is true of one connection only: of what is passed on it is said anew. Nobody waits for a 100.
_OF_A_REQUEST: Final = OF_THE_BYTES | {"host", "accept-encoding", "expect"}
#: An endpoint must not say where its answer comes from: we do.
_OURS: Final = "soap-contracts-"
_FOLD: Final = re.compile(r"[ \t]*\r?\n[ \t]+")


def of_request(headers: Headers | None) -> Headers:
    """The header fields of a request that are passed on, in order."""
    return _kept(headers or (), _OF_A_REQUEST)


def of_response(headers: Headers) -> Headers:
    """The header fields of a response that are passed on, in order, those that are folded unfolded (RFC 9112 5.2).

    Raises ValueError for a field that is none of HTTP.
    """
    plain = tuple((name, _FOLD.sub(" ", value).strip(" \t")) for name, value in headers)
    if not all(is_field(*field) for field in plain):
        raise ValueError
    return tuple(field for field in _kept(plain, OF_THE_BYTES) if not field[0].lower().startswith(_OURS))


def joined(headers: Headers) -> dict[str, str]:
    """Each name once, its values in a list (RFC 9110 section 5.3); those of Cookie by semicolons (RFC 6265 5.4)."""
    found: dict[str, list[str]] = {}
    for name, value in headers:
        found.setdefault(name.lower(), []).append(value)
    return {name: ("; " if name == "cookie" else ", ").join(values) for name, values in found.items()}


def _kept(headers: Headers, left_out: frozenset[str]) -> Headers:
    named = {
        option.strip(" \t").lower()
        for name, value in headers
        if name.lower() == "connection"
        for option in value.split(",")
    }
    dropped = HOP_BY_HOP | left_out | named
    return tuple(field for field in headers if field[0].lower() not in dropped)
