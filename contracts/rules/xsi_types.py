"""Which xsi:type a value may carry: clients name the built-in type of the provider's WSDL, or one derived from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from contracts.names import BLANKS, XSD
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


def is_documented_type(element: Element, field: Field, value: str) -> bool:
    """Whether xsi:type names ``field``'s built-in type, or one that XSD derives from it and that the value fits too."""
    prefix, colon, local = value.strip(BLANKS).rpartition(":")
    if field.type is None or element.nsmap.get(prefix if colon else None) != XSD:
        return False
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
