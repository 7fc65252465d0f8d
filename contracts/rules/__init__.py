"""The rules, one function each, one family a module. `RULES` has them all, in the order in which they judge."""

from . import http, xml, soap, soap_faults, schema, schema_values, contract, provider  # noqa: F401, I001 - importing registers, in this order
from .acceptance import ask_engine
from .case import MOST_FINDINGS, Case
from .identity import open_case
from .registry import RULES, Problem, Rule, Stage, unknown_rules
from .values import ValuePlan, value_plan
from .xsi_types import namespaces_named

__all__ = [
    "MOST_FINDINGS",
    "RULES",
    "Case",
    "Problem",
    "Rule",
    "Stage",
    "ValuePlan",
    "ask_engine",
    "namespaces_named",
    "open_case",
    "unknown_rules",
    "value_plan",
]
