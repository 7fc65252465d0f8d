"""Why a comparison could not be made."""

from __future__ import annotations

from contracts.errors import ReadError, SoapContractsError


class WsdlError(ReadError):
    """A WSDL, or a schema that it needs, cannot be read; the text names the file or the address, and the line."""


class NothingToCompareError(SoapContractsError, LookupError):
    """There is nothing to compare: no answer, no SOAP, or none of the contract's operations; the text says which."""
