"""What answers requests from cassettes, and remembers what was asked."""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING, Final

from contracts import wsdl
from contracts.addresses import asks_for_description, described_by, services_at
from contracts.errors import UnknownNameError, UnmatchedRequestError
from contracts.matching import ALL, Asked, asked_of, differences_of
from contracts.messages import Message
from contracts.names import TEXT_XML, local_name

from .recorded import PROVENANCE, SOURCE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from contracts.catalog import Catalog

    from .recorded import Recorded

_MOST_TOLD: Final = 5


class Tape:
    """The exchanges in ``recorded``, in that order, asked by any number of threads.

    A request gets the first answer to such a request that was not given yet, and the last one again once all were. With
    ``strict_order`` the exchanges must come as they were recorded, each once. ``ignore`` has the local names of fields
    that are not compared, ``*`` for all of them; secret ones never are. Raises UnknownNameError for a name that no
    contract and no recorded request has.
    """

    def __init__(
        self,
        recorded: Sequence[Recorded],
        catalog: Catalog,
        *,
        ignore: Collection[str] = (),
        strict_order: bool = False,
    ) -> None:
        if isinstance(ignore, str):
            raise TypeError(f"ignore is a list of names, such as [{ignore!r}]")
        self._catalog = catalog
        self._entries = [(one, asked_of(one.request, catalog)) for one in recorded]
        self._ignore = frozenset(ignore)
        self._strict = strict_order
        self._given: Counter[int] = Counter()
        self._unmatched: list[UnmatchedRequestError] = []
        self._lock = threading.Lock()
        self._refuse_unknown_names()

    def __repr__(self) -> str:
        return f"<Tape of {len(self._entries)} exchanges, {len(self._given)} of them asked for>"

    @property
    def unmatched(self) -> tuple[UnmatchedRequestError, ...]:
        """What was said of each request that had no answer, in order."""
        with self._lock:
            return tuple(self._unmatched)

    @property
    def unused(self) -> tuple[Recorded, ...]:
        """The exchanges that nobody has asked for, in order."""
        with self._lock:
            return tuple(one for index, (one, _) in enumerate(self._entries) if not self._given[index])

    def answer(self, request: Message) -> Message:
        """The recorded response to ``request``; a WSDL that was not recorded is made from the contract.

        Raises UnmatchedRequestError, whose text names the nearest recorded request and in what it differs.
        """
        __tracebackhide__ = True  # pytest would print the arguments of this frame
        asked = asked_of(request, self._catalog)
        differences = [differences_of(asked, recorded, self._ignore) for _, recorded in self._entries]
        with self._lock:
            index = self._next(differences)
            if index is not None:
                self._given[index] += 1
                return self._entries[index][0].response._replace(source=request.source, request=request)
            described = self._described(request)
            if described is not None:
                return described
            error = UnmatchedRequestError(self._reason(asked, differences))
            self._unmatched.append(error)
        raise error

    def _described(self, request: Message) -> Message | None:
        if request.method != "GET" or not asks_for_description(request.url or ""):
            return None
        endpoint = described_by(request.url or "")
        for service in services_at(self._catalog, endpoint):
            headers = (("Content-Type", TEXT_XML), (PROVENANCE, "inferred"), (SOURCE, "made from the contract"))
            body = wsdl.wsdl_of(service, endpoint)
            return Message(body, headers, "response", status=200, source=request.source, request=request)
        return None

    def _next(self, differences: list[list[str]]) -> int | None:
        if self._strict:
            here = self._given.total()
            return here if here < len(differences) and not differences[here] else None
        fitting = [index for index, found in enumerate(differences) if not found]
        return next((index for index in fitting if not self._given[index]), fitting[-1] if fitting else None)

    def _reason(self, asked: Asked, differences: list[list[str]]) -> str:
        head = f"no recorded answer for this {asked.subject} {'request' if asked.soap else ''}".rstrip()
        if self._strict:
            return f"{head}: {self._out_of_order(differences)}"
        nearest = min(
            range(len(differences)), key=lambda index: _distance(asked, self._entries[index][1], differences[index])
        )
        return f"{head}; the nearest is {self._told(nearest, differences[nearest])}"

    def _out_of_order(self, differences: list[list[str]]) -> str:
        here = self._given.total()
        if here >= len(differences):
            return "in strict order each exchange is replayed once, and all of them were"
        return f"in strict order the next is {self._told(here, differences[here])}"

    def _told(self, index: int, differences: list[str]) -> str:
        more = f"; {len(differences) - _MOST_TOLD} more" if len(differences) > _MOST_TOLD else ""
        return f"{self._entries[index][0].place}: {'; '.join(differences[:_MOST_TOLD])}{more}"

    def _refuse_unknown_names(self) -> None:
        unknown = self._ignore - self._catalog.public - self._catalog.secrets - {ALL}
        if not unknown:
            return
        known = {*self._catalog.public, *_names_in(asked for _, asked in self._entries)}
        for name in sorted(unknown - known):
            raise UnknownNameError.of("field", name, known)


def _distance(asked: Asked, recorded: Asked, differences: list[str]) -> tuple[bool, bool, int]:
    """How far a recorded request is from what came: another operation is farther than any number of other values."""
    return asked.soap != recorded.soap, asked.subject != recorded.subject, len(differences)


def _names_in(requests: Iterable[Asked]) -> set[str]:
    """The local names of all elements in ``requests``."""
    roots = [asked.case.document.root for asked in requests]
    return {local_name(str(node.tag)) for root in roots if root is not None for node in root.iter("*")}
