"""Arguments for a client's own functions: Python values for the fields of a request."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from contracts.arguments import Arguments
from contracts.catalog import shipped
from contracts.errors import UnknownNameError
from contracts.names import BLANKS
from contracts.schema import RANGES

from .facets import own_patterns
from .schemata import payload_of
from .values import texts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hypothesis.strategies import SearchStrategy

    from contracts.catalog import Catalog
    from contracts.model import Field, Type

    Values = SearchStrategy[Any]

#: The days before and after it that Python's calendar has, but for the last two, so that a client may convert a value
#: to another zone.
_ORIGIN: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - the zone comes later
_DAYS: Final = ((date.min - _ORIGIN.date()).days + 2, (date.max - _ORIGIN.date()).days - 2)
_QUARTERS: Final = [
    timezone(timedelta(minutes=sign * minutes)) for minutes in range(15, 14 * 60 + 1, 15) for sign in (1, -1)
]
_MOST_REPEATS: Final = 3
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
    aware), a boolean a bool, a decimal a Decimal, a date a date, binary types bytes; any other type is a str. Optional
    fields come and go, a group of fields is a dict, what repeats a list. ``fields`` has strategies by the local names
    of fields, instead of their own; where such a field is secret, its values are not in the repr.

    `contracts.assert_carries` says whether they arrived. Shrinks to the required fields with ``0``, the shortest text
    and ``2000-01-01T00:00:00+00:00``. Raises UnknownNameError and ContractError.
    """
    service, known = (catalog or shipped()).operation(operation)
    payload = payload_of(service, known, "request")
    given = fields or {}
    for name in given:
        if name not in {field.name for field in payload.values()}:
            raise UnknownNameError.of("field", name, [field.name for field in payload.values()])
    hidden = service.secrets & given.keys()
    address = f"{service.name}/{known.name}"
    return _group(payload, given, safe=provider_safe).map(lambda values: Arguments(values, address, hidden))


def _group(group: Field, given: Mapping[str, Values], *, safe: bool) -> SearchStrategy[dict[str, Any]]:
    drawn = []
    for field in group.fields:
        values = given[field.name] if field.name in given else _one(field, given, safe=safe)
        if field.max_occurs != 1:
            most = field.min_occurs + _MOST_REPEATS if field.max_occurs is None else field.max_occurs
            values = st.lists(values, min_size=field.min_occurs, max_size=most)
        elif field.min_occurs == 0:
            values = st.just(_ABSENT) | values
        drawn.append(values)
    names = [field.name for field in group.fields]
    # Not st.fixed_dictionaries, which draws an order too and then shrinks badly.
    return st.tuples(*drawn).map(
        lambda values: {name: value for name, value in zip(names, values, strict=True) if value is not _ABSENT}
    )


def _one(field: Field, given: Mapping[str, Values], *, safe: bool) -> Values:
    if field.type is None:
        return _group(field, given, safe=safe)
    values = _values(field.type, safe=safe)
    return values | st.none() if field.nillable else values


def _values(type_: Type, *, safe: bool) -> Values:
    base = type_.base
    restricted = bool(type_.enumeration or own_patterns(type_))
    if base == "dateTime" and not (restricted or type_.bounds):
        return _instants(safe=safe)
    if base in _PLAIN and not restricted:
        return _PLAIN[base](type_)
    texts = texts_of(type_, safe)
    if base in _READ:
        return texts.map(_READ[base])
    return texts if base in ("string", "normalizedString", "token") else texts.map(lambda text: text.strip(BLANKS))


def _instants(*, safe: bool) -> SearchStrategy[datetime]:
    zones = [*[UTC] * len(_QUARTERS), *_QUARTERS, *([] if safe else [None] * len(_QUARTERS))]
    return st.builds(
        _instant, st.integers(*_DAYS), st.integers(0, 86_399), st.integers(0, 999_999), st.sampled_from(zones)
    )


def _instant(days: int, seconds: int, microseconds: int, zone: timezone | None) -> datetime:
    return (_ORIGIN + timedelta(days, seconds, microseconds)).replace(tzinfo=zone)


def _octets(type_: Type) -> SearchStrategy[bytes]:
    return st.binary(min_size=type_.min_length or 0, max_size=type_.max_length)


_PLAIN: Final[dict[str, Callable[[Type], Values]]] = {
    "boolean": lambda _: st.booleans(),
    "date": lambda _: st.dates(),
    "hexBinary": _octets,
    "base64Binary": _octets,
}
_READ: Final[dict[str, Callable[[str], Any]]] = {
    **dict.fromkeys(RANGES, int),
    "boolean": lambda text: text.strip(BLANKS) in ("true", "1"),
    "decimal": lambda text: Decimal(text.strip(BLANKS)),
    "float": float,
    "double": float,
}
