"""How each provider behaves, so that the stub answers as it would: sessions, stored times, faults, tolerance."""

from .behaviour import Behaviour, refused, sampled
from .calls import Call
from .clocks import Clock
from .loading import behaviour_of
from .states import State, StateError, state

__all__ = ["Behaviour", "Call", "Clock", "State", "StateError", "behaviour_of", "refused", "sampled", "state"]
