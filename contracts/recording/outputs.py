"""The cassette that is to be written, looked at before anything is sent: a recording must not be lost at its end."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from contracts.errors import SoapContractsError
from contracts.tapes import load
from contracts.tapes.library import SUFFIXES

if TYPE_CHECKING:
    from contracts.catalog import Catalog


class OutputError(SoapContractsError, OSError):
    """A cassette that could not be written; the text names it and says why."""


def refuse_unusable(path: str, catalog: Catalog) -> None:
    """Raise OutputError where no cassette can be written at ``path``, and ReadError where what is there is none.

    Nothing is created or changed.
    """
    if os.path.isdir(path):
        raise OutputError(f"{path}: a folder; name the cassette in it, such as {os.path.join(path, 'sync.yaml')}")
    if not path.lower().endswith(SUFFIXES):
        raise OutputError(f"{path!r}: a cassette is called {' or '.join(f'*{suffix}' for suffix in SUFFIXES)}")
    real = os.path.realpath(path)
    folder = os.path.dirname(real)
    if not os.path.isdir(folder):
        raise OutputError(f"{path}: there is no folder {os.path.dirname(path)}; make it first")
    if not os.access(folder, os.W_OK | os.X_OK) or (os.path.exists(real) and not os.access(real, os.W_OK)):
        raise OutputError(f"{path}: cannot be written: permission denied")
    if os.path.lexists(real):
        load(real, catalog)
