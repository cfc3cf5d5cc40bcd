"""``python -m tests.benchmarks.pages``: the record pages at few and at many records.

Server time of each page of the admin, through Django's test client, at 1,000 records
of one object and at many; medians, their ratio and the goal.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Iterator
from typing import Any

from tests.benchmarks.places import databases, run

FEW = 1_000
BATCH = 5_000
FIELDS = (
    ("Id", "id"),
    ("Name", "string"),
    ("Industry", "picklist"),
    ("Phone", "phone"),
    ("AnnualRevenue", "currency"),
    ("CreatedDate", "datetime"),
    ("OwnerId", "reference"),
    ("Active__c", "boolean"),
)
INDUSTRIES = ("Energy", "Retail", "Media", "Banking")
WORDS = ("Harbour", "Meadow", "Summit", "Lantern", "Orchard")
RARE = "Quetzalcoatl Holdings"
INDEXED = ["Name", "Industry", "AnnualRevenue"]
GOALS = {
    "page 1": 1.25,
    "last page": 1.25,
    "search by id": 1.25,
    "rare search": 1.25,
    "record": 1.25,
    "picklist filter": 3.0,
    "sort by name": 3.0,
    "sort by revenue, down": 3.0,
}
"""Most that a page may take, as a multiple of its time at 1,000 records."""


def urls(alias: str, count: int) -> dict[str, str]:
    """Return the pages that are measured."""
    browse = f"/admin/sfconnector/record/browse/{alias}/Account/"
    one = record_id(count // 2)
    return {
        "page 1": browse,
        "last page": f"{browse}?p={count // 100}",
        "search by id": f"{browse}?q={one}",
        "rare search": f"{browse}?q={RARE[:8]}",
        "record": f"{browse}{one}/",
        "picklist filter": f"{browse}?f.Industry=%3DEnergy",
        "sort by name": f"{browse}?sort=Name",
        "sort by revenue, down": f"{browse}?sort=-AnnualRevenue",
    }


def record_id(number: int) -> str:
    """Return the id of a record by its place."""
    return f"001{number:012d}AAA"


def rows(count: int) -> Iterator[dict[str, Any]]:
    """Yield records as an org would send them."""
    for number in range(count):
        yield {
            "attributes": {"type": "Account"},
            "Id": record_id(number),
            "Name": RARE if number == count - 1 else f"{WORDS[number % 5]} {number}",
            "Industry": INDUSTRIES[number * 7919 % len(INDUSTRIES)],
            "Phone": "+49 30 123456",
            "AnnualRevenue": float(number * 7919 % 1_000_003),
            "CreatedDate": "2026-03-04T10:11:12.000+0000",
            "OwnerId": "0055g00000ABCDEAAA",
            "Active__c": number % 2 == 0,
            "Description": "x" * 300,
        }


def prepare(alias: str, count: int) -> None:
    """Cache so many Accounts of an org and index three of their fields."""
    from django.db import transaction

    from sfconnector import records
    from sfconnector.models import ConnectedApp, Org, SField, SObject
    from sfconnector.records.rows import content_hash

    app = ConnectedApp.objects.create(name=alias, consumer_key="k")
    org = Org.objects.create(alias=alias, app=app, is_sandbox=True)
    account = SObject.objects.create(
        org=org, name="Account", wanted_indexes=INDEXED, total_count=0
    )
    values = [{"value": name, "label": name} for name in INDUSTRIES]
    for position, (name, kind) in enumerate(FIELDS):
        SField.objects.create(
            sobject=account,
            name=name,
            type=kind,
            position=position,
            name_field=name == "Name",
            describe={"picklistValues": values} if kind == "picklist" else {},
        )
    batch = []
    for data in [*rows(count), None]:
        if data is not None:
            text = json.dumps(data)
            key, stamp = data["Id"], data["CreatedDate"]
            batch.append(records.Row(key, 0, stamp, content_hash(text.encode()), text))
        if len(batch) == BATCH or data is None:
            with transaction.atomic():
                records.fill(records.Target(org.pk, "Account"), batch)
            batch = []


def measure(options: dict[str, Any]) -> dict[str, Any]:
    """Fill two orgs, then ask for each page of both in turn; return the medians."""
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.db import connection
    from django.test import Client

    from sfconnector.models import SObject
    from sfconnector.records import indexing

    settings.ALLOWED_HOSTS = ["*"]
    counts = {"few": FEW, "many": int(options["records"])}
    for alias, count in counts.items():
        prepare(alias, count)
    for pk in SObject.objects.values_list("pk", flat=True):
        indexing.settle(pk)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client()
    client.force_login(User.objects.create_superuser("bench"))
    times: dict[str, dict[str, list[float]]] = {name: {} for name in GOALS}
    for _ in range(int(options["repeats"])):
        for alias, count in counts.items():
            for name, url in urls(alias, count).items():
                times[name].setdefault(alias, []).append(_ask(client, url))
    return {
        name: {alias: statistics.median(found) for alias, found in sides.items()}
        for name, sides in times.items()
    }


def _ask(client: Any, url: str) -> float:
    began = time.perf_counter()
    response = client.get(url)
    took = time.perf_counter() - began
    if response.status_code != 200:
        raise RuntimeError(f"{url} answered {response.status_code}.")
    return took * 1000


def report(measured: dict[str, Any]) -> str:
    """Return one line per page: milliseconds at few and many, their ratio, the goal."""
    lines = [f"{'page':<24}{'few':>10}{'many':>10}{'ratio':>8}   goal"]
    for name, goal in GOALS.items():
        few, many = measured[name]["few"], measured[name]["many"]
        lines.append(
            f"{name:<24}{few:>8.1f}ms{many:>8.1f}ms{many / few:>8.2f}   <= {goal}"
        )
    return "\n".join(lines)


def main() -> int:
    """Measure what the options ask for."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.pages")
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--databases", default="sqlite,postgresql")
    options = parser.parse_args()
    for kind in options.databases.split(","):
        with databases(kind) as made:
            url = made.fresh()
            try:
                measured = run(
                    "pages", url, records=options.records, repeats=options.repeats
                )
            finally:
                made.drop(url)
        sys.stdout.write(f"\n{kind}, {options.records:,} records\n")
        sys.stdout.write(report(measured) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
