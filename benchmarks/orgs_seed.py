"""A platform with many orgs: ten plans of each, all of them read once and due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from benchmarks.orgs_answers import WATCHED
from benchmarks.overview_seed import OBJECTS

FIELDS = 26
"""Of each object, besides those that every one has."""
STAMP = "%Y-%m-%dT%H:%M:%S.000+0000"


def seed(options: dict[str, Any]) -> dict[str, Any]:
    """Make so many connected orgs of the pretend orgs' address."""
    from django.db import connection

    _fields(_orgs(int(options["orgs"]), options["base_url"]))
    _plans()
    with connection.cursor() as cursor:
        is_postgresql = connection.vendor == "postgresql"
        cursor.execute("VACUUM ANALYZE" if is_postgresql else "ANALYZE")
    return {}


def _orgs(count: int, base_url: str) -> list[Any]:
    from sfconnector.models import ConnectedApp, Credential, Org
    from sfconnector.secret import Secret

    app = ConnectedApp.objects.create(name="bench", consumer_key="k")
    orgs = Org.objects.bulk_create(
        Org(
            alias=f"org-{number:05}",
            app=app,
            status=Org.Status.CONNECTED,
            environment=Org.Environment.MY_DOMAIN,
            my_domain=base_url,
            instance_url=base_url,
            api_version="66.0",
        )
        for number in range(count)
    )
    rows = [Credential(org=org, instance_url=base_url) for org in orgs]
    watched = watched_of(range(count))
    for place, row in enumerate(rows):
        token = f"{WATCHED}-{place}" if place in watched else f"00D!{place}"
        row.access_token_enc = row.sealed_access_token(Secret(token))
    Credential.objects.bulk_create(rows)
    return orgs


def watched_of(orgs: Sequence[int]) -> list[int]:
    """Return those of some orgs that change all the time: one of fifty."""
    step = max(len(orgs) // max(len(orgs) // 50, 5), 1)
    return list(orgs[step // 2 :: step])


def dead_of(orgs: Sequence[int]) -> list[int]:
    """Return those of some orgs that die where that is measured: one of twenty."""
    watched = watched_of(orgs)
    return [one for one in orgs[::20] if one not in watched]


def _fields(orgs: list[Any]) -> None:
    """Describe the objects of the first org; the database copies that to the others."""
    from django.db import connection
    from django.utils import timezone

    from sfconnector.models import SField, SObject

    told = {"queryable": True, "replicateable": True, "described_at": timezone.now()}
    SObject.objects.bulk_create(
        [SObject(org=org, name=name, **told) for org in orgs for name in OBJECTS],
        batch_size=2_000,
    )
    first = SObject.objects.filter(org=orgs[0])
    SField.objects.bulk_create(
        SField(sobject=row, name=name, type=kind, position=place, **CAN)
        for row in first
        for place, (name, kind) in enumerate(DESCRIBED)
    )
    quoted = connection.ops.quote_name
    columns = [
        quoted(str(one.column))
        for one in SField._meta.concrete_fields
        if not one.primary_key and one.name != "sobject"
    ]
    fields, objects = (quoted(m._meta.db_table) for m in (SField, SObject))
    read = ", ".join(f"f.{one}" for one in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {fields} (sobject_id, {', '.join(columns)}) "
            f"SELECT o.id, {read} FROM {fields} f JOIN {objects} s "
            f"ON s.id = f.sobject_id JOIN {objects} o ON o.name = s.name "
            "AND o.org_id <> s.org_id"
        )


CAN = {"filterable": True, "sortable": True}
DESCRIBED = [
    ("Id", "id"),
    ("IsDeleted", "boolean"),
    ("CreatedDate", "datetime"),
    ("SystemModstamp", "datetime"),
    *((f"Field{number}__c", "string") for number in range(FIELDS)),
]


def _plans() -> None:
    from django.utils import timezone

    from sfconnector.models import Org, SObject, SyncPlan
    from sfconnector.sync import shaping

    now = timezone.now()
    stamp = (now - timedelta(minutes=5)).strftime(STAMP)
    names = [name for name, _ in DESCRIBED]
    plans = [
        SyncPlan(
            org=row.org,
            sobject=row.name,
            mode=SyncPlan.Mode.REST,
            schedule=SyncPlan.Schedule.EVERY,
            every_minutes=15,
            next_run_at=now - timedelta(minutes=1),
            cursor_field="SystemModstamp",
            cursor_value=stamp,
            deleted_covered_until=stamp,
            last_full_at=now,
            fields_read=names,
        )
        for row in SObject.objects.select_related("org").filter(
            org__in=Org.objects.all()
        )
    ]
    for plan in plans:
        plan.definition = shaping.definition_of(plan)
    SyncPlan.objects.bulk_create(plans, batch_size=2_000)
