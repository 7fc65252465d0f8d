"""What goes wrong with the tool or a contract, as opposed to a message: a broken message is a value, a Finding.

SoapContractsError
├── ContractError (ValueError)       a service folder that cannot be read or contradicts itself
├── ConfigError (ValueError)         a configuration or a baseline that cannot be used
├── UnknownNameError (LookupError)   a service, operation or rule that does not exist
├── ReadError (ValueError)           a file that holds no message that can be judged
├── UnansweredRequestError           a request that gets a fault of ours, because its answer is not there
│   ├── UnmatchedRequestError (LookupError)     it is in no cassette
│   └── RefusedRequestError (PermissionError)   it must not be sent to a real endpoint
├── LeakError (RuntimeError)         a secret where none may be; nothing was written
└── ContractViolation (AssertionError)   raised by assert_valid(): a message that breaks its contract
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class SoapContractsError(Exception):
    """Base of everything that this package raises on purpose."""


class ContractError(SoapContractsError, ValueError):
    """A service folder cannot be read, or what it says does not fit together."""


class ConfigError(SoapContractsError, ValueError):
    """A configuration file, an environment variable or a baseline cannot be used; the text names it and the place."""


class UnknownNameError(SoapContractsError, LookupError):
    """Somebody asked for a service, an operation or a rule that does not exist."""

    @classmethod
    def of(cls, kind: str, name: str, known: Iterable[str]) -> UnknownNameError:
        """The error for ``name``, with the nearest of ``known`` in its text."""
        names = sorted(known)
        near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]}?" if near else f"known are: {', '.join(names)}"
        return cls(f"there is no {kind} {name!r}; {hint}")


class ReadError(SoapContractsError, ValueError):
    """A file holds no message that can be judged; its text names the file and, where known, the line."""


class UnansweredRequestError(SoapContractsError):
    """A request has no answer of its service; its sender gets a fault with this text."""


class UnmatchedRequestError(UnansweredRequestError, LookupError):
    """A request is in none of the cassettes that are replayed; the text says in what the nearest differs."""


class RefusedRequestError(UnansweredRequestError, PermissionError):
    """A request must not be sent to a real endpoint: nobody allowed its effect, or its operation is not certain."""


class LeakError(SoapContractsError, RuntimeError):
    """A secret would have been written, or has been found where none may be; the text names the field and the place."""


class ContractViolation(SoapContractsError, AssertionError):  # noqa: N818 - reads as the failed assertion that it is
    """A message breaks its contract; the text is the report, its secrets masked."""
