"""XSD 1.0: the compiled schemas, whose verdict counts, and the lexical rules, which say what is wrong with a value."""

from .engine import Refusal, Schema, fits_patterns
from .lexical import IMPLIED_PATTERNS, RANGES, Instant, Misfit, collapsed, instant_of, is_after, misfit_of

__all__ = [
    "IMPLIED_PATTERNS",
    "RANGES",
    "Instant",
    "Misfit",
    "Refusal",
    "Schema",
    "collapsed",
    "fits_patterns",
    "instant_of",
    "is_after",
    "misfit_of",
]
