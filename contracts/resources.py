"""Where the data that ships with the package lives: inside it when installed, beside it in a checkout.

Paths are strings here and in the catalog: pathlib would cost a tenth of a cold `check`.
"""

from __future__ import annotations

import os

_PACKAGE = os.path.dirname(os.path.abspath(__file__))


def data_folder(name: str) -> str:
    """The real path of the shipped folder ``name`` (``xsd`` or ``cassettes``).

    A real path and not a resource handle, because the relative ``schemaLocation`` of a schema needs a file system.
    Raises FileNotFoundError when the installation has lost it.
    """
    for parent in (_PACKAGE, os.path.dirname(_PACKAGE)):
        folder = os.path.join(parent, name)
        if os.path.isdir(folder):
            return folder
    raise FileNotFoundError(name)


def service_folders(root: str | None = None) -> list[str]:
    """The folders with a ``contract.toml`` at ``root`` or just below it (the shipped ``xsd/`` by default), sorted.

    Raises OSError when ``root`` cannot be read.
    """
    base = data_folder("xsd") if root is None else root
    below = sorted(os.path.join(base, name) for name in os.listdir(base))
    return [folder for folder in (base, *below) if os.path.isfile(os.path.join(folder, "contract.toml"))]
