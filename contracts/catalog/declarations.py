"""The element declarations of a service's `operations.xsd`, read into the model.

This reads the subset of XSD 1.0 in which the contracts are written (sequences of local elements, restrictions of
built-in types) and refuses everything else by file and line, so that no construct is silently ignored. The verdict
itself never rests on this reading: libxml2 compiles the same files.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from lxml import etree

from contracts.errors import ContractError
from contracts.model import Field, Type
from contracts.names import XSD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Element = etree._Element  # noqa: SLF001 - lxml has no public name for it

_XS: Final = f"{{{XSD}}}"
_BOUNDS: Final = ("minInclusive", "maxInclusive", "minExclusive", "maxExclusive", "totalDigits", "fractionDigits")
_LENGTHS: Final = {"minLength": "min_length", "maxLength": "max_length"}
_IGNORED: Final = frozenset({"annotation", "attribute", "anyAttribute", "import"})


class Declarations:
    """What one `operations.xsd` declares: ``requests`` and ``responses`` by name, and global ``headers``.

    Raises ContractError, naming file and line, for what it cannot read.
    """

    def __init__(self, path: str) -> None:
        self._namespace: str | None = None
        self._qualified = False
        self._named: dict[tuple[str, str], tuple[Element, str]] = {}
        self._path = path
        self._open: list[str] = []
        self._read(path)
        self.requests = self._group("requests")
        self.responses = self._group("responses")
        self.headers = tuple(self._field(node, top=True) for node in self._all("element"))

    def _read(self, path: str) -> None:
        root = self._parse(path)
        if self._namespace is None:
            self._namespace = root.get("targetNamespace")
            self._qualified = root.get("elementFormDefault") == "qualified"
        for node in _elements(root):
            kind = _kind(node)
            if kind == "include":
                self._read(os.path.join(os.path.dirname(path), node.get("schemaLocation", "")))
            elif kind not in _IGNORED:
                self._named[kind, node.get("name", "")] = (node, path)

    @staticmethod
    def _parse(path: str) -> Element:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
        try:
            root = etree.parse(path, parser).getroot()
        except (OSError, etree.XMLSyntaxError) as error:
            raise ContractError(f"{path}: {error}") from None
        if root.tag != f"{_XS}schema":
            raise ContractError(f"{path}:{root.sourceline}: this is not an XML schema")
        return root

    def _all(self, kind: str) -> list[Element]:
        return [node for (found, _), (node, _) in self._named.items() if found == kind]

    def _group(self, name: str) -> dict[str, Field]:
        try:
            node, _ = self._named["group", name]
        except KeyError:
            raise ContractError(f"{self._path}: there is no xs:group {name!r}") from None
        choice = self._only(node, "choice")
        return {field.name: field for field in (self._field(child, top=True) for child in self._each(choice))}

    def _field(self, node: Element, *, top: bool = False) -> Field:
        name = node.get("name")
        if name is None:
            raise self._refuse(node, "an element by reference")
        qualified = top or node.get("form", "qualified" if self._qualified else "unqualified") == "qualified"
        simple, fields = self._content(node)
        highest = node.get("maxOccurs", "1")
        return Field(
            name=name,
            namespace=self._namespace if qualified else None,
            type=simple,
            fields=fields,
            min_occurs=int(node.get("minOccurs", "1")),
            max_occurs=None if highest == "unbounded" else int(highest),
            nillable=node.get("nillable") in ("true", "1"),
        )

    def _content(self, node: Element) -> tuple[Type | None, tuple[Field, ...]]:
        reference = node.get("type")
        if reference is None:
            inner = next(_elements(node), None)
            if inner is None:
                raise self._refuse(node, "an element without a type")
            return self._definition(inner)
        prefix, local = _split_prefix(reference)
        if node.nsmap.get(prefix) == XSD:
            return Type(name=local, base=local), ()
        for kind in ("simpleType", "complexType"):
            if (kind, local) in self._named:
                return self._once(local, node, lambda kind=kind: self._definition(self._named[kind, local][0]))  # type: ignore[misc]
        raise self._refuse(node, f"the unknown type {reference}")

    def _once(
        self, name: str, node: Element, read: Callable[[], tuple[Type | None, tuple[Field, ...]]]
    ) -> tuple[Type | None, tuple[Field, ...]]:
        if name in self._open:
            raise self._refuse(node, f"the recursive type {name}")
        self._open.append(name)
        try:
            return read()
        finally:
            self._open.pop()

    def _definition(self, node: Element) -> tuple[Type | None, tuple[Field, ...]]:
        if _kind(node) == "simpleType":
            return self._simple(node), ()
        if _kind(node) != "complexType" or node.get("mixed") in ("true", "1"):
            raise self._refuse(node, f"xs:{_kind(node)} here")
        if not list(self._each(node)):
            return None, ()
        return None, tuple(self._field(child) for child in self._each(self._only(node, "sequence")))

    def _simple(self, node: Element) -> Type:
        restriction = self._only(node, "restriction")
        prefix, local = _split_prefix(restriction.get("base", ""))
        if restriction.nsmap.get(prefix) == XSD:
            base = Type(name=local, base=local)
        elif ("simpleType", local) in self._named:
            base = self._simple(self._named["simpleType", local][0])
        else:
            raise self._refuse(restriction, f"the unknown base {restriction.get('base')!r}")
        facets: dict[str, int | None] = {"min_length": base.min_length, "max_length": base.max_length}
        values, bounds, here = list(base.enumeration), dict(base.bounds), list[str]()
        for facet in self._each(restriction):
            kind, value = _kind(facet), facet.get("value", "")
            if kind in _LENGTHS:
                facets[_LENGTHS[kind]] = int(value)
            elif kind == "length":
                facets = {"min_length": int(value), "max_length": int(value)}
            elif kind in _BOUNDS:
                bounds[kind] = value
            elif kind == "pattern":
                here.append(value)
            elif kind == "enumeration":
                values.append(value)
            else:
                raise self._refuse(facet, f"xs:{kind} here")
        return Type(
            name=node.get("name") or base.name,
            base=base.base,
            bounds=tuple(bounds.items()),
            patterns=(*base.patterns, "|".join(here)) if here else base.patterns,
            enumeration=tuple(values),
            **facets,
        )

    def _each(self, node: Element) -> Iterator[Element]:
        return (child for child in _elements(node) if _kind(child) not in _IGNORED)

    def _only(self, node: Element, kind: str) -> Element:
        children = list(self._each(node))
        if len(children) != 1 or _kind(children[0]) != kind:
            raise self._refuse(children[0] if children else node, f"anything but one xs:{kind} here")
        return children[0]

    def _refuse(self, node: Element, what: str) -> ContractError:
        path = next((path for top, path in self._named.values() if top in (node, *node.iterancestors())), self._path)
        return ContractError(f"{path}:{node.sourceline}: contracts cannot use {what}")


def _elements(node: Element) -> Iterator[Element]:
    return node.iterchildren(tag=etree.Element)


def _kind(node: Element) -> str:
    return str(node.tag).removeprefix(_XS)


def _split_prefix(name: str) -> tuple[str | None, str]:
    prefix, colon, local = name.partition(":")
    return (prefix, local) if colon else (None, name)
