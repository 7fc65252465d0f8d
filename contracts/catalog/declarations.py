"""The element declarations of a service's `operations.xsd`, read into the model.

The verdict itself never rests on this reading: libxml2 compiles the same files.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from contracts.errors import ContractError
from contracts.model import Field, Type
from contracts.names import XSD
from contracts.schema import RANGES, collapsed, misfit_of

from .grammar import BOUNDS, BUILT_IN_TYPES, LENGTHS, children_of, kind_of
from .schema_files import SchemaFiles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.xml import Element

_GROUPS: Final = ("requests", "responses")
#: More than any message can hold, and few enough for int().
_MOST_DIGITS: Final = 9
#: Far more digits than any program counts to; int() reads 4,300.
_LONGEST_NUMBER: Final = 1_000
#: Far more than any payload has; small types that use each other twice soon make millions.
_MOST_FIELDS: Final = 10_000
_DEEPEST: Final = 50


class Declarations:
    """What `operations.xsd` declares: ``requests`` and ``responses`` by name, and the global ``headers``.

    Raises ContractError, naming file and line, for what it cannot read.
    """

    def __init__(self, path: str) -> None:
        self._files = SchemaFiles(path)
        self._open: list[str] = []
        self._count = 0
        self.namespace = self._files.namespace
        for (kind, name), node in self._files.components.items():
            if kind == "group" and name not in _GROUPS:
                raise self._files.refused(node, f"the xs:group {name!r}: known are {' and '.join(_GROUPS)}")
        self.requests = self._payloads("requests")
        self.responses = self._payloads("responses")
        blocks = [node for (kind, _), node in self._files.components.items() if kind == "element"]
        self.headers = tuple(self._field(node, block=True) for node in blocks)

    def _payloads(self, group: str) -> dict[str, Field]:
        try:
            node = self._files.components["group", group]
        except KeyError:
            raise ContractError(f"{self._files.path}: there is no xs:group {group!r}") from None
        choice = self._only(node, "choice")
        for child in children_of(choice):
            if not self._files.qualifies(child):
                raise self._files.refused(child, f"the payload {child.get('name')} in no namespace (WS-I BP 1.1 R1014)")
        return {field.name: field for field in self._fields(choice)}

    def _fields(self, node: Element) -> tuple[Field, ...]:
        """The elements below a choice or a sequence, none of which has the name of another."""
        fields: dict[str, Field] = {}
        for child in children_of(node):
            field = self._field(child)
            if field.name in fields:
                raise self._files.refused(child, f"a second element {field.name!r} in the same xs:{kind_of(node)}")
            fields[field.name] = field
        return tuple(fields.values())

    def _field(self, node: Element, *, block: bool = False) -> Field:
        self._count += 1
        if self._count > _MOST_FIELDS:
            raise self._files.refused(node, f"more than {_MOST_FIELDS} elements, each type counted where it is used")
        simple, fields = self._content(node, block=block)
        lowest, highest = self._occurrence(node)
        return Field(
            name=str(node.get("name")),
            namespace=self.namespace if block or self._files.qualifies(node) else None,
            type=simple,
            fields=fields,
            min_occurs=lowest,
            max_occurs=highest,
            nillable=node.get("nillable") in ("true", "1"),
        )

    def _occurrence(self, node: Element) -> tuple[int, int | None]:
        lowest = self._number(node, "minOccurs", node.get("minOccurs", "1"))
        if node.get("maxOccurs") == "unbounded":
            return lowest, None
        highest = self._number(node, "maxOccurs", node.get("maxOccurs", "1"))
        if highest < max(lowest, 1):
            raise self._files.refused(node, f"maxOccurs {highest}, which is less than minOccurs or 1")
        return lowest, highest

    def _content(self, node: Element, *, block: bool) -> tuple[Type | None, tuple[Field, ...]]:
        """What an element holds: a value, or elements. ``block`` tells that it is a header block."""
        reference, inner = node.get("type"), list(children_of(node))
        if len(inner) + (reference is not None) != 1:
            raise self._files.refused(node, f"the element {node.get('name')} without one type, named or its own")
        if reference is None:
            return self._definition(inner[0], block=block)
        known = self._resolved(node, reference)
        if isinstance(known, Type):
            return known, ()
        with self._opened(node, reference):
            return self._definition(known, block=block)

    def _resolved(self, node: Element, reference: str) -> Type | Element:
        """The built-in type, or the definition, that a qualified name stands for."""
        prefix, _, local = reference.rpartition(":")
        namespace = node.nsmap.get(prefix or None)
        if namespace == XSD and local in BUILT_IN_TYPES:
            return Type(name=local, base=local)
        if namespace != self.namespace or ("type", local) not in self._files.components:
            raise self._files.refused(node, f"the unknown type {reference!r}")
        return self._files.components["type", local]

    @contextmanager
    def _opened(self, node: Element, reference: str) -> Iterator[None]:
        if reference in self._open:
            raise self._files.refused(node, f"the recursive type {reference!r}")
        if len(self._open) >= _DEEPEST:
            raise self._files.refused(node, f"types that nest deeper than {_DEEPEST} levels")
        self._open.append(reference)
        try:
            yield
        finally:
            self._open.pop()

    def _definition(self, node: Element, *, block: bool) -> tuple[Type | None, tuple[Field, ...]]:
        if kind_of(node) == "simpleType":
            return self._simple(node), ()
        content = [child for child in children_of(node) if kind_of(child) == "sequence"]
        for child in children_of(node):
            if kind_of(child) == "anyAttribute" and not block:
                raise self._files.refused(child, "xs:anyAttribute other than on a header block")
        if len(content) > 1:
            raise self._files.refused(content[1], "a second xs:sequence")
        return None, self._fields(content[0]) if content else ()

    def _simple(self, node: Element) -> Type:
        restriction = self._only(node, "restriction")
        reference = str(restriction.get("base"))
        base = self._resolved(restriction, reference)
        if not isinstance(base, Type):
            if kind_of(base) != "simpleType":
                raise self._files.refused(restriction, f"the base {reference!r}, which is no simple type")
            with self._opened(restriction, reference):
                base = self._simple(base)
        return self._restricted(base, restriction, node.get("name") or base.name)

    def _restricted(self, base: Type, restriction: Element, name: str) -> Type:
        lengths: dict[str, int | None] = {"minLength": base.min_length, "maxLength": base.max_length}
        bounds, patterns, enumeration = dict(base.bounds), list[str](), list[str]()
        for facet in children_of(restriction):
            kind, value = kind_of(facet), str(facet.get("value"))
            if kind in LENGTHS:
                number = self._number(facet, kind, value)
                lengths |= {"minLength": number, "maxLength": number} if kind == "length" else {kind: number}
            elif kind == "pattern":
                patterns.append(value)
            elif kind == "enumeration":
                enumeration.append(self._literal(facet, value, base))
            elif kind in BOUNDS:
                bounds[kind] = self._literal(facet, value, base)
            else:
                bounds[kind] = str(self._number(facet, kind, value))
        return Type(
            name=name,
            base=base.base,
            min_length=lengths["minLength"],
            max_length=lengths["maxLength"],
            bounds=tuple(bounds.items()),
            # The patterns of one restriction are alternatives, those of several must all match (part 2, 4.3.4.3).
            patterns=(*base.patterns, "|".join(patterns)) if patterns else base.patterns,
            enumeration=tuple(enumeration) or base.enumeration,
        )

    def _literal(self, facet: Element, value: str, base: Type) -> str:
        """The value of a facet that is a value of ``base``, without the blanks that say nothing."""
        misfit = misfit_of(value, base.base)
        if misfit is not None:
            raise self._files.refused(facet, f"xs:{kind_of(facet)} {value[:40]!r}, which {misfit.reason}")
        literal = collapsed(value, base.base)
        if base.base in RANGES and len(literal) > _LONGEST_NUMBER:
            raise self._files.refused(facet, f"xs:{kind_of(facet)} of more than {_LONGEST_NUMBER} digits")
        return literal

    def _number(self, node: Element, name: str, value: str) -> int:
        if not (value.isascii() and value.isdigit() and len(value) <= _MOST_DIGITS):
            raise self._files.refused(
                node, f"{name}={value[:40]!r}, which is no number of at most {_MOST_DIGITS} digits"
            )
        return int(value)

    def _only(self, node: Element, kind: str) -> Element:
        children = list(children_of(node))
        if len(children) != 1:
            raise self._files.refused(children[1] if children else node, f"anything but one xs:{kind} here")
        return children[0]
