"""A recorded message without its secrets: body, header fields and address."""

from __future__ import annotations

import base64
import binascii
import codecs
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import unquote

from contracts.rules import open_case

from .packing import unpacked
from .placeholders import Placeholders
from .spans import Names, UncertainError, spans_in, spans_in_broken

if TYPE_CHECKING:
    from contracts.catalog import Catalog
    from contracts.messages import Headers, Message
    from contracts.xml import Document

    from .spans import Span

#: Header fields whose values are credentials, and names that say so of fields of anybody's own.
_SECRET_HEADER: Final = re.compile(
    r"(?i)(?!access-control-)(?:.*auth.*|(?:set-)?cookie2?|jwt|bearer|x-sid|.*-key|key"
    r"|.*(?:token|secret|session|passw|pwd|credential|api[-_]?key|signature|csrf|login|user-?name).*)"
)
#: Names of parameters in an address that say the same.
_SECRET_PARAMETER: Final = re.compile(
    r"(?i).*(?:passw|pwd|secret|token|session|signature|credential|api[-_]?key).*|key|sig|auth|sid"
)
#: And keys of a file, whose own are none of them.
_SECRET_KEY: Final = re.compile(r"(?i).*(?:passw|pwd|secret|token|credential|api[-_]?key).*|auth")
#: A parameter in a query, in a fragment or behind a semicolon in a path.
_PARAMETER: Final = re.compile(r"([?&;#])([^=&;#?/]+)=([^&;#]*)")
_USER_INFO: Final = re.compile(r"(//|\\\\)([^\s?@/\\]{0,200}(?:[:][^\s?@]{0,200})?)@")
_MARKS: Final = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
#: Of Digest, the parts that are credentials.
_QUOTED: Final = re.compile(r"(?:username|response|cnonce|nonce)=\"([^\"]+)\"")
_BASE64: Final = re.compile(r"[A-Za-z0-9+/]{16,}={0,2}")
_COOKIE: Final = re.compile(r"[^=;,\s]+=\"?([^\";,]*)")
_USUAL_NAME: Final = re.compile(
    r"(?i)user ?-?info|text|body|cookie|(?:set-|proxy-|www-)?(?:cookie|authorization|authenticate)|username|password|sessionid"
)
#: Of a header field that tells what became of a body.
DROPPED: Final = "Soap-Contracts-Dropped"


class Secret(NamedTuple):
    """A secret that was found: the field, its value, and where it stood, in words without any of it."""

    field: str
    value: str
    place: str

    def __repr__(self) -> str:
        return f"Secret(field={self.field!r}, place={self.place!r})"


class Redactor:
    """Redacts the messages of one cassette. ``secrets`` are those that it has found, in order."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._names = Names(catalog)
        self._placeholders = Placeholders(catalog)
        self.secrets: list[Secret] = []

    @property
    def placeholders(self) -> frozenset[str]:
        """Those that were given, and those that stood there already."""
        return frozenset(self._placeholders.met)

    def message(self, message: Message, place: str = "") -> Message:
        """``message`` without its secrets, the rest byte for byte; ``place`` is how to call it, as in ``[0] request``.

        A body of which nobody can tell where its secrets are is dropped, and a header field says so.
        """
        address, headers = message.url, self._headers(message.headers or (), place)
        if address is not None:
            address = self._address(address, place)
        body = self._body(message, place)
        if body is None:
            body, headers = b"", (*headers, (DROPPED, "body"))
        if body != message.body:
            headers = tuple((name, _length(name, value, body)) for name, value in headers)
        return message._replace(body=body, headers=headers if message.headers is not None else None, url=address)

    def pair(self, pair: object, place: str, *, secret: bool) -> bool:
        """Redact the value of a pair of name and value in place, if its name says so or it is ``secret``."""
        if (
            not isinstance(pair, dict)
            or not isinstance(pair.get("name"), str)
            or not isinstance(pair.get("value"), str)
        ):
            return False
        before = pair["value"]
        if secret and before.strip() and not self._placeholders.knows("cookie", before):
            pair["value"] = self._found("cookie", before, f"{place} cookie")
        elif not secret:
            field = self.secret_name(pair["name"])
            if field is not None and before.strip() and not self._placeholders.knows(field, before):
                pair["value"] = self._found(field, before, f"{place}, {_shown(field)}")
            elif field is None:
                pair["value"] = self.text(before, place)
        return bool(pair["value"] != before)

    def _found(self, field: str, value: str, place: str) -> str:
        self.secrets.append(Secret(field, value, place))
        return self._placeholders.of(field, value)

    def _body(self, message: Message, place: str) -> bytes | None:
        """The body without its secrets, None where it has to be dropped."""
        if not message.body:
            return message.body
        message = message._replace(body=unpacked(message.body))
        document = open_case(message._replace(request=None), self._catalog).document
        data = document.encoded.data
        if document.root is None and not _looks_like_xml(data) and b"\0" not in data:
            if not self._names.tells(data):
                return message.body
            self._remember(data, place)
            return None
        if not _is_sure(document, message.body):
            if not any(self._names.anywhere.search(text) for text in (message.body.replace(b"\0", b""), data)):
                return message.body
            self._remember(data, place)
            return None
        try:
            spans = spans_in(data, self._names) if document.root is not None else spans_in_broken(data, self._names)
        except UncertainError:
            self._remember(data, place)
            return None
        wanted = [span for span in spans if not self._placeholders.knows(span.field, span.raw)]
        return message.body if not wanted else _encoded(self._spliced(data, wanted, place), message.body, document)

    def _remember(self, data: bytes, place: str) -> None:
        """Note what seems to be secret in a body that is dropped: it may not be written anywhere else either."""
        self.secrets.append(Secret("body", "", f"{place} body, dropped because it is not certain what in it is secret"))
        for field, value in self._names.seeming(data):
            self.secrets.append(Secret(field, value, f"{place} body, {field}"))

    def _spliced(self, data: bytes, spans: list[Span], place: str) -> bytes:
        parts, here = [], 0
        for span in spans:
            if span.start < here:
                continue
            placeholder = self._found(span.field, span.value, f"{place} body, {span.field}")
            parts += [data[here : span.start], placeholder.encode()]
            here = span.end
        return b"".join([*parts, data[here:]])

    def _headers(self, headers: Headers, place: str) -> Headers:
        return tuple((name, self._header(name, value, place)) for name, value in headers)

    def _header(self, name: str, value: str, place: str) -> str:
        secret = _SECRET_HEADER.fullmatch(name) or self._names.field(name) is not None
        if not value.strip() or self._placeholders.knows(name, value.strip()):
            return value
        if not secret:
            return self.text(value, f"{place} header {_shown(name)}")
        for part in _parts_of(name, value):
            self.secrets.append(Secret(name, part, f"{place} header {_shown(name)}"))
        return self._found(name, value, f"{place} header {_shown(name)}")

    def valued(self, field: str | None, value: Any, place: str) -> Any:
        """``value`` of a file, text, number or bytes, without what is secret in it; all of it where ``field`` is."""
        text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
        if field is None:
            told = self._telling_inside(value, text)
            if told or not isinstance(value, str):
                return self._found("text", text, place) if told else value
            return self.text(value, place)
        return value if not text.strip() or self._placeholders.knows(field, text) else self._found(field, text, place)

    def _telling_inside(self, value: Any, text: str) -> bool:
        """Whether bytes, or a text in base64, tell a secret."""
        if isinstance(value, bytes):
            return self.tells(unpacked(value))
        if _BASE64.fullmatch(text) is None:
            return False
        return self.tells(unpacked(base64.b64decode(text[: len(text) // 4 * 4])))

    def tells(self, data: bytes) -> bool:
        """Whether ``data`` seems to give a secret field a value."""
        return self._names.tells(data) or (b"\0" in data and self._names.tells(data.replace(b"\0", b"")))

    def text(self, text: str, place: str) -> str:
        """A text that is no body: an address without its secrets, a placeholder where it tells one; else as it is."""
        if "//" in text or "\\\\" in text or "=" in text:
            text = self._address(text, place)
        if self._names.tells(text.encode("utf-8", "replace")):
            return self._found("text", text, place)
        return text

    def _address(self, address: str, place: str) -> str:
        """``address`` without credentials, and without the values of secret parameters."""
        found = _USER_INFO.search(address)
        if found is not None:
            for piece in (found[2], *found[2].split(":")):
                self.secrets.append(Secret("user info", unquote(piece), f"{place} address"))
            address = address[: found.start(2)] + address[found.end() :]
        return _PARAMETER.sub(lambda known: self._parameter(known, place), address)

    def _parameter(self, known: re.Match[str], place: str) -> str:
        name, value = unquote(known[2]), unquote(known[3])
        field = self.secret_name(name)
        if field is None and self._names.tells(known[3].encode()):
            field = "text"
        if field is None or not value.strip() or self._placeholders.knows(field, value):
            return known[0]
        return f"{known[1]}{known[2]}={self._found(field, value, f'{place} address, {_shown(field)}')}"

    def secret_key(self, key: str) -> str | None:
        """What to call the secret that is the value of ``key`` in a file, None where it is none."""
        return self._names.field(key) or (key if _SECRET_KEY.fullmatch(key) else None)

    def secret_name(self, name: str) -> str | None:
        """What to call the secret that ``name`` in an address or a record names, None where it names none."""
        return self._names.field(name) or (name if _SECRET_PARAMETER.fullmatch(name) else None)


def _looks_like_xml(data: bytes) -> bool:
    return data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"<", b"&")


def _shown(name: str) -> str:
    """A name for a sentence; a client may have made anything of it."""
    return name if _USUAL_NAME.fullmatch(name) else "of another name"


def _is_sure(document: Document, body: bytes) -> bool:
    """Whether the text that is looked at is all that is in the body, so that nothing hides in another reading of it."""
    encoded = document.encoded
    if encoded.unknown is not None or encoded.conflict is not None or document.doctype is not None:
        return False
    return not document.too_large and _encoded(encoded.data, body, document) == body


def _encoded(data: bytes, body: bytes, document: Document) -> bytes | None:
    """``data``, UTF-8, in the encoding and with the byte order mark of ``body``."""
    mark = next((mark for mark in _MARKS if body.startswith(mark)), b"")
    encoding = document.encoded.encoding
    try:
        return mark + (data if encoding == "utf-8" else data.decode().encode(encoding))
    except UnicodeError:
        return None


def _length(name: str, value: str, body: bytes) -> str:
    return str(len(body)) if name.lower() == "content-length" else value


def _parts_of(name: str, value: str) -> list[str]:
    """What in a header field is a secret by itself: a token, the halves of basic credentials, the values of cookies."""
    if "cookie" in name.lower():
        found = _COOKIE.findall(value)
        return [one for one in (found[:1] if name.lower().startswith("set") else found) if one]
    quoted = _QUOTED.findall(value)
    if quoted:
        return [*quoted, value]
    scheme, _, token = value.strip().partition(" ")
    if scheme.lower() != "basic":
        return [token] if token else []
    try:
        plain = base64.b64decode(token + "=" * (-len(token) % 4), validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return [token]
    return [token, plain, *plain.split(":", 1)]
