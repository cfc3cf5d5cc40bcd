"""The wish to stop, shared by a worker process and the children it forked."""

from __future__ import annotations

import mmap

# Anonymous shared memory: set in the worker's main process when it is told to end,
# read by pool processes, which hear nothing of the signal.
_FLAG = mmap.mmap(-1, 1)


def request_stop() -> None:
    """Ask every run of this worker to commit its batch, checkpoint and let go."""
    _FLAG[0] = 1


def clear_stop() -> None:
    """Forget the wish, when a worker starts."""
    _FLAG[0] = 0


def is_stopping() -> bool:
    """Tell whether this worker was asked to end."""
    return _FLAG[0] == 1
