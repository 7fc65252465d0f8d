"""Who notices that a schema is not what it was: the quickest first, and the first to notice is named."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from cases import cases, message_of, services, verdict_of
from engines import Xmlschema
from engines.differences import apart
from hypothesis import Phase, given, settings
from lxml import etree

from contracts.catalog import Catalog, load
from contracts.checking import check
from contracts.errors import ContractError
from contracts.mutants import every_mutant_of, every_near_miss_of
from contracts.samples import fault_message
from contracts.samples import message as sample
from contracts.strategies import from_fault, from_request, from_response
from contracts.xml import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from contracts.findings import Verdict
    from contracts.messages import Direction, Message

    from .operators import Mutant

#: Greater ones are about the limits of size, which no schema has a part in.
_LARGEST: Final = 100_000
#: So many messages are drawn of each kind.
_DRAWN: Final = 50
#: Of the rules on bytes and on HTTP, no schema has a part.
_FAMILIES: Final = frozenset({"soap", "schema", "contract", "provider"})


class World(NamedTuple):
    """A mutant in place: its folder, its schemas compiled by libxml2, the catalog that has it for the original.

    The catalog is None where it refuses to read the mutant.
    """

    mutant: Mutant
    folder: Path
    compiled: dict[str, etree.XMLSchema]
    catalog: Catalog | None


#: How the answer begins where nobody but the catalog notices a mutant: no message is known that it would judge wrongly.
BY_CATALOG: Final = "the catalog alone: "


def killer_of(mutant: Mutant, names: Iterable[str], pattern: str) -> str | None:
    """Who of ``names`` notices the mutant, with the case files that match ``pattern``; None where nobody does."""
    with _placed(mutant) as folder:
        try:
            compiled = {part: etree.XMLSchema(file=str(folder / f"{part}.xsd")) for part in ("request", "response")}
        except etree.XMLSchemaParseError:
            return "libxml2: it does not compile"
        refused, catalog = None, None
        try:
            catalog = Catalog([*load(folder), *_others(mutant.service)])
        except ContractError as error:
            refused = f"{BY_CATALOG}{str(error).partition(': ')[2]}"
        world = World(mutant, folder, compiled, catalog)
        return next((found for name in names if (found := KILLERS[name](world, pattern)) is not None), refused)


@contextmanager
def _placed(mutant: Mutant) -> Iterator[Path]:
    """A service folder with the mutant in it."""
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root, mutant.service)
        shutil.copytree(services().service(mutant.service).folder, folder)
        (folder / mutant.file).write_bytes(mutant.text)
        yield folder


def _others(name: str) -> list[object]:
    return [service for service in services() if service.name != name]


def _told(verdict: Verdict) -> tuple[bool, frozenset[str]]:
    return verdict.passed, frozenset(finding.rule for finding in verdict.findings)


class Judged(NamedTuple):
    """A message of which the answer is known: whether `check` passes it, and the rules that it breaks."""

    name: str
    message: Message
    expected: tuple[bool, frozenset[str]]
    service: str | None
    part: str | None
    root: etree._Element | None


def _judged(name: str, message: Message, verdict: Verdict) -> Judged:
    part = {"request": "request", "response": "response", "fault": "response"}.get(verdict.kind)
    return Judged(name, message, _told(verdict), verdict.service, part, parse(message.body).root)


@cache
def _case_files(pattern: str) -> tuple[Judged, ...]:
    """The case files that match ``pattern``; what each must come to is what the tests hold it to."""
    found = [case for case in cases() if case.path.match(pattern) and len(message_of(case).body) <= _LARGEST]
    return tuple(_judged(case.name, message_of(case), verdict_of(case)) for case in found)


@cache
def _mutants(service: str) -> tuple[Judged, ...]:
    """Mutants and near misses of a service's samples, by the rules on what schemas declare."""
    bases = []
    for operation in services().service(service).operations:
        for full in (False, True):
            parts: tuple[Direction, ...] = ("request", "response")
            bases += [sample(services().service(service), operation, part, full=full) for part in parts]
    bases.append(fault_message(services().service(service), operation))
    return tuple(
        _judged(f"{kind} {one.name} of {one.rule}", one.message, check(one.message, catalog=services()))
        for base in bases
        for kind, make in (("mutant", every_mutant_of), ("near miss", every_near_miss_of))
        for one in make(base, catalog=services())
        if one.rule.partition("/")[0] in _FAMILIES and len(one.message.body) <= _LARGEST
    )


@cache
def _drawn(service: str) -> tuple[Judged, ...]:
    """Valid messages of a service, drawn from its schemas: the same in each run."""
    known = services()
    kept: list[Message] = []
    addresses = [f"{service}/{operation.name}" for operation in known.service(service).operations]
    makers = [make(address, catalog=known) for make in (from_request, from_response) for address in addresses]
    for messages in (*makers, from_fault(service, catalog=known)):

        @settings(max_examples=_DRAWN, derandomize=True, database=None, deadline=None, phases=[Phase.generate])
        @given(messages)
        def keep(message: Message) -> None:
            kept.append(message)

        keep()
    return tuple(_judged("a drawn message", message, check(message, catalog=known)) for message in kept)


# ---------------------------------------------------------------------------------------------------------- the killers

#: Names of messages that have noticed something lately: they are asked first.
_AWAKE: Final[dict[str, None]] = {}


def _first(world: World, judged: Iterable[Judged], notices: Callable[[Judged], bool]) -> str | None:
    """The first of the messages that the mutated schemas are for that notices."""
    parts = {"request.xsd": ("request",), "response.xsd": ("response",)}.get(world.mutant.file, (*world.compiled, None))
    for one in sorted(judged, key=lambda one: one.name not in _AWAKE):
        if one.service in (None, world.mutant.service) and one.part in parts and notices(one):
            _AWAKE[one.name] = None
            return one.name
    return None


def _by_check(world: World, judged: Iterable[Judged]) -> str | None:
    """`check` comes to something else than what is known."""
    if world.catalog is None:
        return None
    name = _first(world, judged, lambda one: _told(check(one.message, catalog=world.catalog)) != one.expected)
    return None if name is None else f"check of {name}"


def _by_libxml2(world: World, judged: Iterable[Judged]) -> str | None:
    """The schemas alone say something else in libxml2 than the original ones."""

    def notices(one: Judged) -> bool:
        if not _is_envelope(one):
            return False
        part = str(one.part)
        return _original(world.mutant.service, part).validate(one.root) != world.compiled[part].validate(one.root)

    name = _first(world, judged, notices)
    return None if name is None else f"libxml2 alone with {name}"


def _is_envelope(one: Judged) -> bool:
    """Whether it is known which schema the message is for."""
    return None not in (one.service, one.part, one.root)


@cache
def _original(service: str, part: str) -> etree.XMLSchema:
    return etree.XMLSchema(file=str(Path(services().service(service).folder, f"{part}.xsd")))


def _by_xmlschema(world: World, judged: Iterable[Judged]) -> str | None:
    """The schemas alone say something else in xmlschema, with the table of where it differs from the specification."""
    engine, document = Xmlschema(), world.folder / "document.xml"
    known = {case.name: apart(case, engine) is not None for case in cases()}

    def notices(one: Judged) -> bool:
        if not one.name.startswith("schema/") or not _is_envelope(one):
            return False
        document.write_bytes(one.message.body)
        valid = engine.verdict(world.folder / f"{one.part}.xsd", document) == "valid"
        return valid != (one.expected[0] != known[one.name])

    name = _first(world, judged, notices)
    return None if name is None else f"xmlschema alone with {name}"


#: By name, the quickest first. The pattern is of the case files.
KILLERS: Final[dict[str, Callable[[World, str], str | None]]] = {
    "cases": lambda world, pattern: _by_libxml2(world, _case_files(pattern)) or _by_check(world, _case_files(pattern)),
    "mutants": lambda world, _: (
        _by_libxml2(world, _mutants(world.mutant.service)) or _by_check(world, _mutants(world.mutant.service))
    ),
    "drawn": lambda world, _: (
        _by_libxml2(world, _drawn(world.mutant.service)) or _by_check(world, _drawn(world.mutant.service))
    ),
    "xmlschema": lambda world, pattern: _by_xmlschema(world, _case_files(pattern)),
}
