"""What answers requests from cassettes, and remembers what was asked."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

from contracts import wsdl
from contracts.addresses import asks_for_wsdl, described_by, services_at
from contracts.errors import UnknownNameError, UnmatchedRequestError
from contracts.matching import ALL, Asked, Key, asked_of, differences_of, key_of
from contracts.messages import Message
from contracts.names import TEXT_XML, local_name

from .recorded import PROVENANCE, SOURCE

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from contracts.catalog import Catalog

    from .recorded import Recorded

#: How many differences are told, and with how many requests one that has no answer is compared for that.
_MOST_TOLD: Final = 5
_MOST_COMPARED: Final = 50


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
        self._recorded = tuple(recorded)
        self._ignore = frozenset(ignore)
        self._strict = strict_order
        self._given: Counter[int] = Counter()
        self._unmatched: list[UnmatchedRequestError] = []
        self._lock = threading.Lock()
        self._keys: list[Key] = []
        self._places: defaultdict[object, list[int]] = defaultdict(list)
        names = set(catalog.public)
        for index, one in enumerate(self._recorded):
            # Of each request only its key is kept: thousands of trees would not fit into memory.
            asked = self._asked(one.request)
            key = key_of(asked, self._ignore)
            self._keys.append(key)
            self._places[key.subject, key.body].append(index)
            names.update(_names_in(asked) if self._ignore else ())
        self._refuse_unknown_names(names)

    def __repr__(self) -> str:
        return f"<Tape of {len(self._recorded)} exchanges, {len(self._given)} of them asked for>"

    @property
    def unmatched(self) -> tuple[UnmatchedRequestError, ...]:
        """What was said of each request that had no answer, in order."""
        with self._lock:
            return tuple(self._unmatched)

    @property
    def unused(self) -> tuple[Recorded, ...]:
        """The exchanges that nobody has asked for, in order."""
        with self._lock:
            return tuple(one for index, one in enumerate(self._recorded) if not self._given[index])

    def answer(self, request: Message) -> Message:
        """The recorded response to ``request``; a WSDL that was not recorded is made from the contract.

        Raises UnmatchedRequestError, whose text names the nearest recorded request and in what it differs.
        """
        __tracebackhide__ = True  # pytest would print the arguments of this frame
        asked = self._asked(request)
        key = key_of(asked, self._ignore)
        with self._lock:
            index = self._next(key)
            if index is not None:
                self._given[index] += 1
                return self._recorded[index].response._replace(source=request.source, request=request)
            here = self._given.total()
        described = self._described(request)
        if described is not None:
            return described
        error = UnmatchedRequestError(self._reason(asked, key, here))
        with self._lock:
            self._unmatched.append(error)
        raise error

    def _asked(self, request: Message) -> Asked:
        asked = asked_of(request, self._catalog)
        if self._catalog.known is not None:
            self._catalog.known.learn(asked.case.document.encoded.data)
        return asked

    def _described(self, request: Message) -> Message | None:
        if request.method != "GET" or not asks_for_wsdl(request.url or ""):
            return None
        endpoint = described_by(request.url or "")
        for service in services_at(self._catalog, endpoint):
            headers = (("Content-Type", TEXT_XML), (PROVENANCE, "inferred"), (SOURCE, "made from the contract"))
            body = wsdl.wsdl_of(service, endpoint)
            return Message(body, headers, "response", status=200, source=request.source, request=request)
        return None

    def _next(self, key: Key) -> int | None:
        if self._strict:
            here = self._given.total()
            return here if here < len(self._keys) and key.same(self._keys[here]) else None
        last = None
        for index in self._places.get((key.subject, key.body), ()):
            if key.same(self._keys[index]):
                last = index
                if not self._given[index]:
                    break
        return last

    def _reason(self, asked: Asked, key: Key, here: int) -> str:
        head = f"no recorded answer for this {asked.subject}{' request' if asked.soap else ''}"
        if self._strict and here >= len(self._keys):
            return f"{head}: in strict order each exchange is replayed once, and all of them were"
        if self._strict:
            return f"{head}: in strict order the next is {self._told(here, self._differences(asked, here))}"
        order = sorted(range(len(self._keys)), key=lambda index: _distance(key, self._keys[index]))
        # Whoever is as far away as the first is compared field by field, but not thousands of them.
        compared = {index: self._differences(asked, index) for index in order[:_MOST_COMPARED]}
        near = min(compared, key=lambda index: (_distance(key, self._keys[index])[:2], len(compared[index])))
        return f"{head}; the nearest is {self._told(near, compared[near])}"

    def _differences(self, asked: Asked, index: int) -> list[str]:
        return differences_of(asked, asked_of(self._recorded[index].request, self._catalog), self._ignore)

    def _told(self, index: int, differences: list[str]) -> str:
        more = f"; {len(differences) - _MOST_TOLD} more" if len(differences) > _MOST_TOLD else ""
        return f"{self._recorded[index].place}: {'; '.join(differences[:_MOST_TOLD])}{more}"

    def _refuse_unknown_names(self, known: set[str]) -> None:
        for name in sorted(self._ignore - known - self._catalog.secrets - {ALL}):
            # The names in the cassettes are left out: a client may have made anything of them.
            raise UnknownNameError.of("field", name, self._catalog.public)


def _distance(asked: Key, recorded: Key) -> tuple[bool, bool, int]:
    """How far a recorded request is from what came: another operation is farther than any number of other values."""
    same = sum(one == other for one, other in zip(asked.subject, recorded.subject, strict=False))
    return asked.subject[0] != recorded.subject[0], asked.subject[2:4] != recorded.subject[2:4], -same


def _names_in(asked: Asked) -> set[str]:
    """The local names of all elements in a request."""
    root = asked.case.document.root
    return set() if root is None else {local_name(str(node.tag)) for node in root.iter("*")}
