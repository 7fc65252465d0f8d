"""The text of a payload from the texts of its values: strings are joined, because it is done for each example."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from hypothesis import strategies as st

from contracts.names import BLANKS, SOAP11, XSI
from contracts.schema import instant_of, is_after
from contracts.xml.escapes import escaped

from .schemata import most_of
from .values import shown_texts_of, texts_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hypothesis.strategies import SearchStrategy

    from contracts.model import Field, Service

    Texts = SearchStrategy[str]
    #: What stands in the elements of one declaration, one string for each of them; None is nil.
    Contents = Sequence["str | None"]
    #: The names of the ends of each window, and their places in a group.
    Windows = Sequence[tuple[str, str]]
    Places = Sequence[tuple[int, int]]

_NIL: Final = f' xmlns:xsi="{XSI}" xsi:nil="true"/>'


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
    The ends of a window are put in order where both stand in one group, once each, and are of one type. Others are
    not: what is drawn in one group is not known in the next, and a value may not fit the type of the other end.
    """

    def __init__(self, service: Service, given: Mapping[str, Texts], *, safe: bool) -> None:
        self._given = given
        self._safe = safe
        self._relations = [relation for relation in service.relations if relation.kind == "ordered"]

    def elements(self, field: Field, *, shown: bool = False) -> Texts:
        """The global element ``field``, which declares its namespace. With ``shown`` no text in it is blank alone."""
        # A default namespace would swallow an element in no namespace.
        plain = _all_qualified(field)
        name = field.name if plain else f"op:{field.name}"
        start = f'<{name} xmlns{"" if plain else ":op"}="{field.namespace}"'
        windows = [
            window
            for relation in self._relations
            if relation.message == field.name
            for window in pairwise(relation.fields)
            if not self._given.keys() & window
        ]
        return self._content(field, windows, plain=plain, shown=shown).map(partial(_element, name, start))

    def _content(self, field: Field, windows: Windows, *, plain: bool, shown: bool) -> SearchStrategy[str | None]:
        if field.type is not None:
            made = shown_texts_of if shown else texts_of
            texts = self._given[field.name] if field.name in self._given else made(field.type, self._safe)
            content: SearchStrategy[str | None] = texts.map(escaped)
        else:
            children = [self._repeated(child, windows, plain=plain, shown=shown) for child in field.fields]
            joined = partial(_joined, _names(field, plain=plain), _places(field, windows))
            content = st.tuples(*children).map(joined)
        if field.nillable and field.name not in self._given:
            # Not one of the two, since nil would be the plainer for its fewer draws.
            return st.builds(lambda text, nil: None if nil else text, content, st.booleans())
        return content

    def _repeated(self, field: Field, windows: Windows, *, plain: bool, shown: bool) -> SearchStrategy[Contents]:
        content = self._content(field, windows, plain=plain, shown=shown)
        least, most = field.min_occurs, most_of(field)
        if (least, most) == (1, 1):
            return st.tuples(content)
        if field.type is not None and field.type.base == "ID" and field.name not in self._given:
            # An identifier stands only once in a document.
            return st.lists(content, min_size=least, max_size=most, unique_by=lambda text: text and text.strip(BLANKS))
        return st.lists(content, min_size=least, max_size=most)


def _joined(names: Sequence[str], places: Places, contents: Sequence[Contents]) -> str:
    if places:
        contents = _in_order(places, list(contents))
    return "".join(
        [_element(name, f"<{name}", one) for name, all_ in zip(names, contents, strict=True) for one in all_]
    )


def _places(field: Field, windows: Windows) -> Places:
    """Where in a group the two ends of each window stand, if both are there once and of one type."""
    places = {
        child.name: place
        for place, child in enumerate(field.fields)
        if child.type is not None and child.max_occurs == 1
    }
    known = [(places[first], places[second]) for first, second in windows if {first, second} <= places.keys()]
    return [(one, two) for one, two in known if field.fields[one].type == field.fields[two].type]


def _in_order(places: Places, contents: list[Contents]) -> list[Contents]:
    """``contents`` with the ends of a window changed where the first is the later one, until none is."""
    for _ in places:  # as many rounds as there are windows are enough, unless two contradict each other
        for one, two in places:
            if _is_late(contents[one], contents[two]):
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
