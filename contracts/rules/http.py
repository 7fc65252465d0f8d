"""`http/`: the HTTP message around the envelope. Judged only where that is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from contracts.xml import same_encoding

from .registry import Problem, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .case import Case

_SINGLE: Final = ("Content-Type", "SOAPAction", "Content-Length", "Content-Encoding", "Host", "Authorization")


@rule("http/method", "wire", "error", "SOAP 1.1 section 6; WS-I BP 1.1 R1132", stage="http")
def method(case: Case) -> Iterator[Problem]:
    """A SOAP request is sent with POST.

    Any other method either never reaches the operation or, through a proxy that turns POST into GET on a redirect,
    loses the body.

    Bad::   GET /xxx/Service.asmx HTTP/1.1
    Good::  POST /xxx/Service.asmx HTTP/1.1
    """
    used = case.message.method
    if case.direction == "request" and used is not None and used != "POST":
        yield Problem(f"the request is sent with {case.clean(used)}, not with POST", "Send it with POST.")


@rule("http/content-type", "wire", "error", "SOAP 1.1 section 6; WS-I SSBP 1.0 R9702, R9703", stage="http")
def content_type(case: Case) -> Iterator[Problem]:
    """The Content-Type is there, and its media type is text/xml.

    application/xml is another type, application/soap+xml is SOAP 1.2's, and application/x-www-form-urlencoded is what
    HTTP libraries send when nobody has set one.

    Bad::   Content-Type: application/soap+xml; charset=utf-8
    Good::  Content-Type: text/xml; charset=utf-8
    """
    if case.is_error_page:
        return
    if case.media_type is None:
        yield Problem("there is no Content-Type", "Send Content-Type: text/xml; charset=utf-8.")
    elif case.media_type != "text/xml":
        message = f"the Content-Type is {case.clean(case.media_type)!r}, not text/xml"
        yield Problem(message, "Send Content-Type: text/xml; charset=utf-8.", header="Content-Type")


@rule(
    "http/charset-missing",
    "wire",
    "warning",
    "RFC 2376 section 3.1 (text/xml without charset is us-ascii)",
    stage="http",
)
def charset_missing(case: Case) -> Iterator[Problem]:
    """A body with non-ASCII characters names its charset in Content-Type.

    Without the parameter text/xml means US-ASCII to the letter of its RFC, and there are stacks that take it so and
    turn every other character into a question mark.

    Bad::   Content-Type: text/xml              (and a value such as Malmö in UTF-8)
    Good::  Content-Type: text/xml; charset=utf-8
    """
    body = case.message.body
    encoded = case.document.encoded
    ascii_ = body.isascii() and encoded.encoding in ("utf-8", "ascii", "unknown")
    if case.media_type != "text/xml" or case.charset is not None or ascii_:
        return
    if not body.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        message = "the body has non-ASCII characters, and Content-Type names no charset"
        yield Problem(message, "Send Content-Type: text/xml; charset=utf-8.", header="Content-Type")


@rule("http/charset-conflict", "wire", "warning", "WS-I BP 1.1 R1019", stage="http")
def charset_conflict(case: Case) -> Iterator[Problem]:
    """The charset of Content-Type and the encoding of the XML declaration say the same.

    A receiver follows the charset. But whoever stores the body without its headers, or reads the declaration first,
    gets another text. .NET's StringWriter declares utf-16 whatever the bytes are.

    Bad::   Content-Type: text/xml; charset=utf-8     with  <?xml version="1.0" encoding="utf-16"?>
    Good::  Content-Type: text/xml; charset=utf-8     with  <?xml version="1.0" encoding="utf-8"?>
    """
    encoded = case.document.encoded
    if (
        case.charset
        and encoded.declared
        and not encoded.conflict
        and not encoded.unknown
        and not same_encoding(case.charset, encoded.declared)
    ):
        message = f"Content-Type says charset={case.clean(case.charset)}, the XML declaration says {case.clean(encoded.declared)}"
        yield Problem(message, "Declare the encoding that the bytes are in.", at=0)


@rule("http/soapaction-missing", "wire", "error", "SOAP 1.1 section 6.1.1", stage="http")
def soapaction_missing(case: Case) -> Iterator[Problem]:
    """A SOAP 1.1 request carries the SOAPAction header field.

    Bad::   (no SOAPAction)
    Good::  SOAPAction: "http://ongoingsystems.se/WSI/SetTimeOfLastSync"
    """
    if case.direction == "request" and not case.message.header_values("SOAPAction"):
        action = case.operation.soap_action or "" if case.operation is not None else None
        help_ = "Send the SOAPAction of the operation." if action is None else f'Send SOAPAction: "{action}".'
        yield Problem("there is no SOAPAction header", help_)


@rule("http/soapaction-mismatch", "documented", "error", "SOAP 1.1 section 6.1.1; WS-I BP 1.1 R2744", stage="http")
def soapaction_mismatch(case: Case) -> Iterator[Problem]:
    """SOAPAction has the value that the operation's page documents.

    Several stacks make up a value of their own when no WSDL tells them: the namespace and the operation joined by #.

    Bad::   SOAPAction: "http://ongoingsystems.se/WSI#SetTimeOfLastSync"
    Good::  SOAPAction: "http://ongoingsystems.se/WSI/SetTimeOfLastSync"
    """
    expected = case.operation and case.known_payload and case.operation.soap_action
    if case.direction != "request" or not expected:
        return
    for value in case.message.header_values("SOAPAction")[:1]:
        if _unquoted(value) != expected:
            yield Problem(
                f"SOAPAction is {case.clean(value) or 'empty'}, not {expected}",
                f'Send SOAPAction: "{expected}".',
                header="SOAPAction",
            )


@rule("http/soapaction-unquoted", "wire", "warning", "WS-I BP 1.1 R1109", stage="http")
def soapaction_unquoted(case: Case) -> Iterator[Problem]:
    """The value of SOAPAction stands in double quotes.

    Bad::   SOAPAction: http://ongoingsystems.se/WSI/SetTimeOfLastSync
    Good::  SOAPAction: "http://ongoingsystems.se/WSI/SetTimeOfLastSync"
    """
    if case.direction != "request":
        return
    for value in case.message.header_values("SOAPAction")[:1]:
        if value and _unquoted(value) == value:
            yield Problem(
                "the value of SOAPAction is not in double quotes",
                f'Send SOAPAction: "{case.clean(value)}".',
                header="SOAPAction",
            )


@rule("http/repeated-header", "wire", "error", "RFC 9110 section 5.3", stage="http")
def repeated_header(case: Case) -> Iterator[Problem]:
    """A header field of a single value does not stand there twice with two values.

    It happens where a library sets a default and the caller adds another: one proxy takes the first, one the last.

    Bad::   Content-Type: application/x-www-form-urlencoded   and  Content-Type: text/xml
    Good::  Content-Type: text/xml; charset=utf-8             once
    """
    for name in _SINGLE:
        if len(set(case.message.header_values(name))) > 1:
            yield Problem(
                f"the header {name} stands there more than once, with different values", "Send it once.", header=name
            )


@rule("http/fault-status", "wire", "error", "SOAP 1.1 section 6.2; WS-I BP 1.1 R1126", stage="http")
def fault_status(case: Case) -> Iterator[Problem]:
    """A fault is answered with HTTP status 500, or with another one that the service's contract lists.

    Bad::   HTTP/1.1 200 OK                      with a soap:Fault in the Body
    Good::  HTTP/1.1 500 Internal Server Error   with a soap:Fault in the Body
    """
    status = case.message.status
    if case.direction != "response" or status is None or case.envelope is None or not case.envelope.is_fault:
        return
    allowed = case.service.fault_statuses if case.service else (500,)
    if status not in allowed:
        wanted = " or ".join(map(str, allowed))
        yield Problem(
            f"a fault is answered with HTTP status {status}, not {wanted}",
            "Let the client look for a fault whatever the status.",
        )


@rule("http/success-status", "wire", "error", "SOAP 1.1 section 6.2", stage="http")
def success_status(case: Case) -> Iterator[Problem]:
    """A response that is no fault has a 2xx status.

    Bad::   HTTP/1.1 500 Internal Server Error   with SetTimeOfLastSyncResponse in the Body
    Good::  HTTP/1.1 200 OK                      with SetTimeOfLastSyncResponse in the Body
    """
    status = case.message.status
    if case.direction != "response" or status is None or case.envelope is None or case.envelope.is_fault:
        return
    if not 200 <= status < 300:
        yield Problem(
            f"the response is no fault, and its HTTP status is {status}", "Take the status and the Body together."
        )


@rule("http/empty-body", "wire", "error", "SOAP 1.1 section 6", stage="http")
def empty_body(case: Case) -> Iterator[Problem]:
    """A request, and a response with a 2xx status, has a body.

    Bad::   POST ... Content-Length: 0
    Good::  POST ... with an envelope
    """
    if case.is_blank and (case.direction != "request" or case.message.method in (None, "POST")):
        yield Problem("the HTTP body is empty", "Send an envelope; a redirect or a retry may have lost it.")


@rule("http/error-without-fault", "wire", "info", "SOAP 1.1 section 6.2", stage="http")
def error_without_fault(case: Case) -> Iterator[Problem]:
    """An answer with an error status and no envelope: a proxy's page, or a stack that gives up before SOAP.

    Clients that look for a faultstring find none there and should report the status.

    Bad::   HTTP/1.1 400 Bad Request             with an empty body
    Good::  HTTP/1.1 500 Internal Server Error   with a soap:Fault in the Body
    """
    if case.is_error_page:
        yield Problem(
            f"HTTP status {case.message.status} comes without an envelope",
            "Let the client report the status and not look for a fault.",
        )


@rule("http/content-encoding", "provider", "warning", "RFC 9110 section 8.4", stage="http")
def content_encoding(case: Case) -> Iterator[Problem]:
    """A request is not compressed: neither provider says that it undoes a Content-Encoding.

    Bad::   Content-Encoding: gzip     on a request
    Good::  (no Content-Encoding)
    """
    if case.direction == "request":
        for value in case.message.header_values("Content-Encoding")[:1]:
            if value.lower() not in ("", "identity"):
                yield Problem(
                    f"the request is sent with Content-Encoding: {case.clean(value)}",
                    "Send it uncompressed.",
                    header="Content-Encoding",
                )


@rule("http/content-length", "wire", "warning", "RFC 9110 section 8.6", stage="http")
def content_length(case: Case) -> Iterator[Problem]:
    """Content-Length is the number of bytes in the body.

    A length counted in characters cuts the end off as soon as a value has an umlaut. In a message saved by hand it may
    be the editor's doing, hence a warning.

    Bad::   Content-Length: 612     before 613 bytes
    Good::  Content-Length: 613     before 613 bytes
    """
    message = case.message
    if (
        message.header_values("Transfer-Encoding")
        or message.header_values("Content-Encoding")
        or case.document.too_large
    ):
        return
    for value in message.header_values("Content-Length")[:1]:
        if not (value.isascii() and value.isdigit()):
            yield Problem(
                "Content-Length is not a number", "Send the number of bytes in the body.", header="Content-Length"
            )
        elif (value.lstrip("0") or "0") != str(len(message.body)):
            text = f"Content-Length is {case.clean(value)}, the body has {len(message.body)} bytes"
            yield Problem(text, "Count bytes, not characters.", header="Content-Length")


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value
