"""The habits of XML's many writers that mean nothing, each with its ways; the first way is the plain one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

#: Asked at every decision with the name of a habit and the number of its ways, n; answers 0 to n - 1, 0 the plain way.
Choose = Callable[[str, int], int]


class Habit(NamedTuple):
    """What may be written in several ways. A way that does nothing at a place is the plain one there."""

    name: str
    about: str
    ways: tuple[str, ...]


_REFERENCES: Final = ("needed", "first", "decimal", "lower-hexadecimal", "upper-hexadecimal", "leading-zeros", "named")

_ALL: Final = (
    Habit(
        "encoding",
        "the encoding and its byte order mark; UTF-16 without a mark only where Content-Type names the byte order",
        ("utf-8", "utf-8-marked", "utf-16-le-marked", "utf-16-be-marked", "utf-16-le", "utf-16-be"),
    ),
    Habit(
        "declaration",
        "the XML declaration: its quotes, blanks, case, and what it may leave out",
        (
            *("double-quoted", "none", "without-encoding", "upper-case", "single-quoted", "spaced"),
            *("standalone", "not-standalone"),
        ),
    ),
    Habit("around", "what stands before and after the Envelope", ("lines", "nothing", "blanks", "comments", "markup")),
    Habit(
        "prefixes",
        "the prefixes of elements, attributes and of QNames in values",
        ("as-they-stand", "letters", "numbered", "punctuated", "beyond-ascii", "one-rebound"),
    ),
    Habit(
        "default-namespace",
        "where elements go without a prefix",
        ("as-it-stands", "everywhere", "nowhere", "of-the-payload-on-the-envelope"),
    ),
    Habit(
        "declarations",
        "where namespaces are declared",
        ("as-they-stand", "on-the-envelope", "where-needed", "on-every-element"),
    ),
    Habit("unused-declarations", "declarations that nothing needs", ("none", "on-the-envelope", "on-every-element")),
    Habit(
        "attribute-order",
        "the order of attributes and declarations",
        ("as-it-stands", "reversed", "declarations-last"),
    ),
    Habit("attribute-quotes", "the quotes of attributes and declarations", ("double", "single")),
    Habit("attribute-references", "characters of attributes and of namespace names as references", _REFERENCES),
    Habit("references", "characters of values as references", _REFERENCES),
    Habit("cdata", "sections in values", ("none", "whole", "part", "empty", "every-character")),
    Habit(
        "line-ends",
        "line feeds in values; XML 1.0 section 2.11 makes one of each",
        ("line-feed", "carriage-return-line-feed", "carriage-return", "reference"),
    ),
    Habit("comments-in-values", "a comment inside a value", ("none", "middle", "before", "after", "markup")),
    Habit("comments-between", "a comment between elements", ("none", "plain", "markup")),
    Habit(
        "blanks-between",
        "white space between elements",
        (
            *(
                "as-it-stands",
                "nothing",
                "spaces",
                "tabs",
                "carriage-return-line-feed",
                "carriage-return",
                "references",
            ),
            "cdata",
        ),
    ),
    Habit("blanks-in-tags", "white space inside tags", ("none", "spaces", "lines")),
    Habit("empty-elements", "an element with nothing in it", ("short", "short-with-blank", "pair")),
    Habit(
        "charset",
        "the charset parameter of Content-Type",
        (
            *("as-it-stands", "quoted", "upper-case", "upper-case-name", "without-blank", "with-blanks"),
            *("semicolon-after", "absent"),
        ),
    ),
    Habit("header-names", "the case of HTTP header names", ("as-they-stand", "lower", "upper", "title", "swapped")),
    Habit("header-order", "the order of HTTP headers", ("as-it-stands", "reversed", "sorted")),
)

#: Every habit by its name.
HABITS: Final = {habit.name: habit for habit in _ALL}


class Ways:
    """Asks ``choose`` and answers with the names of ways."""

    def __init__(self, choose: Choose) -> None:
        self._choose = choose

    def of(self, habit: str) -> str:
        """The way of ``habit`` at the place in question. Raises IndexError for a choice that does not exist."""
        ways = HABITS[habit].ways
        return ways[self._choose(habit, len(ways))]


#: Rules on the spelling itself, and why they may judge a respelling otherwise than its message.
ABOUT_SPELLING: Final = {
    "provider/comment-in-value": "a comment in a value is allowed by XML, and refused by the stack of one provider",
    "xml/encoding": "every respelling is in UTF-8 or UTF-16, whatever the message was in",
    "http/charset-conflict": "the charset and the declaration of a respelling name the encoding of its bytes",
    "http/charset-missing": "a charset is added where characters beyond ASCII need one; references leave none of them",
}
