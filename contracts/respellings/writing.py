"""A tree -> text: a serializer with habits. It adds to no value, takes nothing from one and moves nothing in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lxml import etree

from contracts.envelope import elements_of
from contracts.names import BLANKS, FAULT, local_name
from contracts.xml import value_of

from .namespaces import Namespaces
from .texts import MARKUP, REMARK, attribute, plain, spelled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.xml import Element

    from .habits import Ways
    from .namespaces import Scope, Tag
    from .qnames import Facts

_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"
_AROUND: Final = {
    "lines": ("", "\n"),
    "nothing": ("", ""),
    "blanks": ("\r\n \t\n", "\n\t\r\n"),
    "comments": (f"{REMARK}\n", f"\n{REMARK}\n"),
    "markup": (f"\n{MARKUP}", MARKUP),
}
_IN_TAGS: Final = {"none": (" ", "=", ""), "spaces": ("  ", " = ", " "), "lines": ("\r\n\t", "\n=\t", "\n")}
_COMMENTS: Final = {"none": "", "plain": REMARK, "markup": MARKUP}


def written(root: Element, facts: Facts, ways: Ways) -> str:
    """The document of ``root`` without its XML declaration."""
    before, after = _AROUND[ways.of("around")]
    lead = "".join(f"{_aside(node)}\n" for node in reversed(list(root.itersiblings(preceding=True))))
    trail = "".join(f"\n{_aside(node)}" for node in root.itersiblings())
    return f"{before}{lead}{''.join(_Writer(root, facts, ways).element(root, {}, 0))}{trail}{after}"


def _aside(node: Element) -> str:
    """A comment or a processing instruction."""
    if isinstance(node, etree._Comment):  # noqa: SLF001 - lxml has no public name for it
        return f"<!--{node.text or ''}-->"
    return f"<?{node.target} {node.text}?>" if node.text else f"<?{node.target}?>"  # type: ignore[attr-defined] # it has


class _Writer:
    def __init__(self, root: Element, facts: Facts, ways: Ways) -> None:
        self._ways = ways
        self._names = Namespaces(root, facts, ways)

    def element(self, element: Element, scope: Scope, depth: int, *, free: bool = True) -> Iterator[str]:
        """``element``; ``free`` says that blanks between its elements mean nothing."""
        tag = self._names.tag(element, scope)
        start, close = self._start(tag), _IN_TAGS[self._ways.of("blanks-in-tags")][2]
        text = element.text or "" if tag.text is None else tag.text
        if not len(element) and not text:
            yield self._empty(start, f"</{tag.name}{close}>")
            return
        yield f"{start}>"
        if not len(element):
            yield spelled(text, self._ways)
        else:
            free = free and not _is_mixed(element)
            yield from self._content(element, tag.scope, depth + 1, free=free)
        yield f"</{tag.name}{close}>"

    def _content(self, element: Element, scope: Scope, depth: int, *, free: bool) -> Iterator[str]:
        blanks = free and _has_elements_alone(element)
        yield self._between(element.text or "", depth, blanks=blanks)
        last = len(element) - 1
        for number, child in enumerate(element):
            if isinstance(child.tag, str):
                yield from self.element(child, scope, depth, free=free)
            else:
                yield _aside(child)
            yield self._between(child.tail or "", depth - (number == last), blanks=blanks)

    def _between(self, text: str, depth: int, *, blanks: bool) -> str:
        if not blanks:
            return spelled(text, self._ways) if text.strip(BLANKS) else plain(text)
        comment = _COMMENTS[self._ways.of("comments-between")]
        return comment + _spaced(self._ways.of("blanks-between"), text, depth)

    def _start(self, tag: Tag) -> str:
        ways = self._ways
        order, quotes = ways.of("attribute-order"), ways.of("attribute-quotes")
        before, equals, after = _IN_TAGS[ways.of("blanks-in-tags")]
        references, quote = ways.of("attribute-references"), '"' if quotes == "double" else "'"
        pairs = [*tag.declarations, *tag.attributes]
        if order == "declarations-last":
            pairs = [*tag.attributes, *tag.declarations]
        elif order == "reversed":
            pairs.reverse()
        written_ = (f"{before}{name}{equals}{attribute(value, references, quote)}" for name, value in pairs)
        return f"<{tag.name}{''.join(written_)}{after}"

    def _empty(self, start: str, end: str) -> str:
        inner = "" if self._ways.of("comments-in-values") == "none" else REMARK
        inner += "" if self._ways.of("cdata") == "none" else "<![CDATA[]]>"
        way = self._ways.of("empty-elements")
        if inner or way == "pair":
            return f"{start}>{inner}{end}"
        return f"{start} />" if way == "short-with-blank" else f"{start}/>"


def _is_mixed(element: Element) -> bool:
    """Whether text between elements may mean something: in a Fault's detail, and where xml:space says so."""
    parent = element.getparent()
    detail = parent is not None and parent.tag == FAULT and local_name(str(element.tag)) == "detail"
    return detail or element.get(_SPACE) == "preserve"


def _has_elements_alone(element: Element) -> bool:
    """Whether there are elements in ``element``, and nothing but white space and comments between them."""
    return next(elements_of(element), None) is not None and not value_of(element).strip(BLANKS)


def _spaced(way: str, text: str, depth: int) -> str:
    if way == "as-it-stands":
        return plain(text)
    if way == "references":
        return "&#9;&#x20;&#10;&#xD;"
    if way == "cdata":
        return "<![CDATA[ \n]]>"
    indents = {
        "nothing": "",
        "spaces": "\n" + "    " * depth,
        "tabs": "\n\n" + "\t" * depth,
        "carriage-return-line-feed": "\r\n" + "  " * depth,
        "carriage-return": "\r" + " " * depth,
    }
    return indents[way]
