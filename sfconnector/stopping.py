"""The wish to stop, shared by a worker process and the children it forked."""

from __future__ import annotations

import mmap
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

# Anonymous shared memory: set in the worker's main process when it is told to end,
# read by pool processes, which hear nothing of the signal.
_FLAG = mmap.mmap(-1, 1)
_here = threading.Event()
_reasons: list[str] = []
"""Why this process alone lets go of its work."""


def request_stop() -> None:
    """Ask every run of this worker to commit its batch, checkpoint and let go."""
    _FLAG[0] = 1


def clear_stop() -> None:
    """Forget the wish, when a worker starts."""
    _FLAG[0] = 0


def is_stopping() -> bool:
    """Tell whether this worker, or this process of it alone, was asked to end."""
    return _FLAG[0] == 1 or _here.is_set()


def reason() -> str:
    """Return what ended the work of this process alone; "" when its worker ends."""
    return " ".join(_reasons)


@contextmanager
def heeding(signals: Mapping[int, str]) -> Iterator[None]:
    """Let signals stop the work in this block instead of ending the process.

    ``signals`` says by its number what each of them means to who reads a run's log; ""
    is the end of the process.

    Platforms signal every process of a group, Celery's pool processes too, and those
    would end at once: within a batch, within a renewal of tokens. A second signal does
    what the first would have done. Only the main thread can hear signals; elsewhere,
    and where one is ignored anyway, nothing changes.
    """
    before = {number: signal.getsignal(number) for number in signals}
    heard = {n: now for n, now in before.items() if now not in (signal.SIG_IGN, None)}
    if threading.current_thread() is not threading.main_thread():
        heard = {}

    def stop(number: int, _frame: object) -> None:
        _here.set()
        _reasons.extend(filter(None, [signals[number]]))
        signal.signal(number, heard[number])

    for number in heard:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, theirs in heard.items():
            signal.signal(number, theirs)
        if heard:
            _here.clear()
            _reasons.clear()
