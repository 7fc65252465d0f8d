"""Answers that are not the behaviour's: a recorded one, and the fault for a request that has none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from contracts import samples
from contracts.answers import Answer
from contracts.names import TEXT_XML

if TYPE_CHECKING:
    from contracts.errors import UnansweredRequestError
    from contracts.messages import Message

_HEADERS: Final = (("Content-Type", TEXT_XML),)


def replayed(response: Message) -> Answer:
    """A recorded response, as it is sent. The server puts its own date."""
    fields = tuple(field for field in response.headers or () if field[0].lower() != "date")
    return Answer(response.status or 200, fields, response.body)


def unanswered(error: UnansweredRequestError) -> Answer:
    """The answer to a request that has no other: 500, and a fault that says why. The sender need not be to blame."""
    return Answer(500, _HEADERS, samples.fault("Server", str(error)))
