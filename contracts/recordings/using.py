"""Cassettes replayed to clients in Python, through vcrpy: no request leaves the process while one is in use.

>>> from contracts.recordings import use_cassette
>>> with use_cassette("luminate/EndSynchronization/ends-active-session"):
...     ...  # zeep, suds, requests, httpx, urllib3, aiohttp and all else that vcrpy knows

Requests are matched as SOAP (`contracts.matching`): by operation, SOAPAction and typed values, and not by bytes.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import logging
import os
import warnings
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, ParamSpec, Self, TypeVar

try:
    from vcr.cassette import Cassette
    from vcr.record_mode import RecordMode
except ModuleNotFoundError as missing:
    raise ModuleNotFoundError(
        f"contracts.recordings needs {missing.name}: pip install 'soap-contracts[replay]'", name=missing.name
    ) from None

from .addresses import addressed, is_soap, label_of
from .catalog import shipped
from .codings import plain
from .errors import UnmatchedRequestError
from .matching import asked_of, differences_of
from .messages import Message
from .tapes import Tape, load_all, named
from .xml import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from types import TracebackType

    from .catalog import Catalog

    Judge = Callable[[Message], object]

P = ParamSpec("P")
R = TypeVar("R")

__all__ = ["Replay", "UnusedInteractionWarning", "replaying", "soap_matcher", "use_cassette"]

_NONE: Final = "none"


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
    known = shipped() if catalog is None else catalog
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
            error.add_note(str(tape.unmatched[0]))

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        """``function`` with the cassette in use whenever it runs. Raises TypeError for an asynchronous generator."""
        if inspect.isasyncgenfunction(function):
            raise TypeError(f"{function.__name__} is an asynchronous generator: use the cassette within it")
        inner: Any = self._calling(function)
        if inspect.iscoroutinefunction(function):
            inner = self._awaiting(function)
        elif inspect.isgeneratorfunction(function):
            inner = self._yielding(function)
        wrapped: Callable[P, R] = functools.wraps(function)(inner)
        return wrapped

    def _calling(self, function: Any) -> Any:
        def inner(*args: Any, **known: Any) -> Any:
            with self._anew():
                return function(*args, **known)

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
    if tape.unmatched:
        raise UnmatchedRequestError(str(tape.unmatched[0]))
    for recorded in tape.unused:
        warnings.warn(f"{recorded.place} was never asked for", UnusedInteractionWarning, stacklevel=3)


@contextlib.contextmanager
def replaying(answer: Callable[[Message], Message], catalog: Catalog, judge: Judge | None = None) -> Iterator[None]:
    """Answer every HTTP request of this process by ``answer``, such as `Tape.answer`, and say nothing at the end."""
    with _silenced(), _Playing.use(path="", answer=answer, catalog=catalog, judge=judge):
        yield


@contextlib.contextmanager
def _silenced() -> Iterator[None]:
    """Keep vcrpy from logging addresses: in a query there may be a password."""
    known = logging.Logger.manager.loggerDict
    loggers = [logging.getLogger(name) for name in list(known) if name.startswith("vcr.")]
    before = [logger.disabled for logger in loggers]
    for logger in loggers:
        logger.disabled = True
    try:
        yield
    finally:
        for logger, disabled in zip(loggers, before, strict=True):
            logger.disabled = disabled


class _Playing(Cassette):  # type: ignore[misc] # vcrpy has no types
    """vcrpy's cassette as its patches see it; what it does with files is left out."""

    def __init__(self, path: str, answer: Callable[[Message], Message], catalog: Catalog, judge: Judge | None) -> None:
        super().__init__(path, record_mode=RecordMode.NONE)
        self._answer = answer
        self._catalog = catalog
        self._judge = judge

    def _load(self) -> None:
        self.rewound = True

    def _save(self, force: bool = False) -> None:  # noqa: FBT001, FBT002 - vcrpy's signature
        """Nothing is ever written."""

    def can_play_response_for(self, request: Any) -> bool:  # noqa: ARG002 - vcrpy's signature
        """Always: where this is false, some patches connect. What has no answer is told when it is to be played."""
        return True

    def play_response(self, request: Any) -> dict[str, Any]:
        """The answer to vcrpy's ``request`` in vcrpy's form. Raises UnmatchedRequestError."""
        __tracebackhide__ = True  # pytest would print the request, the argument of this frame
        asked = _message(request, self._catalog)
        judge = self._judge if is_soap(asked, self._catalog) else None
        if judge is not None:
            judge(asked)
        answer = self._answer(asked)
        if judge is not None:
            judge(answer)
        return _in_vcr_form(answer)


def soap_matcher(ignore: Collection[str] = (), catalog: Catalog | None = None) -> Callable[[Any, Any], None]:
    """A matcher for a VCR of your own, as in ``vcr.register_matcher("soap", matcher)`` and ``match_on=["soap"]``.

    It raises AssertionError, whose text says in what a request differs from a recorded one.
    """
    known = shipped() if catalog is None else catalog

    def soap(asked: Any, recorded: Any) -> None:
        ours, theirs = (asked_of(_message(one, known), known) for one in (asked, recorded))
        found = differences_of(ours, theirs, ignore)
        if found:
            raise AssertionError("; ".join(found))

    return soap


def _message(request: Any, catalog: Catalog) -> Message:
    """vcrpy's request as a Message."""
    headers = tuple((_text(name), _text(value)) for name, value in request.headers.items())
    message = Message(
        plain(_bytes(request.body), headers, MAX_BYTES),
        headers,
        "request",
        request.method,
        request.uri,
        source=label_of(request.method, request.uri),
    )
    return message._replace(service=addressed(catalog, message))


def _bytes(body: Any) -> bytes:
    """vcrpy's forms of a body: bytes, text, a file, an iterator of parts. A form or an object for JSON is no SOAP."""
    if hasattr(body, "read"):
        body = body.read()
    if isinstance(body, str):
        return body.encode("utf-8", "surrogatepass")
    if isinstance(body, (bytes, bytearray, memoryview)):
        return bytes(body)
    if body is None or isinstance(body, dict) or not hasattr(body, "__iter__"):
        return b""
    return b"".join(_bytes(part) for part in body)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _in_vcr_form(answer: Message) -> dict[str, Any]:
    fields: dict[str, list[str]] = {"Content-Length": [str(len(answer.body))]}
    for name, value in answer.headers or ():
        fields.setdefault(name, []).append(value)
    status = answer.status or 0
    phrase = HTTPStatus(status).phrase if status in list(HTTPStatus) else ""
    return {"status": {"code": status, "message": phrase}, "headers": fields, "body": {"string": answer.body}}
