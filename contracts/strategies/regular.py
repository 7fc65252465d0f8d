"""Candidates for types that a contract restricts by regular expressions of its own (XSD 1.0 part 2, appendix F)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from elementpath.regex import RegexError, translate_pattern
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import SearchStrategy

    Texts = SearchStrategy[str]


def matching(patterns: Sequence[str], alphabet: Texts) -> Texts:
    """Texts of ``alphabet`` that the longest of ``patterns`` allows; none where Python has no such expression."""
    longest = max(patterns, key=len)
    try:
        expression = re.compile(
            translate_pattern(longest, back_references=False, lazy_quantifiers=False, anchors=False)
        )
    except (RegexError, re.error):
        return st.nothing()
    return st.from_regex(expression, fullmatch=True, alphabet=alphabet)
