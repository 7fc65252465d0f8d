"""A message beside the arguments of the call that it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from contracts.catalog import shipped
from contracts.checking import assert_valid
from contracts.envelope import elements_of
from contracts.errors import ContractViolation, UnknownNameError
from contracts.messages import given_fields, message_of
from contracts.names import BLANKS, XSI_NIL
from contracts.rules import open_case
from contracts.xml import value_of

from .compared import DIGITS, a_value, difference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sized

    from contracts.catalog import Catalog
    from contracts.masking import Masked
    from contracts.messages import Message
    from contracts.model import Field
    from contracts.xml import Element

    from .called import Arguments

_MOST_SHOWN: Final = 80


def assert_carries(
    body_or_message: bytes | str | Message,
    arguments: Mapping[str, Any] | Arguments,
    *,
    catalog: Catalog | None = None,
    **known: Any,
) -> None:
    """Raise ContractViolation unless the message is valid and each of ``arguments`` stands in it, unchanged.

    ``arguments`` has Python values by the local names of the payload's fields, such as `from_arguments` draws; fields
    that it does not name are not compared. None is an element that is absent or nil, in a list one that is nil. A str
    must arrive character for character, a datetime as the same instant, with a zone exactly if it is aware; numbers,
    truth values, dates and bytes by their value. For a boolean 1 and 0 are taken as True and False; True and False for
    a number are an error. ``known`` as in `contracts.check`. Values of secret fields are not in the text, wherever they
    have gone.

    Raises UnknownNameError for a field that the operation does not have, and TypeError for a value of another type.
    """
    __tracebackhide__ = True  # pytest would print the arguments of this frame, and of those below
    catalog = taught(catalog or shipped(), arguments)
    assert_valid(body_or_message, catalog=catalog, **known)
    message = _message(body_or_message, known)
    body_or_message = b""  # with --full-trace it does so all the same
    differences = differences_of(message, arguments, catalog)
    if differences:
        raise ContractViolation(differences)


def taught(catalog: Catalog, arguments: Mapping[str, Any] | Arguments) -> Catalog:
    """``catalog``, remembering the secrets in ``arguments``: a client may have written one where anybody sees it.

    Raises TypeError for arguments that are no mapping.
    """
    __tracebackhide__ = True
    if not _is_group(arguments):
        raise TypeError(f"arguments are values by the names of fields, as in a dict, not {a_value(arguments)}")
    catalog = catalog.remembering()
    if catalog.known is not None:
        secrets = [(name, _escaped(text)) for name, text in _secrets_in(arguments, catalog)]
        catalog.known.learn("".join(f"<{name}>{text}</{name}>" for name, text in secrets).encode("utf-8", "replace"))
    return catalog


def _secrets_in(value: Any, catalog: Catalog, name: str = "") -> Iterator[tuple[str, str]]:
    """The secrets in ``value`` with their fields' names; ``name`` is that of the secret field that it stands in."""
    if _is_group(value):
        for key in value:
            yield from _secrets_in(value[key], catalog, key if key in catalog.secrets else name)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _secrets_in(one, catalog, name)
    elif name and value is not None:
        yield name, _spelt(value)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def differences_of(message: Message, arguments: Mapping[str, Any] | Arguments, catalog: Catalog) -> str:
    """What `assert_carries` complains of in a message that need not be valid; nothing where all have arrived.

    Raises UnknownNameError and TypeError as that does.
    """
    __tracebackhide__ = True
    catalog = taught(catalog, arguments)
    case = open_case(message, catalog)
    arrived = f"{case.service.name}/{case.operation.name}" if case.service and case.operation else "no operation"
    wanted = getattr(arguments, "operation", None)
    if case.payload is None or case.declaration is None or wanted not in (None, arrived):
        return f"{wanted or 'an operation'} was called, and {arrived} arrived"
    masked = case.places.masked
    if catalog.known is not None:
        given = catalog.known.found("\n".join(text for _, text in _secrets_in(arguments, catalog)))
        masked = masked._replace(values=tuple(sorted({*masked.values, *given}, key=len, reverse=True)))
    view = _View(catalog.public, masked)
    found = list(_differences(view, case.payload, case.declaration, arguments))
    return "\n  ".join([f"{arrived} does not carry its arguments", *found]) if found else ""


def _message(body_or_message: bytes | str | Message, known: dict[str, Any]) -> Message:
    names = ("headers", "status", "method", "url", "request", "service", "kind")
    return message_of(body_or_message)._replace(**given_fields(*(known.get(name) for name in names)))


class _View(NamedTuple):
    """What may be shown: values of ``public`` fields, without the secrets of the message and of the arguments."""

    public: frozenset[str]
    masked: Masked

    def of(self, text: str, value: object, field: Field) -> str:
        """What was given and what arrived."""
        if field.name not in self.public:
            return ""
        given = self._clean(_spelt(value))
        quoted = f"{'b' * isinstance(value, bytes)}{given!r}" if isinstance(value, str | bytes) else given
        return f": {quoted} was given, {repr(self._clean(text)) if text else 'nothing'} arrived"

    def _clean(self, text: str) -> str:
        text = self.masked.clean(text)
        return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}..."


def _spelt(value: Any) -> str:
    """``value`` as text, however big it is."""
    if isinstance(value, str):
        return str.__str__(value)  # of a member of an Enum str() has the name
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    if isinstance(value, int) and value.bit_length() > DIGITS:
        return f"a number of {value.bit_length()} bits"
    return str(value)


def _is_group(value: object) -> bool:
    """Whether ``**value`` would work."""
    return hasattr(value, "keys") and hasattr(value, "__getitem__") and not isinstance(value, type)


def _differences(
    view: _View, element: Element, declaration: Field, arguments: Mapping[str, Any] | Arguments
) -> Iterator[str]:
    __tracebackhide__ = True
    fields = {field.name: field for field in declaration.fields}
    for name in arguments:
        if name not in fields:
            raise UnknownNameError.of("field", str(name), list(fields))
        field, argument = fields[name], arguments[name]
        arrived = [child for child in elements_of(element) if child.tag == field.tag]
        given = argument if isinstance(argument, list | tuple) else [argument]
        if argument is None:
            given, arrived = [], [child for child in arrived if not _is_nil(child)]
        if len(arrived) != len(given):
            were = f"{_number_of(given)} {'was' if len(given) < 2 else 'were'} given"
            yield f"{name}: {were}, {_number_of(arrived)} arrived"
            continue
        for child, value in zip(arrived, given, strict=True):
            yield from _differences_of_one(view, child, field, value)


def _differences_of_one(view: _View, element: Element, field: Field, value: Any) -> Iterator[str]:
    __tracebackhide__ = True
    if value is None or _is_nil(element):
        if value is not None:
            yield f"{field.name}: nil arrived, and a value was given"
        elif not _is_nil(element):
            yield f"{field.name}: a value arrived, and None was given"
    elif field.type is not None:
        text = value_of(element)
        reason = difference(text, value, field)
        if reason is not None:
            yield f"{field.name}: {reason}{view.of(text, value, field)}"
    elif _is_group(value):
        yield from _differences(view, element, field, value)
    else:
        raise TypeError(f"{field.name} is a group of fields, whose values are given as in a dict, not {a_value(value)}")


def _is_nil(element: Element) -> bool:
    return element.get(XSI_NIL, "").strip(BLANKS) in ("true", "1")


def _number_of(things: Sized) -> str:
    return {0: "none", 1: "one"}.get(len(things), str(len(things)))
