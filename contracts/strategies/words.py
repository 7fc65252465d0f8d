"""Names, words and octets: types whose values are made of ASCII here, of the lengths that their facets ask for."""

from __future__ import annotations

import base64
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from hypothesis import strategies as st

from .facets import LONGEST
from .numbers import padded

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from contracts.model import Type

    Texts = SearchStrategy[str]

S = TypeVar("S", bytes, "list[str]")
_NAME: Final = r"[A-Za-z_][A-Za-z0-9._\-]{0,20}"
_WORDS: Final = {
    "language": r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8}){0,2}",
    "Name": rf":?{_NAME}",
    "NCName": _NAME,
    "ID": _NAME,
    # Without a prefix, which would have to be declared where the value stands.
    "QName": _NAME,
    "NMTOKEN": r"[A-Za-z0-9._:\-]{1,20}",
    "anyURI": r"(https?://[a-z]{1,9}\.example(/[a-z0-9]{0,9})?|urn:[a-z]{2,9}:[a-z0-9]{1,9})",
}
_ITEM: Final = st.from_regex(r"[A-Za-z0-9._:\-]{1,9}", fullmatch=True)
WORDS: Final = frozenset({*_WORDS, "NMTOKENS", "hexBinary", "base64Binary"})
#: How much longer than it must a value without a limit becomes, and how many octets are drawn at most.
_ROOM: Final = {"NMTOKENS": 2, "hexBinary": 20, "base64Binary": 26}
_DRAWN: Final = 64
_MOST_LENGTHS: Final = 20


def words(type_: Type) -> Texts:
    """Values of ``type_``, whose base is one of `WORDS`. Of a name the lengths are not asked: see `stretched`."""
    if type_.base in _WORDS:
        return padded(st.from_regex(_WORDS[type_.base], fullmatch=True))
    least = type_.min_length or 0
    most = least + _ROOM[type_.base] if type_.max_length is None else min(type_.max_length, LONGEST)
    if least > most:
        return st.nothing()
    if type_.base == "NMTOKENS":
        items = st.lists(_ITEM, min_size=max(1, min(least, _DRAWN)), max_size=max(1, min(most, _DRAWN)))
        return padded(items.map(partial(_tiled, least)).map(" ".join))
    octets = st.binary(min_size=min(least, _DRAWN), max_size=min(most, _DRAWN)).map(partial(_tiled, least))
    if type_.base == "base64Binary":
        return padded(octets.map(lambda value: base64.b64encode(value).decode()))
    return padded(st.builds(lambda value, case: case(value.hex()), octets, st.sampled_from((str.lower, str.upper))))


def stretched(texts: Texts, type_: Type) -> Texts:
    """``texts`` cut, or their last character repeated, to the lengths of ``type_``."""
    least = type_.min_length or 0
    most = least + _MOST_LENGTHS if type_.max_length is None else type_.max_length
    if least > min(most, LONGEST):
        return st.nothing()
    step = max(1, (min(most, LONGEST) - least) // _MOST_LENGTHS)
    lengths = [*range(least, min(most, LONGEST) + 1, step), min(most, LONGEST)]
    return st.builds(_stretched, texts, st.sampled_from(lengths))


def _stretched(text: str, length: int) -> str:
    return text.ljust(length, text[-1:] or " ")[:length]


def _tiled(least: int, part: S) -> S:
    """``part``, over and over if it is shorter than ``least``."""
    return part if len(part) >= least else (part * (least // len(part) + 1))[:least]
