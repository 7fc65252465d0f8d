"""Many clients at once, on our stub and on what others answer with: `python benchmarks/load.py`.

Nothing may be lost or mixed, and the stub's memory stays flat once its journal is full: where that does not hold, the
exit code is 1. It says nothing about the rates.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import platform
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from clients import Load, numbering, remembering, repeating
from hosting import MOUNTEBANK, Hosted, UnavailableError, httpserver, mountebank, python
from servers import canned

from contracts.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence
    from contextlib import AbstractContextManager

    from clients import Asked, Tally

_EXAMPLE: Final = """\
example, short and of our stub alone:
  python benchmarks/load.py --clients 5 --seconds 2 --keep 100 --only stub
"""
_MEGABYTE: Final = 1_000_000
#: Bytes that the stub may grow by once its journal is full, however many exchanges come, until its heap has settled:
#: each exchange that is kept has thousands.
_FLAT: Final = 2_000_000
#: From this part of one core's time on, the clients and not the server may be what limits the rate.
_BUSY: Final = 0.85
_TITLES: Final = (
    *("server", "requests/s", "stub is", "samples are", "p50", "p99", "CPU", "lost", "mixed", "counted"),
    *("memory", "growth", "clients"),
)


class Subject(NamedTuple):
    """A server to be loaded: how it starts, what its clients say, and the words for the table."""

    name: str
    about: str
    host: Callable[[Path, int], AbstractContextManager[Hosted]]
    dialogue: Callable[[int], Generator[Asked, bytes, None]]


class Result(NamedTuple):
    """What came of one server: ``facts`` is what it has counted itself, ``work`` its CPU seconds in each turn."""

    subject: Subject
    tally: Tally
    facts: dict[str, Any]
    work: list[float]

    @property
    def rate(self) -> float:
        """Answers a second, in the best of all turns."""
        return max(turn.answers / turn.elapsed for turn in self.tally.turns)

    @property
    def busy(self) -> float:
        """The part of the time that the clients worked, at the most."""
        return max(turn.busy for turn in self.tally.turns)

    @property
    def cost(self) -> float | None:
        """The server's CPU time for an answer in seconds, the least of all turns; None where nobody tells."""
        turns = zip(self.work, self.tally.turns, strict=False)
        return min((work / turn.answers for work, turn in turns if turn.answers), default=None)

    @property
    def whole(self) -> bool:
        """Whether each request was answered once, with what is its own, counted once, and found right."""
        tally, facts = self.tally, self.facts
        right = not (tally.lost or tally.mixed or facts.get("failed"))
        return right and tally.sent == len(tally.seconds) == facts["count"]


class Growth(NamedTuple):
    """The server's memory once ``answers`` were given, at the end, and the difference for each answer in between."""

    answers: int
    full: int
    end: int
    each: float


def _python(name: str) -> Callable[[Path, int], AbstractContextManager[Hosted]]:
    return lambda _folder, keep: python("servers.py", name, str(keep))


def _httpserver(_folder: Path, _keep: int) -> AbstractContextManager[Hosted]:
    return httpserver()


def _mountebank(folder: Path, _keep: int) -> AbstractContextManager[Hosted]:
    return mountebank(folder, canned())


_SUBJECTS: Final = (
    Subject("stub", "our stub, each request judged, sessions and synchronizations kept", _python("stub"), remembering),
    Subject("samples", "our stub in the state 'sample answers', each request judged", _python("samples"), numbering),
    Subject("pytest-httpserver", "one canned answer", _httpserver, repeating),
    Subject("mountebank", "one canned answer", _mountebank, repeating),
    Subject(
        "bare", "one canned answer from next to nothing: what the clients can do at all", _python("bare"), repeating
    ),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print the table."""
    given = _given(arguments)
    chosen = [subject for subject in _SUBJECTS if subject.name in (given.only or [one.name for one in _SUBJECTS])]
    with _folder(given.mountebank) as folder:
        results, missing = asyncio.run(_measured(chosen, folder, given))
    print(_table(results, given.keep))
    for subject in chosen:
        print(f"{subject.name}: {subject.about}")
    for line in [*missing, *(line for result in results for line in _notes(result, given.keep))]:
        print(line)
    whole = all(result.whole for result in results)
    ours = [result for result in results if result.subject.name in ("stub", "samples")]
    flat = [_is_flat(result.tally, given.keep) for result in ours]
    print(f"nothing lost, mixed or miscounted: {_yes(whole)}")
    if ours:
        told = "it was not full for long enough" if None in flat else _yes(all(flat))
        print(f"memory of our stub flat once its journal is full: {told}")
    print("; ".join(f"{name} {number}" for name, number in _versions().items()))
    return 0 if whole and False not in flat else 1


def _given(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=_EXAMPLE, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clients", type=int, default=50, help="clients at once (default: 50)")
    parser.add_argument("--seconds", type=float, default=10, help="how long they ask each server (default: 10)")
    parser.add_argument("--turns", type=int, default=5, help="in how many turns, each server in turn (default: 5)")
    parser.add_argument("--keep", type=int, default=1000, help="exchanges that our stub keeps (default: 1000)")
    names = [subject.name for subject in _SUBJECTS]
    parser.add_argument("--only", action="append", choices=names, help="load this server only (repeatable)")
    parser.add_argument(
        "--mountebank", metavar="DIR", help="where npm puts mountebank or has put it (default: nowhere)"
    )
    return parser.parse_args(arguments)


@contextlib.contextmanager
def _folder(known: str | None) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(known or folder).resolve()


async def _measured(chosen: list[Subject], folder: Path, given: argparse.Namespace) -> tuple[list[Result], list[str]]:
    """What came of each, all taking turns, and why some did not."""
    missing: list[str] = []
    running: list[tuple[Subject, Hosted, Load, list[float]]] = []
    with contextlib.ExitStack() as stack:
        for subject in chosen:
            try:
                hosted = stack.enter_context(subject.host(folder, given.keep))
            except UnavailableError as error:
                missing.append(f"{subject.name}: not measured, {error}")
                continue
            dialogues = [subject.dialogue(number) for number in range(1, given.clients + 1)]
            running.append((subject, hosted, Load(hosted.port, dialogues, hosted.memory), []))
        for turn in range(given.turns):
            for subject, hosted, load, work in running:
                print(f"measuring: {subject.name}, {turn + 1} of {given.turns}", file=sys.stderr, flush=True)
                await _take(load, hosted, given.seconds / given.turns, work)
        return [Result(subject, load.tally, hosted.end(), work) for subject, hosted, load, work in running], missing


async def _take(load: Load, hosted: Hosted, seconds: float, work: list[float]) -> None:
    """One turn, whose CPU time becomes a part of ``work`` where it is told."""
    before = hosted.work()
    await load.turn(seconds)
    after = hosted.work()
    if before is not None and after is not None:
        work.append(after - before)


def _growth(tally: Tally, keep: int) -> Growth | None:
    """From the first look at the memory after ``keep`` answers on; None where there are not two."""
    looks = [look for look in tally.memory if look[0] >= keep]
    if len(looks) < 2 or looks[-1][0] == looks[0][0]:
        return None
    (first, full), (last, end) = looks[0], looks[-1]
    return Growth(first, full, end, (end - full) / (last - first))


def _is_flat(tally: Tally, keep: int) -> bool | None:
    growth = _growth(tally, keep)
    return None if growth is None else growth.end - growth.full < _FLAT


def _notes(result: Result, keep: int) -> Iterator[str]:
    name, tally, facts = result.subject.name, result.tally, result.facts
    growth = _growth(tally, keep)
    if not tally.memory:
        yield f"{name}: nobody tells its memory here"
    elif growth is not None:
        sizes = f"{growth.full / _MEGABYTE:.1f} MB after {growth.answers:,} answers, {growth.end / _MEGABYTE:.1f} MB"
        yield f"{name}: memory {sizes} at the end, after {len(tally.seconds):,}"
    if tally.opened > 2 * len(tally.seconds) / 3:
        yield f"{name}: closes the connection after each answer, so {tally.opened:,} were opened"
    if facts.get("failed"):
        yield f"{name}: {facts['failed']} exchanges have failed"
    if result.busy > _BUSY:
        yield f"{name}: the clients were at work for {result.busy:.0%} of the time, so the server may be faster than this"


def _table(results: list[Result], keep: int) -> str:
    """The rows as Markdown, for README.md, which a terminal shows as well."""
    rates = {result.subject.name: result.rate for result in results}
    rows = [_TITLES, *(_row(result, rates, keep) for result in results)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    rule = ("-" * widths[0], *(f"{'-' * (width - 1)}:" for width in widths[1:]))
    lines = [rows[0], rule, *rows[1:]]
    return "\n".join(
        f"| {' | '.join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])])} |" for line in lines
    )


def _row(result: Result, rates: dict[str, float], keep: int) -> tuple[str, ...]:
    tally = result.tally
    beside = [f"{rates[name] / result.rate:.2f}x" if name in rates else "-" for name in ("stub", "samples")]
    latencies = [f"{_quantile(tally.seconds, part) * 1e3:.1f} ms" for part in (0.5, 0.99)]
    growth = _growth(tally, keep)
    memory = f"{tally.memory[-1][1] / _MEGABYTE:.1f} MB" if tally.memory else "-"
    counted = "all" if result.facts["count"] == tally.sent else f"{result.facts['count']} of {tally.sent}"
    each = "-" if growth is None else f"{growth.each:+.1f} B"
    work = "-" if result.cost is None else f"{result.cost * 1e6:.0f} µs"
    figures = (work, str(tally.lost), str(tally.mixed), counted, memory, each, f"{result.busy:.0%}")
    return (result.subject.name, f"{result.rate:,.0f}", *beside, *latencies, *figures)


def _quantile(seconds: list[float], part: float) -> float:
    return sorted(seconds)[min(len(seconds) - 1, int(len(seconds) * part))] if seconds else 0.0


def _versions() -> dict[str, str]:
    node = ""
    with contextlib.suppress(OSError):
        node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout.strip()
    return {
        "soap-contracts": VERSION,
        "Python": platform.python_version(),
        **{name: _version(name) for name in ("uvicorn", "h11", "lxml", "pytest-httpserver", "werkzeug")},
        "mountebank": f"{MOUNTEBANK} on Node.js {node.removeprefix('v')}" if node else "not here",
        "on": f"{platform.system()} {platform.machine()}",
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not here"


def _yes(holds: bool) -> str:  # noqa: FBT001 - a fact to be put into a word
    return "yes" if holds else "no"


if __name__ == "__main__":
    sys.exit(main())
