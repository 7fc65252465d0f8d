"""How often each class of each field's values was drawn in this run, in all workers."""

from __future__ import annotations

import textwrap
from collections import Counter
from typing import TYPE_CHECKING, Final

from contracts.strategies import classes_of, labels_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contracts.model import Field

#: By the payload, such as `service/Operation-request`, the field, and the class.
_COUNTS: Final[Counter[tuple[str, str, str]]] = Counter()
#: The classes in their order, by payload and field.
_CLASSES: Final[dict[tuple[str, str], tuple[str, ...]]] = {}
_WIDTH: Final = 116


def count(payload: str, field: Field, text: str) -> None:
    """Count ``text`` in each of its classes."""
    assert field.type is not None
    _CLASSES.setdefault((payload, field.name), classes_of(field.type))
    _COUNTS.update((payload, field.name, label) for label in labels_of(text, field.type))


def missing(payload: str, fields: Iterable[Field]) -> list[str]:
    """The classes of ``fields`` of which no value was counted."""
    return [
        f"{field.name}: {label}"
        for field in fields
        if field.type is not None
        for label in classes_of(field.type)
        if not _COUNTS[payload, field.name, label]
    ]


def exported() -> list[list[object]]:
    """The counts as plain data, for another process."""
    return [[*key, _COUNTS[*key, label], label] for key, labels in _CLASSES.items() for label in labels]


def add(counts: Iterable[list[object]]) -> None:
    """Add what another process has exported."""
    for payload, field, number, label in counts:
        key = (str(payload), str(field))
        known = _CLASSES.get(key, ())
        _CLASSES[key] = known if label in known else (*known, str(label))
        _COUNTS[*key, str(label)] += int(str(number))


def table() -> list[str]:
    """A line or two for each field, sorted by operation and direction."""
    lines = []
    for (payload, field), labels in sorted(_CLASSES.items(), key=lambda item: item[0]):
        counts = ", ".join(f"{label} {_COUNTS[payload, field, label]}".replace(" ", "\xa0") for label in labels)
        lines.append(f"{payload} {field}")
        lines += [
            line.replace("\xa0", " ")
            for line in textwrap.wrap(counts, _WIDTH, initial_indent="  ", subsequent_indent="  ")
        ]
    return lines
