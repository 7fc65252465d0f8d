"""YAML -> the interactions in it: a vcrpy cassette, one after the other.

Those before a break in the file are judged. PyYAML is slow to import, so this module is imported only when there is
YAML to read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import yaml

from contracts.errors import ReadError

from . import cassettes
from .archives import Entry
from .exchanges import Place
from .nodes import Node
from .yaml_values import Values, line_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .exchanges import Exchange

_QUOTING: Final = re.compile(r"(?:,? but (?:found|got)|(?<=character)|(?<=handle)) ['\"].*")
_NAME: Final = "interactions"
_NONE: Final = "not a vcrpy cassette: it has no interactions"
_LIST: Final = "not a vcrpy cassette, or one of before vcrpy 1.0, which python -m vcr.migration brings up to date"


def entries(data: bytes, source: str) -> Iterator[Entry]:
    """The interactions in ``data``, in order. Raises ReadError, with the line, where it breaks or is no cassette."""
    try:
        for place, value, problem in _interactions(Values(data), source):
            node = Node(value, f"{_NAME}[{place.index}]")
            yield Entry(place, node, problem or _found(node, place))
    except yaml.YAMLError as error:
        raise ReadError(_syntax(error, data)) from None


def _found(node: Node, place: Place) -> Exchange | ReadError:
    try:
        return cassettes.exchange_of(node)
    except ReadError as error:
        return place.error(error)


def _interactions(values: Values, source: str) -> Iterator[tuple[Place, object, ReadError | None]]:
    """Each interaction, and what is wrong with it as YAML. Raises ReadError where this is no cassette."""
    root = values.root()
    if not isinstance(root, yaml.MappingStartEvent):
        raise ReadError(f"line {line_of(root)}: {_LIST if isinstance(root, yaml.SequenceStartEvent) else _NONE}")
    found, elsewhere = False, None
    while not isinstance(event := values.next(), yaml.MappingEndEvent):
        name, event = values.value(event), values.next()
        if name == _NAME and found:
            raise ReadError(f"line {line_of(event)}: {_NAME} stands there twice")
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
