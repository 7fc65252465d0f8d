"""What may be sent to a live endpoint: the options of `record` and `probe`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contracts.recording import ALLOWED

if TYPE_CHECKING:
    import argparse


def add_effects(parser: argparse.ArgumentParser, title: str) -> argparse._ArgumentGroup:
    """Add ``--allow`` and ``--confirm-target`` in a group of this title, and return it."""
    effects = parser.add_argument_group(title)
    effects.add_argument(
        "--allow", choices=ALLOWED, default="read", help="operations with this effect and milder ones (default: read)"
    )
    effects.add_argument(
        "--confirm-target", metavar="HOST/PATH", help="the endpoint again, without https://; destructive needs it"
    )
    return effects
