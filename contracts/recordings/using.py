"""`use_cassette`: a context manager and a decorator."""

from __future__ import annotations

import contextlib
import functools
import inspect
import os
import warnings
from typing import TYPE_CHECKING, Any, Final, ParamSpec, Self, TypeVar

from contracts.catalog import shipped
from contracts.errors import UnmatchedRequestError
from contracts.tapes import Tape, load_all, named

from .playing import replaying

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from types import TracebackType

    from contracts.catalog import Catalog

    from .playing import Judge

P = ParamSpec("P")
R = TypeVar("R")

_NONE: Final = "none"
#: Of how many requests without an answer the end tells.
_MOST_TOLD: Final = 10


class UnusedInteractionWarning(UserWarning):
    """An exchange in a cassette was never asked for: the client does less than was recorded, or it is out of date."""


def use_cassette(
    *names: str | os.PathLike[str],
    folder: str | os.PathLike[str] | None = None,
    ignore: Collection[str] = (),
    strict_order: bool = False,
    record_mode: str = _NONE,
    judge: Judge | None = None,
    catalog: Catalog | None = None,
) -> Replay:
    """Answer every HTTP request of this process from cassettes: a context manager, and a decorator.

    A str names a cassette in ``folder`` or, where that has none, a shipped one; a path object is the file itself.
    Several are played as one. A request gets the first fitting answer that was not given yet, and the last once more
    after that; with ``strict_order`` all must come as recorded. Fields with a local name in ``ignore`` (as in
    ``["syncTime"]``; ``["*"]`` for all) may have any value, as secret ones always may. A WSDL that no cassette holds is
    made from the contract. ``judge``, such as `contracts.assert_valid`, is called with each SOAP request and answer.

    A request without an answer raises UnmatchedRequestError, where it is sent and, if the client has swallowed that, at
    the end. Exchanges that nobody has asked for are an UnusedInteractionWarning. The only ``record_mode`` is ``none``,
    because vcrpy writes passwords as they are; ValueError tells of another.

    Raises UnknownNameError (with the nearest name) and ReadError once it is entered.
    """
    if record_mode != _NONE:
        raise ValueError(
            f"record_mode={record_mode!r}: only 'none' is offered; vcrpy would write passwords and session ids to the file"
        )
    if not names:
        raise TypeError("use_cassette() needs the name of a cassette, or its path")
    known = (shipped() if catalog is None else catalog).remembering()
    root = None if folder is None else os.fspath(folder)

    def tape() -> Tape:
        paths = [named(name, root) if isinstance(name, str) else os.fspath(name) for name in names]
        return Tape(load_all(paths, known), known, ignore=ignore, strict_order=strict_order)

    return Replay(tape, known, judge)


class Replay:
    """What `use_cassette` gives. Each use starts anew; as a decorator it takes functions, coroutines and generators."""

    def __init__(self, tape: Callable[[], Tape], catalog: Catalog, judge: Judge | None) -> None:
        self._tape = tape
        self._catalog = catalog
        self._judge = judge
        self._uses: list[tuple[Tape, contextlib.ExitStack]] = []

    def __enter__(self) -> Tape:
        tape, stack = self._tape(), contextlib.ExitStack()
        stack.enter_context(replaying(tape.answer, self._catalog, self._judge))
        self._uses.append((tape, stack))
        return tape

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        tape, stack = self._uses.pop()
        stack.close()
        if error is None:
            _conclude(tape)
        elif tape.unmatched and not isinstance(error, UnmatchedRequestError):
            # What the client made of it seldom tells why.
            error.add_note("\n".join(map(str, tape.unmatched[:_MOST_TOLD])))

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        """``function`` with the cassette in use whenever it runs.

        Raises TypeError for a class and for an asynchronous generator.
        """
        if isinstance(function, type) or inspect.isasyncgenfunction(function):
            what = "a class" if isinstance(function, type) else "an asynchronous generator"
            raise TypeError(f"{function.__name__} is {what}, which no cassette can follow: use it within")
        inner: Any = self._yielding(function) if inspect.isgeneratorfunction(function) else self._calling(function)
        if inspect.iscoroutinefunction(function):
            inner = self._awaiting(function)
        wrapped: Callable[P, R] = functools.wraps(function)(inner)
        return wrapped

    def _calling(self, function: Any) -> Any:
        def inner(*args: Any, **known: Any) -> Any:
            with self._anew():
                result = function(*args, **known)
                if inspect.iscoroutine(result):
                    # It would run when the cassette is no longer in use.
                    result.close()
                    raise TypeError("what is decorated gives a coroutine and is none: decorate the async def itself")
                return result

        return inner

    def _awaiting(self, function: Any) -> Any:
        async def inner(*args: Any, **known: Any) -> Any:
            with self._anew():
                return await function(*args, **known)

        return inner

    def _yielding(self, function: Any) -> Any:
        def inner(*args: Any, **known: Any) -> Any:
            with self._anew():
                return (yield from function(*args, **known))

        return inner

    def _anew(self) -> Self:
        """For a call of its own: calls may be in each other, and in several threads."""
        return type(self)(self._tape, self._catalog, self._judge)


def _conclude(tape: Tape) -> None:
    """Raise for the requests that had no answer, the unused exchanges in a note; warn of these where all had one."""
    said, unused = [str(error) for error in tape.unmatched], [f"{one.place} was never asked for" for one in tape.unused]
    if said:
        more = [f"and {len(said) - _MOST_TOLD} more requests"] if len(said) > _MOST_TOLD else []
        raised = UnmatchedRequestError("\n".join([*said[:_MOST_TOLD], *more]))
        raised.add_note("\n".join(unused))
        raise raised
    for told in unused:
        warnings.warn(told, UnusedInteractionWarning, stacklevel=3)
