"""Many orgs: what a quiet minute costs, by a run of each plan and by rounds.

``make bench ORGS=1000`` measures a whole platform; fifty orgs tell the ratios.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from benchmarks.orgs_lines import Line, at_most
from benchmarks.orgs_lines import report as table
from benchmarks.orgs_stretches import Place, stretches
from benchmarks.places import databases, run
from tests.environment import ROOT

ORGS = int(os.environ.get("ORGS", "50"))
PLANS = 10
WORKERS = 2
RUNS = 20
"""Quiet runs that are measured for comparison."""
ROUNDS = 150
"""Rounds of each of the workers, likewise."""
DUE = (300, 10_000)
"""Due plans of the ticks, as far as there are so many."""


def measure(options: dict[str, Any]) -> dict[str, Any]:
    """Do one of the things that are measured, by the name of its function."""
    return {"found": DEEDS[options["deed"]](options)}


def _runs(_options: dict[str, Any]) -> dict[str, float]:
    """Look at plans by a run of each."""
    from sfconnector import sync
    from sfconnector.models import ApiCall, SyncPlan

    plans = list(SyncPlan.objects.order_by("pk")[: RUNS + 1])
    sync.execute(sync.request_run(plans.pop(0)).pk, worker="bench")
    before = ApiCall.objects.count()
    seen = _seen(
        lambda: [
            sync.execute(sync.request_run(plan).pk, worker="bench") for plan in plans
        ]
    )
    made = ApiCall.objects.count() - before
    return {"calls": made / RUNS, **{key: one / RUNS for key, one in seen.items()}}


def _rounds(options: dict[str, Any]) -> dict[str, float]:
    """Look at the plans of one org after another; every so many-th of them is ours."""
    from sfconnector import sync
    from sfconnector.models import Org, Round

    ids = list(Org.objects.order_by("pk").values_list("pk", flat=True))
    mine = ids[int(options["first"]) :: int(options["every"])][:ROUNDS]
    began = time.monotonic()
    seen = _seen(lambda: [sync.look_round(one) for one in mine])
    found = Round.objects.filter(org__in=mine)
    rounds = found.count()
    looked = sum(len(plans) for plans in found.values_list("plans", flat=True))
    return {
        "orgs": rounds,
        "calls": sum(found.values_list("calls", flat=True)) / max(rounds, 1),
        "queries": seen["queries"] / max(looked, 1),
        "cpu": seen["cpu"] / max(looked, 1),
        "looked": looked,
        "seconds": time.monotonic() - began,
    }


def _tick(options: dict[str, Any]) -> dict[str, float]:
    """Tick while so many plans are due."""
    from django.utils import timezone

    from sfconnector import sync
    from sfconnector.models import SyncPlan, SyncRun

    SyncRun.objects.all().delete()
    now = timezone.now()
    SyncPlan.objects.update(next_run_at=now + timedelta(days=1))
    ids = SyncPlan.objects.order_by("pk").values_list("pk", flat=True)
    due = list(ids[: int(options["due"])])
    for start in range(0, len(due), 500):
        some = SyncPlan.objects.filter(pk__in=due[start : start + 500])
        some.update(next_run_at=now)
    began = time.monotonic()
    seen = _seen(sync.tick)
    return {**seen, "seconds": time.monotonic() - began, "due": len(due)}


def _seen(work: Callable[[], object]) -> dict[str, float]:
    """Count the queries of some work, and its processor time."""
    from django.db import connection

    count = 0

    def note(execute: Any, *given: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*given)

    began = time.process_time()
    with connection.execute_wrapper(note):
        work()
    return {"queries": count, "cpu": (time.process_time() - began) * 1000}


DEEDS: dict[str, Callable[[dict[str, Any]], dict[str, float]]] = {
    "runs": _runs,
    "rounds": _rounds,
    "tick": _tick,
}


def suite(kinds: Sequence[str], *, say: Callable[[str], None]) -> dict[str, list[Line]]:
    """Measure in databases of some kinds; return their lines."""
    results = {}
    for kind in kinds:
        with databases(kind) as made, _answering() as told:
            place = Place(made, told["base_url"], told["pid"], ORGS, say)
            results[kind] = _measured(place)
    return results


def _measured(place: Place) -> list[Line]:
    made, base_url, say = place.made, place.base_url, place.say
    url = made.fresh()
    try:
        run("orgs_seed", url, orgs=ORGS, base_url=base_url)
        say(f"{made.kind}: {ORGS} orgs of {PLANS} plans are there")
        by_run = run("orgs", url, deed="runs")["found"]
        theirs = _cpu(base_url)
        with ThreadPoolExecutor(WORKERS) as pool:
            shares = [
                pool.submit(run, "orgs", url, deed="rounds", first=one, every=WORKERS)
                for one in range(WORKERS)
            ]
        theirs = _cpu(base_url) - theirs
        rounds = [share.result()["found"] for share in shares]
        say(f"{made.kind}: rounds took {max(one['seconds'] for one in rounds):.1f} s")
        ticks = [
            run("orgs", url, deed="tick", due=due)["found"]
            for due in DUE
            if due <= ORGS * PLANS or due == DUE[0]
        ]
        lines = _lines(by_run, rounds, ticks, theirs)
        # Workers of several processes need a server.
        return lines + (stretches(place, url) if made.kind == "postgresql" else [])
    finally:
        made.drop(url)


def _lines(
    by_run: dict[str, float],
    rounds: list[dict[str, float]],
    ticks: list[dict[str, float]],
    theirs: float,
) -> list[Line]:
    looked = sum(one["looked"] for one in rounds)
    orgs = sum(one["orgs"] for one in rounds)

    def mean(name: str, weight: str) -> float:
        total = sum(one[weight] for one in rounds)
        return sum(one[name] * one[weight] for one in rounds) / max(total, 1)

    calls, queries = mean("calls", "orgs"), mean("queries", "looked")
    cpu = mean("cpu", "looked")
    a_minute = 60 * orgs / max(one["seconds"] for one in rounds)
    lines = [
        Line("API calls of ten plans, by runs", by_run["calls"] * PLANS),
        at_most("API calls of ten plans, by a round", calls, 2),
        Line("queries of a plan, by a run", by_run["queries"]),
        at_most("queries of a plan, in a round", queries, 3),
        Line("processor ms of a plan, by a run", by_run["cpu"]),
        at_most("processor ms of a plan, in a round", cpu, 4),
        Line("ratio of calls, run to round", by_run["calls"] * PLANS / calls),
        Line("ratio of queries, run to round", by_run["queries"] / queries),
        Line("ratio of processor time, run to round", by_run["cpu"] / cpu),
        Line(f"orgs a minute at most, {WORKERS} processes", a_minute),
        Line("processor ms of the pretend orgs a plan", 1000 * theirs / looked),
    ]
    for tick in ticks:
        name = f"tick with {tick['due']:,.0f} due plans"
        lines.append(at_most(f"queries of a {name}", tick["queries"], 30))
        lines.append(at_most(f"seconds of a {name}", tick["seconds"], 2))
        lines.append(Line("  processor seconds of it", tick["cpu"] / 1000))
    return lines


@contextmanager
def _answering() -> Iterator[dict[str, Any]]:
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.orgs_answers"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            yield json.loads(line)
        finally:
            process.terminate()


def _cpu(base_url: str) -> float:
    with urllib.request.urlopen(f"{base_url}/cpu", timeout=10) as answer:
        return float(json.load(answer)["cpu"])


def report(results: dict[str, list[Line]]) -> str:
    """Return a table per database: figure, goal, met or missed."""
    title = f"{ORGS} orgs of {PLANS} plans, 1 % of the objects changed"
    return table(results, title=title)
