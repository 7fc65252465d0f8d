"""A value in an archive, and where it stands. What is missing is None, a wrong type is an error."""

from __future__ import annotations

from typing import Final, NamedTuple

from contracts.errors import ReadError

_KINDS: Final = {
    dict: "an object",
    list: "a list",
    str: "text",
    bytes: "binary data",
    bool: "true or false",
    int: "a number",
    float: "a number",
}


class Twice:
    """Stands for the value of a key that an object has twice: nobody can tell which of the two is meant."""


class Node(NamedTuple):
    """One value of parsed JSON or YAML and its path, such as ``log.entries[3].request``."""

    value: object
    path: str

    def member(self, name: str) -> Node:
        """The member of that name; a Node of None where it, or this object, is missing. Raises ReadError."""
        found = None if self.value is None else self.mapping().get(name)
        return Node(found, f"{self.path}.{name}" if self.path else name)

    def mapping(self) -> dict[str, object]:
        """The object itself, {} where it is missing. Raises ReadError."""
        if self.value is None:
            return {}
        if isinstance(self.value, dict):
            return self.value
        raise self.misfit("an object")

    def elements(self) -> list[Node]:
        """The elements of a list, none where it is missing. Raises ReadError."""
        if self.value is None:
            return []
        if isinstance(self.value, list):
            return [Node(value, f"{self.path}[{number}]") for number, value in enumerate(self.value)]
        raise self.misfit("a list")

    def text(self) -> str | None:
        """The text itself, None where it is missing. Raises ReadError."""
        if self.value is None or isinstance(self.value, str):
            return self.value
        raise self.misfit("text")

    def number(self) -> int | None:
        """The whole number itself, None where it is missing. Raises ReadError."""
        if self.value is None or (isinstance(self.value, int) and not isinstance(self.value, bool)):
            return self.value
        raise self.misfit("a whole number")

    def misfit(self, wanted: str) -> ReadError:
        """The error for a value of another type; it quotes no value."""
        if isinstance(self.value, Twice):
            return self.error("stands there twice")
        found = "nothing" if self.value is None else _KINDS.get(type(self.value), "something else")
        return self.error(f"{found} stands where {wanted} belongs")

    def error(self, what: str) -> ReadError:
        """The error at this place. ``what`` quotes nothing of a body, where secrets may stand."""
        return ReadError(f"{self.path}: {what}" if self.path else what)
