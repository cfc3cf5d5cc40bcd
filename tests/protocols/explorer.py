"""Walks every interleaving of a few processes and says where a promise breaks.

A model is a handful of processes over one small database. A process is a table of
named steps; a step is a function that reads and writes a copy of the world and returns
the name of the next one. Whatever the code does in one transaction is one step here, so
between two steps anything may happen, as between two lines of the code:

* another process moves, any number of times: so each one may also wake up late;
* the process dies (``crashes``): its own memory is gone, the database stays;
* a step marked ``commit`` fails (``errors``): the database took nothing back, or it
  took the step and the answer was lost; either way the process goes on at ``error``;
* the server loses its last commits (``power``): those of steps marked ``unsynced``,
  back to the last one that waited for the disk. Nobody is told, as behind a pooler.

Each kind has a budget, so the walk ends. It goes in breadth, so the trace that comes
back is a shortest one, and reads as a story.
"""

from __future__ import annotations

import contextlib
import dataclasses
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

END = "end"
"""The name of the step after the last one."""
EVENT = "not yet"
"""Where an event stands that did not happen."""
ERROR = "error"
"""The step at which a process goes on when the database failed it."""
MOST_WORLDS = 500_000


class Blocked(Exception):  # noqa: N818 - nothing went wrong
    """Raised by a step that cannot be taken now: the process waits."""


@dataclasses.dataclass
class World:
    """Everything that is so at one moment."""

    db: dict[str, Any]
    """What the database answers."""
    disk: dict[str, Any]
    """What it would answer after a power failure."""
    at: dict[str, str]
    """Process → its next step."""
    mine: dict[str, dict[str, Any]]
    """Process → what it holds in memory."""
    left: dict[str, int]
    """Kind of trouble → how often it may still come."""
    outside: dict[str, Any]
    """The org, the clock, people: what no failure of ours takes back."""
    me: str = ""
    """The process whose step it is."""

    @property
    def memory(self) -> dict[str, Any]:
        """Return what the moving process holds in memory."""
        return self.mine[self.me]

    def copied(self) -> World:
        """Return the same world, to be changed; values are never changed in place."""
        return World(
            db=dict(self.db),
            disk=dict(self.disk),
            at=dict(self.at),
            mine={name: dict(values) for name, values in self.mine.items()},
            left=dict(self.left),
            outside=dict(self.outside),
            me=self.me,
        )

    def key(self) -> str:
        """Return a text that two worlds share only when they are the same."""
        return repr((self.db, self.disk, self.at, self.mine, self.left, self.outside))


Step = Callable[[World], str]


def commit(step: Step) -> Step:
    """Mark a step as a transaction, which may fail or lose its answer."""
    step.is_commit = True  # type: ignore[attr-defined]  # a mark on a function
    return step


def unsynced(step: Step) -> Step:
    """Mark a step as a transaction that does not wait for the disk."""
    step.is_unsynced = True  # type: ignore[attr-defined]  # a mark on a function
    return commit(step)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Model:
    """Processes, the database that they begin with, and what must hold."""

    db: Mapping[str, Any]
    processes: Mapping[str, Mapping[str, Step]]
    """Name → steps by name, the first one first."""
    events: Mapping[str, Step] = dataclasses.field(default_factory=dict)
    """What happens once by itself, at any moment: a lease ends, a person edits."""
    outside: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    always: Callable[[World], bool] = lambda world: True
    """Holds after each step."""
    at_rest: Callable[[World], bool] = lambda world: True
    """Holds whenever no process can move any more."""
    crashes: int = 0
    errors: int = 0
    power: int = 0


@dataclasses.dataclass(frozen=True)
class Found:
    """What a walk found."""

    worlds: int
    trace: Sequence[str] | None
    """The way to the first broken promise, None when all are kept."""


def explore(model: Model) -> Found:
    """Walk to every world that can be reached; stop at the first broken promise."""
    start = _start(model)
    ways: dict[str, tuple[str, str]] = {start.key(): ("", "")}
    waiting = deque([start])
    while waiting:
        world = waiting.popleft()
        is_at_rest = True
        for label, after, is_move in _next(model, world):
            is_at_rest = is_at_rest and not is_move
            key = after.key()
            if key in ways:
                continue
            ways[key] = (world.key(), label)
            if not model.always(after):
                return Found(len(ways), _trace(ways, key))
            waiting.append(after)
        if is_at_rest and not model.at_rest(world):
            return Found(len(ways), _trace(ways, world.key()))
        assert len(ways) < MOST_WORLDS, "this model is too large to be walked"
    return Found(len(ways), None)


def _start(model: Model) -> World:
    return World(
        db=dict(model.db),
        disk=dict(model.db),
        at={name: next(iter(steps)) for name, steps in model.processes.items()}
        | dict.fromkeys(model.events, EVENT),
        mine={name: {} for name in (*model.processes, *model.events)},
        left={"crash": model.crashes, "error": model.errors, "power": model.power},
        outside=dict(model.outside),
    )


def _next(model: Model, world: World) -> Iterator[tuple[str, World, bool]]:
    """Yield what may happen next; the last value tells moves from mere trouble."""
    for name, steps in model.processes.items():
        at = world.at[name]
        if at == END:
            continue
        try:
            moved = _moved(world, name, steps[at])
        except Blocked:
            moved = None
        if moved is not None:
            yield f"{name}: {at}", moved, True
        if world.left["error"] and hasattr(steps[at], "is_commit") and ERROR in steps:
            yield f"{name}: {at} fails", _failed(world, world, name), False
            if moved is not None:
                yield f"{name}: {at}, unanswered", _failed(world, moved, name), False
        if world.left["crash"]:
            dead = _spent(world, "crash")
            dead.at[name], dead.mine[name] = END, {}
            yield f"{name} dies before: {at}", dead, False
    for name, event in model.events.items():
        if world.at[name] != END:
            with contextlib.suppress(Blocked):
                yield name, _moved(world, name, event), True
    if world.left["power"] and world.db != world.disk:
        dark = _spent(world, "power")
        dark.db = dict(dark.disk)
        yield "the server loses its last commits", dark, False


def _moved(world: World, name: str, step: Step) -> World:
    after = world.copied()
    after.me = name
    after.at[name] = step(after)
    if after.at[name] == END:
        after.mine[name] = {}
    after.me = ""
    if hasattr(step, "is_commit") and not hasattr(step, "is_unsynced"):
        # A later commit that waits for the disk takes the earlier ones with it.
        after.disk = dict(after.db)
    return after


def _failed(before: World, after: World, name: str) -> World:
    """Return the world of ``after`` as seen by a process that got no answer."""
    failed = _spent(after, "error")
    failed.mine[name] = dict(before.mine[name])
    failed.at[name] = ERROR
    return failed


def _spent(world: World, kind: str) -> World:
    after = world.copied()
    after.left[kind] -= 1
    return after


def _trace(ways: Mapping[str, tuple[str, str]], key: str) -> list[str]:
    labels = []
    while ways[key][0]:
        key, label = ways[key]
        labels.append(label)
    return labels[::-1]
