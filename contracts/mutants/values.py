"""`schema/`: texts that are no values of the type of an element, and texts that only seem to be none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .facets import misfits_of, near_misfits_of
from .misfits import TEXTS
from .registry import mutation, near_miss

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.messages import Message

    from .registry import Change
    from .subject import Spot, Subject

_RULES: Final = (
    "schema/date-time", "schema/integer", "schema/boolean", "schema/negative", "schema/out-of-range",
    "schema/max-length", "schema/value", "schema/invalid",
)  # fmt: skip


def _misfits(rule: str) -> Change:
    def change(subject: Subject) -> Iterator[tuple[str, Message]]:
        for spot in subject.values():
            for text in misfits_of(spot.type):
                if text.rule == rule and not _breaks_more(subject, spot, text.text):
                    yield f"{spot.name}-{text.what}", subject.with_value(spot, text.text)

    return change


def _near_misfits(rule: str) -> Change:
    def change(subject: Subject) -> Iterator[tuple[str, Message]]:
        for spot in subject.values():
            for text in near_misfits_of(spot.type):
                if text.rule == rule:
                    yield f"{spot.name}-{text.what}", subject.with_value(spot, text.text)

    return change


@mutation("schema/value")
def needless_block(subject: Subject) -> Iterator[tuple[str, Message]]:
    """A declared header block that nobody needs here, with nothing in a value of it that must not be empty.

    Where it is needed, ``contract/header-empty`` says so.
    """
    present = {block.element.tag for block in subject.blocks}
    for block in subject.service.headers if subject.service is not None else ():
        needed = subject.direction == "request" and subject.operation is not None and subject.operation.header
        if needed == block.name or block.tag in present or len(block.fields) > 1:
            continue
        for value in block.fields:
            if value.type is not None and value.type.base in TEXTS and value.type.min_length:
                draft = subject.draft()
                draft.add(draft.add(draft.header(), block.tag), value.tag)
                yield f"adds-{block.name}-and-empties-{value.name}", draft.message()


for _rule in _RULES:
    mutation(_rule)(_misfits(_rule))
    near_miss(_rule)(_near_misfits(_rule))


def _breaks_more(subject: Subject, spot: Spot, text: str) -> bool:
    """Whether the text says less than nothing: an empty header block or a required text has a rule of its own."""
    if text.strip():
        return False
    required = spot.type.base == "string" and spot.field.min_occurs > 0 and not spot.type.min_length
    return subject.is_sole_value(spot) or (required and text == "" and subject.direction == "request")
