"""In which form a file holds its messages: by its suffix, or else by its start."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

from .http_messages import looks_like_http

if TYPE_CHECKING:
    from .raw import Raw

Form = Literal["http", "envelope", "json", "yaml"]

MESSAGES: Final = (".xml", ".http")
YAML: Final = (".yaml", ".yml")

_XML_START: Final = re.compile(rb"(?:\xef\xbb\xbf)?+[ \t\r\n]*+(?:<|&lt;)|\xff\xfe|\xfe\xff|<\x00|\x00<")
#: The key at the top level of a block or, behind a brace, anywhere in a flow: a guess that parsing then proves.
_CASSETTE: Final = re.compile(
    rb"^(?:\xef\xbb\xbf)?(?:---[ \t]++)?(?:interactions|\"interactions\"|'interactions')[ \t]*+:"
    rb"|\A(?:\xef\xbb\xbf)?(?:[ \t\r\n]++|#[^\n]*+\n|---[ \t\r\n])*+\{(?:.*[{,\s])?"
    rb"(?:interactions[ \t\r\n]*+:[ \t\r\n]|\"interactions\"[ \t\r\n]*+:|'interactions'[ \t\r\n]*+:)",
    re.MULTILINE | re.DOTALL,
)
_JSON: Final = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*+\{[ \t\r\n]*+\"")


def form_of(raw: Raw) -> Form:
    """What the suffix says is in the file, or else its start. Raises ReadError for what is nothing of the kind."""
    path, data = raw.source.lower(), raw.data
    if path.endswith(MESSAGES):
        return "http" if path.endswith(".http") else "envelope"
    if path.endswith((".har", ".json")) or looks_like_json(data):
        return "json"
    if path.endswith(YAML):
        return "yaml"
    if looks_like_http(data):
        return "http"
    if looks_like_xml(data):
        return "envelope"
    if looks_like_cassette(data):
        return "yaml"
    raise raw.error(0, "no HTTP message, no XML, no HAR and no vcrpy cassette" if data else "there is nothing in it")


def looks_like_xml(data: bytes) -> bool:
    """Whether ``data`` begins as XML does, in UTF-8 or UTF-16."""
    return _XML_START.match(data) is not None


def looks_like_cassette(data: bytes) -> bool:
    """Whether YAML or JSON has a key ``interactions`` where a vcrpy cassette has it."""
    return b"interactions" in data and _CASSETTE.search(data) is not None


def looks_like_json(data: bytes) -> bool:
    """Whether ``data`` begins as an object with a quoted name does: YAML in flow style has seldom any quotes."""
    return _JSON.match(data) is not None
