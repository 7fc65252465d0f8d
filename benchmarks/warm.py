"""What is measured inside one warm process, printed as JSON for `run.py`.

`warm.py messages ROUNDS` sets check() beside the bare parse and validation of the same bytes, one message after the
other; `warm.py folder DIR` is check() alone on the messages of a folder, which are in memory before the clock starts.
"""

from __future__ import annotations

import json
import platform
import sys
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING, Any, Final

from lxml import etree
from messages import samples

from contracts.catalog import load
from contracts.checking import check
from contracts.messages import Message
from contracts.readers import read
from contracts.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable

    from messages import Sample

#: The least CPU time of a batch of calls, in seconds: short enough to fit between two disturbances.
_BATCH: Final = 0.01


def measured(rounds: int) -> list[dict[str, Any]]:
    """The least CPU time of one call, in microseconds, ours and the peer's, for each sample."""
    schemas = {service.name: etree.XMLSchema(file=str(Path(service.folder, "request.xsd"))) for service in load()}
    return [_side_by_side(sample, schemas[sample.service], rounds) for sample in samples()]


def _side_by_side(sample: Sample, schema: etree.XMLSchema, rounds: int) -> dict[str, Any]:
    body = sample.body
    found = len(check(body).findings)
    if found != sample.findings or schema.validate(etree.fromstring(body)) is (found > 0):
        raise SystemExit(f"{sample.name} shows {found} findings, and the engine does not agree with the sample")

    def ours() -> None:
        check(body)

    def peer() -> None:
        schema.validate(etree.fromstring(body))

    sides = [(ours, _calls(ours)), (peer, _calls(peer))]
    best = [float("inf")] * 2
    for _ in range(rounds):
        for side, (work, calls) in enumerate(sides):
            best[side] = min(best[side], _seconds(work, calls) / calls * 1e6)
    return {**sample._asdict(), "body": len(body), "ours": best[0], "peer": best[1]}


def _calls(work: Callable[[], None]) -> int:
    """How many calls fill a batch."""
    calls = 1
    while _seconds(work, calls) < _BATCH:
        calls *= 2
    return calls


def _seconds(work: Callable[[], None], calls: int) -> float:
    start = process_time()
    for _ in range(calls):
        work()
    return process_time() - start


def judged(folder: str) -> dict[str, Any]:
    """The CPU time of check() alone on every message in ``folder``, in seconds: the lesser of two passes."""
    messages = [item for item in read([folder]) if isinstance(item, Message)]
    best = float("inf")
    for _ in range(2):
        start = process_time()
        for message in messages:
            check(message)
        best = min(best, process_time() - start)
    return {"messages": len(messages), "seconds": best}


def versions() -> dict[str, str]:
    """What the figures depend on."""
    return {
        "soap-contracts": VERSION,
        "Python": platform.python_version(),
        "lxml": etree.__version__,
        "libxml2": ".".join(map(str, etree.LIBXML_VERSION)),
        "on": f"{platform.system()} {platform.machine()}",
    }


if __name__ == "__main__":
    what, argument = sys.argv[1:]
    result = judged(argument) if what == "folder" else {"versions": versions(), "rows": measured(int(argument))}
    json.dump(result, sys.stdout)
