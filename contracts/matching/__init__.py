"""Whether two SOAP requests ask the same: by operation, SOAPAction and typed values, and not by bytes."""

from .forms import ALL
from .requests import Asked, Key, asked_of, differences_of, key_of
from .values import value_key

__all__ = ["ALL", "Asked", "Key", "asked_of", "differences_of", "key_of", "value_key"]
