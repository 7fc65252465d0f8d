"""What the compiled schemas declare, as xmlschema reads them: a second reading beside the one that makes verdicts.

A strategy that is made from it meets the judge with another's understanding of the same files.
"""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import xmlschema

from contracts.errors import ContractError, UnknownNameError
from contracts.model import Field, Type
from contracts.names import XSD, local_name, qname, split
from contracts.schema import collapsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.messages import Direction
    from contracts.model import Operation, Service

_LENGTHS: Final = {"length": ("min_length", "max_length"), "minLength": ("min_length",), "maxLength": ("max_length",)}
_DIRECTIONS: Final[tuple[Direction, Direction]] = ("request", "response")
_MOST_REPEATS: Final = 3
_LISTS: Final = frozenset({"pattern", "enumeration", "whiteSpace"})


@lru_cache(maxsize=512)
def payload_of(service: Service, operation: Operation, direction: Direction) -> Field:
    """The payload of ``operation``, from the schema that judges whole envelopes. Raises ContractError."""
    group = qname(service.namespace, "requests" if direction == "request" else "responses")
    wanted = operation.payload(direction).tag
    for element in _schema(service, direction).maps.groups[group].iter_elements():
        if element.name == wanted:
            return _field(element)
    raise ContractError(f"{service.folder}: there is no element {wanted}")


@lru_cache(maxsize=512)
def block_of(service: Service, name: str) -> Field:
    """The header block of this local name. Raises ContractError."""
    element = _schema(service, "request").maps.elements.get(qname(service.namespace, name))
    if element is None:
        raise ContractError(f"{service.folder}: there is no global element {name}")
    return _field(element)


def type_of(service: Service, operation: Operation, name: str) -> Type:
    """The type of the field called ``name`` in request, response or header block. Raises UnknownNameError."""
    payloads = [payload_of(service, operation, direction) for direction in _DIRECTIONS]
    blocks = [] if operation.header is None else [block_of(service, operation.header)]
    known: dict[str, Type] = {}
    for declaration in (*payloads, *blocks):
        for field in declaration.values():
            if field.type is not None:
                known.setdefault(field.name, field.type)
    if name not in known:
        raise UnknownNameError.of("field", name, list(known))
    return known[name]


def most_of(field: Field) -> int:
    """How many times ``field`` comes at most: where there is no limit, a few times more than it must."""
    return field.min_occurs + _MOST_REPEATS if field.max_occurs is None else field.max_occurs


@lru_cache(maxsize=512)
def _schema(service: Service, direction: Direction) -> xmlschema.XMLSchema10:
    path = os.path.join(service.folder, f"{direction}.xsd")
    try:
        return xmlschema.XMLSchema10(path, allow="sandbox")
    except (xmlschema.XMLSchemaException, OSError) as error:
        raise ContractError(f"{path}: xmlschema cannot use it: {type(error).__name__}") from None


def _field(element: Any) -> Field:
    namespace, name = split(element.name)
    type_ = element.type
    return Field(
        name=name,
        namespace=namespace,
        type=_type(type_) if type_.is_simple() else None,
        fields=() if type_.is_simple() else tuple(_field(child) for child in type_.content.iter_elements()),
        min_occurs=element.min_occurs,
        max_occurs=element.max_occurs,
        nillable=element.nillable,
    )


def _type(type_: Any) -> Type:
    """The built-in type at the root of ``type_`` with all facets on the way to it; the nearest of a kind counts."""
    steps = list(_steps(type_))
    base = local_name((steps[-1].base_type if steps else type_).name)
    facets: dict[str, str] = {}
    patterns: list[str] = []
    enumeration: tuple[str, ...] = ()
    for step in steps:
        own = _values(step)
        facets = {name: value for name, value in own.items() if name not in _LISTS} | facets
        enumeration = enumeration or tuple(collapsed(value, base) for value in own.get("enumeration", ()))
        patterns += ["|".join(own["pattern"])] if "pattern" in own else []
    lengths = {field: int(facets[name]) for name, fields in _LENGTHS.items() if name in facets for field in fields}
    return Type(
        name=local_name(type_.name or base),
        base=base,
        min_length=lengths.get("min_length"),
        max_length=lengths.get("max_length"),
        bounds=tuple((name, collapsed(value, base)) for name, value in facets.items() if name not in _LENGTHS),
        patterns=tuple(reversed(patterns)),
        enumeration=enumeration,
    )


def _steps(type_: Any) -> Iterator[Any]:
    """``type_`` and the types that it restricts, down to the built-in one."""
    while split(type_.name or "")[0] != XSD:
        yield type_
        type_ = type_.base_type


def _values(step: Any) -> dict[str, Any]:
    """The facets that one restriction states: their texts by kind, those of patterns and enumerations as tuples."""
    found: dict[str, Any] = {}
    for child in step.elem.iter(f"{{{XSD}}}restriction"):
        for facet in child:
            kind = local_name(str(facet.tag))
            text = facet.get("value")
            if kind in ("pattern", "enumeration"):
                found[kind] = (*found.get(kind, ()), text)
            elif text is not None:
                found[kind] = text
        break
    return found
