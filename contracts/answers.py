"""What a stub answers: the parts of an HTTP response and, where it is to arrive oddly, how it goes onto the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from .names import TEXT_XML

if TYPE_CHECKING:
    from .messages import Headers


class Wire(NamedTuple):
    """The bytes of a response as they are sent, status line and header fields included, and the connection's end.

    ``pieces`` go out one by one, ``pause`` seconds apart; nothing is added to them. Then the connection is closed, or,
    with ``reset``, reset (RST of TCP).
    """

    pieces: tuple[bytes, ...] = ()
    pause: float = 0.0
    reset: bool = False


class Answer(NamedTuple):
    """A status, the header fields and a body; ``wire`` is None where they are sent as HTTP/1.1 has it.

    A status of 0 stands for no answer at all (`NOTHING`).
    """

    status: int
    headers: Headers
    body: bytes
    wire: Wire | None = None


#: The connection is reset, and nothing was sent.
NOTHING: Final = Answer(0, (), b"", Wire(reset=True))


def envelope(status: int, body: bytes) -> Answer:
    """A SOAP 1.1 envelope in UTF-8."""
    return Answer(status, (("Content-Type", TEXT_XML),), body)


def text(status: int, body: str, *headers: tuple[str, str]) -> Answer:
    """A page of plain text."""
    return Answer(status, (("Content-Type", "text/plain; charset=utf-8"), *headers), body.encode())
