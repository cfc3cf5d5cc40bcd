"""The record pages of the admin at few and at many records: ratios beside goals.

Server time of each page through Django's test client, and the memory of an export, in
databases that hold 1,000 and a million Accounts of one org (and a fifth as many of
another), on one machine.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from benchmarks.page_seed import FIELDS, RARE, record_id
from benchmarks.places import Databases, databases, run

FEW = 1_000
TURNS = 5
"""Processes of each size, in turn, so that what else runs here meets both alike."""
MOST_MS = 150
"""Most that a page may take at the median on PostgreSQL."""
GOALS = {
    "page 1": 1.25,
    "last page": 1.25,
    "org filter": 1.25,
    "rare search": 1.25,
    "search by id": 1.25,
    "record page": 1.25,
    "picklist filter": 3.0,
    "picklist filter, last page": 3.0,
    "sort by name": 3.0,
    "sort by revenue, down": 3.0,
    "middle page": None,  # no goal, but nobody should wait for it either
}
"""Most that a page may take, as a multiple of its time at 1,000 records."""

EXPORT = "export as CSV"
MOST_MEMORY = 1.15
"""Most memory that an export may hold, as a multiple of that of 1,000 records."""

Times = dict[str, list[float]]
"""Milliseconds of each page, by its name."""


class Line(NamedTuple):
    """What came of one page in one database."""

    page: str
    unit: str
    few: float
    many: float
    ratio: float
    goal: float | None
    is_met: bool | None
    """None where there is no goal."""


def urls(count: int) -> dict[str, str]:
    """Return the addresses that are measured, by the names of the goals."""
    browse = "/admin/sfconnector/record/browse/acme/Account/"
    one = record_id(count // 2)
    last = count // 100
    return {
        "page 1": browse,
        "last page": f"{browse}?p={last}",
        "org filter": "/admin/sfconnector/record/browse/globex/Account/",
        "rare search": f"{browse}?q={RARE[:8]}",
        "search by id": f"{browse}?q={one}",
        "record page": f"{browse}{one}/",
        "picklist filter": f"{browse}?f.Industry=%3DEnergy",
        "picklist filter, last page": f"{browse}?f.Industry=%3DEnergy&p={last // 8}",
        "sort by name": f"{browse}?sort=Name",
        "sort by revenue, down": f"{browse}?sort=-AnnualRevenue",
        "middle page": f"{browse}?p={last // 2}",
    }


def measure(options: dict[str, Any]) -> dict[str, Any]:
    """Ask for each page once, then so many times with a clock; return the times."""
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.test import Client

    settings.ALLOWED_HOSTS = ["*"]
    person, _made = User.objects.get_or_create(
        username="bench", is_staff=True, is_superuser=True
    )
    client = Client()
    client.force_login(person)
    pages = urls(int(options["records"]))
    for url in pages.values():
        _ask(client, url)
    times: Times = {name: [] for name in pages}
    for _ in range(int(options["repeats"])):
        for name, url in pages.items():
            times[name].append(_ask(client, url))
    return {"times": times}


def export(_options: dict[str, Any]) -> dict[str, Any]:
    """Write the list as CSV to nowhere; tell how long it took for how many lines."""
    from sfconnector import records
    from sfconnector.models import Org, Record

    names = [name for name, _kind in FIELDS if name != "Id"]
    rows = Record.objects.of(Org.objects.get(alias="acme"), "Account")
    began = time.perf_counter()
    lines = sum(1 for _line in records.as_csv(rows, fields=names))
    return {"seconds": time.perf_counter() - began, "lines": lines}


def _ask(client: Any, url: str) -> float:
    began = time.perf_counter()
    response = client.get(url)
    took = time.perf_counter() - began
    if response.status_code != 200:
        raise RuntimeError(f"{url} answered {response.status_code}.")
    return took * 1000


def suite(
    kinds: Sequence[str], *, records: int, repeats: int, say: Callable[[str], None]
) -> dict[str, list[Line]]:
    """Measure the pages in databases of some kinds; return their lines."""
    results = {}
    for kind in kinds:
        with databases(kind) as made:
            results[kind] = _measure_in(made, records=records, repeats=repeats, say=say)
    return results


def _measure_in(
    made: Databases, *, records: int, repeats: int, say: Callable[[str], None]
) -> list[Line]:
    counts = {made.fresh(): FEW, made.fresh(): records}
    found: dict[int, Times] = {FEW: {}, records: {}}
    try:
        for url, count in counts.items():
            run("page_seed", url, records=count)
            say(f"{made.kind}: {count:,} records are there")
        for _ in range(TURNS):
            for url, count in counts.items():
                done = run("pages", url, records=count, repeats=repeats)
                for name, times in done["times"].items():
                    found[count].setdefault(name, []).extend(times)
            say(f"{made.kind}: pages were asked for")
        exports = [run("export", url) for url in counts]
    finally:
        for url in counts:
            made.drop(url)
    rate = exports[1]["lines"] / exports[1]["seconds"]
    say(f"{made.kind}: an export wrote {rate:,.0f} records a second")
    lines = [
        _line(name, found[FEW][name], found[records][name], kind=made.kind)
        for name in GOALS
    ]
    peaks = [done["peak_mb"] for done in exports]
    ratio = peaks[1] / peaks[0]
    met = ratio <= MOST_MEMORY
    return [*lines, Line(EXPORT, "MB", *peaks, ratio, MOST_MEMORY, met)]


def _line(name: str, few: list[float], many: list[float], *, kind: str) -> Line:
    few_ms, many_ms = statistics.median(few), statistics.median(many)
    ratio, goal = many_ms / few_ms, GOALS[name]
    is_met = None
    if goal is not None:
        is_met = ratio <= goal and (kind != "postgresql" or many_ms <= MOST_MS)
    return Line(name, "ms", few_ms, many_ms, ratio, goal, is_met)


def report(results: dict[str, list[Line]], *, records: int) -> str:
    """Return a table per database: milliseconds, ratio, goal, met or missed."""
    lines = []
    for kind, found in results.items():
        most = f", at most {MOST_MS} ms" if kind == "postgresql" else ""
        lines += ["", f"{kind}: a page's milliseconds, medians{most}"]
        lines.append(f"  {'':<28}{FEW:>9,}{records:>11,}{'ratio':>11}{'goal':>9}")
        for one in found:
            goal = f"<= {one.goal}" if one.goal else ""
            said = {True: "met", False: "MISSED", None: ""}[one.is_met]
            lines.append(
                f"  {one.page:<28}{one.few:>9.1f}{one.many:>11.1f} {one.unit}"
                f"{one.ratio:>8.2f}{goal:>9}  {said}".rstrip()
            )
    return "\n".join(lines) + "\n"


def as_json(results: dict[str, list[Line]]) -> dict[str, list[dict[str, Any]]]:
    """Return the lines as JSON has them."""
    return {kind: [one._asdict() for one in found] for kind, found in results.items()}
