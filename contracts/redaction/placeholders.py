"""What stands in the place of a secret: valid by its type, and the same for the same value within a cassette."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final

from contracts.samples import fits, values_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.catalog import Catalog
    from contracts.model import Field, Type

_LONGEST_NAME: Final = 40
_NUMBER: Final = re.compile(r"([1-9][0-9]{0,5})x*\Z")


class Placeholders:
    """Those of one cassette: ``REDACTED-Password-1`` and, where the type has no room for that, shorter ones."""

    def __init__(self, catalog: Catalog) -> None:
        self._types = _types_of(catalog)
        self._numbers: dict[tuple[str, str], int] = {}
        self._highest: dict[str, int] = {}
        #: Those that were given or met, which hold no secret whatever a secret may be.
        self.met: set[str] = set()

    def of(self, field: str, value: str) -> str:
        """The placeholder of ``value`` in ``field``, a name in any case; blanks around a value do not count."""
        key = field.lower(), value.strip()
        if key not in self._numbers:
            self._highest[key[0]] = self._numbers[key] = self._highest.get(key[0], 0) + 1
        text = self._written(field, self._numbers[key])
        self.met.add(text)
        return text

    def knows(self, field: str, text: str) -> bool:
        """Whether ``text`` is a placeholder of ``field``; its number is not given to any other value then."""
        found = _NUMBER.search(text)
        number = int(found[1]) if found else 1
        if text != self._written(field, number):
            return False
        key = field.lower()
        self._highest[key] = max(self._highest.get(key, 0), number if found else 0)
        self.met.add(text)
        return True

    def _written(self, field: str, number: int) -> str:
        kind = self._types.get(field.lower())
        candidates = _candidates(field, number, kind)
        if kind is None:
            return candidates[0]
        # A number or a word of a list is the same for all values: nobody could tell it from a secret otherwise.
        found = next((text for text in candidates if fits(kind, text)), None)
        return found or next(filter(partial(fits, kind), values_of(kind)), candidates[0])


def _candidates(field: str, number: int, kind: Type | None) -> list[str]:
    name = re.sub("[^A-Za-z0-9_.]", "", field)[:_LONGEST_NAME] or "secret"
    plain = [f"REDACTED-{name}-{number}", f"REDACTED-{number}", f"R{number}"]
    room = 0 if kind is None or kind.min_length is None else kind.min_length
    return [text.ljust(room, "x") for text in plain]


def _types_of(catalog: Catalog) -> dict[str, Type]:
    """The types of the secret fields, by their names in lower case."""
    return {
        field.name.lower(): field.type
        for field in _values_in(catalog)
        if field.type is not None and field.name in catalog.secrets
    }


def _values_in(catalog: Catalog) -> Iterator[Field]:
    for service in catalog:
        for operation in service.operations:
            yield from operation.request.values()
            yield from operation.response.values()
        for block in service.headers:
            yield from block.values()
