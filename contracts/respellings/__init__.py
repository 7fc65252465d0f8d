"""Other bytes, same infoset: one message spelled in the many ways in which XML, SOAP and HTTP say the same.

Nothing here is about one operation, and no random source is in it: every decision is asked for.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Final, NamedTuple
from zlib import crc32

from contracts.xml import MAX_BYTES, parse

from .habits import ABOUT_SPELLING, HABITS, Choose, Habit, Ways
from .qnames import Facts
from .wire import charset_of, encoded, encoding_of, headers_of
from .writing import written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.messages import Message
    from contracts.xml import Element

__all__ = ["ABOUT_SPELLING", "HABITS", "Choose", "Habit", "Respelling", "every_respelling_of", "respelled"]

#: How many respellings have every habit at once, each place in a way of its own.
_TOGETHER: Final = 8


class Respelling(NamedTuple):
    """A message spelled otherwise; ``name`` tells how: ``plain``, ``habit-way``, or ``together-1`` for all at once."""

    name: str
    message: Message


class _Reading(NamedTuple):
    """A message and the tree in it."""

    message: Message
    root: Element
    facts: Facts

    def spelled(self, choose: Choose) -> Message:
        message, ways = self.message, Ways(choose)
        encoding = encoding_of(message, ways)
        body = encoded(written(self.root, self.facts, ways), encoding, ways)
        if len(body) > MAX_BYTES:
            return message
        headers = headers_of(message, body, encoding, ways)
        # The bytes are in no file, so no line of one can be pointed at.
        return message._replace(body=body, headers=headers, first_line=1, header_lines=(), decoded=True)


def respelled(message: Message, choose: Choose) -> Message:
    """``message`` in other bytes that say the same: the same elements, attributes and values, character for character.

    ``choose`` is called with the name of a habit (see `HABITS`) and the number of its ways at every decision, and
    answers with a number below that; 0 is the plain way. White space between elements is no part of what is said, but
    in a Fault's detail and where xml:space says so. HTTP headers change with the bytes. A message that would become
    larger than this tool reads comes back as it is.

    Raises ValueError for a message that is not well-formed XML 1.0, contradicts itself about its encoding or has a
    DOCTYPE: what it says is not known. Raises IndexError for a choice that does not exist.
    """
    return _read(message).spelled(choose)


def every_respelling_of(message: Message) -> Iterator[Respelling]:
    """``message`` in the plain spelling, then in each way of each habit alone, then with all habits at once.

    A way that makes no difference to this message is left out. Raises ValueError as `respelled` does.
    """
    reading = _read(message)
    plain = reading.spelled(lambda _name, _ways: 0)
    yield Respelling("plain", plain)
    for habit in HABITS.values():
        for number, way in enumerate(habit.ways[1:], start=1):
            found = reading.spelled(_always(habit.name, number))
            if (found.body, found.headers) != (plain.body, plain.headers):
                yield Respelling(f"{habit.name}-{way}", found)
    for number in range(1, _TOGETHER + 1):
        yield Respelling(f"together-{number}", reading.spelled(_mixed(number)))


def _read(message: Message) -> _Reading:
    document = parse(message.body, charset_of(message))
    encoded_ = document.encoded
    if document.root is None or encoded_.conflict or encoded_.version not in (None, "1.0"):
        raise ValueError(f"{message!r} is not well-formed XML 1.0 in one encoding: nothing else says the same")
    if document.doctype is not None:
        raise ValueError(f"{message!r} has a DOCTYPE, which may say anything: nothing else says the same")
    return _Reading(message, document.root, Facts(document.root))


def _always(name: str, number: int) -> Choose:
    return lambda asked, _ways: number if asked == name else 0


def _mixed(seed: int) -> Choose:
    """Choices that are the same on every run and in every place, and as good as random."""
    numbers = count()
    return lambda name, ways: crc32(f"{seed} {name} {next(numbers)}".encode()) % ways
