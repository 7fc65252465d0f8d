"""`soap/`: the envelope by SOAP 1.1, its parts and their order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lxml import etree

from contracts.names import BODY, ENCODING_STYLE, ENVELOPE, FAULT, HEADER, SOAP11, SOAP12, qname

from .registry import mutation, near_miss
from .structure import OTHER
from .subject import short_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.messages import Message

    from .subject import Subject

_ENCODING: Final = "http://schemas.xmlsoap.org/soap/encoding/"
_TRACE: Final = qname(OTHER, "trace")
_PARTS: Final = frozenset({ENVELOPE, HEADER, BODY, FAULT})


@mutation("soap/not-an-envelope")
def other_roots(subject: Subject) -> Iterator[tuple[str, Message]]:
    """The payload or the Body alone, a page of HTML, and the Envelope in other spellings."""
    for name in ("envelope", "ENVELOPE", "Envelop"):
        draft = subject.draft()
        draft.root.tag = qname(SOAP11, name)
        yield f"calls-the-root-{name}", draft.message()
    for what, element in (("Body", subject.body), ("payload", subject.first)):
        draft = subject.draft()
        draft.root = draft.copy(draft[element])
        yield f"sends-the-{what}-alone", draft.message()
    yield "sends-a-page", subject.written("<html><body>Sign in</body></html>")


@near_miss("soap/not-an-envelope", "soap/version")
def other_prefix(subject: Subject) -> Iterator[tuple[str, Message]]:
    """The Envelope with another prefix, and beside a declaration of SOAP 1.2 that nobody uses."""
    draft = subject.draft()
    draft.respell(draft.root, "own0")
    yield "gives-the-Envelope-another-prefix", draft.message()
    draft = subject.draft()
    draft.declare(draft.root, SOAP12)
    yield "declares-SOAP-1-2-beside", draft.message()


@mutation("soap/version")
def other_versions(subject: Subject) -> Iterator[tuple[str, Message]]:
    """The envelope in the namespace of SOAP 1.2, in near misses of the right one, and in none."""
    versions = {
        "SOAP-1-2": SOAP12,
        "SOAP-1-1-with-https": SOAP11.replace("http:", "https:"),
        "SOAP-1-1-without-its-slash": SOAP11.rstrip("/"),
        "no-namespace": None,
    }
    for what, namespace in versions.items():
        draft = subject.draft()
        for element in (subject.envelope.root, *subject.envelope.headers, subject.body, subject.first):
            if element.tag in _PARTS:
                draft[element].tag = qname(namespace, short_name(element))
        yield f"puts-the-envelope-into-{what}", draft.message()


@mutation("soap/header-position")
def headers_elsewhere(subject: Subject) -> Iterator[tuple[str, Message]]:
    """The Header behind the Body, and a second one."""
    draft = subject.draft()
    header = draft.header()
    draft.root.append(header)
    yield "puts-the-Header-behind-the-Body", draft.message()
    draft = subject.draft()
    draft.header()
    draft.add(draft.root, HEADER, place=draft.root.index(draft[subject.body]))
    yield "adds-a-second-Header", draft.message()


@near_miss("soap/header-position")
def headers_in_place(subject: Subject) -> Iterator[tuple[str, Message]]:
    """The Header behind a comment."""
    draft = subject.draft()
    draft.header()
    draft.root.insert(0, etree.Comment("first"))
    yield "puts-a-comment-before-the-Header", draft.message()


@mutation("soap/body-missing")
def no_body(subject: Subject) -> Iterator[tuple[str, Message]]:
    """An Envelope without its Body. A fault would take its status with it."""
    if not subject.is_fault:
        draft = subject.draft()
        draft.root.remove(draft[subject.body])
        yield "drops-the-Body", draft.message()


@near_miss("soap/body-missing", "soap/envelope-child")
def no_header(subject: Subject) -> Iterator[tuple[str, Message]]:
    """An Envelope with a Body alone, where the operation needs no Header; comments beside it."""
    if not subject.case.needed_blocks:
        draft = subject.draft()
        for header in subject.envelope.headers:
            draft.root.remove(draft[header])
        yield "drops-the-Header", draft.message()
    draft = subject.draft()
    draft[subject.body].addprevious(etree.Comment("<soap:body>"))
    yield "puts-a-comment-before-the-Body", draft.message()


@mutation("soap/body-empty")
def empty_body(subject: Subject) -> Iterator[tuple[str, Message]]:
    """A Body without its payload: with nothing, a blank and a comment in it."""
    if not subject.is_fault:
        for what, text in (("nothing", None), ("blanks", "\n  ")):
            draft = subject.draft()
            body = draft[subject.body]
            body[:] = []
            body.text = text
            yield f"leaves-{what}-in-the-Body", draft.message()
            body.append(etree.Comment("payload"))
            yield f"leaves-{what}-and-a-comment-in-the-Body", draft.message()


@near_miss("soap/body-empty", "soap/multiple-payloads")
def payload_and_comments(subject: Subject) -> Iterator[tuple[str, Message]]:
    """A payload between comments."""
    draft = subject.draft()
    draft[subject.first].addprevious(etree.Comment("<one/>"))
    draft[subject.first].addnext(etree.Comment("<two/>"))
    yield "puts-comments-around-the-payload", draft.message()


@mutation("soap/multiple-payloads")
def second_payload(subject: Subject) -> Iterator[tuple[str, Message]]:
    """The payload twice, and something else behind it."""
    draft = subject.draft()
    draft[subject.body].append(draft.copy(draft[subject.first]))
    yield "repeats-the-payload", draft.message()
    for what, tag in (("a-foreign-element", _TRACE), ("a-multi-reference", "multiRef"), ("a-Fault", FAULT)):
        draft = subject.draft()
        draft.add(draft[subject.body], tag)
        yield f"adds-{what}-behind-the-payload", draft.message()


@mutation("soap/after-body")
def things_after_the_body(subject: Subject) -> Iterator[tuple[str, Message]]:
    """Elements of any kind behind the Body."""
    for what, tag in (("a-foreign-element", _TRACE), ("an-element-of-no-namespace", "trace"), ("a-second-Body", BODY)):
        draft = subject.draft()
        draft.add(draft.root, tag)
        yield f"adds-{what}-behind-the-Body", draft.message()
    draft = subject.draft()
    draft.root.append(draft.copy(draft[subject.first]))
    yield "repeats-the-payload-behind-the-Body", draft.message()


@near_miss("soap/after-body")
def comment_after_the_body(subject: Subject) -> Iterator[tuple[str, Message]]:
    """A comment behind the Body."""
    draft = subject.draft()
    draft.root.append(etree.Comment("<trace/>"))
    yield "puts-a-comment-behind-the-Body", draft.message()


@mutation("soap/envelope-child")
def other_children(subject: Subject) -> Iterator[tuple[str, Message]]:
    """Elements that are neither Header nor Body before the Body, and a Body in other spellings."""
    for what, tag in (
        ("a-foreign-element", _TRACE), ("an-element-of-no-namespace", "trace"),
        ("another-part", qname(SOAP11, "Trailer")), ("a-header-in-lower-case", qname(SOAP11, "header")),
    ):  # fmt: skip
        draft = subject.draft()
        draft.add(draft.root, tag, place=draft.root.index(draft[subject.body]))
        yield f"adds-{what}-before-the-Body", draft.message()
    if not subject.is_fault:
        for what, tag in (
            ("body", qname(SOAP11, "body")),
            ("BODY", qname(SOAP11, "BODY")),
            ("Body-of-no-namespace", "Body"),
        ):
            draft = subject.draft()
            draft[subject.body].tag = tag
            yield f"calls-the-Body-{what}", draft.message()


@mutation("soap/encoding-style")
def encoding_styles(subject: Subject) -> Iterator[tuple[str, Message]]:
    """encodingStyle on each part of the envelope and on each element below."""
    first = subject.first
    parts = [subject.envelope.root, *subject.envelope.headers, *subject.envelope.blocks, subject.body, first]
    for element in (*parts, *(child for child in first.iterdescendants("*"))):
        draft = subject.draft()
        draft[element].set(ENCODING_STYLE, _ENCODING)
        yield f"puts-encodingStyle-on-{short_name(element)}", draft.message()
    for what, value in (("nothing", ""), ("a-literal", "literal")):
        draft = subject.draft()
        draft[subject.body].set(ENCODING_STYLE, value)
        yield f"puts-encodingStyle-with-{what}-on-Body", draft.message()


@near_miss("soap/encoding-style")
def encoding_style_in_name(subject: Subject) -> Iterator[tuple[str, Message]]:
    """The encoding's namespace declared and not used, and the word in a comment."""
    draft = subject.draft()
    draft.declare(draft.root, _ENCODING)
    draft.root.insert(0, etree.Comment('soap:encodingStyle=""'))
    yield "declares-the-namespace-of-the-encoding", draft.message()
