"""A live endpoint asked in a safe order, one request at a time, and every answer judged."""

from .credentials import Credentials, CredentialsError, credentials_of
from .plans import Plan, PlanError, plan_of
from .prober import Probed, Prober
from .provocations import Provocation, Provoked, provocations_of, provoked

__all__ = [
    "Credentials",
    "CredentialsError",
    "Plan",
    "PlanError",
    "Probed",
    "Prober",
    "Provocation",
    "Provoked",
    "credentials_of",
    "plan_of",
    "provocations_of",
    "provoked",
]
