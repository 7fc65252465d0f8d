"""Where a problem stands, and the masked line to show of it."""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from lxml import etree

from contracts.findings import Excerpt
from contracts.masking import masked
from contracts.names import SOAP11, SOAP12, split
from contracts.secrecy import MASK
from contracts.xml import Positions

if TYPE_CHECKING:
    from contracts.catalog import Catalog
    from contracts.model import Service
    from contracts.xml import Document, Element

#: Names may have thousands of characters; a report needs the first.
_LONGEST_NAME: Final = 100
_PREFIXES: Final = {SOAP11: "soap", SOAP12: "soap12"}


class Place(NamedTuple):
    """Line and column (1-based, 0 for none) within the document, and the masked line itself."""

    line: int
    column: int
    excerpt: Excerpt | None


class Places:
    """What may be shown of one document, ``masked``, and its positions, found when the first problem asks."""

    def __init__(
        self, document: Document, catalog: Catalog, service: Service | None, secrets: tuple[str, ...] = ()
    ) -> None:
        self._document = document
        self._service = service
        self._secret_names = _lowered(catalog.secrets)
        self.masked = masked(
            document.encoded.data,
            public=catalog.public,
            secrets=catalog.secrets,
            also=secrets,
            vocabulary=catalog.vocabulary,
        )
        self._steps: dict[Element, tuple[str, bool]] = {}
        self._siblings: dict[Element, dict[Element, str]] = {}

    @cached_property
    def positions(self) -> Positions:
        """Lines and columns."""
        return Positions(self._document.encoded.data)

    @cached_property
    def _numbers(self) -> dict[Element, int]:
        root = self._document.root
        return {} if root is None else {element: number for number, element in enumerate(root.iter(etree.Element))}

    def offset_of(self, at: Element | int | None) -> int | None:
        """The byte offset of an element's start tag, or the offset itself."""
        if at is None or isinstance(at, int):
            return at
        return self.positions.start_of(self._numbers[at])

    def place(self, at: Element | int | None) -> Place:
        """Where ``at`` stands; nowhere for None."""
        offset = self.offset_of(at)
        if offset is None:
            # expat knows fewer names than libxml2, and stops at the first that it does not know.
            line = 0 if at is None or isinstance(at, int) else int(at.sourceline or 0)  # type: ignore[call-overload]
            return Place(line, 1 if line else 0, None)
        spot = self.positions.spot(offset)
        text, caret = self.masked.excerpt(spot.first, spot.last, offset)
        return Place(spot.line, spot.column, Excerpt(text, caret) if text.strip() else None)

    def path(self, element: Element) -> str:
        """The path of ``element`` with fixed prefixes; an index only where siblings share a name.

        Below a secret field a name is masked, for it may be a part of the value.
        """
        return self.masked.without_secrets(self._step(element)[0])

    def _step(self, element: Element) -> tuple[str, bool]:
        """The path of ``element``, and whether what stands below it is secret."""
        known = self._steps.get(element)
        if known is None:
            parent = element.getparent()
            above, hidden = ("", False) if parent is None else self._step(parent)
            namespace, local = split(str(element.tag))
            name = MASK if hidden else self._name(namespace, local)
            known = self._steps[element] = (
                f"{above}/{name}{self._index(parent, element)}",
                hidden or local.lower() in self._secret_names,
            )
        return known

    def _index(self, parent: Element | None, element: Element) -> str:
        """``[2]`` for the second of several children of the same name, nothing for the only one."""
        if parent is None or len(parent) == 1:
            return ""
        known = self._siblings.get(parent)
        if known is None:
            namesakes: dict[object, list[Element]] = {}
            for child in parent:
                namesakes.setdefault(child.tag, []).append(child)
            several = [group for group in namesakes.values() if len(group) > 1]
            known = {child: f"[{number}]" for group in several for number, child in enumerate(group, 1)}
            self._siblings[parent] = known
        return known.get(element, "")

    def _name(self, namespace: str | None, local: str) -> str:
        if len(local) > _LONGEST_NAME:
            local = self.masked.without_secrets(local)[:_LONGEST_NAME]
        if namespace is None:
            return local
        if self._service is not None and namespace == self._service.namespace:
            return f"{self._service.name}:{local}"
        prefix = _PREFIXES.get(namespace)
        return f"{prefix}:{local}" if prefix else f"{{{namespace}}}{local}"


@cache
def _lowered(names: frozenset[str]) -> frozenset[str]:
    return frozenset(map(str.lower, names))
