"""`soap/`: the envelope by SOAP 1.1 and WS-I Basic Profile 1.1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contracts.envelope import is_mandatory
from contracts.names import (
    ACTOR,
    BLANKS,
    ENCODING_STYLE,
    MUST_UNDERSTAND,
    NEXT_ACTOR,
    SOAP11,
    SOAP12,
    local_name,
    split,
)

from .registry import Problem, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.xml import Element

    from .case import Case


@rule("soap/not-an-envelope", "wire", "error", "SOAP 1.1 section 4; WS-I BP 1.1 R9980, R1015", stage="text")
def not_an_envelope(case: Case) -> Iterator[Problem]:
    """The root element is a SOAP Envelope.

    Bad::   <EndSynchronization xmlns="urn:soap.convio.com">...   on its own
    Good::  <soap:Envelope ...><soap:Body><EndSynchronization ...>
    """
    root = case.document.root
    if root is not None and case.envelope is None:
        name = local_name(str(root.tag))
        hint = " (XML names are case-sensitive)" if name.lower() == "envelope" else ""
        yield Problem(
            f"the root element is <{name[:60]}>, not a SOAP Envelope{hint}",
            "Wrap the payload in soap:Envelope and soap:Body.",
            at=root,
        )


@rule("soap/version", "wire", "error", "SOAP 1.1 section 4.1.2", stage="irregular")
def version(case: Case) -> Iterator[Problem]:
    """The Envelope is in the namespace of SOAP 1.1. The payload of any other one is judged all the same.

    Clients that are generated from a WSDL with two ports often take the SOAP 1.2 one by themselves.

    Bad::   <e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope">
    Good::  <e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/">
    """
    if case.envelope is not None and case.envelope.namespace != SOAP11:
        namespace = case.envelope.namespace
        what = "is SOAP 1.2's" if namespace == SOAP12 else f"has the unknown namespace {(namespace or 'none')[:100]}"
        yield Problem(
            f"the Envelope {what}; the contract is SOAP 1.1", f"Use the namespace {SOAP11}.", at=case.envelope.root
        )


@rule("soap/header-position", "wire", "error", "SOAP 1.1 section 4", stage="irregular")
def header_position(case: Case) -> Iterator[Problem]:
    """There is at most one Header, and it stands before the Body.

    Bad::   <soap:Body>...</soap:Body><soap:Header>...</soap:Header>
    Good::  <soap:Header>...</soap:Header><soap:Body>...</soap:Body>
    """
    if case.envelope is None:
        return
    for number, header in enumerate(case.envelope.headers):
        if header in case.envelope.late:
            yield Problem("the Header stands after the Body", "Put the Header first.", at=header)
        elif number:
            yield Problem("there is a second Header", "Put all header blocks into one Header.", at=header)


@rule("soap/body-missing", "wire", "error", "SOAP 1.1 section 4.3", stage="irregular")
def body_missing(case: Case) -> Iterator[Problem]:
    """The Envelope has a Body.

    Bad::   <soap:Envelope ...><soap:Header/></soap:Envelope>
    Good::  <soap:Envelope ...><soap:Body>...</soap:Body></soap:Envelope>
    """
    if case.envelope is not None and not case.envelope.bodies and not any(map(_meant_as_body, case.envelope.others)):
        yield Problem("the Envelope has no Body", "Put the payload into soap:Body.", at=case.envelope.root)


@rule("soap/body-empty", "wire", "error", "the service's documented requests and responses", stage="irregular")
def body_empty(case: Case) -> Iterator[Problem]:
    """The Body has a payload.

    Bad::   <soap:Body/>
    Good::  <soap:Body><EndSynchronization xmlns="urn:soap.convio.com">...
    """
    if case.envelope is not None and case.envelope.bodies and not case.envelope.payloads:
        yield Problem("the Body is empty", "Put the operation's element into it.", at=case.envelope.bodies[0])


@rule("soap/multiple-payloads", "wire", "error", "WS-I BP 1.1 R9981", stage="irregular")
def multiple_payloads(case: Case) -> Iterator[Problem]:
    """The Body has one child: document/literal messages have a single part. The first one is judged.

    The rpc/encoded style of old toolkits puts multi-reference values beside the operation.

    Bad::   <soap:Body><SetTimeOfLastSync .../><multiRef id="id0">...</multiRef></soap:Body>
    Good::  <soap:Body><SetTimeOfLastSync .../></soap:Body>
    """
    if case.envelope is not None and len(case.envelope.payloads) > 1:
        count = len(case.envelope.payloads)
        yield Problem(
            f"the Body has {count} payloads, and one is allowed",
            "Send one operation a message, with its values in place.",
            at=case.envelope.payloads[1],
        )


@rule("soap/after-body", "wire", "error", "WS-I BP 1.1 R1011", stage="irregular")
def after_body(case: Case) -> Iterator[Problem]:
    """Nothing stands after the Body. SOAP 1.1 would allow it, WS-I and the schemas do not.

    Bad::   </soap:Body><trace xmlns="urn:x">1</trace></soap:Envelope>
    Good::  </soap:Body></soap:Envelope>
    """
    if case.envelope is None or not case.envelope.bodies:
        return
    headers = set(case.envelope.headers)
    for element in case.envelope.bodies[0].itersiblings(tag="*"):
        if element not in headers:
            message = f"<{local_name(str(element.tag))}> stands after the Body"
            yield Problem(message, "Move it into the Header, or remove it.", at=element)


@rule("soap/envelope-child", "wire", "error", "SOAP 1.1 section 4", stage="irregular")
def envelope_child(case: Case) -> Iterator[Problem]:
    """The Envelope's children are Header and Body, in its own namespace and in this spelling.

    Bad::   <soap:Envelope ...><soap:body>...
    Good::  <soap:Envelope ...><soap:Body>...
    """
    if case.envelope is None:
        return
    for child in case.envelope.others:
        if child not in case.envelope.late:
            meant = {"body": "Body", "header": "Header"}.get(local_name(str(child.tag)).lower())
            hint = f"; soap:{meant} is meant" if meant else ""
            yield Problem(
                f"<{local_name(str(child.tag))}> is no child of a SOAP Envelope{hint}",
                "Use soap:Header and soap:Body.",
                at=child,
            )


@rule("soap/unqualified-header", "wire", "error", "SOAP 1.1 section 4.2", stage="refused")
def unqualified_header(case: Case) -> Iterator[Problem]:
    """Every header block is in a namespace.

    Bad::   <soap:Header><trace>1</trace></soap:Header>
    Good::  <soap:Header><trace xmlns="urn:x">1</trace></soap:Header>
    """
    claimed = {*case.namesakes, case.near_block}
    for block in case.envelope.blocks if case.envelope else ():
        namespace, name = split(str(block.tag))
        if namespace is None and block not in claimed:
            message = f"the header block <{name}> is in no namespace"
            yield Problem(message, "Give it the namespace of its definition.", at=block)


@rule("soap/must-understand", "wire", "error", "SOAP 1.1 section 4.2.3; WS-I BP 1.1 R1013", stage="blocks")
def must_understand(case: Case) -> Iterator[Problem]:
    """mustUnderstand is 0 or 1; true and false are SOAP 1.2's.

    Bad::   soap:mustUnderstand="true"
    Good::  soap:mustUnderstand="1"
    """
    for block in case.envelope.blocks if case.envelope else ():
        value = block.get(MUST_UNDERSTAND)
        if value is not None and value.strip(BLANKS) not in ("0", "1"):
            yield Problem("mustUnderstand is neither 0 nor 1", 'Write mustUnderstand="1" or leave it out.', at=block)


@rule("soap/mandatory-header", "wire", "error", "SOAP 1.1 section 4.2.3; WS-I BP 1.1 R1027", stage="blocks")
def mandatory_header(case: Case) -> Iterator[Problem]:
    """No header block that the service does not know says mustUnderstand="1" to it.

    Bad::   <w:Security soap:mustUnderstand="1">   at a service that knows no such header
    Good::  <w:Security>                           or the block left out
    """
    for block in _unknown_blocks(case):
        if is_mandatory(block) and (block.get(ACTOR) or NEXT_ACTOR) == NEXT_ACTOR:
            message = (
                f"the header block <{local_name(str(block.tag))}> must be understood, and the service does not know it"
            )
            yield Problem(message, "Leave it out, or leave out mustUnderstand.", at=block)


@rule("soap/unknown-header", "wire", "info", "SOAP 1.1 section 4.2; WS-I BP 1.1 R2739", stage="blocks")
def unknown_header(case: Case) -> Iterator[Problem]:
    """A header block that the contract does not mention; the provider should ignore it.

    Bad::   <soap:Header><trace xmlns="urn:x">1</trace></soap:Header>
    Good::  <soap:Header><Session xmlns="urn:soap.convio.com">...
    """
    for block in _unknown_blocks(case):
        if not is_mandatory(block):
            yield Problem(
                f"the contract does not know the header block <{local_name(str(block.tag))}>",
                "Leave it out if nobody reads it.",
                at=block,
            )


@rule("soap/encoding-style", "wire", "warning", "SOAP 1.1 section 4.1.1; WS-I BP 1.1 R1005, R1006", stage="style")
def encoding_style(case: Case) -> Iterator[Problem]:
    """There is no encodingStyle attribute: the services are document/literal. SOAP 1.1 allows it, WS-I does not.

    Bad::   soap:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"
    Good::  (no encodingStyle)
    """
    if case.envelope is None or b"encodingStyle" not in case.document.encoded.data:
        return
    for element in case.envelope.root.iter("*"):
        if ENCODING_STYLE in element.attrib:
            yield Problem("there is an encodingStyle attribute", "Switch the client to document/literal.", at=element)
            return


def _meant_as_body(element: Element) -> bool:
    return local_name(str(element.tag)).lower() == "body"


def _unknown_blocks(case: Case) -> Iterator[Element]:
    if case.envelope is None or case.service is None:
        return
    known = {declared.tag for declared in case.service.headers}
    claimed = {*case.namesakes, case.near_block}
    for block in case.envelope.blocks:
        if split(str(block.tag))[0] is not None and block.tag not in known and block not in claimed:
            yield block
