"""What a client did with an answer, in words: what a probe has printed, beside what the stub has exchanged with it."""  # noqa: INP001

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lxml import etree

from contracts.conditions.replacements import REDIRECTED
from contracts.names import local_name
from contracts.schema import instant_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from contracts.server import Exchange


def groups_of(exchanges: Sequence[Exchange], count: int) -> list[list[Exchange]]:
    """The exchanges of each call, whose number its address ends with; a redirected one has lost it."""
    groups: list[list[Exchange]] = [[] for _ in range(count)]
    at = 0
    for exchange in exchanges:
        number = re.search(r"/(\d+)$", exchange.request.url or "")
        at = int(number[1]) if number else at
        groups[at].append(exchange)
    return groups


def outcome_of(
    expected: Collection[str], line: dict[str, Any], exchanges: Sequence[Exchange], failures: Sequence[Exception]
) -> str:
    """What the client did, in words; in bold where that is not expected of a sound one."""
    followed = sum(REDIRECTED in (exchange.request.url or "") for exchange in exchanges)
    fetched = "must not expand" in expected and any("external entity" in str(failure) for failure in failures)
    did = _returned(line, exchanges)
    sound = ("raise" if "raises" in line else did) in expected and not followed and not fetched
    words = [did]
    if followed:
        words.insert(0, "follows")
    if len(exchanges) - followed > 1:
        words.insert(0, "sends again")
        sound = sound and "may retry" in expected
    if fetched:
        words.insert(0, "fetches the entity")
    said = ", ".join(words)
    return said if sound else f"**{said}**"


def _returned(line: dict[str, Any], exchanges: Sequence[Exchange]) -> str:
    if "raises" in line:
        return f"raises {line['raises']}"
    values: dict[str, str | None] = line["values"]
    if not any(value is not None for value in values.values()):
        return "returns nothing"
    wire = next(filter(None, (_on_the_wire(exchange, values) for exchange in reversed(exchanges))), {})
    other = [name for name, value in values.items() if not _same(value, wire.get(name))]
    if not other:
        return "the same values"
    name = other[-1]
    return f"other values: {name} {'missing' if values[name] is None else f'`{values[name]}`'}"


def _on_the_wire(exchange: Exchange, names: dict[str, str | None]) -> dict[str, str]:
    if exchange.response is None:
        return {}
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(exchange.response.body, parser)
    except etree.XMLSyntaxError:
        return {}
    found: dict[str, str] = {}
    for node in root.iter("{*}*"):
        if local_name(node.tag) in names and not len(node.findall("*")):
            found.setdefault(local_name(node.tag), "".join(node.xpath("text()")))
    return found


def _same(value: str | None, wire: str | None) -> bool:
    if value is None or wire is None:
        return value is wire
    moments = [instant_of(text) for text in (value, wire)]
    if moments[0] is None or moments[1] is None:
        return value == wire.strip()
    first, second = [(one.zoned, one.seconds, f"{one.fraction:0<3}"[:3]) for one in moments if one is not None]
    return first == second
