"""The Celery app of a project that has none.

It reads Django's ``CELERY_*`` settings. With a broker there ``celery -A sfconnector
worker`` works. Who names none gets ``memory://``, which no other process hears (Celery
itself would join whatever listens on localhost): the embedded worker and ``sf_worker``
then find the runs of other processes in the database.
"""

from __future__ import annotations

from celery import Celery

NAME = "sfconnector"
MEMORY = "memory://localhost/"  # Kombu warns of a missing host

app = Celery(NAME, set_as_current=False)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.add_defaults(
    lambda: {
        "broker_url": MEMORY,
        "broker_connection_retry_on_startup": True,
        "task_publish_retry": False,
        "worker_hijack_root_logger": False,
    }
)
app.autodiscover_tasks()
