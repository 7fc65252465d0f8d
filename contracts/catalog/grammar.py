"""The subset of XSD 1.0 in which a service's `operations.xsd` is written: each construct and all that it may hold.

What is not listed here is refused, so that nothing in a schema goes unnoticed by samples, masking and explanations.
Annotations, comments, ``id`` and attributes of other namespaces may stand anywhere: they declare nothing
(XSD 1.0 part 1, section 3.13).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from lxml import etree

from contracts.errors import ContractError
from contracts.names import SOAP11, XSD, split
from contracts.schema import RANGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.xml import Element

#: XSD's built-in types (part 2, section 3) but for those that need a DTD, which SOAP 1.1 section 3 forbids.
BUILT_IN_TYPES: Final = frozenset(
    {"string", "normalizedString", "token", "language", "Name", "NCName", "NMTOKEN", "NMTOKENS", "ID", "IDREF", "IDREFS"}
    | {"boolean", "decimal", "float", "double", "hexBinary", "base64Binary", "anyURI", "QName"}
    | {"duration", "dateTime", "time", "date", "gYearMonth", "gYear", "gMonthDay", "gDay", "gMonth"}
    | RANGES.keys()
)  # fmt: skip
LENGTHS: Final = frozenset({"length", "minLength", "maxLength"})
BOUNDS: Final = frozenset({"minInclusive", "maxInclusive", "minExclusive", "maxExclusive"})
DIGITS: Final = frozenset({"totalDigits", "fractionDigits"})

_BOOLEANS: Final = ("true", "false", "1", "0")
_FORMS: Final = ("qualified", "unqualified")
_VALUES: Final = {"nillable": _BOOLEANS, "form": _FORMS, "elementFormDefault": _FORMS}
_TYPES: Final = {"complexType": "complexType", "simpleType": "simpleType"}
_XS: Final = f"{{{XSD}}}"
#: Names in XML without a colon, but for a few combining characters (Namespaces in XML 1.0, NCName).
_NAME: Final = re.compile(r"[^\W\d][\w.-]*")


class Construct(NamedTuple):
    """The attributes that a construct must have and may have, and which construct each kind of child is."""

    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    children: tuple[tuple[str, str], ...] = ()


_ANONYMOUS: Final = {
    "schema": Construct(
        ("targetNamespace",),
        ("elementFormDefault", "attributeFormDefault", "version"),
        (
            ("include", "include"),
            ("import", "import"),
            ("group", "group"),
            ("element", "header block"),
            ("complexType", "named complexType"),
            ("simpleType", "named simpleType"),
        ),
    ),
    "include": Construct(("schemaLocation",)),
    "import": Construct(("namespace",)),
    "group": Construct(("name",), (), (("choice", "choice"),)),
    "choice": Construct(children=(("element", "payload"),)),
    "header block": Construct(("name",), ("type", "nillable"), tuple(_TYPES.items())),
    "payload": Construct(("name",), ("type", "nillable", "form"), tuple(_TYPES.items())),
    "sequence": Construct(children=(("element", "element"),)),
    "element": Construct(("name",), ("type", "nillable", "form", "minOccurs", "maxOccurs"), tuple(_TYPES.items())),
    "complexType": Construct(
        children=(("sequence", "sequence"), ("attribute", "attribute"), ("anyAttribute", "anyAttribute"))
    ),
    "attribute": Construct(("ref",)),
    "anyAttribute": Construct(("namespace", "processContents")),
    "simpleType": Construct(children=(("restriction", "restriction"),)),
    "restriction": Construct(
        ("base",), (), tuple((kind, "facet") for kind in (*LENGTHS, *BOUNDS, *DIGITS, "pattern", "enumeration"))
    ),
    "facet": Construct(("value",)),
}
_NAMED: Final = {f"named {kind}": _ANONYMOUS[kind]._replace(required=("name",)) for kind in _TYPES}
_CONSTRUCTS: Final = _ANONYMOUS | _NAMED
_CHILDREN: Final = {name: dict(construct.children) for name, construct in _CONSTRUCTS.items()}


def refused(path: str, node: Element, what: str) -> ContractError:
    """The error that says, by file and line, what contracts cannot use."""
    return ContractError(f"{path}:{node.sourceline}: contracts cannot use {what}")


def kind_of(node: Element) -> str:
    """The local name of an element of XSD; the whole name of any other."""
    return str(node.tag).removeprefix(_XS)


def children_of(node: Element) -> Iterator[Element]:
    """The child elements that declare something: all but annotations."""
    return (child for child in node.iterchildren(etree.Element) if child.tag != f"{_XS}annotation")


def check_construct(path: str, node: Element, construct: str = "schema") -> None:
    """Raise ContractError for the first thing in ``node`` that its ``construct`` does not list."""
    _check_attributes(path, node, _CONSTRUCTS[construct])
    known = _CHILDREN[construct]
    for child in children_of(node):
        kind = kind_of(child)
        if kind not in known:
            raise refused(path, child, f"xs:{kind} in xs:{kind_of(node)}")
        check_construct(path, child, known[kind])


def _check_attributes(path: str, node: Element, construct: Construct) -> None:
    kind = kind_of(node)
    for name in construct.required:
        if name not in node.attrib:
            raise refused(path, node, f"xs:{kind} without the attribute {name}")
    for attribute, value in node.attrib.items():
        namespace, name = split(str(attribute))
        if namespace is None and name != "id" and name not in construct.required and name not in construct.optional:
            raise refused(path, node, f"the attribute {name} of xs:{kind}")
        if name == "name" and not _NAME.fullmatch(str(value)):
            raise refused(path, node, f"the name {value!r}")
        if name in _VALUES and value not in _VALUES[name]:
            raise refused(path, node, f"{name}={value!r}: known are {', '.join(_VALUES[name])}")
    if kind in _CHECKS:
        _CHECKS[kind](path, node)


def _check_import(path: str, node: Element) -> None:
    if node.get("namespace") != SOAP11:
        raise refused(path, node, f"an import of another namespace than {SOAP11}")


def _check_attribute(path: str, node: Element) -> None:
    prefix, _, _ = str(node.get("ref")).rpartition(":")
    if node.nsmap.get(prefix or None) != SOAP11:
        raise refused(path, node, "an attribute other than those of SOAP 1.1, by reference")


def _check_any_attribute(path: str, node: Element) -> None:
    if node.get("namespace") != "##other" or node.get("processContents") not in ("lax", "skip"):
        raise refused(path, node, 'xs:anyAttribute but with namespace="##other" and processContents="lax"')


_CHECKS: Final = {"import": _check_import, "attribute": _check_attribute, "anyAttribute": _check_any_attribute}
