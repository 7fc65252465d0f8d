"""Paths -> messages, one after the other: files, folders of them, `-` for standard input."""

from __future__ import annotations

import os
import re
import stat
import sys
from typing import TYPE_CHECKING, Final, NamedTuple

from contracts.errors import ReadError
from contracts.messages import Message
from contracts.xml import MAX_BYTES

from .http_messages import looks_like_http, parse
from .raw import MAX_READ, Raw

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from contracts.messages import Direction

_SUFFIXES: Final = (".xml", ".http")
_STDIN: Final = "<stdin>"
_XML_START: Final = re.compile(rb"\xef\xbb\xbf|\xff\xfe|\xfe\xff|<\x00|\x00<|[ \t\r\n]*+(?:<|&lt;)")

#: Without O_NONBLOCK the mere opening of a pipe that nobody writes to would wait for ever. Windows has no such flag,
#: and needs one to leave line ends alone.
_OPEN: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)


class Unreadable(NamedTuple):
    """A file that holds no message that can be judged; ``message`` names the line where one is to blame."""

    source: str
    message: str


def read(paths: Iterable[str | os.PathLike[str]]) -> Iterator[Message | Unreadable]:
    """The messages in ``paths``, in that order, a folder's sorted by name. Never raises: the rest goes on.

    A file named here may have any suffix; in a folder, and below it, only .xml and .http count. ``NAME.response.http``
    (or .xml) gets the request in ``NAME.request.http`` (or .xml) beside it as its ``request``.
    """
    reader = _Reader()
    for given in paths:
        path = os.fspath(given)
        if path == "-":
            yield _standard_input()
        elif os.path.isdir(path):
            for found in _walk(path):
                yield found if isinstance(found, Unreadable) else reader.read(found, named=False)
        else:
            yield reader.read(path, named=True)


class _Reader:
    """Reads one file after the other; remembers the last request, so that a pair beside each other is read once."""

    def __init__(self) -> None:
        self._request: Message | None = None

    def read(self, path: str, *, named: bool) -> Message | Unreadable:
        try:
            message = _message(path, named=named)
        except (OSError, ValueError) as error:
            return _unreadable(path, error)
        if message.kind == "request":
            self._request = message
            return message
        stem, suffix = os.path.splitext(path)
        if stem.endswith(".response"):
            request = self._request_beside(stem.removesuffix(".response"), suffix)
            return message._replace(kind="response", request=request)
        return message

    def _request_beside(self, name: str, suffix: str) -> Message | None:
        for other in sorted(_SUFFIXES, key=lambda known: known != suffix.lower()):
            path = f"{name}.request{other}"
            if self._request is not None and self._request.source == path:
                return self._request
            try:
                message = _message(path, named=False)
            except (OSError, ReadError):
                continue
            if message.kind == "request":
                return message
        return None


def _message(path: str, *, named: bool) -> Message:
    """The message in the file. Raises OSError and ReadError."""
    raw = Raw(_load(path, named=named), path)
    lowered = path.lower()
    if lowered.endswith(".http"):
        return parse(raw)
    return _envelope(raw) if lowered.endswith(".xml") else _sniffed(raw)


def _envelope(raw: Raw) -> Message:
    return Message(raw.data[: MAX_BYTES + 1], kind=_direction(raw.source), source=raw.source)


def _direction(path: str) -> Direction | None:
    """What the name of an envelope's file says; without a start line nothing else does."""
    lowered = path.lower()
    if lowered.endswith(".request.xml"):
        return "request"
    return "response" if lowered.endswith(".response.xml") else None


def _sniffed(raw: Raw) -> Message:
    if looks_like_http(raw.data):
        return parse(raw)
    if _XML_START.match(raw.data) is None:
        raise raw.error(0, "neither an HTTP message nor XML" if raw.data else "there is nothing in it")
    return _envelope(raw)


def _standard_input() -> Message | Unreadable:
    try:
        return _sniffed(Raw(sys.stdin.buffer.read(MAX_READ), _STDIN))
    except (OSError, ValueError, AttributeError) as error:
        return _unreadable(_STDIN, error)


def _unreadable(source: str, error: Exception) -> Unreadable:
    if isinstance(error, ReadError):
        return Unreadable(source, str(error).removeprefix(f"{source}: "))
    reason = getattr(error, "strerror", None) or type(error).__name__
    return Unreadable(source, f"cannot be read: {reason}")


def _load(path: str, *, named: bool) -> bytes:
    """The file's first ``MAX_READ`` bytes. Only a file that was named may be a pipe or a device."""
    opened = os.open(path, _OPEN)
    try:
        status = os.fstat(opened)
        if not stat.S_ISREG(status.st_mode):
            if not named:
                raise ReadError(f"{path}: not a regular file")
            os.set_blocking(opened, True)
        parts: list[bytes] = []
        room, size = MAX_READ, status.st_size + 1 if status.st_size else 65536
        while room > 0:
            part = os.read(opened, min(room, size))
            parts.append(part)
            room -= len(part)
            if not part or len(part) == status.st_size:
                break
        return b"".join(parts)
    finally:
        os.close(opened)


def _walk(root: str) -> Iterator[str | Unreadable]:
    """The files below ``root``, depth first; with a stack, because folders nest deeper than Python's calls may."""
    seen: set[tuple[int, int]] = set()
    open_folders = [_listing(root, seen)]
    while open_folders:
        entry = next(open_folders[-1], None)
        if entry is None:
            open_folders.pop()
        elif isinstance(entry, Unreadable):
            yield entry
        elif entry[1]:
            open_folders.append(_listing(entry[0], seen))
        else:
            yield entry[0]


def _listing(folder: str, seen: set[tuple[int, int]]) -> Iterator[tuple[str, bool] | Unreadable]:
    """The entries of ``folder`` that count, by name, and whether each is a folder; a folder in ``seen`` has none.

    Links are followed, and one that leads back up would otherwise never end.
    """
    try:
        status = os.stat(folder)
        key = (status.st_dev, status.st_ino)
        if key in seen:
            return
        seen.add(key)
        with os.scandir(folder) as entries:
            found = sorted((entry.name, _is_folder(entry)) for entry in entries)
    except OSError as error:
        yield _unreadable(folder, error)
        return
    for name, is_folder in found:
        if is_folder or name.lower().endswith(_SUFFIXES):
            yield os.path.join(folder, name), is_folder


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
