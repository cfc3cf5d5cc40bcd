from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from sfconnector import retention, signals, sync
from sfconnector.models import ConnectedApp, Org, SyncPlan, SyncRun
from sfconnector.sync import queue
from tests.connections import settings_with
from tests.threads import at_once

State = SyncRun.State
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rung():
    heard: list[int] = []

    def hear(*, run_id: int, **_: object) -> None:
        heard.append(run_id)

    signals.run_queued.connect(hear)
    yield heard
    signals.run_queued.disconnect(hear)


def an_org(alias: str = "acme", **values) -> Org:
    app, _ = ConnectedApp.objects.get_or_create(name="App", consumer_key="key")
    values.setdefault("status", Org.Status.CONNECTED)
    return Org.objects.create(alias=alias, app=app, **values)


def a_plan(org: Org, name: str = "Account", **values) -> SyncPlan:
    return SyncPlan.objects.create(org=org, sobject=name, **values)


def test_ten_clicks_at_once_make_one_run(rung):
    plan = a_plan(an_org())
    runs = at_once(*[lambda: sync.request_run(plan).pk] * 10)
    assert len(set(runs)) == 1
    assert SyncRun.objects.count() == 1
    assert rung == [runs[0]]


def test_of_two_workers_one_gets_the_run():
    run = sync.request_run(a_plan(an_org()))
    names = iter("abcdefgh")
    claims = at_once(*[lambda: queue.claim(run.pk, worker=next(names))] * 8)
    taken = [claim for claim in claims if claim]
    assert len(taken) == 1
    assert taken[0].fence == 1


def test_a_claim_of_what_was_claimed_meanwhile_misses():
    """The row itself decides, also where no lock lets one look after the other."""
    run = sync.request_run(a_plan(an_org()))
    seen_by_both = [SyncRun.objects.get(pk=run.pk) for _ in range(2)]
    until = timezone.now() + timedelta(minutes=1)
    claims = [one.claim("worker", lease_until=until) for one in seen_by_both]
    assert claims == [True, False]
    assert SyncRun.objects.get().fence == 1


def test_a_silent_workers_run_is_taken_over_and_its_writes_miss():
    run = sync.request_run(a_plan(an_org()))
    first = queue.claim(run.pk, worker="first")
    assert queue.claim(run.pk, worker="second") is None
    SyncRun.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    second = queue.claim(run.pk, worker="second")
    assert (second.fence, second.attempts) == (2, 2)
    assert not first.write(fetched=5)
    assert second.write(fetched=7)
    assert SyncRun.objects.get().fetched == 7


def test_a_run_is_claimed_for_the_seconds_of_the_settings(settings):
    settings.SFCONNECTOR = settings_with(RUN_LEASE_SECONDS=600)
    run = queue.claim(sync.request_run(a_plan(an_org())).pk, worker="w")
    left = run.lease_until - timezone.now()
    assert timedelta(seconds=500) < left <= timedelta(seconds=601)


def test_an_org_has_no_more_runs_at_a_time_than_allowed(settings):
    settings.SFCONNECTOR = settings_with(RUNS_PER_ORG=2)
    org = an_org()
    runs = [sync.request_run(a_plan(org, f"Object{n}__c")) for n in range(6)]
    numbers = iter(range(6))
    claims = at_once(*[lambda: queue.claim(runs[next(numbers)].pk, worker="w")] * 6)
    assert len([claim for claim in claims if claim]) == 2
    other = sync.request_run(a_plan(an_org("other")))
    assert queue.claim(other.pk, worker="w")


def test_a_tick_starts_what_is_due_once(rung):
    org = an_org()
    due = a_plan(org, schedule="every", every_minutes=5)
    due.next_run_at = timezone.now() - timedelta(days=3)
    due.save()
    a_plan(org, "Contact", schedule="every", every_minutes=60 * 24 * 31)
    a_plan(org, "Lead")
    before = timezone.now()
    ticks = at_once(*[sync.tick] * 4)
    assert sum(tick.started for tick in ticks) == 1
    assert SyncRun.objects.count() == 1
    due.refresh_from_db()
    assert due.next_run_at > before


def test_a_tick_leaves_paused_plans_and_orgs_that_need_a_person_alone():
    past = timezone.now() - timedelta(minutes=1)
    scheduled = {"schedule": "every", "every_minutes": 5, "next_run_at": past}
    a_plan(an_org(), paused_at=past, **scheduled)
    a_plan(an_org("b", status=Org.Status.NEEDS_RECONNECT), **scheduled)
    a_plan(an_org("c", deletion_requested_at=past), **scheduled)
    a_plan(an_org("d"), is_enabled=False, **scheduled)
    assert sync.tick().started == 0
    assert not SyncRun.objects.exists()


def test_a_tick_rings_again_for_what_nobody_took(rung):
    run = sync.request_run(a_plan(an_org()))
    assert rung == [run.pk]
    sync.tick()
    assert rung == [run.pk]
    SyncRun.objects.update(rung_at=timezone.now() - timedelta(minutes=2))
    assert sync.tick().rung == 1
    assert rung == [run.pk, run.pk]


def test_a_tick_rings_each_org_in_turn_and_not_beyond_its_places(rung, settings):
    settings.SFCONNECTOR = settings_with(RUNS_PER_ORG=2)
    busy, quiet = an_org("busy"), an_org("quiet")
    many = [sync.request_run(a_plan(busy, f"O{n}__c")).pk for n in range(5)]
    few = [sync.request_run(a_plan(quiet)).pk]
    rung.clear()
    SyncRun.objects.update(rung_at=None)
    assert sync.tick().rung == 3
    assert rung == [many[0], few[0], many[1]]


def test_a_parked_run_waits_for_its_time(rung):
    run = sync.request_run(a_plan(an_org()))
    claimed = queue.claim(run.pk, worker="w")
    queue.release(claimed, park_until=timezone.now() + timedelta(minutes=5))
    run.refresh_from_db()
    assert (run.state, run.attempts) == (State.PARKED, 0)
    assert queue.claim(run.pk, worker="w") is None
    SyncRun.objects.update(parked_until=timezone.now() - timedelta(seconds=1))
    assert queue.claim(run.pk, worker="w")


def test_cancelling_a_waiting_run_ends_it_at_once():
    run = sync.request_run(a_plan(an_org()))
    assert sync.cancel(run)
    assert run.state == State.CANCELLED
    assert not sync.cancel(run)


def test_a_bad_cron_text_pauses_its_plan_and_no_other():
    org = an_org()
    bad = a_plan(org, schedule="cron", cron="often")
    good = a_plan(org, "Contact", schedule="every", every_minutes=5)
    sync.tick()
    bad.refresh_from_db()
    good.refresh_from_db()
    assert "often" in bad.paused_reason
    assert good.next_run_at


def test_upkeep_is_due_for_one_of_many_ticks():
    assert sum(at_once(*[retention.is_upkeep_due] * 4)) == 1
