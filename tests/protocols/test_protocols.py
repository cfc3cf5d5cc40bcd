"""Each protocol holds in every interleaving, and the one before did not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.protocols import purges, refreshes, runs, ticks
from tests.protocols.explorer import (
    END,
    Model,
    World,
    commit,
    explore,
    unsynced,
)

MODELS: dict[str, Callable[..., Model]] = {
    "P1 lost commits": runs.lost_commits,
    "P2 purge beside a run": purges.beside_a_run,
    "P2 two purgers": purges.two_purgers,
    "P4 edited plan": runs.edited_plan,
    "P5 started over": runs.started_over,
    "P6 late commit": runs.late_commit,
    "P7 dropped connections": refreshes.dropped_connections,
    "P8 power failure": refreshes.power_failure,
    "P10 cancelled": runs.cancelled,
    "P12 forgotten wish": ticks.forgotten_wish,
    "P14 lost slot": ticks.lost_slot,
}


@pytest.mark.parametrize("name", MODELS)
def test_the_protocol_holds_in_every_interleaving(name: str) -> None:
    found = explore(MODELS[name](before=False))
    assert found.trace is None, "\n".join(found.trace)
    print(f"{found.worlds:,} worlds")


@pytest.mark.parametrize("name", MODELS)
def test_the_protocol_before_breaks_its_promise(name: str) -> None:
    found = explore(MODELS[name](before=True))
    assert found.trace, f"{found.worlds} worlds, nothing found"
    print("\n".join(found.trace))


def test_a_token_is_used_once_whoever_dies_and_did_before() -> None:
    for before in (True, False):
        found = explore(refreshes.killed_callers(before=before))
        assert found.trace is None, "\n".join(found.trace)


def test_tokens_that_are_on_the_disk_a_moment_later_end_no_grant() -> None:
    found = explore(refreshes.slow_disk())
    assert found.trace is None, "\n".join(found.trace)


def counter(write: Callable[[Callable[[World], str]], Callable[[World], str]]) -> Model:
    """Return two processes that read a number and write the next one."""

    def read(world: World) -> str:
        world.memory["seen"] = world.db["count"]
        return "write"

    @write
    def add(world: World) -> str:
        world.db["count"] = world.memory["seen"] + 1
        return END

    one = {"read": read, "write": add}
    return Model(
        db={"count": 0},
        processes={"one": one, "two": one},
        at_rest=lambda world: world.db["count"] == 2,
    )


def test_the_explorer_finds_a_lost_update_by_the_shortest_way() -> None:
    found = explore(counter(commit))
    assert sorted(found.trace or ()) == [
        "one: read",
        "one: write",
        "two: read",
        "two: write",
    ]


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        ({"crashes": 1}, "one dies before: write"),
        ({"errors": 1}, "one: write, unanswered"),
        ({"power": 1}, "the server loses its last commits"),
    ],
)
def test_the_explorer_knows_each_kind_of_trouble(
    trouble: dict[str, int], told: str
) -> None:
    @unsynced
    def write(world: World) -> str:
        world.db["count"] += 1
        return END

    def again(world: World) -> str:
        return "write"

    model = Model(
        db={"count": 0},
        processes={"one": {"write": write, "error": again}},
        at_rest=lambda world: world.db["count"] == 1,
        **trouble,
    )
    assert told in (explore(model).trace or ())
