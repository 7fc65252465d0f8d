"""A live endpoint asked in a safe order, one request at a time, and every answer judged."""

from .amendments import Amendment, amendments_of, block_of
from .credentials import Credentials, CredentialsError, credentials_of
from .plans import Plan, PlanError, Planned, closing_check, described, plan_of
from .prober import LeftOpen, Probed, Prober
from .provocations import Provocation, Provoked, compared, provocations_of
from .requests import refuse_misfits

__all__ = [
    "Amendment",
    "Credentials",
    "CredentialsError",
    "LeftOpen",
    "Plan",
    "PlanError",
    "Planned",
    "Probed",
    "Prober",
    "Provocation",
    "Provoked",
    "amendments_of",
    "block_of",
    "closing_check",
    "compared",
    "credentials_of",
    "described",
    "plan_of",
    "provocations_of",
    "refuse_misfits",
]
