"""Calls become redacted lines, feed the ledger, and are pruned by age."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import override_settings
from django.utils import timezone

from sfconnector import audit, budget, calls
from sfconnector.audit import Actor
from sfconnector.models import (
    ApiCall,
    ApiUsage,
    ApiUsageDay,
    AuditEvent,
    Org,
    SyncPlan,
    SyncRun,
)
from sfconnector.salesforce.types import Call, LimitInfo
from tests.connections import bare_org, person, settings_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def org() -> Org:
    return bare_org()


def call(*, used: int | None = None, at: datetime | None = None) -> Call:
    return Call(
        method="GET",
        path="/services/data/v66.0/limits",
        status=200,
        duration_ms=12,
        request_bytes=0,
        response_bytes=345,
        request_id="abc",
        error_code="",
        limit=LimitInfo(used=used, maximum=1000) if used is not None else None,
        at=at or timezone.now(),
    )


def test_each_call_becomes_a_line_and_feeds_the_ledger(org: Org) -> None:
    hook = calls.recorder(org, purpose="sync", by=Actor(person()))
    hook(call(used=10))
    hook(call(used=11))

    line = ApiCall.objects.latest("pk")
    assert (line.purpose, line.api_used, line.response_bytes) == ("sync", 11, 345)
    usage = ApiUsage.objects.get(org=org)
    assert (usage.used, usage.maximum) == (11, 1000)
    day = ApiUsageDay.objects.get(org=org)
    assert (day.calls, day.highest_used) == (2, 11)


def test_a_buffered_recorder_writes_only_when_flushed(org: Org) -> None:
    hook = calls.recorder(org, purpose="sync", buffered=True)
    hook(call(used=1))
    hook(call(used=2))
    assert not ApiCall.objects.exists()

    assert hook.flush() == 2
    assert hook.total == ApiCall.objects.count() == 2


def test_counts_that_arrive_out_of_order_do_not_go_backwards(org: Org) -> None:
    budget.note(org, used=145, maximum=1000)
    budget.note(org, used=139, maximum=1000)
    assert ApiUsage.objects.get().used == 145


def test_the_rolling_window_frees_calls(org: Org) -> None:
    budget.note(org, used=145, maximum=1000)
    ApiUsage.objects.update(seen_at=timezone.now() - timedelta(minutes=2))
    budget.note(org, used=20, maximum=1000)
    assert ApiUsage.objects.get().used == 20


def test_background_work_stops_at_its_daily_share(org: Org) -> None:
    assert budget.allowance(org).calls is None
    budget.note(org, used=700, maximum=1000)
    assert budget.allowance(org).calls == 100
    budget.note(org, used=800, maximum=1000)

    spent = budget.allowance(org)
    assert spent.is_spent
    assert spent.frees_at is not None
    assert "800 of 1000" in spent.reason


def test_an_old_count_proves_nothing(org: Org) -> None:
    budget.note(org, used=1000, maximum=1000)
    ApiUsage.objects.update(seen_at=timezone.now() - budget.STALE_AFTER * 2)
    assert budget.allowance(org).calls is None


def test_one_run_may_spend_its_share_only(org: Org) -> None:
    plan = SyncPlan.objects.create(org=org, sobject="Account")
    run = SyncRun.objects.create(plan=plan, org=org, api_calls=40)
    budget.note(org, used=100, maximum=1000)
    with override_settings(SFCONNECTOR=settings_with(RUN_SHARE=0.05)):
        assert budget.allowance(org, run=run).calls == 10
        run.api_calls = 50
        assert budget.allowance(org, run=run).is_spent


def test_an_exhausted_org_rests_until_it_frees(org: Org) -> None:
    until = timezone.now() + timedelta(minutes=30)
    budget.exhausted(org, until=until)
    spent = budget.allowance(org)
    assert (spent.calls, spent.frees_at) == (0, until)

    budget.exhausted(org, until=timezone.now() - timedelta(seconds=1))
    assert not budget.allowance(org).is_spent


def test_old_lines_are_pruned_and_young_ones_stay(org: Org) -> None:
    hook = calls.recorder(org, purpose="sync")
    hook(call(at=datetime(2020, 1, 1, tzinfo=UTC)))
    hook(call())
    assert calls.prune() == 1
    assert ApiCall.objects.count() == 1


def test_an_audit_line_reads_after_its_org_and_person_are_gone(org: Org) -> None:
    someone = person("grace")
    audit.append("oauth.connect", by=Actor(someone, "127.0.0.1"), org=org)
    org.delete()
    someone.delete()

    event = AuditEvent.objects.get()
    assert (event.user_name, event.org_alias, event.org) == ("grace", "acme", None)
    assert event.client_address == "127.0.0.1"
