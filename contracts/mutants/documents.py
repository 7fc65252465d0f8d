"""`xml/`: documents that are not well-formed, that have what SOAP forbids, or that are too much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from contracts.xml import MAX_BYTES, MAX_CHILDREN, MAX_DEPTH, MAX_TAGS, value_of
from contracts.xml.escapes import escaped

from .coding import Coding, declaring
from .registry import mutation, near_miss
from .structure import OTHER
from .subject import HOLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.messages import Message

    from .subject import Draft, Subject

_PLAIN: Final = Coding()
#: What may stand nowhere in a text, by what it is.
_BROKEN: Final = {
    "an-ampersand": "a & b", "an-ampersand-and-no-semicolon": "a &amp b", "a-less-than": "a < b", "an-end-of-CDATA": "]]>",
    "an-undeclared-entity": "a&nbsp;b", "a-reference-without-a-number": "&#;", "a-reference-to-NUL": "&#0;",
    "a-reference-to-a-control-character": "&#x1F;", "a-reference-to-a-surrogate": "&#xD800;",
    "two-references-to-surrogates": "&#xD83D;&#xDE00;", "a-reference-beyond-Unicode": "&#x110000;",
    "a-reference-to-a-noncharacter": "&#xFFFF;", "a-NUL": "\0", "a-control-character": "\x0b", "an-escape": "\x1b[0m",
    "a-noncharacter": "\uffff", "a-start-tag-alone": "<b>", "an-end-tag-alone": "</b>", "another-end-tag": "<b></a>",
    "crossed-tags": "<a><b></a></b>", "a-tag-of-another-case": "<b></B>", "a-tag-with-a-digit-first": "<1/>",
    "a-tag-with-two-colons": "<a:b:c/>", "an-unbound-prefix": "<unbound:b/>", "an-unbound-prefix-of-an-attribute": '<b unbound:a="1"/>',
    "a-prefix-bound-to-nothing": '<p:b xmlns:p=""/>', "an-unquoted-attribute": "<b a=1/>",
    "an-attribute-without-a-value": "<b a/>", "an-attribute-twice": '<b a="1" a="2"/>',
    "a-less-than-in-an-attribute": '<b a="<"/>', "curly-quotes": "<b a=\u201c1\u201d/>", "no-blank-between-attributes": '<b a="1"c="2"/>',
    "two-hyphens-in-a-comment": "<!-- a -- b -->", "an-open-comment": "<!-- a", "an-open-CDATA-section": "<![CDATA[ a",
    "an-XML-declaration": '<?xml version="1.0"?>', "a-blank-before-a-name": "< b/>",
}  # fmt: skip
_BROKEN_DECLARATIONS: Final = {
    "a-line-before-the-declaration": '\n<?xml version="1.0"?>', "a-blank-before-the-declaration": ' <?xml version="1.0"?>',
    "text-before-the-declaration": 'ok <?xml version="1.0"?>', "a-comment-before-the-declaration": '<!-- --><?xml version="1.0"?>',
    "a-declaration-that-is-not-closed": '<?xml version="1.0">', "a-declaration-without-a-version": '<?xml encoding="utf-8"?>',
    "a-declaration-with-its-encoding-first": '<?xml encoding="utf-8" version="1.0"?>',
    "a-declaration-in-curly-quotes": "<?xml version=\u201c1.0\u201d?>", "a-declaration-in-upper-case": '<?XML version="1.0"?>',
    "a-declaration-pasted-from-a-page": '<?xml version="1.0"?&gt;', "two-declarations": '<?xml version="1.0"?><?xml version="1.0"?>',
    "a-second-byte-order-mark": "\ufeff\ufeff",
}  # fmt: skip
_WELL_FORMED: Final = {
    "an-escaped-ampersand": "a &amp; b", "an-escaped-less-than": "a &lt; b", "an-escaped-end-of-CDATA": "]]&gt;",
    "CDATA": "<![CDATA[a & b < c ]] >]]>", "a-reference-to-a-no-break-space": "a&#160;b",
    "a-reference-beyond-the-first-plane": "&#x1F600;", "the-greatest-reference": "&#x10FFFF;", "a-tab-and-a-line-end": "a\tb\nc",
    "a-reference-to-a-carriage-return": "a&#13;b", "curly-quotes": "\u201ca\u201d", "a-greater-than": "a > b",
}  # fmt: skip
_DOCTYPES: Final = {
    "a-name-alone": "<!DOCTYPE Envelope>", "an-empty-subset": "<!DOCTYPE Envelope []>",
    "an-entity": '<!DOCTYPE e [<!ENTITY a "b">]>', "an-external-subset": '<!DOCTYPE e SYSTEM "http://127.0.0.1:9/e.dtd">',
    "a-public-identifier": '<!DOCTYPE e PUBLIC "-//e//e" "http://127.0.0.1:9/e.dtd">',
    "an-external-entity": '<!DOCTYPE e [<!ENTITY a SYSTEM "file:///dev/null">]>',
    "a-parameter-entity": '<!DOCTYPE e [<!ENTITY % a SYSTEM "http://127.0.0.1:9/a.dtd"> %a;]>',
    "declarations": '<!DOCTYPE e [<!-- ]> --><!ELEMENT e ANY><!ATTLIST e a CDATA "]">]>',
}  # fmt: skip
_LAUGHS: Final = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
_BOMB: Final = f'<!DOCTYPE e [<!ENTITY l0 "ha">{_LAUGHS}]>'
_INSTRUCTION: Final = '<?xml-stylesheet href="a.xsl"?>'


@mutation("xml/not-well-formed")
def broken(subject: Subject) -> Iterator[tuple[str, Message]]:
    """What breaks a document, in its first value or in the Body; an ampersand and a less-than in each value."""
    draft = _with_hole(subject)
    for what, raw in _BROKEN.items():
        yield f"puts-{what}-into-it", draft.message(raw)
    for spot in subject.values():
        draft = subject.draft()
        draft.set(spot, HOLE)
        yield f"leaves-an-ampersand-in-{spot.name}", draft.message("AT&T")
        yield f"leaves-a-less-than-in-{spot.name}", draft.message("<3")


@mutation("xml/not-well-formed")
def cut(subject: Subject) -> Iterator[tuple[str, Message]]:
    """A document that ends too early or too late, or that has something before it."""
    text = subject.draft().text().rstrip()
    end = text.rindex("</") if text.endswith(">") and "</" in text else len(text)
    for what, place in {
        "the-last-character": -1,
        "the-last-tag": end,
        "one-half": len(text) // 2,
        "all-but-a-tag": 9,
    }.items():
        yield f"cuts-off-{what}", subject.written(text[:place])
    for what, more in {"text": "done", "a-second-root": "<a/>", "an-end-tag": "</a>", "CDATA": "<![CDATA[]]>"}.items():
        yield f"adds-{what}-behind-the-Envelope", subject.written(text + more)
    yield "escapes-the-envelope", subject.written(escaped(text))
    yield "sends-a-form", subject.written("a=1")
    for what, declaration in _BROKEN_DECLARATIONS.items():
        yield f"sends-{what}", subject.written(text, _PLAIN._replace(declaration=declaration))
    if subject.message.headers is None:
        yield "sends-nothing", subject.message._replace(body=b"")
        yield "sends-blanks", subject.message._replace(body=b" \n")


@near_miss("xml/not-well-formed")
def well_formed(subject: Subject) -> Iterator[tuple[str, Message]]:
    """Odd texts that are well-formed, in a comment's place; no declaration, and one in single quotes."""
    draft = _with_detached_hole(subject)
    for what, raw in _WELL_FORMED.items():
        yield f"puts-{what}-into-a-block", draft.message(_block(raw))
    yield "puts-markup-into-a-comment", draft.message("<!-- <a> & ]]> <? -->")
    text = subject.draft().text()
    for what, declaration in {
        "no-declaration": "",
        "single-quotes": "<?xml version='1.0' encoding='utf-8' standalone='yes' ?>",
    }.items():
        yield f"sends-{what}", subject.written(text, _PLAIN._replace(declaration=declaration))


@mutation("xml/version")
def other_versions(subject: Subject) -> Iterator[tuple[str, Message]]:
    """A declaration of another version."""
    for number in ("1.1", "1.2", "2.0"):
        coding = _PLAIN._replace(declaration=declaring("utf-8", version=number))
        yield f"declares-version-{number.replace('.', '-')}", subject.draft().message(coding=coding)


@near_miss("xml/version")
def version(subject: Subject) -> Iterator[tuple[str, Message]]:
    """Version 1.0, and no declaration."""
    for what, declaration in {"version-1-0": '<?xml version="1.0"?>\n', "nothing": ""}.items():
        yield f"declares-{what}", subject.draft().message(coding=_PLAIN._replace(declaration=declaration))


@mutation("xml/doctype")
def document_types(subject: Subject) -> Iterator[tuple[str, Message]]:
    """Document types of every kind, their entities used or not. None of what they name exists."""
    text = subject.draft().text()
    for what, doctype in _DOCTYPES.items():
        yield f"declares-{what}", subject.written(f"{doctype}\n{text}")
    yield "declares-a-name-behind-a-comment", subject.written(f"<!-- c --><!DOCTYPE e>{text}")
    draft = _with_hole(subject)
    for what, doctype, raw in (
        ("a-bomb", _BOMB, "&l9;"), ("an-entity", _DOCTYPES["an-entity"], "&a;"),
        ("an-external-entity", _DOCTYPES["an-external-entity"], "&a;"),
    ):  # fmt: skip
        yield f"uses-{what}", subject.written(f"{doctype}\n{draft.text(raw)}")
    yield "declares-a-bomb", subject.written(f"{_BOMB}\n{text}")


@near_miss("xml/doctype")
def no_document_type(subject: Subject) -> Iterator[tuple[str, Message]]:
    """The letters of a DOCTYPE in a comment and in CDATA."""
    text = subject.draft().text()
    yield "puts-a-DOCTYPE-into-a-comment", subject.written(f"<!-- <!DOCTYPE e> -->{text}")
    yield "puts-a-DOCTYPE-into-CDATA", _with_detached_hole(subject).message(_block("<![CDATA[<!DOCTYPE e>]]>"))


@mutation("xml/processing-instruction")
def instructions(subject: Subject) -> Iterator[tuple[str, Message]]:
    """A processing instruction before, in and behind the envelope, and in each value."""
    text = subject.draft().text()
    yield "adds-one-before-the-Envelope", subject.written(_INSTRUCTION + text)
    yield "adds-one-behind-the-Envelope", subject.written(f"{text}<?a?>")
    draft = subject.draft()
    draft[subject.body].text = HOLE
    yield "adds-one-in-the-Body", draft.message("<?a b?>")
    for spot in subject.values():
        draft = subject.draft()
        inside = value_of(spot.element)
        draft[spot.element][:] = []
        draft[spot.element].text = HOLE
        yield f"adds-one-in-{spot.name}", draft.message(f"{escaped(inside[:1])}<?a b?>{escaped(inside[1:])}")


@near_miss("xml/processing-instruction")
def no_instruction(subject: Subject) -> Iterator[tuple[str, Message]]:
    """What looks like one, in a comment and in CDATA; the XML declaration is none."""
    yield "declares-XML", subject.draft().message(coding=_PLAIN)
    yield "puts-one-into-a-comment", subject.written(f"{subject.draft().text()}<!-- <?a b?> -->")
    yield "puts-one-into-CDATA", _with_detached_hole(subject).message(_block("<![CDATA[<?a b?>]]>"))


@mutation("xml/too-large")
def large(subject: Subject) -> Iterator[tuple[str, Message]]:
    """One byte too many, of blanks behind the Envelope; too many children of an element; too many tags."""
    yield "adds-blanks-to-one-byte-too-many", _of_size(subject, MAX_BYTES + 1)
    draft = _with_detached_hole(subject)
    yield "adds-one-child-too-many", draft.message(_block("<b/>" * (MAX_CHILDREN + 1)))
    yield "adds-too-many-tags", draft.message(_block(f"<b>{'<c/>' * 998}</b>" * (MAX_TAGS // 1000 + 1)))


@near_miss("xml/too-large")
def just_large_enough(subject: Subject) -> Iterator[tuple[str, Message]]:
    """Not one byte too many, not one child."""
    yield "adds-children-to-the-last-one-allowed", _with_detached_hole(subject).message(_block("<b/>" * MAX_CHILDREN))
    yield "adds-blanks-to-the-last-byte-allowed", _of_size(subject, MAX_BYTES)


@mutation("xml/too-deep")
def deep(subject: Subject) -> Iterator[tuple[str, Message]]:
    """Elements in elements, in the Header and in the first value."""
    for depth in (MAX_DEPTH + 1, 300, 10_000):
        yield f"nests-{depth}-levels", _with_detached_hole(subject).message(_nested(depth - 2))
    yield "nests-300-levels-in-it", _with_hole(subject).message(_nested(300))


@near_miss("xml/too-deep")
def just_deep_enough(subject: Subject) -> Iterator[tuple[str, Message]]:
    """As deep as allowed."""
    yield f"nests-{MAX_DEPTH}-levels", _with_detached_hole(subject).message(_nested(MAX_DEPTH - 2))


def _with_hole(subject: Subject) -> Draft:
    """A draft with a hole in its first value, or at the end of the Body where there is none. It is not to be judged."""
    draft = subject.draft()
    spot = next(subject.values(), None)
    if spot is not None:
        draft.set(spot, HOLE)
    else:
        draft[subject.first].tail = HOLE
    return draft


def _with_detached_hole(subject: Subject) -> Draft:
    """A draft with a hole in the Header, for elements that nobody declares."""
    draft = subject.draft()
    draft.header().text = HOLE
    return draft


def _block(raw: str) -> str:
    """A header block, in a namespace as it has to be."""
    return f'<a xmlns="{OTHER}">{raw}</a>'


def _nested(depth: int) -> str:
    """That many elements in each other."""
    return _block(f"{'<a>' * (depth - 1)}{'</a>' * (depth - 1)}")


def _of_size(subject: Subject, size: int) -> Message:
    text = f"{subject.draft().text()}<!-- -->"
    missing = size - len(_PLAIN.encode(text))
    # In two runs: libxml2 takes none of ten million characters.
    blanks = " " * (missing // 2)
    return subject.written(f"{text[:-3]}{blanks}-->{blanks}{' ' * (missing % 2)}", _PLAIN)
