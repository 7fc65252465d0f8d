"""Exceptions of the .NET Framework, as far as a fault shows them."""

from __future__ import annotations


class NetError(Exception):
    """An exception of .NET: ``kind`` is its full type name; its text is the message in English."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
