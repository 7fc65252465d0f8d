"""The cases as values: every message file in this folder, and what it must come to.

A file in `FAMILY/RULE/` called `bad-...` must show that rule, one called `good-...` is a near miss: it passes and does
not show it. `expected.toml` says more where a file shows something else as well, or stands outside the rules' folders.
`NAME.request.http` beside `NAME.response.http` is the request that is answered, and is good itself.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from contracts import catalog
from contracts.checking import check
from contracts.readers import Unreadable, read
from contracts.resources import data_folder

if TYPE_CHECKING:
    from contracts.catalog import Catalog
    from contracts.findings import Finding, Verdict
    from contracts.messages import Message

ROOT: Final = Path(__file__).parent
SERVICES: Final = ROOT / "services"
#: Folders of cases that no rule owns.
FREE: Final = frozenset({"clients", "combined", "pages"})

_EXPECTATION: Final = re.compile(r"(?P<rule>[a-z0-9/-]+)(?:@(?P<line>[0-9]+)(?::(?P<column>[0-9]+))?)?")


class Case(NamedTuple):
    """One message file. ``rule`` is its folder's, None in a folder that no rule owns; ``expected`` its row, if any."""

    name: str
    good: bool
    rule: str | None
    expected: tuple[str, ...] | None

    @property
    def path(self) -> Path:
        return ROOT / self.name

    def __str__(self) -> str:
        return self.name


@cache
def rows() -> dict[str, tuple[str, ...]]:
    table = tomllib.loads((ROOT / "expected.toml").read_text(encoding="utf-8"))
    return {name: tuple(row) for name, row in table.items()}


@cache
def cases() -> tuple[Case, ...]:
    files = sorted(path for path in ROOT.rglob("*") if path.suffix in {".xml", ".http"})
    return tuple(_case(path.relative_to(ROOT).as_posix()) for path in files)


def _case(name: str) -> Case:
    family, _, rest = name.partition("/")
    rule = None if family in FREE else f"{family}/{rest.partition('/')[0]}"
    good = name.rpartition("/")[2].startswith("good-") or name.endswith(".request.http")
    return Case(name, good, rule, rows().get(name))


@cache
def services() -> Catalog:
    """The shipped services, and one that has the facets that they do not use."""
    return catalog.load(data_folder("xsd"), SERVICES)


@cache
def message_of(case: Case) -> Message:
    (item,) = read([case.path])
    assert not isinstance(item, Unreadable), item
    return item


@cache
def verdict_of(case: Case) -> Verdict:
    return check(message_of(case), catalog=services())


def matches(expectation: str, finding: Finding) -> bool:
    """Whether ``finding`` is what "rule", "rule@line" or "rule@line:column" asks for."""
    found = _EXPECTATION.fullmatch(expectation)
    assert found is not None, expectation
    return (
        finding.rule == found["rule"]
        and found["line"] in (None, str(finding.line))
        and found["column"] in (None, str(finding.column))
    )
