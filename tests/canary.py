"""What nobody may touch: a file whose opening the kernel reports, and a loopback listener that counts connections."""

from __future__ import annotations

import ctypes
import os
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Must turn up in no output.
MARKER: Final = "canary-in-a-file"
#: The kernel's names, from sys/inotify.h.
_IN_ACCESS, _IN_OPEN = 0x1, 0x20
_ANSWER: Final = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class WatchedFile:
    """A file on this machine. libxml2 opens files itself: neither an audit hook nor a patched `open` would see it."""

    def __init__(self, path: Path) -> None:
        path.write_text(MARKER, encoding="utf-8")
        self.address = path.as_uri()
        libc = ctypes.CDLL(None, use_errno=True)
        self._descriptor = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        watch = libc.inotify_add_watch(self._descriptor, os.fsencode(path), _IN_ACCESS | _IN_OPEN)
        assert self._descriptor >= 0 <= watch, os.strerror(ctypes.get_errno())

    def touched(self) -> bool:
        """Whether it was opened since this was asked last."""
        try:
            return bool(os.read(self._descriptor, 65536))
        except BlockingIOError:
            return False

    def close(self) -> None:
        os.close(self._descriptor)


class Listener:
    """An HTTP server of a kind on the loopback: whatever it is asked, it answers with nothing."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._place = self._socket.getsockname()
        self._connections = self._expected = 0
        self.address = f"http://127.0.0.1:{self._place[1]}/canary"
        self._thread = threading.Thread(target=self._answer, daemon=True)
        self._thread.start()

    def _answer(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            with connection:
                self._connections += 1
                try:
                    if not connection.recv(65536):
                        return
                    connection.sendall(_ANSWER)
                except OSError:
                    continue

    def touched(self) -> bool:
        """Whether anybody but this connected since it was asked last. Connections are answered in their order."""
        self._knock(b"?")
        found, self._connections = self._connections - 1, 0
        return found > 0

    def _knock(self, said: bytes) -> None:
        with socket.create_connection(self._place, timeout=30) as knock:
            if said:
                knock.sendall(said)
                knock.recv(1)

    def close(self) -> None:
        self._knock(b"")
        self._thread.join(30)
        self._socket.close()


class Canary:
    """Both together."""

    def __init__(self, folder: Path) -> None:
        self._watched = {"file": WatchedFile(folder / "canary.txt"), "http": Listener()}
        self.addresses = {scheme: watched.address for scheme, watched in self._watched.items()}

    def touched(self) -> set[str]:
        """What was touched since this was asked last: "file", "http"."""
        return {scheme for scheme, watched in self._watched.items() if watched.touched()}

    @classmethod
    @contextmanager
    def kept(cls, folder: Path) -> Iterator[Self]:
        """A canary whose file is in ``folder``."""
        canary = cls(folder)
        try:
            yield canary
        finally:
            for watched in canary._watched.values():
                watched.close()
