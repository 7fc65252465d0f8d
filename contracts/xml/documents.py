"""A message's bytes parsed: the tree, or the reason why there is none.

A DOCTYPE is found and blanked before libxml2 sees it, because with ``resolve_entities=False`` alone an unused entity
bomb or an external DTD passes unnoticed. SOAP 1.1 section 3 forbids one anyway.
"""

from __future__ import annotations

import re
import threading
from itertools import islice
from typing import Final, NamedTuple
from xml.parsers import expat

from lxml import etree

from .encodings import Encoded, to_utf8

Element = etree._Element  # noqa: SLF001 - lxml has no public name for it

#: The largest message that is judged, in bytes, and the deepest nesting, which is libxml2's own limit.
MAX_BYTES: Final = 10 * 1024 * 1024
MAX_DEPTH: Final = 256
#: The most tags in it, of which an attribute counts for two and an end tag for none: each takes hundreds of bytes of
#: memory, however short.
MAX_TAGS: Final = 150_000
#: The most children of one element.
MAX_CHILDREN: Final = 100_000
#: The most characters in all of its names, when each is written with the longest namespace: lxml writes them out.
_MAX_NAMES: Final = 30_000_000

#: A second one: libxml2 would swallow it, and XML 1.0 allows no text before the first tag.
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_COMMENT: Final = rb"<!--(?:[^-]|-(?!->))*+-->"
_QUOTED: Final = rb"\"[^\"]*+\"|'[^']*+'"
_DOCTYPE: Final = re.compile(
    rb"((?:[ \t\r\n]++|" + _COMMENT + rb"|<\?(?:[^?]|\?(?!>))*+\?>)*+)"
    rb"<!DOCTYPE(?:(?:[^\[\]>\"']++|" + _QUOTED + rb")*+"
    rb"(?:\[(?:[^\]\"'<]++|" + _QUOTED + rb"|" + _COMMENT + rb"|<(?!!--))*+\])?+[ \t\r\n]*+>)?+"
)
#: libxml2's errors for a document that is too deep or a part of it that is too long: a text or an attribute of ten
#: million bytes, a name.
_LIMITS: Final = (etree.ErrorTypes.ERR_RESOURCE_LIMIT, etree.ErrorTypes.ERR_NAME_TOO_LONG)
_LONGEST_PART: Final = 10_000_000
_HARMLESS: Final = (
    etree.ErrorTypes.WAR_NS_URI,
    etree.ErrorTypes.WAR_NS_URI_RELATIVE,
    etree.ErrorTypes.DTD_XMLID_VALUE,
    etree.ErrorTypes.DTD_XMLID_TYPE,
)
_BLANK: Final = bytes(byte if byte in b"\r\n" else 0x20 for byte in range(256))
#: A reference that XML does not define: libxml2 goes on behind it, and lxml keeps the error.
_UNDEFINED: Final = re.compile(rb"&(?!(?:lt|gt|amp|quot|apos|#[0-9]+|#x[0-9A-Fa-f]+);)")
_ATTRIBUTE: Final = re.compile(rb"=(?=[ \t\r\n]*+[\"'])")
_NAMESPACE: Final = re.compile(rb"[ \t\r\n]xmlns(?::[^ \t\r\n=<>\"']*+)?+[ \t\r\n]*+=[ \t\r\n]*+(" + _QUOTED + rb")")
#: What stands between tags and holds none, and the end of it, if it has one.
_SECTION: Final = re.compile(
    rb"<!--[^-]*+(?:-(?!->)[^-]*+)*+(-->)?+"
    rb"|<!\[CDATA\[[^\]]*+(?:\](?!\]>)[^\]]*+)*+(\]\]>)?+"
    rb"|<\?[^?]*+(?:\?(?!>)[^?]*+)*+(\?>)?+"
)
_VALUE: Final = re.compile(rb"\"[^\"<]*+\"|'[^'<]*+'")
_TAG: Final = re.compile(rb"<(?!/)(?:[^<>\"']++|" + _VALUE.pattern + rb")*+")
#: What stands between the starts of two tags, and what ends a part of a text: lxml writes ``>`` as a reference too.
_RUN: Final = re.compile(rb"(?:[^<]++|<[!?])++")
_PART: Final = re.compile(rb"[&<>\r]")
#: How many children of one element are many, in how long parts libxml2 hands over a text, and the most bytes that it
#: may copy for them.
_BROAD: Final = 10_000
_BUFFER: Final = 300
_MAX_COPIED: Final = 20_000_000_000
#: No shorter message has too many tags or too long names, or an element with many children.
_SURELY_FEW: Final = 20_000


class Document(NamedTuple):
    """A parsed message.

    ``root`` is None when there is no tree: the bytes are not well-formed (``error`` then holds libxml2's error number),
    too large, too deep or in an encoding that cannot be read. ``doctype`` is the byte offset of a DOCTYPE in
    ``encoded.data``, None without one.
    """

    encoded: Encoded
    root: Element | None
    error: int | None = None
    doctype: int | None = None
    too_large: bool = False
    too_deep: bool = False
    #: UTF-8, XML 1.0, parsed, without DOCTYPE or processing instruction: no ``xml/`` rule has anything to say.
    plain: bool = False
    #: An element has so many children that it is unwise to let libxml2 look for errors among them in a tree.
    broad: bool = False


class _Local(threading.local):
    """libxml2's parser contexts are not for two threads at once."""

    def __init__(self) -> None:
        self.parser = etree.XMLParser(
            encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )


_LOCAL: Final = _Local()


def parse(body: bytes, charset: str | None = None) -> Document:
    """The document in ``body``; ``charset`` is the parameter of its Content-Type, None without one. Never raises."""
    if len(body) > MAX_BYTES:
        return Document(Encoded(b"", "unknown"), None, too_large=True)
    encoded = to_utf8(body, charset)
    if encoded.unknown is not None:
        return Document(encoded, None)
    doctype = None
    if b"!" in encoded.data and b"<!DOCTYPE" in encoded.data:  # one byte is found in no time, and mostly is not there
        found = _DOCTYPE.match(encoded.data)
        if found is not None:
            doctype = found.end(1)
            blank = encoded.data[doctype : found.end()].translate(_BLANK)
            encoded = encoded._replace(data=encoded.data[:doctype] + blank + encoded.data[found.end() :])
    large = len(encoded.data) > _SURELY_FEW
    if large and _is_crowded(encoded.data):
        return Document(encoded._replace(data=b""), None, too_large=True)
    if encoded.data.startswith(_BYTE_ORDER_MARK):
        return Document(encoded, None, etree.ErrorTypes.ERR_DOCUMENT_START, doctype)
    try:
        root = etree.fromstring(encoded.data, _LOCAL.parser)
    except etree.XMLSyntaxError as error:
        code = int(error.code)  # type: ignore[attr-defined] # the stubs do not know it
        return _parse_leniently(encoded, code, doctype) if code in _HARMLESS else _refused(encoded, code, doctype)
    plain = encoded.usual and doctype is None and not encoded.may_have_instructions
    document = Document(encoded, root, None, doctype, plain=plain)
    return _measured(document, root) if large else document


def _refused(encoded: Encoded, code: int, doctype: int | None) -> Document:
    """A document without a tree, for ``code``: it breaks a rule of XML or, deep or large, a limit of libxml2's."""
    limited = code in _LIMITS or (
        code == etree.ErrorTypes.ERR_COMMENT_NOT_FINISHED and len(encoded.data) > _LONGEST_PART
    )
    deep = limited and _depth(encoded.data) >= MAX_DEPTH
    return Document(encoded, None, code, doctype, too_large=limited and not deep, too_deep=deep)


def _parse_leniently(encoded: Encoded, code: int, doctype: int | None) -> Document:
    """A document of which libxml2 dislikes the form of a namespace name or of an xml:id, and lxml makes an error of it.

    XML 1.0 and Namespaces in XML 1.0 make neither a matter of well-formedness. libxml2 recovers from its own limits
    too, with half a tree, so its first other error counts. Its log of a recovered document is not complete, so expat,
    which knows namespaces too, has to find nothing wrong either.
    """
    large = len(encoded.data) > _SURELY_FEW
    if large and _exceeds(_rough_count(encoded.data), encoded.data):
        return Document(encoded._replace(data=b""), None, too_large=True)  # it goes on where the exact count does not
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True
    )
    checker = expat.ParserCreate("utf-8", "\x01")  # a separator that no name holds
    try:
        root = etree.fromstring(encoded.data, parser)
        wrong = next((entry.type for entry in parser.error_log if _is_real(entry)), None)
        if wrong is not None:
            return _refused(encoded, wrong, doctype)
        checker.Parse(encoded.data, True)  # noqa: FBT003 - expat takes it by position only
    except (etree.XMLSyntaxError, expat.ExpatError):
        return Document(encoded, None, code, doctype)
    document = Document(encoded, root, None, doctype)
    return _measured(document, root) if large else document


def _is_real(entry: etree._LogEntry) -> bool:
    """Whether an entry of libxml2's log is about more than the form of a name."""
    return entry.level > etree.ErrorLevels.WARNING and entry.type not in _HARMLESS


def _is_crowded(data: bytes) -> bool:
    """Whether a tree of ``data`` would take far more memory than ``data`` does."""
    if not _exceeds(_rough_count(data), data):
        return False
    pieces: list[bytes] = []
    end = 0
    for found in _SECTION.finditer(data):
        if found.lastindex is None or len(pieces) == MAX_TAGS:
            return True
        pieces.append(data[end : found.start()])
        end = found.end()
    between = b"".join((*pieces, data[end:]))
    starts = len(pieces) + between.count(b"<") - between.count(b"</")
    if starts > MAX_TAGS:
        return True
    tags = b"".join(_TAG.findall(between))
    values = sum(1 for _ in islice(_VALUE.finditer(tags), MAX_TAGS))
    return _exceeds(starts + 2 * values + len(_UNDEFINED.findall(between)), tags)


def _rough_count(data: bytes) -> int:
    """How many tags there are in ``data`` at the most: what looks like one in a text or a comment counts too."""
    return data.count(b"<") - data.count(b"</") + 2 * len(_ATTRIBUTE.findall(data)) + len(_UNDEFINED.findall(data))


def _exceeds(tags: int, data: bytes) -> bool:
    """Whether so many ``tags`` are too many, or their names, with the longest namespace in ``data``, too long."""
    longest = max((len(found[1]) for found in _NAMESPACE.finditer(data)), default=0)
    return tags > MAX_TAGS or tags * longest > _MAX_NAMES


def _measured(document: Document, root: Element) -> Document:
    """``document``: broad, or too large where an element has too many children, or many beside a text of many parts.

    A broad tree is judged as it is parsed, and libxml2 then copies what it has of a text for each further part of it.
    """
    most = max(len(element) for element in root.iter("*"))
    if most <= _BROAD:
        return document
    runs = _RUN.findall(document.encoded.data)
    copied = sum(len(_PART.findall(run)) * len(run) + len(run) ** 2 // _BUFFER for run in runs)
    if most > MAX_CHILDREN or copied > _MAX_COPIED:
        return Document(document.encoded._replace(data=b""), None, too_large=True)
    return document._replace(broad=True)


def _depth(data: bytes) -> int:
    """How deep the tags of ``data`` nest, roughly: enough to tell an excess from another limit of libxml2."""
    depth = deepest = 0
    for tag in re.finditer(rb"<(/?)[^!?<>][^<>]*?(/?)>", data):
        depth += -1 if tag[1] else 0 if tag[2] else 1
        deepest = max(deepest, depth)
    return deepest


def value_of(element: Element) -> str:
    """The character content of ``element`` itself: CDATA and references resolved; no comments, no child elements."""
    if len(element) == 0:
        return element.text or ""
    return "".join([element.text or "", *[child.tail or "" for child in element]])
