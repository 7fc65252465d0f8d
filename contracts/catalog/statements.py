"""`contract.toml` and `operations.xsd` -> the model: every statement with its source and basis, every slip named."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final

from contracts.model import (
    Consequence,
    Fault,
    Ground,
    Operation,
    PublishedOperation,
    PublishedWsdl,
    Relation,
    Service,
    SeverityStatement,
)

from .declarations import Declarations
from .probes import probe_plan_of
from .tables import GROUND, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from contracts.model import Basis, Effect, Field, Level

_EFFECTS: Final[tuple[Effect, ...]] = ("read", "write", "destructive")
_LEVELS: Final[tuple[Level, ...]] = ("error", "warning", "info", "off")
_BASES: Final[tuple[Basis, ...]] = ("documented", "observed", "inferred")
_CLASS: Final = re.compile(r"(?:[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*|[\w-]+\.py):[A-Za-z_]\w*", re.ASCII)
_SUFFIX: Final = re.compile(r"[/?][\w./=&-]*", re.ASCII)
_TEXTS: Final = ("name", "title", "version", "api_version", "namespace", "endpoint")
_TABLES: Final = (
    "service",
    "secrets",
    "operations",
    "relations",
    "responses",
    "faults",
    "severity",
    "consequences",
    "published",
    "behaviour",
    "probe",
)


def load_service(folder: str) -> Service:
    """The service in ``folder``. Raises ContractError, naming the file and the place in it."""
    contract = Table.of_contract(os.path.join(folder, "contract.toml"), _TABLES)
    declarations = Declarations(os.path.join(folder, "operations.xsd"))
    return _Statements(contract, declarations).service(folder)


class _Statements:
    """The statements of one contract, each checked against what its schema declares."""

    def __init__(self, contract: Table, declarations: Declarations) -> None:
        self._contract = contract
        self._declared = declarations
        self._messages = declarations.requests | declarations.responses
        self._operations = tuple(self._each_operation())
        values = [value for field in (*self._messages.values(), *declarations.headers) for value in field.values()]
        self._names = {value.name for value in values}
        self._types = {value.type.base for value in values if value.type is not None}

    def service(self, folder: str) -> Service:
        about = self._contract.table("service")
        about.keep_to(*_TEXTS, "pages_read", *GROUND)
        texts = {key: about.text(key) for key in _TEXTS}
        about.ground()
        if "/" in texts["name"]:
            raise about.wrong(f"name {texts['name']!r} has a slash, which parts service and operation in an address")
        if texts["namespace"] != self._declared.namespace:
            what = f"namespace {texts['namespace']!r} is not the targetNamespace of operations.xsd"
            raise about.wrong(f"{what}, {self._declared.namespace!r}")
        secrets, faults = frozenset(self._each_secret()), tuple(self._each_fault())
        return Service(
            **texts,
            pages_read=about.date("pages_read"),
            folder=folder,
            operations=self._operations,
            headers=self._declared.headers,
            secrets=secrets,
            fault_statuses=self._fault_statuses(),
            faults=faults,
            relations=tuple(self._each_relation()),
            severities=dict(self._each_severity()),
            consequences=dict(self._each_consequence()),
            published=self._published(texts["name"]),
            behaviour=self._behaviour(),
            probe=probe_plan_of(self._contract.table("probe"), self._operations, secrets, faults),
        )

    def _each_operation(self) -> Iterator[Operation]:
        tables = self._contract.table("operations")
        answers: dict[str, str] = {}
        for name in tables:
            operation = self._operation(name, tables.table(name))
            response = operation.response.name
            if response in answers:
                raise tables.table(name).wrong(f"{response!r} is the response of {answers[response]} already")
            answers[response] = name
            yield operation
        for declared, described in ((self._declared.requests, tables), (self._declared.responses, answers)):
            for name in declared:
                if name not in set(described):
                    raise tables.wrong(f"operations.xsd declares {name!r}, of which no table here tells")

    def _operation(self, name: str, table: Table) -> Operation:
        table.keep_to("response", "soap_action", "header", "effect", "response_basis", *GROUND)
        ground = table.ground()
        header = table.optional_text("header")
        if header is not None:
            _one_of(table, "header", header, (block.name for block in self._declared.headers))
        return Operation(
            name=name,
            request=_declared(table, self._declared.requests, name, "requests"),
            response=_declared(table, self._declared.responses, table.text("response"), "responses"),
            effect=table.choice("effect", _EFFECTS),
            ground=ground,
            response_basis=table.choice("response_basis", _BASES) if "response_basis" in table else ground.basis,
            soap_action=_soap_action(table),
            header=header,
        )

    def _each_secret(self) -> Iterator[str]:
        for table in self._contract.tables("secrets"):
            table.keep_to("field", *GROUND)
            table.ground()
            yield _one_of(table, "field", table.text("field"), self._names)

    def _fault_statuses(self) -> tuple[int, ...]:
        responses = self._contract.table("responses")
        responses.keep_to("fault")
        if "fault" not in responses:
            return (500,)
        table = responses.table("fault")
        table.keep_to("statuses", *GROUND)
        table.ground()
        return table.statuses("statuses")

    def _each_fault(self) -> Iterator[Fault]:
        for table in self._contract.tables("faults"):
            table.keep_to("name", "code", *GROUND)
            yield Fault(table.text("name"), table.text("code"), table.ground())

    def _each_relation(self) -> Iterator[Relation]:
        for table in self._contract.tables("relations"):
            table.keep_to("kind", "message", "fields", *GROUND)
            message = _one_of(table, "message", table.text("message"), self._messages)
            fields = table.names("fields")
            if table.choice("kind", ("ordered", "echoed")) == "ordered":
                self._check_ordered(table, message, fields)
                yield Relation("ordered", message, fields, table.ground())
            else:
                self._check_echoed(table, message, fields)
                yield Relation("echoed", message, fields, table.ground())

    def _check_ordered(self, table: Table, message: str, fields: tuple[str, ...]) -> None:
        times = [v.name for v in self._messages[message].values() if v.base == "dateTime"]
        if len(fields) < 2:
            raise table.wrong("an order needs two 'fields' at least")
        for name in fields:
            _one_of(table, "fields", name, times, f"a dateTime of {message}")

    def _check_echoed(self, table: Table, message: str, fields: tuple[str, ...]) -> None:
        asked = next((operation for operation in self._operations if operation.response.name == message), None)
        if asked is None:
            raise table.wrong(f"message {message!r} is no response, and only a response can echo its request")
        for field in (asked.request, asked.response):
            for name in fields:
                _one_of(table, "fields", name, (value.name for value in field.values()), f"a value of {field.name}")

    def _each_severity(self) -> Iterator[tuple[str, SeverityStatement]]:
        tables = self._contract.table("severity")
        for rule in tables:
            table = tables.table(rule)
            table.keep_to("level", *GROUND)
            statement = SeverityStatement(table.choice("level", _LEVELS), table.ground())
            if statement.level == "error" and statement.ground.basis == "inferred":
                raise table.wrong("what is inferred is never an error")
            yield rule, statement

    def _each_consequence(self) -> Iterator[tuple[str, Consequence]]:
        tables = self._contract.table("consequences")
        for rule in tables:
            table = tables.table(rule)
            table.keep_to("text", *self._types, *GROUND)
            by_type = tuple((key, table.text(key)) for key in table if key in self._types)
            yield rule, Consequence(table.text("text"), by_type, table.ground())

    def _published(self, name: str) -> PublishedWsdl:
        table = self._contract.table("published")
        if "published" not in self._contract:
            return PublishedWsdl(name, f"{name}Soap", None, (), Ground("inferred", ""))
        table.keep_to("service", "port", "soap12_port", "lengths", "address", "operations", *GROUND)
        return PublishedWsdl(
            service=table.text("service"),
            port=table.text("port"),
            soap12_port=table.text("soap12_port") if "soap12_port" in table else None,
            operations=tuple(self._each_published(table.table("operations"))),
            ground=table.ground(),
            lengths=table.flag("lengths", default=True),
            suffix=_suffix(table.table("address")) if "address" in table else "",
        )

    def _behaviour(self) -> str:
        """The class, which nothing is run for here: only the stub does."""
        table = self._contract.table("behaviour")
        if "behaviour" not in self._contract:
            return ""
        table.keep_to("class")
        named = table.text("class")
        if not _CLASS.fullmatch(named):
            raise table.wrong(f"class = {named!r} is not of the form package.module:Class or file.py:Class")
        return named

    def _each_published(self, tables: Table) -> Iterator[tuple[str, PublishedOperation]]:
        for operation in tables:
            table = tables.table(operation)
            table.keep_to("optional", *GROUND)
            request = _declared(table, self._declared.requests, operation, "requests")
            names = table.names("optional")
            for name in names:
                _one_of(table, "optional", name, (field.name for field in request.fields), f"an element of {operation}")
            yield operation, PublishedOperation(names, table.ground())


def _declared(table: Table, fields: Mapping[str, Field], name: str, group: str) -> Field:
    if name not in fields:
        raise table.wrong(f"operations.xsd does not declare {name!r} in its group {group!r}")
    return fields[name]


def _one_of(
    table: Table, key: str, name: str, declared: Iterable[str], what: str = "declared in operations.xsd"
) -> str:
    known = sorted(set(declared))
    if name not in known:
        raise table.wrong(f"{key} {name!r} is not {what}; known are {', '.join(known) or 'none'}")
    return name


def _suffix(table: Table) -> str:
    table.keep_to("suffix", *GROUND)
    table.ground()
    suffix = table.text("suffix")
    if not _SUFFIX.fullmatch(suffix):
        raise table.wrong(f"suffix = {suffix!r} is nothing that can stand behind an endpoint, such as ?WSDL or /wsdl")
    return suffix


def _soap_action(table: Table) -> str | None:
    action = table.optional_text("soap_action")
    if action is not None and not (action.isascii() and action.isprintable() and '"' not in action):
        raise table.wrong("soap_action is no text that can stand in an HTTP header")
    return action
