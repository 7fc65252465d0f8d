"""A plain check starts fast because it loads only what it needs."""

from __future__ import annotations

import subprocess
import sys

import pytest

from contracts.catalog import load
from contracts.samples import smallest

HEAVY = (
    "ipaddress",
    "xmlschema",
    "hypothesis",
    "vcr",
    "pytest",
    "uvicorn",
    "h11",
    "tqdm",
    "asyncio",
    "importlib.metadata",
    "click",
    "yaml",
)
PROGRAM = """
import sys
from contracts.cli import main
code = main(sys.argv[1:])
print(*sorted(sys.modules), sep="\\n", file=sys.stderr)
sys.exit(code)
"""


@pytest.mark.parametrize("arguments", [["--quiet"], ["--format", "json"]])
def test_a_plain_check_loads_nothing_heavy(tmp_path, arguments):
    service, operation = load().operation("ongoing/SetTimeOfLastSync")
    path = tmp_path / "one.xml"
    path.write_bytes(smallest(service, operation, "request"))
    command = [sys.executable, "-c", PROGRAM, "check", str(path), *arguments]
    found = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    loaded = set(found.stderr.splitlines())
    assert "contracts.checking" in loaded
    assert loaded.isdisjoint(HEAVY)
    assert loaded.isdisjoint(
        {"contracts.server", "contracts.driving", "contracts.wsdl", "contracts.cli.run", "contracts.recording"}
    )
