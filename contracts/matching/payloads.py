"""The content of one element beside that of another: names, order, attributes, and values by their type."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from contracts.envelope import elements_of
from contracts.names import BLANKS, XSD, XSI, XSI_NIL, XSI_TYPE, local_name, split
from contracts.schema import collapsed
from contracts.xml import value_of

from .values import value_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.model import Field
    from contracts.rules import Case
    from contracts.xml import Element

#: Stands for every field.
ALL: Final = "*"
#: Where a schema is, which says nothing of the message (XML Schema part 1, section 2.6.3).
_HINTS: Final = frozenset({f"{{{XSI}}}schemaLocation", f"{{{XSI}}}noNamespaceSchemaLocation"})
_NIL: Final = {"1": "true", "0": "false"}
_MOST_LISTED: Final = 10


class Compared(NamedTuple):
    """The two requests whose payloads are compared, and the local names of the fields that are not."""

    ours: Case
    theirs: Case
    ignore: frozenset[str]

    def children_of(self, element: Element) -> list[Element]:
        """The child elements of ``element`` that are compared: no secrets, none that the caller has chosen."""
        if ALL in self.ignore:
            return []
        skipped = self.ignore | self.ours.catalog.secrets
        return [child for child in elements_of(element) if local_name(str(child.tag)) not in skipped]

    def told(self, field: Field, was: str, came: str) -> str:
        """What to say of two values; they themselves only where the contract calls the field public."""
        if field.name not in self.ours.catalog.public:
            return "another value was recorded"
        return f"{self.theirs.clean(was)!r} was recorded, {self.ours.clean(came)!r} came"

    def name(self, tag: str) -> str:
        """The local name in ``tag``, of which a client may have made anything."""
        return self.ours.clean(local_name(tag))


def elements_differ(
    compared: Compared, asked: Element, recorded: Element, declaration: Field | None, path: str = ""
) -> Iterator[str]:
    """In what ``asked`` differs from ``recorded``; ``path`` is where the two stand below the payload."""
    where = path or compared.name(str(recorded.tag))
    if asked.tag != recorded.tag:
        yield f"{where} was recorded, and came {_otherwise(compared, str(recorded.tag), str(asked.tag))}"
    elif _attributes(asked, declaration) != _attributes(recorded, declaration):
        yield f"{where}: its attributes differ"
    if declaration is not None and declaration.type is not None:
        came, was, base = value_of(asked), value_of(recorded), declaration.type.base
        if value_key(came, base) != value_key(was, base):
            yield f"{where}: {compared.told(declaration, was, came)}"
    elif ALL not in compared.ignore and _own_text(asked) != _own_text(recorded):
        yield f"{where}: another text was recorded"
    yield from _children_differ(compared, (asked, recorded), declaration, path)


def _own_text(element: Element) -> str:
    """The text that stands in ``element`` itself; beside child elements, blanks are indentation."""
    text = value_of(element)
    if len(element) == 0 and text.strip(BLANKS):
        return text
    return collapsed(text, "token")


def _children_differ(
    compared: Compared, parents: tuple[Element, Element], declaration: Field | None, path: str
) -> Iterator[str]:
    ours, theirs = (_grouped(compared.children_of(parent)) for parent in parents)
    yield from _missing(compared, (ours, theirs), path)
    if _counts(ours) == _counts(theirs):
        came, were = ([str(child.tag) for child in compared.children_of(parent)] for parent in parents)
        if came != were:
            yield f"{path or 'payload'}: recorded in the order {_listed(compared, were)}, came as {_listed(compared, came)}"
    # By the name in any case or namespace: what is misspelt the same way in both requests still has a type.
    fields = {} if declaration is None else {field.name.lower(): field for field in declaration.fields}
    for tag, recorded in theirs.items():
        for number, pair in enumerate(zip(ours.get(tag, ()), recorded, strict=False), 1):
            name = compared.name(tag) if len(recorded) == 1 else f"{compared.name(tag)}[{number}]"
            yield from elements_differ(
                compared, *pair, fields.get(local_name(tag).lower()), f"{path}/{name}" if path else name
            )


def _grouped(children: list[Element]) -> dict[str, list[Element]]:
    """The children by their names."""
    groups: defaultdict[str, list[Element]] = defaultdict(list)
    for child in children:
        groups[str(child.tag)].append(child)
    return dict(groups)


def _counts(groups: dict[str, list[Element]]) -> Counter[str]:
    return Counter({tag: len(children) for tag, children in groups.items()})


def _missing(
    compared: Compared, groups: tuple[dict[str, list[Element]], dict[str, list[Element]]], path: str
) -> Iterator[str]:
    """What was recorded and did not come, and the other way round; what came in another case or namespace once."""
    came, were = map(_counts, groups)
    prefix = f"{path}/" if path else ""
    rest = came - were
    namesakes = {local_name(tag).lower(): tag for tag in rest}
    for tag in (were - came).elements():
        namesake = namesakes.get(local_name(tag).lower())
        if namesake is None or not rest[namesake]:
            yield f"{prefix}{compared.name(tag)} was recorded and did not come"
        else:
            rest[namesake] -= 1
            yield f"{prefix}{compared.name(tag)} was recorded, and came {_otherwise(compared, tag, namesake)}"
    for tag in rest.elements():
        yield f"{prefix}{compared.name(tag)} came and was not recorded"


def _otherwise(compared: Compared, recorded: str, came: str) -> str:
    if local_name(recorded) != local_name(came):
        return f"as {compared.name(came)}"
    return "in another namespace" if split(came)[0] else "in no namespace"


def _attributes(element: Element, declaration: Field | None) -> dict[str, str]:
    """The attributes that tell something, prefixes resolved; not an xsi:type that names the documented type."""
    found = {str(name): str(value) for name, value in element.attrib.items() if name not in _HINTS}
    if XSI_NIL in found:
        nil = found[XSI_NIL].strip(BLANKS)
        found[XSI_NIL] = _NIL.get(nil, nil)
    if XSI_TYPE in found:
        prefix, colon, local = found[XSI_TYPE].strip(BLANKS).rpartition(":")
        namespace = element.nsmap.get(prefix if colon else None)
        found[XSI_TYPE] = f"{{{namespace}}}{local}"
        if declaration is not None and namespace == XSD and local == declaration.base:
            del found[XSI_TYPE]
    if found.get(XSI_NIL) == "false":
        del found[XSI_NIL]
    return found


def _listed(compared: Compared, tags: list[str]) -> str:
    shown = ", ".join(map(compared.name, tags[:_MOST_LISTED]))
    return f"{shown}, ..." if len(tags) > _MOST_LISTED else shown
