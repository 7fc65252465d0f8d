"""Content codings undone, never further than a limit: gzip and deflate, RFC 9110 section 8.4.1."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

#: zlib's window bits: 31 expects gzip's framing, 15 zlib's; -15, for none, is found out by looking.
_WINDOWS: Final = {"gzip": 31, "x-gzip": 31, "deflate": 15}
_BARE: Final = -15
#: Concatenated gzip members are legal; each costs a copy of what follows it.
_MAX_MEMBERS: Final = 64


class CodingError(ValueError):
    """A coding that is not known, or that the data is not in; ``incomplete`` when the data only ends too early."""

    def __init__(self, reason: str, *, incomplete: bool = False) -> None:
        super().__init__(reason)
        self.incomplete = incomplete


def codings_of(values: list[str]) -> tuple[str, ...]:
    """The codings that header field values list, lower-case, in the order in which they were applied."""
    listed = (item.partition(";")[0].strip(" \t").lower() for value in values for item in value.split(","))
    return tuple(coding for coding in listed if coding not in ("", "identity"))


def undone(data: bytes, coding: str, limit: int) -> bytes:
    """``data`` with ``coding`` undone, at most ``limit`` + 1 bytes of it, so that an excess can be seen.

    Raises CodingError.
    """
    window = _WINDOWS.get(coding)
    if window is None:
        raise CodingError(f"the coding {coding[:40]!r} cannot be undone; known are {', '.join(_WINDOWS)} and chunked")
    if coding == "deflate" and not _has_zlib_header(data):
        window = _BARE
    try:
        return _inflated(data, window, limit)
    except zlib.error:
        raise CodingError(f"the body is not {coding} as its header says, or is damaged") from None


def plain(body: bytes, headers: Iterable[tuple[str, str]], limit: int) -> bytes:
    """``body`` with the codings undone that ``headers`` list, as `undone`; as it came where that fails."""
    listed = codings_of([value for name, value in headers if name.lower() == "content-encoding"])
    found = body
    try:
        for coding in reversed(listed):
            found = undone(found, coding, limit)
    except CodingError:
        return body
    return found


def _inflated(data: bytes, window: int, limit: int) -> bytes:
    found = b""
    for _ in range(_MAX_MEMBERS):
        machine = zlib.decompressobj(window)
        found += machine.decompress(data, limit + 1 - len(found))
        if len(found) > limit:
            return found
        if not machine.eof:
            raise CodingError("the compressed body ends too early", incomplete=True)
        data = machine.unused_data
        if not data.strip(b"\r\n"):  # an editor's final line end
            return found
        if window != _WINDOWS["gzip"]:
            raise CodingError("more bytes follow the end of the compressed body")
    raise CodingError(f"the compressed body has more than {_MAX_MEMBERS} parts")


def _has_zlib_header(data: bytes) -> bool:
    """RFC 1950 section 2.2; HTTP's deflate has it, but some senders leave it out."""
    return bool(data) and data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0
