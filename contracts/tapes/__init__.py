"""Cassettes as values: found by their names, read as untrusted input, and asked for the answer to a request."""

from .library import FOLDER, found_in, named, shipped_names
from .recorded import Provenance, Recorded, answer_of, load, load_all
from .tape import Tape

__all__ = [
    "FOLDER",
    "Provenance",
    "Recorded",
    "Tape",
    "answer_of",
    "found_in",
    "load",
    "load_all",
    "named",
    "shipped_names",
]
