"""The daily pages on a large site: 300 orgs of ten plans, a week of hourly runs.

Server time through Django's test client, as for the record pages, and how often the
database is asked.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from benchmarks.places import Databases, databases, run

INDEX = "/admin/sfconnector/"
MOST_QUERIES = 25
GOALS = {
    "overview": 300,
    "overview, page 2": 300,
    "overview, search": 300,
    "overview, 7 days": None,
    "timeline of all plans, 24 h": 150,
    "timeline of all plans, 7 days": 150,
    "timeline of an org, 24 h": 150,
    "timeline of an org, 7 days": 150,
}
"""Most milliseconds at the median."""


class Line(NamedTuple):
    """What came of one page, or one timeline, in one database."""

    name: str
    milliseconds: float
    queries: float
    goal: int | None
    is_met: bool | None
    """None where there is no goal."""


def measure(options: dict[str, Any]) -> dict[str, Any]:
    """Ask for each once, then so many times with a clock."""
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.test import Client

    settings.ALLOWED_HOSTS = ["*"]
    person, _made = User.objects.get_or_create(
        username="bench", is_staff=True, is_superuser=True
    )
    client = Client()
    client.force_login(person)
    pages = {
        "overview": INDEX,
        "overview, page 2": f"{INDEX}?p=2",
        "overview, search": f"{INDEX}?q=org-1",
        "overview, 7 days": f"{INDEX}?hours=168",
    }
    asked: dict[str, Callable[[], Any]] = {
        name: _page(client, url) for name, url in pages.items()
    }
    asked |= _timelines()
    found: dict[str, dict[str, Any]] = {}
    for name, ask in asked.items():
        ask()
        found[name] = {"queries": _queries(ask), "times": []}
    for _ in range(int(options["repeats"])):
        for name, ask in asked.items():
            began = time.perf_counter()
            ask()
            found[name]["times"].append((time.perf_counter() - began) * 1000)
    return {"found": found}


def _page(client: Any, url: str) -> Callable[[], Any]:
    def ask() -> None:
        answer = client.get(url)
        if answer.status_code != 200:
            raise RuntimeError(f"{url} answered {answer.status_code}.")

    return ask


def _timelines() -> dict[str, Callable[[], Any]]:
    from sfconnector import overview
    from sfconnector.models import Org, SyncPlan

    everything = SyncPlan.objects.all()
    one = SyncPlan.objects.filter(org=Org.objects.order_by("pk")[150])
    return {
        "timeline of all plans, 24 h": lambda: overview.timeline(everything),
        "timeline of all plans, 7 days": lambda: overview.timeline(
            everything, hours=overview.WEEK
        ),
        "timeline of an org, 24 h": lambda: overview.timeline(one),
        "timeline of an org, 7 days": lambda: overview.timeline(
            one, hours=overview.WEEK
        ),
    }


def _queries(ask: Callable[[], Any]) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        ask()
    return len(seen)


def suite(
    kinds: Sequence[str], *, repeats: int, say: Callable[[str], None]
) -> dict[str, list[Line]]:
    """Measure in databases of some kinds; return their lines."""
    results = {}
    for kind in kinds:
        with databases(kind) as made:
            results[kind] = _measure_in(made, repeats=repeats, say=say)
    return results


def _measure_in(
    made: Databases, *, repeats: int, say: Callable[[str], None]
) -> list[Line]:
    url = made.fresh()
    try:
        run("overview_seed", url)
        say(f"{made.kind}: a site of 300 orgs with a week of runs is there")
        found = run("overview", url, repeats=max(repeats, 3))["found"]
    finally:
        made.drop(url)
    return [_line(name, one) for name, one in found.items()]


def _line(name: str, found: dict[str, Any]) -> Line:
    taken, goal = statistics.median(found["times"]), GOALS[name]
    is_met = None
    if goal is not None:
        is_met = taken <= goal and found["queries"] <= MOST_QUERIES
    return Line(name, taken, found["queries"], goal, is_met)


def report(results: dict[str, list[Line]]) -> str:
    """Return a table per database: milliseconds, queries, goal, met or missed."""
    lines = []
    for kind, found in results.items():
        lines += [
            "",
            f"{kind}: the daily pages, medians, at most {MOST_QUERIES} queries",
        ]
        lines.append(f"  {'':<32}{'ms':>9}{'queries':>9}{'goal':>9}")
        for one in found:
            goal = f"<= {one.goal}" if one.goal else ""
            said = {True: "met", False: "MISSED", None: ""}[one.is_met]
            lines.append(
                f"  {one.name:<32}{one.milliseconds:>9.1f}{one.queries:>9}"
                f"{goal:>9}  {said}".rstrip()
            )
    return "\n".join(lines) + "\n" if lines else ""


def as_json(results: dict[str, list[Line]]) -> dict[str, list[dict[str, Any]]]:
    """Return the lines as JSON has them."""
    return {kind: [one._asdict() for one in found] for kind, found in results.items()}
