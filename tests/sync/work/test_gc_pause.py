"""The garbage collector's threshold while runs are worked on, and after them."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from sfconnector.sync.work import gc_pause


@pytest.fixture(autouse=True)
def threshold() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*before)


def test_the_last_run_restores_what_was_there() -> None:
    with gc_pause.seldom():
        with gc_pause.seldom():
            assert gc.get_threshold() == (gc_pause.ALLOCATIONS, 10, 10)
        assert gc.get_threshold() == (gc_pause.ALLOCATIONS, 10, 10)
    assert gc.get_threshold() == (700, 10, 10)


def test_an_error_restores_it_as_well() -> None:
    with pytest.raises(RuntimeError), gc_pause.seldom():
        raise RuntimeError
    assert gc.get_threshold() == (700, 10, 10)


@pytest.mark.parametrize("chosen", [0, gc_pause.ALLOCATIONS * 2])
def test_what_a_host_chose_stays(chosen: int) -> None:
    gc.set_threshold(chosen, 10, 10)
    with gc_pause.seldom():
        assert gc.get_threshold()[0] == chosen
    assert gc.get_threshold()[0] == chosen
