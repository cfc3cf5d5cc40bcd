"""Celery as hosts have it: several apps, named queues, other schedulers, or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from celery import Celery
from django.test import override_settings
from django.utils import timezone

from sfconnector import schedules, tasks
from tests.connections import settings_with
from tests.hosts.test_databases import (  # noqa: F401 - databases is a fixture
    Databases,
    databases,
    walk,
)


@pytest.fixture
def crm(monkeypatch: pytest.MonkeyPatch) -> Iterator[Celery]:
    """A second Celery app of the host, which our settings name."""
    app = Celery("crm", set_as_current=False, fixups=[], broker="memory://localhost/")
    app.conf.task_default_queue = "crm"
    monkeypatch.setitem(globals(), "crm_app", app)
    path = "tests.hosts.test_celery.crm_app"
    with override_settings(SFCONNECTOR=settings_with(CELERY_APP=path)):
        yield app
    app.close()


def taken(app: Celery, queue: str) -> Any:
    """Take the oldest message of a queue; None when it is empty."""
    with app.connection_for_read() as connection:
        channel = connection.default_channel
        channel.queue_declare(queue)
        return channel.basic_get(queue, no_ack=True)


def named(**values: Any) -> override_settings:
    """Change the settings of the app."""
    from django.conf import settings

    return override_settings(SFCONNECTOR={**settings.SFCONNECTOR, **values})


def test_doorbells_go_through_the_app_and_into_the_queue_that_are_named(
    crm: Celery,
) -> None:
    assert tasks.ring(5)
    message = taken(crm, "crm")
    assert message.headers["task"] == "sfconnector.run_plan"
    with named(CELERY_QUEUE="salesforce", CELERY_ROUTING={"priority": 7}):
        assert tasks.ring(6)
        tasks.tick.delay()
    assert taken(crm, "crm") is None
    message = taken(crm, "salesforce")
    assert message.properties["priority"] == 7
    assert message.headers["argsrepr"] == "(6,)"
    assert taken(crm, "salesforce").headers["task"] == "sfconnector.tick"


def test_a_tick_expires_by_itself_whatever_its_scheduler_drops(crm: Celery) -> None:
    """django-celery-beat's DatabaseScheduler keeps no ``expires`` of an entry."""
    for task in (tasks.tick, tasks.upkeep):
        task.apply_async(args=[], kwargs={}, producer=None)
        told = datetime.fromisoformat(taken(crm, "crm").headers["expires"])
        assert 590 < (told - timezone.now()).total_seconds() <= tasks.EXPIRES


def test_the_tick_comes_as_often_as_the_settings_say(crm: Celery) -> None:
    with named(TICK_SECONDS=7):
        schedules.add_tick(crm)
    assert crm.conf.beat_schedule[schedules.ENTRY]["schedule"] == 7


def test_the_tick_is_in_the_schedule_of_the_named_app_alone(crm: Celery) -> None:
    other = Celery("other", set_as_current=False, fixups=[])
    for app in (crm, other):
        schedules.add_tick(app)
    assert schedules.ENTRY in crm.conf.beat_schedule
    assert schedules.ENTRY not in other.conf.beat_schedule
    other.close()


def test_a_host_without_celery_and_broker_is_heard_by_sf_worker_within_five_seconds(
    databases: Callable[..., Databases],  # noqa: F811 - the fixture
) -> None:
    told = walk(DATABASES=databases("default"), then="worker")
    assert told["state"] == "succeeded"
    assert told["waited"] < 5
    assert told["said"].startswith("Works until it is asked to end (Ctrl+C).\n")
    assert told["is_ended"]
