"""A client recorded against a real endpoint: it talks to loopback, we to the endpoint, and a cassette is written."""

from .endpoints import EndpointError, UnreachableError, UnsentError
from .outputs import OutputError, refuse_unusable
from .recorder import Recorder
from .sessions import record
from .targets import ALLOWED, Target, TargetError, target_of

__all__ = [
    "ALLOWED",
    "EndpointError",
    "OutputError",
    "Recorder",
    "Target",
    "TargetError",
    "UnreachableError",
    "UnsentError",
    "record",
    "refuse_unusable",
    "target_of",
]
