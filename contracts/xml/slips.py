"""Why a message is not well-formed, in the words of the usual mistake."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple
from xml.parsers.expat import errors

if TYPE_CHECKING:
    from .positions import Positions

_CODES: Final = errors.codes
_INVALID_TOKEN: Final = _CODES[errors.XML_ERROR_INVALID_TOKEN]
_UNDEFINED_ENTITY: Final = _CODES[errors.XML_ERROR_UNDEFINED_ENTITY]
_BAD_CHAR_REF: Final = _CODES[errors.XML_ERROR_BAD_CHAR_REF]
_TAG_MISMATCH: Final = _CODES[errors.XML_ERROR_TAG_MISMATCH]
_DUPLICATE_ATTRIBUTE: Final = _CODES[errors.XML_ERROR_DUPLICATE_ATTRIBUTE]
_JUNK: Final = _CODES[errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT]
_MISPLACED_DECLARATION: Final = _CODES[errors.XML_ERROR_MISPLACED_XML_PI]
_BAD_DECLARATION: Final = _CODES[errors.XML_ERROR_XML_DECL]
_CUT_OFF: Final = frozenset(
    _CODES[name]
    for name in (
        errors.XML_ERROR_NO_ELEMENTS,
        errors.XML_ERROR_UNCLOSED_TOKEN,
        errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
        errors.XML_ERROR_PARTIAL_CHAR,
    )
)
_CURLY: Final = "‘’“”„«»"  # noqa: RUF001 - the very characters that are looked for
_PREFIXED: Final = re.compile(rb"<(?:[^<>\"']|\"[^\"]*\"|'[^']*')*?>")
_ESCAPE_HELP: Final = "Let an XML library write the values, or replace & by &amp; and < by &lt; in every value."


class Slip(NamedTuple):
    """One cause, the byte offset to point at, and what to do about it.

    ``quoted`` is a piece of the message's own text that would make ``message`` clearer: shown only where it stands
    outside every secret field.
    """

    message: str
    help: str
    offset: int
    quoted: str = ""


def slip_of(positions: Positions) -> Slip:
    """The likeliest cause why the data of ``positions``, which libxml2 refuses, is not well-formed."""
    data, offset, code = positions.data, positions.scan.stopped, positions.scan.code
    whole = _whole_message(data)
    if whole is not None:
        return whole
    if offset is None:
        return _namespace_slip(data)
    for judge in (_declaration, _character, _reference, _structure):
        found = judge(data, offset, code)
        if found is not None:
            return found
    return Slip("not well-formed here", "Let an XML library write the message.", offset)


def _whole_message(data: bytes) -> Slip | None:
    text = data.lstrip(b" \t\r\n")
    if not text:
        return Slip("the message is empty", "Send an envelope.", 0)
    if re.match(rb"(?:<\?xml[^<>]*\?>[ \t\r\n]*)?&(?:lt|#60|#x3c);", text, re.IGNORECASE):
        help_ = "Send the markup itself: something has HTML-escaped the finished envelope, perhaps a template or a log viewer."
        return Slip("the whole envelope is HTML-escaped (&lt; for <)", help_, 0)
    if text[:1] != b"<":
        if b"<" not in text:
            return Slip("this is not XML", "Send an envelope.", 0)
        return Slip("text stands before the first tag", "Send nothing before the XML declaration or the Envelope.", 0)
    return None


def _declaration(data: bytes, offset: int, code: int) -> Slip | None:
    pasted = re.match(rb"[ \t\r\n]*<\?xml[^>]*?\?&gt;", data)
    if pasted is not None:
        message = "the XML declaration ends in ?&gt; instead of ?>: it was pasted from a web page"
        return Slip(message, "Write ?> at the end of the XML declaration.", pasted.end() - 5)
    if re.match(rb"[ \t\r\n]*<\?xml[^<?]*(?:<|\Z)", data):
        return Slip("the XML declaration is not closed by ?>", "Write ?> at the end of the XML declaration.", 0)
    if code == _MISPLACED_DECLARATION:
        help_ = "Let the message start with <?xml: no blank, no line end and no other text before it."
        return Slip("something stands before the XML declaration", help_, offset)
    head = data[: data.find(b">") + 1].decode("utf-8", "replace")
    if head.startswith("<?xml") and any(char in _CURLY for char in head):
        return _curly(next(i for i, char in enumerate(head) if char in _CURLY), head)
    if code == _BAD_DECLARATION:
        return Slip("the XML declaration is malformed", 'Write <?xml version="1.0" encoding="utf-8"?>.', offset)
    return None


def _curly(index: int, text: str) -> Slip:
    help_ = "Write straight quotes (\" or '): a word processor or a web page has replaced them."
    return Slip("curly quotes stand where XML wants straight ones", help_, len(text[:index].encode()))


def _character(data: bytes, offset: int, code: int) -> Slip | None:
    char = data[offset : offset + 4].decode("utf-8", "ignore")[:1]
    if code != _INVALID_TOKEN or not char:
        return None
    if char in _CURLY and data.rfind(b"<", 0, offset) > data.rfind(b">", 0, offset):
        return _curly(0, "")._replace(offset=offset)
    if data[offset : offset + 3] == b"]]>" or data[max(0, offset - 2) : offset + 1] == b"]]>":
        return Slip("]]> stands in a value", "Write ]]&gt; there.", data.rfind(b"]]>", 0, offset + 3))
    if (char < " " and char not in "\t\r\n") or char in "\ufffe\uffff":
        kind = "the control character" if char < " " else "the character"
        name = "a NUL character" if char == "\0" else f"{kind} U+{ord(char):04X}"
        return Slip(
            f"{name} stands here, which XML 1.0 forbids in any form", "Remove it before the value is sent.", offset
        )
    return None


def _reference(data: bytes, offset: int, code: int) -> Slip | None:
    if code == _BAD_CHAR_REF:
        number = re.match(rb"&#(?:x([0-9a-fA-F]{1,8})|([0-9]{1,9}))", data[offset : offset + 12])
        value = -1 if number is None else int(number[1], 16) if number[1] else int(number[2])
        if 0xD800 <= value <= 0xDFFF:
            help_ = "Write the one character itself or one reference to its code point, such as &#x1F600;, not two surrogates."
            return Slip("a surrogate is written as a character reference", help_, offset)
        return Slip(
            "a character reference names a character that XML 1.0 forbids",
            "Remove it before the value is sent.",
            offset,
        )
    if code == _UNDEFINED_ENTITY:
        name = re.match(rb"&[A-Za-z][A-Za-z0-9]{1,30};", data[offset : offset + 40])
        help_ = "Write the character itself or its number, such as &#160; for HTML's &nbsp;, and & as &amp;."
        return Slip("an entity that XML does not define", help_, offset, name[0].decode() if name else "")
    if code == _INVALID_TOKEN:
        return _unescaped(data, offset)
    return None


def _unescaped(data: bytes, offset: int) -> Slip | None:
    ampersand = data.rfind(b"&", max(0, offset - 40), offset + 1)
    if ampersand >= 0 and not re.search(rb"[;<>]", data[ampersand:offset]):
        return Slip("an unescaped & stands in a value", _ESCAPE_HELP, ampersand)
    before = data.rfind(b"<", max(0, offset - 200), offset)
    opening = before if b">" not in data[before:offset] else -1
    if opening < 0 and data[offset : offset + 1] == b"<":
        opening = offset
    if opening < 0:
        return None
    if re.match(rb"<[^A-Za-z_:/?!\x80-\xff]|<[^<>]*<", data[opening : offset + 2]):
        return Slip("an unescaped < stands in a value", _ESCAPE_HELP, opening)
    return Slip("a tag is malformed", "Let an XML library write the message.", opening)


def _structure(data: bytes, offset: int, code: int) -> Slip | None:
    if code in _CUT_OFF:
        last = re.search(rb"<[^<>]*\Z", data)
        if last is not None and re.match(rb"<[^A-Za-z_/?!]", last[0]):
            return Slip("an unescaped < stands in a value", _ESCAPE_HELP, last.start())
        help_ = "Send it whole: was it cut by a length limit, a wrong Content-Length or a broken connection?"
        return Slip("the message ends before its root element is closed", help_, len(data.rstrip(b" \t\r\n")))
    if code == _TAG_MISMATCH:
        return Slip(
            "an end tag does not match the element that is open",
            "Close every element, and escape < in values as &lt;.",
            offset,
        )
    if code == _DUPLICATE_ATTRIBUTE:
        return Slip("an attribute stands twice on one element", "Remove one of the two.", offset)
    if code == _JUNK:
        return Slip(
            "something stands after the end of the root element", "Send one envelope and nothing behind it.", offset
        )
    return None


def _namespace_slip(data: bytes) -> Slip:
    """What expat, which knows no namespaces, lets pass and libxml2 does not: almost always a prefix nobody declared."""
    data = re.sub(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>", lambda found: b" " * len(found[0]), data, flags=re.DOTALL)
    declared = {match[1] for match in re.finditer(rb"xmlns:([^ \t\r\n=]+)[ \t\r\n]*=", data)} | {b"xml", b"xmlns"}
    for tag in _PREFIXED.finditer(data):
        for used in re.finditer(rb"(?:^</?|[ \t\r\n])([^ \t\r\n:=<>/\"'?!]+):[^ \t\r\n:=<>/\"']+", tag[0]):
            if used[1] not in declared:
                prefix = used[1].decode("utf-8", "replace")
                return Slip(
                    "a namespace prefix is used and never declared",
                    'Declare it: xmlns:prefix="..." on the Envelope.',
                    tag.start(),
                    f"{prefix}:",
                )
    return Slip(
        "a namespace prefix or declaration is wrong", "Declare every prefix, with a namespace that is not empty.", 0
    )
