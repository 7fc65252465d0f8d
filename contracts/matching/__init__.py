"""Whether two SOAP requests ask the same: by operation, SOAPAction and typed values, and not by bytes."""

from .payloads import ALL
from .requests import Asked, asked_of, differences_of

__all__ = ["ALL", "Asked", "asked_of", "differences_of"]
