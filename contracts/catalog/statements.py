"""`contract.toml` -> the model: every statement read with its source and its basis, every slip named."""

from __future__ import annotations

import os
import tomllib
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from contracts.errors import ContractError
from contracts.model import Fault, Operation, PublishedWsdl, Relation, Service, Statement

from .declarations import Declarations

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from contracts.model import Field

_BASES: Final = ("documented", "observed", "inferred")
_EFFECTS: Final = ("read", "write", "destructive")
_LEVELS: Final = ("error", "warning", "info", "off")
_GROUND: Final = frozenset({"basis", "source"})
_TABLES: Final = frozenset(
    {
        "service",
        "sources",
        "secrets",
        "operations",
        "relations",
        "responses",
        "faults",
        "severity",
        "consequences",
        "published",
    }
)


class _Reader:
    """One `contract.toml`, open at a place that its errors can name."""

    def __init__(self, path: str) -> None:
        self.path = path
        try:
            with open(path, "rb") as file:
                self.data = tomllib.load(file)
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ContractError(f"{path}: {error}") from None
        self.reject_unknown(self.data, _TABLES, "the file")
        self.sources: Mapping[str, str] = self.data.get("sources", {})

    def fail(self, where: str, what: str) -> ContractError:
        return ContractError(f"{self.path}: {where}: {what}")

    def reject_unknown(self, table: Mapping[str, Any], known: Iterable[str], where: str) -> None:
        unknown = sorted(set(table) - set(known))
        if unknown:
            raise self.fail(where, f"unknown key {unknown[0]!r}; known are {', '.join(sorted(known))}")

    def text(self, table: Mapping[str, Any], key: str, where: str) -> str:
        value = table.get(key)
        if not isinstance(value, str):
            raise self.fail(where, f"{key!r} is missing or not a string")
        return value

    def choice(self, table: Mapping[str, Any], key: str, known: tuple[str, ...], where: str) -> Any:
        value = self.text(table, key, where)
        if value not in known:
            raise self.fail(where, f"{key} = {value!r} is none of {', '.join(known)}")
        return value

    def names(self, table: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
        value = table.get(key)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.fail(where, f"{key!r} is missing or not a list of strings")
        return tuple(value)

    def statement(self, table: Mapping[str, Any], where: str, text: str = "") -> Statement:
        source = self.text(table, "source", where)
        if source not in self.sources:
            raise self.fail(where, f"source {source!r} is no key of [sources]")
        basis = self.choice(table, "basis", _BASES, where)
        return Statement(text=text, basis=basis, source=self.sources[source])


def load_service(folder: str) -> Service:
    """The service in ``folder``. Raises ContractError, naming the file and the place in it."""
    reader = _Reader(os.path.join(folder, "contract.toml"))
    declarations = Declarations(os.path.join(folder, "operations.xsd"))
    about = reader.data.get("service", {})
    known = {"name", "title", "version", "api_version", "pages_read", "namespace", "endpoint"}
    reader.reject_unknown(about, known | _GROUND, "[service]")
    reader.statement(about, "[service]")
    pages_read = about.get("pages_read")
    if not isinstance(pages_read, date):
        raise reader.fail("[service]", "'pages_read' is missing or not a date")
    texts = {key: reader.text(about, key, "[service]") for key in known - {"pages_read"}}
    return Service(
        **texts,
        pages_read=pages_read,
        folder=folder,
        operations=_operations(reader, declarations),
        headers=declarations.headers,
        secrets=_secrets(reader),
        fault_statuses=_fault_statuses(reader),
        faults=_faults(reader),
        relations=_relations(reader),
        severities=_severities(reader),
        consequences=_consequences(reader),
        published=_published(reader, texts["name"]),
    )


def _operations(reader: _Reader, declarations: Declarations) -> tuple[Operation, ...]:
    tables = reader.data.get("operations", {})
    undescribed = sorted(set(declarations.requests) - set(tables))
    if undescribed:
        raise reader.fail("[operations]", f"operations.xsd declares {undescribed[0]}, which has no table here")
    return tuple(_operation(reader, declarations, name, table) for name, table in tables.items())


def _operation(reader: _Reader, declarations: Declarations, name: str, table: Mapping[str, Any]) -> Operation:
    where = f"[operations.{name}]"
    reader.reject_unknown(table, {"response", "soap_action", "header", "effect", "response_basis"} | _GROUND, where)
    header = table.get("header")
    if header is not None and header not in {block.name for block in declarations.headers}:
        raise reader.fail(where, f"operations.xsd has no global element {header!r}")
    ground = reader.statement(table, where)
    basis = reader.choice(table, "response_basis", _BASES, where) if "response_basis" in table else ground.basis
    return Operation(
        name=name,
        request=_declared(reader, declarations.requests, name, where),
        response=_declared(reader, declarations.responses, reader.text(table, "response", where), where),
        effect=reader.choice(table, "effect", _EFFECTS, where),
        ground=ground,
        response_basis=basis,
        soap_action=table.get("soap_action"),
        header=header,
    )


def _declared(reader: _Reader, fields: Mapping[str, Field], name: str, where: str) -> Field:
    if name not in fields:
        raise reader.fail(where, f"operations.xsd does not declare {name!r} in its group")
    return fields[name]


def _secrets(reader: _Reader) -> frozenset[str]:
    tables = reader.data.get("secrets", [])
    for table in tables:
        reader.reject_unknown(table, {"field"} | _GROUND, "[[secrets]]")
        reader.statement(table, "[[secrets]]")
    return frozenset(reader.text(table, "field", "[[secrets]]") for table in tables)


def _fault_statuses(reader: _Reader) -> tuple[int, ...]:
    table = reader.data.get("responses", {}).get("fault")
    if table is None:
        return (500,)
    reader.reject_unknown(table, {"statuses"} | _GROUND, "[responses.fault]")
    reader.statement(table, "[responses.fault]")
    return tuple(int(status) for status in table["statuses"])


def _faults(reader: _Reader) -> tuple[Fault, ...]:
    where = "[[faults]]"
    found = []
    for table in reader.data.get("faults", []):
        reader.reject_unknown(table, {"name", "code"} | _GROUND, where)
        ground = reader.statement(table, where)
        found.append(Fault(reader.text(table, "name", where), reader.text(table, "code", where), ground))
    return tuple(found)


def _relations(reader: _Reader) -> tuple[Relation, ...]:
    where = "[[relations]]"
    found = []
    for table in reader.data.get("relations", []):
        reader.reject_unknown(table, {"kind", "message", "fields"} | _GROUND, where)
        kind = reader.choice(table, "kind", ("ordered", "echoed"), where)
        message, fields = reader.text(table, "message", where), reader.names(table, "fields", where)
        found.append(Relation(kind, message, fields, reader.statement(table, where)))
    return tuple(found)


def _severities(reader: _Reader) -> dict[str, Any]:
    levels = {}
    for rule, table in reader.data.get("severity", {}).items():
        where = f'[severity."{rule}"]'
        reader.reject_unknown(table, {"level"} | _GROUND, where)
        ground = reader.statement(table, where)
        levels[rule] = reader.choice(table, "level", _LEVELS, where)
        if levels[rule] == "error" and ground.basis == "inferred":
            raise reader.fail(where, "what is inferred is never an error")
    return levels


def _consequences(reader: _Reader) -> dict[str, Statement]:
    found = {}
    for rule, table in reader.data.get("consequences", {}).items():
        where = f'[consequences."{rule}"]'
        ground = reader.statement(table, where, reader.text(table, "text", where))
        by_type = tuple((key, reader.text(table, key, where)) for key in table if key not in _GROUND | {"text"})
        found[rule] = Statement(ground.text, ground.basis, ground.source, by_type)
    return found


def _published(reader: _Reader, name: str) -> PublishedWsdl:
    table = reader.data.get("published")
    where = "[published]"
    if table is None:
        return PublishedWsdl(name, f"{name}Soap", None, (), Statement("", "inferred", ""))
    reader.reject_unknown(table, {"service", "port", "soap12_port", "operations"} | _GROUND, where)
    optional = []
    for operation, inner in table.get("operations", {}).items():
        place = f"[published.operations.{operation}]"
        reader.reject_unknown(inner, {"optional"} | _GROUND, place)
        reader.statement(inner, place)
        optional.append((operation, reader.names(inner, "optional", place)))
    return PublishedWsdl(
        service=reader.text(table, "service", where),
        port=reader.text(table, "port", where),
        soap12_port=table.get("soap12_port"),
        optional=tuple(optional),
        ground=reader.statement(table, where),
    )
