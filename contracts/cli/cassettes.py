"""What `record` and `probe` share: the cassette that they write."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from contracts.errors import LeakError, SoapContractsError
from contracts.recording import refuse_unusable

from .failures import UsageError, complain

if TYPE_CHECKING:
    from collections.abc import Callable

    from contracts.recording import Recorder
    from contracts.reports import Reporter

    from .judging import Judging


def refuse_cassette(path: str, judging: Judging) -> None:
    """Raise UsageError, OutputError or ReadError where no cassette can be written at ``path``."""
    if os.path.realpath(path) in judging.outputs:
        raise UsageError(f"--output {path}: a report would be written to the same file")
    refuse_unusable(path, judging.catalog)


def keep(recorder: Recorder, reporter: Reporter, told: Callable[[int], str]) -> bool:
    """Write the cassette; whether a secret would have been left in it.

    ``told`` is what to say when it was written, by how many exchanges it has then, 0 where there was none to keep.
    """
    try:
        held = recorder.write()
    except SoapContractsError as error:
        reporter.error(recorder.path, str(error))
        complain(str(error))
        return isinstance(error, LeakError)
    complain(told(held))
    return False
