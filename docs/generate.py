"""Write `docs/rules.md` from the rules and the shipped contracts: `python docs/generate.py`.

With ``--check`` nothing is written, and the exit code is 1 when the page is not what it should be.
"""  # noqa: INP001 - a script beside the pages that it writes

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

FOLDER: Final = Path(__file__).resolve().parent
# The page is about this checkout, whatever is installed.
sys.path.insert(0, str(FOLDER.parent))

from contracts.catalog import load  # noqa: E402
from contracts.rules import RULES  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from contracts.catalog import Catalog
    from contracts.rules import Rule

PAGE: Final = "rules.md"
_INTRODUCTION: Final = """\
# Rules

A rule's id is public API: it is written in baselines, ignore lists and CI logs, so it is never reused and
never changes its meaning. `soap-contracts explain RULE` prints the whole story of one.

Severity is the default; a service's `contract.toml` may set another one, and the columns beside it show what the
shipped contracts make of it. `off` means that the rule does not apply to that service.

This page is made by `python docs/generate.py` from the rules and the contracts."""
_EXAMPLE: Final = re.compile(r"(Bad|Good)::")
_CODE_OR_MARKUP: Final = re.compile(r"`[^`]*`|(?P<markup>[\\<*_\[|])")


def page() -> str:
    """The text of `docs/rules.md`."""
    catalog = load()
    sections = (_section(rule, catalog) for rule in RULES.values())
    return "\n\n".join([_INTRODUCTION, "\n".join(_table(catalog)), *sections]) + "\n"


def main(arguments: Sequence[str] | None = None, folder: Path = FOLDER) -> int:
    """Write the page in ``folder``, or check it; the exit code."""
    parser = argparse.ArgumentParser(description=f"Write docs/{PAGE} from the rules and the shipped contracts.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 when the page is stale")
    checked = parser.parse_args(arguments).check
    path = folder / PAGE
    wanted = page().encode()
    if not checked:
        path.write_bytes(wanted)
    elif not path.is_file() or path.read_bytes() != wanted:
        sys.stderr.write(f"{path.name} is stale: run python docs/generate.py\n")
        return 1
    return 0


def _table(catalog: Catalog) -> Iterator[str]:
    services = [service.name for service in catalog]
    yield _row(["rule", "layer", "severity", *services, "rests on"])
    yield "|" + "---|" * (len(services) + 4)
    for rule in RULES.values():
        levels = [rule.severity_for(service) or "off" for service in catalog]
        name = f"[`{rule.id}`](#{anchor_of(rule.id)})"
        yield _row([name, rule.layer, rule.severity, *levels, _prose(rule.reference)])


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def anchor_of(heading: str) -> str:
    """The fragment that GitHub gives to a heading: in lower case, blanks as hyphens, without other punctuation."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _section(rule: Rule, catalog: Catalog) -> str:
    levels = ", ".join(f"{service.name} {rule.severity_for(service) or 'off'}" for service in catalog)
    facts = f"Layer: {rule.layer}. Severity: {levels}. Since: {rule.since}. Rests on: {_prose(rule.reference)}."
    paragraphs = [_paragraph(text) for text in re.split(r"\n{2,}", rule.doc)]
    return "\n\n".join([f"## `{rule.id}`", *paragraphs, facts])


def _paragraph(text: str) -> str:
    """A paragraph of a docstring; the one with the examples as code, so that they stay below each other."""
    if _EXAMPLE.match(text):
        examples = _EXAMPLE.sub(r"\1:", text)
        return f"```text\n{examples}\n```"
    return _prose(text)


def _prose(text: str) -> str:
    """``text`` with what Markdown would take for markup escaped, but for code in backticks."""
    return _CODE_OR_MARKUP.sub(lambda found: f"\\{found[0]}" if found["markup"] else found[0], text)


if __name__ == "__main__":
    sys.exit(main())
