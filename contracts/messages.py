"""One HTTP message with an envelope in it, as it was sent."""

from __future__ import annotations

from typing import Literal, NamedTuple

Direction = Literal["request", "response"]
Headers = tuple[tuple[str, str], ...]


class Message(NamedTuple):
    """A request or a response: the bytes of its body and what is known of its HTTP part.

    ``headers`` is None when no HTTP metadata is known; otherwise every field in the order and the spelling of the
    wire. ``body`` has its transfer and content codings undone. ``first_line`` is the 1-based line of ``source`` on
    which the body starts, ``header_lines`` the line of each header field. ``kind`` is None when only the body can
    tell. ``request`` is the request that a response answers, ``service`` a service's name where the sender of the
    message knows it.
    """

    body: bytes
    headers: Headers | None = None
    kind: Direction | None = None
    method: str | None = None
    url: str | None = None
    status: int | None = None
    source: str = "<message>"
    index: int = 0  # type: ignore[assignment] # hides tuple.index, which nobody needs here
    first_line: int = 1
    header_lines: tuple[int, ...] = ()
    request: Message | None = None
    service: str | None = None

    def header(self, name: str) -> str | None:
        """The first value of the header field ``name``, whatever its case, stripped; None when it is absent."""
        return next(iter(self.header_values(name)), None)

    def header_values(self, name: str) -> list[str]:
        """Every value of the header field ``name``, whatever its case, stripped, in order."""
        wanted = name.lower()
        return [value.strip(" \t") for key, value in self.headers or () if key.lower() == wanted]
