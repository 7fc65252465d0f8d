"""`soap-contracts list`: the services, their operations, the rules, the shipped cassettes, the conditions."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, Final

from contracts.conditions import INJECTIONS, expectation_of, injections_for
from contracts.judging import catalog_of
from contracts.providers import behaviour_of
from contracts.providers.states import states_of
from contracts.reports import escaped
from contracts.rules import RULES
from contracts.tapes import answer_of, load, named, shipped_names

from .options import add_contracts, add_format, settings_from

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Sequence

    from contracts.catalog import Catalog
    from contracts.conditions import Injection
    from contracts.providers import State

    Row = dict[str, Any]

HELP: Final = "list the services, their operations, the rules, the cassettes or the conditions"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("what", choices=_TABLES, help="what to list")
    add_format(parser)
    add_contracts(parser)
    parser.epilog = """\
examples:
  soap-contracts list services
  soap-contracts list rules --format json
  soap-contracts list cassettes
  soap-contracts list conditions
"""


def execute(args: argparse.Namespace) -> int:
    """Print the table."""
    rows = _TABLES[args.what](catalog_of(settings_from(args)))
    if args.format == "json":
        sys.stdout.write(json.dumps({"version": 1, args.what: rows}, indent=2) + "\n")
    else:
        sys.stdout.write(_aligned([_in_words(row) if args.what == "conditions" else row for row in rows]))
    return 0


def _services(catalog: Catalog) -> list[Row]:
    return [
        {
            "service": service.name,
            "title": service.title,
            "contract": service.version,
            "api_version": service.api_version,
            "pages_read": service.pages_read.isoformat(),
            "namespace": service.namespace,
            "operations": len(service.operations),
        }
        for service in catalog
    ]


def _operations(catalog: Catalog) -> list[Row]:
    return [
        {
            "service": service.name,
            "operation": operation.name,
            "effect": operation.effect,
            "header": operation.header,
            "soap_action": operation.soap_action,
            "basis": operation.ground.basis,
            "source": operation.ground.source,
        }
        for service in catalog
        for operation in service.operations
    ]


def _rules(catalog: Catalog) -> list[Row]:
    return [
        {
            "rule": rule.id,
            "layer": rule.layer,
            **{service.name: rule.severity_for(service) or "off" for service in catalog},
            "since": rule.since,
            "reference": rule.reference,
        }
        for rule in RULES.values()
    ]


def _cassettes(catalog: Catalog) -> list[Row]:
    """A row an exchange: what it answers, where the answer comes from, and the rules that it breaks on purpose."""
    return [
        {
            "cassette": recorded.name,
            "index": recorded.index,
            "answer": answer_of(recorded, catalog),
            "provenance": recorded.provenance.basis or None,
            "date": recorded.provenance.date or None,
            "findings": " ".join(recorded.provenance.findings) or None,
            "source": recorded.provenance.source or None,
        }
        for name in shipped_names()
        for recorded in load(named(name), catalog)
    ]


def _conditions(catalog: Catalog) -> list[Row]:
    """A row a state and an injection: what it is, and what a sound client is expected to do."""
    rows: list[Row] = []
    for service in catalog:
        behaviour = behaviour_of(service)
        rows += [_condition("state", service.name, found, ()) for found in states_of(type(behaviour)).values()]
        rows += [
            _condition("injection", service.name, found, found.expected)
            for name, found in injections_for(behaviour).items()
            if name not in INJECTIONS
        ]
    return [*rows, *(_condition("injection", None, found, found.expected) for found in INJECTIONS.values())]


def _condition(kind: str, service: str | None, found: State | Injection, expected: Sequence[str]) -> Row:
    return {
        "kind": kind,
        "service": service,
        "condition": found.name,
        "parameters": [one._asdict() for one in found.parameters],
        "expected": list(expected),
        "about": found.about,
    }


def _in_words(row: Row) -> Row:
    """A row of the table of conditions as the text form shows it; a service of None is any."""
    parameters = [one["name"] if one["required"] else f"[{one['name']}]" for one in row["parameters"]]
    told = {"service": row["service"] or "*", "parameters": " ".join(parameters) or None}
    return row | told | {"expected": expectation_of(row["expected"]) or None}


_TABLES: Final[dict[str, Callable[[Catalog], list[Row]]]] = {
    "services": _services,
    "operations": _operations,
    "rules": _rules,
    "cassettes": _cassettes,
    "conditions": _conditions,
}


def _aligned(rows: list[Row]) -> str:
    """The rows below the names of their columns; nothing is shown as ``-``."""
    table = [list(rows[0]), *([escaped("-" if cell is None else str(cell)) for cell in row.values()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return "".join(f"{_line(cells, widths)}\n" for cells in table)


def _line(cells: Iterable[str], widths: Iterable[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
