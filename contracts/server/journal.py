"""What was exchanged: all of it, or the newest where a limit keeps the memory flat."""

from __future__ import annotations

import threading
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from contracts.policy import operation_of

if TYPE_CHECKING:
    from contracts.findings import Verdict
    from contracts.messages import Message


class Exchange(NamedTuple):
    """A request, the answer that it got, and a verdict on each.

    ``response`` is None when its sender hung up, or sent too much, or got nothing. ``answered_by`` says who answered in
    the place of the service, "" where the answer was replayed: what is wrong with it does not count.
    """

    request: Message
    response: Message | None
    verdicts: tuple[Verdict, ...]
    answered_by: str = ""

    @property
    def passed(self) -> bool:
        """Whether neither message has an error."""
        return all(verdict.passed for verdict in self.verdicts)


def line_of(exchange: Exchange) -> str:
    """An exchange in a line: the request, its operation, the rules that it breaks, what it was answered."""
    verdict, by = exchange.verdicts[0], exchange.answered_by.rpartition("injected: ")[1:]
    rules = ", ".join(dict.fromkeys(found.rule for found in verdict.findings if found.severity == "error"))
    status = "no answer" if exchange.response is None else str(exchange.response.status)
    injected = f" ({''.join(by)})" if by[0] else ""
    operation = operation_of(verdict) or "unknown operation"
    return f"{exchange.request.source}  {operation}  {rules or 'valid'}  -> {status}{injected}"


class Journal:
    """The exchanges in their order, and errors that belong to none. Safe for threads.

    Of more than ``limit`` exchanges the oldest are let go, those that passed before those that did not; ``limit`` None
    lets none go. ``count`` counts all that there were, ``gone`` those that were let go, ``failed`` those of them that
    did not pass. Of more than ``limit`` errors the oldest are let go too, and ``missed`` counts them.
    """

    def __init__(self, limit: int | None = None) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._passed: deque[tuple[int, Exchange]] = deque()
        self._others: deque[tuple[int, Exchange]] = deque()
        self._failures: deque[Exception] = deque(maxlen=limit)
        self._merged: tuple[Exchange, ...] | None = ()
        self.count = self.gone = self.failed = self.missed = 0

    def add(self, exchange: Exchange) -> None:
        """Keep an exchange."""
        with self._lock:
            (self._passed if exchange.passed else self._others).append((self.count, exchange))
            self.count += 1
            self._merged = None
            if self._limit is not None and self.count - self.gone > self._limit:
                self.gone += 1
                self.failed += not self._passed
                (self._passed or self._others).popleft()

    def fail(self, *errors: Exception) -> None:
        """Keep errors."""
        with self._lock:
            before = len(self._failures)
            self._failures += errors
            self.missed += before + len(errors) - len(self._failures)

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """Those that are left, in order."""
        with self._lock:
            if self._merged is None:
                both = sorted((*self._passed, *self._others), key=lambda one: one[0])
                self._merged = tuple(exchange for _, exchange in both)
            return self._merged

    def last(self, count: int) -> tuple[Exchange, ...]:
        """The newest ``count`` of those that are left, in order."""
        with self._lock:
            newest = [*islice(reversed(self._passed), count), *islice(reversed(self._others), count)]
        return tuple(exchange for _, exchange in sorted(newest, key=lambda one: one[0])[-count:])

    @property
    def failures(self) -> tuple[Exception, ...]:
        """The errors, in order."""
        with self._lock:
            return tuple(self._failures)
