"""A client of sockets alone: what is on the wire when the stub answers, and how the connection ends."""  # noqa: INP001

from __future__ import annotations

import re
import socket
import time
from typing import Final, NamedTuple
from urllib.parse import urlsplit

#: Seconds that the stub may be silent.
_PATIENCE: Final = 10
_MOST: Final = 65_536
#: Header fields that tell something.
_TELLING: Final = ("Content-Type", "Content-Encoding", "Location", "Retry-After")
_MANY: Final = 20
_LONGEST: Final = 70
_PAUSE: Final = 0.05
_BODY: Final = re.compile(rb"<(?:[\w.-]+:)?Body\b[^>]*>\s*<((?:[\w.-]+:)?[\w.-]+)")
_VALUE: Final = rb"<(?:[\w.-]+:)?%s\b[^>]*>.*?</(?:[\w.-]+:)?%s>"
_CODE: Final = re.compile(rb"<(?:[\w.-]+:)?faultcode\b[^>]*>[^<]*")


class Seen(NamedTuple):
    """What came: the bytes, in how many pieces, the longest pause between two of them, and the end.

    ``pause`` and ``whole``, the time from the request to the end, are in seconds; ``ending`` is "closed" or "reset".
    """

    data: bytes
    pieces: int
    pause: float
    whole: float
    ending: str

    @property
    def status(self) -> str:
        """The status line without the version, "" where there is none."""
        return self.data.partition(b"\r\n")[0].decode("latin-1").partition(" ")[2]

    @property
    def body(self) -> bytes:
        """All that came behind the head."""
        return self.data.partition(b"\r\n\r\n")[2]

    def header(self, name: str) -> str | None:
        """The value of the first header field of this name."""
        for line in self.data.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]:
            key, _, value = line.partition(":")
            if key.strip().lower() == name.lower():
                return value.strip()
        return None


def look(address: str, headers: tuple[tuple[str, str], ...], body: bytes) -> Seen:
    """POST ``body`` and read until the connection ends. Raises TimeoutError where nothing comes."""
    split = urlsplit(address)
    fields = (("Host", split.netloc), *headers, ("Content-Length", str(len(body))), ("Connection", "close"))
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    data, pieces, longest, ending = b"", 0, 0.0, "closed"
    with socket.create_connection((split.hostname, split.port), _PATIENCE) as connection:
        connection.sendall(f"POST {split.path} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + body)
        sent, last = time.monotonic(), 0.0
        try:
            while piece := connection.recv(_MOST):
                now = time.monotonic()
                longest = max(longest, now - (last or now))
                data, pieces, last = data + piece, pieces + 1, now
        except ConnectionResetError:
            ending = "reset"
    return Seen(data, pieces, longest, time.monotonic() - sent, ending)


def told(seen: Seen, plain: Seen) -> str:
    """What was seen in a few words: what is not as in ``plain``, the same answer without the condition."""
    if not seen.data:
        return f"nothing; {seen.ending}"
    fields = [
        f"`{name}: {_local(value)}`"
        for name in _TELLING
        if (value := seen.header(name)) not in (None, plain.header(name))
    ]
    ending = "reset" if seen.ending == "reset" else ""
    parts = [*fields, _length(seen), _content(seen.body, plain.body), _pace(seen), ending]
    return "; ".join([seen.status, *(list(filter(None, parts)) or ["as without it"])])


def _local(value: str) -> str:
    """A header's value without the port, which differs from run to run."""
    return re.sub(r":\d+(?=/)", ":PORT", value)


def _length(seen: Seen) -> str:
    said = seen.header("Content-Length")
    if said is None or int(said) == len(seen.body):
        return ""
    come = "fewer" if len(seen.body) < int(said) else "more"
    return f"{come} bytes than Content-Length says, then closed"


def _pace(seen: Seen) -> str:
    if seen.pieces > _MANY:
        return "in many small pieces"
    return "in pieces, with pauses" if seen.pause > _PAUSE else ""


def _content(body: bytes, plain: bytes) -> str:
    if not body:
        return "no body"
    if not body.startswith((b"<", b" ", b"\n", b"\r", b"\t")):
        return f"starts with {body[:3].hex(' ').upper()}"
    if body.startswith(b"<!DOCTYPE"):
        return f"starts with `{_short(_local(body.decode()))}`"
    code = _CODE.search(body)
    if code:
        return f"`{code[0].decode()}…`"
    names = [_BODY.search(one) for one in (body, plain)]
    if names[0] and names[1] and names[0][1] != names[1][1]:
        return f"`<{names[0][1].decode()}>` in the Body"
    return _difference(body, plain)


def _difference(body: bytes, plain: bytes) -> str:
    for name in (b"SyncId", b"End"):
        pattern = _VALUE % (name, name)
        found, known = re.findall(pattern, body, re.DOTALL), re.findall(pattern, plain, re.DOTALL)
        if len(found) > 1:
            return f"{name.decode()} {len(found)} times"
        if found and known and found != known:
            return f"`{_short(found[0].decode())}`"
    return ""


def _short(text: str) -> str:
    text = text.replace("\n", "⏎")
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
