from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from sfconnector.exceptions import ConfigurationError
from sfconnector.models import SyncPlan
from sfconnector.sync import schedule

NOW = datetime(2026, 11, 23, 14, 7, 11, tzinfo=UTC)
moments = st.datetimes(
    datetime(2020, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(2035, 1, 1),  # noqa: DTZ001 - likewise
    timezones=st.just(UTC),
)


def cron(text: str, number: int = 0) -> SyncPlan:
    return SyncPlan(uuid=uuid.UUID(int=number), schedule="cron", cron=text)


@given(moments, st.integers(1, 60 * 24 * 31), st.uuids())
def test_slots_lie_their_interval_apart_and_never_in_the_past(now, minutes, seed):
    first = schedule.next_slot(now, minutes=minutes, seed=seed.int)
    second = schedule.next_slot(first, minutes=minutes, seed=seed.int)
    assert now < first <= now + timedelta(minutes=minutes)
    assert second - first == timedelta(minutes=minutes)


@given(moments, st.integers(1, 10_000))
def test_missed_slots_are_not_caught_up(now, minutes):
    plan = SyncPlan(schedule="every", every_minutes=minutes, uuid=uuid.UUID(int=5))
    due = schedule.next_run(plan, now)
    later = now + timedelta(days=3)
    assert schedule.next_run(plan, later) > later > due or minutes > 3 * 24 * 60


def test_plans_of_one_interval_spread_over_it():
    slots = {
        schedule.next_slot(NOW, minutes=60, seed=uuid.uuid4().int) for _ in range(200)
    }
    assert max(slots) - min(slots) > timedelta(minutes=40)


def test_a_plan_without_a_schedule_runs_only_when_asked():
    assert schedule.next_run(SyncPlan(schedule="manual"), NOW) is None


@override_settings(TIME_ZONE="Europe/Berlin")
def test_cron_text_is_read_in_the_sites_time_zone():
    due = schedule.next_run(cron("0 6 * * 1-5"), NOW)
    assert due == datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


@override_settings(TIME_ZONE="Europe/Berlin")
def test_an_hour_that_summer_time_skips_runs_right_after_it():
    before = datetime(2027, 3, 27, 12, tzinfo=UTC)
    due = schedule.next_run(cron("30 2 * * *"), before)
    assert due.date() == date(2027, 3, 28)
    after = schedule.next_run(cron("30 2 * * *"), due)
    assert after == datetime(2027, 3, 29, 0, 30, tzinfo=UTC)


@override_settings(TIME_ZONE="Europe/Berlin")
def test_an_hour_that_occurs_twice_runs_once():
    before = datetime(2026, 10, 24, 12, tzinfo=UTC)
    first = schedule.next_run(cron("30 2 * * *"), before)
    second = schedule.next_run(cron("30 2 * * *"), first)
    assert second - first >= timedelta(hours=23)


@pytest.mark.parametrize(
    "text", ["", "often", "61 * * * *", "0 0 30 2 *", "* * * *", "* * * * * *"]
)
def test_a_cron_text_that_never_comes_due_is_refused_with_an_example(text):
    with pytest.raises(ConfigurationError) as error:
        schedule.next_run(cron(text), NOW)
    assert "0 6 * * 1-5" in error.value.remedy


def test_cron_plans_are_spread_over_half_a_minute():
    dues = {schedule.next_run(cron("0 6 * * *", number), NOW) for number in range(30)}
    assert len(dues) == 30
    assert max(dues) - min(dues) < timedelta(seconds=30)


SATURDAY = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "mean"),
    [
        ("*/5 8-18 * * 1-5", 12 * 11 * 5 / 7),
        ("0 6 * * *", 1),
        ("* * * * *", 24 * 60),
        ("0 5 * * 1", 1 / 7),
        ("0 4 1 * *", 12 / 365.25),
        ("0 0 1,2 1 *", 2 / 365.25),
        ("0 0 29 2 *", 1 / 1461),
    ],
)
def test_a_day_of_a_cron_text_is_the_mean_of_its_weeks(text: str, mean: float):
    for day in range(7):
        told = schedule.runs_a_day(cron(text), SATURDAY + timedelta(days=day))
        assert told == pytest.approx(mean, rel=0.05)


def test_a_day_of_other_schedules():
    hourly = SyncPlan(schedule="every", every_minutes=60)
    assert schedule.runs_a_day(hourly, NOW) == 24
    assert schedule.runs_a_day(SyncPlan(schedule="manual"), NOW) == 0
    with pytest.raises(ConfigurationError):
        schedule.runs_a_day(cron("0 0 30 2 *"), NOW)
