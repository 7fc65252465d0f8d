"""Verdicts -> text for people, and JSON, JUnit, SARIF and GitHub's annotations for machines; written as they come.

The reporters that are not named here load what a plain check does not need; import them from their modules.
"""

from typing import Final

from .json import JsonReporter
from .reporter import Reporter, Summary, Terms
from .terminal import Style, escaped, width_of
from .text import TextReporter

__all__ = ["FORMATS", "JsonReporter", "Reporter", "Style", "Summary", "Terms", "TextReporter", "escaped", "width_of"]

#: What ``--format`` may name.
FORMATS: Final = ("text", "json", "junit", "sarif", "github")
