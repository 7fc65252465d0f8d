"""An exchange as the files that it is saved in, and as what a reader finds in them."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote

from contracts.addresses import addressed
from contracts.codings import codings_of
from contracts.errors import SoapContractsError
from contracts.fields import TOKEN
from contracts.messages import Message
from contracts.raw import head
from contracts.secrecy import resolved

from .heads import Hiding, fields_of, start_line
from .redaction import redacted
from .words import common

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from contracts.rules import Case

    from .fills import Style

#: zlib's window bits for the codings that are undone when a file is read.
_WINDOWS: Final = {"gzip": 31, "x-gzip": 31, "deflate": 15}
#: As much of a head as is read of a file.
_LONGEST_HEAD: Final = 64 * 1024
_HEAD: Final = re.compile(
    rf"(?:HTTP/1\.1 [1-9][0-9]{{2}} [^\r\n]*|{TOKEN} [^ \t\r\n]+ HTTP/1\.1)\r\n(?:{TOKEN}: [^\r\n]*\r\n)*\r\n"
)
#: What may stand within a value and is no part of it.
_WITHIN: Final = re.compile(r"<!\[CDATA\[|\]\]>|<!--.*?-->|<\?.*?\?>", re.DOTALL)
_WORDS: Final = re.compile(r"\w+")


class CannotMaskError(SoapContractsError, ValueError):
    """An exchange has no masked form; the text is the reason, without any secret."""


class File(NamedTuple):
    """A file's bytes, and the message that they are read as."""

    data: bytes
    message: Message


def files_of(cases: Sequence[Case], style: Style, stem: str) -> list[File]:
    """The request's file, ``stem`` with ``.request.http``, and the response's, if there is one.

    Raises CannotMaskError.
    """
    files: list[File] = []
    for case in cases:
        asked = files[0].message if files else None
        path = f"{stem}.{'response' if files else 'request'}.http"
        try:
            files.append(_file(case, style, path, asked))
        except UnicodeError:
            raise CannotMaskError("its text cannot be masked in its own encoding") from None
    if _is_told(files, cases):
        raise CannotMaskError("a secret in it would still be readable")
    return files


def _file(case: Case, style: Style, path: str, request: Message | None) -> File:
    hide = Hiding(case.places.masked, case.catalog, style)
    first, fields = start_line(case.message, hide), fields_of(case.message, hide)
    before = head(first, fields)
    fits = _HEAD.fullmatch(before) is not None and len(before) < _LONGEST_HEAD
    if not fits or (case.message.status is None) != (request is None):
        raise CannotMaskError("its head cannot be written to a file")
    body = redacted(case, style)
    wire = _coded(body, codings_of([value for name, value in fields if name.lower() == "content-encoding"]))
    method, url, _ = first.split(" ", 2)
    message = Message(
        body=body,
        headers=fields,
        kind="request" if request is None else "response",
        method=method if request is None else None,
        url=url if request is None else None,
        status=None if request is None else case.message.status,
        source=path,
        first_line=1 if wire is not body else len(fields) + 3,
        header_lines=tuple(range(2, len(fields) + 2)),
        request=request,
        decoded=wire is not body,
    )
    return File(before.encode("latin-1") + wire, message._replace(service=addressed(case.catalog, message)))


def _coded(body: bytes, codings: tuple[str, ...]) -> bytes:
    """``body`` in the codings that its head names, since they belong to what is judged. Raises CannotMaskError."""
    if body:
        for coding in codings:
            if coding not in _WINDOWS:
                raise CannotMaskError("its Content-Encoding cannot be undone")
            machine = zlib.compressobj(wbits=_WINDOWS[coding])
            body = machine.compress(body) + machine.flush()
    return body


def _is_told(files: list[File], cases: Sequence[Case]) -> bool:
    """Whether a secret of one of ``cases`` can be read in one of ``files``, however it is written there."""
    values = {value for case in cases for value in case.places.masked.values if not _is_common(value, case)}
    return bool(values) and any(
        value in text
        for file, case in zip(files, cases, strict=True)
        for text in (*_readings(file, case), file.message.source.lower())
        for value in values
    )


def _is_common(value: str, case: Case) -> bool:
    """Whether a secret is made of words that stand in messages anyway, such as the markup behind one without an end."""
    known, words = common(case.catalog), _WORDS.findall(value)
    names = set(_WORDS.findall(known))
    return value in known or (not names.isdisjoint(words) and all(word in names or len(word) < 3 for word in words))


def _readings(file: File, case: Case) -> Iterator[str]:
    before, body, known = file.data[: file.data.index(b"\r\n\r\n")], file.message.body, case.document.encoded
    yield from (before.decode(encoding, "replace").lower() for encoding in ("latin-1", "utf-8"))
    yield unquote(unquote(before.decode("latin-1"))).lower()
    wide = {"utf-16-le", "utf-16-be"} if b"\0" in body else set()
    for encoding in {"utf-8", "latin-1" if known.encoding == "unknown" else known.encoding} | wide:
        text = body.decode(encoding, "replace")
        yield text.lower()
        if "&" in text or "<!" in text:
            yield resolved(_WITHIN.sub("", text)).lower()
