"""Deeds on the database of a site that runs: how busy it is to be, and what came of it."""

from __future__ import annotations

import random
import statistics
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.orgs_answers import EVERY, STREAM
from benchmarks.orgs_seed import dead_of, watched_of

MINUTE, QUARTER = 1, 15
NOTED = (
    "ALTER TABLE {table} ADD COLUMN IF NOT EXISTS cached_at timestamptz "
    "DEFAULT clock_timestamp()"
)
"""PostgreSQL itself notes when a record came; the product knows nothing of it."""
DELAYS = (
    "SELECT extract(epoch FROM cached_at - system_modstamp)::float FROM {table} "
    "WHERE org_id = ANY(%s) AND sobject = %s AND system_modstamp BETWEEN %s AND %s"
)


def set_out(options: dict[str, Any]) -> dict[str, float]:
    """Let so many orgs be looked at every minute, the others every quarter of an hour.

    Without a number it is those that are watched. With a ``dead_url`` some get this
    address, at which nobody answers; these are due within ``dead_within`` seconds, each
    at a moment of its own.
    """
    from django.db import connection
    from django.utils import timezone

    from sfconnector.models import Org, Record, SyncPlan, SyncRun
    from sfconnector.sync import schedule
    from sfconnector.sync.ticking import sets

    with connection.cursor() as cursor:
        cursor.execute(NOTED.format(table=Record._meta.db_table))
    now = timezone.now()
    ids = list(Org.objects.order_by("pk").values_list("pk", flat=True))
    often = ids[: int(options["often"])] or watched_of(ids)
    dead = dead_of(ids) if options["dead_url"] else []
    SyncRun.objects.all().delete()
    Org.objects.update(
        resting_until=None, silences=0, round_until=None, round_rung_at=None
    )
    SyncPlan.objects.update(every_minutes=QUARTER, schedule="every", is_enabled=True)
    SyncPlan.objects.filter(org__in=often).update(every_minutes=MINUTE)
    if dead:
        _bury(dead, options["dead_url"])
    due = {
        one: now + timedelta(seconds=random.uniform(0, options["dead_within"]))
        for one in dead
    }
    plans = SyncPlan.objects.all()
    moved = [(one, due.get(one.org_id) or schedule.next_run(one, now)) for one in plans]
    sets.move(moved)
    return {"orgs": len(ids), "often": len(often), "dead": len(dead)}


def _bury(ids: list[int], url: str) -> None:
    from sfconnector.models import Credential, Org

    Org.objects.filter(pk__in=ids).update(my_domain=url, instance_url=url)
    Credential.objects.filter(org__in=ids).update(instance_url=url)


def seen(options: dict[str, Any]) -> dict[str, float]:
    """Say what was looked at between two moments, and how late changes were cached."""
    from django.db import connection

    from sfconnector.models import Org, Record, Round

    since, until = (_moment(options[name]) for name in ("since", "until"))
    rounds = Round.objects.filter(at__gte=since, at__lt=until)
    looked = [len(one) for one in rounds.values_list("plans", flat=True)]
    ids = list(Org.objects.order_by("pk").values_list("pk", flat=True))
    watched = watched_of(ids)
    changed_until = _moment(options["changed_until"])
    with connection.cursor() as cursor:
        table = Record._meta.db_table
        cursor.execute(
            DELAYS.format(table=table), [watched, STREAM, since, changed_until]
        )
        delays = [float(one[0]) for one in cursor.fetchall()]
    beats = changed_until.timestamp() // EVERY - (since.timestamp() - 1e-6) // EVERY
    missing = max(int(beats) * len(watched) - len(delays), 0)
    # Who is not there yet waits at least until the end.
    delays += [(until - changed_until).total_seconds()] * missing
    return {
        "rounds": len(looked),
        "looked": sum(looked),
        "changes": len(delays),
        "missing": missing,
        "mean": statistics.fmean(delays),
        "p95": statistics.quantiles(delays, n=20)[-1],
    }


def _moment(told: float) -> datetime:
    return datetime.fromtimestamp(told, UTC)


PAGES = ("", "org/", "syncplan/", "syncrun/", "apicall/", "round/")


def ask_pages(_options: dict[str, Any]) -> dict[str, float]:
    """Ask for the pages that show many orgs: what memory the web process needs."""
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.test import Client

    settings.ALLOWED_HOSTS = ["*"]
    person, _made = User.objects.get_or_create(
        username="bench", is_staff=True, is_superuser=True
    )
    client = Client()
    client.force_login(person)
    asked = 0
    for page in PAGES * 2:
        answer = client.get(f"/admin/sfconnector/{page}")
        asked += answer.status_code == 200
    return {"asked": asked}


DEEDS = {"set_out": set_out, "seen": seen, "pages": ask_pages}


def measure(options: dict[str, Any]) -> dict[str, Any]:
    """Do one of these deeds, by its name."""
    return {"found": DEEDS[options["deed"]](options)}
