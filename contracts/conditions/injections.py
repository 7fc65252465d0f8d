"""What can be put in the place of an answer, or done to it: one function each, with what a sound client does then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from contracts.providers.parameters import Parameter, about_of, in_words, parameters_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contracts.answers import Answer
    from contracts.model import Operation, Service
    from contracts.providers import Behaviour, Call

#: What a sound client does: it returns the values that are on the wire; it raises; it may, or must not, send the call
#: again; it must not expand an entity.
Expectation = Literal["the same values", "raise", "may retry", "must not retry", "must not expand"]

_OUTCOMES: Final = ("the same values", "raise")


class Scene(NamedTuple):
    """Where an injection acts: the call, the operation it calls, and how it is answered without the injection.

    ``process`` has the provider do what is asked and gives its answer. ``base`` is the stub's address as the client
    wrote it, scheme and authority.
    """

    call: Call
    operation: Operation
    behaviour: Behaviour
    process: Callable[[], Answer]
    base: str

    @property
    def service(self) -> Service:
        """The service that is called."""
        return self.call.service


class Injection(NamedTuple):
    """One thing that a client must survive.

    ``expected`` has everything that a sound client may do. ``processed`` tells whether the provider does what was asked
    before the client gets to see this. ``suits`` tells of which operations it can be an answer. ``make`` is called with
    a Scene and the parameters; it gives None where this answer leaves nothing to do, and then waits for the next.
    ``refuse`` is called with the parameters beforehand, and raises ConditionError for what can be none.
    """

    name: str
    about: str
    expected: tuple[Expectation, ...]
    processed: bool
    parameters: tuple[Parameter, ...]
    suits: Callable[[Operation], bool]
    make: Callable[..., Answer | None]
    refuse: Callable[..., None]

    @property
    def expectation(self) -> str:
        """``expected`` in words."""
        return expectation_of(self.expected)


def expectation_of(expected: Sequence[str]) -> str:
    """What a sound client does, in words: one of its outcomes; then what it may do next, or must not."""
    outcomes = [one for one in expected if one in _OUTCOMES]
    return "; ".join(filter(None, [" or ".join(outcomes), *(one for one in expected if one not in _OUTCOMES)]))


#: The injections that any service has, by name.
INJECTIONS: Final[dict[str, Injection]] = {}


def injection(
    *expected: Expectation,
    processed: bool = True,
    name: str = "",
    suits: Callable[[Operation], bool] | None = None,
    refuse: Callable[..., None] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function as an injection, by its own name in words or by ``name``.

    The first paragraph of its docstring is what `soap-contracts list conditions` says of it.
    """

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        words = name or in_words(function.__name__)
        INJECTIONS[in_words(words)] = Injection(
            words,
            about_of(function),
            expected,
            processed,
            parameters_of(function),
            suits or _any,
            function,
            refuse or _nothing,
        )
        return function

    return register


def injections_for(behaviour: Behaviour) -> dict[str, Injection]:
    """Those that any service has, and one for each fault of this one; by name in words, in lower case."""
    own = {in_words(name): _fault(behaviour, name) for name in behaviour.faults}
    return {**INJECTIONS, **own}


def _fault(behaviour: Behaviour, name: str) -> Injection:
    def make(scene: Scene, text: str = "") -> Answer:
        return scene.behaviour.fault(name, text, scene.call)

    title = behaviour.service.title
    about = f"{title} answers {name}; `text` is what it says."
    return Injection(name, about, ("raise",), False, parameters_of(make), _any, make, _nothing)  # noqa: FBT003 - in order


def _nothing(**_parameters: object) -> None:
    pass


def _any(_operation: Operation) -> bool:
    return True
