"""One message under judgement: everything that the rules ask about it, found once."""

from __future__ import annotations

from functools import cache, cached_property
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from contracts.envelope import elements_of
from contracts.names import BLANKS, split
from contracts.xml import value_of

from .deviations import deviations_of, soap_deviations
from .places import Places

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from contracts.catalog import Catalog
    from contracts.envelope import Envelope
    from contracts.findings import Kind
    from contracts.messages import Direction, Message
    from contracts.model import Basis, Field, Operation, Service
    from contracts.schema import Schema
    from contracts.xml import Document, Element

    from .deviations import Deviation

_SHOWN: Final = 80
#: How many findings a rule has in one message at the most. Each rule has its own room, so that none hides another.
MOST_FINDINGS: Final = 100


class Case:
    """A message, what it was taken for, and what the engine said of it.

    ``declaration`` is what the payload is judged by: the exact one or, where the payload's name is wrong, the nearest
    one, and then ``stand_in`` is the namespace ("" for none) that the payload uses instead. ``named`` says that a
    message which does not parse names its operation. ``typed`` has the elements with an xsi:type, each with the
    namespace that it names. ``refused_by`` is the schema by which libxml2 refused it; ``refused`` is also set where
    libxml2 had nothing that it could judge, ``explained`` once a rule has said why. ``asked`` is the request that a
    response answers.
    """

    media_type: str | None = None
    charset: str | None = None
    service: Service | None = None
    operation: Operation | None = None
    kind: Kind = "unknown"
    declaration: Field | None = None
    stand_in: str | None = None
    known_payload = False
    named = False
    typed: Mapping[Element, str | None] = MappingProxyType({})
    refused_by: Schema | None = None
    refused = False
    explained = False
    asked: Case | None = None

    def __init__(self, message: Message, document: Document, envelope: Envelope | None, catalog: Catalog) -> None:
        self.message = message
        self.document = document
        self.envelope = envelope
        self.catalog = catalog
        # The field before the property that derives it: this runs for every message.
        self.direction: Direction | None = message.kind or message.direction

    @cached_property
    def places(self) -> Places:
        """Where things stand, for pointing at them."""
        secrets = self.asked.places.masked.values if self.asked is not None else ()
        if self.catalog.known is not None:
            secrets += self.catalog.known.within(self.message, self.document.encoded.data)
        return Places(self.document, self.catalog, self.service, secrets)

    @property
    def payload(self) -> Element | None:
        """The first element in the first Body."""
        return self.envelope.payloads[0] if self.envelope is not None and self.envelope.payloads else None

    @cached_property
    def deviations(self) -> list[Deviation]:
        """How the envelope, its payload and the declared header blocks differ from their declarations: the first."""
        if self.envelope is None:
            return []
        return list(islice(self._deviations(self.envelope), MOST_FINDINGS))

    def _deviations(self, envelope: Envelope) -> Iterator[Deviation]:
        faults = envelope.payloads[:1] if self.kind == "fault" else ()
        yield from soap_deviations([envelope.root, *envelope.headers, *envelope.bodies, *faults])
        if self.payload is not None and self.declaration is not None:
            yield from deviations_of(self.payload, self.declaration, self.stand_in, self.typed)
        needed = None if self.needed_block is None else self.needed_block.tag
        for block, declaration in self.declared_blocks:
            if block.tag != needed or not self.is_empty_block(block):
                yield from deviations_of(block, declaration, None, self.typed, header=True)

    @cached_property
    def declared_blocks(self) -> list[tuple[Element, Field]]:
        """The header blocks that the contract declares, each with its declaration."""
        if self.envelope is None or self.service is None:
            return []
        known = {block.tag: block for block in self.service.headers}
        return [(block, known[block.tag]) for block in self.envelope.blocks if block.tag in known]

    @cached_property
    def values(self) -> list[tuple[Element, Field, str]]:
        """The value elements of the payload that stand where the contract declares them, each with its text."""
        payload = self.payload
        if payload is None or self.declaration is None:
            return []
        return list(_values(payload, self.declaration))

    @property
    def basis(self) -> Basis:
        """What the declaration of this payload stands on; that of a Fault is SOAP's."""
        if self.operation is None or self.direction is None or self.kind == "fault":
            return "documented"
        return self.operation.basis(self.direction)

    @property
    def needed_block(self) -> Field | None:
        """The declaration of the header block that this request must have."""
        if self.direction != "request" or self.service is None or self.operation is None:
            return None
        return _needed_block(self.service, self.operation)

    @cached_property
    def needed_blocks(self) -> list[Element]:
        """The header blocks that are the needed one."""
        needed = self.needed_block
        return [] if needed is None else [block for block in self._blocks if block.tag == needed.tag]

    @cached_property
    def namesakes(self) -> list[Element]:
        """The header blocks that were meant for the needed one and are in another namespace, where it is missing."""
        needed = self.needed_block
        if needed is None or self.needed_blocks:
            return []
        return [block for block in self._blocks if split(str(block.tag))[1] == needed.name]

    @cached_property
    def near_block(self) -> Element | None:
        """The block that was meant for the needed one, where that is missing: misspelt in case, or its content bare."""
        needed = self.needed_block
        if needed is None or self.needed_blocks or self.namesakes:
            return None
        names = {needed.name.lower(), *(field.name.lower() for field in needed.fields)}
        return next((block for block in self._blocks if split(str(block.tag))[1].lower() in names), None)

    @property
    def _blocks(self) -> tuple[Element, ...]:
        return () if self.envelope is None else self.envelope.blocks

    @property
    def has_usual_header(self) -> bool:
        """Whether the Header is just what the operation needs, with a value and no attributes: nothing to judge."""
        blocks = self._blocks
        if self.operation is None or self.operation.header is None or self.direction != "request":
            return not blocks
        needed = self.needed_block
        if needed is None or len(blocks) != 1:
            return False
        block = blocks[0]
        return block.tag == needed.tag and not len(block.attrib) and not self.is_empty_block(block)

    @property
    def has_relations(self) -> bool:
        """Whether the contract relates values of this payload."""
        if self.service is None or self.declaration is None:
            return False
        return _has_relations(self.service, self.declaration)

    @property
    def is_blank(self) -> bool:
        """Whether there is no body where there must be one."""
        return not self.message.body and not self.is_error_page

    @property
    def is_error_page(self) -> bool:
        """Whether this is an answer with an error status and no envelope."""
        status = self.message.status
        if self.direction != "response" or status is None or 200 <= status < 300 or self.envelope is not None:
            return False
        return not self.message.body or self.media_type != "text/xml"

    @staticmethod
    def is_empty_block(block: Element) -> bool:
        """Whether there is no text at all in a header block."""
        if len(block) and isinstance(block[0].tag, str) and (block[0].text or "").strip(BLANKS):
            return False
        return not "".join(map(str, block.itertext("*"))).strip(BLANKS)

    def is_payload(self, element: Element) -> bool:
        """Whether ``element`` is the payload or stands in it."""
        payload = self.payload
        return element is payload or any(node is payload for node in element.iterancestors())

    def quote(self, element: Element, field: Field, text: str) -> str:
        """`` 'value'`` for a sentence about a value, or nothing where it is secret or the element is not called so."""
        called_so = split(str(element.tag))[1].lower() == field.name.lower()
        return f" {self.clean(text)!r}" if text and called_so and field.name in self.catalog.public else ""

    def clean(self, text: str) -> str:
        """A piece of the message for a sentence: short, and without any secret that stands in the message too."""
        text = self.places.masked.clean(text)
        return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."


@cache
def _needed_block(service: Service, operation: Operation) -> Field | None:
    return None if operation.header is None else service.header(operation.header)


@cache
def _has_relations(service: Service, declaration: Field) -> bool:
    return any(relation.message == declaration.name for relation in service.relations)


@cache
def _by_tag(declaration: Field) -> dict[object, Field]:
    return {field.tag: field for field in declaration.fields}


def _values(element: Element, declaration: Field) -> Iterator[tuple[Element, Field, str]]:
    fields = _by_tag(declaration)
    for child in elements_of(element):
        field = fields.get(child.tag)
        if field is None:
            continue
        if field.type is None:
            yield from _values(child, field)
        else:
            yield child, field, value_of(child)
