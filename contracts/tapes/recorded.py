"""A cassette's exchanges, read as untrusted input: what cannot be replayed is an error that names file and line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from contracts.addresses import addressed, services_at
from contracts.errors import ReadError
from contracts.fields import HOP_BY_HOP, OF_THE_BYTES, is_field, is_token
from contracts.messages import Message
from contracts.names import BLANKS, local_name
from contracts.readers import exchanges_at
from contracts.rules import open_case
from contracts.sniffing import looks_like_envelope
from contracts.xml import MAX_BYTES

from .library import name_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contracts.catalog import Catalog
    from contracts.readers.exchanges import Exchange, Half, Place

#: The most bytes in all bodies of a cassette, their codings undone: an alias, or gzip, makes much of little.
MAX_TOTAL: Final = 128 * 1024 * 1024
#: What tells of one connection, or of bytes that are not those of the replay.
_OF_THE_CONNECTION: Final = HOP_BY_HOP | OF_THE_BYTES
#: Answers without a body, whatever was recorded (RFC 9110 sections 15.3.5 and 15.4.5).
_BODILESS: Final = (204, 304)
#: Header fields of an answer that tell where it comes from; they go to the client as well.
PROVENANCE: Final = "Soap-Contracts-Provenance"
SOURCE: Final = "Soap-Contracts-Source"
DATE: Final = "Soap-Contracts-Date"
_FINDINGS: Final = "Soap-Contracts-Findings"


class Provenance(NamedTuple):
    """Where an answer comes from, as header fields of its own say: ``Soap-Contracts-Provenance`` and its companions.

    ``basis`` is documented, observed, inferred or recorded, and "" where the cassette does not say; ``findings`` are
    the rules that the exchange breaks on purpose.
    """

    basis: str
    source: str
    date: str
    findings: tuple[str, ...]


class Recorded(NamedTuple):
    """One exchange of the cassette called ``name``, and its 0-based number in it.

    ``response`` is as it is to be sent: without the fields that tell of the recorded connection, its codings undone.
    """

    name: str
    index: int  # type: ignore[assignment] # hides tuple.index, which nobody needs here
    request: Message
    response: Message

    @property
    def place(self) -> str:
        """How to call it."""
        return f"{self.name}[{self.index}]"

    @property
    def provenance(self) -> Provenance:
        """Where the answer comes from."""
        basis, source, date, findings = (
            self.response.header(name) or "" for name in (PROVENANCE, SOURCE, DATE, _FINDINGS)
        )
        return Provenance(basis, source, date, tuple(findings.replace(",", " ").split()))


def load_all(paths: Iterable[str], catalog: Catalog) -> list[Recorded]:
    """The exchanges of several cassettes, one after the other; as `load`."""
    return [recorded for path in paths for recorded in load(path, catalog)]


def load(path: str, catalog: Catalog) -> list[Recorded]:
    """The exchanges in the cassette, or the HAR, at ``path``.

    Raises ReadError, whose text names the file and the line, for what cannot be read or replayed, and for a cassette
    that has none.
    """
    try:
        found, left_out = _read(path, catalog)
    except ReadError:
        raise
    except (OSError, ValueError) as error:
        raise ReadError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or type(error).__name__}") from None
    if not found:
        raise left_out[0] if left_out else ReadError(f"{path}: there is no exchange in it")
    return found


def _read(path: str, catalog: Catalog) -> tuple[list[Recorded], list[ReadError]]:
    """The exchanges, and why some were left out that cannot be replayed and are no business of a contract."""
    found, left_out, size = list[Recorded](), list[ReadError](), 0
    for place, exchange in exchanges_at(path):
        try:
            recorded = _recorded(place, exchange, catalog)
        except ReadError as error:
            body = exchange.request.body
            if services_at(catalog, exchange.url) or (isinstance(body, bytes) and looks_like_envelope(body)):
                raise
            left_out.append(error)
            continue
        found.append(recorded)
        size += len(recorded.request.body) + len(recorded.response.body)
        if size > MAX_TOTAL:
            raise ReadError(f"{path}: line {place.line}: its bodies have more than {MAX_TOTAL} bytes by here")
    return found, left_out


def answer_of(recorded: Recorded, catalog: Catalog) -> str:
    """What a recorded answer is, in a few words: its status and its payload."""
    case = open_case(recorded.response, catalog)
    if case.payload is None:
        return f"{recorded.response.status} {'empty' if not recorded.response.body else 'no SOAP'}"
    if case.kind != "fault":
        return f"{recorded.response.status} {local_name(str(case.payload.tag))}"
    details = [local_name(str(node.tag)) for node in case.payload.iterfind("{*}detail/*")]
    codes = ["".join(map(str, node.itertext())).strip(BLANKS) for node in case.payload.iterfind("{*}faultcode")]
    return f"{recorded.response.status} {case.clean((details or codes or ['Fault'])[0])}"


def _recorded(place: Place, exchange: Exchange, catalog: Catalog) -> Recorded:
    name, index = name_of(place.source), place.index
    try:
        asked, answered = _asked(exchange), _answer(exchange)
    except ReadError as error:
        raise ReadError(f"{place.source}: {place.error(error)}") from None
    asked = asked._replace(source=name, index=index)
    asked = asked._replace(service=addressed(catalog, asked))
    response = answered._replace(kind="response", source=name, index=index, request=asked)
    return Recorded(name, index, asked, response)


def _asked(exchange: Exchange) -> Message:
    """The request. Raises ReadError."""
    method = exchange.method or "POST"
    if not is_token(method):
        raise ReadError("the method is none of HTTP")
    return _message(exchange.request, "request")._replace(kind="request", method=method, url=exchange.url)


def _answer(exchange: Exchange) -> Message:
    """The response as it is to be sent. Raises ReadError."""
    if exchange.response is None or exchange.status is None:
        raise ReadError("no response was recorded")
    if not 200 <= exchange.status <= 599:
        raise ReadError("the status is no number from 200 to 599")
    recorded = _message(exchange.response, "response")
    kept = tuple(field for field in recorded.headers or () if field[0].lower() not in _OF_THE_CONNECTION)
    body = b"" if exchange.status in _BODILESS else recorded.body
    return Message(body, kept, status=exchange.status)


def _message(half: Half, what: str) -> Message:
    """The body and the header fields of one half. Raises ReadError."""
    headers = None if half.headers is None else tuple((name, value.strip(" \t")) for name, value in half.headers)
    for name, value in headers or ():
        if not is_field(name, value):
            raise ReadError(
                f"a header field of the {what} is none of HTTP: it has a line break or another such character"
            )
        if name.lower() == "content-length" and _claims_too_much(value):
            raise ReadError(f"Content-Length of the {what} claims {value[:20]} bytes; at most {MAX_BYTES} are replayed")
    if half.body is None:
        raise ReadError(f"the body of the {what} was not recorded")
    if isinstance(half.body, ReadError):
        raise half.body
    if len(half.body) > MAX_BYTES:
        raise ReadError(f"the body of the {what} has more than the {MAX_BYTES} bytes that are replayed")
    return Message(half.body, headers, decoded=True)


def _claims_too_much(value: str) -> bool:
    return value.isascii() and value.isdigit() and int(value[:20]) > MAX_BYTES
