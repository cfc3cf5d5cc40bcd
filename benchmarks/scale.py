"""The admin's lists with months behind them: each filter, search, page and order.

``ORGS`` in the environment says how many orgs: 1,000 come with a million runs and ten
million lines of calls. SQLite gets a tenth of them.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from benchmarks.places import Databases, databases, run

ORGS = int(os.environ.get("ORGS", "100"))
SHARE = {"postgresql": 1, "sqlite": 10}
"""A database holds so many times fewer orgs."""
GOAL = 300
"""Most milliseconds of a page."""
SLOW = 1_500
"""A page that takes longer is asked for once."""
SEARCHES: dict[str, Sequence[str]] = {
    "org": ("org-00", "Customer 7", "Quetzalcoatl"),
    "syncplan": ("Account", "org-00", "Customer 7", "Quetzalcoatl"),
    "syncrun": ("Account", "INVALID_FIELD", "Quetzalcoatl", "such column"),
    "apicall": (
        "SERVER_UNAVAILABLE",
        "Object_7__c",
        "/services/data/v66.0/queryAll",
        "Quetzalcoatl",
        "c4ca4238a0b923820dcc509a6f75849b",
        "c4ca4238a0b9",
    ),
    "sobject": ("Account", "Object_12", "Label 7", "Quetzalcoatl"),
    "cachedresponse": ("limits", "Quetzalcoatl"),
}
"""What is looked for in each list: common, rare, and what is not there."""


class Line(NamedTuple):
    """What came of one page in one database."""

    name: str
    milliseconds: float
    wall: float
    queries: int
    is_met: bool


def measure(options: dict[str, Any]) -> dict[str, Any]:
    """Ask for each page of each list; return milliseconds and queries by its name."""
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.db import connection
    from django.test import Client

    settings.ALLOWED_HOSTS = ["*"]
    person, _made = User.objects.get_or_create(
        username="bench", is_staff=True, is_superuser=True
    )
    client = Client()
    client.force_login(person)
    if connection.vendor == "postgresql":  # what else works would not be counted
        with connection.cursor() as cursor:
            cursor.execute("SET max_parallel_workers_per_gather = 0")
    found: dict[str, Any] = {}
    for name, url in _pages(client):
        if options.get("only", "") in name:
            found[name] = _asked(client, url, int(options["repeats"])) | {"url": url}
    return {"found": found}


def _pages(client: Any) -> Iterator[tuple[str, str]]:
    """Yield name and address of every page; lists are asked what they offer."""
    from sfconnector.models import ApiCall, Org, SObject, SyncPlan, SyncRun

    index = "/admin/sfconnector/"
    yield "overview", index
    yield "overview, search", f"{index}?q=org-01"
    yield "overview, page 2", f"{index}?p=2"
    yield "overview, 7 days", f"{index}?hours=168"
    yield "storage", f"{index}org/storage/"
    for model in (Org, SyncPlan, SyncRun, ApiCall, SObject):
        name = model._meta.model_name
        pk = model._default_manager.order_by("pk").values_list("pk", flat=True)[10]
        yield f"one {name}", f"{index}{name}/{pk}/change/"
    for name in SEARCHES:
        yield from _of_list(client, name, f"{index}{name}/")


def _of_list(client: Any, name: str, url: str) -> Iterator[tuple[str, str]]:
    yield name, url
    cl = client.get(url).context_data["cl"]
    yield f"{name}, page 2", f"{url}?p=2"
    yield f"{name}, last page", f"{url}?p={cl.paginator.num_pages}"
    for spec in cl.filter_specs:
        for choice in list(spec.choices(cl))[1:4]:
            told = f"{name}, {spec.title}: {choice['display']}"
            yield told, url + choice["query_string"]
    for text in SEARCHES[name]:
        yield f"{name}, search {text}", f"{url}?{urlencode({'q': text})}"
    orgs = [one for one in cl.filter_specs if str(one.title) in {"org", "Org"}]
    if orgs:
        chosen = list(orgs[0].choices(cl))[1]["query_string"].lstrip("?")
        text = urlencode({"q": SEARCHES[name][0]})
        yield f"{name}, an org's, search", f"{url}?{chosen}&{text}"
    yield f"{name}, counts beside filters", f"{url}?_facets=True"
    for place, _column in enumerate(cl.list_display):
        if cl.get_ordering_field(cl.list_display[place]):
            yield f"{name}, by {cl.list_display[place]}", f"{url}?o={place}"
            yield f"{name}, by {cl.list_display[place]}, down", f"{url}?o=-{place}"


def _asked(client: Any, url: str, repeats: int) -> dict[str, Any]:
    """Ask once to warm up, then so many times; a slow page is not asked again."""
    found = [_once(client, url)]
    if found[0]["wall"] < SLOW:
        found = [_once(client, url) for _ in range(repeats)]
    return {
        name: statistics.median(one[name] for one in found)
        for name in ("ms", "wall", "queries")
    }


def _once(client: Any, url: str) -> dict[str, Any]:
    """Return the processor time of the server and of its database, and the wall's.

    What else the machine does lengthens the latter.
    """
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        wall, cpu, database = time.perf_counter(), time.process_time(), _of_database()
        answer = client.get(url)
        ours = time.process_time() - cpu + _of_database() - database
        took = time.perf_counter() - wall
    if answer.status_code != 200:
        raise RuntimeError(f"{url} answered {answer.status_code}.")
    return {"ms": ours * 1000, "wall": took * 1000, "queries": len(seen)}


def _of_database() -> float:
    """Return the processor seconds of PostgreSQL's process for this connection.

    SQLite works in our own process, and a server elsewhere tells nothing.
    """
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0.0
    told = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    return int(told.read_text().split()[0]) / 1e9 if told.exists() else 0.0


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
    url, orgs = made.fresh(), max(20, ORGS // SHARE[made.kind])
    try:
        run("scale_seed", url, orgs=orgs)
        say(f"{made.kind}: {orgs:,} orgs with {orgs * 10_000:,} calls are there")
        found = run("scale", url, repeats=max(repeats, 3))["found"]
        for kind, pruned in run("scale_prune", url)["found"].items():
            say(f"{made.kind}: {kind} of a day pruned: {pruned}")
    finally:
        made.drop(url)
    return [_line(name, one) for name, one in found.items()]


def _line(name: str, found: dict[str, Any]) -> Line:
    return Line(
        name, found["ms"], found["wall"], int(found["queries"]), found["ms"] <= GOAL
    )


def report(results: dict[str, list[Line]]) -> str:
    """Return a table per database: milliseconds, share of the goal, queries."""
    lines = []
    for kind, found in results.items():
        lines += ["", f"{kind}: a page of a large site, at most {GOAL} ms"]
        lines.append(f"  {'':<58}{'ms':>9}{'of goal':>9}{'wall':>9}{'queries':>9}")
        for one in found:
            said = "" if one.is_met else "  MISSED"
            share = one.milliseconds / GOAL
            lines.append(
                f"  {one.name[:57]:<58}{one.milliseconds:>9.1f}{share:>9.2f}"
                f"{one.wall:>9.1f}{one.queries:>9}{said}"
            )
    return "\n".join(lines) + "\n" if lines else ""


def as_json(results: dict[str, list[Line]]) -> dict[str, list[dict[str, Any]]]:
    """Return the lines as JSON has them."""
    return {kind: [one._asdict() for one in found] for kind, found in results.items()}
