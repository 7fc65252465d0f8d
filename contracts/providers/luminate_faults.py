"""Luminate Online's faults on the wire, in the two forms that are known of them.

Its error page prints children in the namespace of SOAP and a bare code (`printed`). Its vendor's own client reads
unqualified children, as SOAP 1.1 has them, and a code with the prefix ``fns`` (`soap11`), of a namespace never seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lxml import etree

from contracts import samples
from contracts.names import FAULT, SOAP11, qname

if TYPE_CHECKING:
    from contracts.model import Fault, Service

FORMS: Final = ("soap11", "printed")
#: Made up by analogy with the provider's other namespaces: which one is behind ``fns`` was never seen (inferred).
_FNS: Final = "urn:fault.soap.convio.com"
#: Its detail has the place of the mistake, as the error page prints it.
_PLACED: Final = "MalformedMessageFault"


def fault_body(fault: Fault, service: Service, text: str, place: tuple[int, int], form: str) -> bytes:
    """The envelope of ``fault``; ``form`` is one of `FORMS`, ``place`` a line and a column, which one fault has."""
    detail = qname(service.namespace, fault.name)
    root = etree.fromstring(samples.fault(fault.code, text, of=("fns", _FNS), detail=detail))
    if fault.name == _PLACED:
        named = next(root.iter(detail))
        for name, number in zip(("line", "column"), place, strict=True):
            etree.SubElement(named, qname(service.namespace, name)).text = str(number)
    if form == "printed":
        for child in next(root.iter(FAULT)):
            child.text = fault.code if child.tag == "faultcode" else child.text
            child.tag = qname(SOAP11, str(child.tag))
        etree.cleanup_namespaces(root)
    etree.indent(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)
