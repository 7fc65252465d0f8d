"""Where the data that ships with the package lives: inside it when installed, beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def data_folder(name: str) -> Path:
    """The real path of the shipped folder ``name`` (``xsd`` or ``cassettes``).

    A real path and not a resource handle, because the relative ``schemaLocation`` of a schema needs a file system.
    Raises FileNotFoundError when the installation has lost it.
    """
    for folder in (_PACKAGE / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(name)


def service_folders(root: Path | str | None = None) -> list[Path]:
    """The folders with a ``contract.toml`` at or below ``root`` (the shipped ``xsd/`` by default), sorted."""
    base = data_folder("xsd") if root is None else Path(root)
    if (base / "contract.toml").is_file():
        return [base]
    return sorted(path.parent for path in base.glob("*/contract.toml"))
