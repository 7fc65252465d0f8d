"""Hooks that judge what a client exchanges with somebody else than the stub: zeep, requests, httpx.

Each takes a ``judge``, which is called with every `Message`, the response's after its request's. By default that is
`contracts.assert_valid`, so that a violation is raised, a request's with zeep and httpx before it is sent. In a test
give `soap_contracts.judge` of the pytest plugin, which fails the test also where the client swallows what is raised;
``messages.append`` collects. HTTP traffic that is no SOAP is left alone.

None of the three libraries is imported here: each is known by the attributes that its hooks document.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from lxml import etree

from .addresses import is_soap, label_of, services_at
from .catalog import shipped
from .checking import assert_valid
from .messages import Message, message_of
from .xml import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from .messages import Headers
    from .xml import Element

    Judge = Callable[[Message], object]
    Pairs = Iterable[tuple[str | bytes, str | bytes]]

#: What the zeep call in this thread or task has sent. A plugin is told of a request and of its answer one by one.
_SENT: ContextVar[Message | None] = ContextVar("soap_contracts_sent", default=None)


class ZeepPlugin:
    """A plugin for zeep: ``zeep.Client(wsdl, plugins=[ZeepPlugin()])``, also for its AsyncClient.

    Put it last. A request is the very bytes that zeep's transports post, but for what ``wsse`` adds, with the header
    fields that zeep has set so far: not those of ``settings.extra_http_headers`` and of the transport's own session.
    A response is what zeep has parsed, without its status and header fields. Where these matter, use `requests_hook`
    on ``transport.session``, or `httpx_async_hooks` on ``transport.client``.
    """

    def __init__(self, judge: Judge = assert_valid) -> None:
        self._judge = judge

    def egress(
        self, envelope: Element, http_headers: dict[str, str], operation: Any, binding_options: dict[str, Any]
    ) -> None:
        """Judge a request that is about to be sent."""
        __tracebackhide__ = True
        asked = Message(
            _posted(envelope),
            headers=_texts(http_headers.items()),
            kind="request",
            method="POST",
            url=binding_options.get("address"),
            source=f"zeep {operation.name}",
        )
        _SENT.set(asked)
        self._judge(asked)

    def ingress(self, envelope: Element, http_headers: dict[str, str], operation: Any) -> None:  # noqa: ARG002 - zeep's signature
        """Judge the answer."""
        __tracebackhide__ = True
        # The header fields tell of the bytes as they came: their length, charset and coding are not those of this text.
        told = Message(_posted(envelope), kind="response", source=f"zeep {operation.name}", request=_SENT.get())
        self._judge(told)


def requests_hook(judge: Judge = assert_valid) -> Callable[..., None]:
    """A hook for requests: ``session.hooks["response"].append(requests_hook())``.

    Request and response are judged once the response is there. Raises TypeError for a SOAP request whose body was a
    stream: its bytes are gone by then.
    """

    def hook(response: Any, *_args: object, **_options: object) -> None:
        __tracebackhide__ = True
        sent = response.request
        headers, body = _texts(sent.headers.items()), sent.body if sent.body is not None else b""
        if not isinstance(body, (bytes, str)):
            if _is_announced(sent.url, headers):
                raise TypeError("requests has sent a stream, which cannot be judged any more; give data= as bytes")
            return
        asked = _request(sent.method, sent.url, headers, message_of(body).body)
        if asked is not None:
            judge(asked)
            judge(_response(asked, response.status_code, response.headers.items(), response.content))

    return hook


def httpx_hooks(judge: Judge = assert_valid) -> dict[str, list[Callable[[Any], None]]]:
    """Hooks for httpx: ``httpx.Client(event_hooks=httpx_hooks())``."""

    def asked_by(sent: Any) -> Message | None:
        url, headers = str(sent.url), _texts(sent.headers.raw)
        return _request(sent.method, url, headers, sent.read() if _is_readable(url, headers) else b"")

    def on_request(sent: Any) -> None:
        __tracebackhide__ = True
        asked = asked_by(sent)
        if asked is not None:
            judge(asked)

    def on_response(response: Any) -> None:
        __tracebackhide__ = True
        asked = asked_by(response.request)
        if asked is not None:
            judge(_response(asked, response.status_code, response.headers.raw, response.read()))

    return {"request": [on_request], "response": [on_response]}


def httpx_async_hooks(judge: Judge = assert_valid) -> dict[str, list[Callable[[Any], Awaitable[None]]]]:
    """Hooks for httpx: ``httpx.AsyncClient(event_hooks=httpx_async_hooks())``. ``judge`` is called, not awaited."""

    async def asked_by(sent: Any) -> Message | None:
        url, headers = str(sent.url), _texts(sent.headers.raw)
        return _request(sent.method, url, headers, await sent.aread() if _is_readable(url, headers) else b"")

    async def on_request(sent: Any) -> None:
        __tracebackhide__ = True
        asked = await asked_by(sent)
        if asked is not None:
            judge(asked)

    async def on_response(response: Any) -> None:
        __tracebackhide__ = True
        asked = await asked_by(response.request)
        if asked is not None:
            judge(_response(asked, response.status_code, response.headers.raw, await response.aread()))

    return {"request": [on_request], "response": [on_response]}


def _request(method: str, url: str, headers: Headers, body: bytes) -> Message | None:
    """The request, where it is SOAP or ought to be."""
    sent = Message(body, headers=headers, kind="request", method=method, url=url, source=label_of(method, url))
    return sent if is_soap(sent, shipped()) else None


def _response(asked: Message, status: int, headers: Pairs, body: bytes) -> Message:
    return asked._replace(
        kind="response", method=None, status=status, headers=_texts(headers), body=body, request=asked
    )


def _is_readable(url: str, headers: Headers) -> bool:
    """Whether a body may be read into memory to be looked at: all but a great upload that has nothing to do with us."""
    lengths = _values(headers, "content-length")
    return any(length.isdecimal() and int(length[:20]) <= MAX_BYTES for length in lengths) or _is_announced(
        url, headers
    )


def _is_announced(url: str, headers: Headers) -> bool:
    """Whether a request seems to be SOAP without a look at its body."""
    xml = any("xml" in value.lower() for value in _values(headers, "content-type"))
    return xml or bool(_values(headers, "soapaction")) or bool(services_at(shipped(), url))


def _values(headers: Headers, name: str) -> list[str]:
    return [value for key, value in headers if key.lower() == name]


def _texts(pairs: Pairs) -> Headers:
    return tuple((_text(name), _text(value)) for name, value in pairs)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _posted(envelope: Element) -> bytes:
    """The bytes that zeep's transports make of an envelope."""
    return etree.tostring(envelope, xml_declaration=True, encoding="utf-8")
