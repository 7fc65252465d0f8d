"""A service's contract as values: frozen, complete, without I/O. `catalog` makes them from `xsd/`.

Named tuples, because importing dataclasses would cost a third of what a cold `check` may cost. Field, Operation and
Service are compared by identity: they are keys of caches, and comparing whole contracts would cost more than a verdict.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeVar

from .names import qname

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from .messages import Direction

T = TypeVar("T")
Basis = Literal["documented", "observed", "inferred"]
Effect = Literal["read", "write", "destructive"]
Level = Literal["error", "warning", "info", "off"]


def _by_identity(cls: type[T]) -> type[T]:
    cls.__eq__ = object.__eq__  # type: ignore[method-assign] # a slot of the base of all
    cls.__ne__ = object.__ne__  # type: ignore[method-assign] # or tuple's would still compare values
    cls.__hash__ = object.__hash__  # type: ignore[method-assign] # likewise
    return cls


class Type(NamedTuple):
    """A simple type: the XSD built-in it restricts (``dateTime``, ``int``, ...) and its facets.

    Lengths count characters (code points), of binary types octets, of lists items (XSD 1.0 part 2, 4.3.1); ``bounds``
    holds pairs of a facet's name, such as ``maxInclusive``, and its value; every one of ``patterns`` must match.
    """

    name: str
    base: str
    min_length: int | None = None
    max_length: int | None = None
    bounds: tuple[tuple[str, str], ...] = ()
    patterns: tuple[str, ...] = ()
    enumeration: tuple[str, ...] = ()


@_by_identity
class Field(NamedTuple):
    """An element declaration: a value (``type`` set) or a group of further elements, in this order (``fields``).

    ``namespace`` is None for an element in no namespace; ``max_occurs`` is None for unbounded.
    """

    name: str
    namespace: str | None
    type: Type | None = None
    fields: tuple[Field, ...] = ()
    min_occurs: int = 1
    max_occurs: int | None = 1
    nillable: bool = False

    @property
    def tag(self) -> str:
        """The name in lxml's form, ``{namespace}local``."""
        return qname(self.namespace, self.name)

    @property
    def base(self) -> str | None:
        """The XSD built-in type of a value; None for a group."""
        return None if self.type is None else self.type.base

    def values(self) -> Iterator[Field]:
        """The declarations with a value: this one, or those below it, in order."""
        if self.type is not None:
            yield self
        for child in self.fields:
            yield from child.values()


def required_values(field: Field) -> Iterator[Field]:
    """The declarations with a value in ``field`` that no message may leave out, in order."""
    if field.type is not None:
        yield field
    for child in field.fields:
        if child.min_occurs:
            yield from required_values(child)


class Ground(NamedTuple):
    """What a statement rests on: a source (title or address), and whether that documents it, shows it or implies it."""

    basis: Basis
    source: str


class Consequence(NamedTuple):
    """What the provider does with a message that breaks a rule; a sentence whose subject is the service's title.

    ``by_type`` holds pairs of an XSD built-in type and what the provider does instead with a field of that type.
    """

    text: str
    by_type: tuple[tuple[str, str], ...]
    ground: Ground


class SeverityStatement(NamedTuple):
    """How bad a finding of one rule is at this service, and why it differs from the rule's default."""

    level: Level
    ground: Ground


class Relation(NamedTuple):
    """A relation between values: ``ordered`` fields do not decrease, ``echoed`` ones repeat the request's."""

    kind: Literal["ordered", "echoed"]
    message: str
    fields: tuple[str, ...]
    ground: Ground


class Fault(NamedTuple):
    """A fault that the provider names: the local name of its detail element and the local part of its faultcode."""

    name: str
    code: str
    ground: Ground


@_by_identity
class Operation(NamedTuple):
    """One operation: its two payloads, its SOAPAction (None where none is documented) and its effect."""

    name: str
    request: Field
    response: Field
    effect: Effect
    ground: Ground
    response_basis: Basis
    soap_action: str | None = None
    header: str | None = None

    def payload(self, direction: Direction) -> Field:
        """The payload declaration of the request or of the response."""
        return self.request if direction == "request" else self.response

    def basis(self, direction: Direction) -> Basis:
        """What the declaration of that payload stands on."""
        return self.ground.basis if direction == "request" else self.response_basis


class PublishedOperation(NamedTuple):
    """The request elements of one operation that the provider's own WSDL calls optional, and what says so."""

    optional: tuple[str, ...]
    ground: Ground


class PublishedWsdl(NamedTuple):
    """What differs in the provider's own WSDL: names, lengths, and per operation the elements that it calls optional.

    ``lengths`` tells whether it states those that the contract has. ``suffix`` is what stands behind an endpoint in the
    address of the WSDL, "" where no source says.
    """

    service: str
    port: str
    soap12_port: str | None
    operations: tuple[tuple[str, PublishedOperation], ...]
    ground: Ground
    lengths: bool = True
    suffix: str = ""


class ProbeCall(NamedTuple):
    """A call by which a live endpoint is probed.

    ``values`` holds pairs of a field and its text, in which ``{name}`` stands for an option, ``{now}`` for the time.
    ``closed_by`` names the operation that has to be allowed too, because it closes what this one opens. ``after`` names
    the operation without which this call is not made, ``check`` the wish without which it is not made, and with which
    no other of its operation is. ``returns`` holds pairs of a field of the response and its text, ``fault`` names the
    fault that has to come.
    """

    operation: str
    values: tuple[tuple[str, str], ...] = ()
    closed_by: str | None = None
    after: str | None = None
    check: str | None = None
    returns: tuple[tuple[str, str], ...] = ()
    fault: str | None = None


class ProbePlan(NamedTuple):
    """How a live endpoint is probed: the fields that take the credentials, None where there are none, and the calls."""

    user: str | None = None
    password: str | None = None
    calls: tuple[ProbeCall, ...] = ()


@_by_identity
class Service(NamedTuple):
    """One provider's contract.

    ``folder`` holds the schemas, ``secrets`` the local names of the secret fields; ``severities`` and ``consequences``
    have the ids of rules as keys; ``behaviour`` names the class that the stub answers by, "" where there is none.
    """

    name: str
    title: str
    version: str
    api_version: str
    pages_read: date
    namespace: str
    endpoint: str
    folder: str
    operations: tuple[Operation, ...]
    headers: tuple[Field, ...]
    secrets: frozenset[str]
    fault_statuses: tuple[int, ...]
    faults: tuple[Fault, ...]
    relations: tuple[Relation, ...]
    severities: dict[str, SeverityStatement]
    consequences: dict[str, Consequence]
    published: PublishedWsdl
    behaviour: str = ""
    probe: ProbePlan = ProbePlan()

    def operation(self, name: str) -> Operation | None:
        """The operation of this name, or None."""
        return next((operation for operation in self.operations if operation.name == name), None)

    def header(self, name: str) -> Field | None:
        """The declared header block of this local name, or None."""
        return next((block for block in self.headers if block.name == name), None)

    @property
    def needs_a_header(self) -> bool:
        """Whether any operation requires a SOAP header block."""
        return any(operation.header for operation in self.operations)
