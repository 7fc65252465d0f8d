"""What is on disk or on standard input -> messages.

.xml envelopes, .http raw HTTP messages, .har archives, vcrpy cassettes, folders of them all.
"""

from .exchanges import Exchange, Half, Place
from .files import exchanges, read
from .items import Item, Skipped, Unreadable

__all__ = ["Exchange", "Half", "Item", "Place", "Skipped", "Unreadable", "exchanges", "read"]
