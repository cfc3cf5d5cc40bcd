"""The interpreter's settings while runs are worked on, and after them."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator

import pytest

from sfconnector.sync.work import interpreter
from sfconnector.sync.work.interpreter import ALLOCATIONS, SWITCH_S

PYTHONS_OWN = (700, 10, 10), 0.005
TUNED = (ALLOCATIONS, 10, 10), SWITCH_S


def choose(threshold: tuple[int, int, int], interval: float) -> None:
    gc.set_threshold(*threshold)
    sys.setswitchinterval(interval)


def chosen() -> tuple[tuple[int, int, int], float]:
    return gc.get_threshold(), pytest.approx(sys.getswitchinterval())


@pytest.fixture(autouse=True)
def pythons_own() -> Iterator[None]:
    before = gc.get_threshold(), sys.getswitchinterval()
    choose(*PYTHONS_OWN)
    yield
    choose(*before)


def test_the_last_run_restores_what_was_there() -> None:
    with interpreter.tuned():
        with interpreter.tuned():
            assert chosen() == TUNED
        assert chosen() == TUNED
    assert chosen() == PYTHONS_OWN


def test_an_error_restores_it_as_well() -> None:
    with pytest.raises(RuntimeError), interpreter.tuned():
        raise RuntimeError
    assert chosen() == PYTHONS_OWN


@pytest.mark.parametrize(
    "threshold", [(0, 10, 10), (ALLOCATIONS * 2, 10, 10)], ids=["off", "higher"]
)
def test_what_a_host_chose_stays(threshold: tuple[int, int, int]) -> None:
    choose(threshold, SWITCH_S / 4)
    with interpreter.tuned():
        assert chosen() == (threshold, SWITCH_S / 4)
    assert chosen() == (threshold, SWITCH_S / 4)
