"""What a client does next, where a condition forbids it: no single message shows that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contracts.errors import SoapContractsError
from contracts.matching import asked_of, key_of

from .replacements import REDIRECTED
from .spellings import ENTITY_PATH

if TYPE_CHECKING:
    from contracts.catalog import Catalog
    from contracts.matching import Key
    from contracts.messages import Message
    from contracts.model import Operation


class ConductError(SoapContractsError, AssertionError):
    """A client has done what a condition forbids: a sequence of messages is wrong, and none of them alone."""


class Conduct:
    """Watches what comes after an injection that something must not come after."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        #: Calls of which the client does not know that they were processed, with what they were answered.
        self._unknown: list[tuple[Key, str]] = []

    def reset(self) -> None:
        """Forget what must not come."""
        self._unknown.clear()

    def forbid_retry(self, message: Message, source: str) -> None:
        """From now on the same question is a retry, until a call that writes comes in between."""
        self._unknown.append((key_of(asked_of(message, self._catalog)), source))

    def of_call(self, message: Message, operation: Operation) -> ConductError | None:
        """What is wrong with sending this now."""
        if "?" in (message.url or "") and REDIRECTED in str(message.url):
            return ConductError(
                f"{message.source}: the client followed a redirect to another host and sent its message there, "
                "credentials and all; let it follow none, or none to another host"
            )
        if not self._unknown:
            return None
        if operation.effect == "write":
            # The client has begun anew, and what it destroys from here on is another thing.
            self._unknown.clear()
        if operation.effect != "destructive":
            return None
        key = key_of(asked_of(message, self._catalog))
        found = next((one for one in self._unknown if key.same(one[0])), None)
        if found is None:
            return None
        self._unknown.remove(found)
        first = found[1]
        return ConductError(
            f"{message.source}: {operation.name} was sent again after {first}, whose connection was reset once it was "
            f"processed; {operation.name} is destructive and must not be retried blindly: ask for the state first"
        )


def of_path(path: str) -> ConductError | None:
    """What is wrong with asking for this path."""
    if path != ENTITY_PATH:
        return None
    return ConductError(
        "the client fetched an external entity that a response named in its DOCTYPE (XXE); "
        "turn off DTDs and external entities in its XML parser"
    )
