"""The states that a behaviour can be brought into: methods of its class, by name and with parameters of plain types."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar, overload

from contracts.errors import ContractError

from .parameters import Parameter, about_of, in_words, parameters_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

F = TypeVar("F", bound="Callable[..., None]")

_MARK: Final = "__soap_contracts_state__"


class State(NamedTuple):
    """A state: its name in words, a line about it, its parameters, and the name of the method that brings it about.

    ``secret`` has those parameters that hold a secret, each with the end of the variable from which the command line
    takes it, None where it may be an argument.
    """

    name: str
    about: str
    parameters: tuple[Parameter, ...]
    method: str
    secret: Mapping[str, str | None]


@overload
def state(method: F) -> F: ...


@overload
def state(*, secret: Mapping[str, str | None]) -> Callable[[F], F]: ...


def state(method: F | None = None, *, secret: Mapping[str, str | None] | None = None) -> F | Callable[[F], F]:
    """Make a method of a `Behaviour` a state: `given` finds it by its name, in words.

    The first paragraph of its docstring is what `soap-contracts list conditions` says of it. Each parameter is
    annotated with ``int``, ``float``, ``bool``, ``str`` or ``datetime``, into which texts of the command line are
    turned. A secret one is no argument there: ``secret={"password": "PASSWORD"}`` takes it from
    SOAP_CONTRACTS_<SERVICE>_PASSWORD.
    """

    def mark(marked: F) -> F:
        setattr(marked, _MARK, secret or {})
        return marked

    return mark if method is None else mark(method)


def states_of(kind: type[Any]) -> dict[str, State]:
    """The states of a class of behaviours, by name. Raises ContractError for two of one name."""
    found: dict[str, State] = {}
    for name, method in inspect.getmembers(kind, inspect.isfunction):
        secret = getattr(method, _MARK, None)
        if secret is None:
            continue
        words = in_words(name)
        if words in found:
            raise ContractError(f"{kind.__name__}: {found[words].method} and {name} would both be the state {words!r}")
        found[words] = State(words, about_of(method), parameters_of(method), name, secret)
    return found
