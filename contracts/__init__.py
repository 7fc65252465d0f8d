"""Contract tests and schema validation for SOAP operations: judge the envelopes that any client sends.

>>> import contracts
>>> contracts.check(b"<EndSynchronization/>").passed
False
"""

from importlib import import_module
from typing import TYPE_CHECKING

from .arguments import assert_carries
from .catalog import Catalog, load
from .checking import assert_valid, check
from .errors import ContractError, ContractViolation, ReadError, SoapContractsError, UnknownNameError
from .findings import Finding, Verdict
from .messages import Message
from .model import Operation, Service
from .version import VERSION as __version__  # noqa: N811 - the name that Python expects

if TYPE_CHECKING:
    from .recording import record

__all__ = [
    "Catalog",
    "ContractError",
    "ContractViolation",
    "Finding",
    "Message",
    "Operation",
    "ReadError",
    "Service",
    "SoapContractsError",
    "UnknownNameError",
    "Verdict",
    "__version__",
    "assert_carries",
    "assert_valid",
    "check",
    "load",
    "record",
]


def __getattr__(name: str) -> object:
    # A plain check pays for no server, no client and no cassette: record's module is loaded when it is asked for.
    if name == "record":
        return import_module(".recording", __name__).record
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
