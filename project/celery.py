"""The Celery application of the project; its settings are Django's ``CELERY_*``."""

from __future__ import annotations

import os
import threading
from typing import Any

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

NO_BROKER = (
    "CELERY_BROKER_URL names no broker that processes can share (memory:// lives in "
    "one process). Set it to redis://… or amqp://…, or use “make run”, which serves "
    "the site and works in one process."
)

app = Celery("project")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.setup_logging.connect
def keep_our_logging(**_: Any) -> None:
    """Leave logging as the settings have it: Celery replaces it otherwise."""


@signals.celeryd_init.connect
@signals.beat_init.connect
def refuse_memory_broker(**_: Any) -> None:
    """Stop ``celery worker`` and ``celery beat`` when their messages go nowhere.

    The embedded worker and beat are threads and are left alone; a command runs in
    the main thread.
    """
    in_command = threading.current_thread() is threading.main_thread()
    if in_command and (app.conf.broker_url or "").startswith("memory:"):
        raise SystemExit(NO_BROKER)
