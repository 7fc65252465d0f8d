"""Which files are meant: the shipped cassettes by their names, and those in a folder. None leads out of its folder."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final

from contracts.errors import ReadError, UnknownNameError
from contracts.readers import cassettes_in
from contracts.resources import data_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

#: The folder of the shipped cassettes, and what a project calls its own.
FOLDER: Final = "cassettes"
SUFFIXES: Final = (".yaml", ".yml", ".json")
#: One part of a name: no separator of any system, no drive, no way up.
_PART: Final = re.compile(r"(?!\.{1,2}\Z)[^/\\:\0]+")


def shipped_names() -> list[str]:
    """The names of the cassettes that ship with this package, ``service/Operation/words-with-hyphens``, sorted."""
    return _names_in(data_folder(FOLDER))


def named(name: str, folder: str | None = None) -> str:
    """The path of the cassette called ``name`` in ``folder`` or, where that has none, among the shipped ones.

    A name is a path below the folder, with or without its suffix. Raises ReadError for a name that leads out of it and
    for a folder that is none, and UnknownNameError, with the nearest name, for one that is not there.
    """
    _refuse_ways_out(name)
    if folder is not None and not os.path.isdir(folder):
        raise ReadError(f"{folder}: there is no such folder")
    folders = [data_folder(FOLDER)] if folder is None else [folder, data_folder(FOLDER)]
    for root in folders:
        for suffix in ("", *SUFFIXES):
            path = os.path.join(root, *f"{name}{suffix}".split("/"))
            if os.path.isfile(path) and (suffix or path.lower().endswith(SUFFIXES)):
                return _inside(path, root)
    raise UnknownNameError.of("cassette", name, [known for root in folders for known in _names_in(root)])


def found_in(path: str) -> list[str]:
    """The cassettes that ``path`` means on a command line: a file, all those in a folder, or shipped ones by a name.

    A name may be that of a shipped folder. Raises ReadError for a file that is not there, a folder without any and a
    link that leads out of it, and UnknownNameError.
    """
    if os.path.isdir(path):
        try:
            found = [_inside(file, path) for file in cassettes_in(path)]
        except OSError as error:
            raise ReadError(f"{path}: cannot be read: {error.strerror}") from None
        if not found:
            raise ReadError(f"{path}: there is no cassette in it")
        return found
    if os.path.lexists(path):
        return [path]
    name = path.rstrip("/")
    if not _is_name(name) or name.lower().endswith(SUFFIXES):
        raise ReadError(f"{path}: there is no such file or folder")
    shipped = os.path.join(data_folder(FOLDER), *name.split("/"))
    return list(_files_in(shipped)) if os.path.isdir(shipped) else [named(name)]


def name_of(path: str) -> str:
    """How to call the cassette at ``path``: a shipped one by its name, any other by its path."""
    root = os.path.join(data_folder(FOLDER), "")
    return _name(path, root) if path.startswith(root) else path


def _refuse_ways_out(name: str) -> None:
    if not _is_name(name):
        raise ReadError(
            f"{name!r} is no name of a cassette: it is a path below the folder, as luminate/Login/gives-a-session, and may "
            "not lead out of it; a file elsewhere is given as a path (pathlib.Path)"
        )


def _is_name(name: str) -> bool:
    return all(_PART.fullmatch(part) for part in name.split("/"))


def _inside(path: str, root: str) -> str:
    """``path``. Raises ReadError where a link takes it out of ``root``."""
    real, within = os.path.realpath(path), os.path.join(os.path.realpath(root), "")
    if not real.startswith(within):
        raise ReadError(f"{path}: a link leads out of {root}, and what is there is not read")
    return path


def _names_in(root: str) -> list[str]:
    return [_name(path, os.path.join(root, "")) for path in _files_in(root)]


def _name(path: str, root: str) -> str:
    return os.path.splitext(path.removeprefix(root))[0].replace(os.sep, "/")


def _files_in(root: str) -> Iterator[str]:
    """The files in ``root`` and below that are cassettes by their suffix, sorted; no links to folders are followed."""
    for folder, inner, files in os.walk(root):
        inner.sort()
        for file in sorted(files):
            if file.lower().endswith(SUFFIXES):
                yield os.path.join(folder, file)
