"""Values of types that a contract restricts by regular expressions of its own (XSD 1.0 part 2, appendix F)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from elementpath.regex import RegexError, translate_pattern
from hypothesis import strategies as st

from contracts.errors import ContractError
from contracts.rules.facets import misfit_of_type

from .texts import XML_CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import SearchStrategy

    from contracts.model import Type


def matching(type_: Type, patterns: Sequence[str]) -> SearchStrategy[str]:
    """Values of ``type_``, which obey all ``patterns``: made by the longest, and those kept that the rest allows.

    Raises ContractError for a pattern that cannot be turned into one of Python's.
    """
    longest = max(patterns, key=len)
    try:
        expression = re.compile(
            translate_pattern(longest, back_references=False, lazy_quantifiers=False, anchors=False)
        )
    except (RegexError, re.error) as error:
        raise ContractError(f"no values of the type {type_.name} can be made: {error}") from None
    made = st.from_regex(expression, fullmatch=True, alphabet=XML_CHARACTERS)
    return made.filter(lambda text: misfit_of_type(text, type_) is None)
