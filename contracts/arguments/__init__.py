"""Whether a message carries what its client was called with: nothing cut, lost, escaped twice or moved in time.

A message can be valid and wrong: an offset is dropped, a text is trimmed, a carriage return becomes a line feed.
"""

from .called import Arguments
from .carried import assert_carries, differences_of, taught

__all__ = ["Arguments", "assert_carries", "differences_of", "taught"]
