"""A site with a week behind it: the database itself makes up half a million runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sfconnector.models import Org

ORGS = 300
OBJECTS = (
    "Account",
    "Asset",
    "Campaign",
    "Case",
    "Contact",
    "Event",
    "Lead",
    "Opportunity",
    "Product2",
    "Task",
)
HOURS = 7 * 24
"""Each plan has run once an hour."""


def seed(_options: dict[str, Any]) -> dict[str, Any]:
    """Make 300 orgs with ten plans each, of which one in thirty fails, and their runs."""
    from django.db import connection

    _plans(_orgs())
    with connection.cursor() as cursor:
        cursor.execute(_insert(connection.vendor))
        is_postgresql = connection.vendor == "postgresql"
        cursor.execute("VACUUM ANALYZE" if is_postgresql else "ANALYZE")
    return {}


def _orgs() -> list[Org]:
    """Make the orgs, with a fortnight of usage each."""
    from django.utils import timezone

    from sfconnector.models import ApiUsage, ApiUsageDay, ConnectedApp, Org

    app = ConnectedApp.objects.create(name="bench", consumer_key="k")
    now = timezone.now()
    orgs = Org.objects.bulk_create(
        Org(
            alias=f"org-{number:03}",
            app=app,
            status=Org.Status.CONNECTED,
            catalog_at=now,
            limits={f"Limit{one}": {"max": 100, "remaining": one} for one in range(60)},
        )
        for number in range(ORGS)
    )
    ApiUsage.objects.bulk_create(
        ApiUsage(org=org, used=200 + org.pk, maximum=100_000, seen_at=now)
        for org in orgs
    )
    ApiUsageDay.objects.bulk_create(
        ApiUsageDay(org=org, day=now.date() - timedelta(days=day), calls=240)
        for org in orgs
        for day in range(14)
    )
    return orgs


def _plans(orgs: Sequence[Org]) -> None:
    """Make ten plans of each org, and what their objects hold."""
    from django.utils import timezone

    from sfconnector.models import SObject, SyncPlan

    now = timezone.now()
    SObject.objects.bulk_create(
        SObject(org=org, name=name, live_count=5000, total_count=5100)
        for org in orgs
        for name in OBJECTS
    )
    SyncPlan.objects.bulk_create(
        SyncPlan(
            org=org,
            sobject=name,
            schedule=SyncPlan.Schedule.EVERY,
            every_minutes=60,
            last_run_at=now,
            last_success_at=now,
            failures_in_a_row=int((org.pk + place) % 30 == 0),
            fields_read=["Field__c"] * 80,
        )
        for org in orgs
        for place, name in enumerate(OBJECTS)
    )


def _insert(vendor: str) -> str:
    """Return the statement that makes the runs up; every text in it is our own."""
    if vendor == "postgresql":
        numbers = f"generate_series(0, {HOURS - 1}) AS made(n)"
        ago = "now() - make_interval(hours => n) - make_interval(mins => {minutes})"
        uuid = "gen_random_uuid()"
    else:
        numbers = (
            "(WITH RECURSIVE made(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM made "
            f"WHERE n < {HOURS - 1}) SELECT n FROM made) AS made"
        )
        ago = (
            "strftime('%Y-%m-%d %H:%M:%f', 'now', '-' || n || ' hours', "
            "'-{minutes} minutes')"
        )
        uuid = "lower(hex(randomblob(16)))"
    empty = "'', '', '', '', '', ''"
    state = (
        "CASE WHEN (p.id + n) % 97 = 0 THEN 'failed' "
        "WHEN (p.id + n) % 41 = 0 THEN 'warnings' ELSE 'succeeded' END"
    )
    return (
        "INSERT INTO sfconnector_syncrun (uuid, plan_id, org_id, sobject, state, "
        "trigger, is_full, fence, step, attempts, checkpoint, fetched, created, "
        "updated, deleted, unchanged, out_of_filter, api_calls, warnings, "
        "mode, phase, lease_owner, error_code, error_text, remedy, "
        "queued_at, started_at, finished_at) "
        f"SELECT {uuid}, p.id, p.org_id, p.sobject, {state}, 'schedule', "
        f"{'false' if vendor == 'postgresql' else '0'}, 1, 1, 1, '{{}}', "
        f"(p.id * 7919 + n * 104729) % 5000, 0, 9, 0, 0, 0, 3, '[]', {empty}, "
        f"{ago.format(minutes=2)}, {ago.format(minutes=2)}, {ago.format(minutes=1)} "
        f"FROM {numbers}, sfconnector_syncplan p ORDER BY n DESC, p.id"
    )
