"""Text that is safe to show on a terminal: control characters escaped, widths counted, colours by the user's wish."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, NamedTuple
from unicodedata import combining, east_asian_width

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

    from contracts.findings import Excerpt

_CODES: Final = {"red": "31", "green": "32", "yellow": "33", "cyan": "36", "bold": "1", "dim": "2"}
#: Lines are wrapped to a width between these, whatever the terminal's is.
_NARROWEST: Final = 40
_WIDEST: Final = 120
#: What a terminal has that does not tell.
_USUAL: Final = 80
_CUT: Final = "…"


def escaped(text: str) -> str:
    r"""``text`` with everything that a terminal does not print as it stands written out, such as ``\x1b``.

    That takes control characters and what reorders or hides text (U+202E, U+200B), and shows a no-break space.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def width_of(stream: TextIO) -> int | None:
    """The columns of the terminal that ``stream`` writes to, None where it is no terminal."""
    try:
        return (os.get_terminal_size(stream.fileno()).columns or _USUAL) if stream.isatty() else None
    except (OSError, ValueError):
        return None


def columns_of(text: str) -> int:
    """The number of terminal columns that ``text`` takes."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)


def wrapped(text: str, width: int | None) -> list[str]:
    """``text`` in lines of at most ``width`` columns, None for one line; a longer word is left whole."""
    if width is None:
        return [text]
    lines, room = [""], 0
    for word in text.split(" "):
        needed = columns_of(word) + 1
        if lines[-1] and needed > room:
            lines.append(word)
            room = width - needed + 1
        elif lines[-1]:
            lines[-1] += f" {word}"
            room -= needed
        else:
            lines[-1] = word
            room = width - needed + 1
    return lines


def fitted(excerpt: Excerpt, width: int | None) -> tuple[str, int]:
    """The excerpt escaped and, around its caret, cut to ``width`` columns; and the column of the caret."""
    # A tab would put the caret elsewhere, and written out it would bury an indented line.
    text = excerpt.text.replace("\t", " ")
    before, after = escaped(text[: excerpt.caret]), escaped(text[excerpt.caret :])
    if width is not None and columns_of(before) + columns_of(after) > width:
        before = _shortened(before, width // 2, from_start=True)
        after = _shortened(after, width - columns_of(before), from_start=False)
    return before + after, columns_of(before)


def _shortened(text: str, width: int, *, from_start: bool) -> str:
    if columns_of(text) <= width:
        return text
    while columns_of(text) >= width:
        text = text[1:] if from_start else text[:-1]
    return _CUT + text if from_start else text + _CUT


class Style(NamedTuple):
    """How much a report may do: colours, and a width in columns to wrap at (None for no wrapping)."""

    colours: bool = False
    width: int | None = None

    @classmethod
    def of_stream(cls, stream: TextIO, environment: Mapping[str, str]) -> Style:
        """The style for ``stream``, which is standard output.

        Colours only on a terminal; ``NO_COLOR`` takes them away and ``FORCE_COLOR`` gives them to a pipe as well
        (https://no-color.org, https://force-color.org), the former first.
        """
        width = width_of(stream)
        able = width is not None and environment.get("TERM") != "dumb"
        colours = not environment.get("NO_COLOR") and (bool(environment.get("FORCE_COLOR")) or able)
        return cls(colours, None if width is None else min(max(width, _NARROWEST), _WIDEST))

    def painted(self, text: str, *names: str) -> str:
        """``text`` in the colours called ``names``, where colours are wanted."""
        if not self.colours:
            return text
        return f"\x1b[{';'.join(_CODES[name] for name in names)}m{text}\x1b[0m"
