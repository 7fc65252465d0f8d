"""`xml/`: the bytes and XML 1.0. Judged for every message that has a body."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lxml import etree

from contracts.xml import MAX_BYTES, MAX_CHILDREN, MAX_DEPTH, MAX_TAGS, slip_of

from .registry import Problem, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .case import Case

_UNDECLARED_ENTITY: Final = etree.ErrorTypes.ERR_UNDECLARED_ENTITY
_UNICODE: Final = frozenset({"utf-8", "utf-16", "utf-16-le", "utf-16-be", "ascii", "unknown"})


@rule("xml/not-well-formed", "wire", "error", "XML 1.0 section 2.1", stage="text")
def not_well_formed(case: Case) -> Iterator[Problem]:
    """The message is well-formed XML with namespaces.

    The usual causes are named: values put into a template without escaping, a declaration pasted from a web page, an
    envelope escaped as a whole, curly quotes, control characters, an emoji as two surrogates, HTML's entities, a prefix
    that nobody declared, something before the declaration, a message cut short.

    Bad::   <IntegrationType>orders & stock</IntegrationType>
    Good::  <IntegrationType>orders &amp; stock</IntegrationType>
    """
    document = case.document
    if document.error is None or document.too_deep or document.too_large or document.encoded.conflict:
        return
    if (document.doctype is not None and document.error == _UNDECLARED_ENTITY) or document.encoded.version not in (
        None,
        "1.0",
    ):
        return
    slip = slip_of(case.places.positions)
    shown = slip.quoted and case.places.masked.visible(slip.offset, slip.offset + max(1, len(slip.quoted)))
    yield Problem(f"not well-formed: {slip.message}{f' ({slip.quoted})' if shown else ''}", slip.help, at=slip.offset)


@rule("xml/version", "wire", "error", "WS-I SSBP 1.0 R9701", stage="text")
def version(case: Case) -> Iterator[Problem]:
    """The message is XML 1.0.

    Bad::   <?xml version="1.1"?>
    Good::  <?xml version="1.0"?>
    """
    declared = case.document.encoded.version
    if declared not in (None, "1.0"):
        yield Problem(
            "the XML declaration does not say version 1.0", 'Write <?xml version="1.0" encoding="utf-8"?>.', at=0
        )


@rule("xml/doctype", "wire", "error", "SOAP 1.1 section 3; WS-I BP 1.1 R1008", stage="text")
def doctype(case: Case) -> Iterator[Problem]:
    """There is no document type declaration.

    SOAP forbids it, and it is how entity bombs and reads of local files travel. It is blanked before the message is
    parsed: no entity is expanded and nothing is fetched.

    Bad::   <!DOCTYPE e [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>
    Good::  (no DOCTYPE)
    """
    if case.document.doctype is not None:
        yield Problem("the message has a DOCTYPE", "Remove it: SOAP 1.1 forbids one.", at=case.document.doctype)


@rule("xml/processing-instruction", "wire", "error", "SOAP 1.1 section 3; WS-I BP 1.1 R1009", stage="text")
def processing_instruction(case: Case) -> Iterator[Problem]:
    """There is no processing instruction.

    Bad::   <?xml-stylesheet href="a.xsl"?>
    Good::  (the XML declaration, which is none)
    """
    if case.document.encoded.may_have_instructions:
        for offset in case.places.positions.scan.instructions[:1]:
            yield Problem("the message has a processing instruction", "Remove it: SOAP 1.1 forbids one.", at=offset)


@rule("xml/encoding", "wire", "warning", "WS-I BP 1.1 R1012", stage="text")
def encoding(case: Case) -> Iterator[Problem]:
    """The message is in UTF-8 or UTF-16, the two encodings that every XML processor must read.

    Bad::   <?xml version="1.0" encoding="ISO-8859-1"?>
    Good::  <?xml version="1.0" encoding="UTF-8"?>
    """
    encoded = case.document.encoded
    if encoded.encoding not in _UNICODE and not encoded.conflict:
        yield Problem(f"the message is in {encoded.encoding}, not in UTF-8 or UTF-16", "Send UTF-8.", at=0)


@rule("xml/unknown-encoding", "wire", "error", "XML 1.0 section 4.3.3; WS-I BP 1.1 R1012", stage="text")
def unknown_encoding(case: Case) -> Iterator[Problem]:
    """The encoding that is named exists and is one for XML over HTTP.

    UTF-7 and UTF-32 are not: the first is a way around filters, the second is read by few.

    Bad::   <?xml version="1.0" encoding="utf-7"?>
    Good::  <?xml version="1.0" encoding="utf-8"?>
    """
    if case.document.encoded.unknown is not None:
        yield Problem(
            f"the encoding {case.document.encoded.unknown[:40]!r} cannot be read", "Send UTF-8, and name it so.", at=0
        )


@rule("xml/encoding-conflict", "wire", "error", "XML 1.0 section 4.3.3", stage="text")
def encoding_conflict(case: Case) -> Iterator[Problem]:
    """The bytes are in the encoding that the byte order mark, the charset or the XML declaration name.

    libxml2 lets a byte order mark overrule the declaration; XML 1.0 calls it a fatal error.

    Bad::   <?xml version="1.0" encoding="utf-16"?>   in UTF-8 bytes
    Good::  <?xml version="1.0" encoding="utf-8"?>    in UTF-8 bytes
    """
    conflict = case.document.encoded.conflict
    if conflict is not None:
        unreadable = max(0, case.document.encoded.data.find("\ufffd".encode()))
        help_ = "Name the encoding that the bytes are in, best UTF-8."
        yield Problem(f"contradicting encodings: {conflict}", help_, at=unreadable)


@rule("xml/too-large", "wire", "error", "the size limit of this tool", stage="text")
def too_large(case: Case) -> Iterator[Problem]:
    """The message has at most 10 MiB, 150,000 tags and 100,000 children of one element. Usual ones have 2 KiB.

    An attribute counts for two tags, an end tag for none, an entity that XML does not define for one. All names, each
    with the longest namespace, may have thirty million bytes together, and one text ten million, libxml2's own limit;
    far less where it has many references or comments and an element has more than 10,000 children.

    Bad::   eleven million bytes of <a/>
    Good::  an envelope
    """
    if case.document.too_large:
        yield Problem(
            "the message is too large and was not parsed",
            f"Send less: at most {MAX_BYTES // 1024 // 1024} MiB, {MAX_TAGS:,} tags, of which an attribute counts for two, "
            f"and {MAX_CHILDREN:,} children of one element.",
            at=0,
        )


@rule("xml/too-deep", "wire", "error", "the depth limit of this tool", stage="text")
def too_deep(case: Case) -> Iterator[Problem]:
    """Elements nest at most 256 deep, libxml2's own limit.

    Bad::   <a><a><a>... three hundred times
    Good::  an envelope
    """
    if case.document.too_deep:
        yield Problem(f"elements nest deeper than {MAX_DEPTH} levels", "Send the envelope alone.", at=0)
