"""What stands in the place of a secret: valid by its type, and the same for the same value within a cassette."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from contracts.samples import fits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.catalog import Catalog
    from contracts.model import Field, Type

_NUMBER: Final = re.compile(r"([1-9][0-9]{0,8})x*\Z")
#: Any of them, in any text. They hold no secret, whatever a secret may be.
ANY: Final = re.compile(r"REDACTED(?:-[A-Za-z0-9_.]+)*-[1-9][0-9]{0,8}x*")


class Placeholders:
    """Those of one cassette: ``REDACTED-Password-1`` and, where the type has no room for that, shorter ones."""

    def __init__(self, catalog: Catalog) -> None:
        self._types = _types_of(catalog)
        self._numbers: dict[tuple[str, str], int] = {}
        self._highest: dict[str, int] = {}

    def of(self, field: str, value: str) -> str:
        """The placeholder of ``value`` in ``field``, a name in any case."""
        key = field.lower()
        if (key, value) not in self._numbers:
            self._highest[key] = self._numbers[key, value] = self._highest.get(key, 0) + 1
        return self._written(field, self._numbers[key, value])

    def knows(self, field: str, text: str) -> bool:
        """Whether ``text`` is a placeholder of ``field``; its number is not given to any other value then."""
        found = _NUMBER.search(text)
        key = field.lower()
        if found is None:
            return text in self._fixed(key)
        number = int(found[1])
        if text not in _candidates(field, number, self._types.get(key)) and text not in self._fixed(key):
            return False
        self._highest[key] = max(self._highest.get(key, 0), number)
        return True

    def _written(self, field: str, number: int) -> str:
        kind = self._types.get(field.lower())
        candidates = [*_candidates(field, number, kind), *self._fixed(field.lower())]
        return next((text for text in candidates if kind is None or fits(kind, text)), candidates[0])

    def _fixed(self, key: str) -> tuple[str, ...]:
        kind = self._types.get(key)
        return () if kind is None else kind.enumeration[:1]


def _candidates(field: str, number: int, kind: Type | None) -> list[str]:
    name = re.sub("[^A-Za-z0-9_.]", "", field) or "secret"
    plain = [f"REDACTED-{name}-{number}", f"REDACTED-{number}", f"R{number}"]
    room = 0 if kind is None or kind.min_length is None else kind.min_length
    return [text.ljust(room, "x") for text in plain] + ([] if kind is None else [str(number)])


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
