"""Whole HTTP messages with drawn values in them: requests, responses and faults."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

from contracts.catalog import shipped
from contracts.errors import UnknownNameError
from contracts.messages import Message
from contracts.names import TEXT_XML
from contracts.rules import RULES
from contracts.samples import request_headers

from .schemata import block_of, payload_of, type_of
from .texts import XML_CHARACTERS
from .values import Value, from_type
from .writing import Writer, enveloped, escaped

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

    ``field`` is a local name; the values are those of `from_type`. Raises UnknownNameError and ContractError.
    """
    service, known = (catalog or shipped()).operation(operation)
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
    of two times are in order.

    Shrinks to the required elements with the plainest values. Raises UnknownNameError and ContractError.
    """
    service, known = (catalog or shipped()).operation(operation)
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

    Otherwise as `from_request`.
    """
    service, known = (catalog or shipped()).operation(operation)
    writer = _writer(service, known, "response", fields, safe=provider_safe)
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
    known = (catalog or shipped()).service(service)
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
    service: Service, operation: Operation, direction: Direction, fields: Mapping[str, Texts] | None, *, safe: bool
) -> Writer:
    names = [field.name for field in payload_of(service, operation, direction).values()]
    if operation.header is not None and direction == "request":
        names += [field.name for field in block_of(service, operation.header).values()]
    for name in fields or ():
        if name not in names:
            raise UnknownNameError.of("field", name, names)
    return Writer(service, fields or {}, safe=safe)


@st.composite
def _untold(draw: Callable[[SearchStrategy[Message]], Message], messages: SearchStrategy[Message]) -> Message:
    """``messages`` as other objects: of these Hypothesis does not print how, and from which secret, they were made."""
    return draw(messages)._replace()


def _request(service: str, url: str, headers: Headers, body: str, block: str) -> Message:
    envelope = enveloped(body, block)
    length = ("Content-Length", str(len(envelope)))
    return Message(envelope, (*headers, length), kind="request", method="POST", url=url, service=service)


def _response(service: Service, body: bytes, status: int, request: Message | None) -> Message:
    headers = (*_XML_HEADERS, ("Content-Length", str(len(body))))
    return Message(body, headers, kind="response", status=status, request=request, service=service.name)
