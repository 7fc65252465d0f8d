"""Cassettes and HARs as plain values: read as untrusted input, and written again, whole or not at all."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import secrets
from typing import TYPE_CHECKING, Any, Final

import yaml

from contracts.errors import ReadError, SoapContractsError
from contracts.readers.files import MAX_ARCHIVE
from contracts.readers.nodes import Twice
from contracts.readers.yaml_values import Values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_JSON: Final = (".json", ".har")
#: What may be told of a place; any other key may hold a secret itself.
_KEYS: Final = frozenset(
    (
        *("interactions", "request", "response", "method", "uri", "url", "body", "headers", "string", "status", "code"),
        *("message", "metadata", "version", "log", "entries", "postData", "content", "text", "cookies", "queryString"),
        *("params", "value", "name", "comment", "pages"),
    )
)
_UNKNOWN: Final = "neither a vcrpy cassette nor a HAR"


class WriteError(SoapContractsError, OSError):
    """A cassette cannot be written; the text names it and says why. What was there is left as it was."""


def read(path: str) -> dict[str, Any]:
    """What is in the cassette or the HAR at ``path``. Raises ReadError, whose text names the file and the line."""
    try:
        with open(path, "rb") as stream:
            data = stream.read(MAX_ARCHIVE + 1)
    except (OSError, ValueError) as error:
        raise ReadError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or type(error).__name__}") from None
    if len(data) > MAX_ARCHIVE:
        raise ReadError(f"{path}: larger than the {MAX_ARCHIVE} bytes that are read of an archive")
    return parsed(data, path)


def parsed(data: bytes, path: str) -> dict[str, Any]:
    """As `read`, of ``data``; ``path`` tells the format."""
    try:
        value = _json(data) if path.lower().endswith(_JSON) or data.lstrip()[:1] == b"{" else _yaml(data)
    except (ReadError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise ReadError(f"{path}: {_reason(error, data)}") from None
    if not isinstance(value, dict) or _list_in(value) is None:
        raise ReadError(f"{path}: {_UNKNOWN}")
    if "interactions" in value and "log" in value:
        raise ReadError(f"{path}: a cassette and a HAR in one, and nobody can tell which is meant")
    return value


def entries_of(document: dict[str, Any]) -> list[Any]:
    """The interactions of a cassette, or the entries of a HAR."""
    found = _list_in(document)
    return [] if found is None else found


def is_har(document: dict[str, Any]) -> bool:
    """Whether it is a HAR."""
    return "interactions" not in document


def as_written(document: dict[str, Any], path: str) -> dict[str, Any]:
    """``document`` as it is read again from the file at ``path``: JSON has no bytes."""
    found: dict[str, Any] = _jsonable(document) if path.lower().endswith(_JSON) else document
    return found


def written(document: dict[str, Any], path: str) -> bytes:
    """The bytes of ``document``, in the format that ``path`` tells."""
    if path.lower().endswith(_JSON):
        return (
            json.dumps(as_written(document, path), indent=2, ensure_ascii=False).encode("utf-8", "surrogatepass")
            + b"\n"
        )
    dumped: bytes = yaml.dump(
        document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000, encoding="utf-8"
    )
    return dumped


def replace(path: str, data: bytes) -> None:
    """Write ``data`` to ``path``, which is the old file or the new one at every moment; others may not read a part.

    Raises WriteError.
    """
    real = os.path.realpath(path.replace("\0", "?") if "\0" in path else path)
    part = f"{real}.{secrets.token_hex(4)}.part"
    try:
        mode = os.stat(real).st_mode & 0o777 if os.path.exists(real) else 0o666 & ~_umask()
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(part, mode)
        os.replace(part, real)
    except (OSError, ValueError) as error:
        with contextlib.suppress(OSError, ValueError):
            os.remove(part)
        raise WriteError(f"{path}: cannot be written: {getattr(error, 'strerror', None) or 'no such name'}") from None


def telling_comments(path: str, tells: Callable[[bytes], bool]) -> list[str]:
    """Where lines of YAML that are comments tell something that ``tells``."""
    if path.lower().endswith(_JSON):
        return []
    with open(path, "rb") as stream:
        lines = stream.read(MAX_ARCHIVE).split(b"\n")
    return [
        f"line {number}, a comment" for number, line in enumerate(lines, 1) if line.lstrip()[:1] == b"#" and tells(line)
    ]


def leaves(value: object, place: str = "") -> Iterator[tuple[str, bytes]]:
    """Every text and number in ``value``, keys too, and where it stands, by numbers and known keys alone."""
    rest = [(place, value)]
    while rest:
        here, one = rest.pop()
        if isinstance(one, dict):
            for name, inner in one.items():
                yield f"{here} (key)", str(name).encode("utf-8", "surrogatepass")
                shown = name if name in _KEYS else "?"
                rest.append((f"{here}.{shown}" if here else str(shown), inner))
        elif isinstance(one, list):
            rest.extend((f"{here}[{index}]", inner) for index, inner in enumerate(one))
        elif isinstance(one, bytes):
            yield here, one
        elif one is not None:
            yield here, str(one).encode("utf-8", "surrogatepass")


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as blocks, which people can read, and repeats nothing by aliases."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's signature
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    plain = text.replace("\n", "").replace("\t", "")
    odd = not plain.isprintable()
    block = "\n" in text and not odd and not text.startswith((" ", "\n", "\t")) and " \n" not in text
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"' if odd else "|" if block else None)


_Dumper.add_representer(str, _text)


def _jsonable(value: Any) -> Any:
    """``value`` with binary data as vcrpy's JSON has it."""
    if isinstance(value, dict):
        if isinstance(value.get("string"), bytes):
            return {"base64_string": base64.b64encode(value["string"]).decode()}
        return {name: _jsonable(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_jsonable(inner) for inner in value]
    return {"base64_string": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _list_in(document: dict[str, Any]) -> list[Any] | None:
    log = document.get("log")
    found = document.get("interactions", log.get("entries") if isinstance(log, dict) else None)
    return found if isinstance(found, list) else None


def _yaml(data: bytes) -> object:
    values = Values(data)
    value = values.value(values.root())
    values.finish()
    problem = values.problem()
    if problem is not None:
        raise problem
    _refuse_twice(value)
    return value


def _json(data: bytes) -> object:
    return json.loads(data.decode(json.detect_encoding(data), "surrogatepass"), object_pairs_hook=_object)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ReadError("a key stands there twice")
    return found


def _refuse_twice(value: object) -> None:
    rest = [value]
    while rest:
        one = rest.pop()
        if isinstance(one, Twice):
            raise ReadError("a key stands there twice")
        rest.extend(one.values() if isinstance(one, dict) else one if isinstance(one, list) else ())


def _reason(error: Exception, data: bytes) -> str:
    if isinstance(error, ReadError):
        return str(error)
    mark = getattr(error, "problem_mark", None)
    line = getattr(error, "lineno", None) or (None if mark is None else mark.line + 1)
    what = "no YAML" if isinstance(error, yaml.YAMLError) else "no JSON"
    return f"line {line}: {what}" if line else f"{what}, in {len(data)} bytes"
