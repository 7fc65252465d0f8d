"""What is on disk or on standard input -> messages.

.xml envelopes, .http raw HTTP messages, .har archives, vcrpy cassettes, folders of them all.
"""

from .files import exchanges, read
from .items import Item, Skipped, Unreadable

__all__ = ["Item", "Skipped", "Unreadable", "exchanges", "read"]
