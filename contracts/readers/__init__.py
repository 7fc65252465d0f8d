"""What is on disk or on standard input -> messages.

.xml envelopes, .http raw HTTP messages, .har archives, vcrpy cassettes, folders of them all.
"""

from .files import cassettes_in, exchanges_at, read
from .items import Item, Skipped, Unreadable

__all__ = ["Item", "Skipped", "Unreadable", "cassettes_in", "exchanges_at", "read"]
