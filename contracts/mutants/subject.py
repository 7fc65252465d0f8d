"""The message that mutants are made of, opened: what it is, which declaration each of its elements has."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from contracts.checking import check
from contracts.envelope import elements_of
from contracts.names import HEADER, XSI_NIL, XSI_TYPE, local_name, split
from contracts.rules import open_case
from contracts.xml.escapes import escaped

from .coding import Coding, coding_of, with_body
from .writer import Spelling, beside, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.catalog import Catalog
    from contracts.envelope import Envelope
    from contracts.messages import Direction, Message
    from contracts.model import Field, Operation, Relation, Service, Type
    from contracts.xml import Element

#: Stands in a draft where markup is to stand that no tree can hold; nothing else has a reason to hold it.
HOLE: Final = "\uf8ffhole\uf8ff"


class Spot(NamedTuple):
    """An element of the message that the contract declares.

    ``name`` says which one, by the names on the way from the payload or the header block to it.
    """

    element: Element
    field: Field
    name: str

    @property
    def type(self) -> Type:
        """The type of a value."""
        return cast("Type", self.field.type)

    @property
    def is_value(self) -> bool:
        """Whether it holds a value, and is not nil."""
        return self.field.type is not None and XSI_NIL not in self.element.attrib

    def below(self) -> Iterator[Spot]:
        """The declared elements below this one, in the order of the document."""
        known = {field.tag: field for field in self.field.fields}
        for child in elements_of(self.element):
            field = known.get(str(child.tag))
            if field is not None:
                spot = Spot(child, field, f"{self.name}-{field.name}" if self.name else field.name)
                yield spot
                yield from spot.below()


class Subject:
    """A valid message and what is known of it. Raises ValueError for one that does not pass or is of no operation.

    ``fired`` holds the rules that have something to say about it, without failing it; ``payload`` is None for a fault.
    """

    def __init__(self, message: Message, catalog: Catalog) -> None:
        verdict = check(message, catalog=catalog)
        if not verdict.passed:
            errors = sorted({found.rule for found in verdict.findings if found.severity == "error"})
            raise ValueError(
                f"the message does not pass itself, by {', '.join(errors)}: mutants are made of valid ones"
            )
        case = open_case(message, catalog)
        envelope = case.envelope
        if envelope is None or not (envelope.is_fault or case.known_payload):
            raise ValueError("the message is of no known operation: mutants are made of requests, responses and faults")
        self.catalog = catalog
        self.case = case
        self.fired = frozenset(found.rule for found in verdict.findings)
        self.envelope: Envelope = envelope
        self.service: Service | None = case.service
        self.operation: Operation | None = case.operation
        self.direction: Direction = case.direction or "request"
        self.is_fault = envelope.is_fault
        # A fault may tell its service by its code alone, which a mutant may have lost.
        named = self.service.name if self.service is not None and self.is_fault else message.service
        self.message = message._replace(service=named, header_lines=())
        self.coding = coding_of(case)
        self._templates: dict[int, str] = {}
        self._nodes = list(envelope.root.iter())
        self._numbers = {node: number for number, node in enumerate(self._nodes)}

    @property
    def body(self) -> Element:
        """The Body."""
        return self.envelope.bodies[0]

    @property
    def header(self) -> Element | None:
        """The Header, None where there is none."""
        return next(iter(self.envelope.headers), None)

    @property
    def first(self) -> Element:
        """The payload or the Fault."""
        return self.envelope.payloads[0]

    @property
    def payload(self) -> Spot | None:
        """The payload; None for a fault."""
        declaration = self.case.declaration
        return None if declaration is None or self.is_fault else Spot(self.first, declaration, "")

    @property
    def blocks(self) -> list[Spot]:
        """The header blocks that the contract declares."""
        return [Spot(block, field, field.name) for block, field in self.case.declared_blocks]

    def elements(self) -> Iterator[Spot]:
        """The declared elements below the payload and below the declared header blocks."""
        for spot in (self.payload, *self.blocks):
            if spot is not None:
                yield from spot.below()

    def groups(self) -> Iterator[Spot]:
        """The declared elements with declared ones in them: the payload, the header blocks and what is below them."""
        for spot in (self.payload, *self.blocks, *self.elements()):
            if spot is not None and spot.field.fields:
                yield spot

    def values(self) -> Iterator[Spot]:
        """The elements with a value, without nil ones."""
        return (spot for spot in self.elements() if spot.is_value)

    def is_sole_value(self, spot: Spot) -> bool:
        """Whether ``spot`` holds the only text of a header block that the operation needs: without it that is empty."""
        for block in self.case.needed_blocks:
            if spot.element in block.iter():
                inner = set(spot.element.iter())
                return not any((node.text or "").strip() for node in block.iterdescendants("*") if node not in inner)
        return False

    def relations(self, kind: str) -> list[Relation]:
        """The relations of this kind between values of the payload."""
        name = None if self.payload is None else self.payload.field.name
        known = () if self.service is None else self.service.relations
        return [relation for relation in known if relation.kind == kind and relation.message == name]

    def draft(self) -> Draft:
        """A copy that may be changed."""
        return Draft(self)

    def with_value(self, spot: Spot, text: str) -> Message:
        """The message with another value at ``spot``.

        The request that it answers is left out where the value repeats one of that: it would differ too.
        """
        number = self._numbers[spot.element]
        if number not in self._templates:
            draft = self.draft()
            draft.set(spot, HOLE)
            self._templates[number] = draft.text(HOLE)
        text = self._templates[number].replace(HOLE, escaped(text))
        return self.written(text, **self.without_echo(spot))

    def without_echo(self, spot: Spot) -> dict[str, Any]:
        """What a message says when ``spot`` has lost its value: no request with which the contract compares that."""
        echoed = any(spot.field.name in relation.fields for relation in self.relations("echoed"))
        return {"request": None} if echoed else {}

    def written(self, text: str, coding: Coding | None = None, **fields: Any) -> Message:
        """The message with ``text``, a document without its XML declaration, in its own coding or another one."""
        used = coding or self.coding
        return with_body(self.message, used.encode(text), used.charset)._replace(**fields)

    def number(self, element: Element) -> int:
        """The place of ``element`` in the document."""
        return self._numbers[element]


class Draft:
    """A copy of a subject's tree; indexing it by an element of the subject gives the copy of that."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self.root = deepcopy(subject.envelope.root)
        self._nodes = list(self.root.iter())
        self._spelling = Spelling({}, {})
        for node in self.root.iter("*"):
            self._keep_prefixes(node, node)

    def __getitem__(self, element: Element) -> Element:
        return self._nodes[self._subject.number(element)]

    def header(self) -> Element:
        """The Header, made where there is none."""
        header = self._subject.header
        if header is not None:
            return self[header]
        return self.add(self.root, HEADER, place=0)

    def copy(self, element: Element) -> Element:
        """A copy of ``element``, one of this draft, to be put somewhere beside it."""
        made = deepcopy(element)
        made.tail = None
        for original, node in zip(element.iter("*"), made.iter("*"), strict=True):
            self._keep_prefixes(original, node)
        return made

    def _keep_prefixes(self, original: Element, node: Element) -> None:
        """Let ``node`` declare the prefixes in its content, which lxml forgets when it moves an element."""
        for content in (node.text or "", str(node.get(XSI_TYPE, ""))):
            prefix = content.strip().partition(":")[0]
            if ":" in content and prefix in original.nsmap:
                self.declare(node, original.nsmap[prefix], prefix=prefix)

    def set(self, spot: Spot, text: str) -> Element:
        """Give an element another value. What xsi:type says may be true of the old one alone."""
        element = self[spot.element]
        for child in list(element):
            element.remove(child)
        for name in (XSI_TYPE, XSI_NIL):
            element.attrib.pop(name, "")
        element.text = text
        return element

    def add(self, parent: Element, tag: str, text: str | None = None, *, place: int | None = None) -> Element:
        """Put a new element into ``parent``, at the end or at ``place``."""
        made = parent.makeelement(tag)
        made.text = text
        parent.insert(len(parent) if place is None else place, made)
        return made

    def declare(self, element: Element, namespace: str, *, prefix: str = "own0") -> None:
        """Let ``element``, one of this draft, declare ``prefix``, which lxml would take for a superfluous one."""
        self._spelling.declared.setdefault(element, {})[prefix] = namespace

    def respell(self, element: Element, prefix: str | None) -> None:
        """Let ``element`` have ``prefix`` in its name, or the default namespace, and declare that itself."""
        namespace = split(str(element.tag))[0]
        if namespace is not None:
            self._spelling.declared.setdefault(element, {})[prefix] = namespace
            self._spelling.prefixes[element] = prefix

    def text(self, raw: str = "") -> str:
        """The document without its XML declaration; ``raw`` stands where a hole was left."""
        around = [beside(self._subject.envelope.root, before=before) for before in (True, False)]
        return f"{around[0]}{written(self.root, self._spelling).replace(HOLE, raw)}\n{around[1]}"

    def message(self, raw: str = "", coding: Coding | None = None, **fields: Any) -> Message:
        """The message with this tree, dressed as the subject is or by ``coding``."""
        return self._subject.written(self.text(raw), coding, **fields)


def short_name(element: Element) -> str:
    """The local name of an element, for the name of a mutant."""
    return local_name(str(element.tag))
