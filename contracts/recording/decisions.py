"""Which operation a request calls, decided from its Body, and whether it may be sent.

A provider may route by SOAPAction (ASMX does, by default), by the payload, or by Content-Type (SOAP 1.2 has the action
in it). Only where none of them names another operation is it certain what the request does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from contracts.errors import RefusedRequestError
from contracts.names import BLANKS, local_name
from contracts.rules import open_case
from contracts.secrecy import resolved
from contracts.xml import same_encoding

from .targets import ALLOWED

if TYPE_CHECKING:
    from contracts.catalog import Catalog
    from contracts.messages import Message
    from contracts.model import Operation, Service
    from contracts.rules import Case

    from .targets import Target

_MEDIA_TYPE: Final = "text/xml"
_LIKE: Final = {"read": "a read", "write": "a write", "destructive": "destructive"}
#: Nobody encodes an action more often.
_MOST_UNDONE: Final = 5
#: Names of header fields by which some servers are told what to do.
_MISLEADING: Final = re.compile(
    r"(?i)^(?:x-)?(?:soap[-_]action|action|http-method(?:-override)?|method-override|original-url|rewrite-url)$"
)
_MEND: Final = "Mend the client; the report says what is wrong with its request"


def permitted(request: Message, service: Service, target: Target, catalog: Catalog) -> Operation:
    """The operation that ``request`` calls, where it may be sent to ``target``. Raises RefusedRequestError."""
    case = open_case(request._replace(service=service.name, request=None), catalog)
    reason = _undecided(case, catalog)
    operation = case.operation
    if reason or operation is None:
        raise RefusedRequestError(
            f"not sent to {target.place}: which operation it calls is not certain, because {reason}. {_MEND}"
        )
    if target.live and operation.effect not in target.allowed:
        raise RefusedRequestError(
            f"not sent to {target.place}: {service.name}/{operation.name} is {_LIKE[operation.effect]}, and what is "
            f"allowed there is: {', '.join(target.allowed)}. If it may be sent, allow it: {_flags(operation, target)}"
        )
    return operation


def refuse_harm(request: Message, service: Service, target: Target) -> None:
    """Raise RefusedRequestError where a request that is wrong on purpose names an operation that does more than read.

    What it calls cannot be decided from its Body, which may not even parse: so no byte of it may speak of another one.
    """
    heads = (f"{name}: {value}" for name, value in request.headers or ())
    text = "\n".join([request.body.decode("utf-8", "replace"), *heads]).lower()
    names = {effect: [one.name.lower() for one in service.operations if one.effect == effect] for effect in ALLOWED}
    for name in sorted(names["read"], key=len, reverse=True):
        text = text.replace(name, "")
    for effect in ALLOWED[1:]:
        if any(name in text for name in names[effect]):
            raise RefusedRequestError(f"not sent to {target.place}: it speaks of an operation that is {_LIKE[effect]}")


def _flags(operation: Operation, target: Target) -> str:
    confirmed = f" --confirm-target {target.place}" if operation.effect == "destructive" else ""
    return f"--allow {operation.effect}{confirmed}"


def _undecided(case: Case, catalog: Catalog) -> str:
    """Why it is not certain which operation is called; nothing where it is."""
    document, envelope = case.document, case.envelope
    if case.message.method != "POST":
        return "its method is not POST"
    if document.doctype is not None:
        return "it has a DOCTYPE"
    if document.encoded.conflict is not None or not _is_plainly_encoded(case):
        return "what it says of its encoding does not agree, so that others may read another message"
    if document.root is None:
        return "its body is no XML that can be parsed"
    if envelope is None or not envelope.regular:
        return "its body is no SOAP 1.1 envelope with one payload and nothing beside it"
    if not case.known_payload or case.operation is None or case.direction != "request":
        return "its payload is no request that the contract declares"
    return _misrouted(case, case.operation, catalog)


def _is_plainly_encoded(case: Case) -> bool:
    """Whether charset and declaration name the encoding that was read, as far as they name any."""
    encoded = case.document.encoded
    named = (encoded.declared, case.charset)
    return all(name is None or same_encoding(name, encoded.encoding) for name in named)


def _misrouted(case: Case, operation: Operation, catalog: Catalog) -> str:
    kinds = case.message.header_values("Content-Type")
    if {value.partition(";")[0].strip(BLANKS).lower() for value in kinds} - {_MEDIA_TYPE}:
        return f"its Content-Type is not {_MEDIA_TYPE}"
    if any("," in value or "action" in value.lower() for value in kinds) or len(kinds) > 1:
        return "its Content-Type may name an action"
    if any(_MISLEADING.search(name) for name, _ in case.message.headers or ()):
        return "it has a header field that may name another action, method or address"
    for action in _actions(case):
        if operation.soap_action is not None and action != operation.soap_action:
            return f"its SOAPAction is not the one of {operation.name}"
        if _others(action, operation, catalog):
            return f"its SOAPAction names another operation than {operation.name}"
    return ""


def _actions(case: Case) -> list[str]:
    """The values of SOAPAction, without their quotes, and those of header blocks that stand for it."""
    fields = case.message.header_values("SOAPAction")
    values = [value[1:-1] if value[:1] == value[-1:] == '"' else value for value in fields]
    blocks = case.envelope.blocks if case.envelope is not None else ()
    return values + [
        "".join(map(str, block.itertext("*"))).strip(BLANKS)
        for block in blocks
        if local_name(str(block.tag)) == "Action"
    ]


def _others(action: str, operation: Operation, catalog: Catalog) -> bool:
    """Whether ``action`` names an operation of any service that is not called as ``operation`` is."""
    text = action
    for _ in range(_MOST_UNDONE):
        text, before = resolved(unquote(text)), text
        if text == before:
            break
    else:
        return True
    text = text.lower()
    names = {known.name.lower() for service in catalog for known in service.operations} - {operation.name.lower()}
    # Within any word: some stacks call the message and not the operation, as EndSynchronizationRequest or ...In.
    return any(name in text.replace(operation.name.lower(), "") for name in names)
