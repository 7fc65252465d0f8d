"""Texts at and just beyond the facets of a type: XSD 1.0 part 2, section 4.3."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from contracts.schema import IMPLIED_PATTERNS, fits_patterns

from .measures import LONGEST, MEASURED, NUMBERS, point_of, size_of, stepped, texts_of_size
from .misfits import BOOLEANS, DATE_TIMES, INTEGERS, NOT, SPANS, TEXTS, UNEXPLAINED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from contracts.model import Type

_EMOJI: Final = "\U0001f600"
#: What texts of a length are made of; a pattern of the contract may want any of them.
_FILLINGS: Final = ("x", "X", "0")
_STEPS: Final = {"minInclusive": -1, "maxInclusive": 1, "minExclusive": 0, "maxExclusive": 0}
_MOST: Final = 3


class Text(NamedTuple):
    """A text for a value: the rule that it breaks or nearly breaks, and what it is, in words for a mutant's name."""

    rule: str
    what: str
    text: str


def misfits_of(type_: Type) -> Iterator[Text]:
    """Texts that are no values of ``type_``, each for one reason."""
    rule, texts = NOT.get(type_.base, ("", ()))
    # A type that no rule explains has rules for its facets, and such a text breaks them too.
    if rule != "schema/invalid" or type_ == type_._replace(
        min_length=None, max_length=None, patterns=(), enumeration=()
    ):
        yield from (Text(rule, what, text) for what, text in texts)
    yield from _beyond_span(type_)
    yield from _beyond_bounds(type_)
    yield from _beyond_digits(type_)
    yield from _beyond_lengths(type_)
    if type_.enumeration:
        candidates = ["other", *(text.swapcase() for text in type_.enumeration), "", *map(str, range(9))]
        yield from _only(type_, "enumeration", "schema/value", "unlisted", _values_in(type_, candidates))
    if _own_patterns(type_):
        yield from _only(type_, "pattern", "schema/value", "unmatched", _values_in(type_, _pool(type_)))


def near_misfits_of(type_: Type) -> Iterator[Text]:
    """Texts that are values of ``type_``, though of an unusual spelling or at the very edge of a facet."""
    for text in _unusual(type_):
        if is_in_span(type_, text.text) and broken_facets(type_, text.text) == set():
            yield text


def broken_facets(type_: Type, text: str) -> set[str] | None:
    """The facets of ``type_`` that ``text``, a value of its base type, does not obey; None where that is not known."""
    value, broken = _without_blanks(type_.base, text), set()
    for name, limit in type_.bounds:
        obeys = _obeys(type_.base, name, limit, value)
        if obeys is None:
            return None
        if not obeys:
            broken.add(name)
    size = size_of(type_.base, value)
    if size is not None and type_.max_length is not None and size > type_.max_length:
        broken.add("maxLength")
    if size is not None and type_.min_length is not None and size < type_.min_length:
        broken.add("minLength")
    if type_.enumeration and not any(_are_same(type_.base, value, listed) for listed in type_.enumeration):
        broken.add("enumeration")
    if type_.patterns and not fits_patterns(value, type_.patterns):
        broken.add("pattern")
    return broken


def _without_blanks(base: str, text: str) -> str:
    """``text`` as the facets see it: section 4.3.6."""
    if base == "normalizedString":
        return re.sub(r"[\t\r\n]", " ", text)
    return text if base == "string" else re.sub(r"[ \t\r\n]+", " ", text).strip(" ")


def _are_same(base: str, one: str, other: str) -> bool:
    return Decimal(one) == Decimal(other) if base in NUMBERS else one == other


def is_in_span(type_: Type, text: str) -> bool:
    """Whether ``text``, an integer, is one of its built-in type; true for any other type."""
    lowest, highest = SPANS.get(type_.base, (None, None))
    if lowest is None and highest is None:
        return True
    number = Decimal(text.strip())
    return (lowest is None or lowest <= number) and (highest is None or number <= highest)


def _obeys(base: str, facet: str, limit: str, text: str) -> bool | None:
    if facet in ("totalDigits", "fractionDigits"):
        whole, _, fraction = text.lstrip("+-").partition(".")
        return len((whole.lstrip("0") if facet == "totalDigits" else "") + fraction.rstrip("0")) <= int(limit)
    point, end = point_of(base, text), point_of(base, limit)
    if point is None or end is None or _is_zoned(point) != _is_zoned(end):
        return None
    if facet.endswith("Exclusive"):
        return bool(point > end if facet.startswith("min") else point < end)
    return bool(point >= end if facet.startswith("min") else point <= end)


def _is_zoned(point: Any) -> bool:
    return isinstance(point, datetime) and point.tzinfo is not None


def _own_patterns(type_: Type) -> bool:
    return any(pattern != IMPLIED_PATTERNS.get(type_.base) for pattern in type_.patterns)


def _only(type_: Type, facet: str, rule: str, what: str, candidates: Iterable[str]) -> Iterator[Text]:
    """The first of ``candidates``, values of the built-in type, that break this facet and no other."""
    found = (text for text in dict.fromkeys(candidates) if broken_facets(type_, text) == {facet})
    for number, text in zip(range(1, _MOST + 1), found, strict=False):
        yield Text(rule, f"{what}-{number}", text)


def _values_in(type_: Type, candidates: list[str]) -> Iterator[str]:
    """Which of ``candidates`` for any type are values of this one's base."""
    pool = _pool(type_)
    for text in candidates:
        if type_.base in SPANS:
            if text.lstrip("+-").isdigit() and is_in_span(type_, text):
                yield text
        elif type_.base in TEXTS or text in pool:
            yield text


def _pool(type_: Type) -> list[str]:
    """Some values of the base of ``type_``."""
    if type_.base in MEASURED:
        sizes = {_within_reason(type_.min_length) or 1, _within_reason(type_.max_length) or 1, 1, 2}
        return [text for size in sorted(sizes) for text in texts_of_size(type_.base, size, ("~", *_FILLINGS, "\u00e9"))]
    if type_.base in SPANS:
        return [str(number) for number in (5, -5, 12, 123, 1234567, 7)]
    # Without its zone a dateTime is a matter of `provider/no-time-zone` as well.
    zoned = tuple(pair for pair in DATE_TIMES if pair[0] != "no-zone")
    pool = {"dateTime": zoned, "boolean": BOOLEANS, "decimal": (("", "1.5"), ("", "7"))}.get(type_.base, ())
    return [text for _, text in pool]


def _beyond_span(type_: Type) -> Iterator[Text]:
    lowest, highest = SPANS.get(type_.base, (None, None))
    if lowest is not None:
        rule = "schema/negative" if lowest == 0 else "schema/out-of-range"
        yield Text(rule, "one-below-its-type", str(lowest - 1))
        yield Text(rule, "far-below-its-type", "-" + "9" * 40)
    if highest is not None:
        yield Text("schema/out-of-range", "one-above-its-type", str(highest + 1))
        yield Text("schema/out-of-range", "far-above-its-type", "9" * 40)


def _beyond_bounds(type_: Type) -> Iterator[Text]:
    """One beyond each bound of a number, a date or a dateTime."""
    for facet, bound in type_.bounds:
        text = stepped(type_.base, bound, _STEPS[facet]) if facet in _STEPS else None
        if text is not None and is_in_span(type_, text) and broken_facets(type_, text) == {facet}:
            yield Text("schema/out-of-range", f"beyond-{facet}", text)


def _beyond_digits(type_: Type) -> Iterator[Text]:
    limits = {
        facet: _within_reason(int(limit)) for facet, limit in type_.bounds if facet in ("totalDigits", "fractionDigits")
    }
    total, fraction = limits.get("totalDigits"), limits.get("fractionDigits")
    if total is not None:
        candidates = [f"{sign}1{'0' * (total - 1)}1" for sign in ("", "-")]
        yield from _only_number(type_, "totalDigits", candidates)
    if fraction is not None:
        candidates = [f"{whole}.{'0' * fraction}1" for whole in (0, 1, 5, -1)]
        yield from _only_number(type_, "fractionDigits", candidates)


def _only_number(type_: Type, facet: str, candidates: list[str]) -> Iterator[Text]:
    for text in candidates:
        if is_in_span(type_, text) and broken_facets(type_, text) == {facet}:
            yield Text("schema/value", f"beyond-{facet}", text)
            return


def _within_reason(length: int | None) -> int | None:
    return None if length is None or length > LONGEST else length


def _beyond_lengths(type_: Type) -> Iterator[Text]:
    most, least = _within_reason(type_.max_length), _within_reason(type_.min_length)
    if most is not None:
        candidates = texts_of_size(type_.base, most + 1, (*_FILLINGS, _EMOJI))
        yield from _only(type_, "maxLength", "schema/max-length", "one-too-long", candidates)
        if type_.base == "string":
            candidates = [filling * most + " " for filling in _FILLINGS]
            yield from _only(type_, "maxLength", "schema/max-length", "blank-behind-the-longest", candidates)
    if least:
        candidates = texts_of_size(type_.base, least - 1, _FILLINGS)
        yield from _only(type_, "minLength", "schema/value", "one-too-short", candidates)


def _unusual(type_: Type) -> Iterator[Text]:
    if type_.base in SPANS:
        yield from (Text("schema/integer", what, text) for what, text in INTEGERS)
        yield from _at_the_ends(type_)
    pools = {"dateTime": ("schema/date-time", DATE_TIMES), "boolean": ("schema/boolean", BOOLEANS)}
    rule, texts = pools.get(type_.base, ("schema/invalid", UNEXPLAINED.get(type_.base, ())))
    yield from (Text(rule, what, text) for what, text in texts)
    yield from (Text("schema/value", f"listed-{number}", text) for number, text in enumerate(type_.enumeration, 1))
    yield from _at_the_bounds(type_)
    yield from _at_the_lengths(type_)


def _at_the_lengths(type_: Type) -> Iterator[Text]:
    most, least = _within_reason(type_.max_length), _within_reason(type_.min_length)
    names = {"x": "-of-letters", "X": "-of-capitals", "0": "-of-digits", _EMOJI: "-of-emoji"}
    if most is not None:
        for what, text in zip(names.values(), texts_of_size(type_.base, most, names), strict=False):
            yield Text("schema/max-length", f"longest{what if type_.base in TEXTS else ''}", text)
    if least:
        for filling, text in zip(_FILLINGS, texts_of_size(type_.base, least, _FILLINGS), strict=False):
            yield Text("schema/value", f"shortest{f'-of-{filling}' if type_.base in TEXTS else ''}", text)
    if type_.base == "QName" and most is not None:
        yield Text("schema/max-length", "of-a-length-that-does-not-count", "x" * (most + 1))


def _at_the_ends(type_: Type) -> Iterator[Text]:
    lowest, highest = SPANS[type_.base]
    if lowest == 0:
        yield from (Text("schema/negative", what, text) for what, text in (("zero", "0"), ("minus-zero", "-0")))
    for end in (lowest, highest):
        if end is not None:
            yield from _spelled("end-of-its-type", str(end), type_.base)


def _at_the_bounds(type_: Type) -> Iterator[Text]:
    inner = {"minExclusive": 1, "maxExclusive": -1}
    for facet, bound in type_.bounds:
        text = stepped(type_.base, bound, inner.get(facet, 0)) if facet in _STEPS else None
        if text is not None:
            yield from _spelled(f"at-{facet}", text, type_.base)


def _spelled(what: str, text: str, base: str) -> Iterator[Text]:
    yield Text("schema/out-of-range", what, text)
    if base in NUMBERS:
        zeros = f"{'-' if text[0] == '-' else '+'}000{text.lstrip('+-')}"
        yield Text("schema/out-of-range", f"{what}-with-zeros", zeros)
