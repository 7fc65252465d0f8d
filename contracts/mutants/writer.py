"""A changed tree written as XML.

lxml's own serialiser writes an element that has lost its namespace without ``xmlns=""``, so that it falls into the
default namespace around it: here every element has the declarations that its name needs.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from lxml import etree

from contracts.names import split
from contracts.xml import Element  # noqa: TC001 - the annotations of a NamedTuple
from contracts.xml.escapes import escaped, escaped_in_quotes

_XML: Final = "http://www.w3.org/XML/1998/namespace"

#: Namespaces by prefix, ``""`` for none, as they are in force somewhere.
Scope = dict[Any, str]


class Spelling(NamedTuple):
    """What elements are to declare beside what they need, and the prefixes that some are to have (None for none)."""

    declared: dict[Element, Scope]
    prefixes: dict[Element, str | None]


def written(root: Element, spelling: Spelling) -> str:
    """``root`` with all that stands in it, without what stands beside it."""
    parts: list[str] = []
    _write(root, {None: ""}, spelling, parts)
    return "".join(parts)


def beside(root: Element, *, before: bool) -> str:
    """The comments that stand before ``root``, or those behind it."""
    nodes = list(root.itersiblings(preceding=before))
    if before:
        nodes.reverse()
    return "".join(f"<!--{node.text}-->\n" for node in nodes if _is_comment(node))


def _write(node: Element, scope: Scope, spelling: Spelling, parts: list[str]) -> None:
    if _is_comment(node):
        parts.append(f"<!--{node.text}-->")
    elif isinstance(node.tag, str):
        _write_element(node, scope, spelling, parts)


def _write_element(node: Element, scope: Scope, spelling: Spelling, parts: list[str]) -> None:
    namespace, local = split(str(node.tag))
    prefix = spelling.prefixes.get(node, node.prefix) if namespace else None
    wanted: Scope = {**node.nsmap, **spelling.declared.get(node, {})}
    if prefix is None:
        wanted[None] = namespace or ""
    declared = {name: uri for name, uri in wanted.items() if scope.get(name) != uri}
    name = f"{prefix}:{local}" if prefix else local
    parts.append(f"<{name}{''.join(map(_declaration, declared.items()))}{_attributes(node)}")
    if node.text is None and not len(node):
        parts.append("/>")
        return
    parts.append(f">{escaped(node.text or '')}")
    for child in node:
        _write(child, scope | wanted, spelling, parts)
        parts.append(escaped(child.tail or ""))
    parts.append(f"</{name}>")


def _is_comment(node: Element) -> bool:
    tag: object = node.tag
    return tag is etree.Comment


def _declaration(declared: tuple[str | None, str]) -> str:
    prefix, uri = declared
    return f' xmlns{f":{prefix}" if prefix else ""}="{escaped_in_quotes(uri)}"'


def _attributes(node: Element) -> str:
    prefixes = {uri: prefix for prefix, uri in node.nsmap.items() if prefix} | {_XML: "xml"}
    parts = []
    for name, value in node.attrib.items():
        namespace, local = split(str(name))
        prefix = f"{prefixes[namespace]}:" if namespace else ""
        parts.append(f' {prefix}{local}="{escaped_in_quotes(str(value))}"')
    return "".join(parts)
