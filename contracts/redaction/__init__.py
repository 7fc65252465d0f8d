"""Secrets out of recorded exchanges, by element and not by text, and the proof that none of them is left."""

from .files import Found, redact_file, write_cassette
from .proof import Leak, leaks_in
from .redactor import Redactor, Secret

__all__ = ["Found", "Leak", "Redactor", "Secret", "leaks_in", "redact_file", "write_cassette"]
