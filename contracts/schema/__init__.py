"""XSD 1.0: the compiled schemas, whose verdict counts, and the lexical rules, which say what is wrong with a value."""

from .engine import Refusal, refusal_of
from .lexical import Instant, Misfit, instant_of, misfit_of

__all__ = ["Instant", "Misfit", "Refusal", "instant_of", "misfit_of", "refusal_of"]
