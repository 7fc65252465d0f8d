"""Prefixes and declarations: what each name is called, and where that is said.

A QName in a value is a name too. Those that SOAP and XSD define, ``faultcode`` and ``xsi:type``, are rewritten with the
prefixes. Any other value may be one for all that can be known here: where it says a prefix that is bound, that prefix
keeps its meaning there.
"""

from __future__ import annotations

from itertools import chain, count
from typing import TYPE_CHECKING, Final, NamedTuple

from contracts.names import XSD, XSI, XSI_TYPE, split

from .qnames import XML

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from contracts.xml import Element

    from .habits import Ways
    from .qnames import Facts, QName

    #: The namespace of each prefix in scope, "" for the default one and for none.
    Scope = dict[str, str]

_UNUSED: Final = (("xsi", XSI), ("xsd", XSD), ("unused", "urn:example:unused"))
_BASES: Final = {
    "letters": ("a", "b", "c", "d"),
    "numbered": ("ns0", "ns1", "ns2", "ns3"),
    "punctuated": ("SOAP-ENV", "_", "x.y-1", "m·"),
    "beyond-ascii": ("é", "名", "ß", "Ünïcödé"),
}


class Tag(NamedTuple):
    """A start tag: its name, declarations and attributes as written, and the prefixes in scope below it.

    ``text`` is the value where that is a QName.
    """

    name: str
    declarations: list[tuple[str, str]]
    attributes: list[tuple[str, str]]
    text: str | None
    scope: Scope


class _Bindings:
    """The prefixes at one element: those in scope, those declared on it, and those that something here uses."""

    def __init__(self, scope: Scope, declared: Scope, facts: Facts) -> None:
        self.scope = scope
        self.declared = declared
        self._facts = facts
        self.used: set[str] = set()

    def bound(self, prefix: str) -> str:
        return self.declared.get(prefix, self.scope.get(prefix, ""))

    def take(self, prefix: str, namespace: str) -> bool:
        """Let ``prefix`` mean ``namespace`` here; False where it is used here for another one already."""
        if self.bound(prefix) != namespace:
            if prefix in self.used:
                return False
            self.declared[prefix] = namespace
        self.used.add(prefix)
        return True

    def taken(self, namespace: str, wishes: Iterable[str]) -> str:
        """The first of ``wishes`` that can be had for ``namespace``, or another prefix."""
        return next(prefix for prefix in chain(wishes, self._others(namespace)) if self.take(prefix, namespace))

    def _others(self, namespace: str) -> Iterator[str]:
        known = {**self.scope, **self.declared}
        yield from (prefix for prefix, bound in known.items() if prefix and bound == namespace)
        # A value may say a prefix that is bound to nothing, and has to stay so.
        mentions = self._facts.mentions
        yield from (prefix for number in count() if (prefix := f"q{number}") not in known and not mentions(prefix))


class Namespaces:
    """How the names of one message are written."""

    def __init__(self, root: Element, facts: Facts, ways: Ways) -> None:
        self._root = root
        self._facts = facts
        self._default = ways.of("default-namespace")
        self._declarations = ways.of("declarations")
        self._unused = ways.of("unused-declarations")
        prefixes = ways.of("prefixes")
        self._renamed = prefixes != "as-they-stand"
        self._names = self._named(prefixes)
        early = self._default == "of-the-payload-on-the-envelope"
        self._early = facts.payload_namespace if early else ""

    def tag(self, element: Element, scope: Scope) -> Tag:
        """The start tag of ``element`` where ``scope`` holds."""
        facts, bindings = self._facts, _Bindings(scope, self._stated(element), self._facts)
        for prefix, namespace in facts.scopes[element].items():
            if prefix and prefix != "xml" and any(f"{prefix}:" in text for text in facts.texts[element]):
                bindings.take(prefix, namespace)
        code, type_ = facts.codes.get(element), facts.types.get(element)
        if (code is not None and not code.namespace) or (type_ is not None and not type_.namespace):
            bindings.take("", "")
        name = self._element_name(element, bindings)
        text = None if code is None else self._qname(code, bindings)
        attributes = []
        for key, value in element.items():
            written = self._qname(type_, bindings) if type_ is not None and key == XSI_TYPE else str(value)
            attributes.append((self._attribute_name(element, str(key), bindings), written))
        self._redeclare(element, bindings)
        declared = self._declared(element, bindings)
        return Tag(name, declared, attributes, text, {**scope, **bindings.declared})

    def _named(self, way: str) -> dict[str, str]:
        """A prefix for each namespace: the message's own, or a new one."""
        own = self._facts.own
        if way == "one-rebound":
            return dict.fromkeys(own, self._free("p", ()))
        names: dict[str, str] = {}
        for number, (namespace, prefix) in enumerate(own.items()):
            if way in _BASES:
                bases = _BASES[way]
                names[namespace] = self._free(bases[number % len(bases)], names.values())
            elif prefix and prefix not in names.values() and self._is_unambiguous(prefix, namespace):
                names[namespace] = prefix
            else:
                names[namespace] = self._free(f"{prefix or 'ns'}{number}", names.values())
        return names

    def _is_unambiguous(self, prefix: str, namespace: str) -> bool:
        """Whether ``prefix`` may be declared on the Envelope: no value says it where it is not bound."""
        return self._facts.scopes[self._root].get(prefix) == namespace or not self._facts.mentions(prefix)

    def _free(self, base: str, taken: Iterable[str]) -> str:
        """A prefix that the message does not use, not even for something that stays unbound."""
        facts = self._facts
        candidates = chain((base,), (f"{base}{number}" for number in count(2)))
        return next(
            name for name in candidates if name not in facts.prefixes and name not in taken and not facts.mentions(name)
        )

    def _stated(self, element: Element) -> Scope:
        """The declarations of ``element`` to begin with: those that stand on it, or stand early."""
        stated: Scope = {}
        for prefix, namespace in self._own_declarations(element):
            kept = self._kept(prefix, namespace)
            if kept is not None:
                stated.setdefault(kept, namespace)
        parent = element.getparent()
        if parent is None and self._declarations == "on-the-envelope":
            for namespace, name in self._names.items():
                stated.setdefault(name, namespace)
        if parent is None and self._early:
            stated[""] = self._early
        return stated

    def _own_declarations(self, element: Element) -> Iterator[tuple[str, str]]:
        """The prefixes that ``element`` itself binds in the message, each with its namespace."""
        parent = element.getparent()
        above = {} if parent is None else self._facts.scopes[parent]
        for prefix, namespace in self._facts.scopes[element].items():
            if namespace and prefix != "xml" and above.get(prefix) != namespace:
                yield prefix or "", namespace

    def _redeclare(self, element: Element, bindings: _Bindings) -> None:
        """Declare again what no name needs and a name has displaced: that it is declared may mean something."""
        for _, namespace in self._own_declarations(element):
            if namespace not in self._names and namespace not in {**bindings.scope, **bindings.declared}.values():
                bindings.taken(namespace, ())

    def _kept(self, prefix: str, namespace: str) -> str | None:
        """What a declaration that stands in the message declares now; None where it is left out until it is needed."""
        if namespace not in self._names:
            return prefix  # no name needs it, but it is there
        if self._declarations != "as-they-stand":
            return None
        if not prefix:
            return "" if self._default == "as-it-stands" and not self._renamed else None
        return self._names[namespace] if self._renamed else prefix

    def _element_name(self, element: Element, bindings: _Bindings) -> str:
        namespace, local = split(str(element.tag))
        if namespace is None:
            bindings.take("", "")
            return local
        if namespace == XML:
            return f"xml:{local}"
        prefix = bindings.taken(namespace, self._wishes(namespace, element.prefix or ""))
        return f"{prefix}:{local}" if prefix else local

    def _wishes(self, namespace: str, own: str) -> Iterator[str]:
        stands = self._default == "as-it-stands" and self._declarations != "on-the-envelope" and not self._renamed
        if (stands and not own) or self._default == "everywhere" or namespace == self._early:
            yield ""
        yield own if own and not self._renamed else self._names[namespace]

    def _attribute_name(self, element: Element, key: str, bindings: _Bindings) -> str:
        namespace, local = split(key)
        if namespace is None:
            return local
        scope = self._facts.scopes[element].items()
        own = next((prefix for prefix, uri in scope if prefix and uri == namespace), "")
        return f"{self._prefix(namespace, own, bindings)}:{local}"

    def _prefix(self, namespace: str, own: str, bindings: _Bindings) -> str:
        if namespace == XML:
            return "xml"
        return bindings.taken(namespace, (own if own and not self._renamed else self._names[namespace],))

    def _qname(self, code: QName, bindings: _Bindings) -> str:
        bare = not code.namespace or not code.prefix or self._default == "everywhere"
        if bare and bindings.bound("") == code.namespace and bindings.take("", code.namespace):
            return f"{code.before}{code.local}{code.after}"
        return f"{code.before}{self._prefix(code.namespace, code.prefix, bindings)}:{code.local}{code.after}"

    def _declared(self, element: Element, bindings: _Bindings) -> list[tuple[str, str]]:
        """The declarations to write on ``element``, the needless ones too."""
        declared = bindings.declared
        if self._declarations == "on-every-element":
            for prefix in sorted(bindings.used - {"xml"}):
                if bindings.bound(prefix):
                    declared[prefix] = bindings.bound(prefix)
        if self._unused == "on-every-element" or (self._unused != "none" and element.getparent() is None):
            for prefix, namespace in _UNUSED:
                if prefix not in self._facts.prefixes and not self._facts.mentions(prefix):
                    declared[prefix] = namespace
        return [(f"xmlns:{prefix}" if prefix else "xmlns", uri) for prefix, uri in declared.items()]
