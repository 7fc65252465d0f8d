"""Which xsi:type a value may carry: clients name the built-in type of the provider's WSDL, or one derived from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lxml import etree

from contracts.names import BLANKS, XSD, XSI_TYPE
from contracts.schema import collapsed, fits_patterns, misfit_of
from contracts.xml import value_of

if TYPE_CHECKING:
    from contracts.model import Field
    from contracts.xml import Element

_DERIVED_FROM: Final = {
    "byte": "short", "short": "int", "int": "long", "long": "integer", "integer": "decimal",
    "unsignedByte": "unsignedShort", "unsignedShort": "unsignedInt", "unsignedInt": "unsignedLong",
    "unsignedLong": "nonNegativeInteger", "positiveInteger": "nonNegativeInteger", "nonNegativeInteger": "integer",
    "negativeInteger": "nonPositiveInteger", "nonPositiveInteger": "integer",
    "token": "normalizedString", "normalizedString": "string", "language": "token", "Name": "token", "NMTOKEN": "token",
    "NCName": "Name", "ID": "NCName", "IDREF": "NCName", "ENTITY": "NCName",
}  # fmt: skip


_NC_NAME: Final = r"[\i-[:]][\c-[:]]*"
#: XSD 1.0 part 2, sections 3.3.3 to 3.3.11.
_STRING_PATTERNS: Final = {
    "language": "[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*", "NMTOKEN": r"\c+", "Name": r"\i\c*",
    **dict.fromkeys(("NCName", "ID", "IDREF", "ENTITY"), _NC_NAME),
}  # fmt: skip


def namespaces_named(root: Element) -> dict[Element, str | None]:
    """The elements with an xsi:type, each with the namespace that it names, None where nothing declares its prefix.

    From one walk, since lxml makes an element's ``nsmap`` of every declaration in scope, anew each time it is asked.
    """
    scopes: dict[str, list[str]] = {}
    opened: list[str] = []
    named: dict[Element, str | None] = {}
    for event, what in etree.iterwalk(root, events=("start", "start-ns", "end-ns")):
        if event == "start-ns":
            opened.append(what[0])
            scopes.setdefault(what[0], []).append(what[1])
        elif event == "end-ns":
            scopes[opened.pop()].pop()
        elif XSI_TYPE in what.attrib:
            prefix = str(what.attrib[XSI_TYPE]).strip(BLANKS).rpartition(":")[0]
            named[what] = next(reversed(scopes.get(prefix, ())), None)
    return named


def is_documented_type(element: Element, field: Field, namespace: str | None) -> bool:
    """Whether xsi:type names ``field``'s built-in type, or one that XSD derives from it and that the value fits too.

    ``namespace`` is the one that its prefix stands for.
    """
    if field.type is None or namespace != XSD:
        return False
    local = str(element.get(XSI_TYPE)).strip(BLANKS).rpartition(":")[2]
    if local == field.type.base:
        return True
    if not _derives(local, field.type.base):
        return False
    value = value_of(element)
    pattern = _STRING_PATTERNS.get(local)
    return misfit_of(value, local) is None and (pattern is None or fits_patterns(collapsed(value, local), (pattern,)))


def _derives(name: str, base: str) -> bool:
    while name in _DERIVED_FROM:
        name = _DERIVED_FROM[name]
        if name == base:
            return True
    return False
