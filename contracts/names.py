"""The namespaces and qualified names of SOAP, XSD and WSDL, in lxml's ``{namespace}local`` form."""

from typing import Final

SOAP11: Final = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12: Final = "http://www.w3.org/2003/05/soap-envelope"
XSD: Final = "http://www.w3.org/2001/XMLSchema"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
WSDL: Final = "http://schemas.xmlsoap.org/wsdl/"
WSDL_SOAP11: Final = "http://schemas.xmlsoap.org/wsdl/soap/"
WSDL_SOAP12: Final = "http://schemas.xmlsoap.org/wsdl/soap12/"
SOAP_OVER_HTTP: Final = "http://schemas.xmlsoap.org/soap/http"
#: The Content-Type of a SOAP 1.1 message or a WSDL in UTF-8 (SOAP 1.1 section 6).
TEXT_XML: Final = "text/xml; charset=utf-8"
#: XML's white space (XML 1.0 section 2.3). str.strip() alone would take U+00A0 and others too.
BLANKS: Final = " \t\r\n"
NEXT_ACTOR: Final = "http://schemas.xmlsoap.org/soap/actor/next"

ENVELOPE: Final = f"{{{SOAP11}}}Envelope"
HEADER: Final = f"{{{SOAP11}}}Header"
BODY: Final = f"{{{SOAP11}}}Body"
FAULT: Final = f"{{{SOAP11}}}Fault"
MUST_UNDERSTAND: Final = f"{{{SOAP11}}}mustUnderstand"
ACTOR: Final = f"{{{SOAP11}}}actor"
ENCODING_STYLE: Final = f"{{{SOAP11}}}encodingStyle"
XSI_TYPE: Final = f"{{{XSI}}}type"
XSI_NIL: Final = f"{{{XSI}}}nil"


def qname(namespace: str | None, local: str) -> str:
    """``{namespace}local``, or ``local`` alone for no namespace."""
    return f"{{{namespace}}}{local}" if namespace else local


def split(name: str) -> tuple[str | None, str]:
    """The namespace (None for none) and the local part of ``{namespace}local``."""
    if name[:1] != "{":
        return None, name
    namespace, _, local = name[1:].partition("}")
    return namespace, local


def local_name(name: str) -> str:
    """The local part of ``{namespace}local``."""
    return name.rpartition("}")[2]
