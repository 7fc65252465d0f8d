"""`http/`: the HTTP message around the envelope. Nothing where that is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .coding import Coding, declaring, with_header
from .registry import mutation, near_miss

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.messages import Headers, Message

    from .subject import Subject

_E_ACUTE: Final = "<!-- caf\u00e9 -->"
_TYPES: Final = {
    "application-xml": "application/xml; charset=utf-8",
    "SOAP-1-2": "application/soap+xml; charset=utf-8",
    "a-form": "application/x-www-form-urlencoded",
    "text-plain": "text/plain; charset=utf-8",
    "json": "application/json",
    "a-longer-type": "text/xmlx; charset=utf-8",
    "no-type": "charset=utf-8",
}
_PLAIN: Final = Coding()
_BARE: Final = Coding(declaration="", charset=None)


def _headers(subject: Subject, direction: str = "") -> Headers | None:
    """The header fields, where they are known and ``direction`` is the right one."""
    return subject.message.headers if direction in ("", subject.direction) else None


def _with(message: Message, name: str, *values: str) -> Message:
    """``message`` with these values of the header field ``name``."""
    return message._replace(headers=with_header(message.headers or (), name, *values))


@mutation("http/method")
def other_methods(subject: Subject) -> Iterator[tuple[str, Message]]:
    """Any other method, and POST in lower case."""
    if _headers(subject, "request") is not None:
        for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE", "post"):
            yield f"sends-it-with-{method}", subject.message._replace(method=method)


@near_miss("http/method")
def post(subject: Subject) -> Iterator[tuple[str, Message]]:
    """The right one, to whatever address."""
    if _headers(subject, "request") is not None:
        yield "sends-it-with-POST", subject.message._replace(method="POST", url="/")


@mutation("http/content-type")
def other_types(subject: Subject) -> Iterator[tuple[str, Message]]:
    """Other media types, and none."""
    if _headers(subject) is not None:
        message = subject.draft().message(coding=_PLAIN)
        for what, value in _TYPES.items():
            yield f"sends-{what}", _with(message, "Content-Type", value)
        yield "drops-the-Content-Type", _with(message, "Content-Type")


@near_miss("http/content-type")
def same_type(subject: Subject) -> Iterator[tuple[str, Message]]:
    """text/xml in other spellings."""
    if _headers(subject) is not None:
        message = subject.draft().message(coding=_PLAIN)
        for what, value in {
            "upper-case": "TEXT/XML; CHARSET=UTF-8", "quotes": 'text/xml;charset="utf-8"',
            "another-parameter": "text/xml; charset=utf-8; action=x",
        }.items():  # fmt: skip
            yield f"writes-it-with-{what}", _with(message, "Content-Type", value)


@mutation("http/charset-missing")
def no_charset(subject: Subject) -> Iterator[tuple[str, Message]]:
    """Bytes beyond ASCII and no charset."""
    if _headers(subject) is not None:
        for what, coding in (("a-declaration", _PLAIN), ("no-declaration", _BARE)):
            message = subject.written(subject.draft().text() + _E_ACUTE, coding)
            yield f"sends-an-accent-with-{what}", _with(message, "Content-Type", "text/xml")


@near_miss("http/charset-missing")
def no_charset_needed(subject: Subject) -> Iterator[tuple[str, Message]]:
    """ASCII alone without a charset, the accent as a reference, and with a byte order mark."""
    if _headers(subject) is not None:
        text = subject.draft().text()
        for what, coding, more in (
            ("a-reference-alone", _PLAIN._replace(encoding="ascii"), ""),
            ("a-byte-order-mark", _PLAIN._replace(mark=b"\xef\xbb\xbf"), _E_ACUTE),
            ("a-byte-order-mark-of-utf-16", Coding("utf-16-le", b"\xff\xfe", declaring("utf-16"), None), _E_ACUTE),
        ):
            yield f"sends-{what}", _with(subject.written(text + more, coding), "Content-Type", "text/xml")
        yield "names-the-charset", subject.written(text + _E_ACUTE, _PLAIN)


@mutation("http/charset-conflict")
def other_declarations(subject: Subject) -> Iterator[tuple[str, Message]]:
    """Bytes that the charset names rightly, and the XML declaration wrongly."""
    if _headers(subject) is not None:
        for name in ("utf-16", "ISO-8859-1", "windows-1252"):
            coding = _PLAIN._replace(declaration=declaring(name))
            yield f"declares-{name}", subject.draft().message(coding=coding)


@near_miss("http/charset-conflict")
def same_declarations(subject: Subject) -> Iterator[tuple[str, Message]]:
    """The same encoding in another case, and none declared."""
    if _headers(subject) is not None:
        for what, declaration in {"declares-UTF-8": declaring("UTF-8"), "declares-nothing": ""}.items():
            yield what, subject.draft().message(coding=_PLAIN._replace(declaration=declaration))


@mutation("http/soapaction-missing")
def no_action(subject: Subject) -> Iterator[tuple[str, Message]]:
    """No SOAPAction."""
    if _headers(subject, "request") is not None:
        yield "drops-the-SOAPAction", _with(subject.message, "SOAPAction")


@near_miss("http/soapaction-missing", "http/soapaction-mismatch", "http/soapaction-unquoted")
def same_action(subject: Subject) -> Iterator[tuple[str, Message]]:
    """The right one, in other letters of the field's name and with blanks around."""
    headers = _headers(subject, "request")
    if headers is not None and subject.operation is not None:
        value = f'"{subject.operation.soap_action or ""}"'
        rest = with_header(headers, "SOAPAction")
        for what, name, text in (("lower-case", "soapaction", value), ("blanks", "SOAPAction", f" {value}\t")):
            yield f"writes-it-with-{what}", subject.message._replace(headers=(*rest, (name, text)))


@mutation("http/soapaction-mismatch")
def other_actions(subject: Subject) -> Iterator[tuple[str, Message]]:
    """Values that stacks make up, the one of another operation, and none."""
    action = None if subject.operation is None else subject.operation.soap_action
    if _headers(subject, "request") is None or subject.operation is None or action is None or subject.service is None:
        return
    name, namespace = subject.operation.name, subject.service.namespace
    values = {
        "an-empty-value": '""', "no-value": "", "the-operation-alone": f'"{name}"', "a-hash": f'"{namespace}#{name}"',
        "another-case": f'"{action.swapcase()}"', "a-slash-more": f'"{action}/"', "a-blank-more": f'" {action}"',
        "the-namespace-alone": f'"{namespace}"',
    }  # fmt: skip
    others = (other for other in subject.service.operations if other.soap_action not in (None, action))
    values |= {f"that-of-{other.name}": f'"{other.soap_action}"' for other in others}
    for what, value in values.items():
        if value.strip('"') != action:
            yield f"sends-{what}", _with(subject.message, "SOAPAction", value)


@mutation("http/soapaction-unquoted")
def unquoted_action(subject: Subject) -> Iterator[tuple[str, Message]]:
    """The right value without its quotes."""
    if _headers(subject, "request") is not None and subject.operation is not None:
        value = subject.operation.soap_action or subject.operation.name
        yield "drops-the-quotes", _with(subject.message, "SOAPAction", value)


@mutation("http/repeated-header")
def twice(subject: Subject) -> Iterator[tuple[str, Message]]:
    """Fields of a single value twice, with two values; the first is the one that was there."""
    headers = _headers(subject)
    if headers is None:
        return
    second = {"Content-Type": "text/plain", "Content-Length": "1", "Host": "b.example", "Authorization": "Basic Yg=="}
    second |= {"SOAPAction": '"other"'} if subject.direction == "request" else {}
    first = {"Host": "a.example", "Authorization": "Basic YQ=="}
    for name, value in second.items():
        here = subject.message.header(name) or first.get(name)
        if here is not None:
            yield f"repeats-{name}", _with(subject.message, name, here, value)


@near_miss("http/repeated-header")
def twice_the_same(subject: Subject) -> Iterator[tuple[str, Message]]:
    """A field twice with one value; fields that may be lists."""
    if _headers(subject) is not None:
        here = subject.message.header("Content-Type") or ""
        yield "repeats-Content-Type-with-its-value", _with(subject.message, "Content-Type", here, here)
        yield "repeats-Accept", _with(subject.message, "Accept", "text/xml", "text/html")


@mutation("http/content-encoding")
def compressed(subject: Subject) -> Iterator[tuple[str, Message]]:
    """A request that says it is compressed."""
    if _headers(subject, "request") is not None:
        for name in ("gzip", "deflate", "br", "GZIP"):
            yield f"names-{name}", _with(subject.message, "Content-Encoding", name)


@near_miss("http/content-encoding")
def not_compressed(subject: Subject) -> Iterator[tuple[str, Message]]:
    """identity, and what is accepted in return; a response may be compressed."""
    if _headers(subject) is not None:
        yield "accepts-gzip", _with(subject.message, "Accept-Encoding", "gzip")
        name = "identity" if subject.direction == "request" else "gzip"
        yield f"names-{name}", _with(subject.message, "Content-Encoding", name)


@mutation("http/content-length")
def other_lengths(subject: Subject) -> Iterator[tuple[str, Message]]:
    """A length that is not that of the body, or that is no number."""
    if (
        _headers(subject) is None
        or subject.message.header("Transfer-Encoding")
        or subject.message.header("Content-Encoding")
    ):
        return
    length = len(subject.message.body)
    for what, value in {
        "one-too-few": f"{length - 1}", "one-too-many": f"{length + 1}", "nothing": "0", "a-word": "many",
        "a-sign": f"+{length}", "no-value": "", "two-numbers": f"{length}, {length}",
    }.items():  # fmt: skip
        yield f"says-{what}", _with(subject.message, "Content-Length", value)
    text = subject.draft().text() + _E_ACUTE
    counted = str(len(_PLAIN.declaration + text))
    yield "counts-characters", _with(subject.written(text, _PLAIN), "Content-Length", counted)


@near_miss("http/content-length")
def same_length(subject: Subject) -> Iterator[tuple[str, Message]]:
    """The right length with zeros before it, and none."""
    if _headers(subject) is not None:
        yield "says-it-with-zeros", _with(subject.message, "Content-Length", f"00{len(subject.message.body)}")
        yield "says-nothing", _with(subject.message, "Content-Length")
        yield "is-chunked", _with(_with(subject.message, "Content-Length"), "Transfer-Encoding", "chunked")
