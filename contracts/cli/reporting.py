"""The reports that the settings ask for: one on standard output or in a file, and further ones in files."""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING, Any, Final

from contracts.reports import Style
from contracts.rules import RULES

from .failures import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TextIO

    from contracts.reports import Reporter, Terms

#: Each format's reporter. Imported when it is asked for: some load what a plain check must not pay for.
_REPORTERS: Final = {
    "text": ("contracts.reports.text", "TextReporter"),
    "json": ("contracts.reports.json", "JsonReporter"),
    "junit": ("contracts.reports.junit", "JUnitReporter"),
    "sarif": ("contracts.reports.sarif", "SarifReporter"),
    "github": ("contracts.reports.github", "GithubReporter"),
}


def reporter_to(outputs: Sequence[tuple[str, str | None]], terms: Terms, *, quiet: bool, kept: set[str]) -> Reporter:
    """The reports, a format and a path each, None for standard output; to be used in a ``with``.

    ``kept`` are real paths of files that no report may replace. Raises UsageError for a file that cannot be written.
    """
    paths = [os.path.realpath(path) for _, path in outputs if path is not None]
    if len(set(paths)) < len(paths):
        raise UsageError("two reports would be written to one file")
    for path in kept.intersection(paths):
        raise UsageError(f"{path}: a report would replace a file that is read; name another one")
    reporters = [_reporter(form, path, terms, quiet=quiet) for form, path in outputs]
    if len(reporters) == 1:
        return reporters[0]
    several: Callable[[list[Reporter]], Reporter] = importlib.import_module("contracts.reports.several").Several
    return several(reporters)


def _reporter(form: str, path: str | None, terms: Terms, *, quiet: bool) -> Reporter:
    module, name = _REPORTERS[form]
    kind: type[Reporter] = getattr(importlib.import_module(module), name)
    stream = sys.stdout if path is None else _opened(path)
    return kind(stream, terms, owned=path is not None, **_extras(form, path, quiet=quiet))


def _extras(form: str, path: str | None, *, quiet: bool) -> dict[str, Any]:
    if form == "text":
        return {"style": Style.of_stream(sys.stdout, os.environ) if path is None else Style(), "quiet": quiet}
    if form == "sarif":
        return {"about": _about, "workspace": os.environ.get("GITHUB_WORKSPACE") or None}
    if form == "github":
        return {
            "summary_path": (os.environ.get("GITHUB_STEP_SUMMARY") or None) if path is None else None,
            "workspace": os.environ.get("GITHUB_WORKSPACE") or None,
        }
    return {}


def _about(rule: str) -> str:
    """What a rule wants, in a sentence."""
    return " ".join(RULES[rule].doc.split("\n\n")[0].split())


def _opened(path: str) -> TextIO:
    try:
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        return open(path, "w", encoding="utf-8", errors="backslashreplace", newline="\n")
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from None
