"""Write what the code knows: `docs/rules.md` and the JSON schema of the settings: `python docs/generate.py`.

With ``--check`` nothing is written, and the exit code is 1 when a file is not what it should be.
"""  # noqa: INP001 - a script beside the pages that it writes

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

FOLDER: Final = Path(__file__).resolve().parent
# The page is about this checkout, whatever is installed.
sys.path.insert(0, str(FOLDER.parent))

from contracts.catalog import load  # noqa: E402
from contracts.config import ALLOW_KEYS, OPTIONS  # noqa: E402
from contracts.rules import RULES  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from contracts.catalog import Catalog
    from contracts.config import Option
    from contracts.rules import Rule

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


def schema() -> str:
    """The text of `docs/soap-contracts.schema.json`, for editors."""
    settings = {option.key: _setting(option) for option in OPTIONS}
    allow = {key: {"type": "string", "minLength": 1, "description": about} for key, about in ALLOW_KEYS.items()}
    allow["rule"] = {"enum": _rules(), "description": ALLOW_KEYS["rule"]}
    # A date of TOML is no string; the tools that check TOML by a JSON schema hand it on as one. We take both.
    allow["expires"]["format"] = "date"
    table = {"type": "object", "properties": allow, "required": ["rule", "reason"], "additionalProperties": False}
    whole = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Settings of soap-contracts: soap-contracts.toml, or [tool.soap-contracts] in pyproject.toml",
        "type": "object",
        "properties": {**settings, "allow": {"type": "array", "items": table}, "$schema": {"type": "string"}},
        "additionalProperties": False,
    }
    return json.dumps(whole, indent=2) + "\n"


#: The files that are made, and what makes each.
PAGES: Final = {"rules.md": page, "soap-contracts.schema.json": schema}


def main(arguments: Sequence[str] | None = None, folder: Path = FOLDER) -> int:
    """Write the files in ``folder``, or check them; the exit code."""
    parser = argparse.ArgumentParser(description=f"Write {' and '.join(PAGES)} from the code and the contracts.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 when a file is stale")
    checked = parser.parse_args(arguments).check
    stale = False
    for name, made in PAGES.items():
        path, wanted = folder / name, made().encode()
        if not checked:
            path.write_bytes(wanted)
        elif not path.is_file() or path.read_bytes() != wanted:
            sys.stderr.write(f"{name} is stale: run python docs/generate.py\n")
            stale = True
    return int(stale)


def _setting(option: Option) -> dict[str, object]:
    """The schema of one setting."""
    text: dict[str, object] = {"type": "string", "minLength": 1}
    form: dict[str, object] = {
        "names": {"type": "array", "items": {"enum": _rules()}, "minItems": 1}
        if option.key in ("select", "ignore")
        else {"type": "array", "items": text},
        "folders": {"type": "array", "items": text},
        "file": text,
        "choice": {"enum": list(option.choices)},
        "reports": {
            "type": "object",
            "properties": dict.fromkeys(option.choices, text),
            "additionalProperties": False,
        },
    }[option.kind]
    return {**form, "description": option.about}


def _rules() -> list[str]:
    return sorted({rule.family for rule in RULES.values()} | RULES.keys())


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
