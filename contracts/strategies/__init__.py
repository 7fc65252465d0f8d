"""Hypothesis strategies, made from a service's schemas: values, whole messages, arguments, mutants and respellings.

>>> from hypothesis import given
>>> from contracts.strategies import from_arguments
>>> @given(from_arguments("ongoing/SetTimeOfLastSync"))
... def test_every_value_arrives(arguments): ...

Operations are written ``service/Operation``; ``catalog`` is what `contracts.load` gives for services of your own.
"""

try:
    import hypothesis  # noqa: F401 - only to know that it is there
    import xmlschema  # noqa: F401 - likewise
except ModuleNotFoundError as missing:
    raise ModuleNotFoundError(
        f"contracts.strategies needs {missing.name}: pip install 'soap-contracts[fuzz]'", name=missing.name
    ) from None

from contracts.mutants import Mutant

from .calls import from_arguments
from .classes import classes_of, labels_of
from .derived import mutants_of, respellings_of
from .messages import from_fault, from_field, from_request, from_response
from .values import Value, from_type

__all__ = [
    "Mutant",
    "Value",
    "classes_of",
    "from_arguments",
    "from_fault",
    "from_field",
    "from_request",
    "from_response",
    "from_type",
    "labels_of",
    "mutants_of",
    "respellings_of",
]
