"""How each provider behaves, so that the stub answers as it would: sessions, stored times, faults, tolerance."""

from .behaviour import Behaviour, refused, sampled
from .calls import Call
from .clocks import Clock
from .loading import behaviour_of
from .parameters import ConditionError
from .states import State, state

__all__ = ["Behaviour", "Call", "Clock", "ConditionError", "State", "behaviour_of", "refused", "sampled", "state"]
