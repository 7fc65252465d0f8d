"""Whether a message carries what its client was called with: nothing cut, lost, escaped twice or moved in time.

A message can be valid and wrong: an offset is dropped, a text is trimmed, a carriage return becomes a line feed.
"""

from __future__ import annotations

import binascii
from typing import TYPE_CHECKING, Any, Final

from .catalog import shipped
from .checking import assert_valid
from .envelope import elements_of
from .errors import ContractViolation, UnknownNameError
from .messages import given_fields, message_of
from .names import BLANKS, XSI_NIL
from .rules import open_case
from .schema import instant_of
from .secrecy import MASK
from .xml import value_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .catalog import Catalog
    from .messages import Message
    from .model import Field
    from .rules import Case
    from .xml import Element

_MOST_SHOWN: Final = 80
_DAY: Final = 86_400
#: Seconds from the first instant of Python's calendar to 1970-01-01.
_EPOCH: Final = 719_162 * _DAY
_TRUTHS: Final = {"true": True, "1": True, "false": False, "0": False}


class Arguments(dict[str, Any]):
    """Python values by the local name of the field; a group of fields is again a mapping, what repeats a list.

    ``operation`` is what they are for, ``service/Operation``. Values of ``hidden`` fields are not in the repr, which
    Hypothesis and pytest print.
    """

    def __init__(self, values: Mapping[str, Any], operation: str, hidden: frozenset[str] = frozenset()) -> None:
        super().__init__(values)
        self.operation = operation
        self.hidden = hidden

    def __repr__(self) -> str:
        return repr({name: MASK if name in self.hidden else value for name, value in self.items()})


def assert_carries(
    body_or_message: bytes | str | Message,
    arguments: Mapping[str, Any],
    *,
    catalog: Catalog | None = None,
    **known: Any,
) -> None:
    """Raise ContractViolation unless the message is valid and each of ``arguments`` stands in it, unchanged.

    ``arguments`` has Python values by the local names of the payload's fields, such as `from_arguments` draws; fields
    that it does not name are not compared, None is an element that is absent or nil. A str must arrive character for
    character, a datetime as the same instant, with a zone exactly if it is aware; numbers, truth values, dates and
    bytes by their value. ``known`` as in `contracts.check`. Values of secret fields are not in the text.

    Raises UnknownNameError for a field that the operation does not have.
    """
    __tracebackhide__ = True
    catalog = catalog or shipped()
    assert_valid(body_or_message, catalog=catalog, **known)
    message = _message(body_or_message, known)
    body_or_message = b""  # pytest may print the arguments of this frame, and secrets are in them
    differences = differences_of(message, arguments, catalog)
    if differences:
        raise ContractViolation(differences)


def differences_of(message: Message, arguments: Mapping[str, Any], catalog: Catalog) -> str:
    """What `assert_carries` complains of in a message that need not be valid; nothing where all have arrived.

    Raises UnknownNameError as that does.
    """
    case = open_case(message, catalog)
    arrived = f"{case.service.name}/{case.operation.name}" if case.service and case.operation else "no operation"
    wanted = getattr(arguments, "operation", None)
    if case.payload is None or case.declaration is None or wanted not in (None, arrived):
        return f"{wanted or 'an operation'} was called, and {arrived} arrived"
    found = list(_differences(case, case.payload, case.declaration, arguments))
    return "\n  ".join([f"{arrived} does not carry its arguments", *found]) if found else ""


def _message(body_or_message: bytes | str | Message, known: dict[str, Any]) -> Message:
    names = ("headers", "status", "method", "url", "request", "service", "kind")
    return message_of(body_or_message)._replace(**given_fields(*(known.get(name) for name in names)))


def _differences(case: Case, element: Element, declaration: Field, arguments: Mapping[str, Any]) -> Iterator[str]:
    fields = {field.name: field for field in declaration.fields}
    for name, argument in arguments.items():
        if name not in fields:
            raise UnknownNameError.of("field", name, list(fields))
        field = fields[name]
        arrived = [
            child
            for child in elements_of(element)
            if child.tag == field.tag and child.get(XSI_NIL) not in ("true", "1")
        ]
        given = list(argument) if isinstance(argument, list | tuple) else [] if argument is None else [argument]
        if len(arrived) != len(given):
            yield f"{name}: {_times(len(given))} given, {_times(len(arrived))} arrived"
            continue
        for child, value in zip(arrived, given, strict=True):
            if field.type is None:
                yield from _differences(case, child, field, value)
            elif (reason := _difference(value_of(child), value, field)) is not None:
                yield f"{name}: {reason}{_shown(case, child, field, value)}"


def _times(count: int) -> str:
    return "none was" if count == 0 else "one was" if count == 1 else f"{count} were"


def _shown(case: Case, element: Element, field: Field, value: object) -> str:
    """Both values, where the field is not secret."""
    if field.name not in case.catalog.public:
        return ""
    given = str(value) if hasattr(value, "isoformat") else repr(value)
    return f": {given[:_MOST_SHOWN]} was given,{case.quote(element, field, value_of(element)) or ' nothing'} arrived"


def _difference(text: str, value: Any, field: Field) -> str | None:
    if isinstance(value, str):
        return None if text == value else _changed(text, value)
    plain = text.strip(BLANKS)
    if isinstance(value, bool):
        return None if _TRUTHS.get(plain) is value else "another truth value arrived"
    if isinstance(value, int):
        return None if _number(plain) == str(value) else "another number arrived"
    if isinstance(value, bytes):
        return None if _bytes(plain, field) == value else "other bytes arrived"
    if hasattr(value, "utcoffset") and hasattr(value, "date"):
        return _moved(plain, value)
    if hasattr(value, "isoformat"):
        return None if plain == value.isoformat() else "another date or time arrived"
    return None if _reads_as(plain, value) else "another number arrived"


def _reads_as(text: str, value: Any) -> bool:
    """Whether ``text`` is the number ``value``, a Decimal or a float, NaN too."""
    try:
        number = type(value)(text)
    except (ArithmeticError, ValueError):
        return False
    return bool(number == value) or str(number) == str(value)


def _changed(text: str, value: str) -> str:
    if len(text) != len(value):
        return f"{len(value)} characters were given, and {len(text)} arrived"
    place = next(place for place, pair in enumerate(zip(text, value, strict=True)) if pair[0] != pair[1])
    return f"character {place + 1} is another one"


def _moved(text: str, value: Any) -> str | None:
    instant = instant_of(text)
    if instant is None:
        return "no dateTime arrived"
    if instant.zoned != (value.utcoffset() is not None):
        return "the zone is lost" if not instant.zoned else "a zone arrived, and none was given"
    local = value.replace(tzinfo=None)
    since = local - local.min
    offset = value.utcoffset().total_seconds() if instant.zoned else 0
    seconds = since.days * _DAY + since.seconds - offset - _EPOCH
    same = (instant.seconds, instant.fraction) == (seconds, f"{value.microsecond:06}".rstrip("0"))
    return None if same else "another instant arrived"


def _number(text: str) -> str:
    """An integer's digits without its spelling; as text, since Python refuses to read thousands of digits."""
    digits = text.lstrip("+-").lstrip("0") or "0"
    return f"-{digits}" if text[:1] == "-" and digits != "0" else digits


def _bytes(text: str, field: Field) -> bytes | None:
    try:
        return bytes.fromhex(text) if field.base == "hexBinary" else binascii.a2b_base64(text)
    except ValueError:
        return None
