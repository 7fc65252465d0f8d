"""Simple types of a published schema, read into the contract's own form (XSD 1.0 part 2, section 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from contracts.model import Type
from contracts.names import XSD, local_name

from .documents import clipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.xml import Element

    from .documents import Document, Documents

_LENGTHS: Final = {"minLength": ("minLength",), "maxLength": ("maxLength",), "length": ("minLength", "maxLength")}
_BOUNDS: Final = ("minInclusive", "maxInclusive", "minExclusive", "maxExclusive", "totalDigits", "fractionDigits")
_X: Final = f"{{{XSD}}}"
_MOST_DIGITS: Final = 9
_DEEPEST: Final = 50


def named_type(documents: Documents, document: Document, node: Element, name: str, depth: int = 0) -> Type | None:
    """The simple type that ``name`` stands for at ``node``; None for a complex one. Raises WsdlError."""
    namespace, local = document.resolved(node, name)
    if namespace == XSD:
        return Type(local, local)
    found = documents.get("type", (namespace, local), node, document)
    if found.node.tag != f"{_X}simpleType":
        return None
    return simple_type(documents, found.document, found.node, depth + 1)


def simple_type(documents: Documents, document: Document, node: Element, depth: int = 0) -> Type:
    """The type that ``node``, an xs:simpleType, declares. Raises WsdlError."""
    if depth > _DEEPEST:
        raise document.wrong(node, f"types that rest on each other deeper than {_DEEPEST} levels")
    for child in node.iterchildren(f"{_X}restriction"):
        return restricted(_base(documents, document, child, depth), document, child, node.get("name"))
    for child in node.iterchildren(f"{_X}list", f"{_X}union"):
        members = [member.base for member in _members(documents, document, child, depth)]
        return Type(node.get("name") or "", f"{local_name(str(child.tag))} of {clipped(' and '.join(members))}")
    raise document.wrong(node, "a simple type that is neither a restriction nor a list nor a union")


def restricted(base: Type, document: Document, node: Element, name: str | None = None) -> Type:
    """``base`` with the facets below ``node``. Raises WsdlError."""
    lengths = {"minLength": base.min_length, "maxLength": base.max_length}
    bounds, patterns, enumeration = dict(base.bounds), list[str](), list[str]()
    for facet in node.iterchildren(f"{_X}*"):
        kind, value = local_name(str(facet.tag)), facet.get("value", "")
        if kind in _LENGTHS:
            lengths |= dict.fromkeys(_LENGTHS[kind], _number(document, facet, value))
        elif kind in _BOUNDS:
            bounds[kind] = value.strip()
        elif kind == "pattern":
            patterns.append(value)
        elif kind == "enumeration":
            enumeration.append(value)
    return base._replace(
        name=name or base.name,
        min_length=lengths["minLength"],
        max_length=lengths["maxLength"],
        bounds=tuple(bounds.items()),
        patterns=(*base.patterns, "|".join(patterns)) if patterns else base.patterns,
        enumeration=tuple(enumeration) or base.enumeration,
    )


def _base(documents: Documents, document: Document, node: Element, depth: int) -> Type:
    for inner in node.iterchildren(f"{_X}simpleType"):
        return simple_type(documents, document, inner, depth + 1)
    found = named_type(documents, document, node, node.get("base", ""), depth)
    if found is None:
        raise document.wrong(node, f"the base {clipped(node.get('base', ''))!r}, which is no simple type")
    return found


def _members(documents: Documents, document: Document, node: Element, depth: int) -> Iterator[Type]:
    names = node.get("itemType") or node.get("memberTypes") or ""
    for name in names.split()[:_DEEPEST]:
        # One level for each: a union of unions of unions soon has millions of members.
        local = document.resolved(node, name)[1]
        yield Type(local, clipped(local))
    for inner in node.iterchildren(f"{_X}simpleType"):
        yield simple_type(documents, document, inner, depth + 1)


def _number(document: Document, node: Element, value: str) -> int:
    text = value.strip()
    if not (text.isascii() and text.isdigit()) or len(text) > _MOST_DIGITS:
        raise document.wrong(node, f"a length {clipped(value)!r}, which is no number of at most {_MOST_DIGITS} digits")
    return int(text)
