"""Texts at and just beyond the facets of a type: XSD 1.0 part 2, section 4.3."""

from __future__ import annotations

from decimal import Context, Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

from contracts.schema import IMPLIED_PATTERNS, fits_patterns

from .misfits import BOOLEANS, DATE_TIMES, INTEGERS, NOT, SPANS, TEXTS, UNEXPLAINED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from contracts.model import Type

_EMOJI: Final = "\U0001f600"
#: What texts of a length are made of; a pattern of the contract may want any of them.
_FILLINGS: Final = ("x", "X", "0")
_STEPS: Final = {"minInclusive": -1, "maxInclusive": 1, "minExclusive": 0, "maxExclusive": 0}
_NUMBERS: Final = SPANS.keys() | {"decimal"}
_MOST: Final = 3
#: No text is made for a facet that counts more characters: a contract may say 999,999,999.
LONGEST: Final = 100_000
_EXACT: Final = Context(prec=LONGEST)


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
    if type_.base in TEXTS:
        yield from _beyond_lengths(type_)
    if type_.enumeration:
        candidates = ["other", *(text.swapcase() for text in type_.enumeration), "", *map(str, range(9))]
        yield from _only(type_, "enumeration", "schema/value", "unlisted", candidates)
    if _own_patterns(type_):
        yield from _only(type_, "pattern", "schema/value", "unmatched", _pool(type_))


def near_misfits_of(type_: Type) -> Iterator[Text]:
    """Texts that are values of ``type_``, though of an unusual spelling or at the very edge of a facet."""
    for text in _unusual(type_):
        # libxml2 refuses blanks around a dateTime whose type has no pattern; XSD 1.0 part 2, section 4.3.6, does not.
        if type_.base == "dateTime" and not type_.patterns and text.text != text.text.strip():
            continue
        if is_in_span(type_, text.text) and broken_facets(type_, text.text) == set():
            yield text


def broken_facets(type_: Type, text: str) -> set[str] | None:
    """The facets of ``type_`` that ``text``, a value of its base type, does not obey; None where that is not known."""
    value = text if type_.base == "string" else " ".join(text.split())
    limits = [(name, value) for name, value in type_.bounds if type_.base in _NUMBERS]
    if len(limits) < len(type_.bounds):
        return None
    broken = {name for name, limit in limits if not _obeys(name, Decimal(limit), value)}
    if type_.max_length is not None and len(value) > type_.max_length:
        broken.add("maxLength")
    if type_.min_length is not None and len(value) < type_.min_length:
        broken.add("minLength")
    if type_.enumeration and value not in type_.enumeration:
        broken.add("enumeration")
    if type_.patterns and not fits_patterns(value, type_.patterns):
        broken.add("pattern")
    return broken


def is_in_span(type_: Type, text: str) -> bool:
    """Whether ``text``, an integer, is one of its built-in type; true for any other type."""
    lowest, highest = SPANS.get(type_.base, (None, None))
    if lowest is None and highest is None:
        return True
    number = Decimal(text.strip())
    return (lowest is None or lowest <= number) and (highest is None or number <= highest)


def _obeys(facet: str, limit: Decimal, text: str) -> bool:
    number = Decimal(text)
    whole, _, fraction = text.lstrip("+-").partition(".")
    if facet == "totalDigits":
        return len(whole.lstrip("0") + fraction.rstrip("0")) <= limit
    if facet == "fractionDigits":
        return len(fraction.rstrip("0")) <= limit
    if facet.endswith("Exclusive"):
        return number > limit if facet.startswith("min") else number < limit
    return number >= limit if facet.startswith("min") else number <= limit


def _own_patterns(type_: Type) -> bool:
    return any(pattern != IMPLIED_PATTERNS.get(type_.base) for pattern in type_.patterns)


def _only(type_: Type, facet: str, rule: str, what: str, candidates: Iterable[str]) -> Iterator[Text]:
    """The first of ``candidates`` that break this facet and no other."""
    found = (
        text for text in dict.fromkeys(candidates) if _is_value(type_, text) and broken_facets(type_, text) == {facet}
    )
    for number, text in zip(range(1, _MOST + 1), found, strict=False):
        yield Text(rule, f"{what}-{number}", text)


def _is_value(type_: Type, text: str) -> bool:
    """Whether a candidate for any type is a value of this one's base."""
    if type_.base in SPANS:
        return text.lstrip("+-").isdigit() and is_in_span(type_, text)
    return type_.base in TEXTS or text in _pool(type_)


def _pool(type_: Type) -> list[str]:
    """Some values of the base of ``type_``."""
    if type_.base in TEXTS:
        sizes = {_within_reason(type_.min_length) or 1, _within_reason(type_.max_length) or 1, 1, 2}
        return [filling * size for size in sorted(sizes) for filling in ("~", *_FILLINGS, "\u00e9")]
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
    """One beyond each bound. No rule knows the bounds of other types than integers."""
    rule = "schema/out-of-range" if type_.base in SPANS else "schema/invalid"
    for facet, bound in type_.bounds if type_.base in _NUMBERS else ():
        if facet in _STEPS and len(bound) < LONGEST:
            text = format(_EXACT.add(Decimal(bound), Decimal(_STEPS[facet])), "f")
            if is_in_span(type_, text) and broken_facets(type_, text) == {facet}:
                yield Text(rule, f"beyond-{facet}", text)


def _beyond_digits(type_: Type) -> Iterator[Text]:
    limits = {
        facet: _within_reason(int(limit)) for facet, limit in type_.bounds if facet in ("totalDigits", "fractionDigits")
    }
    rule = "schema/value" if type_.base in SPANS else "schema/invalid"
    total, fraction = limits.get("totalDigits"), limits.get("fractionDigits")
    if total is not None:
        candidates = [f"{sign}1{'0' * (total - 1)}1" for sign in ("", "-")]
        yield from _only_number(type_, "totalDigits", rule, candidates)
    if fraction is not None:
        candidates = [f"{whole}.{'0' * fraction}1" for whole in (0, 1, 5, -1)]
        yield from _only_number(type_, "fractionDigits", rule, candidates)


def _only_number(type_: Type, facet: str, rule: str, candidates: list[str]) -> Iterator[Text]:
    for text in candidates:
        if is_in_span(type_, text) and broken_facets(type_, text) == {facet}:
            yield Text(rule, f"beyond-{facet}", text)
            return


def _within_reason(length: int | None) -> int | None:
    return None if length is None or length > LONGEST else length


def _beyond_lengths(type_: Type) -> Iterator[Text]:
    most, least = _within_reason(type_.max_length), _within_reason(type_.min_length)
    if most is not None:
        candidates = [filling * (most + 1) for filling in (*_FILLINGS, _EMOJI)]
        yield from _only(type_, "maxLength", "schema/max-length", "one-too-long", candidates)
        if type_.base == "string":
            candidates = [filling * most + " " for filling in _FILLINGS]
            yield from _only(type_, "maxLength", "schema/max-length", "blank-behind-the-longest", candidates)
    if least:
        candidates = [filling * (least - 1) for filling in _FILLINGS]
        yield from _only(type_, "minLength", "schema/value", "one-too-short", candidates)


def _unusual(type_: Type) -> Iterator[Text]:
    if type_.base in SPANS:
        yield from (Text("schema/integer", what, text) for what, text in INTEGERS)
        yield from _at_the_ends(type_)
    pools = {"dateTime": ("schema/date-time", DATE_TIMES), "boolean": ("schema/boolean", BOOLEANS)}
    rule, texts = pools.get(type_.base, ("schema/invalid", UNEXPLAINED.get(type_.base, ())))
    yield from (Text(rule, what, text) for what, text in texts)
    yield from (Text("schema/value", f"listed-{number}", text) for number, text in enumerate(type_.enumeration, 1))
    most, least = _within_reason(type_.max_length), _within_reason(type_.min_length)
    if type_.base in TEXTS and most is not None:
        for what, filling in (("letters", "x"), ("capitals", "X"), ("digits", "0"), ("emoji", _EMOJI)):
            yield Text("schema/max-length", f"longest-of-{what}", filling * most)
    if type_.base in TEXTS and least:
        yield from (Text("schema/value", f"shortest-of-{filling}", filling * least) for filling in _FILLINGS)


def _at_the_ends(type_: Type) -> Iterator[Text]:
    lowest, highest = SPANS[type_.base]
    if lowest == 0:
        yield from (Text("schema/negative", what, text) for what, text in (("zero", "0"), ("minus-zero", "-0")))
    inner = {"minExclusive": 1, "maxExclusive": -1}
    ends = [("end-of-its-type", str(end)) for end in (lowest, highest) if end is not None]
    for facet, bound in type_.bounds:
        if facet in _STEPS and len(bound) < LONGEST:
            ends.append((f"at-{facet}", format(_EXACT.add(Decimal(bound), Decimal(inner.get(facet, 0))), "f")))
    for what, end in ends:
        yield Text("schema/out-of-range", what, end)
        yield Text("schema/out-of-range", f"{what}-with-zeros", f"{'-' if end[0] == '-' else '+'}000{end.lstrip('+-')}")
