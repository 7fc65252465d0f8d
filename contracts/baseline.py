"""The file of known violations: JSON, sorted, one violation a line, so that a change to it reads well in review."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
from typing import TYPE_CHECKING, Any, Final

from .errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .policy import Key

_FORM: Final = 1
_MEMBERS: Final = ("rule", "operation", "path")
_FIX: Final = "mend it, or remove it and run again with --update-baseline"


def read(path: str) -> frozenset[Key]:
    """The known violations in the file. Raises ConfigError, which names the place."""
    try:
        with open(path, encoding="utf-8") as file:
            data = json.load(file)
    except FileNotFoundError:
        raise ConfigError(
            f"{path}: there is no baseline yet; write it with: "
            f"soap-contracts run --baseline {shlex.quote(path)} --update-baseline -- COMMAND"
        ) from None
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror or 'cannot be read'}") from None
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path}: this is not JSON ({error}); {_FIX}") from None
    if not isinstance(data, dict) or data.get("version") != _FORM or not isinstance(data.get("violations"), list):
        raise ConfigError(f"{path}: this is no baseline of version {_FORM}; {_FIX}")
    return frozenset(_key(path, number, entry) for number, entry in enumerate(data["violations"], start=1))


def write(path: str, keys: Iterable[Key]) -> None:
    """Put ``keys`` into the file, all or nothing. Raises ConfigError."""
    lines = [json.dumps(dict(zip(_MEMBERS, key, strict=True))) for key in sorted(keys)]
    text = f'{{"version": {_FORM}, "violations": [' + ",".join(f"\n  {line}" for line in lines) + "\n]}\n"
    beside = f"{path}.new"
    try:
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        with open(beside, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.replace(beside, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(beside)
        raise ConfigError(f"{path}: cannot be written: {error.strerror}") from None


def _key(path: str, number: int, entry: Any) -> Key:
    if not isinstance(entry, dict) or entry.keys() != set(_MEMBERS):
        raise ConfigError(f"{path}: violation {number} has other members than {', '.join(_MEMBERS)}; {_FIX}")
    rule, operation, place = (entry[name] for name in _MEMBERS)
    if not (isinstance(rule, str) and isinstance(operation, str) and isinstance(place, str)):
        raise ConfigError(f"{path}: violation {number} has a member that is no string; {_FIX}")
    return rule, operation, place
