"""Conditions on demand: states that a provider is brought into, and answers that a client must survive."""

from . import replacements, spellings, transport, values  # noqa: F401 - importing registers
from .conduct import ConductError
from .director import Conditions, Served
from .injections import INJECTIONS, Injection, injections_for
from .words import Asked, asked_injection, asked_state

__all__ = [
    "INJECTIONS",
    "Asked",
    "Conditions",
    "ConductError",
    "Injection",
    "Served",
    "asked_injection",
    "asked_state",
    "injections_for",
]
