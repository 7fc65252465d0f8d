"""Who answers: the behaviour of the service that is called, or what a test has put in the place of its answer."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from contracts.errors import UnknownNameError
from contracts.providers import Call, ConditionError, behaviour_of, refused
from contracts.providers.parameters import arguments_of, in_words
from contracts.providers.states import states_of

from .conduct import Conduct, of_address
from .injections import Scene, injections_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from contracts.answers import Answer
    from contracts.catalog import Catalog
    from contracts.findings import Verdict
    from contracts.messages import Message
    from contracts.model import Operation, Service
    from contracts.providers import Behaviour, State

    from .conduct import ConductError
    from .injections import Injection


#: Seconds that a call may take before nobody waits for its end any more.
_PATIENCE: Final = 10.0


class Served(NamedTuple):
    """An answer, and the name of the injection that made it, "" for none."""

    answer: Answer
    injected: str = ""


class _Waiting:
    """An injection that waits for a call of ``operation`` (None for any of the service); ``times`` None for ever."""

    def __init__(
        self,
        found: Injection,
        service: str,
        operation: str | None,
        times: int | None,
        arguments: Mapping[str, Any],
        *,
        lasting: bool,
    ) -> None:
        self.lasting = lasting
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

    What is ``lasting`` outlives a `reset`. Raises ContractError for a behaviour that cannot be loaded.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._lock = threading.Lock()
        #: One behaviour acts at a time. Another lock, because that of the user's own may take its time.
        self._acting = threading.RLock()
        self._behaviours = {service.name: behaviour_of(service) for service in catalog}
        self._waiting: list[_Waiting] = []
        self._conduct = Conduct(catalog)
        self._misconduct: list[ConductError] = []
        self._lasting: list[tuple[str, str, Mapping[str, object]]] = []

    def states(self, service: str) -> Mapping[str, State]:
        """The states of a service, by name. Raises UnknownNameError."""
        return states_of(type(self._behaviour(service)))

    def given(self, service: str, name: str, parameters: Mapping[str, object], *, lasting: bool = False) -> None:
        """Bring a service into the state called ``name``. Raises UnknownNameError and ConditionError."""
        behaviour = self._behaviour(service)
        with self._alone(service):
            behaviour.given(name, parameters)
        state = states_of(type(behaviour))[in_words(name)]
        for key, text in parameters.items():
            if self._catalog.known is not None and key.replace("-", "_") in state.secret:
                self._catalog.known.learn_text(str(text))
        with self._lock:
            # What was begun before is another story by now.
            self._conduct.reset(service)
            if lasting:
                self._lasting.append((service, name, dict(parameters)))

    def inject(
        self,
        service: str,
        name: str,
        operation: str | None,
        times: int | None,
        parameters: Mapping[str, object],
        *,
        lasting: bool = False,
    ) -> None:
        """Let the next ``times`` calls of ``operation`` (of any, for None) meet the injection called ``name``.

        ``times`` None stands for every call. Raises UnknownNameError and ConditionError.
        """
        known = injections_for(self._behaviour(service))
        found = known.get(in_words(name))
        if found is None:
            raise UnknownNameError.of("injection", name, [one.name for one in known.values()])
        if operation is not None:
            _, called = self._catalog.operation(f"{service}/{operation}")
            if not found.suits(called):
                raise ConditionError(f"{found.name}: the response of {operation} has no value for it")
        if times is not None and times < 1:
            raise ConditionError(f"{found.name}: times is a number from 1 on, not {times}")
        arguments = arguments_of(found.name, found.parameters, parameters)
        found.refuse(**arguments)
        with self._lock:
            self._waiting.append(_Waiting(found, service, operation, times, arguments, lasting=lasting))

    def reset(self) -> list[str]:
        """Forget all states and injections that do not last; a sentence for each injection that no call has met."""
        with self._lock:
            unmet = [waiting.lack for waiting in self._waiting if not waiting.met and not waiting.lasting]
            self._waiting = [waiting for waiting in self._waiting if waiting.lasting]
            self._conduct.reset()
        with contextlib.ExitStack() as stack:
            for service, behaviour in self._behaviours.items():
                stack.callback(self._begin_anew, service, behaviour)
        return unmet

    def _begin_anew(self, service: str, behaviour: Behaviour) -> None:
        with self._alone(service):
            behaviour.reset()
            for _, name, parameters in (one for one in self._lasting if one[0] == service):
                behaviour.given(name, parameters)

    @contextlib.contextmanager
    def _alone(self, service: str) -> Iterator[None]:
        if not self._acting.acquire(timeout=_PATIENCE):
            raise ConditionError(f"{service}: the stub has been busy with a call for {_PATIENCE:g} seconds")
        try:
            yield
        finally:
            self._acting.release()

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
        service = self._catalog.services.get(message.service or verdict.service or "")
        with self._acting:
            if service is None:
                return Served(_nobodys(message, verdict, self._catalog) if process is None else process())
            call = Call(message, verdict, service, self._catalog, forgiven=forgiven)
            behaviour = self._behaviours[service.name]
            plainly = process or (lambda: behaviour.respond(call))
            if call.operation is None:
                return Served(plainly())
            caller = behaviour.caller(call)
            with self._lock:
                self._note(self._conduct.of_call(message, call.operation, caller))
            return self._injected(Scene(call, call.operation, behaviour, plainly, base), caller)

    def look_at(self, url: str) -> None:
        """Note it where asking for ``url`` is what no client must do."""
        with self._lock:
            self._note(of_address(url))

    def taken(self) -> list[ConductError]:
        """What clients have done that they must not do, since the last time."""
        with self._lock:
            taken, self._misconduct = self._misconduct, []
            return taken

    def _injected(self, scene: Scene, caller: str) -> Served:
        message = scene.call.message
        processed: list[Answer] = []

        def once() -> Answer:
            # An injection that leaves the answer alone gives way to the next: the provider has acted by then.
            if not processed:
                processed.append(scene.process())
                if processed[0].status == 200:
                    with self._lock:
                        self._conduct.begun(message, scene.operation)
            return processed[0]

        with self._lock:
            waiting = [one for one in self._waiting if one.waits_for(scene.service, scene.operation)]
        for one in waiting:
            answer = one.injection.make(scene._replace(process=once), **one.arguments)
            if answer is not None:
                self._met(one)
                if "must not retry" in one.injection.expected:
                    with self._lock:
                        self._conduct.forbid_retry(message, caller)
                return Served(answer, one.injection.name)
        return Served(once())

    def _met(self, waiting: _Waiting) -> None:
        with self._lock:
            waiting.met += 1
            if waiting.times is not None and waiting.met >= waiting.times and waiting in self._waiting:
                self._waiting.remove(waiting)

    def _note(self, found: ConductError | None) -> None:
        if found is not None:
            self._misconduct.append(found)

    def _behaviour(self, service: str) -> Behaviour:
        return self._behaviours[self._catalog.service(service).name]


def _nobodys(message: Message, verdict: Verdict, catalog: Catalog) -> Answer:
    """The answer to what calls none of the services: any of them refuses it alike."""
    return refused(Call(message, verdict, next(iter(catalog)), catalog))
