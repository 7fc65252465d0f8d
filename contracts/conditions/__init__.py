"""Conditions on demand: states that a provider is brought into, and answers that a client must survive."""

from . import replacements, spellings, transport, values  # noqa: F401 - importing registers
from .conduct import ConductError
from .director import Conditions, Served
from .injections import INJECTIONS, Injection, expectation_of, injections_for
from .words import Wanted, wanted_injection, wanted_state

__all__ = [
    "INJECTIONS",
    "Conditions",
    "ConductError",
    "Injection",
    "Served",
    "Wanted",
    "expectation_of",
    "injections_for",
    "wanted_injection",
    "wanted_state",
]
