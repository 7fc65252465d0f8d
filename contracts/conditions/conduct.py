"""What a client does next, where a condition forbids it: no single message shows that."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from contracts.errors import SoapContractsError
from contracts.matching import asked_of, key_of
from contracts.names import BLANKS

from .replacements import REDIRECTED
from .spellings import ENTITY_PATH

if TYPE_CHECKING:
    from contracts.catalog import Catalog
    from contracts.matching import Asked, Key
    from contracts.messages import Message
    from contracts.model import Operation


class ConductError(SoapContractsError, AssertionError):
    """A client has done what a condition forbids: a sequence of messages is wrong, and none of them alone."""


class _Unknown(NamedTuple):
    """A call of which the client does not know that it was processed: its key, its service, its values, its source."""

    key: Key
    service: str | None
    values: dict[str, str]
    source: str

    def is_done_with(self, service: str | None, values: dict[str, str]) -> bool:
        """Whether a call that writes these values is a new beginning: it is about the same thing."""
        return self.service == service and all(self.values.get(name, text) == text for name, text in values.items())


class Conduct:
    """Watches what comes after an injection that something must not come after."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._unknown: list[_Unknown] = []

    def reset(self) -> None:
        """Forget what must not come."""
        self._unknown.clear()

    def forbid_retry(self, message: Message, source: str) -> None:
        """From now on the same question is a retry, until a call that writes to the same thing comes in between."""
        asked = asked_of(message, self._catalog)
        self._unknown.append(_Unknown(key_of(asked), *_about(asked), source))

    def of_call(self, message: Message, operation: Operation) -> ConductError | None:
        """What is wrong with sending this now."""
        if "?" in (message.url or "") and REDIRECTED in str(message.url):
            return ConductError(
                f"{message.source}: the client followed a redirect to another host and sent its message there, "
                "credentials and all; let it follow none, or none to another host"
            )
        if not self._unknown:
            return None
        asked = asked_of(message, self._catalog)
        if operation.effect == "write":
            # The client has begun anew, and what it destroys from here on is another thing.
            service, values = _about(asked)
            self._unknown = [one for one in self._unknown if not one.is_done_with(service, values)]
        if operation.effect != "destructive":
            return None
        key = key_of(asked)
        found = next((one for one in self._unknown if key.same(one.key)), None)
        if found is None:
            return None
        self._unknown.remove(found)
        return ConductError(
            f"{message.source}: {operation.name} was sent again after {found.source}, whose connection was reset once "
            f"it was processed; {operation.name} is destructive and must not be retried blindly: ask for the state first"
        )


def _about(asked: Asked) -> tuple[str | None, dict[str, str]]:
    """The service that is called, and the values of the payload by local name."""
    case = asked.case
    return case.service and case.service.name, {field.name: text.strip(BLANKS) for _, field, text in case.values}


def of_path(path: str) -> ConductError | None:
    """What is wrong with asking for this path."""
    if path != ENTITY_PATH:
        return None
    return ConductError(
        "the client fetched an external entity that a response named in its DOCTYPE (XXE); "
        "turn off DTDs and external entities in its XML parser"
    )
