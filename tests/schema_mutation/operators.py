"""What can be wrong with one statement of a schema: every facet, occurrence, type, order, wildcard and attribute."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Final, NamedTuple

from lxml import etree

from contracts.names import XSD

from .patterns import narrower_patterns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    #: Changes a node and says how.
    Change = Callable[[etree._Element], str]

_XS: Final = f"{{{XSD}}}"
_COUNTED: Final = ("minLength", "maxLength", "length", "totalDigits", "fractionDigits")
_BOUNDED: Final = ("minInclusive", "maxInclusive", "minExclusive", "maxExclusive")
_FACETS: Final = (*_COUNTED, *_BOUNDED, "pattern", "enumeration")
_PARTICLES: Final = ("element", "any", "group", "sequence", "choice")
_ATTRIBUTES: Final = ("attribute", "anyAttribute")
#: The built-in types that hold all that a type holds, and more (XSD 1.0 part 2, section 3).
_WIDER: Final = {
    "int": ("long", "integer", "string"),
    "long": ("integer", "string"),
    "integer": ("decimal", "string"),
    "nonNegativeInteger": ("integer", "string"),
    "boolean": ("string",),
    "dateTime": ("string",),
    "QName": ("string",),
    "string": (),
}
_NARROWER: Final = {"int": "short", "string": "anyURI", "nonNegativeInteger": "positiveInteger", "dateTime": "date"}
#: Kinds that a place in a schema goes without: each has one in its parent.
_SILENT: Final = ("complexType", "simpleType", "restriction", "simpleContent", "extension")


class Mutant(NamedTuple):
    """A schema file with one statement changed: its service, its name, the line, the operator, and its text.

    ``name`` says file, place and change, with no line, so that it stays when lines move.
    """

    service: str
    file: str
    line: int
    kind: str
    name: str
    text: bytes

    def __str__(self) -> str:
        place, change = self.name.split(" ", 1)
        return f"{place}:{self.line} {change}"


def original_of(path: Path) -> Mutant:
    """The file itself, unchanged, of which nobody may notice anything."""
    service = path.parent.name
    return Mutant(service, path.name, 1, "none", f"{service}/{path.name} as it is", path.read_bytes())


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Every mutant of the schema file ``path``, in a service's folder."""
    root = etree.parse(path).getroot()
    service, seen = path.parent.name, set[str]()
    for node in root.iter(etree.Element):
        for kind, change in _changes_of(node):
            changed = deepcopy(root)
            twin = next(other for one, other in zip(root.iter(), changed.iter(), strict=True) if one is node)
            said = change(twin)
            name = f"{service}/{path.name} {_place(node)}: {said}"
            assert name not in seen, name
            seen.add(name)
            text = etree.tostring(changed, xml_declaration=True, encoding="utf-8")
            yield Mutant(service, path.name, int(node.sourceline), kind, name, text)


def kind_of(node: etree._Element) -> str:
    return str(node.tag).removeprefix(_XS)


def _place(node: etree._Element) -> str:
    """The names on the way to ``node``, with numbers where several are alike."""
    steps = []
    for step in (node, *node.iterancestors()):
        label = step.get("name") or step.get("ref") or kind_of(step)
        parent = step.getparent()
        if parent is None or (kind_of(step) in _SILENT and not step.get("name") and step is not node):
            continue
        alike = [
            other for other in parent.iterchildren(step.tag) if (other.get("name") or other.get("ref") or "") in label
        ]
        number = f"[{alike.index(step) + 1}]" if len(alike) > 1 and label == kind_of(step) else ""
        steps.append(f"{label}{number}")
    return "/".join(reversed(steps)) or "schema"


def _changes_of(node: etree._Element) -> Iterator[tuple[str, Change]]:
    """The operators that have something to change at ``node``."""
    kind = kind_of(node)
    if kind in _FACETS:
        yield from _facet_changes(node)
    if kind in _PARTICLES and _is_particle(node):
        yield from _occurrence_changes(node)
        yield from _particle_changes(node)
    if kind in ("sequence", "choice") and len(_children(node)) > 1:
        yield from _model_changes(node)
    if kind in _ATTRIBUTES and node.getparent() is not node.getroottree().getroot():
        yield "attribute dropped", _drop
    if kind in ("element", "attribute") and node.getparent() is node.getroottree().getroot():
        yield "global dropped", _drop
    yield from _statement_changes(node)


def _is_particle(node: etree._Element) -> bool:
    return kind_of(node.getparent()) in ("sequence", "choice", "complexType")


def _children(node: etree._Element) -> list[etree._Element]:
    return [child for child in node.iterchildren(etree.Element) if kind_of(child) in _PARTICLES]


def _drop(node: etree._Element) -> str:
    said = f"{kind_of(node)} {node.get('value')!r} dropped" if kind_of(node) in _FACETS else "dropped"
    node.getparent().remove(node)
    return said


def _set(name: str, value: str | None, default: str = "") -> Change:
    """Give an attribute another value, or take it away."""

    def change(node: etree._Element) -> str:
        said = f"{name} {node.get(name, default)} -> {default if value is None else value}".replace("  ", " ")
        if value is None:
            del node.attrib[name]
        else:
            node.set(name, value)
        return said

    return change


def _facet_changes(node: etree._Element) -> Iterator[tuple[str, Change]]:
    kind, value = kind_of(node), str(node.get("value"))
    yield "facet dropped", _drop
    if kind in (*_COUNTED, *_BOUNDED) and value.lstrip("-").isdigit():
        step = 1 if kind.startswith("max") or kind in ("length", "totalDigits", "fractionDigits") else -1
        yield "facet loosened", _set_facet(int(value) + step)
        yield "facet tightened", _set_facet(int(value) - step)
    if kind == "pattern":
        for narrower in narrower_patterns(value):
            yield "pattern narrowed", _set_facet(narrower)


def _set_facet(value: int | str) -> Change:
    def change(node: etree._Element) -> str:
        before = "" if kind_of(node) == "pattern" else f" {node.get('value')}"
        said = f"{kind_of(node)}{before} -> {value}"
        node.set("value", str(value))
        return said

    return change


def _occurrence_changes(node: etree._Element) -> Iterator[tuple[str, Change]]:
    if node.get("minOccurs", "1") == "0":
        yield "required", _set("minOccurs", None, "1")
    else:
        yield "optional", _set("minOccurs", "0", "1")
    if node.get("maxOccurs") == "unbounded":
        yield "once", _set("maxOccurs", None, "1")
    else:
        yield "repeated", _set("maxOccurs", "2", "1")


def _particle_changes(node: etree._Element) -> Iterator[tuple[str, Change]]:
    yield "particle dropped", _drop
    following = next((other for other in node.itersiblings(etree.Element) if kind_of(other) in _PARTICLES), None)
    if following is not None and kind_of(node.getparent()) == "sequence":
        yield "particles swapped", _swap


def _swap(node: etree._Element) -> str:
    following = next(other for other in node.itersiblings(etree.Element) if kind_of(other) in _PARTICLES)
    following.addnext(node)
    return f"swapped with {following.get('name') or kind_of(following)}"


def _model_changes(node: etree._Element) -> Iterator[tuple[str, Change]]:
    for kind in {"sequence", "choice", "all"} - {kind_of(node)}:
        if kind != "all" or kind_of(node.getparent()) == "complexType":
            yield f"{kind_of(node)} to {kind}", _rename(kind)


def _rename(kind: str) -> Change:
    def change(node: etree._Element) -> str:
        said = f"{kind_of(node)} -> {kind}"
        node.tag = f"{_XS}{kind}"
        return said

    return change


def _statement_changes(node: etree._Element) -> Iterator[tuple[str, Change]]:
    """Types, forms, nil, wildcards, mixed content and use."""
    kind = kind_of(node)
    for name in ("type", "base"):
        if name in node.attrib:
            yield from _type_changes(node, name)
    if kind == "element" and node.getparent() is not node.getroottree().getroot():
        nillable = node.get("nillable") == "true"
        yield "nillable", _set("nillable", None if nillable else "true", "false")
        yield "form", _set("form", "unqualified" if _is_qualified(node) else "qualified", "qualified")
    if kind == "schema":
        yield "default form", _set("elementFormDefault", None, "unqualified")
    if kind == "complexType":
        mixed = node.get("mixed") == "true"
        yield "mixed", _set("mixed", None if mixed else "true", "false")
    if kind in ("any", "anyAttribute"):
        yield from _wildcard_changes(node)
    if kind == "attribute" and node.getparent() is not node.getroottree().getroot():
        yield "use", _set("use", "required", "optional")


def _is_qualified(node: etree._Element) -> bool:
    return node.get("form", node.getroottree().getroot().get("elementFormDefault", "unqualified")) == "qualified"


def _wildcard_changes(node: etree._Element) -> Iterator[tuple[str, Change]]:
    for process in {"lax", "skip", "strict"} - {node.get("processContents", "strict")}:
        yield "processContents", _set("processContents", process, "strict")
    for namespace in {"##any", "##other", "##local"} - {node.get("namespace", "##any")}:
        yield "wildcard namespace", _set("namespace", namespace, "##any")


def _type_changes(node: etree._Element, name: str) -> Iterator[tuple[str, Change]]:
    prefix, _, local = str(node.get(name)).rpartition(":")
    if node.nsmap.get(prefix or None) == XSD:
        narrower = (_NARROWER[local],) if local in _NARROWER else ()
        for other in (*_WIDER[local], *narrower):
            yield "type", _set(name, f"xs:{other}")
    else:
        is_complex = node.getroottree().find(f"{_XS}complexType[@name='{local}']") is not None
        for other in ("anyType",) if is_complex else ("string", "anySimpleType"):
            yield "type", _set(name, f"xs:{other}")
