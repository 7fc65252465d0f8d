"""What provocations make of `contract.toml`: a statement that was a guess becomes an observation, or is put right."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from contracts.model import Service

    from .answers import Answered
    from .provocations import Provoked

#: The key of [sources] that the statements name.
SOURCE: Final = "probe"
_OBSERVED: Final = {"basis": "observed", "source": SOURCE}


class Amendment(NamedTuple):
    """A table of `contract.toml` by its header, such as ``[responses.fault]``, and its whole content."""

    header: str
    content: dict[str, Any]

    @property
    def line(self) -> str:
        """The same in one line."""
        key, pairs = self.header.strip("[]"), ", ".join(self._pairs())
        return f"{key} = [{{ {pairs} }}]" if self.header.startswith("[[") else f"{key} = {{ {pairs} }}"

    def _pairs(self) -> list[str]:
        return [f"{key} = {_written(value)}" for key, value in self.content.items()]

    def __str__(self) -> str:
        return "\n".join([self.header, *self._pairs()])


def amendments_of(provoked: Provoked, service: Service) -> tuple[Amendment, ...]:
    """The tables that ``provoked`` changes; none where a documented or observed statement was confirmed."""
    return (*_consequence(provoked), *amendments_by(provoked.came, service))


def amendments_by(came: Answered, service: Service) -> tuple[Amendment, ...]:
    """The tables that an answer changes by its form alone: the code of its fault, and the status of faults."""
    return (*_fault(came, service), *_statuses(came, service))


def block_of(amendments: Iterable[Amendment], path: str, place: str, date: str) -> str:
    """TOML to be pasted into the contract at ``path``: what was observed at ``place`` on that ``date``, or ""."""
    tables: dict[str, Amendment] = {}
    for amendment in amendments:
        key = amendment.header + str(amendment.content.get("name", ""))
        tables[key] = _joined(tables.get(key, amendment), amendment)
    if not tables:
        return ""
    source = Amendment("[sources]", {SOURCE: f"{place}, probed on {date}"})
    head = f"# For {path}: the key belongs into its [sources], each other table takes the place of the one it has."
    return "\n\n".join([head, str(source), *map(str, tables.values())]) + "\n"


def _joined(one: Amendment, other: Amendment) -> Amendment:
    """The later of two for one table, with the statuses of both."""
    if "statuses" not in other.content:
        return other
    statuses = sorted({*one.content["statuses"], *other.content["statuses"]})
    return other._replace(content={**other.content, "statuses": statuses})


def _consequence(provoked: Provoked) -> Iterator[Amendment]:
    known = provoked.known
    if known is not None and provoked.same and known.ground.basis != "inferred":
        return
    header = f'[consequences."{provoked.provocation.rule}"]'
    if known is not None and provoked.same:
        yield Amendment(header, {"text": known.text, **dict(known.by_type), **_OBSERVED})
    else:
        yield Amendment(header, {"text": f"answers {provoked.came}", **_OBSERVED})


def _fault(came: Answered, service: Service) -> Iterator[Amendment]:
    """The [[faults]] of an answer that has a name: its code was guessed, or is another one, or none was known."""
    name, code = came.fault, came.code.removeprefix("soap:")
    if name in ("", "Fault") or not code or " " in code or "*" in code:
        return
    known = next((fault for fault in service.faults if fault.name == name), None)
    if known is None or known.code != code or known.ground.basis == "inferred":
        yield Amendment("[[faults]]", {"name": name, "code": code, **_OBSERVED})


def _statuses(came: Answered, service: Service) -> Iterator[Amendment]:
    if came.fault and came.status not in service.fault_statuses:
        statuses = sorted({*service.fault_statuses, came.status})
        yield Amendment("[responses.fault]", {"statuses": statuses, **_OBSERVED})


def _written(value: str | Sequence[int]) -> str:
    """A value as TOML: JSON's strings are TOML's too, but for DEL, which TOML wants escaped."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
