"""A comparison told: as text for people, grouped by what it does, and as one JSON object."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from contracts.reports import Style, escaped
from contracts.reports.text import amount
from contracts.version import VERSION

from .differences import CLASSES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .differences import Class, Difference, Drift

_FORM: Final = 1
_PLAIN: Final = Style()
_COLOURS: Final[dict[Class, str]] = {
    "breaking for requests": "red",
    "breaking for responses": "red",
    "additive": "yellow",
    "tolerated": "cyan",
}


def text_of(drift: Drift, *, style: Style = _PLAIN, quiet: bool = False) -> str:
    """The report for people; ``quiet`` leaves out what is known, and the notes."""
    lines: list[str] = []
    shown = drift.new if quiet else drift.differences
    for class_ in CLASSES:
        found = sorted((each for each in shown if each.class_ == class_), key=lambda each: bool(each.known))
        if found:
            lines += [style.painted(f"{class_} ({len(found)})", _COLOURS[class_], "bold")]
            lines += [line for each in found for line in _lines(each, style)]
            lines.append("")
    lines += [] if quiet else [f"note: {escaped(note)}" for note in drift.notes]
    return "".join(f"{line}\n" for line in (*lines, *_end(drift, style)))


def json_of(drift: Drift) -> str:
    """The report for programs."""
    told = {
        "version": _FORM,
        "tool": VERSION,
        "service": drift.service,
        "source": drift.source,
        "fetched": drift.fetched,
        "operations": list(drift.operations),
        "differences": [_object(each) for each in drift.differences],
        "notes": list(drift.notes),
        "summary": _summary(drift),
    }
    return json.dumps(told, indent=2) + "\n"


def _lines(difference: Difference, style: Style) -> Iterator[str]:
    dim = ("dim",) if difference.known else ()
    head = " ".join(filter(None, (difference.place, difference.path)))
    word = "known " if difference.known else ""
    name = f"  {word}{escaped(difference.what)}  {escaped(head)}"
    yield style.painted(name, *(dim or ("bold",)))
    body = [f"contract: {difference.ours}", f"theirs:   {difference.theirs}"]
    if difference.known:
        body.append(f"known:    {difference.known}")
    if difference.at:
        body.append(f"at:       {difference.at}")
    for line in body:
        text = f"    {escaped(line)}"
        yield style.painted(text, *dim) if dim else text


def _end(drift: Drift, style: Style) -> Iterator[str]:
    known = len(drift.differences) - len(drift.new)
    when = f", fetched on {drift.fetched}" if drift.fetched else ""
    yield f"{escaped(drift.service)}: {', '.join(drift.operations) or 'no operation'} in {escaped(drift.source)}{escaped(when)}"
    told = amount(len(drift.new), "new difference")
    yield f"{style.painted(told, 'red', 'bold') if drift.new else told}, {known} known"


def _object(difference: Difference) -> dict[str, Any]:
    told: dict[str, Any] = difference._asdict()
    told["class"] = told.pop("class_")
    return told


def _summary(drift: Drift) -> dict[str, int]:
    counts = {class_.replace(" ", "_"): sum(each.class_ == class_ for each in drift.differences) for class_ in CLASSES}
    new = len(drift.new)
    return {"differences": len(drift.differences), "new": new, "known": len(drift.differences) - new, **counts}
