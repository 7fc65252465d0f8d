"""What was exchanged: all of it, or the newest where a limit keeps the memory flat."""

from __future__ import annotations

import threading
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from contracts.policy import operation_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from contracts.findings import Verdict
    from contracts.messages import Message


class Exchange(NamedTuple):
    """A request, the answer that it got, and a verdict on each.

    ``response`` is None when its sender hung up, or sent too much, or got nothing. ``ours`` tells that the answer was
    the stub's own and not replayed: what is wrong with it does not count. ``injected`` names the injection that made
    it, "" for none.
    """

    request: Message
    response: Message | None
    verdicts: tuple[Verdict, ...]
    ours: bool = False
    injected: str = ""


def line_of(exchange: Exchange) -> str:
    """An exchange in a line: the request, its operation, the rules that it breaks, what it was answered."""
    verdict = exchange.verdicts[0]
    rules = ", ".join(dict.fromkeys(found.rule for found in verdict.findings if found.severity == "error"))
    status = "no answer" if exchange.response is None else str(exchange.response.status)
    injected = f" (injected: {exchange.injected})" if exchange.injected else ""
    operation = operation_of(verdict) or "unknown operation"
    return f"{exchange.request.source}  {operation}  {rules or 'valid'}  -> {status}{injected}"


class Journal:
    """The exchanges in their order, and errors that belong to none. Safe for threads.

    Of more than ``limit`` exchanges the oldest are let go, those that ``fails`` says nothing against before the others;
    ``limit`` None lets none go. ``count`` counts all that there were, ``gone`` those that were let go, ``failed`` those
    of them that fail; ``operations`` has the ``service/Operation`` of each request. Of more than ``limit`` errors the
    oldest are let go too, and ``missed`` counts them.
    """

    def __init__(self, limit: int | None = None, fails: Callable[[Exchange], bool] | None = None) -> None:
        self._limit = limit
        self._fails = fails or _has_errors
        self.operations: set[str] = set()
        self._lock = threading.Lock()
        self._passed: deque[tuple[int, Exchange]] = deque()
        self._others: deque[tuple[int, Exchange]] = deque()
        self._failures: deque[Exception] = deque(maxlen=limit)
        self._merged: tuple[Exchange, ...] | None = ()
        self.count = self.gone = self.failed = self.missed = 0

    def add(self, exchange: Exchange) -> None:
        """Keep an exchange."""
        fails = self._fails(exchange)
        with self._lock:
            (self._others if fails else self._passed).append((self.count, exchange))
            self.operations.add(operation_of(exchange.verdicts[0]))
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


def _has_errors(exchange: Exchange) -> bool:
    return not all(verdict.passed for verdict in exchange.verdicts)
