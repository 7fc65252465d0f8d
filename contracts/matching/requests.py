"""One request beside another: what they ask, and in what they differ."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlsplit

from contracts.addresses import asks_for_description, described_by, is_soap, services_at, shown_method
from contracts.rules import open_case

from .forms import Maker, digest_of
from .payloads import Compared, forms_differ

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from contracts.catalog import Catalog
    from contracts.messages import Message
    from contracts.rules import Case

    from .forms import Form

_SOAP_TYPE: Final = "text/xml"
_PORTS: Final = {"http": 80, "https": 443}
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
        if self.soap:
            return f"SOAP request{f' to {service.name}' if service else ''}"
        return f"{shown_method(self.case.message.method)} request"


class Key(NamedTuple):
    """What tells one question from another, in a few bytes: two requests ask the same if `same` says so of their keys.

    ``subject`` is all that is compared as it stands, ``body`` a digest of the payload. The SOAPAction and the media
    type are None where nothing is known of them, which fits all.
    """

    subject: tuple[object, ...]
    body: bytes
    action: str | None
    media_type: str | None

    def same(self, recorded: Key) -> bool:
        """Whether a request with this key asks what the one with ``recorded`` does."""
        if self.subject != recorded.subject or self.body != recorded.body:
            return False
        return _fits(self.action, recorded.action) and not _types_differ(self.media_type, recorded.media_type)


def asked_of(message: Message, catalog: Catalog) -> Asked:
    """``message``, a request, by the contracts of ``catalog``. Raises UnknownNameError for an unknown service in it."""
    case = open_case(message, catalog)
    documented = None if case.operation is None else case.operation.soap_action
    action = None
    if message.headers is not None and (case.operation is None or documented is not None):
        action = _unquoted(message.header("SOAPAction") or "")
    return Asked(case, is_soap(message, catalog), action)


def key_of(asked: Asked, ignore: Collection[str] = ()) -> Key:
    """The key of a request; those of one tape have one ``ignore``, which is as in `differences_of`."""
    case = asked.case
    if not asked.soap:
        return Key((False, case.message.method, *_address(case)), b"", None, None)
    version = None if case.envelope is None else case.envelope.namespace
    subject = (True, case.message.method or "POST", *_names(case), _form(case), version, _has_block(case))
    body = digest_of(_forms(case, frozenset(ignore)))
    return Key(subject, body, asked.action, None if case.message.headers is None else case.media_type or "none")


def differences_of(asked: Asked, recorded: Asked, ignore: Collection[str] = ()) -> list[str]:
    """In what ``asked`` differs from ``recorded``: sentences that hold no secret, none where both ask the same.

    Of SOAP the method, the service, the operation, the SOAPAction, whether the Content-Type is that of SOAP 1.1,
    whether a required header block is there, and the payload by typed value are compared; of other HTTP the method and
    the address, of a WSDL the service. Of secret fields the values are not compared, and nothing of those with a local
    name in ``ignore`` (all for ``*``). The body of a message that does not parse is like any other such.
    """
    return list(islice(_differences(asked, recorded, frozenset(ignore)), _MOST))


def _differences(asked: Asked, recorded: Asked, ignore: frozenset[str]) -> Iterator[str]:
    ours, theirs = asked.case, recorded.case
    if asked.soap != recorded.soap:
        yield f"{recorded.subject} was recorded, {asked.subject} came"
        return
    methods = theirs.message.method or "POST", ours.message.method or "POST"
    if methods[0] != methods[1]:
        yield f"method: {shown_method(methods[0])} was recorded, {shown_method(methods[1])} came"
    if not asked.soap:
        if _address(ours) != _address(theirs):
            yield "the address is another one"
        return
    if _names(ours) != _names(theirs):
        yield f"operation: {recorded.subject} was recorded, {asked.subject} came"
        return
    yield from _heads_differ(asked, recorded)
    yield from _bodies_differ(ours, theirs, ignore)


def _heads_differ(asked: Asked, recorded: Asked) -> Iterator[str]:
    ours, theirs = asked.case, recorded.case
    if not _fits(asked.action, recorded.action):
        yield f"SOAPAction: {theirs.clean(recorded.action or '')!r} was recorded, {ours.clean(asked.action or '')!r} came"
    if ours.message.headers is None or theirs.message.headers is None:
        return
    came, was = ours.media_type or "none", theirs.media_type or "none"
    if _types_differ(came, was):
        yield f"Content-Type: {theirs.clean(was)} was recorded, {ours.clean(came)} came"


def _bodies_differ(ours: Case, theirs: Case, ignore: frozenset[str]) -> Iterator[str]:
    if _form(ours) != _form(theirs):
        yield f"body: {_form(theirs)} was recorded, {_form(ours)} came"
        return
    if (
        ours.envelope is not None
        and theirs.envelope is not None
        and ours.envelope.namespace != theirs.envelope.namespace
    ):
        yield "body: an Envelope of another SOAP version was recorded"
    if _has_block(ours) != _has_block(theirs) and ours.needed_block is not None:
        said = "came and was not recorded" if _has_block(ours) else "was recorded and did not come"
        yield f"header: {ours.needed_block.name} {said}"
    came, were = _forms(ours, ignore), _forms(theirs, ignore)
    if len(came) != len(were):
        yield f"body: {_amount(len(were))} recorded, {len(came)} came"
        return
    compared = Compared(ours, theirs)
    for asked, recorded in zip(came, were, strict=True):
        if asked != recorded:
            yield from forms_differ(compared, asked, recorded)


def _forms(case: Case, ignore: frozenset[str]) -> tuple[Form, ...]:
    """The payloads; of XML without an Envelope its root."""
    maker = Maker(case, ignore)
    if case.envelope is not None:
        return tuple(maker.form(payload, case.declaration) for payload in case.envelope.payloads)
    return () if case.document.root is None else (maker.form(case.document.root, None),)


def _fits(came: str | None, was: str | None) -> bool:
    return came is None or was is None or came == was


def _types_differ(came: str | None, was: str | None) -> bool:
    return not _fits(came, was) and _SOAP_TYPE in (came, was)


def _has_block(case: Case) -> bool:
    return bool(case.needed_blocks)


def _amount(payloads: int) -> str:
    return "1 payload was" if payloads == 1 else f"{payloads} payloads were"


def _form(case: Case) -> str:
    return "what does not parse" if case.document.root is None else "XML"


def _names(case: Case) -> tuple[str | None, str | None]:
    return case.service and case.service.name, case.operation and case.operation.name


def _unquoted(action: str) -> str:
    return action[1:-1] if len(action) > 1 and action[0] == action[-1] == '"' else action


def _address(case: Case) -> tuple[object, ...]:
    """What a request without SOAP is about: a service whose WSDL it fetches, or its address."""
    url = case.message.url or ""
    described = services_at(case.catalog, described_by(url)) if asks_for_description(url) else []
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return (url,)
    if described:
        return described[0].name, parts.query.lower()
    return parts.scheme, parts.hostname, port or _PORTS.get(parts.scheme), parts.path or "/", parts.query
