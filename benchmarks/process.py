"""One measured process: ``python -m benchmarks.process <what> <options>``."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks import (
    orgs,
    orgs_look,
    orgs_seed,
    overview,
    overview_seed,
    page_seed,
    pages,
    scale,
    scale_prune,
    scale_seed,
    typed_reading,
    typed_seed,
)

Options = dict[str, Any]
PAGE_SIZE = 50_000
"""Rows of a page of Bulk results; a job with more has several."""


def main() -> None:
    """Set Django up, do what is asked, print what was measured as JSON."""
    what, options = sys.argv[1], json.loads(sys.argv[2])
    import django

    django.setup()
    began_cpu = time.process_time()
    measured = VARIANTS[what](options) or {}
    measured["cpu"] = time.process_time() - began_cpu
    measured["peak_mb"] = round(peak_kilobytes() / 1024, 1)
    sys.stdout.write(json.dumps(measured) + "\n")


def peak_kilobytes() -> int:
    """Return the most memory that this process ever held at once.

    ``ru_maxrss`` would do, but Linux starts it at the size of the process that
    started this one; VmHWM begins anew with the program.
    """
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    lines = status.read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def prepare(_options: Options) -> None:
    """Make the tables."""
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)


def connect(options: Options) -> Options:
    """Connect to a pretend org and describe the object."""
    from sfconnector import catalog, orgs
    from sfconnector.models import ConnectedApp, Org
    from sfconnector.secret import Secret

    app = ConnectedApp(name=options["alias"], consumer_key=options["consumer_key"])
    app.set_consumer_secret(Secret(options["consumer_secret"]))
    app.save()
    org = orgs.create(
        options["alias"],
        app=app,
        environment=Org.Environment.MY_DOMAIN,
        my_domain=options["base_url"],
        flow="client_credentials",
    )
    orgs.connect_headless(org)
    catalog.describe(org, sobject="Account")
    return {}


def _org(options: Options) -> Any:
    from sfconnector.models import Org

    return Org.objects.get(alias=options.get("alias", "org1"))


def _clocked(work: Callable[[], Any]) -> Options:
    began, began_cpu = time.perf_counter(), time.process_time()
    result = work()
    return {
        "seconds": time.perf_counter() - began,
        "busy": time.process_time() - began_cpu,
        "result": result,
    }


def read_bytes(options: Options) -> Options:
    """Read every page and drop it: nothing that reads pages can be faster."""
    from benchmarks.subject import ORDERED
    from sfconnector import orgs

    with orgs.client_for(_org(options), purpose="benchmark") as client:
        return _clocked(lambda: _read(client, ORDERED, all_rows=True))


def _read(client: Any, query: str, *, all_rows: bool) -> int:
    page = client.query_raw(query, all_rows=all_rows)
    size = len(page.content)
    while page.next_url:
        page = client.query_more_raw(page.next_url)
        size += len(page.content)
    return size


def warm(options: Options) -> None:
    """Have the pretend org make every answer that will be asked for."""
    from benchmarks.subject import COMPOSED, ORDERED, SOQL
    from sfconnector import orgs

    with orgs.client_for(_org(options), purpose="benchmark") as client:
        if options["mode"] == "rest":
            _read(client, ORDERED, all_rows=True)
            _read(client, SOQL, all_rows=False)
        else:
            _read_job(client, COMPOSED, all_rows=True, by_list=True)
            _read_job(client, SOQL, all_rows=False, by_list=False)


def _read_job(client: Any, soql: str, *, all_rows: bool, by_list: bool) -> None:
    """Read a Bulk job as the sync does, by the list of its pages, or as the peer."""
    from sfconnector.salesforce.bulk import BulkQuery

    jobs = BulkQuery(client)
    started = jobs.start(soql, all_rows=all_rows)
    info = jobs.wait(started.id)
    if not by_list or (info.records_processed or 0) <= PAGE_SIZE:
        for page in jobs.pages(info):
            for _ in page.by_column():
                pass
        return
    for locator in jobs.locators(info.id):
        with jobs.results(info.id, locator=locator or None, maximum=None) as page:
            for _ in page.by_column():
                pass


def write_ready(options: Options) -> Options:
    """Write rows that lie ready, by the database's own quickest way."""
    from django.db import connection

    from benchmarks.floors import WRITERS, ready
    from benchmarks.subject import ORDERED, SHAPE
    from sfconnector import orgs
    from sfconnector.sync.readers.rest import Reader, pages

    org = _org(options)
    with orgs.client_for(org, purpose="benchmark") as client:
        reader = Reader(SHAPE, version=client.api_version)
        source = pages(client, ORDERED, all_rows=True, read=reader)
        rows = [row for page in source for row in page.rows]
    write = WRITERS[connection.vendor]
    values = ready(org.pk, rows)
    return _clocked(lambda: write(values))


def sync_run(options: Options) -> Options:
    """Run the product's own run: claim, checkpoints, ledger, call log and counts."""
    from datetime import timedelta

    from django.utils import timezone

    from benchmarks.subject import FIELDS
    from sfconnector import sync

    plan = sync.plan_object(
        _org(options), sobject="Account", fields=FIELDS, mode=options["mode"]
    )

    if options["full"]:
        # As the schedule does it: one that a person asks for trusts no page digest.
        long_ago = timezone.now() - timedelta(days=plan.full_every_days + 1)
        type(plan).objects.filter(pk=plan.pk).update(last_full_at=long_ago)
    run = sync.request_run(plan)

    def work() -> Options:
        done = sync.execute(run.pk, worker="benchmark")
        assert done is not None
        assert done.state == done.State.SUCCEEDED, done.error_text
        return {
            name: getattr(done, name)
            for name in (
                *("fetched", "created", "updated", "deleted", "unchanged"),
                "api_calls",
            )
        }

    return _clocked(work)


def peer(options: Options) -> Options:
    """Run the peer into the same table."""
    from benchmarks import peers

    org = _org(options)
    token = org.credential.access_token.reveal()
    source = peers.client(urlsplit(org.instance_url).netloc, token)
    work = {"rest": peers.by_rest, "bulk": peers.by_bulk}[options["mode"]]
    return _clocked(lambda: work(source, org))


def sync_many(options: Options) -> Options:
    """Fetch several orgs, one after another or in as many threads as there are."""
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connections

    from benchmarks.subject import FIELDS
    from sfconnector import sync
    from sfconnector.models import Org

    runs = [
        sync.request_run(sync.plan_object(org, sobject="Account", fields=FIELDS))
        for org in Org.objects.order_by("alias")
    ]

    def one(run: Any) -> str:
        try:
            done = sync.execute(run.pk, worker="benchmark")
            return done.state if done else "lost"
        finally:
            connections.close_all()

    def work() -> list[str]:
        with ThreadPoolExecutor(options["threads"]) as pool:
            return list(pool.map(one, runs))

    return _clocked(work)


def change(options: Options) -> Options:
    """Change so many records of the pretend org, spread over all of its pages."""
    from benchmarks.subject import SOBJECT
    from sfconnector import orgs

    with orgs.client_for(_org(options), purpose="benchmark") as client:
        ids = [
            row["Id"]
            for page in client.query(f"SELECT Id FROM {SOBJECT} ORDER BY Id")
            for row in page.records
        ]
        chosen = ids[:: max(len(ids) // options["number"], 1)]
        for start in range(0, len(chosen), 200):
            records = [
                {"attributes": {"type": SOBJECT}, "id": key, "Site": options["text"]}
                for key in chosen[start : start + 200]
            ]
            client.request(
                "PATCH",
                client.data_path("composite/sobjects"),
                json={"allOrNone": True, "records": records},
            )
    return {"result": len(chosen)}


VARIANTS: dict[str, Callable[[Options], Options | None]] = {
    "prepare": prepare,
    "connect": connect,
    "bytes": read_bytes,
    "warm": warm,
    "write": write_ready,
    "sync": sync_run,
    "sync_many": sync_many,
    "peer": peer,
    "change": change,
    "page_seed": page_seed.seed,
    "pages": pages.measure,
    "export": pages.export,
    "overview_seed": overview_seed.seed,
    "overview": overview.measure,
    "orgs_seed": orgs_seed.seed,
    "orgs": orgs.measure,
    "orgs_look": orgs_look.measure,
    "scale_seed": scale_seed.seed,
    "scale": scale.measure,
    "scale_prune": scale_prune.measure,
    "typed_seed": typed_seed.seed,
    "typed": typed_reading.measure,
    "view": typed_reading.make_view,
}

if __name__ == "__main__":
    main()
