"""Texts: strings of every length and script that their type allows, and the names that XSD derives from strings."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

from .facets import typical_lengths

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

    from contracts.model import Type

    Texts = SearchStrategy[str]

_NO_XML: Final = "".join(map(chr, (*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF)))
#: Every character of XML 1.0 section 2.2.
XML_CHARACTERS: Final = st.characters(exclude_categories=["Cs"], exclude_characters=_NO_XML)
#: Those of one UTF-16 unit.
_NARROW_CHARACTERS: Final = st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"], exclude_characters=_NO_XML)
_ASTRAL: Final = "\U0001f600\U0001f468\U0001f3fd\U00020000\U0002a6d6\U0001d518\U0010fffd"
_ALPHABETS: Final = (
    st.characters(min_codepoint=0x20, max_codepoint=0x7E),
    "&<>\"'];#x",
    st.characters(min_codepoint=0xC0, max_codepoint=0x24F),
    st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF),
    # Combining and right-to-left ones, and the marks that change the direction.
    "e\u0301a\u0308o\u0302n\u0303\u0327\u20dd",
    "\u05d0\u05d1\u05e9\u05b8\u0627\u0628\u062c\u064b\u200f\u202e",
)
#: What a client that builds XML from strings gets wrong; the simplest first.
_TRICKY: Final = (
    "&", "<", ">", '"', "'", "]]>", "&amp;", "&lt;a&gt;", "&#13;", "<![CDATA[x]]>", "<!-- x -->", "<?x?>", "</a>", "a&b",
    "%s", "{0}", "$1", "\\n", "${x}", "null", "O'Brien", "x\r\ny", "x]]>y", "\t", "\n", "\r",
)  # fmt: skip
_DRAWN: Final = 500
_BLANKS: Final = (" ", "\t", "\n", "\r", "\r\n", "  ")


def strings(type_: Type, *, safe: bool) -> Texts:
    """Strings of ``type_``, an xs:string. With ``safe`` its limit holds for UTF-16 units too.

    Shrinks to the shortest string, of zeros.
    """
    alphabets: list[str | Texts] = [*_ALPHABETS]
    if not (safe and type_.max_length is not None):
        alphabets += [_ASTRAL, XML_CHARACTERS]
    texts = st.one_of([_sized(alphabet, type_) for alphabet in alphabets])
    # Every string is made of the same draws: of two, Hypothesis takes the one of fewer draws for the plainer.
    return st.builds(lambda text, dress: dress(text), texts, st.sampled_from(_dresses(type_)))


def collapsing_strings(type_: Type, *, safe: bool) -> Texts:
    """Strings of a type that is normalised (xs:normalizedString) or collapsed (xs:token): blanks do not count."""
    last = 0xFFFF if safe and type_.max_length is not None else None
    solid = st.characters(
        min_codepoint=0x21,
        max_codepoint=last,
        exclude_categories=["Cs", "Zs", "Zl", "Zp"],
        exclude_characters=_NO_XML,
    )
    core = _sized(solid, type_)
    if type_.base == "normalizedString":
        return core
    return st.builds("{1}{0}".format, core, st.sampled_from(("", *_BLANKS)))


def characters_of(type_: Type, *, safe: bool) -> Texts:
    """What values of ``type_`` may be made of where a pattern says how: of ASCII, but for the strings."""
    if type_.base not in ("string", "normalizedString", "token"):
        return st.characters(min_codepoint=0x20, max_codepoint=0x7E)
    return _NARROW_CHARACTERS if safe and type_.max_length is not None else XML_CHARACTERS


def _sized(alphabet: str | Texts, type_: Type) -> Texts:
    """Texts of the lengths of ``type_``. Hypothesis draws few thousand characters: the longest are a part repeated."""
    least, most = type_.min_length or 0, type_.max_length
    if least <= _DRAWN:
        return st.text(alphabet, min_size=least, max_size=most)
    return st.text(alphabet, min_size=1, max_size=_DRAWN).map(partial(_lengthened, least))


def _lengthened(least: int, text: str) -> str:
    return (text * (least // len(text) + 1))[:least]


def _dresses(type_: Type) -> list[Callable[[str], str]]:
    """What is done with a text that was drawn: nothing, half of the time."""
    least, most = type_.min_length or 0, type_.max_length
    special: list[Callable[[str], str]] = []
    special += [partial(_tiled, length) for length in typical_lengths(type_) * 3]
    special += [
        partial(_instead, tricky)
        for tricky in _TRICKY
        if len(tricky) >= least and (most is None or len(tricky) <= most)
    ]
    if most != 0:
        special += [partial(_around, most, *pair) for blank in _BLANKS for pair in ((blank, ""), ("", blank))]
    return [str] * len(special) + special


def _tiled(length: int, unit: str) -> str:
    """A text of just this length, made of a few characters over and over."""
    unit = unit[:3] or "0"
    return (unit * (length // len(unit) + 1))[:length]


def _instead(tricky: str, _: str) -> str:
    return tricky


def _around(most: int | None, before: str, after: str, text: str) -> str:
    """``text`` with blanks, and cut so that it fits."""
    room = len(text) if most is None else max(0, most - len(before) - len(after))
    return f"{before}{text[:room]}{after}"[:most]
