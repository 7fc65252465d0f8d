"""`schema/`: the payload's elements against the contract's XSD.

libxml2 decides whether the payload is valid; these say what is wrong, where, and how to mend it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from contracts.names import local_name, split

from .registry import Problem, deviation_rule, problem_of, rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from contracts.model import Field
    from contracts.xml import Element

    from .case import Case
    from .deviations import Deviation

#: What PHP calls a parameter to which nobody has given a name.
_POSITIONAL: Final = re.compile(r"param[0-9]+")
_XSD1: Final = "XSD 1.0 part 1, "


@rule("schema/unknown-operation", "documented", "error", "the service's list of operations", stage="refused")
def unknown_operation(case: Case) -> Iterator[Problem]:
    """The payload is one of the service's requests or responses, by namespace, name and case.

    The nearest one is named, and the payload's content is judged by it.

    Bad::   <setTimeOfLastSync xmlns="http://ongoingsystems.se/WSI">
    Good::  <SetTimeOfLastSync xmlns="http://ongoingsystems.se/WSI">
    """
    payload = case.payload
    if payload is None or case.known_payload or (case.envelope and case.envelope.is_fault):
        return
    namespace, name = split(str(payload.tag))
    what = case.direction or "request or response"
    if case.declaration is None:
        known = sorted(
            local_name(tag)
            for tag, (service, _, direction) in case.catalog.payloads.items()
            if case.direction in (None, direction) and case.service in (None, service)
        )
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


@deviation_rule("schema/missing-element", "documented", "error", _XSD1 + "cvc-complex-type.2.4")
def missing_element(_case: Case, deviation: Deviation) -> Problem:
    """Every required element is there.

    Bad::   <EndSynchronization xmlns="urn:soap.convio.com"/>
    Good::  <EndSynchronization xmlns="urn:soap.convio.com"><PartitionId>1</PartitionId></EndSynchronization>
    """
    name, field = local_name(str(deviation.element.tag)), deviation.field
    if field.min_occurs > 1:
        lack, help_ = f"fewer than {field.min_occurs} <{field.name}>", f"Send {field.name} as often as that."
    else:
        lack, help_ = f"no <{field.name}>", f"Send {field.name}; it is required."
    return problem_of(deviation, f"<{name}> has {lack}", help_)


@deviation_rule("schema/duplicate-element", "documented", "error", _XSD1 + "cvc-complex-type.2.4")
def duplicate_element(_case: Case, deviation: Deviation) -> Problem:
    """No element stands there more often than the contract allows.

    Bad::   <PartitionId>1</PartitionId><PartitionId>2</PartitionId>
    Good::  <PartitionId>1</PartitionId>
    """
    name, most = deviation.field.name, deviation.field.max_occurs
    times = "once" if most == 1 else f"{most} times"
    help_ = f"Send {name} once." if most == 1 else f"Send {name} {times} at most."
    return problem_of(deviation, f"<{name}> stands there more than {times}", help_)


@deviation_rule("schema/unexpected-element", "documented", "error", _XSD1 + "cvc-complex-type.2.4")
def unexpected_element(_case: Case, deviation: Deviation) -> Problem:
    """There is no element that the contract does not know.

    Bad::   <EndSynchronization ...><PartitionId>1</PartitionId><Comment>done</Comment></EndSynchronization>
    Good::  <EndSynchronization ...><PartitionId>1</PartitionId></EndSynchronization>
    """
    field = deviation.field
    known = ", ".join(child.name for child in field.fields)
    message = f"<{_local(deviation)}> is not expected in <{field.name}>"
    cause = (
        "Positional parameters: the client works without the WSDL."
        if _POSITIONAL.fullmatch(_local(deviation))
        else "Remove it."
    )
    return Problem(message, f"{cause} Known are {known}.", at=deviation.element)


@deviation_rule("schema/element-order", "documented", "error", _XSD1 + "cvc-complex-type.2.4")
def element_order(_case: Case, deviation: Deviation) -> Problem:
    """The elements stand in the order of the contract. The fewest that would have to move are named.

    Bad::   <Password>p</Password><UserName>u</UserName>
    Good::  <UserName>u</UserName><Password>p</Password>
    """
    return problem_of(deviation, f"<{deviation.field.name}> is out of order", f"The order is {deviation.detail}.")


@deviation_rule("schema/element-name", "documented", "error", _XSD1 + "cvc-complex-type.2.4")
def element_name(_case: Case, deviation: Deviation) -> Problem:
    """An element's name is spelt as in the contract, upper and lower case included.

    Bad::   <SyncTime>2024-05-01T12:00:00Z</SyncTime>
    Good::  <syncTime>2024-05-01T12:00:00Z</syncTime>
    """
    name, wanted = _local(deviation), deviation.field.name
    cause = "differs in case from" if name.lower() == wanted.lower() else "is misspelt for"
    return problem_of(deviation, f"<{name}> {cause} <{wanted}>", f"Write <{wanted}>.")


@deviation_rule(
    "schema/element-namespace", "documented", "error", _XSD1 + "cvc-complex-type.2.4; Namespaces in XML 1.0"
)
def element_namespace(_case: Case, deviation: Deviation) -> Problem:
    """Every element below the payload is in the service's namespace.

    A prefix on the operation alone leaves its parameters in no namespace, which is what several PHP and rpc clients do.

    Bad::   <o:SetTimeOfLastSync xmlns:o="http://ongoingsystems.se/WSI"><UserName>u</UserName>
    Good::  <o:SetTimeOfLastSync xmlns:o="http://ongoingsystems.se/WSI"><o:UserName>u</o:UserName>
    """
    field, namespace = deviation.field, deviation.detail
    where = f"in the namespace {namespace}" if namespace else "in no namespace"
    message = f"<{field.name}> is {where}, not in {field.namespace or 'no namespace'}"
    return problem_of(deviation, message, "Put the prefix on it too, or use a default namespace.")


@deviation_rule("schema/element-in-value", "documented", "error", _XSD1 + "cvc-type.3.1.2")
def element_in_value(_case: Case, deviation: Deviation) -> Problem:
    """A value has no elements in it.

    Bad::   <IntegrationType><b>orders</b></IntegrationType>
    Good::  <IntegrationType>orders</IntegrationType>
    """
    message = f"an element stands inside the value of <{deviation.field.name}>"
    return problem_of(deviation, message, "Send text alone, with < written as &lt;.")


@deviation_rule("schema/empty-content", "documented", "error", _XSD1 + "cvc-complex-type.2.1")
def empty_content(_case: Case, deviation: Deviation) -> Problem:
    """An element that the contract declares empty has nothing in it, no blank either.

    Bad::   <SetTimeOfLastSyncResponse xmlns="http://ongoingsystems.se/WSI"> </SetTimeOfLastSyncResponse>
    Good::  <SetTimeOfLastSyncResponse xmlns="http://ongoingsystems.se/WSI" />
    """
    return Problem(
        f"<{deviation.field.name}> is not empty", "Leave it empty; even a line end counts.", at=deviation.element
    )


@deviation_rule("schema/stray-text", "documented", "error", _XSD1 + "cvc-complex-type.2.3")
def stray_text(_case: Case, deviation: Deviation) -> Problem:
    """Text stands in values only, not between elements.

    Bad::   <soap:Body>; <EndSynchronization ...>
    Good::  <soap:Body><EndSynchronization ...>
    """
    return Problem(f"text stands between the elements of <{_local(deviation)}>", "Remove it.", at=deviation.element)


@deviation_rule("schema/stray-attribute", "documented", "error", _XSD1 + "cvc-complex-type.3, cvc-type.3.1.1")
def stray_attribute(_case: Case, deviation: Deviation) -> Problem:
    """There is no attribute that the contract does not know.

    Bad::   <PartitionId href="#id0"/>
    Good::  <PartitionId>1</PartitionId>
    """
    name = local_name(deviation.detail)
    return Problem(
        f"<{_local(deviation)}> has the attribute {name}, which the contract does not know",
        "Remove it.",
        at=deviation.element,
    )


@deviation_rule("schema/nil", "documented", "error", _XSD1 + "cvc-elt.3")
def nil(_case: Case, deviation: Deviation) -> Problem:
    """xsi:nil stands only on an element that the contract calls nillable, which then is empty.

    Bad::   <syncTime xsi:nil="true"/>
    Good::  <GetTimeOfLastSyncResult xsi:nil="true"/>
    """
    name = deviation.field.name
    if deviation.field.nillable:
        message = f"<{name}> is nil and not empty, or its xsi:nil is no boolean"
        return problem_of(deviation, message, 'Send it empty, with xsi:nil="true".')
    return problem_of(deviation, f"<{name}> has xsi:nil and must have a value", "Send a value, and no xsi:nil.")


@deviation_rule("schema/xsi-type", "documented", "error", _XSD1 + "cvc-elt.4")
def xsi_type(_case: Case, deviation: Deviation) -> Problem:
    """xsi:type names the documented type, or one that XSD derives from it; most clients need not send it.

    The bare schemas refuse it even then, because their types carry a pattern; the tool takes it, as the providers do.

    Bad::   <syncTime xsi:type="xsd:string">2024-05-01T12:00:00Z</syncTime>
    Good::  <syncTime xsi:type="xsd:dateTime">2024-05-01T12:00:00Z</syncTime>
    """
    field = deviation.field
    wanted = f"xsd:{field.type.base}" if field.type else "no other type than its own"
    return problem_of(deviation, f"xsi:type on <{field.name}> does not name {wanted}", "Leave xsi:type out.")


@rule("schema/invalid", "documented", "error", _XSD1 + "cvc-elt", stage="last")
def invalid(case: Case) -> Iterator[Problem]:
    """libxml2 refused the message by the contract's XSD for a reason that no other rule has named.

    Bad::   a value that breaks a pattern of one's own contract
    Good::  a value that fits it
    """
    if case.refused_by is not None and not case.explained:
        refusal = case.refused_by.last_refusal()
        message = f"the schema refuses the message ({refusal.reason.removeprefix('SCHEMAV_')})"
        elements: Iterable[Element] = case.envelope.root.iter("*") if case.envelope is not None else ()
        at = next((element for element in elements if element.sourceline == refusal.line), case.payload)  # type: ignore[comparison-overlap] # the stubs' slip
        yield Problem(message, "Run xmllint with the service's schema for its own words.", at=at)


def _local(deviation: Deviation) -> str:
    return local_name(str(deviation.element.tag))
