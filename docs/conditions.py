"""Write `docs/conditions.md` from runs of the probes in `docs/probes/`: `python docs/conditions.py`.

The column of a client that is not installed stays as it stands on the page. With ``--check`` nothing is written, and
the exit code is 1 when the page is not what it should be; versions, which differ from machine to machine, are not
compared.
"""  # noqa: INP001 - a script beside the page that it writes

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

FOLDER: Final = Path(__file__).resolve().parent
# The page is about this checkout, whatever is installed.
sys.path[:0] = [str(FOLDER.parent), str(FOLDER), str(FOLDER / "probes")]

from clients import CLIENTS, Client, version_of  # noqa: E402
from outcomes import groups_of, outcome_of  # noqa: E402
from wire import Seen, look, told  # noqa: E402

from contracts import samples  # noqa: E402
from contracts.catalog import load  # noqa: E402
from contracts.conditions import INJECTIONS, ConductError, Injection, injections_for  # noqa: E402
from contracts.driving import drive  # noqa: E402
from contracts.providers import behaviour_of  # noqa: E402
from contracts.server import Stub  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
PAGE: Final = "conditions.md"
_INTRODUCTION: Final = """\
# Conditions

What the stub can inject (`soap-contracts list conditions`, [the stub](stub.md)), what a client of sockets alone sees of
it on the wire, and what clients of several languages make of it, with their defaults and a timeout of five seconds.
**Bold** is what a sound client does not do.

Each injection meets one EndSynchronization, or one GetTimeOfLastSync where it is of Ongoing WMS, in a known state of the
service; the clients run in a time zone seven hours west of UTC. What they return is compared with what is on the wire:
times as moments to the millisecond, numbers by all their digits."""
_TITLES: Final = ("injection", "what it is", "a sound client", "on the wire")
_ZONE: Final = "America/Phoenix"
_CLIENT_TITLES: Final = ("client", "version", "probe")
#: What a client does with an answer that meets no injection.
PLAIN: Final = ("the same values",)
_PARTITION, _SESSION = "123", "placeholder"
_PLACES: Final = {"luminate": "EndSynchronization", "ongoing": "GetTimeOfLastSync"}
#: What an injection needs to be told, and where its own pauses would make the page slow.
_PARAMETERS: Final[dict[str, dict[str, object]]] = {
    "slow headers": {"seconds": 0.1},
}


class Probe(NamedTuple):
    """A client in `docs/probes/`: its title, its file, what follows the plan, and the example of its library."""

    title: str
    file: str
    arguments: tuple[str, ...]
    client: Client


_BY_FILE: Final = {client.file: client for client in CLIENTS}
PROBES: Final = (
    Probe("zeep", "zeep_probe.py", (), _BY_FILE["zeep_client.py"]),
    Probe("suds", "suds_probe.py", (), _BY_FILE["suds_client.py"]),
    Probe("requests, lxml", "requests_probe.py", ("lxml",), _BY_FILE["requests_client.py"]),
    Probe("requests, ElementTree", "requests_probe.py", ("ElementTree",), _BY_FILE["requests_client.py"]),
    Probe("Node.js `soap`", "soap_probe.js", (), _BY_FILE["node/soap_client.js"]),
    Probe("PHP SoapClient", "soap_probe.php", (), _BY_FILE["php/soap_client.php"]),
)


class Step(NamedTuple):
    """One injection, at the service that it meets."""

    service: str
    injection: Injection

    @property
    def name(self) -> str:
        """What the row of it is called; faults by the service whose they are."""
        own = self.injection.name not in {one.name for one in INJECTIONS.values()}
        return f"{self.service}: {self.injection.name}" if own else self.injection.name

    @property
    def operation(self) -> str:
        """The operation that is called."""
        return _PLACES[self.service]

    @property
    def parameters(self) -> dict[str, object]:
        """What the injection is told."""
        return _PARAMETERS.get(self.injection.name, {})


def steps() -> list[Step]:
    """Every injection once, at the first service that has an answer which it suits."""
    catalog = load()
    found = {}
    for service in catalog:
        for one in injections_for(behaviour_of(service)).values():
            step = Step(service.name, one)
            if one.suits(catalog.operation(f"{step.service}/{step.operation}")[1]):
                found.setdefault(step.name, step)
    known = [one.name for one in INJECTIONS.values()]
    return sorted(found.values(), key=lambda step: known.index(step.name) if step.name in known else len(known))


def asks_of(service: str, step: Step | None) -> list[tuple[str, dict[str, Any]]]:
    """What is asked of the control endpoint before a call of ``service`` that is to meet ``step``, None for nothing."""
    partition = {"partition": int(_PARTITION)}
    states: list[tuple[str, dict[str, object]]] = []
    if service == "luminate":
        states = [
            ("clock at", {"time": "2024-05-01T12:00:00Z"}),
            ("last sync was", {**partition, "start": "2024-04-30T08:00:00Z"}),
            ("session", {"id": _SESSION}),
            ("active synchronization", partition),
        ]
    asked = [("given", {"service": service, "name": name, "parameters": given}) for name, given in states]
    if step is not None:
        wanted = {"name": step.injection.name, "operation": step.operation, "parameters": step.parameters}
        asked.append(("inject", {"service": service, **wanted}))
    return [("reset", {}), *asked]


def seen_on_the_wire(stub: Stub, service: str, step: Step | None) -> Seen:
    """What a client of sockets alone sees of ``step``, None for an answer without any, from a stub that is entered."""
    for act, fields in asks_of(service, step):
        if act == "reset":
            stub.conditions.reset()
        elif act == "given":
            stub.conditions.given(**fields)
        else:
            stub.conditions.inject(**fields, times=1)
    return look_again(stub, service)


def look_again(stub: Stub, service: str) -> Seen:
    """What a client of sockets alone sees of one more call."""
    known, operation = load().operation(f"{service}/{_PLACES[service]}")
    body = samples.smallest(known, operation, "request", {"PartitionId": _PARTITION, "SessionId": _SESSION})
    return look(stub.endpoint(service), samples.request_headers(operation), body)


def wire_cells(wanted: Sequence[Step]) -> list[str]:
    """What was seen of each of ``wanted``, in words."""
    with Stub(load()) as stub:
        plain = {service: seen_on_the_wire(stub, service, None) for service in _PLACES}
        return [told(seen_on_the_wire(stub, step.service, step), plain[step.service]) for step in wanted]


def outcomes_of(probe: Probe, wanted: Sequence[Step]) -> list[str]:
    """What the client of ``probe`` makes of each of ``wanted``. Raises RuntimeError where it fails by itself."""
    plans = [None, *wanted]
    services = ["luminate" if step is None else step.service for step in plans]
    plan = [{"service": service, "asks": asks_of(service, step)} for service, step in zip(services, plans, strict=True)]
    command = [probe.client.program, str(FOLDER / "probes" / probe.file), json.dumps(plan), *probe.arguments]
    with tempfile.TemporaryFile() as output:
        with _elsewhere():
            result = drive(command, Stub(load()), timeout=120, stdout=output.fileno())
        output.seek(0)
        lines = [json.loads(line) for line in output]
    broken = [failure for failure in result.failures if not isinstance(failure, ConductError)]
    if result.exit_code or result.timed_out or broken or len(lines) != len(plans):
        raise RuntimeError(
            f"{probe.file} ended with exit code {result.exit_code} after {len(lines)} calls {broken or ''}"
        )
    groups = groups_of(result.exchanges, len(plans))
    first, *cells = [
        outcome_of(PLAIN if step is None else step.injection.expected, line, group, result.failures)
        for step, line, group in zip(plans, lines, groups, strict=True)
    ]
    if first != PLAIN[0]:
        raise RuntimeError(f"{probe.file} reads the plain answer as: {first}")
    return cells


def page(rows: Sequence[Sequence[str]], probes: Sequence[Probe], versions: dict[str, str]) -> str:
    """The text of `docs/conditions.md`."""
    clients = [[one.title, versions.get(one.title, ""), f"[{one.file}](probes/{one.file})"] for one in probes]
    titles = [*_TITLES, *(probe.title for probe in probes)]
    return "\n".join([_INTRODUCTION, "", *_table(_CLIENT_TITLES, clients), "", *_table(titles, rows), ""])


def columns_on(text: str) -> dict[str, dict[str, str]]:
    """The cells of the page by title of their column and first cell of their row; of both tables."""
    found: dict[str, dict[str, str]] = {}
    titles: list[str] = []
    for line in text.splitlines():
        cells = re.split(r" (?<!\\)\| ", line.strip().removeprefix("| ").removesuffix(" |"))
        if not line.startswith("| "):
            titles = []
        elif not titles:
            titles = cells
        elif cells[0] != "---":
            for title, cell in zip(titles, cells, strict=False):
                found.setdefault(title, {})[cells[0]] = cell
    return found


def main(
    arguments: Sequence[str] | None = None,
    folder: Path = FOLDER,
    probes: Sequence[Probe] = PROBES,
    wanted: Sequence[Step] | None = None,
) -> int:
    """Run those of ``probes`` that are installed, and write the page in ``folder`` or check it; the exit code.

    ``wanted`` are its rows, all of `steps` for None.
    """
    parser = argparse.ArgumentParser(description=f"Write docs/{PAGE} from runs of the probes in docs/probes/.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 when the page is stale")
    checked = parser.parse_args(arguments).check
    path = folder / PAGE
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    known, wanted = columns_on(text), steps() if wanted is None else wanted
    columns = [_column(probe, wanted, known.get(probe.title, {})) for probe in probes]
    versions = {probe.title: version_of(probe.client) or "" for probe in probes}
    kept = known.get("version", {})
    versions |= {title: kept.get(title, own) for title, own in versions.items() if checked or not own}
    rows = [
        [f"`{step.name}`", _about(step), step.injection.expectation, cell, *rest]
        for step, cell, *rest in zip(wanted, wire_cells(wanted), *columns, strict=True)
    ]
    made = page(rows, probes, versions)
    if not checked:
        path.write_bytes(made.encode())
    elif text != made:
        sys.stderr.write(f"{path.name} is stale: run python docs/conditions.py\n")
        return 1
    return 0


def _column(probe: Probe, wanted: Sequence[Step], known: dict[str, str]) -> list[str]:
    if version_of(probe.client) is not None:
        return outcomes_of(probe, wanted)
    sys.stderr.write(f"not installed: {probe.title}. It needs {probe.client.needs}\n")
    return [known.get(f"`{step.name}`", "") for step in wanted]


def _about(step: Step) -> str:
    given = ", ".join(f"{name} {value}" for name, value in step.parameters.items())
    return step.injection.about + (f" Here: {given}." if given else "")


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [titles, ["---"] * len(titles), *rows]
    return [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |" for cells in lines]


@contextmanager
def _elsewhere() -> Iterator[None]:
    """The time zone of the clients, so that a time that is read as local is not right by chance."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = _ZONE
    try:
        yield
    finally:
        del os.environ["TZ"]
        if before is not None:
            os.environ["TZ"] = before


if __name__ == "__main__":
    sys.exit(main())
