"""What callers hand over, looked at before anything is drawn. No error quotes a value: it may be a secret."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from contracts.catalog import Catalog, shipped
from contracts.errors import UnknownNameError
from contracts.messages import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from contracts.model import Operation, Service

#: What XML 1.0 section 2.2 has no character for.
_NO_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def known_operation(address: str, catalog: Catalog | None) -> tuple[Service, Operation]:
    """The operation that ``service/Operation`` names. Raises UnknownNameError, and TypeError for what is no name."""
    return known_catalog(catalog).operation(_name(address, "an operation is named by a str such as service/Operation"))


def known_service(name: str, catalog: Catalog | None) -> Service:
    """The service of this name. Raises UnknownNameError, and TypeError for what is no name."""
    return known_catalog(catalog).service(_name(name, "a service is named by a str"))


def known_catalog(catalog: Catalog | None) -> Catalog:
    """``catalog``, or the shipped one. Raises TypeError."""
    if catalog is None:
        return shipped()
    if not isinstance(catalog, Catalog):
        raise TypeError(f"catalog= is what contracts.load(folder) gives, not {_kind(catalog)}")
    return catalog


def known_message(message: Message) -> Message:
    """``message``. Raises TypeError for what is none."""
    if not isinstance(message, Message):
        raise TypeError(f"a message is a contracts.Message, not {_kind(message)}")
    return message


def given_strategies(
    fields: Mapping[str, SearchStrategy[Any]] | None, names: Collection[str], secrets: Collection[str] = ()
) -> dict[str, SearchStrategy[Any]]:
    """The strategies that a caller gives for the fields called ``names``; those of ``secrets`` have no telling repr.

    Raises UnknownNameError for another name, and TypeError, which names the field, for what is no strategy.
    """
    if fields is None:
        return {}
    if not isinstance(fields, Mapping):
        raise TypeError(f"fields= is a mapping from names of fields to strategies, not {_kind(fields)}")
    for name, strategy in fields.items():
        if _name(name, "fields= has names of fields") not in names:
            raise UnknownNameError.of("field", name, names)
        if not isinstance(strategy, SearchStrategy):
            raise TypeError(
                f"fields= has {_kind(strategy)} for {name}, not a strategy; st.just(...) makes one of a value"
            )
    return {name: untold(strategy) if name in secrets else strategy for name, strategy in fields.items()}


def given_texts(strategies: Mapping[str, SearchStrategy[Any]]) -> dict[str, SearchStrategy[str]]:
    """``strategies``, which raise TypeError for what is no text, ValueError for what no XML document can hold."""
    return {name: strategy.map(partial(_text, name)) for name, strategy in strategies.items()}


def untold(strategy: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """``strategy`` with a repr that does not say what it is made of."""

    @st.composite
    def untold_values(draw: Callable[[SearchStrategy[Any]], Any]) -> Any:
        return draw(strategy)

    return untold_values()


def _text(name: str, text: object) -> str:
    if not isinstance(text, str):
        raise TypeError(f"fields= draws {_kind(text)} for {name}; a message is made of texts: add .map(str)")
    if _NO_XML.search(text):
        raise ValueError(f"fields= draws a text for {name} with a character that no XML document can hold")
    return text


def _name(name: object, what: str) -> str:
    if not isinstance(name, str):
        raise TypeError(f"{what}, not {_kind(name)}")
    return name


def _kind(value: object) -> str:
    name = value.__name__ if isinstance(value, type) else type(value).__name__
    return f"the type {name}" if isinstance(value, type) else f"a value of the type {name}"
