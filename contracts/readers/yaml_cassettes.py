"""YAML -> the messages in it: a vcrpy cassette, one interaction after the other.

Those before a break in the file are judged. PyYAML is slow to import, so this module is imported only when there is
YAML to read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import yaml

from contracts.errors import ReadError

from . import cassettes
from .exchanges import Place, foreign, items_of
from .items import Skipped, Unreadable
from .nodes import Node
from .yaml_values import Values, line_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.catalog import Catalog

    from .items import Item

_QUOTING: Final = re.compile(r"(?:,? but (?:found|got)|(?<=character)|(?<=handle)) ['\"].*")
_NAME: Final = "interactions"
_NONE: Final = "not a vcrpy cassette: it has no interactions"
_LIST: Final = "not a vcrpy cassette, or one of before vcrpy 1.0, which python -m vcr.migration brings up to date"


def read(data: bytes, source: str, catalog: Catalog) -> Iterator[Item]:
    """The messages, skipped interactions and errors in ``data``, in order. Never raises."""
    try:
        for place, value, problem in _interactions(Values(data), source):
            yield from _items(Node(value, f"{_NAME}[{place.index}]"), place, problem, catalog)
    except yaml.YAMLError as error:
        yield Unreadable(source, _syntax(error, data))
    except ReadError as error:
        yield Unreadable(source, str(error))


def _items(entry: Node, place: Place, problem: ReadError | None, catalog: Catalog) -> Iterator[Item]:
    try:
        exchange = None if problem else cassettes.exchange_of(entry)
    except ReadError as error:
        exchange, problem = None, ReadError(f"line {place.line}: {error}")
    if exchange is not None:
        yield from items_of(exchange, place, catalog)
    elif foreign(entry, catalog):
        yield Skipped(place.source, place.index)
    else:
        yield Unreadable(place.name, str(problem))


def _interactions(values: Values, source: str) -> Iterator[tuple[Place, object, ReadError | None]]:
    """Each interaction, and what is wrong with it as YAML. Raises ReadError where this is no cassette."""
    root = values.root()
    if not isinstance(root, yaml.MappingStartEvent):
        raise ReadError(f"line {line_of(root)}: {_LIST if isinstance(root, yaml.SequenceStartEvent) else _NONE}")
    found, elsewhere = False, None
    while not isinstance(event := values.next(), yaml.MappingEndEvent):
        name, event = values.value(event), values.next()
        if name == _NAME:
            found = True
            if not isinstance(event, yaml.SequenceStartEvent):
                misfit = Node(values.value(event), _NAME).misfit("a list")
                raise ReadError(f"line {line_of(event)}: {misfit}")
            yield from _elements(values, source)
        else:
            values.value(event)
            elsewhere = elsewhere or values.problem()
    values.finish()
    if not found:
        raise ReadError(_NONE)
    if elsewhere is not None:
        raise elsewhere


def _elements(values: Values, source: str) -> Iterator[tuple[Place, object, ReadError | None]]:
    index = 0
    while not isinstance(event := values.next(), yaml.SequenceEndEvent):
        yield Place(source, index, line_of(event)), values.value(event), values.problem()
        index += 1


def _syntax(error: yaml.YAMLError, data: bytes) -> str:
    """Where and why this is no YAML, without what PyYAML's reasons quote of it."""
    mark = getattr(error, "problem_mark", None)
    line = data.count(b"\n", 0, getattr(error, "position", 0)) if mark is None else mark.line
    reason = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "not well-formed")
    return f"line {line + 1}: no YAML: {_QUOTING.sub('', reason)}"
