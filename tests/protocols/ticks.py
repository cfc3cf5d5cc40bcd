"""How the tick starts plans that are due, and remembers wishes: P12, P14."""

from __future__ import annotations

from tests.protocols.explorer import END, Model, Step, World, commit


def lost_slot(*, before: bool) -> Model:
    """P14: one of two ticks dies between the plan's next time and its run."""

    def move(world: World) -> bool:
        is_mine = world.db["next"] == world.memory["next"]
        if is_mine:
            world.db["next"] += 1
        return is_mine

    @commit
    def look(world: World) -> str:
        world.memory["next"] = world.db["next"]
        return "start" if world.db["next"] == 1 else END

    @commit
    def start(world: World) -> str:
        if before:
            return "queue" if move(world) else END
        if move(world):
            world.db["queued"] += 1
        return END

    @commit
    def queue(world: World) -> str:
        world.db["queued"] += 1
        return END

    ticker: dict[str, Step] = {"look": look, "start": start, "queue": queue}
    return Model(
        db={"next": 1, "queued": 0},
        processes={"first": ticker, "second": ticker, "third": ticker},
        at_rest=lambda world: world.db["queued"] == 1,
        crashes=2,
    )


def forgotten_wish(*, before: bool) -> Model:
    """P12: somebody wants everything anew while a run is active."""

    @commit
    def claim(world: World) -> str:
        world.db["state"] = "running"
        world.memory["is_full"] = world.db["is_full"]
        return "finish"

    @commit
    def finish(world: World) -> str:
        world.db["state"] = "over"
        world.outside["fulfilled"] |= world.memory["is_full"]
        if world.db["wish"]:  # the end of one run queues the next, in one transaction
            world.db.update(state="queued", is_full=True, wish=False)
            return "claim"
        return END

    @commit
    def reload_fully(world: World) -> str:
        if world.db["state"] == "queued" and not before:
            world.db["is_full"] = True
        elif world.db["state"] == "running" and not before:
            world.db["wish"] = True
        elif world.db["state"] == "over":
            world.db["is_full"] = world.outside["fulfilled"] = True
        return END

    return Model(
        db={"state": "queued", "is_full": False, "wish": False},
        outside={"fulfilled": False},
        processes={"worker": {"claim": claim, "finish": finish}},
        events={"a person reloads fully": reload_fully},
        at_rest=lambda world: world.outside["fulfilled"],
    )
