"""Bytes that were compressed without a word about it."""

from __future__ import annotations

from typing import Final

from contracts.codings import CodingError, undone
from contracts.xml import MAX_BYTES

_CODINGS: Final = {b"\x1f\x8b": "gzip", b"\x78\x01": "deflate", b"\x78\x9c": "deflate", b"\x78\xda": "deflate"}


def unpacked(data: bytes) -> bytes:
    """``data`` as it was before it was compressed, if its first bytes say that it was; else as it is."""
    coding = _CODINGS.get(data[:2])
    if coding is None:
        return data
    try:
        return undone(data, coding, MAX_BYTES)
    except CodingError:
        return data
