"""Verdicts -> text for people and JSON for machines, written as they come and not kept."""

from typing import Final

from .json import JsonReporter
from .reporter import Reporter, Summary, Terms
from .terminal import Style, escaped, width_of
from .text import TextReporter

__all__ = ["FORMATS", "JsonReporter", "Reporter", "Style", "Summary", "Terms", "TextReporter", "escaped", "width_of"]

#: What ``--format`` may name.
FORMATS: Final = ("text", "json")
