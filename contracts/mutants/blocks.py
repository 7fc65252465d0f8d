"""`soap/` and `contract/`: header blocks, foreign ones and the one that an operation needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lxml import etree

from contracts.envelope import elements_of
from contracts.names import ACTOR, MUST_UNDERSTAND, NEXT_ACTOR, SOAP11, qname, split

from .registry import mutation, near_miss
from .structure import OTHER
from .subject import short_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.messages import Message
    from contracts.xml import Element

    from .subject import Draft, Subject

_TRACE: Final = qname(OTHER, "trace")
_ELSEWHERE: Final = "urn:example:actor"

Attributes = dict[str, str]

_OPTIONAL: Final[dict[str, Attributes]] = {
    "and-no-more": {},
    "that-need-not-be-understood": {MUST_UNDERSTAND: "0"},
    "for-another-actor": {ACTOR: _ELSEWHERE},
    "for-another-actor-who-need-not-understand-it": {MUST_UNDERSTAND: "0", ACTOR: _ELSEWHERE},
}
_ELSEWHERE_MANDATORY: Final = {MUST_UNDERSTAND: "1", ACTOR: _ELSEWHERE}
_MANDATORY: Final[dict[str, Attributes]] = {
    "and-names-no-actor": {},
    "and-names-an-empty-actor": {ACTOR: ""},
    "and-names-the-next-actor": {ACTOR: NEXT_ACTOR},
}
_NEITHER: Final = {"true": "true", "false": "false", "yes": "yes", "two": "2", "nothing": "", "01": "01"}
_EITHER: Final = {"zero": "0", "one": "1", "one-with-blanks": " 1\t"}
_NAMESPACES: Final = {"no-namespace": None, "another-namespace": OTHER, "the-namespace-of-SOAP": SOAP11}


@mutation("soap/unqualified-header")
def unqualified(subject: Subject) -> Iterator[tuple[str, Message]]:
    """A block in no namespace."""
    for name in ("trace", "Credentials"):
        yield f"adds-a-block-{name}-of-no-namespace", _with_block(subject, name, {})


@near_miss("soap/unqualified-header", "soap/mandatory-header")
def foreign_block(subject: Subject) -> Iterator[tuple[str, Message]]:
    """A block in a namespace, which nobody here has to understand; elements in it are in none."""
    for what, attributes in {**_OPTIONAL, "that-another-actor-must-understand": _ELSEWHERE_MANDATORY}.items():
        draft = subject.draft()
        block = draft.add(draft.header(), _TRACE)
        _give(block, attributes)
        draft.add(block, "id", "1")
        yield f"adds-a-foreign-block-{what}", draft.message()


@mutation("soap/unknown-header")
def unknown(subject: Subject) -> Iterator[tuple[str, Message]]:
    """A block that the contract does not know."""
    for what, attributes in _OPTIONAL.items() if subject.service is not None else ():
        yield f"adds-a-foreign-block-{what}", _with_block(subject, _TRACE, attributes)


@near_miss("soap/unknown-header")
def no_block(subject: Subject) -> Iterator[tuple[str, Message]]:
    """A Header without further blocks, and a block in a comment."""
    draft = subject.draft()
    draft.header().append(etree.Comment("<trace/>"))
    yield "puts-a-comment-into-the-Header", draft.message()


@mutation("soap/mandatory-header")
def mandatory(subject: Subject) -> Iterator[tuple[str, Message]]:
    """A foreign block that this node has to understand."""
    for what, attributes in _MANDATORY.items() if subject.service is not None else ():
        message = _with_block(subject, _TRACE, {MUST_UNDERSTAND: "1", **attributes})
        yield f"adds-a-foreign-block-that-must-be-understood-{what}", message


@mutation("soap/must-understand")
def neither_0_nor_1(subject: Subject) -> Iterator[tuple[str, Message]]:
    """mustUnderstand with another value than 0 and 1, on the blocks that are there.

    A new block, or one that another actor has to understand, would be an unknown one as well.
    """
    declared = tuple(block.element for block in subject.blocks)
    for block in subject.envelope.blocks if "soap/unknown-header" in subject.fired else declared:
        for what, value in _NEITHER.items():
            draft = subject.draft()
            draft[block].set(MUST_UNDERSTAND, value)
            yield f"says-{what}-on-a-block", draft.message()


@near_miss("soap/must-understand")
def zero_or_one(subject: Subject) -> Iterator[tuple[str, Message]]:
    """mustUnderstand with 0 and 1, with blanks around; the attribute of that name in another namespace."""
    declared = {block.element for block in subject.blocks}
    for block in subject.envelope.blocks:
        for what, value in _EITHER.items():
            if value == "0" or block in declared:
                draft = subject.draft()
                draft[block].set(MUST_UNDERSTAND, value)
                yield f"says-{what}-on-a-block", draft.message()
        draft = subject.draft()
        draft[block].set(qname(OTHER, "mustUnderstand"), "true")
        yield "says-true-on-a-block-in-another-namespace", draft.message()


@mutation("provider/other-actor")
def for_another_actor(subject: Subject) -> Iterator[tuple[str, Message]]:
    """A block that another node has to understand."""
    message = _with_block(subject, _TRACE, _ELSEWHERE_MANDATORY)
    yield "adds-a-block-that-another-actor-must-understand", message


@near_miss("provider/other-actor")
def for_an_actor_who_need_not(subject: Subject) -> Iterator[tuple[str, Message]]:
    """A block for another node, which need not understand it."""
    for what, attributes in _OPTIONAL.items():
        yield f"adds-a-foreign-block-{what}", _with_block(subject, _TRACE, attributes)


@mutation("contract/header-missing")
def without_the_block(subject: Subject) -> Iterator[tuple[str, Message]]:
    """The needed block, or the whole Header, is left out; the block in another case; its content without it."""
    needed = subject.case.needed_blocks
    if not needed:
        return
    draft = subject.draft()
    draft.root.remove(draft.header())
    yield "drops-the-Header", draft.message()
    name = short_name(needed[0])
    if sum(short_name(block) == name for block in subject.envelope.blocks) > 1:
        return  # the other one would be taken for it
    draft = subject.draft()
    draft.header().remove(draft[needed[0]])
    yield "drops-the-block", draft.message()
    draft = subject.draft()
    draft[needed[0]].tag = qname(split(str(needed[0].tag))[0], name.swapcase())
    yield f"writes-{name}-in-other-case", draft.message()
    if len(list(elements_of(needed[0]))) == 1:
        draft = subject.draft()
        _unwrap(draft[needed[0]])
        yield f"leaves-the-content-of-{name}-without-it", draft.message()


@mutation("contract/header-empty")
def empty_block(subject: Subject) -> Iterator[tuple[str, Message]]:
    """The needed block without a value in it."""
    for block in subject.case.needed_blocks:
        yield from _emptied(subject, block)


@mutation("contract/header-namespace")
def block_elsewhere(subject: Subject) -> Iterator[tuple[str, Message]]:
    """The needed block in another namespace or in none, alone and with its content."""
    for block in subject.case.needed_blocks:
        for what, namespace in _NAMESPACES.items():
            draft = subject.draft()
            draft[block].tag = qname(namespace, short_name(block))
            yield f"puts-the-block-into-{what}", draft.message()
            for child in elements_of(draft[block]):
                child.tag = qname(namespace, short_name(child))
            yield f"puts-the-block-and-its-content-into-{what}", draft.message()


@mutation("contract/header-repeated")
def block_twice(subject: Subject) -> Iterator[tuple[str, Message]]:
    """The needed block twice, and three times."""
    for block in subject.case.needed_blocks:
        draft = subject.draft()
        for times in ("twice", "three-times"):
            draft.header().append(draft.copy(draft[block]))
            yield f"sends-the-block-{times}", draft.message()


@near_miss("contract/header-missing", "contract/header-empty", "contract/header-namespace", "contract/header-repeated")
def block_with_others(subject: Subject) -> Iterator[tuple[str, Message]]:
    """The needed block, with another prefix, beside a comment and beside a foreign block of its name."""
    for block in subject.case.needed_blocks:
        draft = subject.draft()
        draft[block].insert(0, etree.Comment(" none "))
        yield "puts-a-comment-into-the-block", draft.message()
        draft = subject.draft()
        draft.add(draft.header(), qname(OTHER, short_name(block)), "1")
        yield "adds-a-foreign-block-of-the-same-name", draft.message()


def _with_block(subject: Subject, tag: str, attributes: Attributes) -> Message:
    """The message with one more header block, behind the others."""
    draft = subject.draft()
    _give(draft.add(draft.header(), tag, "1"), attributes)
    return draft.message()


def _give(block: Element, attributes: Attributes) -> None:
    for name, value in attributes.items():
        block.set(name, value)


def _unwrap(block: Element) -> None:
    """Put the children of ``block`` in its place."""
    for child in elements_of(block):
        block.addprevious(child)
    next(block.iterancestors()).remove(block)


def _emptied(subject: Subject, block: Element) -> Iterator[tuple[str, Message]]:
    def blanked(draft: Draft, text: str | None) -> Message:
        for node in draft[block].iterdescendants("*"):
            if next(elements_of(node), None) is None:
                node[:] = []
                node.text = text
        return draft.message()

    yield "empties-the-value", blanked(subject.draft(), None)
    yield "leaves-blanks-in-the-value", blanked(subject.draft(), " \n")
    draft = subject.draft()
    draft[block][:] = []
    draft[block].text = None
    yield "empties-the-block", draft.message()
