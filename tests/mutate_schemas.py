"""Are the schemas tested? Changes one statement of a shipped schema at a time, and lists who notices each.

Exits with 0 when every mutant is noticed but for those of `schema_mutation/equivalent.toml`, and else with 1.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from schema_mutation.killers import BY_CATALOG, KILLERS, killer_of
from schema_mutation.operators import Mutant, mutants_of, original_of
from tqdm import tqdm

from contracts.resources import data_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

EQUIVALENT: Final = Path(__file__).parent / "schema_mutation" / "equivalent.toml"


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    mutants = [mutant for path in sorted(Path(data_folder("xsd")).glob("*/*.xsd")) for mutant in mutants_of(path)]
    reasons = tomllib.loads(options.equivalent.read_text(encoding="utf-8"))
    chosen = [mutant for mutant in mutants if not options.only or _fits(mutant.name, options.only)]
    problems = [f"equivalent.toml: {name!r} matches no mutant" for name in reasons if not _is_used(name, mutants)]
    if not chosen:
        problems.append(f"no mutant is called {' or '.join(options.only)}")
    problems += _false_alarms({(mutant.service, mutant.file) for mutant in chosen}, options)
    noticed = equivalent = alone = 0
    for mutant, killer in _killed(chosen, options):
        name = next((name for name in reasons if _fits(mutant.name, [name])), None)
        noticed += killer is not None and name is None
        equivalent += killer is None and name is not None
        alone += killer is not None and killer.startswith(BY_CATALOG)
        _say(mutant, killer, None if name is None else reasons[name])
        if (killer is None) == (name is None):
            problems.append(_problem(mutant, killer, name))
    counted = len(chosen) - equivalent
    share = noticed / counted if counted else 1
    sys.stdout.write(f"\n{noticed} of {counted} mutants noticed ({share:.1%}), {equivalent} more are equivalent\n")
    if alone:
        sys.stdout.write(f"{alone} of them by the catalog alone, which refuses to read them\n")
    sys.stderr.writelines(f"{problem}\n" for problem in problems)
    return int(bool(problems))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "--only", action="append", default=[], metavar="NAME", help="mutants of this name; * is anything"
    )
    parser.add_argument(
        "--killers", nargs="+", choices=KILLERS, default=list(KILLERS), help="who is asked, in this order"
    )
    parser.add_argument("--cases", default="*", metavar="PATTERN", help="case files that are asked, by path")
    parser.add_argument("--equivalent", type=Path, default=EQUIVALENT, metavar="FILE", help="the equivalent mutants")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default: 2)")
    return parser


def _false_alarms(files: set[tuple[str, str]], options: argparse.Namespace) -> list[str]:
    """Who notices something where nothing was changed, and so would notice any mutant."""
    paths = [Path(data_folder("xsd"), *file) for file in sorted(files)]
    found = _killed([original_of(path) for path in paths], options)
    return [f"false alarm: {original}, by {killer}" for original, killer in found if killer is not None]


def _killed(mutants: Sequence[Mutant], options: argparse.Namespace) -> Iterator[tuple[Mutant, str | None]]:
    """Each mutant with who notices it, in order."""
    ask = partial(killer_of, names=options.killers, pattern=options.cases)
    with ExitStack() as stack:
        each = map
        if options.jobs > 1:
            each = partial(stack.enter_context(ProcessPoolExecutor(options.jobs)).map, chunksize=8)
        found = each(ask, mutants)
        yield from zip(mutants, tqdm(found, total=len(mutants), unit=" mutants", disable=None), strict=True)


def _fits(name: str, patterns: Sequence[str]) -> bool:
    return any(name == pattern or fnmatchcase(name, pattern) for pattern in patterns)


def _is_used(name: str, mutants: Sequence[Mutant]) -> bool:
    return any(_fits(mutant.name, [name]) for mutant in mutants)


def _say(mutant: Mutant, killer: str | None, reason: str | None) -> None:
    if killer is not None:
        said = f"noticed     {mutant}\n            by {killer}"
    else:
        said = f"equivalent  {mutant}\n            {reason}" if reason else f"SURVIVED    {mutant}"
    tqdm.write(said, file=sys.stdout)


def _problem(mutant: Mutant, killer: str | None, name: str | None) -> str:
    if killer is None:
        return f"survived: {mutant}"
    return f"equivalent.toml: {name!r} is noticed: {mutant}, by {killer}"


if __name__ == "__main__":
    sys.exit(main())
