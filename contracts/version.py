"""The version of this tool, in one place for the package, its reports and the build."""

from typing import Final

VERSION: Final = "0.1.0"
