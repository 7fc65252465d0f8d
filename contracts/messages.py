"""One HTTP message with an envelope in it, as it was sent."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, get_args

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Direction = Literal["request", "response"]
Headers = tuple[tuple[str, str], ...]

#: A parameter of a header field, RFC 9110 section 5.6.6; single quotes are part of a value.
_PARAMETER: Final = re.compile(r';[ \t]*([^ \t;="]+)[ \t]*=[ \t]*("(?:[^"\\]|\\.)*"|[^ \t;"]*)')


class Message(NamedTuple):
    """A request or a response: the bytes of its body and what is known of its HTTP part.

    ``headers`` is None when no HTTP metadata is known; otherwise every field in the order and the spelling of the
    wire. ``body`` has its transfer and content codings undone. ``first_line`` is the 1-based line of ``source`` on
    which the body starts, ``header_lines`` the line of each header field. ``kind`` is None when only the body can
    tell. ``request`` is the request that a response answers, ``service`` a service's name where the sender of the
    message knows it. ``decoded`` says that the body does not stand in ``source`` as it is here, so that its lines are
    not those of a file.
    """

    body: bytes
    headers: Headers | None = None
    kind: Direction | None = None
    method: str | None = None
    url: str | None = None
    status: int | None = None
    source: str = "<message>"
    index: int = 0  # type: ignore[assignment] # hides tuple.index, which nobody needs here
    first_line: int = 1
    header_lines: tuple[int, ...] = ()
    request: Message | None = None
    service: str | None = None
    decoded: bool = False

    def __repr__(self) -> str:
        # Test runners print this, and a body or a header may hold secrets.
        return f"Message(kind={self.direction!r}, source={self.source!r}, {len(self.body)} bytes)"

    @property
    def direction(self) -> Direction | None:
        """``kind`` or, where that is not given, what a status or a method tells."""
        return self.kind or ("response" if self.status is not None else "request" if self.method is not None else None)

    def header(self, name: str) -> str | None:
        """The first value of the header field ``name``, whatever its case, stripped; None when it is absent."""
        return next(iter(self.header_values(name)), None)

    def header_values(self, name: str) -> list[str]:
        """Every value of the header field ``name``, whatever its case, stripped, in order."""
        wanted = name.lower()
        return [value.strip(" \t") for key, value in self.headers or () if key.lower() == wanted]


def message_of(body_or_message: bytes | str | Message) -> Message:
    """A Message as it is, or one of a body; a str is taken as its UTF-8 bytes. Raises TypeError for anything else."""
    if isinstance(body_or_message, Message):
        return body_or_message
    if isinstance(body_or_message, str):
        return Message(body_or_message.encode("utf-8", "surrogatepass"))
    if isinstance(body_or_message, (bytes, bytearray, memoryview)):
        return Message(bytes(body_or_message))
    raise TypeError(f"a message is bytes, str or contracts.Message, not {type(body_or_message).__name__}")


def charset_in(content_type: str) -> tuple[str, tuple[int, int]]:
    """The first charset parameter of a Content-Type: its value without quotes, and its span from the semicolon on.

    An empty value and the end of the field where there is none.
    """
    match = next((found for found in _PARAMETER.finditer(content_type) if found[1].lower() == "charset"), None)
    if match is None:
        return "", (len(content_type), len(content_type))
    value = match[2]
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if value[:1] == '"' else value, match.span()


def given_fields(
    headers: Mapping[str, str] | Iterable[tuple[str, str]] | None,
    status: int | None,
    method: str | None,
    url: str | None,
    request: bytes | str | Message | None,
    service: str | None,
    kind: Direction | None,
) -> dict[str, Any]:
    """The fields of a Message that are not None. Raises TypeError and ValueError for what can be no such field."""
    if status is not None and not isinstance(status, int):
        raise TypeError(f"status is an int such as 200, not {type(status).__name__}")
    if kind is not None and kind not in get_args(Direction):
        raise ValueError(f"kind is {' or '.join(map(repr, get_args(Direction)))}, not {kind!r}")
    fields = {
        "headers": None if headers is None else _pairs(headers),
        "status": status,
        "method": method,
        "url": url,
        "request": None if request is None else message_of(request),
        "service": service,
        "kind": kind,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _pairs(headers: Mapping[str, str] | Iterable[tuple[str, str]]) -> Headers:
    items = headers.items() if hasattr(headers, "items") else headers
    try:
        return tuple([(_text(name), _text(value)) for name, value in items])
    except (TypeError, ValueError):
        raise TypeError("headers are a mapping of names to values, or pairs of both") from None


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, str):
        return value
    raise TypeError
