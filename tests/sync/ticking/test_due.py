"""Many plans due at once: each started once, moved on, and every org served first."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sfconnector import signals, sync
from sfconnector.models import ConnectedApp, Org, SyncPlan, SyncRun
from sfconnector.sync import schedule
from sfconnector.sync.ticking import bells, sets
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)
MOST_QUERIES = 30


@pytest.fixture
def rung():
    heard: list[int] = []

    def hear(*, run_id: int, **_: object) -> None:
        heard.append(run_id)

    signals.run_queued.connect(hear)
    yield heard
    signals.run_queued.disconnect(hear)


@pytest.fixture(params=["one statement", "pieces"])
def by(request, monkeypatch):
    """Make and move rows as this database does it, and as any other does."""
    if request.param == "pieces":
        monkeypatch.setattr(sets, "DIALECTS", {})
    return request.param


def due_plans(orgs: int, each: int, *, ago: timedelta = timedelta(days=1)) -> None:
    app, _ = ConnectedApp.objects.get_or_create(name="App", consumer_key="key")
    known = Org.objects.count()
    made = Org.objects.bulk_create(
        Org(alias=f"org-{known + n}", app=app, status=Org.Status.CONNECTED)
        for n in range(orgs)
    )
    past = timezone.now() - ago
    SyncPlan.objects.bulk_create(
        SyncPlan(
            org=org,
            sobject=f"Thing{n}__c",
            schedule=SyncPlan.Schedule.EVERY,
            every_minutes=15,
            next_run_at=past + timedelta(seconds=n),
        )
        for org in made
        for n in range(each)
    )


def queries_of_a_tick() -> tuple[int, sync.Tick]:
    with CaptureQueriesContext(connection) as seen:
        done = sync.tick()
    return len(seen), done


def test_ten_thousand_due_plans_take_no_more_queries_than_three_hundred():
    sync.tick()
    due_plans(300, 1)
    few, first = queries_of_a_tick()
    due_plans(1000, 10)
    now = timezone.now()
    many, second = queries_of_a_tick()
    assert (first.started, second.started) == (300, 10_000)
    assert many <= MOST_QUERIES
    assert abs(many - few) <= 1  # the database's clock is read now and then
    assert not SyncPlan.objects.due(now).exists()


def test_a_run_that_a_tick_queues_is_as_one_that_a_person_asks_for(by, rung):
    due_plans(2, 1)
    mine, other = SyncPlan.objects.order_by("pk")
    SyncPlan.objects.filter(pk=mine.pk).update(full_wanted_at=timezone.now())
    SyncPlan.objects.filter(pk=other.pk).update(next_run_at=None, schedule="manual")
    before = timezone.now()
    assert sync.tick().started == 1
    queued = mine.runs.get()
    asked = sync.request_run(other, trigger=SyncRun.Trigger.SCHEDULE)
    asked.refresh_from_db()
    differs = {
        field.name
        for field in SyncRun._meta.concrete_fields
        if getattr(queued, field.name) != getattr(asked, field.name)
    }
    assert differs <= {"id", "uuid", "plan", "org", "queued_at", "rung_at", "is_full"}
    assert queued.uuid != asked.uuid
    assert queued.is_full
    assert queued.rung_at
    assert queued.queued_at >= before - timedelta(seconds=2)
    mine.refresh_from_db()
    assert mine.full_wanted_at is None
    # A time may pass while the tick is at work.
    next_runs = {schedule.next_run(mine, at) for at in (before, timezone.now())}
    assert mine.next_run_at in next_runs
    assert rung == [queued.pk, asked.pk]


def test_of_ticks_at_once_one_starts_each_plan(by, rung):
    due_plans(20, 3)
    ticks = at_once(*[sync.tick] * 4)
    assert sum(tick.started for tick in ticks) == 60
    assert set(Counter(SyncRun.objects.values_list("plan", flat=True)).values()) == {1}


def test_people_who_run_plans_while_they_come_due_make_no_second_run(rung):
    due_plans(1, 30)
    plans = list(SyncPlan.objects.all())

    def press() -> None:
        for plan in plans:
            sync.request_run(plan)

    at_once(press, sync.tick, press, sync.tick)
    sync.tick()
    assert set(Counter(SyncRun.objects.values_list("plan", flat=True)).values()) == {1}
    assert SyncRun.objects.count() == 30


def test_after_an_outage_every_org_is_served_before_any_is_served_twice(
    rung, monkeypatch
):
    monkeypatch.setattr(bells, "RINGS_PER_TICK", 7)
    due_plans(2, 8, ago=timedelta(days=2))
    due_plans(10, 1)
    for _ in range(2):
        sync.tick()
    owners = dict(SyncRun.objects.values_list("pk", "org_id"))
    served = [owners[run_id] for run_id in rung]
    assert len(set(served[:12])) == 12
    assert len(rung) == 14
    first = SyncRun.objects.order_by("queued_at", "pk").values_list("org_id", flat=True)
    assert len(set(first[:12])) == 12


def test_a_plan_whose_run_is_not_over_waits_for_its_next_time():
    due_plans(1, 2)
    busy, free = SyncPlan.objects.order_by("pk")
    sync.request_run(busy)
    before = timezone.now()
    assert sync.tick().started == 1
    busy.refresh_from_db()
    assert busy.next_run_at > before
    assert busy.runs.count() == free.runs.count() == 1


def test_a_tick_that_dies_leaves_its_plans_due(monkeypatch):
    due_plans(3, 1)

    def die(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(sets, "queue", die)
        with pytest.raises(SystemExit):
            sync.tick()
    assert SyncPlan.objects.due(timezone.now()).count() == 3
    assert sync.tick().started == 3


def test_a_paused_plan_is_not_paused_again_and_again(caplog):
    due_plans(1, 1)
    SyncPlan.objects.update(schedule="cron", cron="often")
    sync.tick()
    first = SyncPlan.objects.get().paused_at
    sync.tick()
    assert first
    assert SyncPlan.objects.get().paused_at == first
