"""The documents of a description, each read once: a WSDL, and the WSDLs and schemas that it imports and includes."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final, NamedTuple

from contracts.names import WSDL, XSD, local_name, qname
from contracts.recording import EndpointError, TargetError
from contracts.xml import MAX_BYTES, MAX_TAGS, parse

from .origins import shown
from .problems import NothingToCompareError, WsdlError

if TYPE_CHECKING:
    from contracts.xml import Document as Parsed
    from contracts.xml import Element

    from .origins import Origin, Source

#: More than any service has; each is a file that is read or a request that is sent.
_MOST_DOCUMENTS: Final = 100
_MOST_BYTES: Final = 32 * 1024 * 1024
_LONGEST: Final = 200
_SPACES: Final = {"simpleType": "type", "complexType": "type"}
_DEFINITIONS: Final = qname(WSDL, "definitions")
_SCHEMA: Final = qname(XSD, "schema")


class Document(NamedTuple):
    """A WSDL's ``definitions`` or a ``schema``, with the target namespace that it has where it is used."""

    root: Element
    name: str
    namespace: str | None

    def at(self, node: Element) -> str:
        """The place of ``node``, ``file:line``."""
        return f"{self.name}:{node.sourceline}"

    def wrong(self, node: Element, what: str) -> WsdlError:
        """The error that says ``what`` is wrong at ``node``."""
        return WsdlError(f"{self.at(node)}: {what}")

    def resolved(self, node: Element, name: str) -> tuple[str | None, str]:
        """The namespace and the local part that a qualified name at ``node`` stands for. Raises WsdlError.

        In a schema without a target namespace that another one includes, no namespace is that one's (XSD 1.0 part 1,
        section 4.2.1).
        """
        prefix, _, local = name.strip().rpartition(":")
        namespace = node.nsmap.get(prefix or None) or None
        if prefix and namespace is None:
            raise self.wrong(node, f"the prefix of {clipped(name)!r} is not declared")
        if namespace is None and self.root.get("targetNamespace") is None:
            namespace = self.namespace
        return namespace, local


class Component(NamedTuple):
    """A named part of a document."""

    node: Element
    document: Document


class _Task(NamedTuple):
    key: str
    #: The target namespace of the schema that includes this one.
    including: str | None


class Documents:
    """Everything that is named in the documents of ``origin``, by kind, namespace and name.

    Kinds are those of XSD (``element``, ``type`` for both sorts, ``group``, ``attributeGroup``, ``attribute``) and of
    WSDL (``message``, ``portType``, ``binding``). Raises WsdlError, and what the origin raises for the first document.
    What cannot be followed counts only when something is missing; `unfollowed` says why.
    """

    def __init__(self, origin: Origin) -> None:
        self._origin = origin
        self._components: dict[tuple[str, str | None, str], Component] = {}
        self.services: list[Component] = []
        self.unfollowed: list[str] = []
        self._read: dict[str, tuple[str, Element]] = {}
        self._seen: set[_Task] = set()
        self._size = 0
        self._tasks: deque[_Task] = deque()
        first = origin.first()
        self.name = first.name
        self._parse(first)
        self._enqueue(_Task(first.key, None))
        while self._tasks:
            self._take(self._tasks.popleft())

    def find(self, kind: str, name: tuple[str | None, str]) -> Component | None:
        """The component of this kind and name; None where there is none."""
        return self._components.get((kind, *name))

    def all(self, kind: str) -> list[Component]:
        """All components of this kind, in the order of the documents."""
        return [component for (known, _, _), component in self._components.items() if known == kind]

    def get(self, kind: str, name: tuple[str | None, str], node: Element, document: Document) -> Component:
        """The component that ``node`` names. Raises WsdlError, which tells of what was not followed."""
        found = self.find(kind, name)
        if found is not None:
            return found
        why = f"; not followed: {'; '.join(self.unfollowed[:5])}" if self.unfollowed else ""
        raise document.wrong(node, f"the {kind} {clipped(qname(*name))} is not declared{why}")

    def _enqueue(self, task: _Task) -> None:
        if task not in self._seen:
            self._seen.add(task)
            self._tasks.append(task)

    def _take(self, task: _Task) -> None:
        name, root = self._read[task.key]
        if root.tag == _DEFINITIONS:
            self._add_wsdl(task.key, Document(root, name, root.get("targetNamespace")))
        elif root.tag == _SCHEMA:
            self._add_schema(task.key, Document(root, name, root.get("targetNamespace") or task.including))
        elif local_name(str(root.tag)) == "description":
            raise WsdlError(f"{name}: a WSDL 2.0; only WSDL 1.1 is read")
        else:
            raise WsdlError(f"{name}: neither a WSDL nor a schema: its root is {clipped(str(root.tag))}")

    def _parse(self, source: Source) -> None:
        """Read one more document. Raises WsdlError."""
        self._size += len(source.body)
        if len(self._read) >= _MOST_DOCUMENTS or self._size > _MOST_BYTES:
            raise WsdlError(
                f"{source.name}: more than {_MOST_DOCUMENTS} documents or {_MOST_BYTES} bytes: "
                f"it is number {len(self._read) + 1}, with {self._size} bytes in all"
            )
        document = parse(source.body, source.charset)
        if document.doctype is not None:
            raise WsdlError(f"{source.name}: it has a DOCTYPE, and none is read")
        if document.root is None:
            raise WsdlError(f"{source.name}: this is {_reason(source, document)}, and so no WSDL that can be read")
        self._read[source.key] = (source.name, document.root)

    def _add_wsdl(self, key: str, document: Document) -> None:
        for node in document.root.iterchildren(f"{{{WSDL}}}*"):
            kind = local_name(str(node.tag))
            if kind == "import":
                self._follow(key, document, node, node.get("location"), None)
            elif kind == "types":
                for schema in node.iterchildren(_SCHEMA):
                    self._add_schema(key, Document(schema, document.name, schema.get("targetNamespace")))
            elif kind == "service":
                self.services.append(Component(node, document))
            else:
                self._add(kind, node, document)

    def _add_schema(self, key: str, document: Document) -> None:
        for node in document.root.iterchildren(f"{{{XSD}}}*"):
            kind = local_name(str(node.tag))
            if kind == "redefine":
                self.unfollowed.append(f"{document.at(node)}: xs:redefine, which is not read")
            elif kind in ("import", "include"):
                including = document.namespace if kind == "include" else None
                self._follow(key, document, node, node.get("schemaLocation"), including)
            else:
                self._add(_SPACES.get(kind, kind), node, document)

    def _add(self, kind: str, node: Element, document: Document) -> None:
        name = node.get("name")
        if name is not None:
            self._components.setdefault((kind, document.namespace, name), Component(node, document))

    def _follow(self, key: str, document: Document, node: Element, location: str | None, including: str | None) -> None:
        if not location:
            return
        try:
            found = self._origin.locate(key, location.strip())
            source = None if found in self._read else self._origin.read(found)
        except (WsdlError, NothingToCompareError, EndpointError, TargetError) as error:
            self.unfollowed.append(f"{document.at(node)}: {clipped(shown(location))}: {error}")
            return
        if source is not None:
            self._parse(source)
        self._enqueue(_Task(found, including))


def _reason(source: Source, document: Parsed) -> str:
    """Why it has no tree."""
    if len(source.body) > MAX_BYTES:
        return f"too large, more than {MAX_BYTES} bytes"
    if document.too_large:
        text = source.body.replace(b"\0", b"")  # UTF-16
        tags, attributes = text.count(b"<") - text.count(b"</"), text.count(b"=")
        return (
            f"too large, {tags} elements with {attributes} attributes: at most {MAX_TAGS} elements are read, of which "
            "each attribute counts as two"
        )
    return "too deep" if document.too_deep else "no well-formed XML"


def clipped(text: str) -> str:
    """``text``, which others have written, cut to a length that can be told."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
