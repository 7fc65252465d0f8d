"""A classic ASP.NET web service (.asmx), for any contract: what it takes, what it makes of it and how it answers.

The order of the checks is that of SoapServerProtocol.Initialize and ReadParameters in Microsoft's reference source,
with both versions of SOAP on, which is the default and what Ongoing's WSDL has.
"""

from __future__ import annotations

import re
from datetime import UTC
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_to_bytes
from zoneinfo import ZoneInfo

from contracts import samples
from contracts.names import SOAP11, SOAP12, local_name

from .asmx_documents import parameter_of, see
from .asmx_reading import ReadError, called_element, is_mandatory, namespace_of, parts_of, read_parameters
from .asmx_writing import FaultText, empty, fault, success
from .behaviour import Behaviour
from .dotnet import Server, Value
from .exceptions import NetError
from .parameters import ConditionError
from .states import state

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import tzinfo

    from contracts.answers import Answer
    from contracts.messages import Message
    from contracts.model import Operation

    from .asmx_documents import Seen
    from .calls import Call

    Method = Callable[[dict[str, Value]], Mapping[str, Value] | None]

_TEXT_XML: Final = "text/xml"
_SOAP_XML: Final = "application/soap+xml"
_UNREADABLE: Final = "Server was unable to read request."
_UNPROCESSED: Final = "Server was unable to process request."
_NO_ACTION: Final = "Unable to handle request without a valid action parameter. Please supply a valid soap action."
_PROTOCOLS: Final = "System.Web.Services.Protocols."
#: Where each kind of exception arises, innermost first; of the frames behind .NET's own parsers nothing is told.
_ROUTING: Final = (
    f"{_PROTOCOLS}SoapServerProtocol.RouteRequest(SoapServerMessage message)",
    f"{_PROTOCOLS}SoapServerProtocol.Initialize()",
    (
        f"{_PROTOCOLS}ServerProtocolFactory.Create(Type type, HttpContext context, HttpRequest request, "
        "HttpResponse response, Boolean& abortProcessing)"
    ),
)
_READING: Final = (
    f"{_PROTOCOLS}SoapServerProtocol.ReadParameters()",
    f"{_PROTOCOLS}WebServiceHandler.CoreProcessRequest()",
)
_ESCAPE: Final = re.compile(r"%u([0-9A-Fa-f]{4})")


class MethodError(Exception):
    """A method of the service has thrown: ``kind`` is the .NET type of the exception, whose message is the text.

    With a ``code``, a local name of SOAP 1.1 such as ``Client``, it is a SoapException, which is told as it is.
    """

    def __init__(self, text: str, *, kind: str = "System.Exception", code: str = "") -> None:
        super().__init__(text)
        self.kind = kind
        self.code = code


class _Refusal(Exception):  # noqa: N818 - an answer on its way out
    def __init__(self, answer: Answer, *, by_method: bool = False) -> None:
        super().__init__()
        self.answer = answer
        self.by_method = by_method


class Asmx(Behaviour):
    """Answers as ASP.NET does, from the bytes of a request: tolerant where it is, whatever the verdict on them says.

    A subclass gives the service's `methods`. An operation without one answers with a sample of its response.
    """

    @property
    def methods(self) -> Mapping[str, Method]:
        """By an operation's name what it does: it takes the parameters by name and returns the result's values.

        A parameter that was not sent is None or, for a value type, 0, false or `moments.NEVER`. A method may raise
        MethodError.
        """
        return {}

    @property
    def server(self) -> Server:
        """What the reading and writing of values depends on."""
        return Server(self._zone, self.clock.now)

    def answer(self, call: Call) -> Answer:
        """The answer of ASP.NET to any request."""
        message = call.message
        if message.method not in (None, "POST"):
            return empty(SOAP11, 405)
        content_type = message.header("Content-Type") or ""
        try:
            return self._processed(message, content_type, see(message.body, content_type))
        except _Refusal as refusal:
            if call.forgiven and call.operation is not None and not refusal.by_method:
                return success(SOAP11, call.operation.response, self._sample(call.operation), self.server)
            return refusal.answer

    def reset(self) -> None:
        """Forget what calls and states have brought about."""
        super().reset()
        self._zone: tzinfo = UTC
        self._development = False

    @property
    def faults(self) -> tuple[str, ...]:
        """The names of the answers to a call that fails, those that the contract names last."""
        own = ("ServerFault", *_FAULTS, "BadRequest", "UnsupportedMediaType")
        return (*own, *[fault.name for fault in self.service.faults if fault.name not in own])

    def refuse(self, call: Call) -> Answer:
        """A fault in the SOAP version of the call."""
        error = call.error
        said = "the message calls no operation" if error is None else f"{error.rule}: {error.message}"
        return self._fault(_version_of(call), FaultText("Client", said))

    def write_fault(self, name: str, text: str, call: Call | None) -> Answer:
        """The answer called ``name``, in the SOAP version of the call: 500 with a fault, 400 or 415 with nothing."""
        namespace = SOAP11 if call is None else _version_of(call)
        if name == "BadRequest":
            return empty(namespace, 400)
        if name == "UnsupportedMediaType":
            return empty(namespace, 415)
        if name == "ServerFault":
            return self._fault(namespace, FaultText("Server", _UNPROCESSED, (NetError("System.Exception", text),)))
        if name not in _FAULTS:
            return super().write_fault(name, text, call)
        return self._fault(namespace, FaultText(_FAULTS[name], text, of_header=name == "MustUnderstand"))

    @state
    def development_errors(self) -> None:
        """Faults tell types and a stack trace, as with custom errors off; otherwise messages only."""
        self._development = True

    @state
    def time_zone(self, name: str) -> None:
        """The server is in this time zone, such as Europe/Stockholm; otherwise its clock shows UTC."""
        try:
            self._zone = ZoneInfo(name)
        except (LookupError, ValueError, OSError):
            raise ConditionError(
                f"'time zone': there is no zone {name[:40]!r}; name one such as Europe/Stockholm"
            ) from None

    def _processed(self, message: Message, content_type: str, seen: Seen) -> Answer:
        actions = message.header_values("SOAPAction")
        action = ",".join(actions) if actions else None
        kind = content_type.partition(";")[0].lower()
        guessed = SOAP12 if action is None or kind == _SOAP_XML else SOAP11
        operation = self._routed(guessed, action, content_type, seen)
        namespace = self._version(guessed, kind, seen)
        parameters = self._parameters(namespace, operation, seen)
        return success(namespace, operation.response, self._invoked(namespace, operation, parameters), self.server)

    def _routed(self, guessed: str, action: str | None, content_type: str, seen: Seen) -> Operation:
        """The operation by SOAPAction or, in SOAP 1.2 and without one, by the action parameter and then the Body."""
        namespace = guessed
        try:
            if guessed == SOAP11:
                return self._by_action(action or "")
            wanted = _url_decoded(parameter_of(content_type, "action"))
            named = self._with_action(wanted)
            if named is not None:
                return named
            return self._by_element(called_element(seen), wanted)
        except NetError as error:
            text = FaultText("Server", _UNPROCESSED, (error,))
        except MethodError as error:
            text = FaultText(error.code, str(error), frames=_ROUTING)
        if guessed == SOAP12 and seen.root is not None:
            namespace = self._known(namespace_of(seen))
        raise _Refusal(self._fault(namespace, text))

    def _by_action(self, action: str) -> Operation:
        if action.startswith('"') and action.endswith('"'):
            if len(action) == 1:
                said = "Length cannot be less than zero.\r\nParameter name: length"
                raise NetError("System.ArgumentOutOfRangeException", said)
            action = action[1:-1]
        action = _url_decoded(action)
        found = self._with_action(action)
        if found is None:
            said = f"Server did not recognize the value of HTTP Header SOAPAction: {action}."
            raise MethodError(said, code="Client")
        return found

    def _by_element(self, tag: str | None, action: str) -> Operation:
        found = next((operation for operation in self.service.operations if operation.request.tag == tag), None)
        if found is None:
            said = f"Unable to handle request. The action '{action}' was not recognized." if action else _NO_ACTION
            raise MethodError(said, code="Client")
        return found

    def _with_action(self, action: str) -> Operation | None:
        """The operation of this action; where its contract names none, it is namespace and name, as in .NET."""
        start = self.service.namespace.rstrip("/")
        known = (
            (operation.soap_action or f"{start}/{operation.name}", operation) for operation in self.service.operations
        )
        return next((operation for name, operation in known if name == action), None)

    def _version(self, guessed: str, kind: str, seen: Seen) -> str:
        """The namespace of the envelope, once its media type fits."""
        if kind not in (_TEXT_XML, _SOAP_XML):
            raise _Refusal(empty(guessed, 415))
        try:
            namespace = self._known(namespace_of(seen))
        except NetError:
            raise _Refusal(empty(guessed, 400)) from None
        if namespace == SOAP11 and kind != _TEXT_XML:
            raise _Refusal(empty(namespace, 415))
        return namespace

    def _known(self, namespace: str) -> str:
        if namespace in (SOAP11, SOAP12):
            return namespace
        said = f"Possible SOAP version mismatch: Envelope namespace {namespace} was unexpected. Expecting {SOAP11}."
        frames = (f"{_PROTOCOLS}SoapServerProtocol.CheckHelperVersion()", *_READING)
        raise _Refusal(self._fault(SOAP11, FaultText("VersionMismatch", said, frames=frames)))

    def _parameters(self, namespace: str, operation: Operation, seen: Seen) -> dict[str, Value]:
        """What the method gets: first everything is read, then the header blocks are asked for."""
        chain: tuple[NetError, ...]
        try:
            parts = parts_of(seen)
            found = read_parameters(seen, parts.body, operation.request, self.server)
        except ReadError as error:
            chain = error.chain
        except NetError as error:
            chain = (error,)
        else:
            understood = {header.tag for header in self.service.headers}
            strange = next((one for one in parts.blocks if is_mandatory(one) and one.tag not in understood), None)
            if strange is None:
                return found
            said = f"SOAP header {local_name(str(strange.tag))} was not understood."
            raise _Refusal(
                self._fault(namespace, FaultText("MustUnderstand", said, frames=_READING[1:], of_header=True))
            )
        if any(error.kind == "System.Xml.XmlException" for error in chain):
            raise _Refusal(empty(namespace, 400))
        raise _Refusal(self._fault(namespace, FaultText("Client", _UNREADABLE, chain, _READING)))

    def _invoked(self, namespace: str, operation: Operation, parameters: dict[str, Value]) -> Mapping[str, Value]:
        method = self.methods.get(operation.name)
        if method is None:
            return self._sample(operation)
        try:
            return method(parameters) or {}
        except MethodError as error:
            text = FaultText(error.code, str(error))
            if not error.code:
                text = FaultText("Server", _UNPROCESSED, (NetError(error.kind, str(error)),))
            raise _Refusal(self._fault(namespace, text), by_method=True) from None

    def _sample(self, operation: Operation) -> dict[str, Value]:
        seen = see(samples.fullest(self.service, operation, "response"), "text/xml; charset=utf-8")
        return read_parameters(seen, parts_of(seen).body, operation.response, self.server)

    def _fault(self, namespace: str, text: FaultText) -> Answer:
        return fault(namespace, text, development=self._development)


#: The faults that are a code and a text, by the names that `Behaviour.fault` knows them by.
_FAULTS: Final = {"ClientFault": "Client", "VersionMismatch": "VersionMismatch", "MustUnderstand": "MustUnderstand"}


def _version_of(call: Call) -> str:
    """The namespace of the SOAP version that a call is in; that of 1.1 where it is in none."""
    envelope = call.case.envelope
    return SOAP12 if envelope is not None and envelope.namespace == SOAP12 else SOAP11


def _url_decoded(text: str) -> str:
    """HttpUtility.UrlDecode: a plus is a blank, %XX are bytes of UTF-8 and %uXXXX is a character."""
    wide = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text.replace("+", " "))
    return unquote_to_bytes(wide.encode("utf-8", "surrogatepass")).decode("utf-8", "replace")
