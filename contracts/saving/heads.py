"""The head of a saved message: its start line and header fields without secrets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from contracts.names import BLANKS
from contracts.raw import status_line
from contracts.secrecy import MASK

from .fills import Fill
from .words import FIELDS, common

if TYPE_CHECKING:
    from contracts.catalog import Catalog
    from contracts.masking import Masked
    from contracts.messages import Headers, Message

    from .fills import Style

_OPEN: Final = frozenset(FIELDS.split())
#: Gone from a body that is saved as it was judged, and with it the length that it had on the wire.
_TRANSFER: Final = "transfer-encoding"
_ADDRESS: Final = re.compile(r"((?:[A-Za-z][A-Za-z0-9+.-]*://[^/]*)?)([^?]*)(\?.*)?", re.DOTALL)
#: What follows a semicolon that stands in no quotes.
_PARAMETER: Final = re.compile(r";(?:\"(?:[^\"\\]|\\.)*\"|[^;])*")
#: What a path may hold and need not be escaped (RFC 3986 section 3.3).
_PATH: Final = "/!$&'()*+,;=:@"


class Hiding:
    """Hides the secrets of one message in short texts: a header field, an address."""

    def __init__(self, masked: Masked, catalog: Catalog, style: Style) -> None:
        self._masked = masked
        self._known = common(catalog)
        self._names = re.compile(f"((?i:{'|'.join(map(re.escape, sorted(catalog.secrets))) or '(?!)'}))")
        self._fill = Fill(style, "latin-1")

    def __call__(self, text: str) -> str:
        """``text``, or one as long where it holds a secret, is a part of one or seems to name one. Raises UnicodeError.

        What seems to name one keeps the name, and is known by it again.
        """
        if self._is_clean(text):
            return text
        bare, values = text.strip(BLANKS).lower(), self._masked.values
        held, named = self.holds_a_secret(text), self._names.search(text) is not None
        if named and not held and not any(bare in value for value in values):
            parts = self._names.split(text)
            return "".join(part if number % 2 else part.translate(self._fill) for number, part in enumerate(parts))
        if named or not held:
            return text.translate(self._fill)
        for value in values:
            text = re.sub(re.escape(value), lambda found: found[0].translate(self._fill), text, flags=re.IGNORECASE)
        return text

    def masked(self, text: str) -> str:
        """``text``, or a mask in its place."""
        return text if self._is_clean(text) else MASK

    def holds_a_secret(self, text: str) -> bool:
        """Whether a whole secret stands in ``text``."""
        return self._masked.without_secrets(text) != text

    def _is_clean(self, text: str) -> bool:
        return text.strip(' \t"').lower() in self._known or self._masked.clean(text) == text


def start_line(message: Message, hide: Hiding) -> str:
    """The first line of ``message``, whose address, method and status are read from it again."""
    if message.status is not None:
        return status_line(message.status)
    return f"{hide(message.method or 'POST')} {address_of(message, hide)} HTTP/1.1"


def address_of(message: Message, hide: Hiding) -> str:
    """The request's address: no credentials, no query, and a mask for each part of the path that holds a secret."""
    host, path, query = _ADDRESS.fullmatch(message.url or "/").groups()  # type: ignore[union-attr] # it matches anything
    scheme, slashes, authority = host.partition("://")
    host = f"{scheme}{slashes}{hide.masked(authority.rpartition('@')[2])}"
    shown = "/".join(hide.masked(part) for part in path.split("/"))
    shown = f"/{MASK}" if hide.holds_a_secret(shown) else quote(shown, safe=_PATH, errors="replace")
    return f"{quote(host, safe=f'{_PATH}[]', errors='replace')}{shown or '/'}{f'?{MASK}' if query else ''}"


def path_of(address: str) -> str:
    """The path of an address."""
    return _ADDRESS.fullmatch(address)[2]  # type: ignore[index] # it matches anything


def fields_of(message: Message, hide: Hiding) -> Headers:
    """The header fields as they are saved. Raises UnicodeError."""
    masks: dict[str, list[str]] = {}
    lengths = not message.header_values(_TRANSFER)
    fields = []
    for name, value in message.headers or ():
        known, bare = name.lower(), value.strip(" \t\r")
        if known == _TRANSFER or (known == "content-length" and not lengths):
            continue
        if known == "content-type":
            bare = _content_type(bare, hide)
        elif known in _OPEN:
            bare = hide(bare)
        elif bare:
            bare = _mask_of(bare, masks.setdefault(known, []))
        fields.append((name if known in _OPEN else hide(name), bare))
    return tuple(fields)


def _content_type(value: str, hide: Hiding) -> str:
    """The media type and the charset; other parameters say nothing to the rules."""
    media_type, *parameters = _PARAMETER.findall(f";{value}")
    return hide(media_type[1:]) + "".join(_parameter(parameter, hide) for parameter in parameters)


def _parameter(text: str, hide: Hiding) -> str:
    name, equals, said = text[1:].partition("=")
    if not equals:
        return f";{hide(name)}"
    return f";{hide(name)}={hide(said) if name.strip(BLANKS).lower() == 'charset' else MASK}"


def _mask_of(value: str, known: list[str]) -> str:
    """The mask of a field's value: another one for another value, since a field may be wrong by having two."""
    if value not in known:
        known.append(value)
    number = known.index(value)
    return f"{MASK}{number + 1}" if number else MASK
