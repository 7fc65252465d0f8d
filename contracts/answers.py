"""What a stub answers: the parts of an HTTP response and, where it is to arrive oddly, how it goes onto the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

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
    """A status, the header fields and a body; ``wire`` is None where they are sent as HTTP/1.1 has it."""

    status: int
    headers: Headers
    body: bytes
    wire: Wire | None = None


def text(status: int, body: str, *headers: tuple[str, str]) -> Answer:
    """A page of plain text."""
    return Answer(status, (("Content-Type", "text/plain; charset=utf-8"), *headers), body.encode())
