"""Whether a text is a value of a restricted type: by the rules of `check`, and by libxml2 where only that can tell."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from lxml import etree

from contracts.errors import ContractError
from contracts.names import XSD, qname
from contracts.rules.facets import misfit_of_type
from contracts.schema import RANGES, collapsed, instant_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.model import Type

#: Of these the rules of `check` know everything, and of more digits than libxml2 does.
_KNOWN: Final = RANGES.keys() | {"string", "normalizedString", "token", "boolean", "decimal"}
#: What .NET's DateTime holds.
_LAST_YEAR: Final = 9999
SAFE_DIGITS: Final = 7


def impossible(type_: Type, why: str = "") -> ContractError:
    """The error for a type of which no value can be made."""
    return ContractError(f"no values of the type {type_.name} can be made{why}; give some with fields=")


def fits_type(text: str, type_: Type, *, safe: bool = False) -> bool:
    """Whether ``text`` is a value of ``type_``; with ``safe`` also one that .NET holds. Raises ContractError."""
    if misfit_of_type(text, type_) is not None or (safe and not is_held(text, type_)):
        return False
    return type_.base in _KNOWN or _accepts(type_, collapsed(text, type_.base))


def is_held(text: str, type_: Type) -> bool:
    """Whether .NET holds ``text``, a value of ``type_``, as it is: what the rules of ``provider/`` ask."""
    value = collapsed(text, type_.base)
    limit = type_.max_length
    if limit is not None and len(value) <= limit < len(value.encode("utf-16-le")) // 2:
        return False
    instant = instant_of(value) if type_.base == "dateTime" else None
    return instant is None or (
        instant.zoned and 1 <= instant.year <= _LAST_YEAR and instant.hour < 24 and instant.digits <= SAFE_DIGITS
    )


def _accepts(type_: Type, value: str) -> bool:
    schema, count = _compiled(type_)
    root = etree.Element("v")
    for number in range(count):
        etree.SubElement(root, f"f{number}").text = value
    return schema.validate(root)


@lru_cache(maxsize=256)
def _compiled(type_: Type) -> tuple[etree.XMLSchema, int]:
    """A schema of an element for each facet: together they would have to be a restriction in the right order."""
    root = etree.Element(qname(XSD, "schema"), nsmap={"xs": XSD})
    element = etree.SubElement(root, qname(XSD, "element"), name="v")
    sequence = etree.SubElement(etree.SubElement(element, qname(XSD, "complexType")), qname(XSD, "sequence"))
    groups = [*_facets(type_), ()]
    # An identifier stands only once in a document.
    base = "NCName" if type_.base == "ID" else type_.base
    for number, facets in enumerate(groups):
        one = etree.SubElement(sequence, qname(XSD, "element"), name=f"f{number}")
        simple = etree.SubElement(one, qname(XSD, "simpleType"))
        restriction = etree.SubElement(simple, qname(XSD, "restriction"), base=f"xs:{base}")
        for name, value in facets:
            etree.SubElement(restriction, qname(XSD, name), value=value)
    try:
        return etree.XMLSchema(root), len(groups)
    except (etree.XMLSchemaParseError, ValueError):
        raise impossible(type_, ": libxml2 refuses its facets") from None


def _facets(type_: Type) -> Iterator[tuple[tuple[str, str], ...]]:
    for name, length in (("minLength", type_.min_length), ("maxLength", type_.max_length)):
        if length is not None:
            yield ((name, str(length)),)
    for bound in type_.bounds:
        yield (bound,)
    for pattern in type_.patterns:
        yield (("pattern", pattern),)
    if type_.enumeration:
        yield tuple(("enumeration", value) for value in type_.enumeration)
