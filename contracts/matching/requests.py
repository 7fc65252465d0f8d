"""One request beside another: what they ask, and in what they differ."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from contracts.addresses import is_soap
from contracts.rules import open_case

from .payloads import Compared, elements_differ

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from contracts.catalog import Catalog
    from contracts.messages import Message
    from contracts.rules import Case
    from contracts.xml import Element

_SOAP_TYPE: Final = "text/xml"
#: More differences than these tell nothing more.
_MOST: Final = 50


class Asked(NamedTuple):
    """A request, opened for comparing.

    ``soap`` says whether it is SOAP or ought to be. ``action`` is the SOAPAction without its quotes; None where the
    contract of the operation documents none, and so any value asks the same.
    """

    case: Case
    soap: bool
    action: str | None

    @property
    def subject(self) -> str:
        """What is asked, in a few words that hold no secret: an operation, or a method."""
        service, operation = self.case.service, self.case.operation
        if service is not None and operation is not None:
            return f"{service.name}/{operation.name}"
        method = self.case.message.method or "a"
        return f"{method} request" if not self.soap else f"SOAP request{f' to {service.name}' if service else ''}"


def asked_of(message: Message, catalog: Catalog) -> Asked:
    """``message``, a request, by the contracts of ``catalog``. Raises UnknownNameError for an unknown service in it."""
    case = open_case(message, catalog)
    documented = None if case.operation is None else case.operation.soap_action
    action = None
    if message.headers is not None and (case.operation is None or documented is not None):
        action = (message.header("SOAPAction") or "").strip('"')
    return Asked(case, is_soap(message, catalog), action)


def differences_of(asked: Asked, recorded: Asked, ignore: Collection[str] = ()) -> list[str]:
    """In what ``asked`` differs from ``recorded``: sentences that hold no secret, none where both ask the same.

    Of SOAP the method, the service, the operation, the SOAPAction, whether the Content-Type is that of SOAP 1.1,
    whether a required header block is there, and the payload by typed value are compared; of other HTTP the method and
    the address. Secret fields and those with a local name in ``ignore`` (all for ``*``) are not. The body of a message
    that does not parse is like any other such.
    """
    return list(islice(_differences(asked, recorded, frozenset(ignore)), _MOST))


def _differences(asked: Asked, recorded: Asked, ignore: frozenset[str]) -> Iterator[str]:
    ours, theirs = asked.case, recorded.case
    if asked.soap != recorded.soap:
        yield f"{recorded.subject} was recorded, {asked.subject} came"
        return
    if (ours.message.method or "POST") != (theirs.message.method or "POST"):
        yield f"method: {theirs.message.method} was recorded, {ours.message.method} came"
    if not asked.soap:
        if _address(ours.message) != _address(theirs.message):
            yield "the address is another one"
        return
    if _names(ours) != _names(theirs):
        yield f"operation: {recorded.subject} was recorded, {asked.subject} came"
        return
    yield from _heads_differ(asked, recorded)
    yield from _bodies_differ(ours, theirs, ignore)


def _heads_differ(asked: Asked, recorded: Asked) -> Iterator[str]:
    ours, theirs = asked.case, recorded.case
    if asked.action is not None and recorded.action is not None and asked.action != recorded.action:
        yield f"SOAPAction: {theirs.clean(recorded.action)!r} was recorded, {ours.clean(asked.action)!r} came"
    if ours.message.headers is None or theirs.message.headers is None or ours.media_type == theirs.media_type:
        return
    if _SOAP_TYPE in (ours.media_type, theirs.media_type):
        came, was = (case.clean(case.media_type or "none") for case in (ours, theirs))
        yield f"Content-Type: {was} was recorded, {came} came"


def _blocks_differ(ours: Case, theirs: Case) -> Iterator[str]:
    """Whether the header block that the operation needs is there; what stands in it is secret, or of the provider."""
    came, were = bool(ours.needed_blocks), bool(theirs.needed_blocks)
    if came != were and ours.needed_block is not None:
        name = ours.needed_block.name
        yield f"header: {name} {'came and was not recorded' if came else 'was recorded and did not come'}"


def _bodies_differ(ours: Case, theirs: Case, ignore: frozenset[str]) -> Iterator[str]:
    if (ours.document.root is None) != (theirs.document.root is None):
        yield f"body: {_form(theirs)} was recorded, {_form(ours)} came"
        return
    if (
        ours.envelope is not None
        and theirs.envelope is not None
        and ours.envelope.namespace != theirs.envelope.namespace
    ):
        yield "body: an Envelope of another SOAP version was recorded"
    if ours.document.root is not None:
        yield from _blocks_differ(ours, theirs)
    came, were = _payloads(ours), _payloads(theirs)
    if len(came) != len(were):
        yield f"body: {_amount(len(were))} recorded, {len(came)} came"
        return
    compared = Compared(ours, theirs, ignore)
    for asked, recorded in zip(came, were, strict=True):
        yield from elements_differ(compared, asked, recorded, theirs.declaration)


def _payloads(case: Case) -> tuple[Element, ...]:
    if case.envelope is not None:
        return case.envelope.payloads
    return () if case.document.root is None else (case.document.root,)


def _form(case: Case) -> str:
    return "what does not parse" if case.document.root is None else "XML"


def _amount(payloads: int) -> str:
    return "1 payload was" if payloads == 1 else f"{payloads} payloads were"


def _names(case: Case) -> tuple[str | None, str | None]:
    return case.service and case.service.name, case.operation and case.operation.name


def _address(message: Message) -> tuple[str, str]:
    scheme, _, rest = (message.url or "").partition("://")
    authority, slash, path = rest.partition("/")
    return f"{scheme}://{authority}".lower(), f"{slash or '/'}{path}"
