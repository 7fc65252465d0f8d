"""Luminate Online's faults on the wire, in the two forms that are known of them.

Its error page prints children in the namespace of SOAP and a bare code (`printed`). Its vendor's own client reads
unqualified children, as SOAP 1.1 has them, and a code with the prefix ``fns`` (`soap11`), of a namespace never seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lxml import etree

from contracts import samples
from contracts.names import FAULT, SOAP11

if TYPE_CHECKING:
    from contracts.model import Fault, Service

FORMS: Final = ("soap11", "printed")
_FNS: Final = "urn:fault.soap.convio.com"
_PLACED: Final = "MalformedMessageFault"


def fault_body(fault: Fault, service: Service, text: str, place: tuple[int, int], form: str) -> bytes:
    """The envelope of ``fault``; ``form`` is one of `FORMS`, ``place`` a line and a column, which one fault has."""
    root = etree.fromstring(samples.fault("Server", text))
    code, _, detail = node = next(root.iter(FAULT))
    code.text = fault.code
    named = etree.SubElement(detail, f"{{{service.namespace}}}{fault.name}", nsmap={None: service.namespace})  # type: ignore[dict-item] # the stubs know no default namespace
    if fault.name == _PLACED:
        for name, number in zip(("line", "column"), place, strict=True):
            etree.SubElement(named, f"{{{service.namespace}}}{name}").text = str(number)
    if form == FORMS[0]:
        qualified = etree.Element("faultcode", nsmap={"fns": _FNS})
        qualified.text = f"fns:{fault.code}"
        node.replace(code, qualified)
    else:
        for child in node:
            child.tag = f"{{{SOAP11}}}{child.tag}"
    etree.indent(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)
