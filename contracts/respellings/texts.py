"""Characters: as themselves, as references, in CDATA sections, with comments between them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from .habits import Ways

#: Where a comment says something that a search for bytes takes for markup.
MARKUP: Final = (
    '<!-- <a href="#id0" x:type="y:z"> & ]]> </soap:Body> <?php ?> <!DOCTYPE e [ ]> <![CDATA[ encodingStyle -->'
)
REMARK: Final = "<!-- a remark: é, 名 and \U0001f600 -->"

_NAMED: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"}
#: What cannot stand for itself; a carriage return would come back as a line feed (XML 1.0 section 2.11).
_IN_TEXT: Final = re.compile(r"[&<\r]|(?<=\]\])>|^>")
_IN_ATTRIBUTE: Final = re.compile(r"[&<\t\n\r]")
_NAMEABLE: Final = re.compile(r"""[&<>"'\r]""")
_NAMEABLE_IN_ATTRIBUTE: Final = re.compile(r"""[&<>"'\t\n\r]""")
_ANY: Final = re.compile(r".", re.DOTALL)
#: The limit on tags, which is guessed at by counting "<", is not for a value in sections.
_MOST_SECTIONS: Final = 1000
_LINE_ENDS: Final = {"carriage-return-line-feed": "\r\n", "carriage-return": "\r"}

_FORMS: Final[dict[str, Callable[[str], str]]] = {
    "decimal": lambda char: f"&#{ord(char)};",
    "lower-hexadecimal": lambda char: f"&#x{ord(char):x};",
    "upper-hexadecimal": lambda char: f"&#x{ord(char):X};",
    "leading-zeros": lambda char: f"&#{ord(char):08};",
}


def attribute(value: str, way: str, quote: str) -> str:
    """``value`` in quotes. Tabs and line ends must be references: a parser makes spaces of bare ones."""
    if way in _FORMS:
        spelled = _ANY.sub(lambda match: _FORMS[way](match[0]), value)
    elif way == "named":
        spelled = _NAMEABLE_IN_ATTRIBUTE.sub(_named, value)
    else:
        first = _FORMS["decimal"](value[0]) if way == "first" and value else ""
        spelled = first + _IN_ATTRIBUTE.sub(_named, value[1:] if first else value)
    return quote + spelled.replace(quote, _NAMED[quote]) + quote


def plain(text: str) -> str:
    """``text`` with the references that it needs and no others."""
    return _IN_TEXT.sub(_named, text)


def spelled(text: str, ways: Ways) -> str:
    """``text``, the characters of a value, in the ways that are chosen for it; not one of them is lost or added."""
    line_end, comment = ways.of("line-ends"), ways.of("comments-in-values")
    cdata, references = ways.of("cdata"), ways.of("references")

    def part(piece: str) -> str:
        return _sections(piece, cdata, references, line_end)

    if comment == "none":
        return part(text)
    if comment == "before":
        return REMARK + part(text)
    if comment == "after":
        return part(text) + REMARK
    middle = len(text) // 2
    return part(text[:middle]) + (MARKUP if comment == "markup" else REMARK) + part(text[middle:])


def _sections(text: str, cdata: str, references: str, line_end: str) -> str:
    if cdata == "none":
        return _referenced(text, references, line_end)
    if cdata == "empty":
        return "<![CDATA[]]>" + _referenced(text, references, line_end)
    if cdata == "every-character" and len(text) <= _MOST_SECTIONS:
        return "".join(_section(char, line_end) for char in text)
    if cdata in ("whole", "every-character"):
        return _section(text, line_end)
    third = (len(text) + 2) // 3
    first, middle, last = text[:third], text[third : 2 * third], text[2 * third :]
    return (
        _referenced(first, references, line_end) + _section(middle, line_end) + _referenced(last, references, line_end)
    )


def _section(text: str, line_end: str) -> str:
    """``text`` in CDATA sections: ``]]>`` split over two, carriage returns between them, where no reference is read."""
    runs = [
        f"<![CDATA[{_lines(run.replace(']]>', ']]]]><![CDATA[>'), line_end, ']]>&#10;<![CDATA[')}]]>" if run else ""
        for run in text.split("\r")
    ]
    return "&#13;".join(runs)


def _referenced(text: str, way: str, line_end: str) -> str:
    if way in _FORMS:
        return _ANY.sub(lambda match: _FORMS[way](match[0]), text)
    if way == "named":
        return _lines(_NAMEABLE.sub(_named, text), line_end, "&#10;")
    first = _FORMS["decimal"](text[0]) if way == "first" and text else ""
    return first + _lines(plain(text[1:] if first else text), line_end, "&#10;")


def _lines(spelled_: str, line_end: str, reference: str) -> str:
    if line_end == "line-feed" or "\n" not in spelled_:
        return spelled_
    return spelled_.replace("\n", _LINE_ENDS.get(line_end, reference))


def _named(match: re.Match[str]) -> str:
    return _NAMED.get(match[0]) or _FORMS["decimal"](match[0])
