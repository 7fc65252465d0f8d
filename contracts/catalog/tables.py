"""`contract.toml` table by table: typed values, and errors that name the file and the place in it."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from typing import TYPE_CHECKING, Any, Final, TypeVar

from contracts.errors import ContractError
from contracts.model import Ground

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

T = TypeVar("T")

GROUND: Final = ("basis", "source")
_BASES: Final = ("documented", "observed", "inferred")
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")


class Table:
    """One table, the keys that lead to it, and the ``sources`` that it may name; ``number`` counts in an array from 1.

    Every method that reads raises ContractError, ``path: place: what``, for a value that is missing or of another type.
    """

    def __init__(
        self, path: str, keys: tuple[str, ...], data: Mapping[str, Any], sources: Mapping[str, str], number: int = 0
    ) -> None:
        self._path = path
        self._keys = keys
        self._data = data
        self._sources = sources
        self._number = number

    @classmethod
    def of_file(cls, path: str, known: Iterable[str]) -> Table:
        """The whole file, whose tables are ``known``."""
        try:
            with open(path, "rb") as file:
                data = tomllib.load(file)
        except OSError as error:
            raise ContractError(f"{path}: {error.strerror or 'cannot be read'}") from None
        except (UnicodeDecodeError, tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
            raise ContractError(f"{path}: this is not TOML: {error}") from None
        sources: dict[str, str] = {}
        whole = cls(path, (), data, sources)
        whole.keep_to(*known, "sources")
        listed = whole.table("sources")
        sources.update((key, listed.text(key)) for key in listed)
        return whole

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def wrong(self, what: str) -> ContractError:
        """The error that says ``what`` is wrong here."""
        keys = ".".join(key if _BARE.fullmatch(key) else f'"{key}"' for key in self._keys)
        place = f"[[{keys}]] number {self._number}" if self._number else f"[{keys or 'the file'}]"
        return ContractError(f"{self._path}: {place}: {what}")

    def keep_to(self, *known: str) -> None:
        """Refuse any key but these."""
        for key in self:
            if key not in known:
                raise self.wrong(f"unknown key {key!r}; known are {', '.join(sorted(known))}")

    def table(self, key: str) -> Table:
        """The table below ``key``; an empty one when there is none."""
        return Table(self._path, (*self._keys, key), self._typed(key, dict, "a table", {}), self._sources)

    def tables(self, key: str) -> Iterator[Table]:
        """The array of tables below ``key``; none when it is missing."""
        for number, data in enumerate(self._typed(key, list, "an array of tables", []), start=1):
            table = Table(self._path, (*self._keys, key), data, self._sources, number)
            if not isinstance(data, dict):
                raise table.wrong("this is not a table")
            yield table

    def text(self, key: str) -> str:
        """A string that is not empty."""
        value: str = self._typed(key, str, "a string")
        if not value:
            raise self.wrong(f"{key!r} is empty")
        return value

    def optional_text(self, key: str) -> str | None:
        """A string, which may be empty; None when it is missing."""
        return self._typed(key, str, "a string") if key in self._data else None

    def choice(self, key: str, known: tuple[T, ...]) -> T:
        """One of the strings ``known``."""
        value = self.text(key)
        for one in known:
            if one == value:
                return one
        raise self.wrong(f"{key} = {value!r} is none of {', '.join(map(str, known))}")

    def date(self, key: str) -> date:
        """A date without a time."""
        value = self._data.get(key)
        if type(value) is not date:
            raise self.wrong(f"{key!r} is missing or not a date")
        return value

    def names(self, key: str) -> tuple[str, ...]:
        """A list of strings."""
        value = self._typed(key, list, "a list of strings")
        if not all(isinstance(item, str) for item in value):
            raise self.wrong(f"{key!r} is not a list of strings")
        return tuple(value)

    def statuses(self, key: str) -> tuple[int, ...]:
        """A list of HTTP statuses."""
        value = self._typed(key, list, "a list of HTTP statuses")
        if not value or not all(type(item) is int and 100 <= item <= 599 for item in value):
            raise self.wrong(f"{key!r} is not a list of HTTP statuses, integers from 100 to 599")
        return tuple(value)

    def ground(self) -> Ground:
        """What the statement rests on: its ``basis``, and the source whose key it names."""
        source = self.text("source")
        if source not in self._sources:
            raise self.wrong(f"source {source!r} is no key of [sources]")
        return Ground(self.choice("basis", _BASES), self._sources[source])

    def _typed(self, key: str, kind: type[Any], name: str, default: Any = None) -> Any:
        value = self._data.get(key, default)
        if not isinstance(value, kind):
            raise self.wrong(f"{key!r} is {'not ' if key in self._data else 'missing, '}{name}")
        return value
