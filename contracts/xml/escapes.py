"""Text as it is written into XML."""

from __future__ import annotations

from typing import Final

#: A carriage return that is not written as a reference comes out as a line feed (XML 1.0 section 2.11).
_IN_TEXT: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
_TEXT_TABLE: Final = str.maketrans(_IN_TEXT)
#: Blanks that are not written as references come out as spaces (section 3.3.3).
_VALUE_TABLE: Final = str.maketrans({**_IN_TEXT, '"': "&quot;", "\n": "&#10;", "\t": "&#9;"})


def escaped(text: str) -> str:
    """``text`` as it stands between tags."""
    return text.translate(_TEXT_TABLE)


def escaped_in_quotes(text: str) -> str:
    """``text`` as it stands between the double quotes of an attribute."""
    return text.translate(_VALUE_TABLE)
