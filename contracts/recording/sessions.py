"""Recording from Python: an address for the client while a block runs, and a cassette at its end."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from contracts.catalog import load
from contracts.errors import RefusedRequestError, SoapContractsError
from contracts.server import Stub

from .outputs import refuse_unusable
from .recorder import Recorder
from .targets import target_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from contracts.catalog import Catalog


@contextlib.contextmanager
def record(
    service: str,
    *,
    endpoint: str,
    output: str | os.PathLike[str],
    allow: str = "read",
    confirm_target: str | None = None,
    treat_as_live: bool = False,
    catalog: Catalog | None = None,
) -> Iterator[str]:
    """Give an address on loopback whose requests go to ``endpoint``; at the end write all exchanges to ``output``.

    ``allow``, ``confirm_target`` and ``treat_as_live`` are as in `target_of`. What was exchanged is written also when
    the block raises; where nothing was, no file is. Raises TargetError, OutputError, ReadError and UnknownNameError
    before it begins; at its end LeakError and WriteError, and where the block raises nothing itself,
    RefusedRequestError for a request that was not sent and EndpointError for one that got no answer.
    """
    known = (catalog or load()).remembering()
    path = os.fspath(output)
    target = target_of(endpoint, allow=allow, confirm_target=confirm_target, treat_as_live=treat_as_live)
    recorder = Recorder(known.service(service), target, path, known)
    refuse_unusable(path, known)
    # No condition may stand between a client and what is recorded.
    stub = Stub(known, [service], replay=recorder.answer, token=None)
    try:
        with stub:
            yield stub.endpoint(service)
            stub.settle()
    finally:
        recorder.write()
    _raise_first(stub.failures)


def _raise_first(failures: Sequence[Exception]) -> None:
    """Raise what was refused or, without that, the first failure, with a note on how many there were."""
    if not failures:
        return
    first = next((failure for failure in failures if isinstance(failure, RefusedRequestError)), failures[0])
    if not isinstance(first, SoapContractsError):
        # Its text may quote a message.
        first = SoapContractsError(f"internal error while recording: {type(first).__name__}")
    if len(failures) > 1:
        first.add_note(f"{len(failures)} requests were not answered by the endpoint; this is one of them")
    raise first
