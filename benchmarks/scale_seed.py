"""A platform with months behind it: the database itself makes up millions of rows.

Of a thousand orgs: ten thousand plans, half a million objects, a million runs, ten
million lines of calls and a million rounds, spread over thirty days.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from benchmarks.overview_seed import OBJECTS

if TYPE_CHECKING:
    from sfconnector.models import Org

KNOWN = 500
"""Objects that an org lists."""
PLANS = len(OBJECTS)
RUNS = 100
"""Of each plan, within the days."""
CALLS = 10
"""Lines beside each run; half of them are the run's own."""
ROUNDS = 960
"""Of each org."""
DAYS = 30
ANSWERS = 10
USAGE_DAYS = 400
HEX = "printf('%016x%016x', i, i * 7919)"
"""What looks like a random text, on SQLite."""


def seed(options: dict[str, Any]) -> dict[str, Any]:
    """Make so many orgs with all that they left behind; tell the rows of each table."""
    from django.db import connection

    orgs = _orgs(int(options["orgs"]))
    _plans(orgs)
    is_postgresql = connection.vendor == "postgresql"
    made = _postgresql() if is_postgresql else _sqlite()
    with connection.cursor() as cursor:
        for statement in made["before"]:
            cursor.execute(statement)
        for statement in _statements(made, orgs):
            cursor.execute(statement)
        cursor.execute("VACUUM ANALYZE" if is_postgresql else "ANALYZE")
    return {"orgs": len(orgs)}


def _orgs(count: int) -> list[Org]:
    """Make the orgs; some are sandboxes, some need a person."""
    from django.utils import timezone

    from sfconnector.models import ApiUsage, ConnectedApp, Org

    app = ConnectedApp.objects.create(name="bench", consumer_key="k")
    now = timezone.now()
    orgs = Org.objects.bulk_create(
        Org(
            alias=f"org-{number:04}",
            label=f"Customer {number}",
            app=app,
            status="needs_reconnect" if number % 40 == 7 else "connected",
            is_sandbox=number % 3 == 0,
            catalog_at=now,
            connected_at=now - timedelta(days=200),
            last_used_at=now - timedelta(days=100 if number % 50 == 3 else 0),
            limits={f"Limit{one}": {"max": 100, "remaining": one} for one in range(60)},
        )
        for number in range(count)
    )
    ApiUsage.objects.bulk_create(
        ApiUsage(org=org, used=200 + org.pk, maximum=100_000, seen_at=now)
        for org in orgs
    )
    return orgs


def _plans(orgs: list[Org]) -> None:
    """Make nine plans of objects and one of an endpoint of each org."""
    from django.utils import timezone

    from sfconnector.models import SyncPlan

    now = timezone.now()
    SyncPlan.objects.bulk_create(
        SyncPlan(
            org=org,
            kind="object" if place else "endpoint",
            sobject=name if place else "",
            path="" if place else "/services/data/v66.0/limits",
            schedule=SyncPlan.Schedule.EVERY,
            every_minutes=15,
            is_enabled=(org.pk + place) % 70 != 0,
            last_run_at=now - timedelta(seconds=org.pk % 900),
            last_success_at=now - timedelta(seconds=org.pk % 900),
            next_run_at=now + timedelta(seconds=org.pk % 900),
            failures_in_a_row=int((org.pk + place) % 300 == 0),
            fields_read=["Field__c"] * 80,
        )
        for org in orgs
        for place, name in enumerate(OBJECTS)
    )


def _postgresql() -> dict[str, Any]:
    return {
        "before": ["SET session_replication_role = replica"],
        "numbers": "generate_series(0::bigint, {last}) AS made(i)",
        "ago": "now() - make_interval(secs => {seconds})",
        "uuid": "gen_random_uuid()",
        "hex": "md5(i::text)",
        "yes": "true",
        "no": "false",
    }


def _sqlite() -> dict[str, Any]:
    return {
        "before": ["PRAGMA foreign_keys = OFF", "PRAGMA synchronous = OFF"],
        "numbers": (
            "(WITH RECURSIVE made(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM made "
            "WHERE i < {last}) SELECT i FROM made) AS made"
        ),
        "ago": "strftime('%Y-%m-%d %H:%M:%f', 'now', '-' || ({seconds}) || ' seconds')",
        "uuid": "lower(hex(randomblob(16)))",
        "hex": HEX,
        "yes": "1",
        "no": "0",
    }


def _statements(made: dict[str, Any], orgs: list[Org]) -> list[str]:
    """Return the statements that make the rows up; every text in them is our own.

    Row i of a table belongs to run, plan and org by its place, so nothing is joined.
    Places grow with time, as keys do.
    """
    count, first = len(orgs), min(org.pk for org in orgs)
    return [
        _objects(made, count, first),
        _runs(made, count, first),
        _calls(made, count, first),
        _rounds(made, count, first),
        _usage_days(made, count, first),
        _answers(made, count),
    ]


def _ago(made: dict[str, Any], total: int, place: str = "i") -> str:
    """Return an expression: the rows lie evenly within the days."""
    return made["ago"].format(
        seconds=f"({total} - {place}) * {DAYS * 86_400 / total:.6f}"
    )


def _objects(made: dict[str, Any], count: int, first: int) -> str:
    names = " ".join(f"WHEN {at} THEN '{name}'" for at, name in enumerate(OBJECTS))
    name = f"CASE i % {KNOWN} {names} ELSE 'Object_' || (i % {KNOWN}) || '__c' END"
    is_ours = f"i % {KNOWN} < {PLANS}"
    yes, no = made["yes"], made["no"]
    counted = f"CASE WHEN {is_ours} THEN {{}} ELSE 0 END"
    return (
        "INSERT INTO sfconnector_sobject (org_id, name, label, label_plural, "
        "key_prefix, custom, queryable, createable, updateable, deletable, "
        "replicateable, searchable, is_present, described_at, describe_modified, "
        "describe_error, columns, wanted_indexes, indexed_fields, live_count, "
        f"total_count) SELECT {first} + i / {KNOWN}, {name}, "
        f"'Label ' || (i % {KNOWN}), '', '', NOT ({is_ours}), "
        f"i % 7 <> 0, {yes}, {yes}, {yes}, {yes}, {no}, i % 211 <> 0, "
        f"CASE WHEN {is_ours} THEN {made['ago'].format(seconds='i % 9000')} END, "
        f"'', '', '[]', '[]', '[]', {counted.format('5000 + i % 97')}, "
        f"{counted.format('5100 + i % 97')} "
        f"FROM {made['numbers'].format(last=count * KNOWN - 1)}"
    )


def _runs(made: dict[str, Any], count: int, first: int) -> str:
    plans = count * PLANS
    total = plans * RUNS
    ago = _ago(made, total)
    of = f"i % {plans}"
    state = (
        "CASE WHEN i % 97 = 0 THEN 'failed' WHEN i % 41 = 0 THEN 'warnings' "
        "WHEN i % 997 = 0 THEN 'cancelled' ELSE 'succeeded' END"
    )
    names = " ".join(f"WHEN {at} THEN '{name}'" for at, name in enumerate(OBJECTS))
    return (
        "INSERT INTO sfconnector_syncrun (uuid, plan_id, org_id, sobject, state, "
        "trigger, is_full, fence, step, attempts, checkpoint, fetched, created, "
        "updated, deleted, unchanged, out_of_filter, api_calls, warnings, "
        "mode, phase, lease_owner, error_code, error_text, remedy, "
        f"queued_at, started_at, finished_at) SELECT {made['uuid']}, "
        f"(SELECT MIN(id) FROM sfconnector_syncplan) + {of}, "
        f"{first} + ({of}) / {PLANS}, CASE i % {PLANS} {names} END, {state}, "
        "CASE WHEN i % 5003 = 0 THEN 'person' ELSE 'schedule' END, "
        f"i % 50 = 0, 1, 1, 1, '{{}}', i * 7919 % 5000, 0, 9, 0, 0, 0, 3, '[]', "
        "'rest', 'done', 'worker', "
        "CASE WHEN i % 97 = 0 THEN 'INVALID_FIELD' ELSE '' END, "
        "CASE WHEN i % 97 = 0 THEN 'No such column' ELSE '' END, '', "
        f"{ago}, {ago}, {ago} FROM {made['numbers'].format(last=total - 1)}"
    )


def _calls(made: dict[str, Any], count: int, first: int) -> str:
    plans = count * PLANS
    total = plans * RUNS * CALLS
    run = f"i / {CALLS}"
    return (
        "INSERT INTO sfconnector_apicall (org_id, run_id, purpose, method, path, "
        "status, error_code, duration_ms, request_bytes, response_bytes, request_id, "
        f"api_used, api_max, at) SELECT {first} + ({run}) % {plans} / {PLANS}, "
        f"CASE WHEN i % {CALLS} < {CALLS // 2} "
        f"THEN (SELECT MIN(id) FROM sfconnector_syncrun) + {run} END, "
        "CASE WHEN i % 50021 = 0 THEN 'explorer' WHEN i % 211 = 0 THEN 'catalog' "
        "WHEN i % 499 = 0 THEN 'refresh' ELSE 'sync' END, "
        "CASE WHEN i % 3 = 0 THEN 'POST' ELSE 'GET' END, "
        f"'/services/data/v66.0/queryAll?q=SELECT+Id%2CName+FROM+Object_' || (i % 50) "
        "|| '__c+WHERE+SystemModstamp+%3E+2026-11-01T00%3A00%3A00Z', "
        "CASE WHEN i % 1009 = 0 THEN NULL WHEN i % 307 = 0 THEN 503 ELSE 200 END, "
        "CASE WHEN i % 307 = 0 THEN 'SERVER_UNAVAILABLE' ELSE '' END, "
        f"i * 7919 % 900, 300, i * 104729 % 50000, {made['hex']}, 200, 100000, "
        f"{_ago(made, total)} FROM {made['numbers'].format(last=total - 1)}"
    )


def _rounds(made: dict[str, Any], count: int, first: int) -> str:
    total = count * ROUNDS
    return (
        "INSERT INTO sfconnector_round (org_id, at, duration_ms, calls, plans, queued) "
        f"SELECT {first} + i % {count}, {_ago(made, total)}, 300, 2, "
        '\'{"1": 0, "2": 0, "3": 0, "4": 0, "5": 0, "6": 0, "7": 0, "8": 0}\', 0 '
        f"FROM {made['numbers'].format(last=total - 1)}"
    )


def _usage_days(made: dict[str, Any], count: int, first: int) -> str:
    day = made["ago"].format(seconds=f"i / {count} * 86400")
    cut = f"CAST({day} AS date)" if made["yes"] == "true" else f"substr({day}, 1, 10)"
    return (
        "INSERT INTO sfconnector_apiusageday (org_id, day, calls, highest_used) "
        f"SELECT {first} + i % {count}, {cut}, 240, 300 "
        f"FROM {made['numbers'].format(last=count * USAGE_DAYS - 1)}"
    )


def _answers(made: dict[str, Any], count: int) -> str:
    total = count * ANSWERS
    return (
        "INSERT INTO sfconnector_cachedresponse (plan_id, status, content_type, body, "
        "byte_count, duration_ms, request_id, fetched_at) "
        f"SELECT (SELECT MIN(id) FROM sfconnector_syncplan) + i % {count} * {PLANS}, "
        "CASE WHEN i % 50 = 0 THEN 404 ELSE 200 END, 'application/json', "
        f"'{{\"a\": 1}}', 8, 90, '', {_ago(made, total)} "
        f"FROM {made['numbers'].format(last=total - 1)}"
    )
