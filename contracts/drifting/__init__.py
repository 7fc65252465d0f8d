"""What is published, or answered, compared with a contract: each difference, and what it does to a client."""

from .answers import drift_of_answers
from .differences import CLASSES, Difference, Drift
from .operations import drift_of_wsdl
from .origins import Folder, Site
from .problems import NothingToCompareError, WsdlError

__all__ = [
    "CLASSES",
    "Difference",
    "Drift",
    "Folder",
    "NothingToCompareError",
    "Site",
    "WsdlError",
    "drift_of_answers",
    "drift_of_wsdl",
]
