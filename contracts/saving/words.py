"""Words that stand in messages for reasons of their own. A secret that is one of them is hidden in its field alone."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from contracts.names import NEXT_ACTOR, SOAP11, SOAP12, XSD, XSI

if TYPE_CHECKING:
    from contracts.catalog import Catalog

#: What an XML declaration says.
DECLARED: Final = "xml version encoding standalone yes no 1.0 1.1 utf-8 utf-16 utf8 utf16 us-ascii iso-8859-1 iso-8859-15 windows-1252"
#: XSD 1.0 part 2, section 3.
TYPES: Final = (
    "string normalizedString token language Name NMTOKEN NCName ID IDREF ENTITY boolean date dateTime time duration decimal"
    " integer nonPositiveInteger negativeInteger long int short byte nonNegativeInteger unsignedLong unsignedInt"
    " unsignedShort unsignedByte positiveInteger float double anyType anyURI base64Binary hexBinary"
)
#: SOAP 1.1 section 4.4.1.
CODES: Final = "Client Server VersionMismatch MustUnderstand"
NAMESPACES: Final = (SOAP11, SOAP12, XSD, XSI)
#: Header fields whose values are of no use to anybody who should not know them; those of all others are masked.
FIELDS: Final = (
    "accept accept-charset accept-encoding accept-language age allow cache-control connection content-encoding"
    " content-language content-length content-type date expect expires host keep-alive mime-version pragma server"
    " soapaction te trailer upgrade user-agent vary"
)
_NAMES: Final = "xmlns type nil faultcode faultstring faultactor detail mustunderstand actor encodingstyle"
_HTTP: Final = "http/1.1 get head post put patch delete text/xml; charset=utf-8"


@cache
def common(catalog: Catalog) -> str:
    """All of them, in lower case, in one text."""
    texts = catalog.vocabulary, DECLARED, TYPES, CODES, *NAMESPACES, NEXT_ACTOR, FIELDS, _NAMES, _HTTP
    return " ".join(texts).lower()


@cache
def known_names(catalog: Catalog) -> frozenset[str]:
    """Those that are names of elements and attributes."""
    return frozenset(f"{catalog.vocabulary} {_NAMES}".split())
