"""The stub: both services on loopback, every message judged as it comes in, answered as its verdict says."""

from .journal import Exchange, line_of
from .listening import Place
from .stub import MalformedRequestError, Stub

__all__ = ["Exchange", "MalformedRequestError", "Place", "Stub", "line_of"]
