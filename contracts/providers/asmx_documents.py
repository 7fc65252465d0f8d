"""What ASMX sees of a request's body: decoded as .NET does and read up to the first thing that is not XML.

XmlTextReader reads as it goes, so what stands before a break in well-formedness is acted on first. The facts are those
of RequestResponseUtils.GetEncoding2 and SoapServerProtocol.GetReaderForMessage in Microsoft's reference source.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from contracts.xml import Document, Element, Positions, parse

from .exceptions import NetError

if TYPE_CHECKING:
    from collections.abc import Iterator

_BOMS: Final = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
#: Names that Encoding.GetEncoding knows, and Python's for them: in .NET, UTF-16 without a byte order is little endian.
_UTF: Final = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "utf-16": "utf-16-le",
    "utf-16le": "utf-16-le",
    "unicode": "utf-16-le",
    "utf-16be": "utf-16-be",
    "unicodefffe": "utf-16-be",
    "utf-32": "utf-32-le",
}
_OTHERS: Final = re.compile(
    r"iso-?8859-\d+|latin1|windows-125\d|ibm\d+|koi8-[ru]|shift_jis|euc-(jp|kr)|gb2312|gb18030|big5"
)
_BLANK: Final = b" \t\r\n"
_SECTION: Final = rb"<!--(?:[^-]|-(?!->))*+-->|<!\[CDATA\[(?:[^\]]|\](?!\]>))*+\]\]>|<\?(?:[^?]|\?(?!>))*+\?>"
_MARKUP: Final = re.compile(
    _SECTION + rb"|</([^\s<>]++)\s*+>|<([^\s<>/!?]++)(?:[^<>\"'/]++|\"[^\"]*+\"|'[^']*+'|/(?!>))*+(/?)>"
)
_NEXT: Final = ((b"<!--", 4), (b"<![CDATA[", 9), (b"</", 2), (b"<?", 2), (b"<", 1))

_DTD: Final = "DTD is prohibited in this XML document."
_NO_ROOT: Final = "Root element is missing."
_NOT_XML: Final = "Data at the root level is invalid. Line 1, position 1."


class Seen(NamedTuple):
    """The tree of what can be read, and where it ends.

    ``broken`` is the XmlException that waits where reading goes on, None for a whole document; ``cut`` holds the
    elements in which it does so: their ends were never seen. ``data`` is the document as UTF-8.
    """

    root: Element | None
    data: bytes
    broken: NetError | None = None
    cut: frozenset[Element] = frozenset()

    def breaks(self) -> NetError:
        """The exception that ends the reading of something cut."""
        return self.broken or xml_error("Unexpected end of file has occurred.")


def xml_error(message: str) -> NetError:
    """An XmlException."""
    return NetError("System.Xml.XmlException", message)


def see(body: bytes, content_type: str) -> Seen:
    """``body`` as XmlTextReader reads it. Never raises."""
    charset = parameter_of(content_type, "charset")
    if not charset and content_type.partition("/")[0].lower() == "application":
        document = parse(body)  # it is left to the byte order mark and to the XML declaration
        if document.encoded.conflict or document.encoded.unknown:
            return Seen(None, b"", xml_error("Invalid character in the given encoding."))
    else:
        document = parse(_decoded(body, charset).encode("utf-8", "replace"), "utf-8")
    if document.doctype is not None:
        return Seen(None, document.encoded.data, xml_error(_DTD))
    if document.encoded.version not in (None, "1.0"):
        return Seen(None, document.encoded.data, xml_error("Version number is invalid."))
    if document.root is not None:
        return Seen(document.root, document.encoded.data)
    return _seen_before(document)


def parameter_of(content_type: str, name: str) -> str:
    """A parameter of Content-Type as ContentType.GetParameter finds it; "" where there is none."""
    for parameter in content_type.split(";")[1:]:
        key, equals, value = parameter.lstrip().partition("=")
        if equals and key.lower().startswith(name):
            return value.strip(" '\"\t")
    return ""


def position_behind(seen: Seen, element: Element) -> tuple[int, int]:
    """Line and column where XmlTextReader stands once it has read ``element``, a value: at the node behind it.

    Both count from 1, columns in UTF-16 units. A tag's position is that of its name.
    """
    offset = _end_of(seen, element)
    step = next((step for start, step in _NEXT if seen.data.startswith(start, offset)), 0)
    spot = Positions(seen.data).spot(offset)
    line = seen.data[spot.first : offset].decode("utf-8", "replace")
    return spot.line, len(line.encode("utf-16-le", "surrogatepass")) // 2 + step + 1


def contents(seen: Seen, parent: Element) -> Iterator[Element | None]:
    """What MoveToContent stops at among the children: the elements, and None for each text.

    Raises the NetError that waits at the end of a parent that is cut.
    """
    if _says(parent.text):
        yield None
    for child in parent:
        if isinstance(child.tag, str):
            yield child
        if _says(child.tail):
            yield None
    if parent in seen.cut:
        raise seen.breaks()


def is_last_seen(seen: Seen, element: Element) -> bool:
    """Whether reading breaks right behind ``element``."""
    parent = element.getparent()
    return parent is not None and parent in seen.cut and element.getnext() is None and not element.tail


def _says(text: str | None) -> bool:
    return bool(text and text.strip(" \t\r\n"))


def _decoded(body: bytes, charset: str) -> str:
    """A byte order mark decides, then the charset; without one that .NET knows, it is ASCII."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    name = charset.lower()
    if name in _UTF:
        return body.decode(_UTF[name], "replace")
    if _OTHERS.fullmatch(name):
        try:
            return body.decode(name, "replace")
        except LookupError:
            pass
    return body.decode("ascii", "replace").replace("\ufffd", "?")


def _seen_before(document: Document) -> Seen:
    """The part of a document before its first error, its open elements closed."""
    data = document.encoded.data
    if document.too_large or document.too_deep:
        return Seen(None, b"", xml_error("The document is too large."))
    text = data.lstrip(_BLANK)
    if not text:
        return Seen(None, data, xml_error(_NO_ROOT))
    broken = xml_error(_NOT_XML if text[:1] != b"<" else "The document is not well-formed.")
    stopped = Positions(data).scan.stopped
    if stopped is None:  # a namespace prefix, which is read with its tag
        return Seen(None, data, broken)
    end, names = _open_at(data, stopped)
    if names:  # white space is a node of its own, and read before the break
        end = len(data) - len(data[end:].lstrip(_BLANK))
    closed = parse(data[:end] + b"".join(b"</%s>" % name for name in reversed(names)), "utf-8")
    if closed.root is None:
        return Seen(None, data, broken)
    if not names and data[end : end + 1] in (b" ", b"\t", b"\r", b"\n"):
        return Seen(closed.root, data)  # one node behind the envelope is read, and no more
    return Seen(closed.root, data, broken, frozenset(_last_ones(closed.root, len(names))))


def _open_at(data: bytes, stopped: int) -> tuple[int, list[bytes]]:
    """Where the markup before the byte ``stopped`` ends, and the names of the elements that are open there."""
    names: list[bytes] = []
    end = 0
    for found in _markup(data, data.find(b"<")):
        if found.end() > stopped or (found[1] is not None and (not names or names[-1] != found[1])):
            break
        if found[1] is not None:
            names.pop()
        elif found[2] is not None and not found[3]:
            names.append(found[2])
        end = found.end()
        if not names and (found[1] is not None or found[2] is not None):
            break
    return end, names


def _markup(data: bytes, start: int) -> Iterator[re.Match[bytes]]:
    """The tags and the like from ``start`` on, up to the first that is none."""
    found = _MARKUP.match(data, start)
    while found is not None:
        yield found
        begin = data.find(b"<", found.end())
        found = None if begin < 0 else _MARKUP.match(data, begin)


def _last_ones(root: Element, count: int) -> Iterator[Element]:
    node: Element | None = root
    for _ in range(count):
        if node is None:
            return
        yield node
        node = next((child for child in reversed(node) if isinstance(child.tag, str)), None)


def _end_of(seen: Seen, element: Element) -> int:
    """The byte offset behind a value's end tag."""
    number = next(number for number, other in enumerate(element.getroottree().iter("*")) if other is element)
    start = Positions(seen.data).start_of(number) or 0
    depth = 0
    for found in _markup(seen.data, start):
        depth += -1 if found[1] is not None else 1 if found[2] is not None and not found[3] else 0
        if depth == 0:
            return found.end()
    return len(seen.data)
