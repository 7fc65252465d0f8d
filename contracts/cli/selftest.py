"""`soap-contracts selftest`: the kill matrix of the installed package."""

from __future__ import annotations

import json
import os
import sys
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from tqdm import tqdm

from contracts.judging import catalog_of, policy_of
from contracts.reports import escaped, width_of
from contracts.reports.text import amount
from contracts.rules import RULES
from contracts.selftest import Matrix, rules_of, trials
from contracts.version import VERSION

from .options import VIOLATED, add_contracts, add_format, settings_from

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from contracts.selftest import Score, Sort, Trial, Untried

HELP: Final = "try every rule with messages that break it, and with some that do not"

#: The seconds after which a progress bar is worth its place, and its rows.
_PATIENCE: Final = 1.0
_ROWS: Final = 20
#: How many of one rule's misses are told one by one; JSON has all.
_MOST: Final = 5
_WRONG: Final[dict[Sort, str]] = {"mutant": "NOT KILLED", "near miss": "SHOT", "respelling": "CHANGED"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    rules = parser.add_argument_group("rules")
    helps = {
        "select": "try only these rules; no other counts",
        "ignore": "these rules do not count, and so are not killed",
    }
    for name, help_ in helps.items():
        rules.add_argument(f"--{name}", action="append", metavar="RULE_OR_FAMILY[,...]", help=help_)
    add_format(parser)
    add_contracts(parser)
    parser.epilog = """\
Of every request, response and fault of every service, mutants with exactly one fault must be found out by the rule that
they break, by that one alone; near misses, which come close to breaking it, must pass; and so must the same message in
other bytes. The table counts those that came out right, of all; - is a rule of which a service has none. A finding that
the settings ignore or allow does not count, so that a rule that is switched off shows here. With --select, or the
setting of that name, the matrix has these rules alone: no other is asked for, and none of the others is counted.

Exit code 1 when a rule has not killed a single mutant, or when any message was judged wrong; each of them is named.

examples:
  soap-contracts selftest --contracts my-service/
  soap-contracts selftest --format json > matrix.json
"""


def execute(args: argparse.Namespace) -> int:
    """Run all trials and print the matrix."""
    settings = settings_from(args)
    catalog, policy = catalog_of(settings), policy_of(settings)
    rules = rules_of(policy.select)
    matrix = Matrix([service.name for service in catalog], rules)
    for tried in _watched(trials(catalog, policy.counted, rules=rules)):
        matrix.add(tried)
    if args.format == "json":
        sys.stdout.write(json.dumps(_data(matrix), indent=2) + "\n")
    else:
        sys.stdout.writelines(f"{line}\n" for line in (*_table(matrix), "", *_wrongs(matrix), _sentence(matrix)))
    return 0 if matrix.passed else VIOLATED


def _watched(tried: Iterator[Trial | Untried]) -> Iterable[Trial | Untried]:
    """``tried``, with a progress bar once they take long and somebody is looking."""
    hidden = not sys.stderr.isatty() or bool(os.environ.get("CI")) or os.environ.get("TERM") == "dumb"
    # Left to itself, tqdm shows nothing on a terminal that does not tell its size.
    width = width_of(sys.stderr)
    return tqdm(
        tried,
        unit=" messages",
        file=sys.stderr,
        leave=False,
        disable=hidden,
        delay=_PATIENCE,
        ncols=width,
        nrows=_ROWS,
    )


def _table(matrix: Matrix) -> Iterator[str]:
    """The matrix: two columns a service, and a row for all respellings."""
    rows = [["", *(cell for name in matrix.services for cell in (escaped(name), ""))]]
    rows.append(["rule", *("mutants", "near misses") * len(matrix.services)])
    for rule in matrix.rules:
        sorts: tuple[Sort, ...] = ("mutant", "near miss")
        rows.append([rule, *(_cell(matrix.score(sort, rule, name)) for name in matrix.services for sort in sorts)])
    respelled = [matrix.score("respelling", None, name) for name in matrix.services]
    rows.append(["respellings that change nothing", *(cell for score in respelled for cell in (_cell(score), ""))])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _cell(score: Score) -> str:
    return f"{score.right}/{score.tried}" if score.tried else "-"


def _wrongs(matrix: Matrix) -> Iterator[str]:
    """A line for each rule that killed nothing, each message that was judged wrong, and each that could not be had."""
    wrong = False
    for line in (*_dead(matrix), *_missed(matrix), *_untried(matrix)):
        wrong = True
        yield line
    if wrong:
        yield ""


def _dead(matrix: Matrix) -> Iterator[str]:
    for rule in matrix.dead():
        mutants = matrix.score("mutant", rule).tried
        why = f"none of {amount(mutants, 'mutant')} was found out by it" if mutants else "no message has a mutant of it"
        why = why if rule in RULES else "the package has no such rule"
        yield f"NOT KILLED {rule}: {why}"


def _missed(matrix: Matrix) -> Iterator[str]:
    for sort, misses in matrix.misses.items():
        by_rule = attrgetter("rule")
        for rule, group in groupby(sorted(misses, key=by_rule), by_rule):
            some = list(group)
            for miss in some[:_MOST]:
                where = f"{miss.service}/{miss.operation} {miss.kind}"
                name = f"{rule}: {miss.name}" if rule else miss.name
                yield escaped(f"{_WRONG[sort]} {name}, in {where}: {miss.problem}")
            if len(some) > _MOST:
                yield f"{_WRONG[sort]} {rule + ': ' if rule else ''}and {len(some) - _MOST} more"


def _untried(matrix: Matrix) -> Iterator[str]:
    for reason in dict.fromkeys((found.service, found.operation, found.kind, found.reason) for found in matrix.untried):
        service, operation, kind, why = reason
        yield escaped(f"NOT TRIED {service}/{operation} {kind}: {why}")


def _sentence(matrix: Matrix) -> str:
    """All of it in one line."""
    killed, passed, kept = (matrix.score(sort) for sort in _WRONG)
    asked = len(matrix.rules)
    alive = asked - len(matrix.dead())
    selected = "" if matrix.rules == rules_of() else "selected "
    parts = (
        f"{alive} of {asked} {selected}rules awake",
        f"{killed.right} of {amount(killed.tried, 'mutant')} killed",
        f"{passed.right} of {passed.tried} near misses passed",
        f"{kept.right} of {amount(kept.tried, 'respelling')} judged the same",
    )
    return ", ".join(parts)


def _data(matrix: Matrix) -> dict[str, Any]:
    return {
        "version": 1,
        "tool": VERSION,
        "rules": [_rule(matrix, rule) for rule in matrix.rules],
        "survivors": [_miss(miss) for miss in matrix.misses["mutant"]],
        "shot": [_miss(miss) for miss in matrix.misses["near miss"]],
        "changed": [_miss(miss) for miss in matrix.misses["respelling"]],
        "untried": [found._asdict() for found in matrix.untried],
        "summary": _summary(matrix),
    }


def _rule(matrix: Matrix, rule: str) -> dict[str, Any]:
    return {
        "rule": rule,
        **_counts(matrix, rule, None),
        "services": {name: _counts(matrix, rule, name) for name in matrix.services},
    }


def _counts(matrix: Matrix, rule: str | None, service: str | None) -> dict[str, int]:
    mutants, near_misses = matrix.score("mutant", rule, service), matrix.score("near miss", rule, service)
    return {
        "mutants": mutants.tried,
        "killed": mutants.right,
        "near_misses": near_misses.tried,
        "passed": near_misses.right,
    }


def _miss(miss: Trial) -> dict[str, str]:
    return {key: value for key, value in miss._asdict().items() if key != "sort" and value}


def _summary(matrix: Matrix) -> dict[str, Any]:
    respellings = matrix.score("respelling")
    return {
        "passed": matrix.passed,
        "rules": len(matrix.rules),
        "not_killed": matrix.dead(),
        **{("near_misses_passed" if key == "passed" else key): n for key, n in _counts(matrix, None, None).items()},
        "respellings": respellings.tried,
        "kept": respellings.right,
    }
