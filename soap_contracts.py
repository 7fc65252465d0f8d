"""The command `soap-contracts`, entered through a name that no other package has.

The import name `contracts` is a common one. Where another package of that name is found first, this says so in a
sentence; `pytest_soap_contracts` asks it, too.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from typing import Final

#: Where our package lies: beside this module, in an installation and in a checkout.
PACKAGE: Final = os.path.join(os.path.dirname(os.path.realpath(__file__)), "contracts", "__init__.py")
_USAGE: Final = 2


def clash() -> str:
    """What `import contracts` finds instead of our package, by its real path; "" where it finds ours."""
    module = sys.modules.get("contracts")
    spec = importlib.util.find_spec("contracts") if module is None else None
    path = getattr(module, "__file__", None) or getattr(spec, "origin", None)
    folders = getattr(module, "__path__", None) or getattr(spec, "submodule_search_locations", None) or ()
    found = os.path.realpath(path) if path else next(map(os.path.realpath, folders), "nothing")
    return "" if found == PACKAGE else found


def main() -> int:
    """Run the command; its exit code, 2 where another package hides ours."""
    found = clash()
    if found:
        sys.stderr.write(
            f"soap-contracts: `import contracts` finds {found} and not {PACKAGE}: take its folder off PYTHONPATH, "
            "or rename it\n"
        )
        return _USAGE
    from contracts.cli import main as command  # noqa: PLC0415 - only here is it known to be ours

    return command()
