"""What surrounds the document: its encoding, the XML declaration, and the HTTP headers that must agree with both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from contracts.messages import charset_in
from contracts.xml import same_encoding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.messages import Headers, Message

    from .habits import Ways

_CODECS: Final = {"utf-8": "utf-8", "utf-16-le": "utf-16-le", "utf-16-be": "utf-16-be"}
_MARK: Final = "\ufeff"
_MARKED: Final = "-marked"
_DECLARATIONS: Final = {
    "double-quoted": '<?xml version="1.0" encoding="{}"?>\n',
    "none": "",
    "without-encoding": '<?xml version="1.0"?>\n',
    "upper-case": '<?xml version="1.0" encoding="{upper}"?>',
    "single-quoted": "<?xml version='1.0' encoding='{}'?>\n",
    "spaced": "<?xml \t version = \"1.0\"\r\n encoding\t=\n'{}'  ?>",
    "standalone": '<?xml version="1.0" encoding="{}" standalone="yes"?>\n',
    "not-standalone": '<?xml version="1.0" encoding="{}" standalone="no"?>\n',
}
_CHARSETS: Final = {
    "as-it-stands": "; charset={}",
    "quoted": '; charset="{}"',
    "upper-case": "; charset={upper}",
    "upper-case-name": "; CHARSET={}",
    "without-blank": ";charset={}",
    "with-blanks": " \t;  charset={}",
    "semicolon-after": "; charset={};",
}
_CASES: Final = {"lower": str.lower, "upper": str.upper, "title": str.title, "swapped": str.swapcase}


class Encoding(NamedTuple):
    """How a document becomes bytes: a Python codec, whether a byte order mark is first, the encoding's name."""

    codec: str
    marked: bool
    name: str


def encoding_of(message: Message, ways: Ways) -> Encoding:
    """The encoding that is chosen. UTF-16 has its mark where there is no Content-Type to name the byte order."""
    codec, marked, _ = ways.of("encoding").partition(_MARKED)
    bare = codec != "utf-8" and not marked and message.header("Content-Type") is not None
    name = "utf-8" if codec == "utf-8" else codec.replace("-le", "le").replace("-be", "be") if bare else "utf-16"
    return Encoding(_CODECS[codec], bool(marked) or (codec != "utf-8" and not bare), name)


def encoded(text: str, encoding: Encoding, ways: Ways) -> bytes:
    """The whole document: byte order mark, XML declaration, ``text``."""
    declaration = _DECLARATIONS[ways.of("declaration")].format(encoding.name, upper=encoding.name.upper())
    return f"{_MARK if encoding.marked else ''}{declaration}{text}".encode(encoding.codec)


def headers_of(message: Message, body: bytes, encoding: Encoding, ways: Ways) -> Headers | None:
    """The header fields for ``body``, which is in ``encoding``; None where none are known."""
    if message.headers is None:
        return None
    charset, case = ways.of("charset"), _CASES.get(ways.of("header-names"), str)

    def fitting(name: str, value: str) -> str:
        if name.lower() == "content-type":
            return _content_type(value, body, encoding, charset)
        return _length(value, len(body) - len(message.body)) if name.lower() == "content-length" else value

    fields = tuple((case(name), fitting(name, value)) for name, value in message.headers)
    return _ordered(fields, ways.of("header-order"))


def _length(value: str, added: int) -> str:
    """A Content-Length after ``added`` more bytes: one that was wrong stays as wrong as it was."""
    digits = value.strip(" \t")
    return str(max(0, int(digits) + added)) if digits.isascii() and digits.isdigit() else value


def charset_of(message: Message) -> str | None:
    """The charset parameter of the message's Content-Type; None without one."""
    return charset_in(message.header("Content-Type") or "")[0] or None


def _content_type(value: str, body: bytes, encoding: Encoding, way: str) -> str:
    stated, (start, end) = charset_in(value)
    can_be_absent = encoding.marked or (encoding.codec == "utf-8" and body.isascii())
    if way == "as-it-stands" and (can_be_absent if not stated else _agrees(stated, encoding)):
        return value
    rest = value[end:]
    if way == "absent" and can_be_absent:
        return value[:start] + rest
    form = _CHARSETS.get(way, _CHARSETS["as-it-stands"])
    return value[:start].rstrip("; \t") + form.format(encoding.name, upper=encoding.name.upper()) + rest


def _agrees(stated: str, encoding: Encoding) -> bool:
    return same_encoding(stated, "utf-8") if encoding.codec == "utf-8" else stated.lower() == encoding.name


def _ordered(fields: Headers, way: str) -> Headers:
    """``fields`` in another order; those of one name keep theirs, which RFC 9110 section 5.3 gives a meaning."""
    if way == "as-it-stands":
        return fields
    names = [name.lower() for name, _ in fields]
    order = sorted(set(names)) if way == "sorted" else list(dict.fromkeys(reversed(names)))
    return tuple(pair for wanted in order for pair in _of(fields, wanted))


def _of(fields: Headers, wanted: str) -> Iterator[tuple[str, str]]:
    return ((name, value) for name, value in fields if name.lower() == wanted)
