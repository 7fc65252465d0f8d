"""Calls of a stub over plain HTTP, and a service with a behaviour of its own."""

from __future__ import annotations

import http.client
import shutil
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlsplit

from repository import ROOT

from contracts import catalog, samples

if TYPE_CHECKING:
    from pathlib import Path

    from contracts.catalog import Catalog
    from contracts.server import Stub

CATALOG: Final = catalog.load()


class Came(NamedTuple):
    """A response: its status, its header fields by name in lower case, its body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


def asked(url: str, method: str = "GET", body: bytes | None = None, headers: dict[str, str] | None = None) -> Came:
    """What comes back. Raises OSError and HTTPException where that is no response."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)
    try:
        target = (address.path or "/") + (f"?{address.query}" if address.query else "")
        connection.request(method, target, body, headers or {})
        response = connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        return Came(response.status, found, response.read())
    finally:
        connection.close()


def called(stub: Stub, path: str, known: Catalog = CATALOG, **values: str) -> Came:
    """What a call of ``service/Operation`` with these values comes back with."""
    service, operation = known.operation(path)
    body = samples.smallest(service, operation, "request", values)
    return asked(stub.endpoint(service.name), "POST", body, dict(samples.request_headers(operation)))


def shop_of(folder: Path, code: str, name: str = "bookshop") -> Path:
    """A folder with the service of the examples, under this name, whose behaviour is the class Shop in ``code``."""
    own = folder / "shop"
    shutil.copytree(ROOT / "examples" / "own-service", own)
    contract = own / "contract.toml"
    text = contract.read_text(encoding="utf-8").replace('name = "bookshop"', f'name = "{name}"')
    contract.write_text(f'{text}\n[behaviour]\nclass = "behaviour.py:Shop"\n', encoding="utf-8")
    (own / "behaviour.py").write_text(code, encoding="utf-8")
    return own
