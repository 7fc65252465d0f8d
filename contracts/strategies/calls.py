"""Arguments for a client's own functions: Python values for the fields of a request."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from hypothesis import strategies as st

from contracts.arguments import Arguments
from contracts.names import BLANKS
from contracts.schema import RANGES, instant_of, is_after

from .asking import given_strategies, known_operation
from .facets import own_patterns
from .fitting import fits_type
from .schemata import most_of, payload_of
from .values import texts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from hypothesis.strategies import SearchStrategy

    from contracts.catalog import Catalog
    from contracts.model import Field, Type

    Values = SearchStrategy[Any]
    #: The names of the ends of each window of two times.
    Windows = Sequence[tuple[str, str]]

#: The days before and after it that Python's calendar has, but for the last two, so that a client may convert a value
#: to another zone.
_ORIGIN: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - the zone comes later
_DAYS: Final = ((date.min - _ORIGIN.date()).days + 2, (date.max - _ORIGIN.date()).days - 2)
_QUARTERS: Final = [
    timezone(timedelta(minutes=sign * minutes)) for minutes in range(15, 14 * 60 + 1, 15) for sign in (1, -1)
]
_ABSENT: Final = object()


def from_arguments(
    operation: str,
    *,
    fields: Mapping[str, Values] | None = None,
    provider_safe: bool = False,
    catalog: Catalog | None = None,
) -> SearchStrategy[Arguments]:
    """Python values by field name for a client's function that sends ``operation`` (``service/Operation``).

    An xs:string is a str, an integer type an int, a dateTime a datetime, aware or naive (with ``provider_safe``
    aware), a boolean a bool, a decimal a Decimal, float and double a float, a date a date, binary types bytes; any
    other type is a str. So is a value whose type does not take it as Python writes it, such as the integer ``0042`` of
    a pattern, or a time that Python has not. Optional fields come and go, a group of fields is a dict, what repeats a
    list. Windows of times are in order as in `from_request`. ``fields`` has strategies by the local names of fields,
    instead of their own; where such a field is secret, its values are not in the repr.

    `contracts.assert_carries` says whether they arrived. Shrinks to the required fields with ``0``, the shortest text
    and ``2000-01-01T00:00:00+00:00``. Raises UnknownNameError, ContractError and, for arguments of other types,
    TypeError.
    """
    service, known = known_operation(operation, catalog)
    payload = payload_of(service, known, "request")
    given = given_strategies(fields, [field.name for field in payload.values()], service.secrets)
    windows = [
        window
        for relation in service.relations
        if (relation.kind, relation.message) == ("ordered", payload.name)
        for window in pairwise(relation.fields)
        if not given.keys() & window
    ]
    hidden = service.secrets & given.keys()
    address = f"{service.name}/{known.name}"
    return _group(payload, given, windows, safe=provider_safe).map(lambda values: Arguments(values, address, hidden))


def _group(
    group: Field, given: Mapping[str, Values], windows: Windows, *, safe: bool
) -> SearchStrategy[dict[str, Any]]:
    drawn = []
    for field in group.fields:
        values = given[field.name] if field.name in given else _one(field, given, windows, safe=safe)
        if field.max_occurs != 1:
            values = st.lists(values, min_size=field.min_occurs, max_size=most_of(field))
        elif field.min_occurs == 0:
            values = st.just(_ABSENT) | values
        drawn.append(values)
    once = {child.name: child.type for child in group.fields if child.type is not None and child.max_occurs == 1}
    # A value may not fit the type of the other end.
    own = [(one, two) for one, two in windows if {one, two} <= once.keys() and once[one] == once[two]]
    # Not st.fixed_dictionaries, which draws an order too and then shrinks badly.
    return st.tuples(*drawn).map(partial(_named, [field.name for field in group.fields], own))


def _named(names: Sequence[str], windows: Windows, drawn: Sequence[Any]) -> dict[str, Any]:
    values = {name: value for name, value in zip(names, drawn, strict=True) if value is not _ABSENT}
    for _ in windows:  # so often at the most until all are in order
        for one, two in windows:
            if one in values and two in values and _is_late(values[one], values[two]):
                values[one], values[two] = values[two], values[one]
    return values


def _is_late(one: datetime | str | None, two: datetime | str | None) -> bool:
    first, second = (instant_of(end.isoformat() if isinstance(end, datetime) else end or "") for end in (one, two))
    return first is not None and second is not None and is_after(first, second)


def _one(field: Field, given: Mapping[str, Values], windows: Windows, *, safe: bool) -> Values:
    if field.type is None:
        return _group(field, given, windows, safe=safe)
    values = _values(field.type, safe=safe)
    if field.nillable:
        # Not one of the two, since None would be the plainer for its fewer draws.
        return st.builds(lambda value, nil: None if nil else value, values, st.booleans())
    return values


def _values(type_: Type, *, safe: bool) -> Values:
    base = type_.base
    if not (type_.enumeration or own_patterns(type_) or type_.bounds):
        if base == "dateTime":
            return _instants(safe=safe)
        if base in _PLAIN:
            return _PLAIN[base](type_)
    texts = texts_of(type_, safe)
    if base in _KINDS:
        return texts.map(lambda text: _read(text.strip(BLANKS), type_, safe=safe))
    return texts if base in ("string", "normalizedString", "token") else texts.map(lambda text: text.strip(BLANKS))


def _read(text: str, type_: Type, *, safe: bool) -> Any:
    """``text`` as a Python value, or as it is where what a plain writer makes of that value is none of ``type_``."""
    kind = _KINDS[type_.base]
    try:
        value = kind.read(text)
    except ValueError:
        return text
    return value if fits_type(kind.write(value), type_, safe=safe) else text


def _instants(*, safe: bool) -> SearchStrategy[datetime]:
    zones = [*[UTC] * len(_QUARTERS), *_QUARTERS, *([] if safe else [None] * len(_QUARTERS))]
    return st.builds(
        _instant, st.integers(*_DAYS), st.integers(0, 86_399), st.integers(0, 999_999), st.sampled_from(zones)
    )


def _instant(days: int, seconds: int, microseconds: int, zone: timezone | None) -> datetime:
    return (_ORIGIN + timedelta(days, seconds, microseconds)).replace(tzinfo=zone)


def _octets(type_: Type) -> SearchStrategy[bytes]:
    return st.binary(min_size=type_.min_length or 0, max_size=type_.max_length)


class _Kind(NamedTuple):
    """How the texts of a built-in type are read, and how most clients write what was read."""

    read: Callable[[str], Any]
    write: Callable[[Any], str]


def _spelled_float(number: float) -> str:
    return {"inf": "INF", "-inf": "-INF", "nan": "NaN"}.get(repr(number), repr(number))


_PLAIN: Final[dict[str, Callable[[Type], Values]]] = {
    "boolean": lambda _: st.booleans(),
    "date": lambda _: st.dates(),
    "hexBinary": _octets,
    "base64Binary": _octets,
}
_KINDS: Final = {
    **dict.fromkeys(RANGES, _Kind(int, str)),
    "boolean": _Kind(lambda text: text in ("true", "1"), lambda value: "true" if value else "false"),
    "decimal": _Kind(Decimal, "{:f}".format),
    "float": _Kind(float, _spelled_float),
    "double": _Kind(float, _spelled_float),
    "date": _Kind(lambda text: date.fromisoformat(text[:10]), date.isoformat),
    "dateTime": _Kind(datetime.fromisoformat, datetime.isoformat),
    "hexBinary": _Kind(bytes.fromhex, bytes.hex),
    "base64Binary": _Kind(base64.b64decode, lambda value: base64.b64encode(value).decode()),
}
