"""The part of the pytest plugin that is loaded once a test uses it; `pytest_soap_contracts` is the part before that."""

from .fixture import Received, SoapContracts, StubbedService
from .watch import Watch

__all__ = ["Received", "SoapContracts", "StubbedService", "Watch"]
