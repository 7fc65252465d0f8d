"""`schema/`: the payload against the contract's XSD. libxml2 decides whether; these say what, where and how to mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from contracts.names import ENCODING_STYLE, local_name, split
from contracts.xml import value_of

from .registry import Problem, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.model import Field
    from contracts.xml import Element

    from .case import Case

_XSD1: Final = "XSD 1.0 part 1, "
_XSD2: Final = "XSD 1.0 part 2, "
_BLANKS: Final = " \t\r\n"


@rule("schema/unknown-operation", "documented", "error", "the service's list of operations", stage="refused")
def unknown_operation(case: Case) -> Iterator[Problem]:
    """The payload is one of the service's requests or responses, by namespace, name and case.

    The nearest one is named, and the payload's content is judged by it.

    Bad::   <setTimeOfLastSync xmlns="http://ongoingsystems.se/WSI">
    Good::  <SetTimeOfLastSync xmlns="http://ongoingsystems.se/WSI">
    """
    payload = case.envelope and case.envelope.payload
    if payload is None or case.known_payload or (case.envelope and case.envelope.is_fault):
        return
    namespace, name = split(str(payload.tag))
    what = case.direction or "request or response"
    if case.declaration is None:
        known = sorted(local_name(tag) for tag, (_, _, direction) in case.catalog.payloads.items() if case.direction in (None, direction))
        yield Problem(f"<{name}> is no {what} that the contracts know", f"Known are {', '.join(known)}.", at=payload)
    elif (namespace, name) == (case.declaration.namespace, case.declaration.name):
        yield Problem(f"<{name}> is not a {what}", f"Send it the other way, or send a {what}.", at=payload)
    else:
        yield _near_operation(payload, case.declaration)


def _near_operation(payload: Element, declaration: Field) -> Problem:
    namespace, name = split(str(payload.tag))
    expected = f"<{declaration.name}> in the namespace {declaration.namespace}"
    if name != declaration.name:
        cause = "differs in case from" if name.lower() == declaration.name.lower() else "is misspelt for"
        message = f"<{name}> {cause} <{declaration.name}>"
        if namespace != declaration.namespace:
            message += f", and its namespace is {namespace or 'none'}"
    else:
        message = f"<{name}> is in {f'the namespace {namespace}' if namespace else 'no namespace'}, not in {declaration.namespace}"
    return Problem(message, f"Send {expected}.", at=payload)


@rule("schema/missing-element", "documented", "error", _XSD1 + "cvc-complex-type.2.4", stage="refused")
def missing_element(case: Case) -> Iterator[Problem]:
    """Every required element is there.

    Bad::   <EndSynchronization xmlns="urn:soap.convio.com"/>
    Good::  <EndSynchronization xmlns="urn:soap.convio.com"><PartitionId>1</PartitionId></EndSynchronization>
    """
    for element, field, _ in _deviations(case, "missing-element"):
        yield _problem(f"<{local_name(str(element.tag))}> has no <{field.name}>", f"Send {field.name}; it is required.", element, field)


@rule("schema/duplicate-element", "documented", "error", _XSD1 + "cvc-complex-type.2.4", stage="refused")
def duplicate_element(case: Case) -> Iterator[Problem]:
    """No element stands there more often than the contract allows.

    Bad::   <PartitionId>1</PartitionId><PartitionId>2</PartitionId>
    Good::  <PartitionId>1</PartitionId>
    """
    for element, field, _ in _deviations(case, "duplicate-element"):
        yield _problem(f"<{field.name}> stands there more than once", f"Send {field.name} once.", element, field)


@rule("schema/unexpected-element", "documented", "error", _XSD1 + "cvc-complex-type.2.4", stage="refused")
def unexpected_element(case: Case) -> Iterator[Problem]:
    """There is no element that the contract does not know.

    Bad::   <EndSynchronization ...><PartitionId>1</PartitionId><Comment>done</Comment></EndSynchronization>
    Good::  <EndSynchronization ...><PartitionId>1</PartitionId></EndSynchronization>
    """
    for element, field, _ in _deviations(case, "unexpected-element"):
        known = ", ".join(child.name for child in field.fields)
        yield Problem(f"<{local_name(str(element.tag))}> is not expected in <{field.name}>", f"Remove it; known are {known}.", at=element)


@rule("schema/element-order", "documented", "error", _XSD1 + "cvc-complex-type.2.4", stage="refused")
def element_order(case: Case) -> Iterator[Problem]:
    """The elements stand in the order of the contract. The fewest that would have to move are named.

    Bad::   <Password>p</Password><UserName>u</UserName>
    Good::  <UserName>u</UserName><Password>p</Password>
    """
    for element, field, order in _deviations(case, "element-order"):
        yield _problem(f"<{field.name}> is out of order", f"The order is {order}.", element, field)


@rule("schema/element-name", "documented", "error", _XSD1 + "cvc-complex-type.2.4", stage="refused")
def element_name(case: Case) -> Iterator[Problem]:
    """An element's name is spelt as in the contract, upper and lower case included.

    Bad::   <SyncTime>2024-05-01T12:00:00Z</SyncTime>
    Good::  <syncTime>2024-05-01T12:00:00Z</syncTime>
    """
    for element, field, _ in _deviations(case, "element-name"):
        name = local_name(str(element.tag))
        cause = "differs in case from" if name.lower() == field.name.lower() else "is misspelt for"
        yield _problem(f"<{name}> {cause} <{field.name}>", f"Write <{field.name}>.", element, field)


@rule("schema/element-namespace", "documented", "error", _XSD1 + "cvc-complex-type.2.4; Namespaces in XML 1.0", stage="refused")
def element_namespace(case: Case) -> Iterator[Problem]:
    """Every element below the payload is in the service's namespace.

    A prefix on the operation alone leaves its parameters in no namespace, which is what several PHP and rpc clients do.

    Bad::   <o:SetTimeOfLastSync xmlns:o="http://ongoingsystems.se/WSI"><UserName>u</UserName>
    Good::  <o:SetTimeOfLastSync xmlns:o="http://ongoingsystems.se/WSI"><o:UserName>u</o:UserName>
    """
    for element, field, namespace in _deviations(case, "element-namespace"):
        where = f"in the namespace {namespace}" if namespace else "in no namespace"
        wanted = field.namespace or "no namespace"
        yield _problem(f"<{field.name}> is {where}, not in {wanted}", "Put the prefix on it too, or use a default namespace.", element, field)


@rule("schema/element-in-value", "documented", "error", _XSD1 + "cvc-type.3.1.2", stage="refused")
def element_in_value(case: Case) -> Iterator[Problem]:
    """A value has no elements in it.

    Bad::   <IntegrationType><b>orders</b></IntegrationType>
    Good::  <IntegrationType>orders</IntegrationType>
    """
    for element, field, _ in _deviations(case, "element-in-value"):
        yield _problem(f"an element stands inside the value of <{field.name}>", "Send text alone, with < written as &lt;.", element, field)


@rule("schema/date-time", "documented", "error", _XSD2 + "section 3.2.7", stage="refused")
def date_time(case: Case) -> Iterator[Problem]:
    """A dateTime has the form YYYY-MM-DDThh:mm:ss with an optional fraction and zone, and names a real time.

    Bad::   <syncTime>2024-05-01 12:00:00</syncTime>
    Good::  <syncTime>2024-05-01T12:00:00Z</syncTime>
    """
    yield from _misfits(case, "date-time", "Send YYYY-MM-DDThh:mm:ssZ, for example 2024-05-01T12:00:00Z.")


@rule("schema/integer", "documented", "error", _XSD2 + "section 3.3.13", stage="refused")
def integer(case: Case) -> Iterator[Problem]:
    """An integer is an optional sign and ASCII digits, and never empty.

    Bad::   <PartitionId>1.0</PartitionId>
    Good::  <PartitionId>1</PartitionId>
    """
    yield from _misfits(case, "integer", "Send digits alone.")


@rule("schema/boolean", "documented", "error", _XSD2 + "section 3.2.2", stage="refused")
def boolean(case: Case) -> Iterator[Problem]:
    """A boolean is true, false, 1 or 0, in lower case.

    Bad::   <Force>True</Force>
    Good::  <Force>true</Force>
    """
    yield from _misfits(case, "boolean", "Send true or false.")


@rule("schema/negative", "documented", "error", _XSD2 + "section 3.3.20", stage="refused")
def negative(case: Case) -> Iterator[Problem]:
    """A nonNegativeInteger is zero or more.

    Bad::   <PartitionId>-1</PartitionId>
    Good::  <PartitionId>0</PartitionId>
    """
    yield from _misfits(case, "negative", "Send zero or more.")


@rule("schema/out-of-range", "documented", "error", _XSD2 + "sections 3.3.17 and 4.3.7 to 4.3.10", stage="refused")
def out_of_range(case: Case) -> Iterator[Problem]:
    """A number is within the range of its type.

    Bad::   <GoodsOwnerId>2147483648</GoodsOwnerId>
    Good::  <GoodsOwnerId>2147483647</GoodsOwnerId>
    """
    yield from _misfits(case, "out-of-range", "Send a number in that range.")


@rule("schema/max-length", "documented", "error", _XSD2 + "section 4.3.3", stage="refused")
def max_length(case: Case) -> Iterator[Problem]:
    """A text is no longer than its type allows, in characters and not in bytes.

    Bad::   <UserName>...51 characters...</UserName>
    Good::  <UserName>...50 characters...</UserName>
    """
    yield from _misfits(case, "max-length", "Send a shorter value; do not let it be cut in silence.")


@rule("schema/value", "documented", "error", _XSD2 + "section 4.3 (any other facet)", stage="refused")
def value(case: Case) -> Iterator[Problem]:
    """A value obeys the other facets of its type: an enumeration, a minimal length.

    Bad::   <SessionId></SessionId>   in a Session that has more in it
    Good::  <SessionId>9b35f835:0</SessionId>
    """
    yield from _misfits(case, "value", "Send a value that the contract allows.")


@rule("schema/empty-content", "documented", "error", _XSD1 + "cvc-complex-type.2.1", stage="refused")
def empty_content(case: Case) -> Iterator[Problem]:
    """An element that the contract declares empty has nothing in it, no blank either.

    Bad::   <SetTimeOfLastSyncResponse xmlns="http://ongoingsystems.se/WSI"> </SetTimeOfLastSyncResponse>
    Good::  <SetTimeOfLastSyncResponse xmlns="http://ongoingsystems.se/WSI" />
    """
    for element, field, _ in _deviations(case, "empty-content"):
        yield Problem(f"<{field.name}> is not empty", "Leave it empty; even a line end counts.", at=element)


@rule("schema/stray-text", "documented", "error", _XSD1 + "cvc-complex-type.2.3", stage="refused")
def stray_text(case: Case) -> Iterator[Problem]:
    """Text stands in values only, not between elements.

    Bad::   <soap:Body>; <EndSynchronization ...>
    Good::  <soap:Body><EndSynchronization ...>
    """
    elements = [element for element, _, _ in _deviations(case, "stray-text")]
    for element in [*(part for part in _soap_parts(case) if value_of(part).strip(_BLANKS)), *elements]:
        yield Problem(f"text stands between the elements of <{local_name(str(element.tag))}>", "Remove it.", at=element)


@rule("schema/stray-attribute", "documented", "error", _XSD1 + "cvc-complex-type.3, cvc-type.3.1.1", stage="refused")
def stray_attribute(case: Case) -> Iterator[Problem]:
    """There is no attribute that the contract does not know.

    Bad::   <PartitionId href="#id0"/>
    Good::  <PartitionId>1</PartitionId>
    """
    found = [(element, name) for element, _, name in _deviations(case, "stray-attribute")]
    for part in _soap_parts(case):
        own = split(str(part.tag))[0]
        found += [(part, str(name)) for name in part.attrib if split(str(name))[0] in (None, own) and name != ENCODING_STYLE]
    for element, name in found:
        yield Problem(f"<{local_name(str(element.tag))}> has the attribute {local_name(name)}, which the contract does not know", "Remove it.", at=element)


@rule("schema/nil", "documented", "error", _XSD1 + "cvc-elt.3", stage="refused")
def nil(case: Case) -> Iterator[Problem]:
    """xsi:nil stands only on an element that the contract calls nillable, which then is empty.

    Bad::   <syncTime xsi:nil="true"/>
    Good::  <GetTimeOfLastSyncResult xsi:nil="true"/>
    """
    for element, field, _ in _deviations(case, "nil"):
        if field.nillable:
            yield _problem(f"<{field.name}> is nil and not empty, or its xsi:nil is no boolean", 'Send it empty, with xsi:nil="true".', element, field)
        else:
            yield _problem(f"<{field.name}> has xsi:nil and must have a value", "Send a value, and no xsi:nil.", element, field)


@rule("schema/xsi-type", "documented", "error", _XSD1 + "cvc-elt.4", stage="refused")
def xsi_type(case: Case) -> Iterator[Problem]:
    """xsi:type names the documented type, or one that XSD derives from it; most clients need not send it.

    The bare schemas refuse it even then, because their types carry a pattern; the tool takes it, as the providers do.

    Bad::   <syncTime xsi:type="xsd:string">2024-05-01T12:00:00Z</syncTime>
    Good::  <syncTime xsi:type="xsd:dateTime">2024-05-01T12:00:00Z</syncTime>
    """
    for element, field, _ in _deviations(case, "xsi-type"):
        wanted = f"xsd:{field.type.base}" if field.type else "no other type than its own"
        yield _problem(f"xsi:type on <{field.name}> does not name {wanted}", "Leave xsi:type out.", element, field)


@rule("schema/invalid", "documented", "error", _XSD1 + "cvc-elt", stage="refused")
def invalid(case: Case) -> Iterator[Problem]:
    """libxml2 refused the message by the contract's XSD for a reason that no other rule has named.

    Bad::   a value that breaks a pattern of one's own contract
    Good::  a value that fits it
    """
    if case.refusal is not None and not case.explained:
        kind = case.refusal.reason.removeprefix("SCHEMAV_")
        yield Problem(f"the schema refuses the message ({kind})", f"Run xmllint with the service's schema; see line {case.refusal.line}.", at=case.envelope and case.envelope.payload)


def _deviations(case: Case, name: str) -> list[tuple[Element, Field, str]]:
    return [found[1:] for found in case.deviations if found.rule == name]


def _misfits(case: Case, name: str, help_: str) -> Iterator[Problem]:
    for element, field, reason in _deviations(case, name):
        yield _problem(f"{field.name}{case.quote(field, value_of(element))} {reason}", help_, element, field)


def _problem(message: str, help_: str, element: Element, field: Field) -> Problem:
    return Problem(message, help_, at=element, field_type=field.type.base if field.type else None)


def _soap_parts(case: Case) -> Iterator[Element]:
    if case.envelope is not None:
        yield case.envelope.root
        yield from case.envelope.headers
        yield from case.envelope.bodies
