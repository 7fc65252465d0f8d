"""How much is tried: HYPOTHESIS_PROFILE says so; without it the most that CI has time for, and little elsewhere."""

from __future__ import annotations

import os
from typing import Final

PROFILE: Final = os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev")
THOROUGH: Final = PROFILE != "dev"
