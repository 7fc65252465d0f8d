"""An element of the contract compared with the one that is published, and so on with all below it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .differences import Difference, breaking, class_of
from .documents import Component, clipped
from .schemata import content_of
from .substitution import is_abstract, substitutes
from .values import is_within, mismatches

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from contracts.model import Field

    from .differences import Class, Direction, What
    from .documents import Documents
    from .schemata import Content, Particle


class Pair(NamedTuple):
    """The same element in both: ``place`` and ``path`` are those of a Difference."""

    documents: Documents
    place: str
    direction: Direction
    path: str
    ours: Field
    theirs: Particle

    def below(self, ours: Field, theirs: Particle) -> Pair:
        """A pair of children of these two."""
        return self._replace(path=f"{self.path}/{ours.name}", ours=ours, theirs=theirs)

    def differs(self, what: What, ours: str, theirs: str, class_: Class | None = None) -> Difference:
        """The difference at this element, which breaks its direction where no class is given."""
        found = class_ or breaking(self.direction)
        return Difference(self.place, self.path, what, ours, theirs, self.direction, found, at=self.theirs.at)

    def sets(self, what: What, ours: str, theirs: str, *, wider: bool, narrower: bool) -> Difference:
        """The difference of two sets, as in `class_of`."""
        return self.differs(what, ours, theirs, class_of(self.direction, wider=wider, narrower=narrower))


def compared(pair: Pair) -> Iterator[Difference]:
    """All that differs in two elements and below them, but for how often they occur. Raises WsdlError."""
    yield from _named(pair)
    if pair.ours.nillable != pair.theirs.nillable:
        words = {True: "nillable", False: "not nillable"}
        more = pair.theirs.nillable
        yield pair.sets("nillable", words[not more], words[more], wider=more, narrower=not more)
    content = content_of(pair.documents, pair.theirs)
    yield from _instead(pair, content)
    yield from _kinds(pair, content)
    if content.type is None and pair.ours.type is None:
        yield from _children(pair, content)
        yield from _openness(pair, content)
    yield from _attributes(pair, content)


def _named(pair: Pair) -> Iterator[Difference]:
    ours, theirs = pair.ours, pair.theirs
    if ours.name != theirs.name:
        yield pair.differs("name", ours.name, clipped(theirs.name))
    if ours.namespace == theirs.namespace:
        return
    if ours.namespace and theirs.namespace:
        yield pair.differs("namespace", ours.namespace, clipped(theirs.namespace))
    else:
        yield pair.differs("form", _form(ours.namespace), _form(theirs.namespace))


def _instead(pair: Pair, content: Content) -> Iterator[Difference]:
    """What may, or must, stand in the place of the element or of its type."""
    component = Component(pair.theirs.node, pair.theirs.document)
    others = substitutes(pair.documents, component)
    told = f"{others} in its place" if others else ""
    if is_abstract(component):
        yield pair.differs("name", pair.ours.name, f"abstract, {told or 'and nothing in its place'}")
    elif told:
        yield pair.sets("name", pair.ours.name, f"also {told}", wider=True, narrower=False)
    if content.abstract:
        yield pair.differs("type", "not abstract", "an abstract type, which needs xsi:type")


def _form(namespace: str | None) -> str:
    return f"qualified, in {clipped(namespace)}" if namespace else "unqualified"


def _kinds(pair: Pair, content: Content) -> Iterator[Difference]:
    """What differs in a value, or in whether there is one."""
    ours, theirs = pair.ours.type, content.type
    if ours is not None and theirs is not None:
        for found in mismatches(ours, theirs):
            yield pair.sets(found.what, found.ours, found.theirs, wider=found.wider, narrower=found.narrower)
    elif ours is not None:
        yield pair.differs("type", ours.base, "elements")
    elif theirs is not None:
        words = "elements" if pair.ours.fields else "nothing"
        anything = is_within("anyType", theirs.base) or (not pair.ours.fields and is_within("string", theirs.base))
        yield pair.sets("type", words, clipped(theirs.base), wider=anything, narrower=False)


def _children(pair: Pair, content: Content) -> Iterator[Difference]:
    ours, theirs = pair.ours.fields, content.fields
    pairs = _matched(ours, theirs)
    for one, other in pairs:
        inner = pair.below(one, other)
        yield from _occurrence(inner)
        yield from compared(inner)
    matched = [one.name for one, _ in pairs]
    for field in ours:
        if field.name not in matched:
            optional = pair.direction == "response" and field.min_occurs == 0
            found = pair.differs("name", field.name, "not there", "tolerated" if optional else None)
            yield found._replace(path=f"{pair.path}/{field.name}")
    # Not by the declaration: a reference that stands twice has the same one.
    known = [id(other) for _, other in pairs]
    for particle in theirs:
        if id(particle) not in known and particle.max_occurs != 0:
            yield _added(pair, particle)
    yield from _order(pair, content, pairs)


def _added(pair: Pair, particle: Particle) -> Difference:
    optional = particle.min_occurs == 0
    class_: Class | None = "additive" if optional and pair.direction == "request" else None
    told = f"{clipped(particle.name)}, {'optional' if optional else 'required'}"
    found = pair.differs("name", "not there", told, class_)
    return found._replace(path=f"{pair.path}/{clipped(particle.name)}", at=particle.at)


def _matched(ours: Sequence[Field], theirs: Sequence[Particle]) -> list[tuple[Field, Particle]]:
    """The pairs by name and then, of those that are left, by name in another case or by place in the sequence."""
    named = {particle.name: particle for particle in reversed(theirs) if particle.max_occurs != 0}
    pairs = {field.name: named[field.name] for field in ours if field.name in named}
    left = [particle for particle in theirs if particle.name not in pairs and particle.max_occurs != 0]
    for index, field in enumerate(ours):
        if field.name in pairs:
            continue
        places = [each for each in left if each.name.lower() == field.name.lower()]
        if len(ours) == len(theirs) and theirs[index] in left:
            places.append(theirs[index])
        if places:
            pairs[field.name] = places[0]
            left.remove(places[0])
    return [(field, pairs[field.name]) for field in ours if field.name in pairs]


def _occurrence(pair: Pair) -> Iterator[Difference]:
    own = (pair.ours.min_occurs, pair.ours.max_occurs)
    other = (pair.theirs.min_occurs, pair.theirs.max_occurs)
    if own != other:
        wider, narrower = _spans(other, own), _spans(own, other)
        yield pair.sets("occurrence", _times(*own), _times(*other), wider=wider, narrower=narrower)


def _spans(one: tuple[int, int | None], other: tuple[int, int | None]) -> bool:
    return one[0] <= other[0] and (one[1] is None or (other[1] is not None and other[1] <= one[1]))


def _times(least: int, most: int | None) -> str:
    if (least, most) == (0, 1):
        return "optional"
    if (least, most) == (1, 1):
        return "required"
    return f"{least} to {'unbounded' if most is None else most}"


def _order(pair: Pair, content: Content, pairs: list[tuple[Field, Particle]]) -> Iterator[Difference]:
    names = [one.name for one, _ in pairs]
    if len(names) < 2:
        return
    sequence = ", ".join(names)
    if content.order == "choice":
        yield pair.differs("order", sequence, "a choice of them")
    elif content.order == "all":
        yield pair.sets("order", sequence, "any order", wider=True, narrower=False)
    else:
        places = {id(particle): place for place, particle in enumerate(content.fields)}
        theirs = [one.name for one, _ in sorted(pairs, key=lambda found: places[id(found[1])])]
        if theirs != names:
            yield pair.differs("order", sequence, ", ".join(theirs))


def _openness(pair: Pair, content: Content) -> Iterator[Difference]:
    told = {"*": "any further element", "text()": "text between the elements"}
    for kind in sorted(content.open & told.keys()):
        found = pair.sets("type" if kind == "text()" else "name", "not there", told[kind], wider=True, narrower=False)
        yield found._replace(path=f"{pair.path}/{kind}")


def _attributes(pair: Pair, content: Content) -> Iterator[Difference]:
    for name, required in content.attributes:
        class_: Class | None = "additive" if pair.direction == "request" and not required else None
        told = f"attribute {clipped(name)}, {'required' if required else 'optional'}"
        found = pair.differs("name", "not there", told, class_)
        yield found._replace(path=f"{pair.path}/@{clipped(name)}")
    if "@*" in content.open:
        found = pair.sets("name", "not there", "any attribute", wider=True, narrower=False)
        yield found._replace(path=f"{pair.path}/@*")
