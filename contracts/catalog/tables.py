"""`contract.toml` table by table: what every statement in it has, a source and a basis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self

from contracts import tables
from contracts.model import Ground

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

GROUND: Final = ("basis", "source")
_BASES: Final = ("documented", "observed", "inferred")


class Table(tables.Table):
    """A table that may name one of the ``sources`` of its file, which maps keys to titles or addresses."""

    def __init__(self, path: str, data: Mapping[str, Any], keys: tuple[str, ...] = (), number: int = 0) -> None:
        super().__init__(path, data, keys, number)
        self.sources: dict[str, str] = {}

    @classmethod
    def of_contract(cls, path: str, known: Iterable[str]) -> Self:
        """The whole file, whose tables are ``known``. Raises ContractError."""
        whole = cls.of_file(path)
        whole.keep_to(*known, "sources")
        listed = whole.table("sources")
        whole.sources.update((key, listed.text(key)) for key in listed)
        return whole

    def statuses(self, key: str) -> tuple[int, ...]:
        """A list of HTTP statuses."""
        value = self._typed(key, list, "a list of HTTP statuses")
        if not value or not all(type(item) is int and 100 <= item <= 599 for item in value):
            raise self.wrong(f"{key!r} is not a list of HTTP statuses, integers from 100 to 599")
        return tuple(value)

    def ground(self) -> Ground:
        """What the statement rests on: its ``basis``, and the source whose key it names."""
        source = self.text("source")
        if source not in self.sources:
            raise self.wrong(f"source {source!r} is no key of [sources]")
        return Ground(self.choice("basis", _BASES), self.sources[source])

    def _below(self, key: str, data: Mapping[str, Any], number: int = 0) -> Self:
        table = super()._below(key, data, number)
        table.sources = self.sources
        return table
