"""Header fields of HTTP (RFC 9110): what their names and values are made of, and which are of one connection only."""

from __future__ import annotations

import re
from typing import Final

#: A token as a pattern: a field's name, a method (RFC 9110 section 5.6.2).
TOKEN: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - of HTTP, not of a session
#: The fields that are not passed on, in lower case (RFC 9110 section 7.6.1).
HOP_BY_HOP: Final = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-authentication-info"}
    | {"proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"}
)
#: What a response says of its bytes on one connection: of those that are passed on it is said anew (sections 8.4, 8.6).
OF_THE_BYTES: Final = frozenset({"content-length", "content-encoding"})
_TOKEN: Final = re.compile(TOKEN)
_VALUE: Final = re.compile(r"[\t\x20-\x7e\x80-\xff]*")


def is_token(text: str) -> bool:
    """Whether ``text`` is a token."""
    return _TOKEN.fullmatch(text) is not None


def is_field(name: str, value: str) -> bool:
    """Whether this is a header field: a token, and a value without line breaks and other control characters."""
    return is_token(name) and _VALUE.fullmatch(value) is not None
