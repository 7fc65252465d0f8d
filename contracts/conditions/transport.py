"""The provider's own answer, sent as HTTP and TCP should not, or slowly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from contracts.answers import NOTHING, Answer, Wire
from contracts.fields import HOP_BY_HOP
from contracts.raw import head, status_line

from .injections import injection

if TYPE_CHECKING:
    from .injections import Scene

_ANEW: Final = HOP_BY_HOP | {"content-length"}
_CLOSED: Final = ("Connection", "close")
#: How many bytes more, or less, than the body has are said to follow.
_WRONG: Final = 16


@injection("raise", "must not retry")
def truncated_body(scene: Scene) -> Answer | None:
    """The connection ends in the middle of the body, before the bytes that Content-Length promises."""
    answer = scene.process()
    if not answer.body:
        return None
    return _sent(answer, (_head(answer) + answer.body[: len(answer.body) // 2],))


@injection("raise", "must not retry")
def content_length_too_large(scene: Scene) -> Answer:
    """Content-Length promises more bytes than come before the connection ends."""
    answer = scene.process()
    return _sent(answer, (_head(answer, len(answer.body) + _WRONG) + answer.body,))


@injection("raise", "must not retry")
def content_length_too_small(scene: Scene) -> Answer | None:
    """Content-Length cuts the end off the envelope."""
    answer = scene.process()
    if not answer.body:
        return None
    return _sent(answer, (_head(answer, max(len(answer.body) - _WRONG, 0)) + answer.body,))


@injection("the same values")
def one_byte_at_a_time(scene: Scene, seconds: float = 0.0005) -> Answer:
    """Head and body come byte by byte, `seconds` apart."""
    answer = scene.process()
    whole = _head(answer) + answer.body
    return _sent(answer, tuple(whole[at : at + 1] for at in range(len(whole))), seconds)


@injection("the same values", "raise")
def slow_headers(scene: Scene, seconds: float = 1) -> Answer:
    """The lines of the head come `seconds` apart; a client that waits no longer gives up by its timeout."""
    answer = scene.process()
    return _sent(answer, (*_head(answer).splitlines(keepends=True), answer.body), seconds)


@injection("raise", "may retry", processed=False)
def reset_before_processing(scene: Scene) -> Answer:  # noqa: ARG001 - every injection gets it
    """The connection is reset, and nothing was done."""
    return NOTHING


@injection("raise", "must not retry")
def reset_after_processing(scene: Scene) -> Answer:
    """The connection is reset after the request was processed: nobody told the client.

    A call that destroys something (EndSynchronization) must not be sent again as it is: that is called out. Others may.
    """
    scene.process()
    return NOTHING


def _head(answer: Answer, length: int | None = None) -> bytes:
    said = str(len(answer.body) if length is None else length)
    # A replayed answer has fields of the connection that it was recorded on.
    kept = tuple(field for field in answer.headers if field[0].lower() not in _ANEW)
    return head(status_line(answer.status), (*kept, ("Content-Length", said), _CLOSED)).encode("latin-1")


def _sent(answer: Answer, pieces: tuple[bytes, ...], pause: float = 0.0) -> Answer:
    return answer._replace(wire=Wire(pieces, pause))
