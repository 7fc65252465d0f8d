"""What differs between a contract and what is published or answered, and what that does to a client."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, get_args

What = Literal[
    "name",
    "order",
    "type",
    "occurrence",
    "nillable",
    "facet",
    "soapaction",
    "style",
    "fault",
    "binding",
    "namespace",
    "form",
    "header",
    "http",
    "xml",
]
Direction = Literal["request", "response", "both"]
Class = Literal["breaking for requests", "breaking for responses", "additive", "tolerated"]

#: The worst first.
CLASSES: Final[tuple[Class, ...]] = get_args(Class)


class Difference(NamedTuple):
    """One difference at one place.

    ``place`` is ``service/Operation``, or the service alone; ``path`` leads to the element, from ``request`` or
    ``response`` on. ``class_`` says what it does to a client that keeps to the contract: nothing (``tolerated``),
    nothing yet (``additive``), or harm in one direction. ``known`` is the sentence that explains it, "" for a new one.
    ``at`` is the place in what was compared, a file or an address and a line. No field holds a secret.
    """

    place: str
    path: str
    what: What
    ours: str
    theirs: str
    direction: Direction
    class_: Class
    known: str = ""
    at: str = ""


class Drift(NamedTuple):
    """All that was found in one comparison.

    ``source`` is what was compared, ``fetched`` the day on which that came from its address (YYYY-MM-DD), None for a
    file. ``operations`` are the names of those that could be compared. ``notes`` are sentences on what is no
    difference.
    """

    service: str
    source: str
    fetched: str | None
    operations: tuple[str, ...]
    differences: tuple[Difference, ...]
    notes: tuple[str, ...] = ()

    @property
    def new(self) -> tuple[Difference, ...]:
        """The differences that nothing explains."""
        return tuple(difference for difference in self.differences if not difference.known)


def class_of(direction: Direction, *, wider: bool, narrower: bool) -> Class:
    """What a difference of two sets of values, or of counts, does.

    ``wider`` tells that theirs has all of ours, ``narrower`` that ours has all of theirs: a request must fit theirs,
    and a response must fit ours.
    """
    if direction == "request":
        return "tolerated" if wider else "breaking for requests"
    return "tolerated" if narrower else "breaking for responses"


def breaking(direction: Direction) -> Class:
    """The class of what breaks in ``direction``; what breaks in both breaks requests first."""
    return "breaking for responses" if direction == "response" else "breaking for requests"
