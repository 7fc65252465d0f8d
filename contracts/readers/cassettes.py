"""An interaction of a vcrpy cassette -> the exchange in it, as vcrpy writes it today and has written it since 1.0.

Bodies are the bytes as sent but for chunks, which are joined: text where they are UTF-8, else binary. So text becomes
UTF-8 whatever its Content-Type says. Some of vcrpy's hooks keep a compressed response as it came, others keep it
decoded under the same header.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contracts.errors import ReadError

from .bodies import decoded, from_base64, length_of, values_of
from .exchanges import Exchange, Half

if TYPE_CHECKING:
    from contracts.messages import Headers

    from .nodes import Node


def exchange_of(interaction: Node) -> Exchange:
    """The exchange in ``interaction``. Raises ReadError for a value of a wrong type, naming its path."""
    interaction.mapping()
    request, response = interaction.member("request"), interaction.member("response")
    if request.value is None:
        raise request.misfit("an object")
    method, url = request.member("method").text(), request.member("uri").text() or request.member("url").text() or ""
    asked = _half(request, request.member("body"))
    if response.value is None:
        return Exchange(method, url, asked)
    old = response.member("content")  # of vcrpy's first hook into httpx
    answered = _half(response, response.member("body") if old.value is None else old)
    return Exchange(method, url, asked, _status(response), answered)


def _status(response: Node) -> int | None:
    status = response.member("status")
    if status.value is None:
        return response.member("status_code").number()
    return status.number() if isinstance(status.value, int) else status.member("code").number()


def _half(message: Node, body: Node) -> Half:
    headers = _headers(message.member("headers"))
    return Half(headers, _body(body, headers))


def _headers(fields: Node) -> Headers | None:
    """The header fields: of each name a list of values or, as older cassettes have it, one value."""
    if fields.value is None:
        return None
    found: list[tuple[str, str]] = []
    for name in fields.mapping():
        values = fields.member(name)
        listed = values.elements() if isinstance(values.value, list) else [values]
        found.extend((name, _header_value(value)) for value in listed)
    return tuple(found)


def _header_value(node: Node) -> str:
    if isinstance(node.value, bytes):
        return node.value.decode("latin-1")
    # YAML takes an unquoted length for a number.
    return str(node.number()) if isinstance(node.value, int) else node.text() or ""


def _body(node: Node, headers: Headers | None) -> bytes | ReadError | None:
    body = _recorded(node)
    if body is None:
        sent = (length_of(headers) or 0) > 0 or values_of(headers, "transfer-encoding")
        return None if sent else b""
    if isinstance(body, str):
        return body.encode("utf-8", "surrogatepass")
    try:
        return decoded(body, headers) if isinstance(body, bytes) else body
    except ReadError as error:
        return node.error(str(error))


def _recorded(node: Node) -> str | bytes | ReadError | None:
    if isinstance(node.value, bytes):
        return node.value
    if not isinstance(node.value, dict):
        return node.text()
    packed = node.member("base64_string")
    if packed.value is None:
        inner = node.member("string")
        return inner.value if isinstance(inner.value, bytes) else inner.text()
    try:
        return from_base64(packed, packed.text() or "")
    except ReadError as error:
        return error
