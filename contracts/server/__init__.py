"""The stub of the services: every message is judged as it comes in, and answered as the service would."""

from .journal import Exchange, Journal, line_of
from .listening import Place
from .stub import MalformedRequestError, Stub

__all__ = ["Exchange", "Journal", "MalformedRequestError", "Place", "Stub", "line_of"]
