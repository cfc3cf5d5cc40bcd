"""System checks of the Celery app that our tasks really go through, and its broker."""

from __future__ import annotations

from typing import Any

from celery import Celery
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as Caution

from sfconnector import celery_apps, conf
from sfconnector.exceptions import ConfigurationError


def check_broker(**_options: Any) -> list[CheckMessage]:
    """Say when messages would go nowhere, or a page would hang on the broker."""
    if conf.current().tasks_backend:  # no message goes to a broker: see task_checks
        return []
    try:
        app = celery_apps.ours()
    except ConfigurationError as error:
        return [bad_app(str(error), error.remedy)]
    told: Any = app.conf
    if told.task_always_eager:
        return []
    found = [*_doubt(app), *_unsound_broker(app)]
    try:
        celery_apps.queues_of(app)
    except KeyError as error:
        found.append(no_queue(str(error)))
    return found


def _doubt(app: Celery) -> list[CheckMessage]:
    """Ask which of several apps is meant."""
    theirs = celery_apps.of_the_host()
    if conf.current().celery_app or len(theirs) < 2:
        return []
    return [several_apps(", ".join(str(one.main) for one in theirs), str(app.main))]


def _unsound_broker(app: Celery) -> list[CheckMessage]:
    url = celery_apps.broker_of(app)
    is_embedded = conf.current().embedded_worker
    if not url:
        name = str(app.main)
        return [embedded_nowhere(name) if is_embedded else no_broker(name)]
    if celery_apps.lives_in_one_process(app):
        # Ours is read by ``sf_worker`` too, which looks into the database.
        is_heard = is_embedded or not celery_apps.of_the_host()
        return [] if is_heard else [memory_broker()]
    told: Any = app.conf
    needed = {"max_retries", *({"socket_timeout"} if url.startswith("redis") else ())}
    return [hanging_broker()] if needed - set(told.broker_transport_options) else []


def memory_broker() -> CheckMessage:
    """E201: messages of a memory broker never reach another process."""
    message = "The broker is memory:// and no worker runs inside of this process."
    hint = (
        "Set SFCONNECTOR['EMBEDDED_WORKER'] for one process, or CELERY_BROKER_URL to "
        "Redis or RabbitMQ for several."
    )
    return Error(message, hint=hint, id="sfconnector.E201")


def hanging_broker() -> CheckMessage:
    """W202: a broker that is away blocks the page that rings."""
    message = "When the broker is away, pages that ring it hang for many seconds."
    hint = (
        'Set CELERY_BROKER_TRANSPORT_OPTIONS to {"max_retries": 1, "interval_start": '
        '0, "interval_step": 0}, for Redis also "socket_timeout": 2 and '
        '"socket_connect_timeout": 2.'
    )
    return Caution(message, hint=hint, id="sfconnector.W202")


def embedded_nowhere(name: str) -> CheckMessage:
    """E205: the embedded worker would join whatever answers on localhost."""
    message = f"EMBEDDED_WORKER is on, and the Celery app {name!r} names no broker."
    hint = "Set CELERY_BROKER_URL to “memory://localhost/”, or to a Redis or RabbitMQ."
    return Error(message, hint=hint, id="sfconnector.E205")


def no_broker(name: str) -> CheckMessage:
    """W206: Celery goes to RabbitMQ on localhost when it is told nothing."""
    message = f"The Celery app {name!r} names no broker: Celery asks localhost for one."
    hint = "Set CELERY_BROKER_URL, or name another app in SFCONNECTOR['CELERY_APP']."
    return Caution(message, hint=hint, id="sfconnector.W206")


def several_apps(names: str, taken: str) -> CheckMessage:
    """W207: tasks may be sent to the broker of another app."""
    message = f"There are several Celery apps ({names}); tasks go through {taken!r}."
    hint = "Name the right one in SFCONNECTOR['CELERY_APP'], such as “crm.celery.app”."
    return Caution(message, hint=hint, id="sfconnector.W207")


def bad_app(problem: str, remedy: str) -> CheckMessage:
    """E208: the setting names no Celery app."""
    return Error(problem, hint=remedy, id="sfconnector.E208")


def no_queue(problem: str) -> CheckMessage:
    """E209: the Celery app has no such queue and makes none."""
    message = f"The tasks have no queue to go to: {problem}."
    hint = "Add it to CELERY_TASK_QUEUES, or correct SFCONNECTOR['CELERY_QUEUE']."
    return Error(message, hint=hint, id="sfconnector.E209")
