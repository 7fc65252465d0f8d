"""The TLS handshakes that fail, and why: asyncio keeps that to itself, and a client that sent nothing is a riddle."""

from __future__ import annotations

import re
import ssl
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

#: What OpenSSL calls the refusal of a certificate by the client, and a request without TLS.
_REFUSED: Final = re.compile(r"ALERT_.*(UNKNOWN_CA|CERTIFICATE)")
_WITHOUT_TLS: Final = "HTTP_REQUEST"


class Handshakes:
    """Watches those of a server, and calls ``unmet`` with a sentence on each that fails."""

    def __init__(self, unmet: Callable[[str], None]) -> None:
        self._unmet = unmet
        self._open: set[ssl.SSLObject] = set()

    def watch(self, context: ssl.SSLContext) -> None:
        """Watch the handshakes that are made with ``context``."""
        watching = self

        class Watched(ssl.SSLObject):
            _greeted = False

            def do_handshake(self) -> None:
                try:
                    super().do_handshake()
                except ssl.SSLWantReadError:
                    # The first time nothing has come yet, and may never come: whoever looks whether a port is open.
                    if self._greeted:
                        watching._open.add(self)
                    self._greeted = True
                    raise
                except ssl.SSLError as error:
                    watching._fail(self, error)
                    raise
                watching._open.discard(self)

        context.sslobject_class = Watched

    def conclude(self) -> None:
        """Tell of those that were begun and never ended. Node and Java go without a word where they do not trust."""
        for _ in self._open:
            self._unmet("a client has broken off the TLS handshake: it may not trust the CA of the stub")
        self._open.clear()

    def _fail(self, handshake: ssl.SSLObject, error: ssl.SSLError) -> None:
        self._open.discard(handshake)
        self._unmet(_sentence(error.reason or type(error).__name__))


def _sentence(reason: str) -> str:
    if reason == _WITHOUT_TLS:
        return "a client speaks http to an address that is https"
    if _REFUSED.search(reason):
        return f"a client has refused the certificate of the stub: it does not trust the CA ({reason})"
    return f"the TLS handshake with a client has failed ({reason})"
