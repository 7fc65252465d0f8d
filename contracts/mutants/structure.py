"""`schema/`: elements that are dropped, doubled, renamed, moved, in another namespace, or that nobody knows."""

from __future__ import annotations

import difflib
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from lxml import etree

from contracts.envelope import elements_of
from contracts.names import SOAP11, qname, split

from .registry import mutation, near_miss

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.messages import Message
    from contracts.model import Field
    from contracts.xml import Element

    from .subject import Spot, Subject

OTHER: Final = "urn:example:other"
#: More of an element are not made: a contract may allow 999,999,999.
_MOST_COPIES: Final = 200
_SURPLUS: Final = ("Surplus", "Extra", "Remark", "Comment", "Quux", "Zzyzx")


@mutation("schema/missing-element")
def dropped(subject: Subject) -> Iterator[tuple[str, Message]]:
    """Each required element is left out, as often as it takes to have too few."""
    for spot, siblings in _families(subject):
        if spot.field.min_occurs and not subject.is_sole_value(spot):
            draft = subject.draft()
            for element in siblings[spot.field.min_occurs - 1 :]:
                parent_of(draft[element]).remove(draft[element])
            yield f"drops-{spot.name}", draft.message()


@near_miss("schema/missing-element")
def dropped_where_it_may(subject: Subject) -> Iterator[tuple[str, Message]]:
    """Each optional element is left out, and no required one."""
    for spot, siblings in _families(subject):
        if len(siblings) > spot.field.min_occurs:
            draft = subject.draft()
            for element in siblings[spot.field.min_occurs :]:
                parent_of(draft[element]).remove(draft[element])
            yield f"drops-{spot.name}-which-is-optional", draft.message()
    yield "adds-a-comment-between-elements", _with_comment(subject)


@mutation("schema/duplicate-element")
def doubled(subject: Subject) -> Iterator[tuple[str, Message]]:
    """Each element stands there once more than it may: behind itself, and behind all others."""
    for spot, siblings in _families(subject):
        more = _MOST_COPIES + 1 if spot.field.max_occurs is None else spot.field.max_occurs + 1 - len(siblings)
        for last in (False, True) if more <= _MOST_COPIES else ():
            draft = subject.draft()
            behind = draft[siblings[-1]]
            for _ in range(more):
                behind.addnext(draft.copy(behind))
            if last:  # the one too many: any other would be out of order there
                parent_of(behind).append(behind)
            yield f"repeats-{spot.name}{'-at-the-end' if last else ''}", draft.message()


@near_miss("schema/duplicate-element")
def doubled_where_it_may(subject: Subject) -> Iterator[tuple[str, Message]]:
    """As often as allowed; elements of the same name elsewhere."""
    for spot, siblings in _families(subject):
        if spot.field.max_occurs != 1:
            draft = subject.draft()
            behind = draft[siblings[-1]]
            more = 1 if spot.field.max_occurs is None else spot.field.max_occurs - len(siblings)
            for _ in range(min(more, _MOST_COPIES)):
                behind.addnext(draft.copy(behind))
            yield f"repeats-{spot.name}-as-often-as-allowed", draft.message()
    yield "adds-a-comment-between-elements", _with_comment(subject)


@mutation("schema/unexpected-element")
def surplus(subject: Subject) -> Iterator[tuple[str, Message]]:
    """An element that the contract does not know, in the own, another and no namespace, first and last."""
    for spot in subject.groups():
        name = surplus_name(spot.field)
        for namespace in (spot.field.namespace, OTHER, None):
            for place in ("first", "last"):
                draft = subject.draft()
                parent = draft[spot.element]
                draft.add(parent, qname(namespace, name), "1", place=0 if place == "first" else None)
                yield f"adds-an-element-{place}-in-{within(spot)}-{_in_words(namespace, spot.field)}", draft.message()


@near_miss("schema/unexpected-element")
def surplus_that_is_none(subject: Subject) -> Iterator[tuple[str, Message]]:
    """A comment that looks like an element."""
    yield "adds-a-comment-between-elements", _with_comment(subject)


@mutation("schema/element-name")
def misspelt(subject: Subject) -> Iterator[tuple[str, Message]]:
    """Each element's name in another case, and with a letter too few and too many."""
    for spot, siblings in _families(subject):
        namespace, name = split(str(spot.element.tag))
        for what, other in _misspellings(name, _known_around(subject, spot)) if len(siblings) == 1 else ():
            draft = subject.draft()
            draft[spot.element].tag = qname(namespace, other)
            yield f"{what}-{spot.name}", draft.message()


@mutation("schema/element-namespace")
def other_namespace(subject: Subject) -> Iterator[tuple[str, Message]]:
    """Each element in no namespace, in a foreign one and in SOAP's; all of them below the payload in none."""
    for spot in subject.elements():
        for namespace in dict.fromkeys((None, OTHER, SOAP11, _payload_namespace(subject))):
            if namespace != spot.field.namespace:
                draft = subject.draft()
                draft[spot.element].tag = qname(namespace, spot.field.name)
                yield f"puts-{spot.name}-{_in_words(namespace, spot.field)}", draft.message()
    payload = subject.payload
    if payload is not None and next(payload.below(), None) is not None:
        draft = subject.draft()
        qualified = [spot for spot in payload.below() if spot.field.namespace is not None]
        for spot in qualified:
            draft[spot.element].tag = spot.field.name
        if qualified:
            yield "puts-everything-below-the-payload-into-no-namespace", draft.message()


@near_miss("schema/element-name", "schema/element-namespace")
def declared_in_place(subject: Subject) -> Iterator[tuple[str, Message]]:
    """Each element with a prefix of its own, for the same namespace."""
    for spot in subject.elements():
        if spot.field.namespace is not None:
            draft = subject.draft()
            draft.respell(draft[spot.element], "own0")
            yield f"declares-the-namespace-on-{spot.name}", draft.message()


@mutation("schema/element-order")
def moved(subject: Subject) -> Iterator[tuple[str, Message]]:
    """Each pair of neighbours is swapped."""
    for spot in subject.groups():
        known = {field.tag: field for field in spot.field.fields}
        children = [child for child in elements_of(spot.element) if child.tag in known]
        for one, two in pairwise(children):
            if one.tag != two.tag:
                draft = subject.draft()
                draft[one].addprevious(draft[two])
                names = f"{known[str(one.tag)].name}-and-{known[str(two.tag)].name}"
                yield f"swaps-{names}-in-{within(spot)}", draft.message()


@near_miss("schema/element-order")
def moved_by_nothing(subject: Subject) -> Iterator[tuple[str, Message]]:
    """The right order, with comments in between."""
    yield "adds-a-comment-between-elements", _with_comment(subject)


def parent_of(element: Element) -> Element:
    """The element around ``element``, which is not the root."""
    return next(element.iterancestors())


def within(spot: Spot) -> str:
    """The name of a group for the name of a mutant."""
    return spot.name or "the-payload"


def surplus_name(field: Field) -> str:
    """A name that nobody takes for a misspelt one of ``field``'s children."""
    return next(
        (name for name in _SURPLUS if not any(_similar(name, child.name) for child in field.fields)), "Unexpected"
    )


def _similar(one: str, two: str) -> bool:
    return difflib.SequenceMatcher(None, one.lower(), two.lower()).ratio() > 0.5


def _families(subject: Subject) -> Iterator[tuple[Spot, list[Element]]]:
    """Each declared element once for all its namesakes around it, with these."""
    for spot in subject.elements():
        siblings = list(parent_of(spot.element).iterchildren(spot.field.tag))
        if siblings[0] is spot.element:
            yield spot, siblings


def _misspellings(name: str, known: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Names that differ from ``name`` by case or by a letter, and not from any other of ``known`` by less."""
    others = {other.lower() for other in known if other != name}
    spellings = {
        "flips-the-first-case-of": name[0].swapcase() + name[1:],
        "lower-cases": name.lower(),
        "upper-cases": name.upper(),
        "doubles-the-last-letter-of": name + name[-1],
        "swaps-two-letters-of": name[:-2] + name[-1] + name[-2:-1],
        "drops-a-letter-of": name[:2] + name[3:],
    }
    seen = {name}
    for what, other in spellings.items():
        shortest = 2 if what.startswith(("flips", "lower", "upper", "doubles")) else 6
        near = difflib.get_close_matches(other.lower(), others, n=1, cutoff=0.8)
        if other not in seen and len(name) >= shortest and not near:
            seen.add(other)
            yield what, other


def _known_around(subject: Subject, spot: Spot) -> frozenset[str]:
    parent = parent_of(spot.element)
    group = next(group for group in subject.groups() if group.element is parent)
    return frozenset(field.name for field in group.field.fields)


def _payload_namespace(subject: Subject) -> str | None:
    return split(str(subject.first.tag))[0]


def _in_words(namespace: str | None, field: Field) -> str:
    if namespace is None:
        return "into-no-namespace"
    if namespace == field.namespace:
        return "into-its-own-namespace"
    known = {OTHER: "another-namespace", SOAP11: "the-namespace-of-SOAP"}
    return f"into-{known.get(namespace, 'the-namespace-of-the-payload')}"


def _with_comment(subject: Subject) -> Message:
    """The message with a comment in front of the payload's first child, or of the payload itself."""
    draft = subject.draft()
    first = draft[subject.first]
    next(elements_of(first), first).addprevious(etree.Comment("<and> a comment"))
    return draft.message()
