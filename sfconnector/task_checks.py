"""System checks of Django's own tasks, where they are to bring the doorbells."""

from __future__ import annotations

from typing import Any

import django
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as Caution
from django.core.exceptions import ImproperlyConfigured

from sfconnector import conf

_FIRST = (6, 0)
"""The first Django that has tasks of its own."""
_IMMEDIATE = "django.tasks.backends.immediate.ImmediateBackend"


def check_tasks(**_options: Any) -> list[CheckMessage]:
    """Say when the chosen backend takes no tasks, or works inside of a page."""
    alias = conf.current().tasks_backend
    if not alias:
        return []
    if problem := _problem(alias):
        return [bad_backend(alias, problem)]
    backend = getattr(settings, "TASKS", {}).get(alias, {}).get("BACKEND", "")
    return [immediate_backend(alias)] if backend == _IMMEDIATE else []


def _problem(alias: str) -> str:
    if django.VERSION < _FIRST:
        return f"Django {django.get_version()} has no tasks of its own"
    from django.tasks.exceptions import TaskException

    try:
        from sfconnector import django_tasks

        django_tasks.work.using(backend=alias)
    except (TaskException, ImproperlyConfigured) as error:
        return str(error)
    return ""


def bad_backend(alias: str, problem: str) -> CheckMessage:
    """E211: no doorbell would be heard before the next tick."""
    message = f"SFCONNECTOR['TASKS_BACKEND'] {alias!r} takes no tasks: {problem}."
    hint = "Name one of TASKS, or leave it empty: Celery brings the doorbells then."
    return Error(message, hint=hint, id="sfconnector.E211")


def immediate_backend(alias: str) -> CheckMessage:
    """W212: whoever presses a button waits until all of it is fetched."""
    message = f"The tasks of TASKS[{alias!r}] are worked on by whoever sends them."
    hint = "Name a backend that has workers of its own, or leave TASKS_BACKEND empty."
    return Caution(message, hint=hint, id="sfconnector.W212")
