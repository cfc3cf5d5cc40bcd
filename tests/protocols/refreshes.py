"""How one of several callers renews a rotating token: P7, P8."""

from __future__ import annotations

from tests.protocols.explorer import END, Blocked, Model, Step, World, commit, unsynced


def _is_mine(world: World) -> bool:
    mine = world.memory
    db = world.db
    return db["owner"] == world.me and db["generation"] == mine["generation"]


def _caller(
    *, seals_late: bool, synced: bool, waits_beside: bool = False
) -> dict[str, Step]:
    write = commit if synced else unsynced
    write_tokens = unsynced if waits_beside else write

    @commit
    def claim(world: World) -> str:
        db = world.db
        if db["token"] != 1 or db["status"] != "connected":
            return END  # somebody else was quicker, or a person is needed
        if db["owner"]:
            raise Blocked
        db["owner"] = world.me
        world.memory.update(generation=db["generation"], token=db["token"])
        return "mark"

    @write
    def mark(world: World) -> str:
        if not _is_mine(world):
            return END
        if world.db["is_lost"]:  # sent before, and never answered: never sent again
            world.db.update(status="needs reconnect", owner="")
            return END
        world.db["is_lost"] = True
        return "send"

    def send(world: World) -> str:
        """Use the token at Salesforce: a second use ends the grant."""
        if world.memory["token"] != world.outside["token"]:
            world.outside["is_dead"] = True
            return END
        world.outside["token"] += 1
        world.memory["answer"] = world.outside["token"]
        return "seal" if seals_late else "keep"

    @commit
    def seal(world: World) -> str:
        return "keep"  # looks at the canary of the key in the database

    @write_tokens
    def keep(world: World) -> str:
        if world.db["generation"] == world.memory["generation"]:
            world.db.update(token=world.memory["answer"], owner="", is_lost=False)
            world.db.update(status="connected")
            world.db["generation"] += 1
        return "to the disk" if waits_beside else END

    @commit
    def to_the_disk(world: World) -> str:
        """Wait for what was written, while the new token is in use already."""
        return END

    def error(world: World) -> str:
        if "answer" not in world.memory:
            return END
        # What is asked of the database before the write was not tried again.
        return END if seals_late else "keep"

    return {
        "claim": claim, "mark": mark, "send": send, "seal": seal, "keep": keep,
        "to the disk": to_the_disk, "error": error,
    }  # fmt: skip


def _lease_ends(world: World) -> str:
    if not world.db["owner"]:
        raise Blocked
    world.db["owner"] = ""
    return END


def _model(*, crashes: int, errors: int, power: int, **caller: bool) -> Model:
    db = {
        "token": 1, "generation": 1, "owner": "", "is_lost": False,
        "status": "connected",
    }  # fmt: skip

    def is_known(world: World) -> bool:
        """The row holds the living token, or says what it does not know."""
        is_honest = world.db["is_lost"] or world.db["status"] != "connected"
        return world.db["token"] == world.outside["token"] or is_honest

    def is_kept(world: World) -> bool:
        return bool(world.db["token"] == world.outside["token"])

    return Model(
        db=db,
        outside={"token": 1, "is_dead": False},
        processes={"first": _caller(**caller), "second": _caller(**caller)},
        events={"the lease ends": commit(_lease_ends)},
        always=lambda world: not world.outside["is_dead"],
        at_rest=is_known if crashes or power else is_kept,
        crashes=crashes,
        errors=errors,
        power=power,
    )


def dropped_connections(*, before: bool) -> Model:
    """P7: the database goes away between the answer and the write, twice."""
    return _model(crashes=0, errors=2, power=0, seals_late=before, synced=True)


def killed_callers(*, before: bool) -> Model:
    """F03, F04: callers die anywhere; the token is used once all the same."""
    return _model(crashes=2, errors=0, power=0, seals_late=before, synced=True)


def power_failure(*, before: bool) -> Model:
    """P8: the mark, or the tokens, were committed and are not on the disk."""
    return _model(crashes=1, errors=0, power=1, seals_late=False, synced=not before)


def slow_disk() -> Model:
    """P8 on SQLite: nobody waits until the new tokens are on the disk, as the mark is."""
    return _model(
        crashes=1, errors=0, power=1, seals_late=False, synced=True, waits_beside=True
    )
