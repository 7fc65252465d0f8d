"""The signals of this process while a block runs."""

from __future__ import annotations

import contextlib
import signal
import threading
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

#: Those that are to end a process, as far as this system has them.
DEADLY: Final = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextlib.contextmanager
def taken_by(take: Callable[[int, Any], None], numbers: Iterable[int]) -> Iterator[None]:
    """Let ``take`` have these signals while the block runs; without effect outside the main thread, as signals are."""
    before: dict[int, Any] = {}
    try:
        if threading.current_thread() is threading.main_thread():
            for number in numbers:
                # What is ignored, as under nohup, stays so.
                if signal.getsignal(number) != signal.SIG_IGN:
                    before[number] = signal.signal(number, take)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
