"""Messages that want something fetched, and readers permissive enough to fetch it."""

from __future__ import annotations

import contextlib
import io
import urllib.request
import xml.sax
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from xml.etree import ElementInclude
from xml.etree import ElementTree as ET

import xmlschema
from lxml import etree

from contracts.names import SOAP11, XSI

if TYPE_CHECKING:
    from collections.abc import Callable

_ENVELOPE: Final = (
    '<soap:Envelope xmlns:soap="{soap}"{attributes}><soap:Body><GetTimeOfLastSync xmlns="http://ongoingsystems.se/WSI">'
    "<UserName>{value}</UserName><Password>p</Password><GoodsOwnerId>1</GoodsOwnerId>"
    "<IntegrationType>i</IntegrationType></GetTimeOfLastSync></soap:Body></soap:Envelope>"
)
_XINCLUDE: Final = "http://www.w3.org/2001/XInclude"


class Attack(NamedTuple):
    """A message that names ``{address}``, the rule that it breaks (None: none), and who would fetch what it names."""

    name: str
    text: str
    rule: str | None
    reader: Callable[[bytes], object]
    encoding: str = "utf-8"
    mark: bytes = b""

    def __str__(self) -> str:
        return self.name.replace(" ", "-")

    def body(self, address: str) -> bytes:
        """The message, of which ``address`` is what it wants fetched."""
        head, _, name = address.rpartition("/")
        return self.mark + self.text.replace("{address}", address).replace("{folder}", f"{head}/").replace(
            "{name}", name
        ).encode(self.encoding)


# ------------------------------------------------------------------------------------------------ permissive readers


class _Web(etree.Resolver):
    """What libxml2's own HTTP client did: the libxml2 in lxml's wheels is built without one since its version 2.14."""

    def resolve(self, system_url: str, _public_id: object, context: Any) -> Any:
        if not system_url.startswith("http:"):
            return None
        with urllib.request.urlopen(system_url, timeout=30) as answer:
            return self.resolve_string(answer.read() or b"<a/>", context)


def _libxml2() -> etree.XMLParser:
    parser = etree.XMLParser(resolve_entities=True, load_dtd=True, no_network=False, huge_tree=True)
    parser.resolvers.add(_Web())
    return parser


def read_with_libxml2(body: bytes) -> None:
    """Entities and DTDs are loaded."""
    etree.fromstring(body, _libxml2())


def read_with_expat(body: bytes) -> None:
    """Likewise, by the parser of Python's own xml.sax, which goes to the network itself."""
    reader = xml.sax.make_parser()
    reader.setFeature(xml.sax.handler.feature_external_ges, state=True)
    reader.parse(io.BytesIO(body))


def read_with_inclusions(body: bytes) -> None:
    """XInclude is followed."""

    def load(address: str, _parse: str, _encoding: str | None = None) -> str:
        with urllib.request.urlopen(address, timeout=30) as found:
            return found.read().decode()

    ElementInclude.include(ET.fromstring(body), loader=load)


def read_with_base(body: bytes) -> None:
    """Likewise, and xml:base is known."""
    tree = etree.ElementTree(etree.fromstring(body))
    for element in tree.iter(f"{{{_XINCLUDE}}}include"):
        urllib.request.urlopen(urllib.request.urljoin(element.base, element.get("href")), timeout=30).close()


def read_with_stylesheet(body: bytes) -> None:
    """The style sheet is loaded."""
    instruction: Any = etree.fromstring(body, _libxml2()).getprevious()
    instruction.parseXSL(_libxml2())


def read_with_locations(body: bytes) -> None:
    """The schemas that the message names are loaded."""
    xmlschema.validate(body.decode(), allow="all")


def read_permissively(attack: Attack, address: str) -> None:
    """Let the attack's reader fetch ``address``. What it makes of what it finds there does not matter."""
    errors = (etree.LxmlError, xml.sax.SAXException, OSError, ET.ParseError, xmlschema.XMLSchemaException)
    with contextlib.suppress(*errors):
        attack.reader(attack.body(address))


# -------------------------------------------------------------------------------------------------------- the attacks


def _envelope(value: str = "u", attributes: str = "") -> str:
    return _ENVELOPE.format(soap=SOAP11, value=value, attributes=attributes)


def _doctype(inside: str, value: str = "u", attributes: str = "") -> str:
    return f"<!DOCTYPE soap:Envelope {inside}>{_envelope(value, attributes)}"


_EXTERNAL: Final = _doctype('SYSTEM "{address}"')
_ENTITY: Final = _doctype('[<!ENTITY e SYSTEM "{address}">]', "&e;")
_PARAMETER: Final = '<!ENTITY % p SYSTEM "{address}"> %p;'
_INCLUDED: Final = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" parse="text" href="{address}"/>'
_RELATIVE: Final = _INCLUDED.replace("{address}", "{name}")

DOCTYPE, UNREADABLE = "xml/doctype", "xml/unknown-encoding"
ATTACKS: Final = (
    Attack("external DTD", _EXTERNAL, DOCTYPE, read_with_libxml2),
    Attack("external DTD by its public name", _doctype('PUBLIC "p" "{address}"'), DOCTYPE, read_with_libxml2),
    Attack("external DTD for expat", _EXTERNAL, DOCTYPE, read_with_expat),
    Attack("external DTD and internal subset", _doctype("SYSTEM '{address}' [ ]"), DOCTYPE, read_with_libxml2),
    Attack("entity", _ENTITY, DOCTYPE, read_with_libxml2),
    Attack("entity for expat", _ENTITY, DOCTYPE, read_with_expat),
    Attack(
        "entity in a DTD with brackets in comments and quotes",
        _doctype("[<!-- ]> --><!ENTITY a ']>'><!ENTITY e SYSTEM '{address}'>]", "&e;"),
        DOCTYPE,
        read_with_libxml2,
    ),
    Attack(
        "entity within an entity",
        _doctype('[<!ENTITY e SYSTEM "{address}"><!ENTITY d "<b>&e;</b>"><!ENTITY c "&d;">]', "&c;"),
        DOCTYPE,
        read_with_libxml2,
    ),
    Attack(
        "entity declared by a parameter entity",
        _doctype("[<!ENTITY % p '<!ENTITY e SYSTEM \"{address}\">'>%p;]", "&e;"),
        DOCTYPE,
        read_with_libxml2,
    ),
    Attack("parameter entity", _doctype(f"[{_PARAMETER}]"), DOCTYPE, read_with_libxml2),
    Attack("parameter entity for expat", _doctype(f"[{_PARAMETER}]"), DOCTYPE, read_with_expat),
    Attack(
        "parameter entity for an entity in an attribute",
        _doctype(f"[{_PARAMETER}]", attributes=' a="&e;"'),
        DOCTYPE,
        read_with_libxml2,
    ),
    Attack(
        "external DTD behind comments and instructions",
        f'<?xml version="1.0"?>\n<!-- <!DOCTYPE x> --><?a b?>\r\n{_EXTERNAL}',
        DOCTYPE,
        read_with_libxml2,
    ),
    Attack("external DTD behind a mark", _EXTERNAL, DOCTYPE, read_with_libxml2, "utf-8-sig"),
    Attack("external DTD in UTF-16", _EXTERNAL, DOCTYPE, read_with_libxml2, "utf-16"),
    Attack("external DTD in UTF-16, the greater byte first", _EXTERNAL, DOCTYPE, read_with_libxml2, "utf-16-be", b"\xfe\xff"),
    Attack(
        "external DTD in UTF-16 without a mark",
        f'<?xml version="1.0" encoding="UTF-16LE"?>{_EXTERNAL}',
        DOCTYPE,
        read_with_libxml2,
        "utf-16-le",
    ),
    Attack("external DTD in UTF-32", _EXTERNAL, UNREADABLE, read_with_libxml2, "utf-32"),
    Attack("external DTD in UTF-32 without a mark", _EXTERNAL, None, read_with_libxml2, "utf-32-be"),
    Attack("external DTD in UTF-7", f'<?xml version="1.0" encoding="UTF-7"?>{_EXTERNAL}', UNREADABLE, read_with_libxml2, "utf-7"),
    Attack("inclusion", _envelope(_INCLUDED), "schema/element-in-value", read_with_inclusions),
    Attack("inclusion relative to a base", _envelope(_RELATIVE, ' xml:base="{folder}"'), "schema/element-in-value", read_with_base),
    Attack(
        "schema location",
        _envelope(attributes=f' xmlns:xsi="{XSI}" xsi:schemaLocation="http://ongoingsystems.se/WSI {{address}}"'),
        None,
        read_with_locations,
    ),
    Attack(
        "schema location of no namespace",
        _envelope(attributes=f' xmlns:xsi="{XSI}" xsi:noNamespaceSchemaLocation="{{address}}"'),
        None,
        read_with_locations,
    ),
    Attack(
        "style sheet",
        f'<?xml-stylesheet type="text/xsl" href="{{address}}"?>{_envelope()}',
        "xml/processing-instruction",
        read_with_stylesheet,
    ),
)  # fmt: skip
