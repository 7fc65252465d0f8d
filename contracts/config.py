"""Settings: from a flag, else from the environment, else from the nearest configuration file, else the default.

The file is `soap-contracts.toml`, or the table `[tool.soap-contracts]` of a `pyproject.toml`, in the working folder or
the nearest one above it that has one. Paths in it start at its own folder.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from .errors import ConfigError, SoapContractsError, UnknownNameError
from .findings import SEVERITIES
from .policy import Allow, known_rules
from .reports import FORMATS
from .tables import Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .findings import Severity

FILE: Final = "soap-contracts.toml"
PREFIX: Final = "SOAP_CONTRACTS_"
_PROJECT: Final = "pyproject.toml"
_TABLE: Final = "soap-contracts"
_SUFFIX: Final = "CONFIG"

_SINGULAR: Final = {"services": "service", "reports": "report"}

Kind = Literal["names", "folders", "file", "choice", "reports"]


class Option(NamedTuple):
    """One setting: its key in the file, the form of its value, and a line for people.

    ``names`` is a list of strings, comma-separated in flags and in the environment; ``folders`` a list of paths,
    separated there as in ``PATH``; ``file`` a path; ``choice`` one of ``choices``; ``reports`` a table of formats and
    paths, written ``FORMAT=FILE`` in flags and, comma-separated, in the environment.
    """

    key: str
    kind: Kind
    about: str
    choices: tuple[str, ...] = ()

    @property
    def flag(self) -> str:
        """The flag of the commands; one that may be repeated has a noun in the singular."""
        return "--" + _SINGULAR.get(self.key, self.key)

    @property
    def field(self) -> str:
        """The name as an attribute."""
        return self.key.replace("-", "_")

    @property
    def variable(self) -> str:
        """The name of the environment variable."""
        return PREFIX + self.field.upper()


OPTIONS: Final = (
    Option("services", "names", "the services that `run` and the pytest plugin stub; all by default"),
    Option("contracts", "folders", "service folders of your own, or folders of such, added to the shipped services"),
    Option("select", "names", "the only rules and families that count"),
    Option("ignore", "names", "rules and families that do not count"),
    Option("fail-on", "choice", "the mildest severity that fails; error by default", SEVERITIES),
    Option("format", "choice", "the form of the report on standard output; text by default", FORMATS),
    Option("reports", "reports", "further reports, each written to a file", FORMATS),
    Option("baseline", "file", "the file of known violations, which do not fail"),
)
#: The keys of an `[[allow]]` table, with a line for people; the first two are required.
ALLOW_KEYS: Final = {
    "rule": "the rule, or the family of rules, that is allowed to be broken",
    "reason": "why; every report shows it",
    "operation": "SERVICE/OPERATION; * stands for anything",
    "path": "the path that the finding shows; * stands for anything",
    "expires": "the last day on which this holds",
}


class Settings(NamedTuple):
    """What was decided; ``source`` is the configuration file, "" without one."""

    source: str = ""
    services: tuple[str, ...] = ()
    contracts: tuple[str, ...] = ()
    select: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()
    fail_on: Severity = "error"
    format: str = "text"
    reports: tuple[tuple[str, str], ...] = ()
    baseline: str = ""
    allow: tuple[Allow, ...] = ()


class _Table(Table):
    error = ConfigError


def settings_of(
    flags: Mapping[str, Any], environment: Mapping[str, str], folder: str = ".", file: str | None = None
) -> Settings:
    """The settings for a command that runs in ``folder``.

    ``flags`` maps fields to what the command line says, a list of strings where an option may be repeated; None and []
    say nothing. ``file`` is the configuration file; without it `SOAP_CONTRACTS_CONFIG` names it, or it is looked for.
    Raises ConfigError, which names the flag, the variable, or the file and the place in it.
    """
    named = file or environment.get(PREFIX + _SUFFIX)
    table, source = (_named(named), named) if named else _found(folder)
    decided: dict[str, Any] = {"source": source}
    if table is not None:
        decided |= _of_file(table, os.path.dirname(source))
    for option in OPTIONS:
        given, said_by = environment.get(option.variable), option.variable
        values = [given] if given else []
        flag = flags.get(option.field)
        if flag:
            values, said_by = ([flag] if isinstance(flag, str) else list(flag)), option.flag
        if values:
            decided[option.field] = _of_words(option, values, said_by)
    return Settings(**decided)


def _named(path: str) -> Table:
    whole = _Table.of_file(path)
    if os.path.basename(path) != _PROJECT:
        return whole
    if "tool" not in whole or _TABLE not in whole.table("tool"):
        raise ConfigError(f"{path}: there is no table [tool.{_TABLE}] in it")
    return _own_table(whole)


def _found(folder: str) -> tuple[Table | None, str]:
    """The nearest configuration at or above ``folder``, and its path."""
    here = os.path.abspath(folder)
    while True:
        path = os.path.join(here, FILE)
        if os.path.isfile(path):
            return _Table.of_file(path), os.path.relpath(path)
        path = os.path.join(here, _PROJECT)
        if _mentions_us(path):
            whole = _Table.of_file(path)
            if "tool" in whole and _TABLE in whole.table("tool"):
                return _own_table(whole), os.path.relpath(path)
        above = os.path.dirname(here)
        if above == here:
            return None, ""
        here = above


def _mentions_us(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return _TABLE.encode() in file.read()
    except OSError:
        return False


def _own_table(whole: Table) -> Table:
    return whole.table("tool").table(_TABLE)


def _of_file(table: Table, folder: str) -> dict[str, Any]:
    table.keep_to(*(option.key for option in OPTIONS), "allow", "$schema")
    found = {option.field: _of_table(option, table, folder) for option in OPTIONS if option.key in table}
    found["allow"] = tuple(_allow(entry, number) for number, entry in enumerate(table.tables("allow"), start=1))
    return found


def _of_table(option: Option, table: Table, folder: str) -> object:
    """The value in the file, its paths relative to ``folder``."""
    key = option.key
    if option.kind == "choice":
        return table.choice(key, option.choices)
    if option.kind == "file":
        return os.path.join(folder, table.text(key))
    if option.kind == "folders":
        return tuple([os.path.join(folder, path) for path in table.names(key)])
    if option.kind == "reports":
        listed = table.table(key)
        listed.keep_to(*option.choices)
        return tuple([(form, os.path.join(folder, listed.text(form))) for form in listed])
    try:
        return _names(option, table.names(key))
    except UnknownNameError as error:
        raise table.wrong(f"{key!r}: {error}") from None


def _of_words(option: Option, values: Sequence[str], said_by: str) -> object:
    """The value in the words of flags or of an environment variable."""
    try:
        if option.kind == "choice":
            return _choice(option, values[-1])
        if option.kind == "file":
            return values[-1]
        if option.kind == "folders":
            separator = os.pathsep if said_by == option.variable else None
            return tuple([path for value in values for path in (value.split(separator) if separator else [value])])
        words = [word.strip() for value in values for word in value.split(",") if word.strip()]
        return tuple([_report(option, word) for word in words]) if option.kind == "reports" else _names(option, words)
    except (SoapContractsError, ValueError) as error:
        raise ConfigError(f"{said_by}: {error}") from None


def _names(option: Option, words: Sequence[str]) -> object:
    if option.key not in ("select", "ignore"):
        return tuple(words)
    if not words:
        raise UnknownNameError("names rules or families, such as schema or http/content-type")
    return known_rules(words)


def _choice(option: Option, value: str) -> str:
    if value not in option.choices:
        raise ConfigError(f"{value!r} is none of {', '.join(option.choices)}")
    return value


def _report(option: Option, word: str) -> tuple[str, str]:
    form, equals, path = word.partition("=")
    if not equals or not path:
        raise ConfigError(f"{word!r} is not of the form FORMAT=FILE, such as junit=report.xml")
    return _choice(option, form), path


def _allow(table: Table, number: int) -> Allow:
    table.keep_to(*ALLOW_KEYS)
    rule = table.text("rule")
    try:
        known_rules([rule])
    except UnknownNameError as error:
        raise table.wrong(str(error)) from None
    return Allow(
        rule=rule,
        reason=table.text("reason"),
        expires=table.date("expires") if "expires" in table else None,
        place=f"[[allow]] number {number}",
        **dict(_optional(table, "operation", "path")),
    )


def _optional(table: Table, *keys: str) -> Iterator[tuple[str, str]]:
    for key in keys:
        if key in table:
            yield key, table.text(key)
