"""Whole HTTP messages with drawn values in them: requests, responses and faults."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

from contracts.messages import Message
from contracts.names import TEXT_XML
from contracts.rules import RULES, open_case
from contracts.samples import request_headers
from contracts.xml.escapes import escaped

from .asking import (
    given_strategies,
    given_texts,
    known_catalog,
    known_message,
    known_operation,
    known_service,
    untold,
)
from .fitting import fits_type
from .schemata import block_of, payload_of, type_of
from .texts import XML_CHARACTERS
from .values import Value, from_type
from .writing import Writer, enveloped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hypothesis.strategies import SearchStrategy

    from contracts.catalog import Catalog
    from contracts.messages import Direction, Headers
    from contracts.model import Operation, Service

    Texts = SearchStrategy[str]

_SOAP_CODES: Final = ("soap:Server", "soap:Client", "soap:VersionMismatch", "soap:MustUnderstand")
_XML_HEADERS: Final = (("Content-Type", TEXT_XML),)


def from_field(
    operation: str, field: str, *, provider_safe: bool = False, catalog: Catalog | None = None
) -> SearchStrategy[Value]:
    """Values of one field of ``operation`` (``service/Operation``), in its request or else its response.

    ``field`` is a local name, of the header block too; the values are those of `from_type`. Raises UnknownNameError,
    ContractError and, for arguments of other types, TypeError.
    """
    service, known = known_operation(operation, catalog)
    return from_type(type_of(service, known, field), provider_safe=provider_safe)


def from_request(
    operation: str,
    *,
    fields: Mapping[str, Texts] | None = None,
    provider_safe: bool = False,
    catalog: Catalog | None = None,
) -> SearchStrategy[Message]:
    """Valid requests of ``operation`` (``service/Operation``): envelope, header block, SOAPAction.

    Each value is one of `from_type`; optional elements come and go. ``fields`` has strategies of texts by the local
    names of fields, instead of their own. With ``provider_safe`` no rule of ``provider/`` has anything to say. Windows
    of times are in order where both ends stand in one group, once each, and are of one type.

    Shrinks to the required elements with the plainest values. Raises UnknownNameError, ContractError, and TypeError
    for arguments of other types; drawing raises TypeError and ValueError for what ``fields`` draw that is no text, or
    that no XML document can hold.
    """
    service, known = known_operation(operation, catalog)
    writer = _writer(service, known, "request", fields, safe=provider_safe)
    body = writer.elements(payload_of(service, known, "request"))
    block = st.just("") if known.header is None else writer.elements(block_of(service, known.header), shown=True)
    url = re.sub(r"\{(\w+)\}", r"\1", service.endpoint)
    drawn = st.builds(partial(_request, service.name, url, request_headers(known)), body, block)
    return _untold(drawn) if service.secrets & (fields or {}).keys() else drawn


def from_response(
    operation: str,
    *,
    fields: Mapping[str, Texts] | None = None,
    request: Message | None = None,
    provider_safe: bool = False,
    catalog: Catalog | None = None,
) -> SearchStrategy[Message]:
    """Valid responses of ``operation``, with HTTP status 200, as answers to ``request`` if that is given.

    Such an answer repeats the values that the contract says are echoed, where they are of the response's type.
    Otherwise as `from_request`.
    """
    service, known = known_operation(operation, catalog)
    repeated = _repeated(service, known, request, known_catalog(catalog))
    writer = _writer(service, known, "response", fields, repeated, safe=provider_safe)
    body = writer.elements(payload_of(service, known, "response"))
    drawn = body.map(lambda text: _response(service, enveloped(text), 200, request))
    return _untold(drawn) if service.secrets & (fields or {}).keys() else drawn


def from_fault(
    service: str, *, request: Message | None = None, catalog: Catalog | None = None
) -> SearchStrategy[Message]:
    """Faults of ``service``: SOAP's codes with those that the contract lists in the detail, any text.

    With the form that the provider prints where its contract does not call that an error, and any HTTP status that it
    lists. Shrinks to ``soap:Server`` without a text. Raises UnknownNameError.
    """
    known = known_service(service, catalog)
    texts = st.text(XML_CHARACTERS).map(escaped)
    details = st.sampled_from(
        ("", "<detail/>", *(f'<detail><{fault.name} xmlns="{known.namespace}"/></detail>' for fault in known.faults))
    )
    actors = st.just("") | texts.map("<faultactor>{}</faultactor>".format)
    usual = st.builds(
        "<soap:Fault><faultcode>{}</faultcode><faultstring>{}</faultstring>{}{}</soap:Fault>".format,
        st.sampled_from(_SOAP_CODES), texts, actors, details,
    )  # fmt: skip
    printed = st.builds(
        "<soap:Fault><soap:faultcode>{0.code}</soap:faultcode><soap:faultstring>{1}</soap:faultstring>"
        '<soap:detail><{0.name} xmlns="{2}"/></soap:detail></soap:Fault>'.format,
        st.sampled_from(known.faults) if known.faults else st.nothing(), texts, st.just(known.namespace),
    )  # fmt: skip
    bodies = usual if RULES["soap/fault-form"].severity_for(known) == "error" else usual | printed
    statuses = st.sampled_from(known.fault_statuses)
    return st.builds(lambda text, status: _response(known, enveloped(text), status, request), bodies, statuses)


def _writer(
    service: Service,
    operation: Operation,
    direction: Direction,
    fields: Mapping[str, Texts] | None,
    repeated: Mapping[str, str] | None = None,
    *,
    safe: bool,
) -> Writer:
    known = list(payload_of(service, operation, direction).values())
    if operation.header is not None and direction == "request":
        known += block_of(service, operation.header).values()
    given = given_texts(given_strategies(fields, [field.name for field in known], service.secrets))
    for field in known:
        text = (repeated or {}).get(field.name)
        if text is not None and field.type is not None and fits_type(text, field.type, safe=safe):
            given.setdefault(field.name, untold(st.just(text)))
    return Writer(service, given, safe=safe)


def _repeated(service: Service, operation: Operation, request: Message | None, catalog: Catalog) -> dict[str, str]:
    """What the response repeats of ``request``: the values of its `echoed` relations."""
    if request is None:
        return {}
    message = operation.payload("response").name
    asked = {field.name: text for _, field, text in open_case(known_message(request), catalog).values}
    relations = [known for known in service.relations if (known.kind, known.message) == ("echoed", message)]
    return {name: asked[name] for relation in relations for name in relation.fields if name in asked}


def _untold(messages: SearchStrategy[Message]) -> SearchStrategy[Message]:
    """``messages`` as other objects: of these Hypothesis does not print how, and from which secret, they were made."""

    @st.composite
    def untold_messages(draw: Callable[[SearchStrategy[Message]], Message]) -> Message:
        return draw(messages)._replace()

    return untold_messages()


def _request(service: str, url: str, headers: Headers, body: str, block: str) -> Message:
    envelope = enveloped(body, block)
    length = ("Content-Length", str(len(envelope)))
    return Message(envelope, (*headers, length), kind="request", method="POST", url=url, service=service)


def _response(service: Service, body: bytes, status: int, request: Message | None) -> Message:
    headers = (*_XML_HEADERS, ("Content-Length", str(len(body))))
    return Message(body, headers, kind="response", status=status, request=request, service=service.name)
