"""What a client does next, where a condition forbids it: no single message shows that."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final, NamedTuple

from contracts.errors import SoapContractsError
from contracts.matching import asked_of, key_of, value_key

from .replacements import REDIRECTED
from .spellings import ENTITY_PATH

if TYPE_CHECKING:
    from contracts.catalog import Catalog
    from contracts.matching import Asked, Key
    from contracts.messages import Message
    from contracts.model import Operation


#: So many calls are watched at once.
_MOST: Final = 1_000


class ConductError(SoapContractsError, AssertionError):
    """A client has done what a condition forbids: a sequence of messages is wrong, and none of them alone."""


class _Unknown(NamedTuple):
    """A call of which its caller does not know that it was processed: its key, its values, whose it is, its source."""

    key: Key
    service: str | None
    values: dict[str, object]
    caller: str
    source: str

    def is_done_with(self, service: str | None, values: dict[str, object]) -> bool:
        """Whether a call that writes these values is a new beginning: it is about the same thing."""
        return self.service == service and all(self.values.get(name, value) == value for name, value in values.items())


class Conduct:
    """Watches what comes after an injection that something must not come after."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._unknown: deque[_Unknown] = deque(maxlen=_MOST)

    def reset(self, service: str | None = None) -> None:
        """Forget what must not come, at one service or at all."""
        kept = [one for one in self._unknown if service not in (None, one.service)]
        self._unknown = deque(kept, maxlen=_MOST)

    def forbid_retry(self, message: Message, caller: str) -> None:
        """From now on the same question of this caller is a retry, until a call that writes has begun anew."""
        asked = asked_of(message, self._catalog)
        self._unknown.append(_Unknown(key_of(asked), *_about(asked), caller, message.source))

    def begun(self, message: Message, operation: Operation) -> None:
        """A call has succeeded: what a client destroys once it has written is another thing."""
        if self._unknown and operation.effect == "write":
            service, values = _about(asked_of(message, self._catalog))
            kept = [one for one in self._unknown if not one.is_done_with(service, values)]
            self._unknown = deque(kept, maxlen=_MOST)

    def of_call(self, message: Message, operation: Operation, caller: str) -> ConductError | None:
        """What is wrong with sending this now."""
        if REDIRECTED in (message.url or "").partition("?")[2]:
            return ConductError(
                f"{message.source}: the client followed a redirect to another host and sent its message there, "
                "credentials and all; let it follow none, or none to another host"
            )
        if not self._unknown or operation.effect != "destructive":
            return None
        key = key_of(asked_of(message, self._catalog))
        found = next((one for one in self._unknown if key.same(one.key) and caller == one.caller), None)
        if found is None:
            return None
        self._unknown.remove(found)
        return ConductError(
            f"{message.source}: {operation.name} was sent again after {found.source}, whose answer was lost once it was "
            f"processed; {operation.name} is destructive and must not be retried blindly: ask for the state first"
        )


def _about(asked: Asked) -> tuple[str | None, dict[str, object]]:
    """The service that is called, and the values of the payload by local name."""
    case = asked.case
    values = {field.name: value_key(text, field.base or "") for _, field, text in case.values}
    return case.service and case.service.name, values


def of_address(url: str) -> ConductError | None:
    """What is wrong with asking for this address."""
    if REDIRECTED in url.partition("?")[2]:
        return ConductError(
            "the client followed a redirect to another host; let it follow none, or none to another host"
        )
    if not url.partition("?")[0].endswith(ENTITY_PATH):
        return None
    return ConductError(
        "the client fetched an external entity that a response named in its DOCTYPE (XXE); "
        "turn off DTDs and external entities in its XML parser"
    )
