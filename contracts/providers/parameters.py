"""Conditions by name and with parameters of plain types, as the command line and other languages write them."""

from __future__ import annotations

import inspect
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from contracts.errors import SoapContractsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_DIGITS: Final = re.compile("[+-]?[0-9]{1,4000}")
_ARTICLE: Final = re.compile(r"^(?:an?|the)\s+", re.IGNORECASE)


class ConditionError(SoapContractsError, ValueError):
    """A state or an injection cannot be as it was asked for; the text says why, and no value that may be a secret."""


class Parameter(NamedTuple):
    """A parameter of a state or an injection: its name, ``int``, ``float``, ``bool``, ``str`` or ``datetime``."""

    name: str
    kind: str
    required: bool


def in_words(name: str) -> str:
    """A name as words in lower case: blanks for underscores and hyphens, and without an article before it."""
    return _ARTICLE.sub("", re.sub(r"[\s_-]+", " ", name.strip())).lower()


def about_of(function: Callable[..., Any]) -> str:
    """The first paragraph of its docstring on one line."""
    return " ".join((inspect.getdoc(function) or "").split("\n\n")[0].split())


def parameters_of(function: Callable[..., Any]) -> tuple[Parameter, ...]:
    """The parameters of a function behind the first one, which it gets from us."""
    known = list(inspect.signature(function).parameters.values())[1:]
    return tuple(
        Parameter(one.name, str(getattr(one.annotation, "__name__", one.annotation)), one.default is one.empty)
        for one in known
    )


def arguments_of(name: str, parameters: tuple[Parameter, ...], given: Mapping[str, object]) -> dict[str, Any]:
    """``given`` as arguments of what is called ``name``: texts turned into what its parameters are. ConditionError."""
    known = {parameter.name: parameter for parameter in parameters}
    found = {}
    for key, value in given.items():
        parameter = known.get(key.replace("-", "_"))
        if parameter is None:
            raise ConditionError(f"{name!r} has no parameter {key!r}; {_listed(parameters)}")
        try:
            found[parameter.name] = _READERS[parameter.kind](value)
        except (KeyError, TypeError, ValueError, OverflowError):
            raise ConditionError(f"{name!r}: {key} is {_ARTICLES.get(parameter.kind, parameter.kind)}") from None
    for parameter in parameters:
        if parameter.required and parameter.name not in found:
            raise ConditionError(f"{name!r} needs {parameter.name}; {_listed(parameters)}")
    return found


def _listed(parameters: tuple[Parameter, ...]) -> str:
    return f"it takes {', '.join(one.name for one in parameters)}" if parameters else "it takes none"


def _boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}[str(value).lower()]


def _integer(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise TypeError
    if isinstance(value, str) and not _DIGITS.fullmatch(value):
        raise ValueError
    return int(value)


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise TypeError
    found = float(value)
    if not 0 <= found < _FAR:
        raise ValueError
    return found


def _moment(value: object) -> datetime:
    found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _text(value: object) -> str:
    if not isinstance(value, (str, int)) or isinstance(value, bool):
        raise TypeError
    return str(value)


#: About thirty years, in seconds: no test waits longer.
_FAR: Final = 1e9
_READERS: Final[dict[str, Callable[[object], Any]]] = {
    "bool": _boolean,
    "datetime": _moment,
    "float": _number,
    "int": _integer,
    "str": _text,
}
_ARTICLES: Final = {
    "bool": "true or false",
    "datetime": "a time, as in 2026-11-21T08:00:00Z",
    "float": "a number, not below 0",
    "int": "a whole number",
    "str": "a text",
}
