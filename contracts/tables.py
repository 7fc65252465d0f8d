"""A TOML file table by table: typed values, and errors that name the file and the place in it."""

from __future__ import annotations

import contextlib
import re
import tomllib
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

from .errors import ContractError, SoapContractsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

T = TypeVar("T")

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
#: RFC 3339, section 5.6: ``full-date``, which is what ``format: date`` of JSON Schema means.
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Table:
    """One table of the file at ``path`` and the keys that lead to it; ``number`` counts in an array from 1.

    Every method that reads raises ``error``, ``path: place: what``, for a value that is missing or of another type.
    """

    error: type[SoapContractsError] = ContractError

    def __init__(self, path: str, data: Mapping[str, Any], keys: tuple[str, ...] = (), number: int = 0) -> None:
        self._path = path
        self._keys = keys
        self._data = data
        self._number = number

    @classmethod
    def of_file(cls, path: str) -> Self:
        """The whole file. Raises ``error`` when it cannot be read or is not TOML."""
        try:
            # With the byte order mark that some editors put there, and TOML forbids.
            with open(path, encoding="utf-8-sig") as file:
                return cls(path, tomllib.loads(file.read()))
        except OSError as error:
            raise cls.error(f"{path}: {error.strerror or 'cannot be read'}") from None
        except (UnicodeDecodeError, tomllib.TOMLDecodeError, ValueError, RecursionError) as error:
            raise cls.error(f"{path}: this is not TOML: {error}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __contains__(self, key: str) -> bool:
        return key in self._data

    def wrong(self, what: str) -> SoapContractsError:
        """The error that says ``what`` is wrong here."""
        keys = ".".join(key if _BARE.fullmatch(key) else f'"{key}"' for key in self._keys)
        place = f"[[{keys}]] number {self._number}" if self._number else f"[{keys or 'the file'}]"
        return self.error(f"{self._path}: {place}: {what}")

    def keep_to(self, *known: str) -> None:
        """Refuse any key but these."""
        for key in self:
            if key not in known:
                raise self.wrong(f"unknown key {key!r}; known are {', '.join(sorted(known))}")

    def table(self, key: str) -> Self:
        """The table below ``key``; an empty one when there is none."""
        return self._below(key, self._typed(key, dict, "a table", {}))

    def tables(self, key: str) -> Iterator[Self]:
        """The array of tables below ``key``; none when it is missing."""
        for number, data in enumerate(self._typed(key, list, "an array of tables", []), start=1):
            table = self._below(key, data, number)
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

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false; ``default`` when it is missing."""
        value: bool = self._typed(key, bool, "true or false", default)
        return value

    def choice(self, key: str, known: tuple[T, ...]) -> T:
        """One of the strings ``known``."""
        value = self.text(key)
        for one in known:
            if one == value:
                return one
        raise self.wrong(f"{key} = {value!r} is none of {', '.join(map(str, known))}")

    def date(self, key: str) -> date:
        """A date without a time, as TOML writes it or as a string."""
        value = self._data.get(key)
        if isinstance(value, str) and _DATE.fullmatch(value):
            # A day that the calendar lacks stays a string.
            with contextlib.suppress(ValueError):
                value = date.fromisoformat(value)
        if type(value) is not date:
            raise self.wrong(f"{key!r} is missing or not a date; write it as in {key} = 2027-03-31")
        return value

    def names(self, key: str) -> tuple[str, ...]:
        """A list of strings."""
        value = self._typed(key, list, "a list of strings")
        if not all(isinstance(item, str) for item in value):
            raise self.wrong(f"{key!r} is not a list of strings")
        return tuple(value)

    def _below(self, key: str, data: Mapping[str, Any], number: int = 0) -> Self:
        return type(self)(self._path, data, (*self._keys, key), number)

    def _typed(self, key: str, kind: type[Any], name: str, default: Any = None) -> Any:
        value = self._data.get(key, default)
        if not isinstance(value, kind):
            raise self.wrong(f"{key!r} is {'not ' if key in self._data else 'missing, '}{name}")
        return value
