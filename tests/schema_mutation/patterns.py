"""Regular expressions of XSD with one part less: an alternative, a piece, a repetition, a character of a class.

Nothing is made looser: what a looser pattern would let in, the built-in type beside it refuses.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_ATOM: Final = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|[^()|]")
_QUANTIFIER: Final = re.compile(r"[?*+]|\{[0-9]+(?:,[0-9]*)?\}")
_ITEM: Final = re.compile(r"(?:\\.|[^\\])(?:-(?:\\.|[^\\]))?")


def narrower_patterns(pattern: str) -> Iterator[str]:
    """``pattern`` with one part less, each time another, none twice."""
    seen = {pattern, ""}
    for start, end, other in _parts(pattern):
        changed = pattern[:start] + other + pattern[end:]
        if changed not in seen:
            seen.add(changed)
            yield changed


def _parts(pattern: str) -> Iterator[tuple[int, int, str]]:
    """Spans of ``pattern``, each with what may stand there instead."""
    for start, end in _alternatives(pattern):
        yield start, end, ""
    for start, end, quantifier in _pieces(pattern):
        yield start, end, ""
        yield quantifier, end, _narrower_quantifier(pattern[quantifier:end])
        if pattern[start] == "[" and pattern[start + 1] != "^":
            items = list(_ITEM.finditer(pattern, start + 1, quantifier - 1))
            for item in items if len(items) > 1 else ():
                yield *item.span(), ""


def _narrower_quantifier(quantifier: str) -> str:
    """At most one for any number, just one for at most one, the least number for all from it on."""
    return {"*": "?", "?": "", "+": ""}.get(quantifier, quantifier.replace(",}", "}"))


def _pieces(pattern: str) -> Iterator[tuple[int, int, int]]:
    """Atoms, groups among them, with their quantifiers: start, end, and where the quantifier starts."""
    opened: list[int] = []
    at = 0
    while at < len(pattern):
        char, start = pattern[at], at
        if char == "(":
            opened.append(at)
            at += 1
            continue
        if char == "|":
            at += 1
            continue
        if char == ")":
            start, after = opened.pop(), at + 1
        else:
            atom = _ATOM.match(pattern, at)
            assert atom is not None, pattern
            after = atom.end()
        quantifier = _QUANTIFIER.match(pattern, after)
        at = after if quantifier is None else quantifier.end()
        yield start, at, after


def _alternatives(pattern: str) -> Iterator[tuple[int, int]]:
    """Spans of alternatives, each with one of the bars beside it, where there are several."""
    levels: list[list[int]] = [[0]]
    at = 0
    while at <= len(pattern):
        char = pattern[at] if at < len(pattern) else ")"
        if char == "(":
            levels.append([at + 1])
        elif char == "|":
            levels[-1].append(at + 1)
        elif char == ")":
            starts = levels.pop()
            for number, start in enumerate(starts if len(starts) > 1 else ()):
                end = starts[number + 1] if number + 1 < len(starts) else at
                yield (start, end) if number + 1 < len(starts) else (start - 1, end)
        atom = _ATOM.match(pattern, at) if char not in "()|" else None
        at = at + 1 if atom is None else atom.end()
