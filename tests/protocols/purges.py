"""How a purge, an org's runs and a second purger keep out of each other's way: P2."""

from __future__ import annotations

from tests.protocols.explorer import END, Blocked, Model, Step, World, commit
from tests.protocols.runs import advanced, claimed, is_mine, lease_ends, new_run

PAGES = 2


def _worker() -> dict[str, Step]:
    @commit
    def claim(world: World) -> str:
        if world.db["flag"]:
            raise Blocked
        claimed(world)
        return "batch"

    @commit
    def batch(world: World) -> str:
        if not is_mine(world):
            return END
        page = world.memory["place"] + 1
        rows = tuple(sorted({*world.db["rows"], page}))
        advanced(world, rows=rows, place=page)
        world.memory["place"] = page
        if page >= PAGES:
            return "finish"
        return "park" if world.outside["is_spent"] else "batch"

    @commit
    def park(world: World) -> str:
        if is_mine(world):
            advanced(world, state="parked", lease=False)
        return END

    @commit
    def finish(world: World) -> str:
        if is_mine(world):
            advanced(world, state="succeeded", lease=False, cursor=True)
        return END

    return {"claim": claim, "batch": batch, "park": park, "finish": finish}


def _person(*, before: bool) -> dict[str, Step]:
    @commit
    def flag(world: World) -> str:
        world.db["flag"] = True
        return "cancel"

    @commit
    def cancel(world: World) -> str:
        if world.db["state"] in ("queued", "parked"):
            world.db["state"] = "cancelled"
        return END  # a running one is asked to stop when it looks, and may never look

    @commit
    def begin(world: World) -> str:
        """Set the flag and fence every active run off, in one transaction."""
        world.db["flag"] = True
        if world.db["state"] in ("queued", "running", "parked"):
            world.db["state"] = "cancelled"
            world.db["fence"] += 1
        return END

    return {"flag": flag, "cancel": cancel} if before else {"begin": begin}


def _purger(*, before: bool) -> dict[str, Step]:
    def is_owner(world: World) -> bool:
        return before or world.db["owner"] == world.me

    @commit
    def claim(world: World) -> str:
        db = world.db
        is_written_to = db["state"] == "running" and db["lease"]
        if not db["flag"] or db["owner"] or (before and is_written_to):
            raise Blocked
        db["owner"] = world.me
        return "forget"

    @commit
    def forget(world: World) -> str:
        if not is_owner(world):
            return END
        if not before:
            world.db["cursor"] = False
        return "step"

    @commit
    def step(world: World) -> str:
        if not is_owner(world):
            return END
        world.db["rows"] = world.db["rows"][1:]
        return "step" if world.db["rows"] else "clear"

    @commit
    def clear(world: World) -> str:
        if is_owner(world):
            world.db.update(flag=False, owner="", cursor=False)
        return END

    return {"claim": claim, "forget": forget, "step": step, "clear": clear}


def beside_a_run(*, before: bool) -> Model:
    """A worker stands still or rests, a purge comes and goes, the worker goes on."""

    def spend(world: World) -> str:
        world.outside["is_spent"] = True
        return END

    return Model(
        db=new_run(flag=False, owner="", cursor=False),
        outside={"is_spent": False},
        processes={
            "worker": _worker(),
            "other": _worker(),
            "person": _person(before=before),
            "purger": _purger(before=before),
        },
        events={"the lease ends": lease_ends, "the budget is spent": spend},
        always=_is_true_cursor,
        crashes=1,
    )


def two_purgers(*, before: bool) -> Model:
    """One purger is silent for five minutes; another one takes over and is done."""

    @commit
    def silence(world: World) -> str:
        if not world.db["owner"]:
            raise Blocked
        world.db["owner"] = ""
        return END

    @commit
    def ask_for_run(world: World) -> str:
        if world.db["flag"]:
            raise Blocked
        world.db["state"] = "queued"
        return END

    run = new_run(state="none", rows=(1, 2), cursor=True, flag=True, owner="")
    return Model(
        db=run,
        outside={"is_spent": False},
        processes={
            "purger": _purger(before=before),
            "second": _purger(before=before),
            "worker": _worker(),
        },
        events={"five minutes pass": silence, "a person wants a run": ask_for_run},
        at_rest=_is_true_cursor,
        crashes=1,
    )


def _is_true_cursor(world: World) -> bool:
    """A cursor that stands, with no purge under way, has every row behind it."""
    is_told = world.db["cursor"] and not world.db["flag"]
    return not is_told or len(world.db["rows"]) >= PAGES
