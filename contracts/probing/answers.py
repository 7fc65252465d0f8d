"""What an answer says, in words that may be shown: whether it is a fault and which, and its values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from contracts.names import BLANKS, SOAP11, local_name, split
from contracts.rules import open_case
from contracts.secrecy import without
from contracts.xml import value_of

if TYPE_CHECKING:
    from contracts.catalog import Catalog
    from contracts.messages import Message
    from contracts.model import Service
    from contracts.xml import Element

#: An endpoint may write anything into a faultcode; only what can be one is shown.
_CODE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,79}")
_SOAPS: Final = ("Client", "Server", "VersionMismatch", "MustUnderstand")
_UNTOLD: Final = "of a code that is no name"
_VALUE: Final = re.compile(r"[0-9A-Za-z.:+-]{1,40}")


def with_article(fault: str) -> str:
    """The name of a fault in a sentence."""
    return "a fault" if fault == "Fault" else f"{'an' if fault[:1] in 'AEIOU' else 'a'} {fault}"


class Answered(NamedTuple):
    """A response in a few words: its status, which fault it is, and its values by local name.

    ``fault`` is the name of the fault: that of its detail, or that which the contract has for its code, "Fault" for
    any other, "" where it is none. ``code`` is the faultcode's local part, with ``soap:`` before it where that is one
    of SOAP's. ``empty`` tells whether there is no body, ``regular`` whether it is a response that the contract
    declares, ``hidden`` what must not be shown of the values.
    """

    status: int
    fault: str
    code: str
    values: dict[str, str]
    empty: bool
    hidden: tuple[str, ...] = ()
    regular: bool = False

    def shown(self, name: str) -> str:
        """The value ``name`` as far as it may be shown, "" where there is none."""
        text = self.values.get(name, "")
        return without(text, self.hidden) if not text or _VALUE.fullmatch(text) else "another text"

    def __str__(self) -> str:
        if not self.fault:
            body = "an empty body" if self.empty else "a body that is no envelope of the contract's"
            return f"{self.status} with {'a response, as if nothing were wrong' if self.regular else body}"
        return f"{self.status} with {with_article(self.fault)} {self.code}".rstrip()


def answered(response: Message, service: Service, catalog: Catalog) -> Answered:
    """What ``response`` says, as far as it can be read."""
    case = open_case(response, catalog)
    status, empty = response.status or 0, not response.body
    envelope = case.envelope
    hidden = case.places.masked.values
    if envelope is None or not envelope.is_fault:
        values = {field.name: text.strip(BLANKS) for _, field, text in case.values}
        return Answered(status, "", "", values, empty, hidden, case.known_payload and case.kind == "response")
    fault = envelope.payloads[0]
    code, named = without(_code(fault), hidden), without(_detail(fault, service), hidden)
    if not named:
        named = next((known.name for known in service.faults if known.code == code), "Fault")
    return Answered(status, named, code, {}, empty)


def _code(fault: Element) -> str:
    node = next((node for node in fault.iter("*") if local_name(str(node.tag)) == "faultcode"), None)
    if node is None:
        return ""
    prefix, colon, local = value_of(node).strip(BLANKS).rpartition(":")
    if not _CODE.fullmatch(local):
        return _UNTOLD
    # Some stacks put their own codes into SOAP's namespace, where only four belong.
    soap = colon and node.nsmap.get(prefix) == SOAP11 and local.partition(".")[0] in _SOAPS
    return f"soap:{local}" if soap else local


def _detail(fault: Element, service: Service) -> str:
    """The name of the fault that stands in the detail: one that is known, or one in the service's namespace."""
    known = {fault.name for fault in service.faults}
    for node in fault.iter("*"):
        namespace, name = split(str(node.tag))
        own = namespace == service.namespace and name.endswith("Fault") and _CODE.fullmatch(name)
        if own or name in known:
            return name
    return ""
