"""Is the judge awake? Every rule tried with messages that break it, that nearly do, and that say the same otherwise.

A judge that finds nothing and one that is asleep look the same. So messages of which the answer is known are judged, at
every operation: mutants must be found out, near misses and respellings must not.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from .checking import check
from .errors import ContractError
from .mutants import every_mutant_of, every_near_miss_of
from .mutants.registry import MUTATIONS, NEAR_MISSES
from .respellings import ABOUT_SPELLING, every_respelling_of
from .rules import RULES
from .samples import fault_message, message

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from .catalog import Catalog
    from .findings import Kind, Verdict
    from .messages import Direction, Message
    from .model import Operation, Service
    from .mutants import Mutant

    Counted = Callable[[Verdict], Verdict]

Sort = Literal["mutant", "near miss", "respelling"]

#: Bytes from which on a message is large.
_LARGE: Final = 20_000
_KINDS: Final[tuple[Kind, ...]] = ("request", "response", "fault")


class Trial(NamedTuple):
    """One message judged. ``problem`` says what is wrong with the judgement, "" where it is right.

    ``rule`` is the one that a mutant breaks and a near miss nearly breaks, "" for a respelling and for a sample that is
    refused as it is; ``name`` says what was done to the sample; ``kind`` is the sample's.
    """

    sort: Sort
    rule: str
    name: str
    service: str
    operation: str
    kind: Kind
    problem: str


class Untried(NamedTuple):
    """A message that cannot be had, and why."""

    service: str
    operation: str
    kind: Kind
    reason: str


class _Base(NamedTuple):
    """A valid message, where it is from, what counts of its findings, and whether large mutants are made of it too."""

    service: Service
    operation: Operation
    kind: Kind
    message: Message
    verdict: Verdict
    thorough: bool


class _Judge(NamedTuple):
    """By what is judged, and the rules that are tried, None for all."""

    catalog: Catalog
    counted: Counted
    rules: Collection[str] | None

    def verdict(self, found: Message) -> Verdict | str:
        """What is found in the message, all of it; of a judge that raises, how: its text could quote a value."""
        try:
            return check(found, catalog=self.catalog)
        except Exception as error:  # noqa: BLE001 - whatever it is, the trials go on
            return f"raises {type(error).__name__}"


def rules_of(select: Collection[str] = ()) -> list[str]:
    """The ids of the rules to try: those that the package has, and those that it should have, for there are mutants.

    ``select``, rules and families, keeps to these; nothing in it keeps to all.
    """
    every = dict.fromkeys((*RULES, *MUTATIONS, *NEAR_MISSES))
    return [rule for rule in every if not select or rule in select or rule.partition("/")[0] in select]


def trials(catalog: Catalog, counted: Counted, *, rules: Collection[str] | None = None) -> Iterator[Trial | Untried]:
    """Every trial, one at a time; ``counted`` is the policy by which findings count, ``rules`` keeps to these.

    The messages are the smallest and the fullest request and response of each operation, and a fault. Large mutants,
    which all test the limits on size, are made of a service's first request alone. What the judge raises is a problem
    of the trial.
    """
    judge = _Judge(catalog, counted, rules)
    for service in catalog:
        for operation in service.operations:
            for kind in _KINDS:
                yield from _tried(service, operation, kind, judge)


def _tried(service: Service, operation: Operation, kind: Kind, judge: _Judge) -> Iterator[Trial | Untried]:
    try:
        samples = _samples(service, operation, kind)
    except ContractError as error:  # a type of which no value can be guessed
        yield Untried(service.name, operation.name, kind, str(error))
        return
    for sample in samples:
        verdict = judge.verdict(sample)
        if isinstance(verdict, str) or not verdict.passed:
            problem = verdict if isinstance(verdict, str) else _failure(verdict)
            yield Trial("near miss", "", "the-sample-itself", service.name, operation.name, kind, problem)
        else:
            thorough = kind == "request" and operation is service.operations[0]
            yield from _trials(_Base(service, operation, kind, sample, judge.counted(verdict), thorough), judge)


def _samples(service: Service, operation: Operation, kind: Kind) -> list[Message]:
    """The smallest message of this kind and, where it is another one, the fullest. Raises ContractError."""
    if kind == "fault":
        return [fault_message(service, operation)]
    direction: Direction = "request" if kind == "request" else "response"
    small, full = (message(service, operation, direction, full=full) for full in (False, True))
    return [small] if small.body == full.body else [small, full]


def _trials(base: _Base, judge: _Judge) -> Iterator[Trial]:
    def trial(sort: Sort, rule: str, name: str, found: Message, problem_of: Callable[[Verdict], str]) -> Trial:
        verdict = judge.verdict(found)
        problem = verdict if isinstance(verdict, str) else problem_of(judge.counted(verdict))
        return Trial(sort, rule, name, base.service.name, base.operation.name, base.kind, problem)

    for mutant in every_mutant_of(base.message, rules=judge.rules, catalog=judge.catalog):
        if base.thorough or len(mutant.message.body) < _LARGE:
            yield trial("mutant", mutant.rule, mutant.name, mutant.message, partial(_survival, base, mutant))
    for mutant in every_near_miss_of(base.message, rules=judge.rules, catalog=judge.catalog):
        if base.thorough or len(mutant.message.body) < _LARGE:
            yield trial("near miss", mutant.rule, mutant.name, mutant.message, partial(_shot, mutant))
    for respelling in every_respelling_of(base.message):
        yield trial("respelling", "", respelling.name, respelling.message, partial(_change, base))


def _rules(verdict: Verdict) -> set[str]:
    return {finding.rule for finding in verdict.findings if not finding.accepted}


def _survival(base: _Base, mutant: Mutant, verdict: Verdict) -> str:
    """Why a mutant is not killed: its rule must be new among the findings, alone, and as bad as the contract says."""
    new = _rules(verdict) - _rules(base.verdict)
    others = ", ".join(sorted(new - {mutant.rule}))
    if mutant.rule not in new:
        return f"not found, but {others}" if others else "not found"
    if others:
        return f"found, and so is {others}"
    severity = RULES[mutant.rule].severity_for(base.service)
    if severity != "error" and not verdict.passed:
        return f"found as an error; at this service it is {severity}"
    # What is inferred is never an error.
    inferred = base.kind != "fault" and base.operation.basis("request" if base.kind == "request" else "response")
    if severity == "error" and verdict.passed and inferred != "inferred":
        return "found, and the message passes"
    return ""


def _shot(mutant: Mutant, verdict: Verdict) -> str:
    """Why a near miss is shot: its rule is found, or the message fails."""
    if mutant.rule in _rules(verdict):
        return "found"
    return "" if verdict.passed else _failure(verdict)


def _failure(verdict: Verdict) -> str:
    return f"fails by {', '.join(sorted(_rules(verdict)))}"


def _change(base: _Base, verdict: Verdict) -> str:
    """What a respelling changes although it says the same."""
    before, after = _rules(base.verdict) - ABOUT_SPELLING.keys(), _rules(verdict) - ABOUT_SPELLING.keys()
    changed = ", ".join(sorted(before ^ after))
    if changed or verdict.passed != base.verdict.passed:
        return f"judged otherwise, by {changed}" if changed else "judged otherwise"
    return "" if verdict[2:5] == base.verdict[2:5] else "taken for another message"


class Score(NamedTuple):
    """How many were tried, and how many of them were judged right."""

    tried: int = 0
    right: int = 0

    def plus(self, trial: Trial) -> Score:
        """The score with one more."""
        return Score(self.tried + 1, self.right + (not trial.problem))


class Matrix:
    """The kill matrix: a score for each sort of trial, rule and service, and the trials that went wrong.

    ``rules`` are those that were to be tried, all by default; ``misses`` has the trials by their sort; ``untried`` what
    could not be tried.
    """

    def __init__(self, services: list[str], rules: Collection[str] | None = None) -> None:
        self.services = services
        self.rules = rules_of() if rules is None else list(rules)
        self.misses: dict[Sort, list[Trial]] = {"mutant": [], "near miss": [], "respelling": []}
        self.untried: list[Untried] = []
        self._scores: dict[tuple[Sort, str, str], Score] = {}

    def add(self, tried: Trial | Untried) -> None:
        """Count one."""
        if isinstance(tried, Untried):
            self.untried.append(tried)
            return
        key = (tried.sort, tried.rule, tried.service)
        self._scores[key] = self._scores.get(key, Score()).plus(tried)
        if tried.problem:
            self.misses[tried.sort].append(tried)

    def score(self, sort: Sort, rule: str | None = None, service: str | None = None) -> Score:
        """The score of a sort; of one rule, at one service, where these are given."""
        found = [
            score
            for (sort_, rule_, service_), score in self._scores.items()
            if sort_ == sort and rule in (None, rule_) and service in (None, service_)
        ]
        return Score(sum(score.tried for score in found), sum(score.right for score in found))

    def dead(self) -> list[str]:
        """The rules of which no mutant was killed."""
        return [rule for rule in self.rules if not self.score("mutant", rule).right]

    @property
    def passed(self) -> bool:
        """Whether every rule was killed at least once, and nothing went wrong."""
        return not (self.dead() or any(self.misses.values()))
