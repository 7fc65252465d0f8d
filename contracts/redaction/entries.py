"""The entries of a cassette or a HAR, to be changed in place."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Final

from contracts.readers import cassettes, har
from contracts.readers.nodes import Node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.messages import Headers, Message

    from .redactor import Redactor

_TWO: Final = {"base64_string", "string"}
_CODED: Final = ("content-encoding", "transfer-encoding")


class Interaction:
    """An interaction of a cassette, to be changed in place."""

    def __init__(self, value: Any, place: str) -> None:
        self._value = value
        self.exchange = cassettes.exchange_of(Node(value, place))

    def put(self, half: str, message: Message, redacted: Message) -> bool:
        """Put ``redacted`` in the place of ``message``; whether that changes anything."""
        node = self._value[half]
        coded = _is_coded(message.headers) and _is_packed(node)
        if redacted == message and not coded:
            return False
        node["headers"] = listed(_uncoded(redacted))
        if half == "request":
            node["uri" if "uri" in node or "url" not in node else "url"] = redacted.url
            node["body"] = text_of(redacted.body)
        else:
            node.pop("content", None)
            node["body"] = {"string": text_of(redacted.body)}
        return True

    def put_rest(self, redactor: Redactor) -> bool:  # noqa: ARG002 - as of an entry of a HAR
        """Take out what no reader would look at, because something else stands in its place."""
        request, response = self._value["request"], self._value.get("response") or {}
        doubles = [(request, "url")] if "uri" in request and "url" in request else []
        if response.get("body") is not None and "content" in response:
            doubles.append((response, "content"))
        held = (request.get("body"), response.get("body"))
        doubles.extend((body, "string") for body in held if isinstance(body, dict) and body.keys() >= _TWO)
        for holder, key in doubles:
            del holder[key]
        return bool(doubles)

    def bodies(self) -> Iterator[tuple[Any, str]]:
        """Where bodies of messages stand."""
        for half in (self._value.get("request"), self._value.get("response")):
            if isinstance(half, dict):
                yield half, "body"
                yield half, "content"
                yield half.get("body"), "string"
                yield half.get("body"), "base64_string"


class Entry:
    """An entry of a HAR, to be changed in place."""

    def __init__(self, value: Any, place: str) -> None:
        self._value = value
        self.exchange = har.exchange_of(Node(value, place))

    def put(self, half: str, message: Message, redacted: Message) -> bool:
        """Put ``redacted`` in the place of ``message``; whether that changes anything."""
        if redacted == message:
            return False
        node = self._value[half]
        node["headers"] = [{"name": name, "value": value} for name, value in redacted.headers or ()]
        if half == "request":
            node["url"] = redacted.url
        if redacted.body != message.body:
            content = node.setdefault("postData" if half == "request" else "content", {})
            for name in ("encoding", "_encoding", "params"):
                content.pop(name, None)
            text = text_of(redacted.body)
            content["text"] = text if isinstance(text, str) else base64.b64encode(text).decode()
            if isinstance(text, bytes):
                content["encoding"] = "base64"
            if "size" in content:
                content["size"] = len(redacted.body)
        return True

    def put_rest(self, redactor: Redactor) -> bool:
        """Redact what a HAR says again of header fields and address: cookies, parameters."""
        changed = False
        for half in ("request", "response"):
            node = self._value.get(half)
            if not isinstance(node, dict):
                continue
            post = node.get("postData")
            params = post.get("params") if isinstance(post, dict) else None
            for pairs, secret in ((node.get("cookies"), True), (node.get("queryString"), False), (params, False)):
                for pair in pairs if isinstance(pairs, list) else ():
                    changed |= redactor.pair(pair, half, secret=secret)
        return changed

    def bodies(self) -> Iterator[tuple[Any, str]]:
        """Where bodies of messages stand that were looked at."""
        yield self._value.get("request", {}).get("postData"), "text"
        if self.exchange.response is not None:
            yield self._value.get("response", {}).get("content"), "text"


def listed(headers: Headers) -> dict[str, list[str]]:
    """Header fields as vcrpy has them."""
    found: dict[str, list[str]] = {}
    for name, value in headers:
        found.setdefault(name, []).append(value)
    return found


def text_of(body: bytes) -> str | bytes:
    """The body as vcrpy writes it: text where it is UTF-8."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return body
    return text if "\0" not in text and "\ufeff" not in text else body


def _is_packed(node: dict[str, Any]) -> bool:
    body = node.get("body", node.get("content"))
    return isinstance(body, bytes) or (
        isinstance(body, dict) and ("base64_string" in body or isinstance(body.get("string"), bytes))
    )


def _is_coded(headers: Headers | None) -> bool:
    return any(name.lower() in _CODED for name, _ in headers or ())


def _uncoded(message: Message) -> Headers:
    """The header fields of a body whose codings are undone."""
    return tuple(
        (name, str(len(message.body)) if name.lower() == "content-length" else value)
        for name, value in message.headers or ()
        if name.lower() not in _CODED
    )
