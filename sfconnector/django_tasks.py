"""Doorbells by Django's own tasks, where a host has workers for those and no Celery.

Imported only where ``TASKS_BACKEND`` names one of the host's ``TASKS``: before Django 6
there are none. What there is to do stays one list, that of Celery's tasks; here they
are only sent another way.
"""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError
from django.tasks import DEFAULT_TASK_BACKEND_ALIAS, task
from django.tasks.exceptions import TaskException

from sfconnector import celery_apps, conf


@task(backend=conf.current().tasks_backend or DEFAULT_TASK_BACKEND_ALIAS)
def work(name: str, arguments: list[Any]) -> None:
    """Do what Celery's task of this name does, in the host's worker."""
    celery_apps.ours().tasks[name](*arguments)


def send(name: str, arguments: list[Any]) -> None:
    """Leave a task with the backend; raise ConnectionError when that takes none."""
    try:
        work.using(backend=conf.current().tasks_backend).enqueue(name, arguments)
    except (TaskException, DatabaseError, OSError) as error:
        message = f"The tasks' backend took no task: {type(error).__name__}"
        raise ConnectionError(message) from error
