"""Messages with exactly one fault each, for every rule, and their valid neighbours: made from any valid message."""

from . import (  # noqa: F401 - importing registers
    blocks,
    contents,
    documents,
    encodings,
    faults,
    http,
    operations,
    provider,
    relations,
    soap,
    statuses,
    structure,
    values,
)
from .making import every_mutant_of, every_near_miss_of
from .registry import Mutant

__all__ = ["Mutant", "every_mutant_of", "every_near_miss_of"]
