"""User name and password of a live endpoint: from the environment, a file or a prompt, never from arguments."""

from __future__ import annotations

import getpass
import os
import shlex
import stat
import sys
import tomllib
from typing import TYPE_CHECKING, Final, NamedTuple

from contracts.config import PREFIX
from contracts.driving import variable
from contracts.errors import SoapContractsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contracts.model import Service

#: Group and others.
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_MOST_BYTES: Final = 65_536


class CredentialsError(SoapContractsError, ValueError):
    """There are no credentials, or they are where others can read them; the text says what to do, and no value."""


class Credentials(NamedTuple):
    """Both texts. The repr shows neither."""

    user: str
    password: str

    def __repr__(self) -> str:
        return "<Credentials>"


def credentials_of(
    service: Service, environment: Mapping[str, str], file: str | None = None, *, ask: bool = True
) -> Credentials | None:
    """The credentials for ``service``, None where its contract names no fields for them.

    They are those in ``file`` (TOML with ``username`` and ``password``, mode 0600), or else in
    ``SOAP_CONTRACTS_<SERVICE>_USERNAME`` and ``_PASSWORD``, or else what is typed, with ``ask`` and at a terminal.
    Raises CredentialsError.
    """
    if service.probe.user is None and service.probe.password is None:
        return None
    if file is not None:
        return _in_file(file)
    names = tuple(variable(PREFIX + service.name, suffix) for suffix in ("USERNAME", "PASSWORD"))
    found = [environment.get(name, "") for name in names]
    if all(found):
        return Credentials(*found)
    if ask and sys.stdin is not None and sys.stdin.isatty():
        return _typed(service, found[0])
    missing = " and ".join(name for name, text in zip(names, found, strict=True) if not text)
    raise CredentialsError(
        f"there are no credentials for {service.name}: set {missing}, or name a file by --credentials"
    )


def _typed(service: Service, user: str) -> Credentials:
    sys.stderr.write(f"{service.title}\n")
    try:
        if not user:
            sys.stderr.write("user name: ")
            sys.stderr.flush()
            user = sys.stdin.readline().rstrip("\r\n")
        password = getpass.getpass("password: ", sys.stderr)
    except EOFError:
        user = password = ""
    if not user or not password:
        raise CredentialsError("no credentials were typed")
    return Credentials(user, password)


def _in_file(path: str) -> Credentials:
    try:
        # A pipe that nobody writes to would never open.
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise CredentialsError(f"{path}: this is no file")
        with open(path, "rb") as file:
            if os.name == "posix" and os.fstat(file.fileno()).st_mode & _OTHERS:
                raise CredentialsError(f"{path}: others may read or write it; chmod 600 {shlex.quote(path)}")
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise CredentialsError(f"{path}: {error.strerror or 'cannot be read'}") from None
    try:
        found = tomllib.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        # The error of the parser may quote the line.
        raise CredentialsError(
            f"{path}: this is not TOML; write username = and password =, each with a text in quotes"
        ) from None
    user, password = found.get("username"), found.get("password")
    if len(data) > _MOST_BYTES or not (isinstance(user, str) and isinstance(password, str) and user and password):
        raise CredentialsError(f"{path}: it takes two keys, username and password, each with a text")
    return Credentials(user, password)
