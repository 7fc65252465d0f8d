"""libxml2's verdict on a whole envelope.

A compiled schema is not shared between threads: the verdicts stay right but the error logs mix.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final, NamedTuple

from lxml import etree

from contracts.errors import ContractError
from contracts.names import XSD, qname

if TYPE_CHECKING:
    from contracts.xml import Element


class Refusal(NamedTuple):
    """That libxml2 refused an envelope. ``reason`` is its error's type, never its text, which quotes values."""

    reason: str
    line: int


class Schema:
    """The XSD file at ``path``, compiled when it is first asked for, once in each thread."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._local = threading.local()

    def compile(self) -> etree.XMLSchema:
        """The compiled schema. Raises ContractError, whose text names the file, when it does not compile."""
        compiled: etree.XMLSchema | None = getattr(self._local, "compiled", None)
        if compiled is None:
            compiled = self._local.compiled = _compile(self.path)
        return compiled

    def accepts(self, root: Element, *, broad: bool = False) -> bool:
        """libxml2's verdict on ``root``. Raises ContractError. ``broad`` says that an element of it has many children.

        lxml finds out the path of each error in a tree, in a time that grows with the square of their number. Beside
        each other in a broad one they would take minutes, so it is judged as it is parsed, where errors have no path.
        """
        try:
            compiled: etree.XMLSchema = self._local.compiled
        except AttributeError:
            compiled = self.compile()
        if broad:
            return self._accepts_streamed(root, compiled)
        if compiled.validate(root):
            return True
        self._local.streamed = None
        return False

    def _accepts_streamed(self, root: Element, compiled: etree.XMLSchema) -> bool:
        text = etree.tostring(root, encoding="utf-8", with_tail=False)
        parser = etree.XMLParser(schema=compiled, resolve_entities=False, no_network=True, load_dtd=False)
        try:
            etree.fromstring(text, parser)
        except etree.XMLSyntaxError:
            entries = (entry for entry in parser.error_log if entry.domain == etree.ErrorDomains.SCHEMASV)
            entry = next(entries, None)
            self._local.streamed = Refusal("", 0) if entry is None else Refusal(entry.type_name, entry.line)
            return False
        return True

    def last_refusal(self) -> Refusal:
        """Why this thread's last call of `accepts` was False: asked for only when nothing else says why."""
        compiled = self.compile()
        streamed: Refusal | None = getattr(self._local, "streamed", None)
        if streamed is not None:
            return streamed
        entry = compiled.error_log.last_error  # type: ignore[attr-defined] # the stubs do not know it
        return Refusal("", 0) if entry is None else Refusal(entry.type_name, entry.line)


class _Patterns(threading.local):
    def __init__(self) -> None:
        self.compiled: dict[tuple[str, ...], etree.XMLSchema] = {}


_PATTERNS: Final = _Patterns()


def fits_patterns(value: str, patterns: tuple[str, ...]) -> bool:
    """Whether ``value`` obeys every one of ``patterns``, regular expressions of XSD 1.0 part 2 appendix F.

    libxml2 decides, since Python's expressions are others.
    """
    compiled = _PATTERNS.compiled.get(patterns)
    if compiled is None:
        compiled = _PATTERNS.compiled[patterns] = _compile_patterns(patterns)
    element = etree.Element("v")
    try:
        element.text = value
    except ValueError:  # a character that no XML document can hold
        return False
    return compiled.validate(element)


def _compile_patterns(patterns: tuple[str, ...]) -> etree.XMLSchema:
    """A schema of one element whose type is restricted once for each pattern: all of them must match."""
    root = etree.Element(qname(XSD, "schema"), nsmap={"xs": XSD})
    inner = None
    for pattern in patterns:
        outer = etree.Element(qname(XSD, "simpleType"))
        restriction = etree.SubElement(outer, qname(XSD, "restriction"))
        if inner is None:
            restriction.set("base", "xs:string")
        else:
            restriction.append(inner)
        etree.SubElement(restriction, qname(XSD, "pattern"), value=pattern)
        inner = outer
    element = etree.SubElement(root, qname(XSD, "element"), name="v")
    if inner is not None:
        element.append(inner)
    return etree.XMLSchema(root)


def _compile(schema: str) -> etree.XMLSchema:
    try:
        return etree.XMLSchema(file=schema)
    except (etree.XMLSchemaParseError, OSError) as error:
        raise ContractError(f"{schema}: {error}") from None
