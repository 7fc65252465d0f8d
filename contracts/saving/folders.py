"""A folder of saved exchanges: what belongs into it, and how an exchange comes there."""

from __future__ import annotations

import contextlib
import os
import re
from operator import attrgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from contracts.checking import check
from contracts.errors import SoapContractsError
from contracts.rules import open_case

from .fills import STYLES
from .heads import Hiding, address_of, path_of
from .pairs import CannotMaskError, files_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contracts.catalog import Catalog
    from contracts.findings import Verdict
    from contracts.messages import Message
    from contracts.rules import Case

    from .pairs import File

_PART: Final = ".part"
#: The file by which a folder is known as ours. Names alone do not tell: people call their own captures so, too.
_MARKER: Final = ".soap-contracts"
_TOLD: Final = b"Written by soap-contracts run --save. The next run into this folder replaces the .http files in it.\n"
_OURS: Final = re.compile(rf"[0-9]{{4,}}-[A-Za-z0-9._-]+\.(?:request|response)\.http(?:{re.escape(_PART)})?")
_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_LABEL: Final = 40
_OTHERWISE: Final = "its masked form would be judged otherwise"
#: What must be the same in two verdicts; the excerpt is a view of the message, and what helps depends on its address.
_FINDING: Final = attrgetter("rule", "layer", "severity", "message", "line", "column", "path")


class SaveError(SoapContractsError, OSError):
    """Exchanges cannot be saved there; the text names the folder or the file, and says what to do."""


class Saved(NamedTuple):
    """An exchange as it stands in its files, with the verdict on each message.

    Where ``reason`` says why it could not be saved, all is as it was before.
    """

    request: Message
    response: Message | None
    verdicts: tuple[Verdict, ...]
    reason: str = ""


class Folder:
    """A folder for the exchanges of one run; those of an earlier run stay in it until `clear`.

    It is made where there is none, and marked as ours. Raises SaveError for one that is not empty and has no mark, for
    one that holds anything but the exchanges of an earlier run, and for one that cannot be written.
    """

    def __init__(self, path: str | os.PathLike[str], catalog: Catalog) -> None:
        self.path = os.fspath(path)
        self._catalog = catalog
        try:
            self._earlier = _prepare(self.path)
        except OSError as error:
            if isinstance(error, SaveError):
                raise
            raise SaveError(f"{self.path}: {error.strerror}; name a folder that can be written") from None

    def clear(self) -> None:
        """Remove what an earlier run has saved, and nothing that came later. Raises SaveError."""
        for path in self._earlier:
            try:
                with contextlib.suppress(FileNotFoundError):
                    os.remove(path)
            except OSError as error:
                raise SaveError(f"{path}: cannot be removed: {error.strerror}") from None
        self._earlier = []

    def save(self, number: int, request: Message, response: Message | None, verdicts: Sequence[Verdict]) -> Saved:
        """Write the exchange ``number``, masked, if its files are judged as ``verdicts`` judge its messages.

        The messages are as a `Stub` keeps them: with an HTTP head, codings undone, lines counted from 1. Raises
        SaveError.
        """
        cases = [open_case(request, self._catalog)]
        if response is not None:
            cases.append(open_case(response._replace(request=request), self._catalog))
        stem = os.path.join(self.path, _stem(number, cases[0], verdicts[0].operation))
        wanted, reason = [_findings(verdict) for verdict in verdicts], ""
        for style in STYLES:
            try:
                files = files_of(cases, style, stem)
            except CannotMaskError as error:
                reason = str(error)
                continue
            if [_findings(check(_unplaced(file.message), catalog=self._catalog)) for file in files] == wanted:
                return self._written(files)
            reason = _OTHERWISE
        return Saved(request, response, tuple(verdicts), reason)

    def _written(self, files: list[File]) -> Saved:
        try:
            for file in files:
                _write(file.message.source, file.data)
        except SaveError:
            # A response whose request is not there could not be judged.
            for file in files:
                _remove(file.message.source)
            raise
        messages = [file.message for file in files]
        verdicts = tuple(check(message, catalog=self._catalog) for message in messages)
        return Saved(messages[0], messages[1] if len(messages) > 1 else None, verdicts)


def _unplaced(message: Message) -> Message:
    """``message`` with its lines counted from 1, as if it stood in no file."""
    return message._replace(first_line=1, header_lines=())


def _findings(verdict: Verdict) -> list[tuple[object, ...]]:
    return sorted(map(_FINDING, verdict.findings))


def _stem(number: int, case: Case, operation: str | None) -> str:
    """The name of an exchange's files without their endings, such as ``0003-my-test-SetTimeOfLastSync``.

    What stands below the service in the request's address is a label that the client has given.
    """
    address = address_of(case.message, Hiding(case.places.masked, case.catalog, STYLES[0]))
    service, _, label = path_of(address).strip("/").partition("/")
    label = label if service == case.message.service else ""
    parts = (_NOT_IN_NAMES.sub("-", part).strip("-.")[:_LONGEST_LABEL] for part in (label, operation or "unknown"))
    return "-".join([f"{number:04}", *filter(None, parts)])


def _prepare(path: str) -> list[str]:
    """Make, check and mark the folder; the paths of what an earlier run has saved in it."""
    if os.path.lexists(path) and not os.path.isdir(path):
        what = "leads nowhere" if os.path.islink(path) else "is a file"
        raise SaveError(f"{path}: {what}; name a folder")
    os.makedirs(path, exist_ok=True)
    with os.scandir(path) as entries:
        found = sorted(entries, key=attrgetter("name"))
    files = {entry.name: entry.path for entry in found if entry.is_file(follow_symlinks=False)}
    marked = files.pop(_MARKER, None) is not None
    if found and not marked:
        raise SaveError(
            f"{path}: is not empty, and there is no file {_MARKER} by which an earlier run has marked it; "
            "name a new or an empty folder"
        )
    for entry in found:
        if entry.name != _MARKER and not (_OURS.fullmatch(entry.name) and entry.name in files):
            raise SaveError(
                f"{path}: there is {entry.name!r}, which no earlier run has saved; name a new or an empty folder"
            )
    if not os.access(path, os.W_OK | os.X_OK):
        raise SaveError(f"{path}: cannot be written; name another folder, or change its permissions")
    if not marked:
        _write(os.path.join(path, _MARKER), _TOLD)
    return list(files.values())


def _write(path: str, data: bytes) -> None:
    """Write ``data`` whole or not at all."""
    part = path + _PART
    try:
        with open(part, "wb") as stream:
            stream.write(data)
        os.replace(part, path)
    except OSError as error:
        _remove(part)
        raise SaveError(f"{path}: cannot be written: {error.strerror}") from None


def _remove(path: str) -> None:
    with contextlib.suppress(OSError):
        os.remove(path)
