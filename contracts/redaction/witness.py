"""A second reading of what is secret, so that a hole in the redactor is seen by somebody else.

The redactor works on bytes, with expat; this one asks lxml's tree and `contracts.masking`, which judge every message.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from contracts.names import local_name
from contracts.rules import open_case

from .placeholders import Placeholders
from .redactor import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contracts.catalog import Catalog
    from contracts.messages import Message

#: Pieces of what does not parse are no values.
_MARKUP: Final = re.compile(r"[<>&]")
_HEADERS: Final = ("authorization", "proxy-authorization", "cookie", "set-cookie")


class Witness:
    """``secrets`` are those of the messages that it has seen."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._names = {name.lower(): name for name in catalog.secrets}
        self._placeholders = Placeholders(catalog)
        self.secrets: list[Secret] = []

    def see(self, message: Message, place: str) -> None:
        """Remember what is secret in a message before it is redacted."""
        self.secrets.extend(self._placed(message, place))
        case = open_case(message._replace(request=None), self._catalog)
        if case.document.root is not None:
            return
        for value in case.places.masked.values:
            if not _MARKUP.search(value):
                self.secrets.append(Secret("a secret field", value, place))

    def left(self, message: Message, place: str) -> list[Secret]:
        """What stands at the places of secrets in a message that was redacted, and is no placeholder."""
        return [secret for secret in self._placed(message, place) if not self._is_placeholder(secret)]

    def _placed(self, message: Message, place: str) -> Iterator[Secret]:
        for header, said in message.headers or ():
            if header.lower() in _HEADERS and said.strip():
                yield Secret(header, said.strip(), f"{place} header {header}")
        root = open_case(message._replace(request=None), self._catalog).document.root
        for node in () if root is None else root.iter("*"):
            name = self._names.get(local_name(str(node.tag)).lower())
            text = "".join(map(str, node.itertext())).strip()
            if name is not None and text:
                yield Secret(name, text, f"{place} body, {name}")
            for key, value in node.attrib.items():
                meant = self._names.get(local_name(str(key)).lower())
                if meant is not None and str(value).strip():
                    yield Secret(meant, str(value).strip(), f"{place} body, {meant}")

    def _is_placeholder(self, secret: Secret) -> bool:
        return self._placeholders.knows(secret.field, secret.value)
