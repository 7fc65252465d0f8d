"""A folder -> the files below it that count, in order."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .items import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator


def walk(root: str, suffixes: tuple[str, ...]) -> Iterator[str | Unreadable]:
    """The files below ``root`` without a suffix, or with one of ``suffixes``; a folder's sorted by name, depth first.

    Suffixes are in lower case. With a stack, because folders nest deeper than Python's calls may.
    """
    seen: set[tuple[int, int]] = set()
    open_folders = [_listing(root, suffixes, seen)]
    while open_folders:
        entry = next(open_folders[-1], None)
        if entry is None:
            open_folders.pop()
        elif isinstance(entry, Unreadable):
            yield entry
        elif entry[1]:
            open_folders.append(_listing(entry[0], suffixes, seen))
        else:
            yield entry[0]


def unreadable(source: str, error: Exception) -> Unreadable:
    """What the system says against reading ``source``."""
    reason = getattr(error, "strerror", None) or type(error).__name__
    return Unreadable(source, f"cannot be read: {reason}")


def _listing(
    folder: str, suffixes: tuple[str, ...], seen: set[tuple[int, int]]
) -> Iterator[tuple[str, bool] | Unreadable]:
    """The entries of ``folder`` that count, by name, and whether each is a folder; a folder in ``seen`` has none.

    Links are followed, and one that leads back up would otherwise never end.
    """
    try:
        status = os.stat(folder)
        key = (status.st_dev, status.st_ino)
        if key in seen:
            return
        seen.add(key)
        with os.scandir(folder) as entries:
            found = sorted((entry.name, _is_folder(entry)) for entry in entries)
    except OSError as error:
        yield unreadable(folder, error)
        return
    for name, is_folder in found:
        if is_folder or "." not in name or name.lower().endswith(suffixes):
            yield os.path.join(folder, name), is_folder


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
