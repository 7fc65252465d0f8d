"""Measure what a verdict costs, beside the same work in bare lxml: `python benchmarks/run.py`.

Every ratio comes from one run in which both sides take turns; the least of several repeats counts. The exit code says
nothing about the figures: a slow machine is not a broken build.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from messages import http_form, samples, traffic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from messages import Sample

_HERE: Final = Path(__file__).resolve().parent
_ROOT: Final = _HERE.parent
#: What the installed script `soap-contracts` does.
_COMMAND: Final = "import sys; from contracts.cli import main; sys.exit(main())"
_HEAVY: Final = ("xmlschema", "hypothesis", "vcr", "pytest", "uvicorn")
_LOADED: Final = f"""
import sys
from contracts.cli import main
main()
sys.exit(", ".join(sorted(set({_HEAVY}) & set(sys.modules))) or None)
"""
_MEGABYTE: Final = 1_000_000
#: The unit of ru_maxrss.
_RSS_UNIT: Final = 1 if sys.platform == "darwin" else 1024


class Row(NamedTuple):
    """A line of the table."""

    work: str
    ours: str
    peer: str
    ratio: str
    target: str
    holds: str


class Usage(NamedTuple):
    """What a child process took: CPU time, user and system together, in seconds, and its peak memory in bytes."""

    seconds: float
    memory: int


class Bench:
    """Starts Python on this checkout, whatever is installed; ``place`` is a folder for files.

    Bytecode is cached in that folder, as an installation would have it, and never beside the sources.
    """

    def __init__(self, place: Path) -> None:
        self.place = place
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        self._environment = {
            **kept,
            "PYTHONPATH": str(_ROOT),
            "PYTHONPYCACHEPREFIX": str(place / "bytecode"),
            # What else is installed is not measured.
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTEST_ADDOPTS": "",
        }

    def spent(self, expected: int, *arguments: str | Path, output: str | Path = os.devnull) -> Usage:
        """What Python took with ``arguments``, which must end with the exit code ``expected``.

        The process that starts it stays small and imports nothing heavy, because Linux counts what a parent had in
        memory at the moment of the start towards the peak of its child.
        """
        with Path(output).open("wb") as sink:
            child = subprocess.Popen([sys.executable, *map(str, arguments)], stdout=sink, env=self._environment)
            _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != expected:
            raise SystemExit(f"{arguments} ended with {child.returncode}, not {expected}")
        return Usage(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * _RSS_UNIT)

    def answer(self, script: str, *arguments: str) -> Any:
        """What a script beside this one prints."""
        command = [sys.executable, str(_HERE / script), *arguments]
        found = subprocess.run(command, stdout=subprocess.PIPE, env=self._environment, check=True)
        return json.loads(found.stdout)

    def complaint(self, *arguments: str | Path) -> str:
        """What Python says on standard error."""
        command = [sys.executable, *map(str, arguments)]
        found = subprocess.run(command, capture_output=True, text=True, env=self._environment, check=False)
        return found.stderr.strip()


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=100, help="turns of a warm measurement (default: 100)")
    parser.add_argument("--starts", type=int, default=20, help="turns of a cold one (default: 20)")
    parser.add_argument("--files", type=int, default=20_000, help="files in the folder, at least 5 (default: 20000)")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        _say("warm, in one process")
        warm = bench.answer("warm.py", "messages", str(given.rounds))
        rows = [_warm_row(row) for row in warm["rows"]]
        _say("drawing messages")
        rows.append(_drawing_row(bench, max(1, given.rounds // 20)))
        _say("cold, one process a message")
        rows += _cold_rows(bench, given.starts)
        _say("pytest, with the plugin and without")
        rows.append(_plugin_row(bench, given.starts))
        _say(f"a folder of {given.files:,} files")
        rows += _folder_rows(bench, given.files)
        sys.stdout.write(_table(rows))
        _report_imports(bench)
    print("; ".join(f"{name} {version}" for name, version in warm["versions"].items()))


def _warm_row(row: dict[str, Any]) -> Row:
    target = 20 if row["findings"] else 3
    faults = f"{row['findings']} findings" if row["findings"] > 1 else "1 finding" if row["findings"] else "valid"
    work = f"check(bytes), {row['service']}, {faults}, {row['body']} bytes"
    return _ratio_row(work, row["ours"], row["peer"], target, "µs")


def _drawing_row(bench: Bench, rounds: int) -> Row:
    drawn = bench.answer("drawing.py", str(rounds))
    work = "from_request(ongoing/SetTimeOfLastSync) / five hand-written strategies"
    return _ratio_row(work, drawn["ours"], drawn["peer"], 3, "µs")


def _cold_rows(bench: Bench, turns: int) -> list[Row]:
    rows = []
    for sample in samples()[:2]:
        for suffix, data in ((".xml", sample.body), (".http", http_form(sample))):
            path = bench.place / f"{sample.name}{suffix}"
            path.write_bytes(data)
            ours, peer = _cold(bench, sample, path, turns)
            work = f"soap-contracts check one{suffix}, cold, {sample.service}"
            rows.append(_ratio_row(work, ours * 1e3, peer * 1e3, 2.5, "ms"))
    return rows


def _cold(bench: Bench, sample: Sample, path: Path, turns: int) -> tuple[float, float]:
    """The least CPU time of our command and of the bare script, in seconds."""
    schema = _ROOT / "xsd" / sample.service / "request.xsd"
    ours, peer = [], []
    for _ in range(turns):
        ours.append(bench.spent(0, "-c", _COMMAND, "check", path).seconds)
        peer.append(bench.spent(0, _HERE / "bare.py", schema, path).seconds)
    return min(ours), min(peer)


def _plugin_row(bench: Bench, turns: int) -> Row:
    """What the plugin costs in a project that does not use it: one test that passes."""
    folder = bench.place / "project"
    folder.mkdir()
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "test_it.py").write_text("def test_it(): pass\n")
    command = ("-m", "pytest", "-p", "no:cacheprovider", folder)
    ours, peer = [], []
    for _ in range(turns):
        ours.append(bench.spent(0, *command, "-p", "pytest_soap_contracts").seconds)
        peer.append(bench.spent(0, *command).seconds)
    work = "pytest, one test, with the plugin, unused / without it"
    return _ratio_row(work, min(ours) * 1e3, min(peer) * 1e3, 1.05, "ms")


def _folder_rows(bench: Bench, count: int) -> list[Row]:
    folder, one = _captured(bench.place, count)
    many, single, alone = [], [], []
    for _ in range(3):
        many.append(bench.spent(1, "-c", _COMMAND, "check", folder, output=bench.place / "report.txt"))
        single.append(bench.spent(0, "-c", _COMMAND, "check", one))
        alone.append(bench.answer("warm.py", "folder", str(folder)))
    if any(answer["messages"] != count for answer in alone):
        raise SystemExit("not every file was read")
    work = f"folder of {count:,} .http, text report"
    peak, start = max(usage.memory for usage in many), min(usage.memory for usage in single)
    rate, bare = count / min(usage.seconds for usage in many), count / min(answer["seconds"] for answer in alone)
    return [_memory_row(f"{work}: peak memory against one file", peak, start), _rate_row(work, rate, bare)]


def _captured(place: Path, count: int) -> tuple[Path, Path]:
    """A folder of raw requests, and one alone. It is flat, which is the hardest for memory: it is listed and sorted."""
    folder, one = place / "captured", place / "one.http"
    folder.mkdir()
    for number, data in enumerate(traffic(count)):
        (folder / f"{number:06}.http").write_bytes(data)
    one.write_bytes(next(traffic(1)))
    return folder, one


def _memory_row(work: str, peak: int, start: int) -> Row:
    growth = (peak - start) / _MEGABYTE
    figures = f"{peak / _MEGABYTE:.1f} MB", f"{start / _MEGABYTE:.1f} MB", f"{growth:+.1f} MB"
    return Row(work, *figures, "<= 60 MB", _yes(growth <= 60))


def _rate_row(work: str, rate: float, bare: float) -> Row:
    figures = f"{rate:,.0f}/s", f"{bare:,.0f}/s", f"{rate / bare:.2f}x"
    return Row(f"{work}: rate against check() alone", *figures, ">= 0.5x", _yes(rate >= bare / 2))


def _ratio_row(work: str, ours: float, peer: float, target: float, unit: str) -> Row:
    ratio = ours / peer
    return Row(
        work, f"{ours:.1f} {unit}", f"{peer:.1f} {unit}", f"{ratio:.2f}x", f"<= {target:g}x", _yes(ratio <= target)
    )


def _yes(holds: bool) -> str:  # noqa: FBT001 - a fact to be put into a word
    return "yes" if holds else "no"


def _report_imports(bench: Bench) -> None:
    loaded = bench.complaint("-c", _LOADED, "check", bench.place / f"{samples()[0].name}.http")
    print(f"\na plain check imports none of {', '.join(_HEAVY)}: {f'no, it imports {loaded}' if loaded else 'yes'}")


def _table(rows: list[Row]) -> str:
    """The rows as Markdown, for README.md, which a terminal shows as well."""
    titles = Row("work", "ours", "peer", "ratio", "target", "holds?")
    widths = [max(map(len, column)) for column in zip(titles, *rows, strict=True)]
    rule = Row("-" * widths[0], *(f"{'-' * (width - 1)}:" for width in widths[1:]))
    return "".join(f"{_line(row, widths)}\n" for row in (titles, rule, *rows))


def _line(row: Row, widths: list[int]) -> str:
    work, *figures = row
    return f"| {' | '.join([work.ljust(widths[0]), *map(str.rjust, figures, widths[1:])])} |"


def _say(text: str) -> None:
    print(f"measuring: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
