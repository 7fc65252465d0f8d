"""Answers that are not the behaviour's: a recorded one, and the fault for a request that has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contracts import samples
from contracts.answers import Answer, envelope

if TYPE_CHECKING:
    from contracts.errors import UnansweredRequestError
    from contracts.messages import Message


def replayed(response: Message) -> Answer:
    """A recorded response, as it is sent. The server puts its own date."""
    fields = tuple(field for field in response.headers or () if field[0].lower() != "date")
    return Answer(response.status or 200, fields, response.body)


def unanswered(error: UnansweredRequestError) -> Answer:
    """The answer to a request that has no other: 500, and a fault that says why. The sender need not be to blame."""
    return envelope(500, samples.fault("Server", str(error)))
