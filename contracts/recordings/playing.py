"""vcrpy's patches, on as long as anybody replays anything in this process, and who answers which request.

They are put on once and taken off once, whichever order the uses begin and end in: vcrpy's own are nested, and of two
tasks or threads the first to end would leave the other with the network.
"""

from __future__ import annotations

import contextlib
import http.client
import logging
import threading
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final
from unittest import mock

from vcr.cassette import Cassette
from vcr.record_mode import RecordMode
from vcr.stubs import VCRConnection

from contracts.addresses import is_soap
from contracts.errors import UnmatchedRequestError

from .forms import message_of, response_of

try:
    from urllib3 import connection as urllib3_connection
except ModuleNotFoundError:
    urllib3_connection = None  # type: ignore[assignment] # where there is no urllib3, nobody sends by it

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from contracts.catalog import Catalog
    from contracts.messages import Message

    Answer = Callable[[Message], Message]
    Judge = Callable[[Message], object]

#: More redirects in a row than any client follows. vcrpy itself follows those of aiohttp, and for ever.
_MOST_REDIRECTS: Final = 30
_UNSEEN: Final = (
    "this request is sent in a way that vcrpy does not see, by a connection or a class that was there before the cassette "
    "was in use; nothing was sent"
)


class _Player:
    """One use: what answers its requests, by which contracts, and who judges them."""

    def __init__(self, answer: Answer, catalog: Catalog, judge: Judge | None) -> None:
        self._give = answer
        self._catalog = catalog
        self._judge = judge
        self._redirects = 0

    def play(self, request: Any) -> dict[str, Any]:
        """The answer to vcrpy's ``request`` in vcrpy's form. Raises UnmatchedRequestError."""
        __tracebackhide__ = True  # pytest would print the request, the argument of this frame
        asked = message_of(request, self._catalog)
        judge = self._judge if is_soap(asked, self._catalog) else None
        if judge is not None:
            judge(asked)
        answer = self._give(asked)
        if judge is not None:
            judge(answer)
        self._count(answer)
        return response_of(answer)

    def _count(self, answer: Message) -> None:
        self._redirects = self._redirects + 1 if 300 <= (answer.status or 0) < 400 else 0
        if self._redirects > _MOST_REDIRECTS:
            self._redirects = 0
            raise UnmatchedRequestError(f"more than {_MOST_REDIRECTS} redirects in a row were recorded")


#: Who replays in this thread or task; a thread that has been started since has nobody of its own.
_CURRENT: ContextVar[_Player | None] = ContextVar("soap_contracts_player", default=None)
_LOCK: Final = threading.Lock()
_PLAYERS: Final[list[_Player]] = []
_PATCHES: Final = contextlib.ExitStack()


@contextlib.contextmanager
def replaying(answer: Answer, catalog: Catalog, judge: Judge | None = None) -> Iterator[None]:
    """Answer every HTTP request of this process by ``answer``, such as `Tape.answer`, and say nothing at the end.

    Uses may be in each other, or beside each other in threads and tasks: a request is answered by that of its own
    thread or task, and where that has none by the last that began.
    """
    player = _Player(answer, catalog, judge)
    with _LOCK:
        if not _PLAYERS:
            _put_on()
        _PLAYERS.append(player)
    token = _CURRENT.set(player)
    try:
        yield
    finally:
        # A fixture may be torn down in another context than it was set up in.
        with contextlib.suppress(ValueError):
            _CURRENT.reset(token)
        with _LOCK:
            _PLAYERS.remove(player)
            if not _PLAYERS:
                _PATCHES.close()


def _put_on() -> None:
    _PATCHES.enter_context(_silenced())
    _PATCHES.enter_context(mock.patch.object(VCRConnection, "__init__", _unconnected))
    for module in filter(None, (http.client, urllib3_connection)):
        for name in ("HTTPConnection", "HTTPSConnection"):
            _PATCHES.enter_context(mock.patch.object(getattr(module, name), "connect", _refused))
    _PATCHES.enter_context(_Playing.use(path=""))


def _player() -> _Player:
    current = _CURRENT.get()
    with _LOCK:
        if current in _PLAYERS:
            return current
        if _PLAYERS:
            return _PLAYERS[-1]
    raise UnmatchedRequestError("the cassette that answers this request is no longer in use")


class _Playing(Cassette):  # type: ignore[misc] # vcrpy has no types
    """vcrpy's cassette as its patches see it; what it does with files is left out."""

    def __init__(self, path: str) -> None:
        super().__init__(path, record_mode=RecordMode.NONE)

    def _load(self) -> None:
        self.rewound = True

    def _save(self, force: bool = False) -> None:  # noqa: FBT001, FBT002 - vcrpy's signature
        """Nothing is ever written."""

    def can_play_response_for(self, request: Any) -> bool:  # noqa: ARG002 - vcrpy's signature
        """Always: where this is false, some patches connect. What has no answer is told when it is to be played."""
        return True

    def play_response(self, request: Any) -> dict[str, Any]:
        """The answer to ``request``. Raises UnmatchedRequestError."""
        __tracebackhide__ = True
        return _player().play(request)


def _unconnected(self: Any, *args: Any, **known: Any) -> None:
    """In the place of vcrpy's own ``__init__``, which takes its patches off for a moment, and so for all threads.

    http.client's class for HTTPS finds itself by the name that is patched, and so cannot be made meanwhile. Of what is
    behind a patched connection only the address is ever asked for.
    """
    known.pop("strict", None)
    base = self._baseclass
    if base.__module__ == http.client.__name__ and base.default_port == http.client.HTTPS_PORT:
        for name in ("context", "check_hostname", "key_file", "cert_file"):
            known.pop(name, None)
        (base,) = base.__bases__
        real = base.__new__(base)
        real.default_port = http.client.HTTPS_PORT
        real.__init__(*args, **known)
    else:
        real = base(*args, **known)
    self.real_connection = real
    self._sock = None


def _refused(self: Any) -> None:
    """In the place of ``connect``: what comes here has found a way around the patches."""
    raise UnmatchedRequestError(f"{self.host}: {_UNSEEN}")


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
