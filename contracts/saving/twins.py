"""A message in which every character has been replaced by one of its kind, and which is the same XML all the same."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from contracts.names import BLANKS, NEXT_ACTOR

from .words import CODES, DECLARED, NAMESPACES, TYPES, known_names

if TYPE_CHECKING:
    from contracts.catalog import Catalog
    from contracts.rules import Case

    from .fills import Fill


def _spread(word: str) -> str:
    """A pattern for ``word`` that may be in UTF-16 which nobody takes for it: with a NUL between its characters."""
    return "\0?".join(map(re.escape, word))


_NAME: Final = r"[A-Za-z_\x80-\U0010ffff][\w.\x80-\U0010ffff-]*+"
_WELL_FORMED: Final = (
    r"<!--(?P<comment>.*?)-->|<!\[CDATA\[(?P<cdata>.*?)\]\]>|<\?(?P<instruction>.*?)\?>"
    r"|<(?P<slash>/?)(?P<tag>[^ \t\r\n/>]++)(?P<attributes>(?:[^\"'>]++|\"[^\"]*+\"|'[^']*+')*+)>"
)
#: The tokens of what does not parse. A fine style keeps all punctuation, so that only keywords and names need care.
_BROKEN: Final = (
    r"(?P<keyword><!\[CDATA\[|<!DOCTYPE)|(?P<declaration><\0?\?\0?(?i:x\0?m\0?l)[^<>]*+)"
    rf"|<(?P<shut>/?)(?P<name>{_NAME}(?::{_NAME})?)|(?<=[ \t\r\n\"'>])(?P<attribute>{_NAME}(?::{_NAME})?)(?=[ \t\r\n]*=)"
)
_REFERENCE: Final = r"&(?:(?P<entity>lt|gt|amp|quot|apos)|#(?P<decimal>[0-9]+)|#x(?P<hexadecimal>[0-9A-Fa-f]+));"
#: SOAP's codes are what they are, whatever a secret may be.
_CODES: Final = rf"(?P<code>(?:[A-Za-z_][\w.-]*+:)?(?:{CODES.replace(' ', '|')})(?=[ \t\r\n]*</(?:[^<>:]*:)?faultcode))"
#: The letters of a dateTime.
_DATE_LETTERS: Final = r"(?P<kept>(?<=[0-9])[TZ](?![A-Za-z]))"
_ATTRIBUTE: Final = re.compile(r"([^ \t\r\n=/\"'>]+)([ \t\r\n]*=[ \t\r\n]*)(\"[^\"]*\"|'[^']*')")
#: What an XML declaration that is wrong somewhere says without being a secret.
_DECLARED: Final = re.compile(
    rf"\b(?P<kept>{'|'.join(map(_spread, DECLARED.split()))})(?![A-Za-z0-9])|(?P<end>&gt;)", re.IGNORECASE
)
#: Attributes, by the last part of their names, with the values that mean something to rules and schemas.
_MEANT: Final = re.compile(
    r"(?:nil|mustUnderstand)=[ \t\r\n]*(?:0|1|true|false)[ \t\r\n]*|space=(?:default|preserve)"
    rf"|type=[ \t\r\n]*(?:[A-Za-z0-9_.-]+:)?(?:{TYPES.replace(' ', '|')})[ \t\r\n]*|actor={re.escape(NEXT_ACTOR)}"
    rf"|xmlns=(?:{'|'.join(map(re.escape, NAMESPACES))})"
)
_DECLARED_PREFIX: Final = re.compile(r"xmlns:([^ \t\r\n=]+)[ \t\r\n]*=")
_ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz"
_STRUCTURE: Final = frozenset(map(ord, "<>&\"'"))
_BLANKS: Final = frozenset(map(ord, BLANKS))


class Twins:
    """The twins of the characters in one message; a name has the same twin wherever it stands, and no other has it."""

    def __init__(self, case: Case, fill: Fill) -> None:
        self._fill = fill
        self._fine = fill.style.fine
        self._catalog = case.catalog
        self._secrets = case.places.masked.values
        self._declared = case.document.encoded.declared
        self._tokens = _tokens(case.catalog, case.document.root is not None, self._fine)
        self._prefixes: set[str] = set()
        self._renamed: dict[str, str] = {}
        self._parent = ""
        self._telling: bool | None = None

    def of(self, text: str) -> str:
        """The twin of ``text``, the whole message. Raises UnicodeError."""
        self._prefixes = {"", "xml", "xmlns", *_DECLARED_PREFIX.findall(text)}
        return self._replaced(self._tokens, text)

    def _replaced(self, tokens: re.Pattern[str], text: str) -> str:
        """``text`` with each token as its method wants it, and all between them character by character."""
        parts, here = [], 0
        for token in tokens.finditer(text):
            parts.append(text[here : token.start()].translate(self._fill))
            parts.append(getattr(self, f"_{token.lastgroup}")(token))
            here = token.end()
        parts.append(text[here:].translate(self._fill))
        return "".join(parts)

    def _kept(self, token: re.Match[str]) -> str:
        return token[0]

    _keyword = _end = _kept

    def _namespace(self, token: re.Match[str]) -> str:
        """A service's own, by which the message is known as one for that service."""
        hidden = self._parent in _lowered(self._catalog.secrets)
        return token[0].translate(self._fill) if hidden else token[0]

    def _code(self, token: re.Match[str]) -> str:
        prefix, colon, name = token[0].rpartition(":")
        return f"{prefix if prefix in self._prefixes else prefix.translate(self._fill)}{colon}{name}"

    def _declaration(self, token: re.Match[str]) -> str:
        """An XML declaration, whose encoding is judged and quoted whatever it is."""
        before, declared, behind = token[0].partition(self._declared) if self._declared else (token[0], "", "")
        return f"{self._replaced(_DECLARED, before)}{declared}{self._replaced(_DECLARED, behind)}"

    def _comment(self, token: re.Match[str]) -> str:
        return f"<!--{token['comment'].translate(self._fill)}-->"

    def _cdata(self, token: re.Match[str]) -> str:
        return f"<![CDATA[{token['cdata'].translate(self._fill)}]]>"

    def _instruction(self, token: re.Match[str]) -> str:
        said = token["instruction"]
        return token[0] if re.match("xml[ \t\r\n]", said) else f"<?{said.translate(self._fill)}?>"

    def _attributes(self, token: re.Match[str]) -> str:
        """A whole tag."""
        name, attributes = token["tag"], token["attributes"]
        self._enter("" if token["slash"] or attributes.endswith("/") else name)
        return f"<{token['slash']}{self._twin_of(name)}{_ATTRIBUTE.sub(self._with_value, attributes)}>"

    def _with_value(self, attribute: re.Match[str]) -> str:
        name, equals, quoted = attribute.groups()
        prefix, _, local = name.rpartition(":")
        value, key = quoted[1:-1], "xmlns" if prefix == "xmlns" else local
        known = key == "xmlns" and any(value == service.namespace for service in self._catalog)
        if not known and not _MEANT.fullmatch(f"{key}={value}"):
            value = self._replaced(_references(), value)
        return f"{self._twin_of(name)}{equals}{quoted[0]}{value}{quoted[0]}"

    def _name(self, token: re.Match[str]) -> str:
        """The beginning of a tag."""
        self._enter("" if token["shut"] else token["name"])
        return f"<{token['shut']}{self._twin_of(token['name'])}"

    def _attribute(self, token: re.Match[str]) -> str:
        return self._twin_of(token["attribute"])

    def _enter(self, name: str) -> None:
        self._parent = name.rpartition(":")[2].lower()
        self._telling = None

    def _telltale(self, token: re.Match[str]) -> str:
        """A secret field's name in a public one's text: what stands beside it is hidden because of it."""
        if self._telling is None:
            before, behind = token.string.rfind(">", 0, token.start()), token.string.find("<", token.end())
            text = token.string[before + 1 : behind if behind >= 0 else None].strip(BLANKS).lower()
            secret = any(value in text or text in value for value in self._secrets)
            self._telling = not secret and self._parent in _lowered(self._catalog.public)
        return token[0] if self._telling else token[0].translate(self._fill)

    def _twin_of(self, name: str) -> str:
        prefix, colon, local = name.rpartition(":")
        if prefix in self._prefixes:
            return f"{prefix}{colon}{local if prefix == 'xmlns' else self._renaming(local)}"
        return f"{self._renaming(prefix)}{colon}{self._renaming(local)}"

    def _renaming(self, word: str) -> str:
        if word.lower() in known_names(self._catalog):
            return word
        if word not in self._renamed:
            number = sum(len(other) == len(word) for other in self._renamed)
            fits = word.isascii() and number < len(_ALPHABET) ** len(word)
            self._renamed[word] = self._numbered(number, len(word)) if fits else word.translate(self._fill)
        return self._renamed[word]

    def _numbered(self, number: int, length: int) -> str:
        """The ``number``-th word of ``length`` letters; that of number 0 has one letter only."""
        first = self._fill.style.letter
        digits = first + _ALPHABET.replace(first, "")
        word = ""
        for _ in range(length):
            number, digit = divmod(number, len(digits))
            word = digits[digit] + word
        return word

    def _entity(self, token: re.Match[str]) -> str:
        code = ord(self._fill.style.letter)
        return {4: "&lt;", 5: f"&#{code - 32};", 6: f"&#{code};"}[len(token[0])]

    def _decimal(self, token: re.Match[str]) -> str:
        return self._number(token[0], token["decimal"], 10)

    def _hexadecimal(self, token: re.Match[str]) -> str:
        return self._number(token[0], token["hexadecimal"], 16)

    def _number(self, whole: str, digits: str, base: int) -> str:
        """A reference to a character of the same kind: forbidden, half of a pair, a blank, one of 16 bits or more."""
        code = int(digits[-8:], base) if not digits[:-8].strip("0") else 0x110000
        if code in _BLANKS or (self._fine and code in _STRUCTURE):
            return whole
        letter = ord(self._fill.style.letter)
        other = _kind_of(code) or letter
        form = "d" if base == 10 else "X"
        text = format(other, form)
        if len(text) > len(digits):
            text = format(letter - 32, form)
        return f"{whole[: whole.index(digits)]}{text.rjust(len(digits), '0')};"


def _kind_of(code: int) -> int:
    """The first character of the same kind as ``code``; 0 for an ordinary one, 1 for a forbidden one."""
    if 0xD800 <= code <= 0xDFFF:
        return 0xD800
    if code < 0x20 or 0xFFFE <= code <= 0xFFFF or code > 0x10FFFF:
        return 1
    return 0x10000 if code > 0xFFFF else 0


@cache
def _tokens(catalog: Catalog, well_formed: bool, fine: bool) -> re.Pattern[str]:  # noqa: FBT001 - a cache wants values
    names = "|".join(map(re.escape, sorted(catalog.secrets, key=len, reverse=True))) or "(?!)"
    namespaces = "|".join(re.escape(service.namespace) for service in catalog) or "(?!)"
    parts = [_WELL_FORMED if well_formed else _BROKEN, _REFERENCE, _CODES, *([_DATE_LETTERS] if fine else [])]
    return re.compile("|".join([*parts, f"(?P<namespace>{namespaces})|(?P<telltale>(?i:{names}))"]), re.DOTALL)


@cache
def _lowered(names: frozenset[str]) -> frozenset[str]:
    return frozenset(name.lower() for name in names)


@cache
def _references() -> re.Pattern[str]:
    return re.compile(_REFERENCE)
