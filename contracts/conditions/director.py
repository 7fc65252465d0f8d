"""Who answers: the behaviour of the service that is called, or what a test has put in the place of its answer."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, NamedTuple

from contracts.errors import UnknownNameError
from contracts.providers import Call, StateError, behaviour_of, refused
from contracts.providers.states import arguments_of, in_words

from .conduct import Conduct, of_address
from .injections import Scene, injections_for

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from contracts.answers import Answer
    from contracts.catalog import Catalog
    from contracts.findings import Verdict
    from contracts.messages import Message
    from contracts.model import Operation, Service
    from contracts.providers import Behaviour

    from .conduct import ConductError
    from .injections import Injection


class Served(NamedTuple):
    """An answer, and the name of the injection that made it, "" for none."""

    answer: Answer
    injected: str = ""


class _Waiting:
    """An injection that waits for a call of ``operation`` (None for any of the service); ``times`` None for ever."""

    def __init__(
        self, found: Injection, service: str, operation: str | None, times: int | None, arguments: Mapping[str, Any]
    ) -> None:
        self.injection = found
        self.service = service
        self.operation = operation
        self.times = times
        self.arguments = arguments
        self.met = 0

    def waits_for(self, service: Service, operation: Operation) -> bool:
        """Whether this call is one that it waits for."""
        if self.service != service.name or (self.times is not None and self.met >= self.times):
            return False
        return self.operation in (None, operation.name) and self.injection.suits(operation)

    @property
    def lack(self) -> str:
        """That it was not met, in words."""
        where = "/".join(filter(None, (self.service, self.operation)))
        return f"no call met the injection {self.injection.name} at {where}"


class Conditions:
    """The behaviours of the services of ``catalog``, new ones, and the injections that wait; safe for threads.

    Raises ContractError for a behaviour that cannot be loaded.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._lock = threading.RLock()
        self._behaviours = {service.name: behaviour_of(service) for service in catalog}
        self._waiting: list[_Waiting] = []
        self._conduct = Conduct(catalog)
        self._misconduct: list[ConductError] = []

    def given(self, service: str, state: str, parameters: Mapping[str, object]) -> None:
        """Bring a service into a state. Raises UnknownNameError and StateError."""
        with self._lock:
            self._behaviour(service).given(state, parameters)

    def inject(
        self, service: str, name: str, operation: str | None, times: int | None, parameters: Mapping[str, object]
    ) -> None:
        """Let the next ``times`` calls of ``operation`` (of any, for None) meet the injection called ``name``.

        ``times`` None stands for every call. Raises UnknownNameError and StateError.
        """
        with self._lock:
            behaviour = self._behaviour(service)
            known = injections_for(behaviour)
            found = known.get(in_words(name))
            if found is None:
                raise UnknownNameError.of("injection", name, [one.name for one in known.values()])
            if operation is not None:
                _, called = self._catalog.operation(f"{service}/{operation}")
                if not found.suits(called):
                    raise StateError(f"{found.name}: the response of {operation} has no value for it")
            if times is not None and times < 1:
                raise StateError(f"{found.name}: times is a number from 1 on, not {times}")
            arguments = arguments_of(found.name, found.parameters, parameters)
            self._waiting.append(_Waiting(found, service, operation, times, arguments))

    def reset(self) -> list[str]:
        """Forget all states and injections; a sentence for each injection that no call has met."""
        with self._lock:
            unmet = self.unmet()
            self._waiting.clear()
            self._conduct.reset()
            for behaviour in self._behaviours.values():
                behaviour.reset()
            return unmet

    def unmet(self) -> list[str]:
        """A sentence for each injection that no call has met."""
        with self._lock:
            return [waiting.lack for waiting in self._waiting if not waiting.met]

    def serve(
        self,
        message: Message,
        verdict: Verdict,
        base: str,
        process: Callable[[], Answer] | None = None,
        *,
        forgiven: bool = False,
    ) -> Served:
        """The answer to ``message``; ``verdict`` and ``forgiven`` are as in `Call`, ``base`` as in `Scene`.

        ``process`` gives the answer in the place of the service's behaviour.
        """
        with self._lock:
            service = self._catalog.services.get(message.service or verdict.service or "")
            if service is None:
                return Served(_nobodys(message, verdict, self._catalog) if process is None else process())
            call = Call(message, verdict, service, self._catalog, forgiven=forgiven)
            behaviour = self._behaviours[service.name]
            plainly = process or (lambda: behaviour.respond(call))
            if call.operation is None:
                return Served(plainly())
            self._note(self._conduct.of_call(message, call.operation))
            return self._injected(Scene(call, call.operation, behaviour, plainly, base))

    def look_at(self, url: str) -> None:
        """Note it where asking for ``url`` is what no client must do."""
        self._note(of_address(url))

    def taken(self) -> list[ConductError]:
        """What clients have done that they must not do, since the last time."""
        with self._lock:
            taken, self._misconduct = self._misconduct, []
            return taken

    def _injected(self, scene: Scene) -> Served:
        message = scene.call.message
        processed: list[Answer] = []

        def once() -> Answer:
            # An injection that leaves the answer alone gives way to the next: the provider has acted by then.
            if not processed:
                processed.append(scene.process())
            return processed[0]

        for waiting in self._waiting:
            if not waiting.waits_for(scene.service, scene.operation):
                continue
            answer = waiting.injection.make(scene._replace(process=once), **waiting.arguments)
            if answer is not None:
                waiting.met += 1
                if "must not retry" in waiting.injection.expected and scene.operation.effect == "destructive":
                    self._conduct.forbid_retry(message, message.source)
                return Served(answer, waiting.injection.name)
        return Served(once())

    def _note(self, found: ConductError | None) -> None:
        if found is not None:
            with self._lock:
                self._misconduct.append(found)

    def _behaviour(self, service: str) -> Behaviour:
        return self._behaviours[self._catalog.service(service).name]


def _nobodys(message: Message, verdict: Verdict, catalog: Catalog) -> Answer:
    """The answer to what calls none of the services: any of them refuses it alike."""
    return refused(Call(message, verdict, next(iter(catalog)), catalog))
