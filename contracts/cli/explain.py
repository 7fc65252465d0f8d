"""`soap-contracts explain`: the documentation of one rule."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Final

from contracts.errors import UnknownNameError
from contracts.judging import catalog_of
from contracts.reports import escaped
from contracts.rules import RULES

from .options import add_contracts, add_format, settings_from

if TYPE_CHECKING:
    import argparse

HELP: Final = "tell what a rule wants, why, and what it rests on"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("rule", metavar="RULE", help="the id of a rule, such as schema/max-length")
    add_format(parser)
    add_contracts(parser)
    parser.epilog = """\
example:
  soap-contracts explain schema/max-length
"""


def execute(args: argparse.Namespace) -> int:
    """Print the rule. Raises UnknownNameError for one that does not exist."""
    if args.rule not in RULES:
        raise _unknown(args.rule)
    rule, catalog = RULES[args.rule], catalog_of(settings_from(args))
    severities = {service.name: rule.severity_for(service) or "off" for service in catalog}
    consequences = {service.name: service.consequences.get(rule.id) for service in catalog}
    if args.format == "json":
        found = {
            "version": 1,
            "rule": rule.id,
            "layer": rule.layer,
            **severities,
            "since": rule.since,
            "reference": rule.reference,
            "text": rule.doc,
            "consequences": {
                name: {"text": known.text, "basis": known.ground.basis, "source": known.ground.source}
                for name, known in consequences.items()
                if known is not None
            },
        }
        sys.stdout.write(json.dumps(found, indent=2) + "\n")
        return 0
    facts = {
        "layer": rule.layer,
        "severity": ", ".join(f"{escaped(name)} {level}" for name, level in severities.items()),
        "rests on": rule.reference,
        "since": rule.since,
    }
    lines = [rule.id, *(f"  {name:<9} {fact}" for name, fact in facts.items()), "", rule.doc]
    for service in catalog:
        known = consequences[service.name]
        if known is not None:
            lines += ["", escaped(f"{service.title} {known.text} ({known.ground.basis}; {known.ground.source}).")]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _unknown(name: str) -> UnknownNameError:
    members = [rule.id for rule in RULES.values() if rule.family == name.strip("/")]
    if members:
        return UnknownNameError(f"{name!r} is a family; its rules are {', '.join(members)}")
    return UnknownNameError.of("rule", name, RULES)
