"""What one message says of names: its namespaces and prefixes, and the values that are names themselves."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from lxml import etree

from contracts.envelope import open_envelope
from contracts.names import FAULT, XSI_TYPE, local_name, split
from contracts.xml import value_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.xml import Element

#: The namespace of the prefix ``xml``, which is bound everywhere.
XML: Final = "http://www.w3.org/XML/1998/namespace"

_QNAME: Final = re.compile(r"([ \t\r\n]*)(?:([^: \t\r\n]+):)?([^: \t\r\n]+)([ \t\r\n]*)")


class QName(NamedTuple):
    """A value that is a name: its namespace ("" for none), its prefix as it stands, the local part, the blanks."""

    namespace: str
    prefix: str
    local: str
    before: str
    after: str


class Facts:
    """The names in the tree below ``root``, found once.

    ``scopes`` has the prefixes in scope at each element, None for the default; ``own`` each namespace of a name, in the
    order of the message, with the prefix that the message gives it first ("" for none).
    """

    def __init__(self, root: Element) -> None:
        elements = list(root.iter(etree.Element))
        self.scopes = {element: element.nsmap for element in elements}
        self.codes = {element: code for element in elements if (code := self._code(element)) is not None}
        self.types = {element: code for element in elements if (code := self._type(element)) is not None}
        self.texts = {element: list(self._texts(element)) for element in elements}
        self.all_texts = "\n".join(text for texts in self.texts.values() for text in texts)
        self.prefixes = {prefix for scope in self.scopes.values() for prefix in scope if prefix}
        self.own = self._own()
        self.payload_namespace = _payload_namespace(root)

    def mentions(self, prefix: str) -> bool:
        """Whether a value says this prefix, as far as can be told."""
        return f"{prefix}:" in self.all_texts

    def _own(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for element, scope in self.scopes.items():
            for namespace in self._namespaces(element):
                if namespace and namespace != XML and not found.get(namespace):
                    found[namespace] = next(
                        (prefix for prefix, uri in scope.items() if prefix and uri == namespace), ""
                    )
        return found

    def _namespaces(self, element: Element) -> Iterator[str]:
        yield from (split(str(name))[0] or "" for name in (element.tag, *element.keys()))
        yield from (known[element].namespace for known in (self.codes, self.types) if element in known)

    def _texts(self, element: Element) -> Iterator[str]:
        """The values at ``element`` that are not known to be names."""
        if element not in self.codes:
            yield value_of(element)
        yield from (str(value) for key, value in element.items() if key != XSI_TYPE or element not in self.types)

    def _code(self, element: Element) -> QName | None:
        parent = element.getparent()
        if len(element) or parent is None or parent.tag != FAULT or local_name(str(element.tag)) != "faultcode":
            return None
        return self._expanded(element, element.text or "")

    def _type(self, element: Element) -> QName | None:
        value = element.get(XSI_TYPE)
        return None if value is None else self._expanded(element, str(value))

    def _expanded(self, element: Element, text: str) -> QName | None:
        match = _QNAME.fullmatch(text)
        if match is None:
            return None
        before, prefix, local, after = match.groups()
        namespace = self.scopes[element].get(prefix)
        return None if prefix and not namespace else QName(namespace or "", prefix or "", local, before, after)


def _payload_namespace(root: Element) -> str:
    """The namespace of most elements in the payload; "" where they have none."""
    envelope = open_envelope(root)
    payloads = envelope.payloads if envelope is not None else ()
    inner = Counter(split(str(element.tag))[0] or "" for part in payloads for element in part.iter(etree.Element))
    inner.pop("", None)
    return inner.most_common(1)[0][0] if inner else ""
