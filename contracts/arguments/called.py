"""What a client is called with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contracts.secrecy import MASK

if TYPE_CHECKING:
    from collections.abc import ItemsView, Iterator, KeysView, Mapping, ValuesView


class Arguments:
    """Python values by the local name of the field; a group of fields is a dict, what repeats a list.

    ``**arguments``, ``arguments["UserName"]`` and ``arguments | {...}`` work as with a dict, and dict(arguments) is
    one. It is none itself: pytest takes dicts and other Mappings apart when a comparison fails, and prints the values.
    ``operation`` is what they are for, ``service/Operation``. Values of ``hidden`` fields, at any depth, are not in the
    repr, which Hypothesis and pytest print.
    """

    def __init__(self, values: Mapping[str, Any], operation: str, hidden: frozenset[str] = frozenset()) -> None:
        self._values = dict(values)
        self.operation = operation
        self.hidden = hidden

    def __repr__(self) -> str:
        return repr(_masked(self._values, self.hidden))

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __eq__(self, other: object) -> bool:
        return self._values == (other._values if isinstance(other, Arguments) else other)

    __hash__ = None  # type: ignore[assignment] # as a dict, which may be compared and not be a key

    def __or__(self, other: Mapping[str, Any] | Arguments) -> Arguments:
        return Arguments({**self._values, **other}, self.operation, self.hidden)

    def __ror__(self, other: Mapping[str, Any]) -> Arguments:
        return Arguments({**other, **self._values}, self.operation, self.hidden)

    def copy(self) -> Arguments:
        """The same values, in a container of their own."""
        return Arguments(self._values, self.operation, self.hidden)

    def get(self, name: str, default: Any = None) -> Any:
        """The value of this name, or ``default``."""
        return self._values.get(name, default)

    def keys(self) -> KeysView[str]:
        """The names, as a dict has them."""
        return self._values.keys()

    def values(self) -> ValuesView[Any]:
        """The values, as a dict has them."""
        return self._values.values()

    def items(self) -> ItemsView[str, Any]:
        """Pairs of a name and its value, as a dict has them."""
        return self._values.items()


def _masked(value: Any, hidden: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return {name: MASK if name in hidden else _masked(one, hidden) for name, one in value.items()}
    return [_masked(one, hidden) for one in value] if isinstance(value, list) else value
