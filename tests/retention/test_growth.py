"""F42: no table of the app grows without end; the newest of each kind stays."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sfconnector import conf, retention
from sfconnector.models import (
    ApiCall,
    CachedResponse,
    FieldChange,
    OAuthFlow,
    Org,
    Round,
    SavedCall,
    SyncPlan,
    SyncRun,
)
from sfconnector.sync.responses import forget_old
from tests.connections import bare_org

DEFAULTS = conf.Settings()


@pytest.fixture
def org(db: None) -> Org:
    return bare_org()


def call(org: Org, at: datetime) -> Any:
    return ApiCall.objects.create(org=org, at=at, method="GET", path="/")


def looked(org: Org, at: datetime) -> Any:
    return Round.objects.create(org=org, at=at, calls=1)


def run(org: Org, at: datetime) -> Any:
    plan = SyncPlan.objects.create(org=org, kind="endpoint", path="/")
    return SyncRun.objects.create(plan=plan, org=org, state="failed", finished_at=at)


def flow(org: Org, at: datetime) -> Any:
    return OAuthFlow.objects.create(
        org=org, user=User.objects.create(username=str(at)), state_hash=str(at),
        expires_at=at,
    )  # fmt: skip


def history(org: Org, at: datetime) -> Any:
    SyncPlan.objects.get_or_create(
        org=org, kind="object", sobject="Account", history_days=10
    )
    made = FieldChange.objects.create(org=org, sobject="Account", record_id=str(at)[:9])
    FieldChange.objects.filter(pk=made.pk).update(seen_at=at)
    return made


def explored(org: Org, at: datetime) -> Any:
    user = User.objects.create(username=str(at))
    made = SavedCall.objects.create(org=org, user=user, path="/", is_history=True)
    SavedCall.objects.filter(pk=made.pk).update(at=at)
    return made


@pytest.mark.parametrize("changed", [None, 3])
@pytest.mark.parametrize(
    ("make", "name"),
    [
        (call, "CALLS_KEPT_DAYS"),
        (looked, "CALLS_KEPT_DAYS"),
        (run, "RUNS_KEPT_DAYS"),
        (flow, "FLOWS_KEPT_DAYS"),
        (history, ""),
        (explored, "EXPLORER_KEPT_DAYS"),
    ],
)
def test_f42_what_is_old_goes_and_what_is_young_stays(
    org: Org,
    make: Callable[[Org, datetime], Any],
    name: str,
    changed: int | None,
    settings: Any,
) -> None:
    days = getattr(DEFAULTS, name.lower()) if name else 10
    if changed and name:
        settings.SFCONNECTOR = {**settings.SFCONNECTOR, name: changed}
        days = changed
    now = timezone.now()
    made = [make(org, now - timedelta(days=days, hours=hours)) for hours in (1, -1)]
    retention.look_after(now)
    rows = type(made[0]).objects.filter(pk__in=[one.pk for one in made])
    assert list(rows) == made[1:]


def test_f42_a_plan_keeps_its_newest_answers(org: Org, settings: Any) -> None:
    settings.SFCONNECTOR = {**settings.SFCONNECTOR, "CACHED_ANSWERS_KEPT": 2}
    newest = run(org, timezone.now())
    for status in (200, 201, 202):
        CachedResponse.objects.create(
            plan=newest.plan, run=newest, status=status, fetched_at=timezone.now()
        )
    forget_old(newest.plan)
    kept = CachedResponse.objects.order_by("pk").values_list("status", flat=True)
    assert list(kept) == [201, 202]


def test_f42_what_is_old_is_looked_for_along_an_index(org: Org) -> None:
    """By key, the last look of each hour would go through all rows."""
    with CaptureQueriesContext(connection) as seen:
        retention.look_after()
    for table, column in (
        ("apicall", "at"),
        ("round", "at"),
        ("syncrun", "finished_at"),
    ):
        looks = [
            re.sub('[`"]', "", one["sql"])
            for one in seen
            if f"sfconnector_{table}" in one["sql"] and "LIMIT" in one["sql"]
        ]
        assert looks
        assert all(f"ORDER BY sfconnector_{table}.{column}" in one for one in looks), (
            looks
        )
