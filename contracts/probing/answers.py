"""What an answer says: whether it is a fault and which, and its values."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from contracts.names import BLANKS, SOAP11, local_name
from contracts.rules import open_case
from contracts.xml import value_of

if TYPE_CHECKING:
    from contracts.catalog import Catalog
    from contracts.messages import Message
    from contracts.model import Service


class Answered(NamedTuple):
    """A response in a few words: its status, the fault's code and text ("" for none), and its values by local name.

    ``fault`` is the name of the fault by the contract, or "Fault" for one that it does not name; "" where it is none.
    ``code`` is the faultcode's local part, or the prefix and the local part where that is SOAP's.
    """

    status: int
    fault: str
    code: str
    text: str
    values: dict[str, str]
    empty: bool


def answered(response: Message, service: Service, catalog: Catalog) -> Answered:
    """What ``response`` says, as far as it can be read."""
    case = open_case(response, catalog)
    status, empty = response.status or 0, not response.body
    envelope = case.envelope
    if envelope is None or not envelope.is_fault:
        values = {field.name: text.strip(BLANKS) for _, field, text in case.values}
        return Answered(status, "", "", "", values, empty)
    code = text = detail = ""
    for node in envelope.payloads[0].iter("*"):
        name = local_name(str(node.tag))
        if name == "faultcode" and not code:
            code = _code(value_of(node).strip(BLANKS), node.nsmap)
        elif name == "faultstring" and not text:
            text = value_of(node).strip(BLANKS)
        elif not detail and any(name == fault.name for fault in service.faults):
            detail = name
    named = detail or next((fault.name for fault in service.faults if fault.code == code), "Fault")
    return Answered(status, named, code, text, {}, empty)


def _code(text: str, prefixes: dict[str | None, str]) -> str:
    prefix, colon, local = text.rpartition(":")
    return f"soap:{local}" if colon and prefixes.get(prefix) == SOAP11 else local
