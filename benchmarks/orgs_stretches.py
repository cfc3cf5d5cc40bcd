"""Stretches of real time with a site that runs: how much it bears, how fresh it is.

Redis, workers and beat are real processes, answers come over HTTP. A minute of real time
stands for one: nothing is sped up but that more orgs are watched than one.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import NamedTuple

from benchmarks.orgs_lines import Line, at_least, at_most
from benchmarks.orgs_site import Spent, dead_address, running
from benchmarks.places import Databases, run

PLANS = 10
OFTEN = 0.66
"""Of the orgs, so many are looked at every minute where it is measured how much is borne."""
RATE = 0.6
"""The goal: 600 of 1,000 orgs a minute."""
SETTLE_S, BUSY_S = 30, 60
CAUGHT_UP_S = 90
"""After so long, what fell due while the workers started has been looked at."""
FRESH_S, TAIL_S = 60, 90
"""Changes of so long are watched, and for how long they may come in."""
SLOTS = 4
"""Processes of each of the two workers where freshness is measured: they wait for orgs."""
FEW = 10
"""Orgs of the small site, with whose memory that of the large one is compared."""
FEW_S = 45


class Place(NamedTuple):
    """Where it is measured."""

    made: Databases
    base_url: str
    answers: int
    """The process of the pretend orgs."""
    orgs: int
    say: Callable[[str], None]


def stretches(place: Place, url: str) -> list[Line]:
    """Measure in a database of many orgs; return the lines."""
    lines, large = _busy(place, url)
    fresh = _fresh(place, url)
    with dead_address() as dead_url:
        beside = _fresh(place, url, dead_url=dead_url)
    lines += [
        at_most(
            "seconds until a change is cached, looked at each minute, p95",
            fresh["p95"],
            75,
        ),
        Line("  the mean", fresh["mean"]),
        Line("  changes that were watched", fresh["changes"]),
        Line("  the same beside dead orgs, 5 of 100, p95", beside["p95"]),
        Line("  the mean", beside["mean"]),
        at_most(
            "freshness beside dead orgs / without, mean",
            beside["mean"] / fresh["mean"],
            1.1,
        ),
        at_most(
            "freshness beside dead orgs / without, p95",
            beside["p95"] / fresh["p95"],
            1.1,
        ),
    ]
    return lines + _memory(place, url, large)


def _busy(place: Place, url: str) -> tuple[list[Line], float]:
    """Let two processes look at as many orgs a minute as they shall bear."""
    _set_out(url, often=round(place.orgs * OFTEN))
    with running(url, slots=1) as site:
        time.sleep(CAUGHT_UP_S)
        before, since = site.spent(place.answers), time.time()
        time.sleep(BUSY_S)
        after, until = site.spent(place.answers), time.time()
        peak = site.peak_mb()
    found = run(
        "orgs_look",
        url,
        deed="seen",
        since=since,
        until=until,
        changed_until=until - 5,
    )["found"]
    place.say(f"{place.made.kind}: a busy stretch, {found}")
    orgs = 60 * found["looked"] / PLANS / (until - since)
    lines = [
        at_least("orgs looked at a minute, two processes", orgs, RATE * place.orgs)
    ]
    return lines + _processors(before, after), peak


def _processors(before: Spent, after: Spent) -> list[Line]:
    cores = os.cpu_count() or 1
    spent = Spent(*(b - a for a, b in zip(before, after, strict=True)))
    aside = spent.answers + spent.bench
    idle = 100 * (spent.machine_idle + aside) / spent.machine
    of_all = 100 / (cores * spent.at)
    return [
        at_least("  the processors idle meanwhile, %", idle, 30),
        Line("  taken by workers, beat and Redis, %", spent.site * of_all),
        Line(
            "  taken by the pretend orgs (counted as idle), %", spent.answers * of_all
        ),
    ]


def _fresh(place: Place, url: str, *, dead_url: str = "") -> dict[str, float]:
    """Watch how long changes of some orgs take until they are cached."""
    _set_out(url, dead_url=dead_url)
    with running(url, slots=SLOTS) as site:
        time.sleep(SETTLE_S)
        since = time.time()
        time.sleep(FRESH_S + TAIL_S)
        found = _seen(url, since=since, changed_until=since + FRESH_S)
        if not found["looked"]:
            raise RuntimeError(f"Nothing was looked at:\n{site.said()}")
    beside = " beside dead orgs" if dead_url else ""
    place.say(f"{place.made.kind}: changes watched{beside}, {found}")
    return found


def _seen(url: str, *, since: float, changed_until: float) -> dict[str, float]:
    found: dict[str, float] = run(
        "orgs_look",
        url,
        deed="seen",
        since=since,
        until=time.time(),
        changed_until=changed_until,
    )["found"]
    return found


def _set_out(url: str, *, often: int = 0, dead_url: str = "") -> None:
    run(
        "orgs_look",
        url,
        deed="set_out",
        often=often,
        dead_url=dead_url,
        dead_within=SETTLE_S + FRESH_S,
    )


def _memory(place: Place, url: str, worker: float) -> list[Line]:
    """Compare what processes hold with those of a site of ten orgs."""
    small = place.made.fresh()
    try:
        run("orgs_seed", small, orgs=FEW, base_url=place.base_url)
        _set_out(small, often=FEW)
        with running(small, slots=1) as site:
            time.sleep(FEW_S)
            worker_few = site.peak_mb()
        peaks = {
            name: (_peak(name, url, place.orgs), _peak(name, small, FEW))
            for name in ("web", "tick")
        }
    finally:
        place.made.drop(small)
    peaks = {"worker": (worker, worker_few), **peaks}
    lines = []
    for name, (many, few) in peaks.items():
        lines += [
            at_most(f"memory of {name}, {place.orgs} orgs / {FEW}", many / few, 1.2),
            Line("  megabytes", many),
        ]
    return lines


def _peak(name: str, url: str, orgs: int) -> float:
    """Return what a tick needs to which every plan is due, or the pages of many orgs."""
    if name == "tick":
        found = run("orgs", url, deed="tick", due=orgs * PLANS)
    else:
        found = run("orgs_look", url, deed="pages")
    return float(found["peak_mb"])
