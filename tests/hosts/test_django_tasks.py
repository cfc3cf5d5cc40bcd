"""Django's own tasks as the doorbell, for hosts that have workers for them."""

from __future__ import annotations

import django
import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from sfconnector import tasks
from sfconnector.models import Heartbeat, Org, SyncPlan, SyncRun
from sfconnector.task_checks import check_tasks
from tests.connections import settings_with

BACKENDS = "django.tasks.backends"
TASKS = {
    "default": {"BACKEND": f"{BACKENDS}.dummy.DummyBackend"},
    "at once": {"BACKEND": f"{BACKENDS}.immediate.ImmediateBackend"},
    "strict": {"BACKEND": f"{BACKENDS}.dummy.DummyBackend", "QUEUES": ["mails"]},
    "gone": {"BACKEND": "nowhere.Backend"},
}

since_django_6 = pytest.mark.skipif(
    django.VERSION < (6, 0), reason="this Django has no tasks of its own"
)


def chosen(backend: str) -> override_settings:
    settings = settings_with(TASKS_BACKEND=backend)
    return override_settings(TASKS=TASKS, SFCONNECTOR=settings)


def problems(backend: str) -> set[str]:
    with chosen(backend):
        return {str(one.id).removeprefix("sfconnector.") for one in check_tasks()}


@since_django_6
def test_each_doorbell_is_a_task_that_a_worker_can_import() -> None:
    from django.tasks import task_backends
    from django.utils.module_loading import import_string

    with chosen("default"):
        assert tasks.ring(5)
        tasks.upkeep.delay()
        call_command("sf_tick")
        sent = task_backends["default"].results
    assert [tuple(one.args) for one in sent] == [
        ("sfconnector.run_plan", [5]),
        ("sfconnector.upkeep", []),
        ("sfconnector.tick", []),
    ]
    assert import_string(sent[0].task.module_path).func is sent[0].task.func


@since_django_6
@pytest.mark.django_db(transaction=True)
def test_a_run_is_worked_on_by_the_host_s_worker(org: Org) -> None:
    plan = SyncPlan.objects.create(org=org, kind="object", sobject="Account")
    run = SyncRun.objects.create(plan=plan, org=org)
    with chosen("at once"):
        assert tasks.ring(run.pk)
    run.refresh_from_db()
    assert run.attempts == 1
    assert Heartbeat.objects.filter(kind="worker").exists()


@since_django_6
def test_a_backend_that_takes_nothing_is_told_and_loses_nothing() -> None:
    assert problems("default") == set()
    assert problems("at once") == {"W212"}
    assert problems("strict") == problems("gone") == problems("none") == {"E211"}
    with chosen("strict"):
        assert not tasks.ring(5)
        with pytest.raises(CommandError):
            call_command("sf_tick")


def test_a_backend_that_no_django_has_is_told() -> None:
    assert problems("") == set()
    assert problems("none") == {"E211"}
    if django.VERSION < (6, 0):
        assert problems("default") == {"E211"}
