"""Classes of values: what a text is an example of, told by the text alone, whoever made it.

A run that has met every class of a type has met what breaks clients and servers in practice. The classes of a type are
those that its facets leave room for.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Final, NamedTuple

from contracts.names import BLANKS
from contracts.schema import RANGES, collapsed

from .facets import fits, own_patterns, span_of, typical_lengths
from .numbers import MANY_DIGITS, POWERS
from .times import MOST_DIGITS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from contracts.model import Type

    Test = Callable[[str], bool]


_INTEGER: Final = re.compile("[+-]?[0-9]+")
_LONGEST: Final = 4_000


class Label(NamedTuple):
    """The name of a class, and what a text must be to belong to it."""

    name: str
    holds: Test


def classes_of(type_: Type) -> tuple[str, ...]:
    """The names of all classes of values of ``type_``, such as ``24:00:00`` or ``50 characters``."""
    return tuple(label.name for label in _labels(type_))


def labels_of(text: str, type_: Type) -> tuple[str, ...]:
    """The names of the classes that ``text``, a value of ``type_``, belongs to."""
    return tuple(label.name for label in _labels(type_) if label.holds(text))


@lru_cache(maxsize=1024)
def _labels(type_: Type) -> tuple[Label, ...]:
    if type_.enumeration:
        return tuple(Label(text, partial(_is_listed, type_.base, text)) for text in type_.enumeration)
    if own_patterns(type_) or type_.base not in {"string", "boolean", "dateTime", *RANGES}:
        return (Label("any", lambda _: True),)
    if type_.base == "string":
        return tuple(_texts(type_))
    if type_.base == "boolean":
        return (*_BOOLEANS, *_PADDED)
    if type_.base == "dateTime":
        # Without a pattern none is drawn with blanks around it.
        return (*(() if type_.bounds else _TIMES), *(_PADDED if type_.patterns else ()))
    return (*_numbers(type_), *_PADDED)


def _spelled(pattern: str) -> Test:
    """Whether a text without the blanks around it is of ``pattern``, one of Python's."""
    expression = re.compile(pattern)
    return lambda text: expression.fullmatch(text.strip(BLANKS)) is not None


def _is_listed(base: str, listed: str, text: str) -> bool:
    return collapsed(text, base) == collapsed(listed, base)


def _contains(part: str) -> Test:
    return lambda text: part in text


def _any(holds: Test) -> Test:
    return lambda text: any(map(holds, text))


_PADDED: Final = (
    Label("leading blank", lambda text: text[:1] != "" and text[0] in BLANKS),
    Label("trailing blank", lambda text: text[-1:] != "" and text[-1] in BLANKS),
)
_BOOLEANS: Final = tuple(Label(word, _spelled(word)) for word in ("true", "false", "1", "0"))


def _numbers(type_: Type) -> Iterator[Label]:
    lowest, highest = span_of(type_)
    if fits(0, type_):
        yield Label("0", _spelled("0"))
        yield Label("-0", _spelled("-0+"))
    if highest is None or highest >= 0:
        yield Label("plus sign", _spelled(r"\+[0-9]+"))
    if lowest is None or lowest < 0:
        yield Label("negative", _spelled("-0*[1-9][0-9]*"))
    yield Label("leading zeros", _spelled("[+-]?0[0-9]+"))
    for number in (sign * 2**power for power in POWERS for sign in (1, -1)):
        if any(fits(number + step, type_) for step in (-1, 0, 1)):
            yield Label(f"around {'-' if number < 0 else ''}2^{number.bit_length() - 1}", _within(number, 2))
    for name, end in (("lowest", lowest), ("highest", highest)):
        if end is not None and fits(end, type_):
            yield Label(name, _within(end, 0))
    if highest is None and (lowest is None or lowest < 10**MANY_DIGITS):
        yield Label(f"{MANY_DIGITS} digits", _spelled(f"[+-]?0*[1-9][0-9]{{{MANY_DIGITS - 1}}}"))


def _within(number: int, distance: int) -> Test:
    # Longer than any number that a class is about, and perhaps than int() reads; and what is none is of no class.
    return lambda text: (
        len(text) <= _LONGEST
        and _INTEGER.fullmatch(text.strip(BLANKS)) is not None
        and abs(int(text) - number) <= distance
    )


def _texts(type_: Type) -> Iterator[Label]:
    for length in typical_lengths(type_):
        yield Label(f"{length} character{'' if length == 1 else 's'}", _spelled_in(length))
    for label, room in _CHARACTERS:
        if type_.max_length is None or room <= type_.max_length:
            yield label


def _spelled_in(length: int) -> Test:
    return lambda text: len(text) == length


#: Each class of texts, and how many characters its examples need.
_CHARACTERS: Final = (
    (Label("ASCII", lambda text: text != "" and text.isascii()), 1),
    (Label("Latin", _any(lambda char: "\u00c0" <= char <= "\u024f")), 1),
    (Label("CJK", _any(lambda char: "\u4e00" <= char <= "\u9fff")), 1),
    (Label("beyond U+FFFF", _any(lambda char: char > "\uffff")), 1),
    (Label("combining", _any(lambda char: unicodedata.combining(char) != 0)), 1),
    (Label("right-to-left", _any(lambda char: unicodedata.bidirectional(char) in {"R", "AL"})), 1),
    *((Label(f"has {part}", _contains(part)), len(part)) for part in ("&", "<", ">", '"', "'", "]]>")),
    *((label, 1) for label in _PADDED),
    (Label("has tab", _contains("\t")), 1),
    (Label("has line feed", _contains("\n")), 1),
    (Label("has carriage return", _contains("\r")), 1),
)

_ZONED: Final = "[^T]*T[0-9:.]*"
_TIMES: Final = (
    Label("Z", _spelled(".*Z")),
    Label("no zone", _spelled(_ZONED)),
    Label("positive offset", _spelled(rf"{_ZONED}\+(?!00:00).*")),
    Label("negative offset", _spelled(f"{_ZONED}-(?!00:00).*")),
    *(Label(zone, _spelled(f"{_ZONED}{re.escape(zone)}")) for zone in ("+00:00", "-00:00", "+14:00", "-14:00")),
    Label("no fraction digits", _spelled("[^.]*")),
    *(
        Label(f"{count} fraction digit{'' if count == 1 else 's'}", _spelled(rf"[^.]*\.[0-9]{{{count}}}(Z|[+-].*)?"))
        for count in range(1, MOST_DIGITS + 1)
    ),
    Label("24:00:00", _spelled(".*T24.*")),
    Label("leap day", _spelled("(?![0-9]*00-)[0-9]+-02-29T.*")),
    Label("leap day of a 400th year", _spelled("[0-9]+00-02-29T.*")),
    Label("no leap day in a 100th year", _spelled("(1[5789]|2[123])00-(02-28|03-01)T.*")),
    Label("year 0001", _spelled("0001-.*")),
    Label("year 9999", _spelled("9999-.*")),
    Label("year of five or more digits", _spelled("[0-9]{5,}-.*")),
    Label("negative year", _spelled("-.*")),
)
