"""ASMX's responses, byte by byte: UTF-8 without a byte order mark, not indented, empty elements with a blank.

The facts are those of SoapServerProtocol.WriteReturns, Soap11ServerProtocolHelper.WriteFault,
Soap12ServerProtocolHelper.WriteFault and ServerProtocol.GenerateFaultString in Microsoft's reference source; Server's
and Client's form, and the whole of a success, were seen on the wire.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from contracts.answers import Answer
from contracts.names import SOAP11, SOAP12, XSD, XSI

from .dotnet import write_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contracts.model import Field

    from .dotnet import Server, Value
    from .exceptions import NetError

_TYPES: Final = {SOAP11: "text/xml; charset=utf-8", SOAP12: "application/soap+xml; charset=utf-8"}
_CODES: Final = {"Client": "Sender", "Server": "Receiver"}
_SOAP_EXCEPTION: Final = "System.Web.Services.Protocols.SoapException"
_END_OF_INNER: Final = "\r\n   --- End of inner exception stack trace ---"
_SPECIAL: Final = re.compile("[&<>\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
#: What a VersionMismatch says of the versions that are on (SOAP 1.2 part 1, section 5.4.7).
_UPGRADE: Final = (
    f'<soap:Header><soap12:Upgrade xmlns:soap12="{SOAP12}">'
    f'<soap12:SupportedEnvelope qname="soap:Envelope" xmlns:soap="{SOAP11}" />'
    f'<soap12:SupportedEnvelope qname="soap12:Envelope" xmlns:soap12="{SOAP12}" />'
    "</soap12:Upgrade></soap:Header>"
)


class FaultText(NamedTuple):
    """A SoapException: its ``code`` (a local name of SOAP 1.1), its message, the exceptions in it and where it arose.

    ``frames`` is its stack trace, in the development form only; ``of_header`` means that there is no detail.
    """

    code: str
    message: str
    inner: tuple[NetError, ...] = ()
    frames: tuple[str, ...] = ()
    of_header: bool = False

    def said(self, *, development: bool) -> str:
        """The faultstring: messages one in another, or with type names and a stack trace."""
        if not development:
            return " ---> ".join([self.message, *[error.message or "SoapException" for error in self.inner]])
        kind = _SOAP_EXCEPTION.replace("SoapEx", "SoapHeaderEx") if self.of_header else _SOAP_EXCEPTION
        heads = [f"{kind}: {self.message}", *[f"{error.kind}: {error.message}" for error in self.inner]]
        return " ---> ".join(heads) + _END_OF_INNER * len(self.inner) + "".join(f"\r\n   at {at}" for at in self.frames)


def success(namespace: str, wrapper: Field, values: Mapping[str, Value], server: Server) -> Answer:
    """200 with ``wrapper``, the response's element, in an envelope of the SOAP version whose ``namespace`` this is."""
    body = _element(wrapper, dict(values), None, server)
    headers = (("Cache-Control", "private, max-age=0"), ("Content-Type", _TYPES[namespace]))
    return Answer(200, headers, _envelope(namespace, body))


def fault(namespace: str, text: FaultText, *, development: bool) -> Answer:
    """500 with a fault. That of a version mismatch says which versions there are."""
    said = escaped(text.said(development=development))
    fault = _fault11(text, said) if namespace == SOAP11 else _fault12(text, said)
    header = _UPGRADE if text.code == "VersionMismatch" else ""
    return Answer(500, _failed(namespace), _envelope(namespace, f"<soap:Fault>{fault}</soap:Fault>", header))


def empty(namespace: str, status: int) -> Answer:
    """A status other than 500 goes without a fault: WriteFault returns."""
    return Answer(status, _failed(namespace), b"")


def escaped(text: str) -> str:
    """A text as XmlTextWriter writes it: line ends stay, and what XML forbids becomes a reference, forbidden or not."""
    return _SPECIAL.sub(lambda found: _ENTITIES.get(found[0]) or f"&#x{ord(found[0]):X};", text)


def _failed(namespace: str) -> tuple[tuple[str, str], ...]:
    return (("Cache-Control", "private"), ("Content-Type", _TYPES[namespace]))


def _envelope(namespace: str, body: str, header: str = "") -> bytes:
    text = (
        f'<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="{namespace}" xmlns:xsi="{XSI}" '
        f'xmlns:xsd="{XSD}">{header}<soap:Body>{body}</soap:Body></soap:Envelope>'
    )
    return text.encode()


def _fault11(text: FaultText, said: str) -> str:
    detail = "" if text.of_header else "<detail />"
    return f"<faultcode>soap:{text.code}</faultcode><faultstring>{said}</faultstring>{detail}"


def _fault12(text: FaultText, said: str) -> str:
    code = _CODES.get(text.code, text.code)
    detail = "" if text.of_header else "<soap:Detail />"
    return (
        f"<soap:Code><soap:Value>soap:{code}</soap:Value></soap:Code>"
        f'<soap:Reason><soap:Text xml:lang="en">{said}</soap:Text></soap:Reason>{detail}'
    )


def _element(field: Field, value: Value, around: str | None, server: Server) -> str:
    namespace = "" if field.namespace == around else f' xmlns="{escaped(field.namespace or "")}"'
    if value is None:
        return f'<{field.name}{namespace} xsi:nil="true" />'
    if isinstance(value, dict):
        inner = "".join(_children(field, value, server))
    else:
        assert not isinstance(value, list)  # noqa: S101 - for the type checker: `_children` takes lists apart
        inner = escaped(write_value(value, server))
    return f"<{field.name}{namespace}>{inner}</{field.name}>" if inner else f"<{field.name}{namespace} />"


def _children(field: Field, values: dict[str, Value], server: Server) -> list[str]:
    """The declared children in order; null is left out, or said where the declaration has it nillable."""
    found: list[str] = []
    for child in field.fields:
        value = values.get(child.name)
        several = value if isinstance(value, list) else [value]
        found += [_element(child, one, field.namespace, server) for one in several if one is not None or child.nillable]
    return found
