"""Values of a simple type: the whole lexical space of XSD 1.0, the corners of it more often than chance would."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

from contracts.errors import ContractError, UnknownNameError
from contracts.model import Type
from contracts.names import BLANKS
from contracts.rules.facets import misfit_of_type
from contracts.schema import RANGES

from .classes import labels_of
from .facets import own_patterns
from .numbers import booleans, decimals, floats, integers, padded
from .regular import matching
from .texts import collapsing_strings, strings
from .times import calendar_parts, date_times, dates, durations, times

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

_NAME: Final = r"[A-Za-z_][A-Za-z0-9._\-]{0,20}"
#: Types whose values are words of ASCII here: their facets, if any, are asked of the finished word.
_WORDS: Final = {
    "language": r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8}){0,2}",
    "Name": rf":?{_NAME}",
    "NCName": _NAME,
    "ID": _NAME,
    # Without a prefix, which would have to be declared where the value stands.
    "QName": _NAME,
    "NMTOKEN": r"[A-Za-z0-9._:\-]{1,20}",
    "NMTOKENS": r"[A-Za-z0-9._:\-]{1,9}( [A-Za-z0-9._:\-]{1,9}){0,2}",
    "anyURI": r"(https?://[a-z]{1,9}\.example(/[a-z0-9]{0,9})?|urn:[a-z]{2,9}:[a-z0-9]{1,9})",
    "hexBinary": r"([0-9a-fA-F]{2}){0,20}",
    "base64Binary": r"([A-Za-z0-9+/]{4}){0,8}([A-Za-z0-9+/][AQgw]==)?",
}
_KEPT: Final = frozenset({"string", "normalizedString"})


class Value(str):
    """A text that is a value of ``type``; ``labels`` has the classes that it belongs to, such as ``24:00:00``."""

    __slots__ = ("type",)
    type: Type

    @property
    def labels(self) -> tuple[str, ...]:
        """The classes of this value, by its text alone: see `classes_of`."""
        return labels_of(self, self.type)


def from_type(type_: Type | str, *, provider_safe: bool = False) -> SearchStrategy[Value]:
    """Values of ``type_``, a `contracts.model.Type` or the name of a built-in type such as ``dateTime``.

    The whole lexical space of XSD 1.0 part 2 that processors must support: signs, leading zeros, blanks that a type
    collapses, 24:00:00, years of five digits, every character of XML 1.0. With ``provider_safe`` only what .NET holds
    as it is: times with a zone, years 1 to 9999, seven digits of a fraction, lengths in UTF-16 units.

    Shrinks to the plainest value: ``0``, the shortest text of zeros, ``2000-01-01T00:00:00Z``.

    Raises UnknownNameError for an unknown name, and ContractError for a type of which no value can be made.
    """
    kind = _built_in(type_) if isinstance(type_, str) else type_
    return texts_of(kind, provider_safe).map(lambda text: _value(text, kind))


@cache
def texts_of(type_: Type, safe: bool) -> SearchStrategy[str]:  # noqa: FBT001 - a key of the cache, always by position
    """The texts of which `from_type` makes values."""
    patterns = own_patterns(type_)
    if type_.enumeration:
        listed = st.sampled_from([text for text in type_.enumeration if misfit_of_type(text, type_) is None])
        return listed if type_.base in _KEPT else padded(listed)
    if patterns:
        return matching(type_, patterns)
    found = _plain(type_, safe=safe)
    return found.filter(lambda text: misfit_of_type(text, type_) is None) if _needs_a_look(type_) else found


def visible(texts: SearchStrategy[str]) -> SearchStrategy[str]:
    """``texts`` with a character that is seen, for values that may not be blank alone."""
    return texts.map(lambda text: text if text.strip(BLANKS) else f"0{text[1:]}")


def _plain(type_: Type, *, safe: bool) -> SearchStrategy[str]:
    base = type_.base
    if base in RANGES:
        return integers(type_)
    if base in _WORDS:
        words = st.from_regex(_WORDS[base], fullmatch=True)
        return padded(words)
    if base == "string":
        return strings(type_, safe=safe)
    if base in ("normalizedString", "token"):
        return collapsing_strings(type_, safe=safe)
    if base == "dateTime":
        return date_times(type_, safe=safe)
    if base.startswith("g"):
        return calendar_parts(base)
    if base not in _OTHERS:
        raise ContractError(f"no values of the type {type_.name} can be made: xs:{base} refers to other elements")
    return _OTHERS[base](type_)


_OTHERS: Final[dict[str, Callable[[Type], SearchStrategy[str]]]] = {
    "boolean": lambda _: booleans(),
    "decimal": decimals,
    "float": floats,
    "double": floats,
    "date": lambda _: dates(),
    "time": lambda _: times(),
    "duration": lambda _: durations(),
}


def _needs_a_look(type_: Type) -> bool:
    """Whether ``type_`` has facets that its strategy does not build into the values."""
    lengths = type_.min_length is not None or type_.max_length is not None
    return type_.base in _WORDS and lengths


def _built_in(name: str) -> Type:
    known = RANGES.keys() | _WORDS.keys() | _OTHERS.keys() | _KEPT | {"token", "dateTime"}
    known |= {"gYear", "gYearMonth", "gMonth", "gMonthDay", "gDay"}
    if name not in known:
        raise UnknownNameError.of("built-in type", name, sorted(known))
    return Type(name, name)


def _value(text: str, type_: Type) -> Value:
    value = Value(text)
    value.type = type_
    return value
