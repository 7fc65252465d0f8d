"""XSD 1.0: the compiled schemas, whose verdict counts, and the lexical rules, which say what is wrong with a value."""

from .engine import Refusal, fits_patterns, refusal_of
from .lexical import RANGES, Instant, Misfit, collapsed, instant_of, is_after, misfit_of

__all__ = [
    "RANGES",
    "Instant",
    "Misfit",
    "Refusal",
    "collapsed",
    "fits_patterns",
    "instant_of",
    "is_after",
    "misfit_of",
    "refusal_of",
]
