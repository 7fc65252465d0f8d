"""What stands in a saved file for a character that must not be shown: another one of the same kind and length.

The lengths, in bytes and in characters, keep every place where it was; the kinds are those that the rules tell apart.
"""

from __future__ import annotations

from functools import cache
from typing import Final, NamedTuple

from contracts.names import BLANKS

#: By length in UTF-8. Which of them an encoding has, and in how many bytes, is looked up.
_LETTERS: Final = {2: "äñÝюαא", 3: "一あ한ｱא", 4: "𐀀𠀀𝒜"}
_SIGNS: Final = {2: "§°×", 3: "€…※", 4: "😀🎉🀀"}  # noqa: RUF001 - beyond ASCII on purpose
#: A byte order mark and noncharacters, which make a message what it is, and the mark of a byte that is no character.
_SPECIAL: Final = "\ufeff\ufffd\ufffe\uffff"
#: These are looked for where a straight quote belongs.
_CURLY: Final = "‘’“”„«»"  # noqa: RUF001 - the very characters


class Style(NamedTuple):
    """Which characters are taken: another ``number`` takes others, in case a secret is made of these.

    A ``fine`` style tells more of what stood there: it keeps upper and lower case, digits and all punctuation.
    """

    number: int
    fine: bool

    @property
    def letter(self) -> str:
        """For a letter; in a style that is not fine, for nearly everything."""
        return "xqz"[self.number]

    @property
    def digit(self) -> str:
        """For a digit."""
        return "170"[self.number]


STYLES: Final = tuple(Style(number, fine) for fine in (False, True) for number in range(3))


class Fill(dict[int, str]):
    """A table for ``str.translate`` in ``encoding``, filled as it is asked.

    A character for which the encoding has no other of the same length raises UnicodeError.
    """

    def __init__(self, style: Style, encoding: str) -> None:
        super().__init__()
        self.style = style
        self._encoding = encoding

    def __missing__(self, code: int) -> str:
        self[code] = found = self._ascii(chr(code)) if code < 128 else self._other(chr(code))
        return found

    def _ascii(self, char: str) -> str:
        style = self.style
        if char in BLANKS or char < " " or char == "\x7f":
            return char
        if not style.fine:
            return style.letter
        if char.isalpha():
            return style.letter.upper() if char.isupper() else style.letter
        return style.digit if char.isdigit() else char

    def _other(self, char: str) -> str:
        if char in _SPECIAL or (char in _CURLY and self.style.fine):
            return char
        if "\ud800" <= char <= "\udfff":
            return char if self._encoding == "utf-8" else chr(ord(char) & 0xDC00)
        return _twin(char, self._encoding, self.style.number)


@cache
def _twin(char: str, encoding: str, number: int) -> str:
    """The ``number``-th letter for a letter, the ``number``-th sign for anything else."""
    size, width = len(char.encode(encoding)), len(char.encode())
    kinds = (_LETTERS, _SIGNS) if char.isalpha() else (_SIGNS, _LETTERS)
    known = [candidate for kind in kinds for candidate in _in_order(kind, width)]
    fitting = [candidate for candidate in known if _size(candidate, encoding) == size]
    if not fitting:
        raise UnicodeError(f"{encoding} has no other character of this length")
    return fitting[number % len(fitting)]


def _in_order(kind: dict[int, str], width: int) -> str:
    """The candidates of ``width`` bytes in UTF-8 first; then, within the Basic Multilingual Plane, the others."""
    return kind[4] if width == 4 else kind[width] + kind[5 - width]


def _size(char: str, encoding: str) -> int | None:
    try:
        return len(char.encode(encoding))
    except UnicodeEncodeError:
        return None
