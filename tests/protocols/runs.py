"""How a run claims, commits its batches, rests and ends: P1, P4, P5, P6, P10."""

from __future__ import annotations

from tests.protocols.explorer import END, Blocked, Model, Step, World, commit, unsynced

PAGES = 3
ACTIVE = ("queued", "running", "parked")


def is_mine(world: World, *, counted: bool = True) -> bool:
    """Tell whether an UPDATE that asks for state, fence and step finds the run."""
    db, mine = world.db, world.memory
    is_held = db["state"] == "running" and db["fence"] == mine["fence"]
    return is_held and (not counted or db["step"] == mine["step"])


def claimed(world: World) -> None:
    """Take the run by one conditional UPDATE; wait until that is possible."""
    db = world.db
    is_silent = db["state"] == "running" and not db["lease"]
    if not (is_silent or db["state"] in ("queued", "parked")):
        raise Blocked
    db["state"], db["lease"] = "running", True
    db["fence"] += 1
    world.memory.update(fence=db["fence"], step=db["step"], place=db["place"])


def advanced(world: World, **values: object) -> None:
    """Write the run's row; the step grows with each write."""
    world.db.update(values)
    world.db["step"] += 1
    world.memory["step"] += 1


@commit
def lease_ends(world: World) -> str:
    """Let the time of a worker that stands still run out."""
    if not world.db["lease"]:
        raise Blocked
    world.db["lease"] = False
    return END


def new_run(**values: object) -> dict[str, object]:
    """Return the row of a queued run, and what is cached."""
    row = {"state": "queued", "fence": 0, "step": 0, "place": 0, "lease": False}
    return {**row, "rows": (), **values}


def lost_commits(*, before: bool) -> Model:
    """P1: batches do not wait for the disk, and the server loses the last ones."""

    @commit
    def claim(world: World) -> str:
        claimed(world)
        return "batch"

    @unsynced
    def batch(world: World) -> str:
        if not is_mine(world, counted=not before):
            return END
        page = world.memory["place"] + 1
        rows = tuple(sorted({*world.db["rows"], page}))
        advanced(world, rows=rows, place=page)
        world.memory["place"] = page
        return "batch" if page < PAGES else "finish"

    @commit
    def finish(world: World) -> str:
        if is_mine(world, counted=not before):
            advanced(world, state="succeeded", lease=False)
        return END

    @commit
    def rest(world: World) -> str:
        """After an error: what is in memory is a guess, so the row is read anew."""
        if "fence" not in world.memory or world.db["fence"] != world.memory["fence"]:
            return END
        if world.db["state"] == "running":
            place = world.memory["place"] if before else world.db["place"]
            world.memory["step"] = world.db["step"]
            advanced(world, state="queued", lease=False, place=place)
        return END

    def is_whole(world: World) -> bool:
        behind = set(range(1, world.db["place"] + 1))
        if world.db["state"] == "succeeded":
            behind = set(range(1, PAGES + 1))
        return behind <= set(world.db["rows"])

    worker = {"claim": claim, "batch": batch, "finish": finish, "error": rest}
    return Model(
        db=new_run(),
        processes={"worker": worker, "other": worker},
        events={"the lease ends": lease_ends},
        always=is_whole,
        crashes=1,
        errors=1,
        power=2,
    )


def edited_plan(*, before: bool) -> Model:
    """P4: the plan changes, or a field is masked, while a full pass rests."""

    @commit
    def claim(world: World) -> str:
        claimed(world)
        world.memory["reads"] = world.db["plan"]
        if not before and world.db["definition"] != world.memory["reads"]:
            advanced(world, place=0, definition=world.memory["reads"])
            world.memory["place"] = 0
        return "batch"

    @commit
    def batch(world: World) -> str:
        if not is_mine(world):
            return END
        page = world.memory["place"] + 1
        rows = dict(world.db["rows"]) | {page: world.memory["reads"]}
        advanced(world, rows=tuple(sorted(rows.items())), place=page)
        world.memory["place"] = page
        return "finish" if page >= PAGES else "rest" if page == 1 else "batch"

    @commit
    def rest(world: World) -> str:
        if is_mine(world):
            advanced(world, state="parked", lease=False)
        return END

    @commit
    def finish(world: World) -> str:
        if is_mine(world):
            said = world.memory["reads"]
            advanced(world, state="succeeded", lease=False, concluded=said)
        return END

    @commit
    def edit(world: World) -> str:
        world.db["plan"] += 1
        return END

    def is_as_said(world: World) -> bool:
        """What the plan says was read is what every cached record was read by."""
        db = world.db
        return db["concluded"] in (0, *{read for _, read in db["rows"]}) and (
            not db["concluded"] or len({read for _, read in db["rows"]}) == 1
        )

    worker = {"claim": claim, "batch": batch, "rest": rest, "finish": finish}
    return Model(
        db=new_run(plan=1, definition=0, concluded=0),
        processes={"first": worker, "second": worker, "third": worker},
        events={"a person edits the plan": edit, "the lease ends": lease_ends},
        always=is_as_said,
        crashes=1,
    )


def started_over(*, before: bool) -> Model:
    """P5: a Bulk pass starts over; it looks for the missing only where sums differ."""

    @commit
    def begin(world: World) -> str:
        world.db["cached"] = len(world.db["rows"])
        return "job"

    def job(world: World) -> str:
        world.outside["job"] = world.outside["records"]
        return "all" if "cut" in world.memory else "some"

    @commit
    def some(world: World) -> str:
        """Store the rows that come before the answer breaks off: here the new one."""
        newest = world.outside["job"][-1:]
        world.db["rows"] = tuple(sorted({*world.db["rows"], *newest}))
        world.memory["cut"] = True
        return "start over"

    @commit
    def start_over(world: World) -> str:
        if not before:
            world.db["cached"] = len(world.db["rows"])
        return "job"

    @commit
    def everything(world: World) -> str:
        snapshot = world.outside["job"]
        world.db["met"] = len({*snapshot} & {*world.db["rows"]})
        world.db["rows"] = tuple(sorted({*world.db["rows"], *snapshot}))
        return "settle"

    @commit
    def settle(world: World) -> str:
        if world.db["met"] != world.db["cached"]:
            world.db["rows"] = world.outside["job"]
        world.db["is_over"] = True
        return END

    def purge(world: World) -> str:
        world.outside["records"] = world.outside["records"][1:]
        return END

    def is_whole(world: World) -> bool:
        return not world.db["is_over"] or world.db["rows"] == world.outside["job"]

    return Model(
        db={"rows": (1, 2), "cached": 0, "met": 0, "is_over": False},
        outside={"records": (1, 2, 3), "job": ()},
        processes={
            "worker": {
                "begin": begin,
                "job": job,
                "some": some,
                "start over": start_over,
                "all": everything,
                "settle": settle,
            },
        },
        events={"the org purges a record": purge},
        always=is_whole,
    )


LATEST = 7
OVERLAP = 2
VISIBLE = {1: 1, 2: 4, 3: 3, 7: 7}
"""Stamp → when a query first shows the record; a late commit stays in the overlap."""


def late_commit(*, before: bool) -> Model:
    """P6: an incremental run rests; a record with an older stamp is committed."""

    def visible(world: World) -> set[int]:
        now = world.outside["now"]
        return {stamp for stamp, moment in VISIBLE.items() if moment <= now}

    def tick(world: World) -> str:
        world.outside["now"] += 1
        return END if world.outside["now"] == LATEST else "tick"

    @commit
    def begin(world: World) -> str:
        world.db["started"] = world.outside["now"]
        return "page"

    @commit
    def page(world: World) -> str:
        after = world.db["moment"] or world.db["cursor"] - OVERLAP - 1
        found = {stamp for stamp in visible(world) if stamp > after}
        world.db["rows"] = tuple(sorted({*world.db["rows"], *found}))
        world.db["moment"] = max({*found, world.db["moment"]})
        world.db["pages"] += 1
        return "finish" if world.db["pages"] == 2 else "page"  # between them it rests

    @commit
    def finish(world: World) -> str:
        reached = world.db["moment"]
        if not before:
            reached = min(reached, world.db["started"])
        world.db.update(cursor=reached, moment=0, is_over=True)
        return END

    @commit
    def last_run(world: World) -> str:
        if not world.db["is_over"] or world.outside["now"] < LATEST:
            raise Blocked
        since = world.db["cursor"] - OVERLAP
        found = {stamp for stamp in visible(world) if stamp >= since}
        world.db["rows"] = tuple(sorted({*world.db["rows"], *found}))
        return END

    return Model(
        db={
            "rows": (), "cursor": 0, "moment": 0, "started": 0, "pages": 0,
            "is_over": False,
        },
        outside={"now": 0},
        processes={
            "clock": {"tick": tick},
            "worker": {"begin": begin, "page": page, "finish": finish},
            "next run": {"read": last_run},
        },
        at_rest=lambda world: world.db["rows"] == tuple(VISIBLE),
    )  # fmt: skip


def cancelled(*, before: bool) -> Model:
    """P10: a person cancels while the worker gives its run back."""

    @commit
    def claim(world: World) -> str:
        claimed(world)
        # Whoever looks at the budget first parks what is to be cancelled.
        return "release" if before else "look"

    @commit
    def look(world: World) -> str:
        if is_mine(world) and world.db["asked"]:
            advanced(world, state="cancelled", lease=False)
            return END
        return "release"

    @commit
    def release(world: World) -> str:
        if is_mine(world):
            ends = world.db["asked"] and not before
            advanced(world, state="cancelled" if ends else "parked", lease=False)
        return END

    def ask_at_once(world: World) -> str:
        if world.db["state"] not in ACTIVE:
            return END
        world.db["asked"] = world.outside["told"] = True
        if world.db["state"] != "running":
            world.db["state"] = "cancelled"
        return END

    @commit
    def ask_waiting(world: World) -> str:
        if world.db["state"] not in ("queued", "parked"):
            return "ask running"
        world.db["state"], world.outside["told"] = "cancelled", True
        return END

    @commit
    def ask_running(world: World) -> str:
        if world.db["state"] == "running":
            world.db["asked"] = world.outside["told"] = True
        return END

    person: dict[str, Step] = {"ask": commit(ask_at_once)}
    if before:
        person = {"ask waiting": ask_waiting, "ask running": ask_running}
    worker = {"claim": claim, "look": look, "release": release}
    return Model(
        db=new_run(asked=False),
        outside={"told": False},
        processes={"worker": worker, "person": person},
        events={"the lease ends": lease_ends},
        # The person pressed it; nobody crashed: the run does not wait for its time.
        at_rest=lambda world: world.db["state"] not in ("queued", "parked"),
    )
