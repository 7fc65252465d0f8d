"""Paths -> messages, one after the other: files, folders of them, `-` for standard input."""

from __future__ import annotations

import importlib
import os
import stat
import sys
from typing import TYPE_CHECKING, Final

from contracts.addresses import addressed
from contracts.catalog import shipped
from contracts.errors import ReadError
from contracts.messages import Message
from contracts.xml import MAX_BYTES

from .folders import unreadable, walk
from .forms import MESSAGES, YAML, form_of, looks_like_cassette
from .http_messages import parse
from .items import Unreadable
from .raw import MAX_READ, Raw

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from contracts.catalog import Catalog
    from contracts.messages import Direction

    from .archives import Entry
    from .exchanges import Exchange, Place
    from .forms import Form
    from .items import Item

#: The most that is read of an archive, in bytes. Those of browsers seldom have 50 MiB; ten times as much memory may go
#: into one of this size.
MAX_ARCHIVE: Final = 128 * 1024 * 1024

_COUNTING: Final = (*MESSAGES, ".har", *YAML)
#: As much as tells a cassette from any other file without a suffix.
_PEEK: Final = 64
_SINGLE: Final = ("http", "envelope")
_STDIN: Final = "<stdin>"
#: Imported when there is an archive, because a plain check must not pay for them.
_ENTRIES: Final = "contracts.readers.archives"
_ARCHIVES: Final = {"json": "contracts.readers.json_archives", "yaml": "contracts.readers.yaml_cassettes"}

#: Without O_NONBLOCK the mere opening of a pipe that nobody writes to would wait for ever. Windows has no such flag,
#: and needs one to leave line ends alone.
_OPEN: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)


def read(paths: Iterable[str | os.PathLike[str]], catalog: Catalog | None = None) -> Iterator[Item]:
    """The messages in ``paths``, in that order, a folder's sorted by name. Never raises: the rest goes on.

    A file named here may have any suffix; in a folder, and below it, only .xml, .http and .har count, and such .yaml,
    .yml and files without a suffix as are cassettes: vcrpy names a cassette after the test, and adds none.
    ``NAME.response.http`` (or .xml) gets the request in ``NAME.request.http`` (or .xml) beside it as its ``request``;
    in an archive the two are one entry. An entry without an Envelope that is not addressed to a service of ``catalog``
    (the shipped ones by default) is Skipped.
    """
    reader = _Reader(catalog)
    for given in paths:
        path = os.fspath(given)
        if path == "-":
            yield from reader.read_standard_input()
        elif os.path.isdir(path):
            for found in walk(path, _COUNTING):
                if isinstance(found, Unreadable):
                    yield found
                else:
                    yield from reader.read(found, named=False)
        else:
            yield from reader.read(path, named=True)


def cassettes_in(folder: str) -> Iterator[str]:
    """The files in ``folder`` and below that are cassettes, sorted: .yaml, .yml, .json and, as vcrpy has it, no suffix.

    Raises OSError, and ReadError for what cannot be read.
    """
    for found in walk(folder, (*YAML, ".json")):
        if isinstance(found, Unreadable):
            raise ReadError(f"{found.source}: {found.message}")
        known = os.path.splitext(found)[1]
        if looks_like_cassette(_load(found, MAX_ARCHIVE if known else _PEEK, named=False)):
            yield found


def exchanges_at(path: str) -> Iterator[tuple[Place, Exchange]]:
    """Every exchange in the archive at ``path``, SOAP or not, and where it stands.

    Raises OSError, and ReadError, which names the file and the line, for what is no archive or has a broken entry.
    """
    data = _load(path, MAX_ARCHIVE + 1, named=True)
    form = form_of(Raw(data, path))
    if form in _SINGLE:
        raise ReadError(f"{path}: neither a vcrpy cassette nor a HAR")
    yield from importlib.import_module(_ENTRIES).exchanges_in(_entries(data, path, form), path)


def _entries(data: bytes, source: str, form: Form) -> Iterator[Entry]:
    if len(data) > MAX_ARCHIVE:
        raise ReadError(f"larger than the {MAX_ARCHIVE} bytes that are read of an archive")
    found: Iterator[Entry] = importlib.import_module(_ARCHIVES[form]).entries(data, source)
    yield from found


class _Reader:
    """Reads one file after the other; remembers the last request, so that a pair beside each other is read once."""

    def __init__(self, catalog: Catalog | None) -> None:
        self._catalog = catalog
        self._request: Message | None = None

    def read(self, path: str, *, named: bool) -> Iterator[Item]:
        try:
            if not named and not os.path.splitext(path)[1] and not _starts_as_cassette(path):
                return
            data = _load(path, MAX_READ if path.lower().endswith(MESSAGES) else MAX_ARCHIVE + 1, named=named)
            yield from self._read_data(data, path, named=named)
        except (OSError, ValueError) as error:
            yield _unreadable(path, error)

    def read_standard_input(self) -> Iterator[Item]:
        try:
            yield from self._read_data(sys.stdin.buffer.read(MAX_ARCHIVE + 1), _STDIN, named=True)
        except (OSError, ValueError, AttributeError) as error:
            yield _unreadable(_STDIN, error)

    def _read_data(self, data: bytes, source: str, *, named: bool) -> Iterator[Item]:
        if source.lower().endswith(YAML) and not named and not looks_like_cassette(data):
            return
        form = form_of(Raw(data, source))
        if form in _SINGLE:
            yield self._paired(_message(Raw(data[:MAX_READ], source), form))
        else:
            archives = importlib.import_module(_ENTRIES)
            yield from archives.items_in(_entries(data, source, form), source, self._catalog or shipped())

    def _addressed(self, message: Message) -> Message:
        return message._replace(service=addressed(self._catalog or shipped(), message))

    def _paired(self, message: Message) -> Message:
        """``message`` with the service that its address tells; a response with the request beside it, if one is."""
        if message.kind == "request":
            self._request = self._addressed(message)
            return self._request
        stem, suffix = os.path.splitext(message.source)
        if stem.endswith(".response"):
            request = self._request_beside(stem.removesuffix(".response"), suffix)
            return self._addressed(message._replace(kind="response", request=request))
        return message

    def _request_beside(self, name: str, suffix: str) -> Message | None:
        for other in sorted(MESSAGES, key=lambda known: known != suffix.lower()):
            path = f"{name}.request{other}"
            if self._request is not None and self._request.source == path:
                return self._request
            try:
                message = self._addressed(_loaded(path))
            except (OSError, ReadError):
                continue
            if message.kind == "request":
                return message
        return None


def _starts_as_cassette(path: str) -> bool:
    """Whether a file that may be anything begins as a cassette does."""
    try:
        return looks_like_cassette(_load(path, _PEEK, named=False))
    except (OSError, ReadError):
        return False


def _loaded(path: str) -> Message:
    """The message in a file that need not be there. Raises OSError and ReadError."""
    raw = Raw(_load(path, MAX_READ, named=False), path)
    return _message(raw, form_of(raw))


def _message(raw: Raw, form: Form) -> Message:
    """The message in the file. Raises ReadError."""
    if form == "http":
        return parse(raw)
    return Message(raw.data[: MAX_BYTES + 1], kind=_direction(raw.source), source=raw.source)


def _direction(path: str) -> Direction | None:
    """What the name of an envelope's file says; without a start line nothing else does."""
    lowered = path.lower()
    if lowered.endswith(".request.xml"):
        return "request"
    return "response" if lowered.endswith(".response.xml") else None


def _unreadable(source: str, error: Exception) -> Unreadable:
    if isinstance(error, ReadError):
        return Unreadable(source, str(error).removeprefix(f"{source}: "))
    return unreadable(source, error)


def _load(path: str, limit: int, *, named: bool) -> bytes:
    """The file's first ``limit`` bytes. Only a file that was named may be a pipe or a device."""
    opened = os.open(path, _OPEN)
    try:
        status = os.fstat(opened)
        if not stat.S_ISREG(status.st_mode):
            if not named:
                raise ReadError(f"{path}: not a regular file")
            os.set_blocking(opened, True)
        parts: list[bytes] = []
        room, size = limit, status.st_size + 1 if status.st_size else 65536
        while room > 0:
            part = os.read(opened, min(room, size))
            parts.append(part)
            room -= len(part)
            if not part or len(part) == status.st_size:
                break
        return b"".join(parts)
    finally:
        os.close(opened)
