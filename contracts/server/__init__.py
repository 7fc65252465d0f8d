"""The stub: both services on loopback, every message judged as it comes in, answered as its verdict says."""

from .stub import Exchange, MalformedRequestError, Stub

__all__ = ["Exchange", "MalformedRequestError", "Stub"]
