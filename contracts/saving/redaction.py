"""A body without its secrets, byte for byte as long as it was, and judged as it was.

`contracts.masking` knows what must not be shown. `Twins` gives every character another one, as if all of the message
were hidden; the hidden spans are then taken from there, and the rest from the message.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from .fills import Fill
from .texts import text_of
from .twins import Twins

if TYPE_CHECKING:
    from contracts.rules import Case

    from .fills import Style
    from .texts import Text

_DOCTYPE: Final = "<!DOCTYPE"
#: A CDATA section that has swallowed other elements.
_SWALLOWING: Final = re.compile(r"(?<=<!\[CDATA\[)(?:(?!\]\]>)[^<]|<(?!/))*+<(?:(?!\]\]>).)*+", re.DOTALL)
#: ASCII in UTF-16, behind a byte too many or a lost one, is taken for other scripts, and they for it.
_SHIFTED: Final = re.compile(r"[^\x00-\x20<>&\"'/=\x80-\U0010ffff]*+[^\x00-\x7f][^\x00-\x20<>&\"'/=]*+")


def redacted(case: Case, style: Style) -> bytes:
    """The body of ``case``'s message with other characters, of ``style``, for those that must not be shown.

    Raises UnicodeError for a body whose characters cannot be told, or for which its encoding has no others.
    """
    body, document = case.message.body, case.document
    if document.too_large and not document.encoded.data:
        return b"x" * len(body)  # nobody has looked at it, so nothing tells one such body from another
    text, masked = text_of(body, document), case.places.masked
    twins = Twins(case, Fill(style, text.encoding)).of(text.blanked)
    spans = text.characters(masked.spans)
    if document.root is None:
        spans.extend(found.span() for found in _SWALLOWING.finditer(text.text))
        if text.encoding.startswith("utf-16"):
            spans.extend(found.span() for found in _SHIFTED.finditer(text.text))
    return text.encoded(_without_doctype(text, _spliced(text.text, twins, spans), style))


def _spliced(text: str, twins: str, spans: list[tuple[int, int]]) -> str:
    """``text`` with ``spans``, which may overlap, from ``twins``."""
    parts, here = [], 0
    for start, end in sorted(spans):
        if end > here:
            parts += [text[here:start], twins[max(here, start) : end]]
            here = end
    return "".join([*parts, text[here:]])


def _without_doctype(text: Text, shown: str, style: Style) -> str:
    """``shown`` without what its DOCTYPE, which nobody judges, says.

    A fine style keeps the punctuation by which the end of it is found.
    """
    start, end = text.doctype
    if start == end:
        return shown
    said = text.text[start + len(_DOCTYPE) : end].translate(Fill(style._replace(fine=True), text.encoding))
    return f"{shown[:start]}{_DOCTYPE}{said}{shown[end:]}"
