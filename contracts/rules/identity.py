"""What a message is taken for: its service, operation and direction, by its payload first and by hints after that."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from lxml import etree

from contracts.envelope import open_envelope
from contracts.messages import charset_in
from contracts.names import local_name, split
from contracts.xml import parse

from .case import Case
from .faults import names_fault

if TYPE_CHECKING:
    from contracts.catalog import Catalog, Payload
    from contracts.messages import Message
    from contracts.model import Service
    from contracts.xml import Element


def open_case(message: Message, catalog: Catalog) -> Case:
    """``message`` parsed and identified, ready to be judged. Raises UnknownNameError for an unknown service."""
    media_type, charset = (None, None) if message.headers is None else _content_type(message)
    document = parse(message.body, charset)
    envelope = None if document.root is None else open_envelope(document.root)
    case = Case(message, document, envelope, catalog)
    if media_type is not None:
        case.media_type, case.charset = media_type, charset
    if message.request is not None:
        case.asked = open_case(message.request._replace(request=None), catalog)
    expected = None if message.service is None else catalog.service(message.service)
    payload = case.payload
    if payload is None or envelope is None:
        _take_hints(case, expected)
    elif envelope.is_fault:
        _take_fault(case, expected)
    else:
        _take_payload(case, payload, expected)
    return case


def _content_type(message: Message) -> tuple[str | None, str | None]:
    """The media type, in lower case, and the charset parameter of Content-Type."""
    value = message.header("Content-Type")
    if value is None:
        return None, None
    return value.partition(";")[0].strip(" \t").lower(), charset_in(value)[0] or None


def _take_payload(case: Case, payload: Element, expected: Service | None) -> None:
    exact = case.catalog.payloads.get(str(payload.tag))
    if exact is not None and (expected is None or exact[0] is expected):
        case.known_payload = case.direction in (None, exact[2])
        _take(case, exact)
        return
    near = _nearest(case, payload, expected)
    if near is None:
        _take_hints(case, expected)
        return
    _take(case, near)
    namespace = split(str(payload.tag))[0]
    if case.declaration is not None and namespace != case.declaration.namespace:
        case.stand_in = namespace or ""


def _take(case: Case, payload: Payload) -> None:
    case.service, case.operation, direction = payload
    case.declaration = case.operation.payload(direction)
    case.direction = case.direction or direction
    case.kind = case.direction


def _take_fault(case: Case, expected: Service | None) -> None:
    asked = case.asked
    case.kind = "fault"
    case.direction = case.direction or "response"
    case.service = expected or (asked.service if asked else None) or _mentioned_service(case)
    case.service = case.service or next((service for service in case.catalog if names_fault(case, service)), None)
    case.operation = asked.operation if asked else None


def _take_hints(case: Case, expected: Service | None) -> None:
    case.kind = case.direction or "unknown"
    case.service = expected or (case.asked.service if case.asked else None) or _mentioned_service(case)
    if case.document.root is None and case.service is not None:
        data = case.document.encoded.data
        for tag, payload in case.catalog.payloads.items():
            pattern = rb"<(?:[^<>:/ ]+:)?" + re.escape(local_name(tag).encode()) + rb"[ \t\r\n/>]"
            if payload[0] is case.service and case.direction in (None, payload[2]) and re.search(pattern, data):
                case.operation, case.named = payload[1], True
                case.direction = case.kind = payload[2]
                return


def _mentioned_service(case: Case) -> Service | None:
    root = case.document.root
    # The bytes may spell a namespace with references; the tree does not.
    text = [] if root is None else [etree.tostring(root, encoding="utf-8"), "".join(map(str, root.itertext())).encode()]
    hints = [
        *(text or [case.document.encoded.data]),
        *(value.encode("utf-8", "replace") for value in case.message.header_values("SOAPAction")),
    ]
    for service in case.catalog:
        if any(service.namespace.encode() in hint for hint in hints):
            return service
    return None


def _nearest(case: Case, payload: Element, expected: Service | None) -> Payload | None:
    """The declared payload that was probably meant: by the same local name or a similar one, own namespace first."""
    namespace, name = split(str(payload.tag))
    candidates = {
        tag: known
        for tag, known in case.catalog.payloads.items()
        if (expected is None or known[0] is expected) and case.direction in (None, known[2])
    }
    own = {tag: known for tag, known in candidates.items() if split(tag)[0] == namespace}
    for pool in (own, candidates):
        names = {local_name(tag).lower(): known for tag, known in pool.items()}
        if name.lower() in names:
            return names[name.lower()]
        near = difflib.get_close_matches(name.lower(), names, n=1, cutoff=0.75)
        if near:
            return names[near[0]]
    return None
