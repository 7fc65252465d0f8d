"""Values of a simple type: the whole lexical space of XSD 1.0, the corners of it more often than chance would."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

from contracts.catalog.grammar import BUILT_IN_TYPES
from contracts.errors import UnknownNameError
from contracts.model import Type
from contracts.names import BLANKS
from contracts.schema import IMPLIED_PATTERNS, RANGES, collapsed

from .classes import labels_of
from .facets import is_crossed, own_patterns
from .fitting import fits_type, impossible
from .numbers import booleans, decimals, floats, integers, padded
from .probing import those_that_fit
from .regular import matching
from .texts import characters_of, collapsing_strings, strings
from .times import TIMES, moments
from .words import WORDS, stretched, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

    Texts = SearchStrategy[str]

_SHOWN: Final = " that are not blank alone, as a header block wants them"
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
    if not isinstance(type_, (str, Type)):
        raise TypeError(f"type_ is a contracts.model.Type or a built-in type's name, not {type(type_).__name__}")
    kind = _built_in(type_) if isinstance(type_, str) else type_
    return texts_of(kind, provider_safe).map(lambda text: _value(text, kind))


@lru_cache(maxsize=1024)
def texts_of(type_: Type, safe: bool) -> Texts:  # noqa: FBT001 - a key of the cache, always by position
    """The texts of which `from_type` makes values. Raises ContractError."""
    if type_.base not in _MADE:
        why = "refers to other elements" if type_.base in BUILT_IN_TYPES else "is no built-in type"
        raise impossible(type_, f": xs:{type_.base} {why}")
    listed = tuple(dict.fromkeys(collapsed(text, type_.base) for text in type_.enumeration))
    type_ = type_._replace(enumeration=listed)
    fits = partial(fits_type, type_=type_, safe=safe)
    if listed:
        fitting = [text for text in listed if fits(text)]
        texts = st.sampled_from(fitting) if fitting else None
    elif _is_built_in(type_):
        texts = _plain(type_, safe=safe)
        texts = None if texts.is_empty else texts
    else:
        texts = those_that_fit(_candidates(type_, safe=safe), fits)
    if texts is None:
        raise impossible(type_, " that .NET holds as they are" if safe else "")
    if type_.base in _KEPT or (type_.base in TIMES and not type_.patterns):
        return texts
    return padded(texts) if listed or type_.base in TIMES else texts


@lru_cache(maxsize=256)
def shown_texts_of(type_: Type, safe: bool) -> Texts:  # noqa: FBT001 - as above
    """Those of `texts_of` that are not blank alone, since a header block must have something in it."""
    if type_.base in ("string", "normalizedString", "token", "hexBinary", "base64Binary"):
        shown = tuple(filter(_is_shown, type_.enumeration))
        if type_.enumeration and not shown:
            raise impossible(type_, _SHOWN)
        type_ = type_._replace(min_length=max(type_.min_length or 0, 1), enumeration=shown)
    texts = texts_of(type_, safe)
    if type_.base != "string" or type_.enumeration:
        return texts
    if _is_built_in(type_):
        return texts.map(lambda text: text if _is_shown(text) else f"0{text[1:]}")
    fits = partial(fits_type, type_=type_, safe=safe)
    found = those_that_fit([texts], lambda text: _is_shown(text) and fits(text))
    if found is None:
        raise impossible(type_, _SHOWN)
    return found


def _is_built_in(type_: Type) -> bool:
    """Whether the strategy builds all facets of ``type_`` into its values."""
    if own_patterns(type_):
        return False
    lengths = type_.min_length is not None or type_.max_length is not None
    if type_.base in ("string", "normalizedString", "token"):
        return not type_.bounds
    return type_.base in RANGES or not (lengths or type_.bounds)


def _candidates(type_: Type, *, safe: bool) -> list[Texts]:
    """Strategies of texts of which some may be values of ``type_``, the plainest first."""
    patterns = own_patterns(type_)
    kinds = [_plain(type_, safe=safe)]
    if patterns:
        alphabet = characters_of(type_, safe=safe)
        kinds.insert(0, matching(patterns, alphabet))
    if type_.min_length is not None or type_.max_length is not None:
        kinds.append(stretched(kinds[0], type_))
    return [kind for kind in kinds if not kind.is_empty]


def _plain(type_: Type, *, safe: bool) -> Texts:
    """Values of the built-in type, with the bounds and, for strings and octets, the lengths of ``type_``."""
    base = type_.base
    if base == "string" and not is_crossed(type_):
        return strings(type_, safe=safe)
    if base in ("normalizedString", "token") and not is_crossed(type_):
        return collapsing_strings(type_, safe=safe)
    if base in TIMES:
        return moments(type_, safe=safe)
    if base in WORDS:
        return words(type_)
    return _NUMBERS[base](type_) if base in _NUMBERS else st.nothing()


_NUMBERS: Final[dict[str, Callable[[Type], Texts]]] = {
    **dict.fromkeys(RANGES, integers),
    "boolean": lambda _: booleans(),
    "decimal": decimals,
    "float": floats,
    "double": floats,
}
_MADE: Final = _NUMBERS.keys() | TIMES | WORDS | _KEPT | {"token"}


def _is_shown(text: str) -> bool:
    return text.strip(BLANKS) != ""


def _built_in(name: str) -> Type:
    if name not in _MADE:
        raise UnknownNameError.of("built-in type", name, sorted(_MADE))
    # As the contracts write it: of a dateTime without a pattern, libxml2 refuses the blanks that XSD 1.0 collapses.
    return Type(name, name, patterns=(IMPLIED_PATTERNS[name],) if name == "dateTime" else ())


def _value(text: str, type_: Type) -> Value:
    value = Value(text)
    value.type = type_
    return value
