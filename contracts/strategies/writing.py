"""The text of a payload from the texts of its values: strings are joined, because it is done for each example."""

from __future__ import annotations

import re
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

from contracts.names import SOAP11, XSI
from contracts.schema import instant_of, is_after

from .values import texts_of, visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hypothesis.strategies import SearchStrategy

    from contracts.model import Field, Service

    Texts = SearchStrategy[str]
    #: What stands in the elements of one declaration, one string for each of them; None is nil.
    Contents = Sequence["str | None"]

_SPECIAL: Final = re.compile("[&<>\r]")
#: A carriage return that is not written as a reference comes out as a line feed (XML 1.0 section 2.11).
_ESCAPES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
_NIL: Final = f' xmlns:xsi="{XSI}" xsi:nil="true"/>'
#: An element that may come without end comes up to this many times more than it must.
_MOST_REPEATS: Final = 3


def escaped(text: str) -> str:
    """``text`` as the content of an element."""
    return _SPECIAL.sub(lambda match: _ESCAPES[match[0]], text)


def enveloped(body: str, header: str = "") -> bytes:
    """The envelope around the text of a payload and, if there is one, of a header block."""
    blocks = f"<soap:Header>{header}</soap:Header>" if header else ""
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<soap:Envelope xmlns:soap="{SOAP11}">'
        f"{blocks}<soap:Body>{body}</soap:Body></soap:Envelope>\n"
    ).encode()


class Writer:
    """Strategies of elements for the declarations of one service.

    ``given`` has strategies of texts by the local name of a field, which replace its own; ``safe`` as in `from_type`.
    """

    def __init__(self, service: Service, given: Mapping[str, Texts], *, safe: bool) -> None:
        self._given = given
        self._safe = safe
        self._windows = [
            window
            for relation in service.relations
            if relation.kind == "ordered"
            for window in pairwise(relation.fields)
            if not given.keys() & window
        ]

    def elements(self, field: Field, *, shown: bool = False) -> Texts:
        """The global element ``field``, which declares its namespace. With ``shown`` no text in it is blank alone."""
        # A default namespace would swallow an element in no namespace.
        plain = _all_qualified(field)
        name = field.name if plain else f"op:{field.name}"
        start = f'<{name} xmlns{"" if plain else ":op"}="{field.namespace}"'
        return self._content(field, plain=plain, shown=shown).map(partial(_element, name, start))

    def _content(self, field: Field, *, plain: bool, shown: bool) -> SearchStrategy[str | None]:
        if field.type is not None:
            texts = self._given[field.name] if field.name in self._given else texts_of(field.type, self._safe)
            content: SearchStrategy[str | None] = (visible(texts) if shown else texts).map(escaped)
        else:
            children = [self._repeated(child, plain=plain, shown=shown) for child in field.fields]
            content = st.tuples(*children).map(partial(self._joined, field, _names(field, plain=plain)))
        return content | st.none() if field.nillable and field.name not in self._given else content

    def _repeated(self, field: Field, *, plain: bool, shown: bool) -> SearchStrategy[Contents]:
        content = self._content(field, plain=plain, shown=shown)
        least, most = field.min_occurs, field.max_occurs
        if (least, most) == (1, 1):
            return st.tuples(content)
        return st.lists(content, min_size=least, max_size=least + _MOST_REPEATS if most is None else most)

    def _joined(self, field: Field, names: Sequence[str], contents: Sequence[Contents]) -> str:
        contents = self._put_in_order(field, contents)
        return "".join(
            [_element(name, f"<{name}", one) for name, all_ in zip(names, contents, strict=True) for one in all_]
        )

    def _put_in_order(self, field: Field, contents: Sequence[Contents]) -> Sequence[Contents]:
        """``contents`` with the ends of a window changed where the first is the later one."""
        places = {child.name: place for place, child in enumerate(field.fields)}
        for first, second in self._windows:
            if first in places and second in places:
                one, two = places[first], places[second]
                if _is_late(contents[one], contents[two]):
                    contents = list(contents)
                    contents[one], contents[two] = contents[two], contents[one]
        return contents


def _element(name: str, start: str, content: str | None) -> str:
    if content is None:
        return start + _NIL
    return f"{start}>{content}</{name}>"


def _names(field: Field, *, plain: bool) -> list[str]:
    return [child.name if plain or child.namespace is None else f"op:{child.name}" for child in field.fields]


def _all_qualified(field: Field) -> bool:
    return field.namespace is not None and all(map(_all_qualified, field.fields))


def _is_late(firsts: Contents, seconds: Contents) -> bool:
    if not firsts or not seconds or firsts[0] is None or seconds[0] is None:
        return False
    one, two = instant_of(firsts[0].replace("&#13;", "\r")), instant_of(seconds[0].replace("&#13;", "\r"))
    return one is not None and two is not None and is_after(one, two)
