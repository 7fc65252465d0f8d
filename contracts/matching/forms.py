"""A payload in the form in which two of them are compared: names, attributes, and values by their type."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from lxml import etree

from contracts.envelope import elements_of
from contracts.names import BLANKS, XSD, XSI, XSI_NIL, XSI_TYPE, local_name
from contracts.rules import namespaces_named
from contracts.schema import collapsed
from contracts.xml import value_of

from .values import value_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from contracts.catalog import Catalog
    from contracts.model import Field
    from contracts.rules import Case
    from contracts.xml import Element

#: Stands for every field.
ALL: Final = "*"
#: Where a schema is, which says nothing of the message (XML Schema part 1, section 2.6.3).
_HINTS: Final = frozenset({f"{{{XSI}}}schemaLocation", f"{{{XSI}}}noNamespaceSchemaLocation"})
_NIL: Final = {"1": "true", "0": "false"}
#: lxml looks each attribute up from the first one on; beyond these XPath, which does not, is faster.
_FEW_ATTRIBUTES: Final = 20


class Form(NamedTuple):
    """An element as it is compared. ``told`` is the text of a value that may be shown, None of any other.

    ``typed`` says that a contract declares the element as a value. ``content`` is a value's key, or the texts before,
    between and behind the children.
    """

    tag: str
    attributes: tuple[tuple[str, str], ...]
    typed: bool
    content: object
    told: str | None
    children: tuple[Form, ...]


class Maker:
    """Makes the forms of one message. ``ignore`` has the local names of fields that are not compared."""

    def __init__(self, case: Case, ignore: frozenset[str]) -> None:
        self._catalog: Catalog = case.catalog
        self._all = ALL in ignore
        self._ignore = ignore
        root = case.document.root
        typed = root is not None and b":type" in case.document.encoded.data
        self._named: Mapping[Element, str | None] = namespaces_named(root) if typed and root is not None else {}

    def form(self, element: Element, field: Field | None) -> Form:
        """The form of ``element``, which ``field`` declares, if anything does."""
        tag = str(element.tag)
        attributes = self._attributes(element, field)
        if local_name(tag) in self._catalog.secrets:
            return Form(tag, attributes, typed=True, content=None, told=None, children=())
        if field is not None and field.type is not None:
            text = value_of(element)
            told = text if field.name in self._catalog.public else None
            key = value_key(text, field.type.base)
            return Form(
                tag, attributes, typed=True, content=key, told=told, children=tuple(self._children(element, None))
            )
        content = () if self._all else _texts(element)
        return Form(
            tag, attributes, typed=False, content=content, told=None, children=tuple(self._children(element, field))
        )

    def _children(self, element: Element, field: Field | None) -> Iterator[Form]:
        if self._all:
            return
        # By the name in any case or namespace: what is misspelt the same way in both requests still has a type.
        fields = {} if field is None else {known.name.lower(): known for known in field.fields}
        for child in elements_of(element):
            name = local_name(str(child.tag))
            if name not in self._ignore:
                yield self.form(child, fields.get(name.lower()))

    def _attributes(self, element: Element, field: Field | None) -> tuple[tuple[str, str], ...]:
        """The attributes that tell something, prefixes resolved; not an xsi:type that names the documented type."""
        if not element.attrib or self._all:
            return ()
        found = {name: value for name, value in _attributes_of(element) if name not in _HINTS}
        if XSI_NIL in found:
            nil = found[XSI_NIL].strip(BLANKS)
            found[XSI_NIL] = _NIL.get(nil, nil)
        if XSI_TYPE in found:
            namespace, local = self._named.get(element), found[XSI_TYPE].strip(BLANKS).rpartition(":")[2]
            found[XSI_TYPE] = f"{{{namespace}}}{local}"
            if field is not None and namespace == XSD and local == field.base:
                del found[XSI_TYPE]
        if found.get(XSI_NIL) == "false":
            del found[XSI_NIL]
        return tuple(sorted(found.items()))


def digest_of(forms: tuple[Form, ...]) -> bytes:
    """A digest that two lists of forms share exactly if they are equal, but for what is only told."""
    found = hashlib.sha256()
    for form in forms:
        for part in _parts(form):
            found.update(f"{len(part)}:{part}".encode("utf-8", "surrogatepass"))
    return found.digest()


def _parts(form: Form) -> Iterator[str]:
    yield f"{form.tag} {len(form.children)} {form.attributes!r} {form.content!r}"
    for child in form.children:
        yield from _parts(child)


def _attributes_of(element: Element) -> list[tuple[str, str]]:
    if len(element.attrib) <= _FEW_ATTRIBUTES:
        return [(str(name), str(value)) for name, value in element.attrib.items()]
    listed: Any = _ATTRIBUTES(element)
    return [(found.attrname, str(found)) for found in listed]


_ATTRIBUTES: Final = etree.XPath("@*")


def _texts(element: Element) -> tuple[str, ...]:
    """The texts of an element that is no declared value; beside child elements, blanks are indentation."""
    pieces, piece = [], element.text or ""
    for child in element:
        if isinstance(child.tag, str):
            pieces.append(piece)
            piece = ""
        piece += child.tail or ""
    pieces.append(piece)
    if len(pieces) == 1:
        return (piece,) if piece.strip(BLANKS) else ()
    found = tuple(collapsed(piece, "token") for piece in pieces)
    return found if any(found) else ()
