"""The files of this repository: what git keeps or would keep or, where git does not tell, all but what it ignores."""

from __future__ import annotations

import subprocess
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent


@cache
def repository_files() -> tuple[Path, ...]:
    """Paths relative to the root, sorted."""
    found = _known_to_git() or _walked()
    return tuple(sorted(path for path in found if (ROOT / path).is_file()))


def _known_to_git() -> list[Path]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-per-directory=.gitignore"]
    try:
        found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.CalledProcessError):
        return []
    return [Path(name) for name in found.stdout.split("\0") if name]


def _walked() -> list[Path]:
    lines = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    ignored = [".git", *(line.removesuffix("/") for line in lines if line)]
    paths = [path.relative_to(ROOT) for path in ROOT.rglob("*")]
    return [path for path in paths if not any(fnmatch(part, name) for part in path.parts for name in ignored)]
