"""Element declarations of published schemas, read one level at a time: as deep as the contract is, and no deeper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from contracts.model import Type
from contracts.names import SOAP11, XSD, local_name

from .documents import Component, clipped
from .simple_types import named_type, restricted, simple_type
from .substitution import is_abstract

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.xml import Element

    from .documents import Document, Documents

_X: Final = f"{{{XSD}}}"
_TRUE: Final = ("true", "1")
_COMPOSITORS: Final = ("sequence", "choice", "all")
_PARTICLES: Final = tuple(f"{_X}{kind}" for kind in ("element", "group", "any", *_COMPOSITORS))
#: Far more than any element has: groups that use each other twice soon make millions.
_MOST_PARTICLES: Final = 5_000
_DEEPEST: Final = 50
_ANY: Final = Type("anyType", "anyType")


class Particle(NamedTuple):
    """An element as it may occur in another one; ``max_occurs`` is None for unbounded.

    ``node`` is its declaration, which stands in ``document``.
    """

    name: str
    namespace: str | None
    min_occurs: int
    max_occurs: int | None
    nillable: bool
    node: Element
    document: Document

    @property
    def at(self) -> str:
        """The place of its declaration."""
        return self.document.at(self.node)


class Content(NamedTuple):
    """What an element holds: a value (``type`` set), or the elements ``fields``.

    ``order`` is ``sequence``, ``all`` or ``choice``; ``open`` names what else may stand in it: ``*`` any element,
    ``@*`` any attribute, ``text()``. ``attributes`` are pairs of a name and whether it is required;
    ``abstract`` tells that its type is.
    """

    type: Type | None = None
    fields: tuple[Particle, ...] = ()
    order: str = "sequence"
    open: frozenset[str] = frozenset()
    attributes: tuple[tuple[str, bool], ...] = ()
    abstract: bool = False


def global_element(found: Component) -> Particle:
    """The global element at ``found``, as a payload or a header block."""
    node, document = found
    return Particle(node.get("name", ""), document.namespace, 1, 1, _is_nillable(node), node, document)


def content_of(documents: Documents, particle: Particle, depth: int = 0) -> Content:
    """What ``particle`` holds. Raises WsdlError."""
    node, document = particle.node, particle.document
    for inner in node.iterchildren(f"{_X}complexType"):
        return _Reading(documents).of_complex_type(Component(inner, document))
    for inner in node.iterchildren(f"{_X}simpleType"):
        return Content(_fixed(simple_type(documents, document, inner), node))
    name = node.get("type")
    if name is None:
        return _content_of_head(documents, particle, depth)
    simple = named_type(documents, document, node, name)
    if simple is not None:
        return Content(_fixed(simple, node))
    found = documents.get("type", document.resolved(node, name), node, document)
    return _Reading(documents).of_complex_type(found)._replace(abstract=is_abstract(found))


def _content_of_head(documents: Documents, particle: Particle, depth: int) -> Content:
    """That of the element for which ``particle`` may stand (XSD 1.0 part 1, section 3.3.2), or anything."""
    node, document = particle.node, particle.document
    head = node.get("substitutionGroup")
    if head is None:
        return Content(_ANY)
    if depth > _DEEPEST:
        raise document.wrong(node, f"elements that stand for each other deeper than {_DEEPEST} levels")
    found = documents.get("element", document.resolved(node, head), node, document)
    return content_of(documents, global_element(found), depth + 1)


def _fixed(kind: Type, node: Element) -> Type:
    """A fixed value is the only one (XSD 1.0 part 1, section 3.3.1)."""
    fixed = node.get("fixed")
    return kind if fixed is None else kind._replace(enumeration=(fixed,))


class _Reading:
    """One complex type being read; how many parts it has is counted, however they nest."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._count = 0
        self._depth = 0
        self._orders: set[str] = set()
        self._open: set[str] = set()
        self._attributes: dict[str, bool] = {}

    def of_complex_type(self, found: Component) -> Content:
        simple, fields = self._complex_type(found)
        order = next((kind for kind in ("choice", "all") if kind in self._orders), "sequence")
        attributes = tuple(self._attributes.items())
        return Content(simple, tuple(fields), order, frozenset(self._open), attributes)

    def _complex_type(self, found: Component) -> tuple[Type | None, list[Particle]]:
        node, document = found
        self._enter(found)
        if node.get("mixed") in _TRUE:
            self._open.add("text()")
        for child in node.iterchildren(f"{_X}complexContent", f"{_X}simpleContent"):
            if child.get("mixed") in _TRUE:
                self._open.add("text()")
            for derived in child.iterchildren(f"{_X}extension", f"{_X}restriction"):
                return self._derived(Component(derived, document), local_name(str(child.tag)))
        fields = list(self._particles(found))
        self._depth -= 1
        return None, fields

    def _derived(self, found: Component, content: str) -> tuple[Type | None, list[Particle]]:
        node, document = found
        is_extension = node.tag == f"{_X}extension"
        name = node.get("base", "")
        namespace, local = document.resolved(node, name)
        own_orders, own_open = set(self._orders), set(self._open)
        if namespace == XSD:
            base: tuple[Type | None, list[Particle]] = (None if local == "anyType" else Type(local, local), [])
        else:
            simple = named_type(self._documents, document, node, name)
            get = self._documents.get
            base = (simple, []) if simple else self._complex_type(get("type", (namespace, local), node, document))
        if not is_extension:
            # Of its base a restriction has the attributes alone (XSD 1.0 part 1, section 3.4.2).
            self._orders, self._open = own_orders, own_open
        own = list(self._particles(found))
        self._depth -= 1
        if content == "simpleContent":
            held = base[0] or Type("string", "string")
            return (held if is_extension else restricted(held, document, node)), []
        return None, [*base[1], *own] if is_extension else own

    def _particles(self, found: Component, least: int = 1, most: int | None = 1) -> Iterator[Particle]:
        """The elements in a type, a derivation, a group or a compositor, which itself occurs so often."""
        document = found.document
        for child in found.node.iterchildren(f"{_X}*"):
            self._enter(Component(child, document), deeper=False)
            kind = local_name(str(child.tag))
            if kind == "element":
                yield self._element(Component(child, document), least, most)
            elif kind in _COMPOSITORS:
                yield from self._compositor(Component(child, document), kind, least, most)
            elif kind == "group":
                yield from self._group(Component(child, document), least, most)
            elif kind == "any":
                self._open.add("*")
            elif kind == "anyAttribute":
                self._open.add("@*")
            elif kind in ("attribute", "attributeGroup"):
                self._add_attributes(Component(child, document), kind)

    def _compositor(self, found: Component, kind: str, least: int, most: int | None) -> Iterator[Particle]:
        self._enter(found)
        least, most = _product(found, least, most)
        if sum(1 for _ in found.node.iterchildren(*_PARTICLES)) > 1:
            self._orders.add(kind)
            least = 0 if kind == "choice" else least
        yield from self._particles(found, least, most)
        self._depth -= 1

    def _group(self, found: Component, least: int, most: int | None) -> Iterator[Particle]:
        node, document = found
        self._enter(found)
        name = document.resolved(node, node.get("ref", ""))
        group = self._documents.get("group", name, node, document)
        yield from self._particles(group, *_product(found, least, most))
        self._depth -= 1

    def _element(self, found: Component, least: int, most: int | None) -> Particle:
        least, most = _product(found, least, most)
        node, document = found
        reference = node.get("ref")
        if reference is not None:
            named = self._documents.get("element", document.resolved(node, reference), node, document)
            return global_element(named)._replace(min_occurs=least, max_occurs=most)
        form = node.get("form") or document.root.get("elementFormDefault")
        namespace = document.namespace if form == "qualified" else None
        return Particle(node.get("name", ""), namespace, least, most, _is_nillable(node), node, document)

    def _add_attributes(self, found: Component, kind: str) -> None:
        node, document = found
        reference = node.get("ref")
        if kind == "attribute":
            namespace, name = document.resolved(node, reference) if reference else (None, node.get("name", ""))
            if node.get("use") == "prohibited":
                self._attributes.pop(name, None)
            elif namespace != SOAP11:  # SOAP's own may stand on any element
                self._attributes[name] = node.get("use") == "required"
            return
        self._enter(found)
        group = document.resolved(node, reference or "")
        for _ in self._particles(self._documents.get("attributeGroup", group, node, document)):
            pass
        self._depth -= 1

    def _enter(self, found: Component, *, deeper: bool = True) -> None:
        self._count += 1
        self._depth += deeper
        if self._count > _MOST_PARTICLES or self._depth > _DEEPEST:
            most = f"more than {_MOST_PARTICLES} parts, or parts that nest deeper than {_DEEPEST} levels"
            raise found.document.wrong(found.node, f"a type with {most}, each group counted where it is used")


def _product(found: Component, least: int, most: int | None) -> tuple[int, int | None]:
    """How often something occurs that is so often in what is so often."""
    lowest = _count(found, "minOccurs")
    highest = None if found.node.get("maxOccurs") == "unbounded" else _count(found, "maxOccurs")
    unbounded = (highest is None and most != 0) or (most is None and highest != 0)
    return least * lowest, None if unbounded else (most or 0) * (highest or 0)


def _count(found: Component, key: str) -> int:
    text = found.node.get(key, "1").strip()
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise found.document.wrong(found.node, f"{key}={clipped(text)!r}, which is no number")
    return int(text)


def _is_nillable(node: Element) -> bool:
    return node.get("nillable") in _TRUE
