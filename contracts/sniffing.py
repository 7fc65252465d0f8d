"""Whether a body looks like a SOAP envelope: decided by its start alone, so that a broken one counts too."""

from __future__ import annotations

import re
from typing import Final

_COMMENT: Final = rb"<!--(?:[^-]++|-(?!->))*+-->"
_QUOTED: Final = rb"\"[^\"]*+\"|'[^']*+'"
#: Byte order marks, then what may precede the root element: also an XML declaration that is not closed, or closed by an
#: escaped bracket, as after a trip through a web page.
_ENVELOPE: Final = re.compile(
    rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)*+"
    rb"(?:[ \t\r\n]++|" + _COMMENT + rb"|<\?(?:[^?<]++|\?(?!>))*+(?:\?>)?+"
    rb"|<!DOCTYPE(?:[^\[\]<>\"']++|" + _QUOTED + rb")*+"
    rb"(?:\[(?:[^\]\"'<]++|" + _QUOTED + rb"|" + _COMMENT + rb"|<(?!!--))*+\][ \t\r\n]*+)?+>)*+"
    rb"(?:<|&lt;)(?:[^ \t\r\n<>/:&=\"']++:)?+Envelope(?![^ \t\r\n<>/&])",
    re.IGNORECASE,
)


def looks_like_envelope(body: bytes) -> bool:
    """Whether the root element is called Envelope, in any case, namespace and encoding; what follows may be broken."""
    return _ENVELOPE.match(narrowed(body)) is not None


def narrowed(body: bytes) -> bytes:
    """``body`` without the NUL bytes that UTF-16 puts between ASCII characters, for looking only."""
    return body.replace(b"\x00", b"") if b"\x00" in body[:4] else body
