"""How much more memory this process took at its peak within a block (Linux)."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass
class Peak:
    """``grown_mb`` is known behind the block."""

    grown_mb: float = 0.0


def _kilobytes(name: str) -> int:
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    raise LookupError(name)


@contextmanager
def peak() -> Iterator[Peak]:
    """Measure the highest resident size within the block against that before it."""
    found = Peak()
    gc.collect()
    try:
        Path("/proc/self/clear_refs").write_text("5", "ascii")  # forgets the last peak
        before = _kilobytes("VmRSS")
    except OSError:
        pytest.skip("this system does not tell a process's peak")
    yield found
    found.grown_mb = (_kilobytes("VmHWM") - before) / 1024
