"""What stands between a client and an endpoint: sends what may be sent, and keeps what was exchanged."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from contracts.redaction import write_cassette
from contracts.rules import open_case
from contracts.secrecy import without
from contracts.tapes.recorded import DATE, PROVENANCE, SOURCE

from .decisions import permitted, refuse_harm
from .endpoints import Endpoint, EndpointError
from .fields import of_request

if TYPE_CHECKING:
    from contracts.catalog import Catalog
    from contracts.messages import Message
    from contracts.model import Service

    from .targets import Target

#: Seconds that an endpoint has for an answer.
PATIENCE: Final = 60.0


class Recorder:
    """Answers a client's requests for ``service`` from ``target``, and keeps both sides in memory until it writes them.

    ``path`` is the cassette, ``timeout`` what the endpoint has for each answer, in seconds.
    """

    def __init__(
        self, service: Service, target: Target, path: str, catalog: Catalog, *, timeout: float = PATIENCE
    ) -> None:
        self._service = service
        self._target = target
        self._catalog = catalog
        self._endpoint = Endpoint(target, timeout)
        self._exchanges: list[tuple[Message, Message]] = []
        self.path = path

    def __repr__(self) -> str:
        return f"<Recorder of {self._target.place}, {self.count} exchanges>"

    @property
    def place(self) -> str:
        """The endpoint's host and path."""
        return self._target.place

    @property
    def count(self) -> int:
        """How many exchanges there were."""
        return len(self._exchanges)

    def answer(self, request: Message) -> Message:
        """The endpoint's answer to ``request``, as `Stub` asks for it.

        Raises RefusedRequestError for what must not be sent, and EndpointError.
        """
        asked = self._addressed(request)
        # By what is sent on, and not by what the connection had beside it.
        permitted(asked, self._service, self._target, self._catalog)
        return self._sent(asked, request)

    def provoke(self, request: Message) -> Message:
        """As `answer`, for a request that is wrong on purpose, so that nobody can tell for certain what it calls.

        Raises RefusedRequestError where it speaks of an operation that does more than read, and EndpointError.
        """
        asked = self._addressed(request)
        refuse_harm(asked, self._service, self._target)
        return self._sent(asked, request)

    def _addressed(self, request: Message) -> Message:
        return request._replace(
            url=self._target.url, headers=of_request(request.headers), service=self._service.name, kind="request"
        )

    def _sent(self, asked: Message, request: Message) -> Message:
        if self._catalog.known is not None:
            self._catalog.known.learn(asked.body)
        try:
            found = self._endpoint.ask(asked)
        except EndpointError as error:
            # What an endpoint answers, such as the host that it redirects to, may repeat what it was sent.
            said, known = str(error), self._catalog.known
            secrets = open_case(asked._replace(request=None), self._catalog).places.masked.values
            # Nor what was sent, or came, before.
            earlier = () if known is None else known.found(said)
            raise type(error)(without(said, (*secrets, *earlier))) from None
        marks = (
            (PROVENANCE, "recorded"),
            (SOURCE, self._target.place),
            (DATE, datetime.now(tz=UTC).date().isoformat()),
        )
        answered = found._replace(headers=(*(found.headers or ()), *marks), source=request.source, request=asked)
        self._exchanges.append((asked, answered))
        return answered

    def write(self) -> int:
        """Add the exchanges, redacted, to the cassette, and return how many it has then; 0 where there was none.

        Raises LeakError, ReadError and WriteError; nothing was written then.
        """
        return write_cassette(self.path, tuple(self._exchanges), self._catalog) if self._exchanges else 0
