"""A WSDL compared with a contract: its bindings, and then operation by operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from contracts.names import SOAP_OVER_HTTP

from .descriptions import SOAP11_BINDING, SOAP12_BINDING, bindings_of, bound
from .differences import Difference, Drift, breaking
from .documents import Documents, clipped
from .elements import Pair, compared
from .explaining import explained, unmet
from .problems import NothingToCompareError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from contracts.model import Field, Operation, Service

    from .descriptions import Binding, Bound
    from .differences import Class, Direction, What
    from .origins import Origin
    from .schemata import Particle

_SOAP: Final = (SOAP11_BINDING, SOAP12_BINDING)
_DOCUMENT: Final = "document/literal"
_MOST_NOTES: Final = 5


class _Asked(NamedTuple):
    """An operation of the contract, and the same one as a binding has it."""

    documents: Documents
    service: Service
    operation: Operation
    binding: Binding
    bound: Bound

    @property
    def place(self) -> str:
        return f"{self.service.name}/{self.operation.name}"

    def pair(self, direction: Direction, ours: Field, theirs: Particle) -> Pair:
        return Pair(self.documents, self.place, direction, f"{direction}/{ours.name}", ours, theirs)


def drift_of_wsdl(service: Service, origin: Origin) -> Drift:
    """What differs between the contract of ``service`` and the WSDL at ``origin``.

    Raises WsdlError, NothingToCompareError, and what the origin raises.
    """
    documents = Documents(origin)
    bindings = bindings_of(documents)
    soap = [binding for kind in _SOAP for binding in bindings if binding.kind == kind]
    if not soap:
        raise NothingToCompareError(_without_soap(documents))
    asked = [found for operation in service.operations for found in _found(documents, service, operation, soap)]
    if not asked:
        names = ", ".join(operation.name for operation in service.operations)
        raise NothingToCompareError(f"{documents.name}: it has none of the operations of {service.name}: {names}")
    compared_names = tuple(dict.fromkeys(one.operation.name for one in asked))
    general = [*_bindings(service, bindings), *_missing(service, compared_names, soap[0])]
    known = [_explained(each, service) for each in general]
    for name in compared_names:
        known += _of_all([one for one in asked if one.operation.name == name])
    notes = (*_others(asked, soap), *unmet(service, compared_names, known), *_unfollowed(documents))
    return Drift(service.name, documents.name, None, compared_names, tuple(known), notes)


def _without_soap(documents: Documents) -> str:
    said = f"{documents.name}: it has no SOAP binding, and so nothing that could be compared"
    return said + "".join(f"; {note}" for note in _unfollowed(documents))


def _found(documents: Documents, service: Service, operation: Operation, soap: Sequence[Binding]) -> list[_Asked]:
    """The operation in each binding of SOAP 1.1 that has it or, without one, of SOAP 1.2."""
    for kind in _SOAP:
        named = [
            (each, bound(documents, each, operation.name, operation.request.name)) for each in soap if each.kind == kind
        ]
        found = [_Asked(documents, service, operation, binding, one) for binding, one in named if one is not None]
        if found:
            return found
    return []


def _explained(difference: Difference, service: Service) -> Difference:
    return difference._replace(known=explained(difference, service))


def _of_all(asked: Sequence[_Asked]) -> Iterator[Difference]:
    """The differences of one operation in its bindings: one that not all of them have names the binding."""
    found = [[_explained(each, one.service) for each in _operation(one)] for one in asked]
    common = set.intersection(*({each[:7] for each in differences} for differences in found))
    yield from (each for each in found[0] if each[:7] in common)
    for one, differences in zip(asked, found, strict=True):
        for each in differences:
            if each[:7] not in common:
                yield each._replace(theirs=f"{each.theirs} (binding {clipped(one.binding.name)})")


def _bindings(service: Service, bindings: Sequence[Binding]) -> Iterator[Difference]:
    """The bindings beside that of SOAP 1.1, one of each kind: nobody has to use them."""
    others = {binding.kind: binding for binding in reversed(bindings) if binding.kind != SOAP11_BINDING}
    for kind, binding in sorted(others.items()):
        yield Difference(service.name, "", "binding", "SOAP 1.1", f"also {kind}", "both", "additive", at=binding.at)


def _missing(service: Service, names: Sequence[str], binding: Binding) -> Iterator[Difference]:
    for operation in service.operations:
        if operation.name not in names:
            place, gone = f"{service.name}/{operation.name}", "not there"
            yield Difference(place, "", "name", operation.name, gone, "both", "breaking for requests", at=binding.at)


def _operation(asked: _Asked) -> Iterator[Difference]:
    operation, bound = asked.operation, asked.bound
    yield from _protocol(asked)
    if bound.name != operation.name:
        # Nothing on the wire has the name of an operation, but code that is generated has.
        yield _told(asked, "name", operation.name, clipped(bound.name))._replace(class_="tolerated")
    if bound.style != _DOCUMENT:
        yield _told(asked, "style", _DOCUMENT, f"{bound.style}; its elements are not compared")
        return
    yield from _payload(asked, "request", operation.request, bound.request)
    yield from _payload(asked, "response", operation.response, bound.response)
    yield from _headers(asked)
    yield from _faults(asked)


def _faults(asked: _Asked) -> Iterator[Difference]:
    """A fault that the contract does not name is news; one that it names comes in the namespace of the operation."""
    named, namespace = {fault.name for fault in asked.service.faults}, asked.operation.response.namespace
    for fault in asked.bound.faults:
        if fault.name not in named:
            found = _told(asked, "fault", "not named", fault.name)._replace(class_="additive")
        elif not fault.is_element:
            found = _told(asked, "fault", "an element", f"{fault.name}, no element")
        elif fault.namespace != namespace:
            told = clipped(fault.namespace or "no namespace")
            found = _told(asked, "namespace", namespace or "no namespace", f"{told} of {fault.name}")
        else:
            continue
        breaks: Class = "additive" if found.class_ == "additive" else "breaking for responses"
        yield found._replace(path="response", direction="response", class_=breaks)


def _protocol(asked: _Asked) -> Iterator[Difference]:
    binding = asked.binding
    if binding.kind != SOAP11_BINDING:
        yield _told(asked, "binding", SOAP11_BINDING, f"{binding.kind} only")._replace(at=binding.at)
    elif binding.transport != SOAP_OVER_HTTP:
        told = clipped(binding.transport) or "no transport"
        yield _told(asked, "binding", SOAP_OVER_HTTP, told)._replace(at=binding.at)
    for odd in asked.bound.oddities:
        if odd.what == "binding":
            yield _told(asked, "binding", odd.ours, odd.theirs)._replace(at=odd.at)
    action, published = asked.operation.soap_action, f'"{clipped(asked.bound.action)}"'
    if action is not None and asked.bound.action != action:
        yield _told(asked, "soapaction", f'"{action}"', published)
    elif action is None and asked.bound.action:
        # Where no page names one, clients are known to get along without.
        yield _told(asked, "soapaction", "none", published)._replace(class_="additive", direction="request")


def _told(asked: _Asked, what: What, ours: str, theirs: str) -> Difference:
    """A difference of the whole operation, which breaks its requests."""
    return Difference(asked.place, "", what, ours, theirs, "both", "breaking for requests", at=asked.bound.at)


def _payload(asked: _Asked, direction: Direction, ours: Field, theirs: Particle | None) -> Iterator[Difference]:
    if theirs is not None:
        yield from compared(asked.pair(direction, ours, theirs))
        return
    found = _told(asked, "name", ours.name, "not there")._replace(path=direction, direction=direction)
    yield found._replace(class_=breaking(direction))


def _headers(asked: _Asked) -> Iterator[Difference]:
    """A header that is bound must be sent (WS-I BP 1.1 R2738); one that the contract alone knows does no harm."""
    wanted = asked.operation.header
    for block in asked.bound.headers:
        ours = asked.service.header(block.name) if block.name == wanted else None
        if ours is None:
            yield _header(asked, "request", "not there", clipped(block.name), "breaking for requests", block.at)
            continue
        pair = asked.pair("request", ours, block)
        yield from compared(pair._replace(path=f"request/Header/{ours.name}"))
    odd = [found for found in asked.bound.oddities if found.what == "header"]
    for each in odd:
        yield _header(asked, "request", each.ours, each.theirs, "breaking for requests", each.at)
    if wanted is not None and not odd and wanted not in [block.name for block in asked.bound.headers]:
        yield _header(asked, "request", wanted, "not there", "tolerated", asked.bound.at)
    for block in asked.bound.response_headers:
        yield _header(asked, "response", "not there", clipped(block.name), "additive", block.at)


def _header(asked: _Asked, direction: Direction, ours: str, theirs: str, class_: Class, at: str) -> Difference:
    return Difference(asked.place, f"{direction}/Header", "header", ours, theirs, direction, class_, at=at)


def _others(asked: Sequence[_Asked], soap: Sequence[Binding]) -> Iterator[str]:
    ours = {name for one in asked for name in (one.operation.name, one.bound.name)}
    others = {name for binding in soap for name in binding.operations} - ours
    if others:
        yield f"it has {len(others)} further operation{'s' if len(others) > 1 else ''}, of which the contract says nothing"


def _unfollowed(documents: Documents) -> Iterator[str]:
    yield from (f"not followed: {said}" for said in documents.unfollowed[:_MOST_NOTES])
    if len(documents.unfollowed) > _MOST_NOTES:
        yield f"not followed: {len(documents.unfollowed) - _MOST_NOTES} more"
