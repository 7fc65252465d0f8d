"""`operations.xsd` and the files that it includes, as lxml trees that hold nothing but what contracts can use."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from lxml import etree

from contracts.errors import ContractError
from contracts.names import XSD, qname

from .grammar import check_construct, children_of, kind_of, refused

if TYPE_CHECKING:
    from contracts.xml import Element

#: Simple and complex types share one space of names (XSD 1.0 part 1, section 2.5).
_SPACES: Final = {"simpleType": "type", "complexType": "type"}


class SchemaFiles:
    """The global components of `operations.xsd` and of what it includes, each file read once.

    ``components`` has them by kind (``element``, ``group``, or ``type`` for both sorts of types) and name. Raises
    ContractError, which names file and line.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.components: dict[tuple[str, str], Element] = {}
        #: The path of each root, and with it the root itself: lxml keeps an element's identity while it is held.
        self._paths: dict[Element, str] = {}
        self._read: set[str] = set()
        self.namespace = ""
        self._add(path)

    def path_of(self, node: Element) -> str:
        """The file in which ``node`` stands."""
        return self._paths[node.getroottree().getroot()]

    def qualifies(self, node: Element) -> bool:
        """Whether a local element at ``node`` is in the target namespace (XSD 1.0 part 1, section 3.3.2)."""
        default = node.getroottree().getroot().get("elementFormDefault", "unqualified")
        return node.get("form", default) == "qualified"

    def refused(self, node: Element, what: str) -> ContractError:
        """The error that says, by file and line, what contracts cannot use."""
        return refused(self.path_of(node), node, what)

    def _add(self, path: str) -> None:
        real = os.path.realpath(path)
        if real in self._read:
            return
        self._read.add(real)
        root = _parsed(path)
        self._paths[root] = path
        check_construct(path, root)
        namespace = str(root.get("targetNamespace"))
        if namespace != (self.namespace or namespace):
            raise refused(path, root, f"targetNamespace {namespace!r} where {self.path} has {self.namespace!r}")
        self.namespace = namespace
        for node in children_of(root):
            self._add_component(path, node)

    def _add_component(self, path: str, node: Element) -> None:
        kind = kind_of(node)
        if kind == "include":
            self._add(os.path.join(os.path.dirname(path), str(node.get("schemaLocation"))))
        elif kind != "import":
            key = (_SPACES.get(kind, kind), str(node.get("name")))
            if key in self.components:
                raise refused(path, node, f"a second xs:{kind} {key[1]!r}")
            self.components[key] = node


def _parsed(path: str) -> Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        with open(path, "rb") as file:
            tree = etree.parse(file, parser)
    except OSError as error:
        raise ContractError(f"{path}: {error.strerror or 'cannot be read'}") from None
    except etree.XMLSyntaxError as error:
        raise ContractError(f"{path}:{error.lineno or 1}: this is not well-formed XML: {error.msg}") from None
    root = tree.getroot()
    if tree.docinfo.doctype:  # type: ignore[union-attr] # the stubs do not know it
        raise refused(path, root, "a DOCTYPE")
    if root.tag != qname(XSD, "schema"):
        raise ContractError(f"{path}:{root.sourceline}: this is not an XML schema")
    return root
