"""gunicorn's settings: with ``memory://`` the worker lives in the one web process."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings

threads = 8
# An export that is under way at SIGTERM is written to its end, up to so long.
graceful_timeout = int(os.environ.get("GUNICORN_GRACEFUL_SECONDS", "60"))


def on_starting(server: Any) -> None:
    """Refuse several web processes while each would have a queue of its own."""
    import project  # noqa: F401 - names the settings module
    from project.celery import NO_BROKER

    if settings.CELERY_BROKER_URL.startswith("memory:") and server.cfg.workers > 1:
        raise SystemExit(NO_BROKER)


def post_worker_init(_worker: Any) -> None:
    """Start the embedded worker and beat in the web process that was just made."""
    if settings.CELERY_BROKER_URL.startswith("memory:"):
        from sfconnector import embedded

        embedded.start()


def worker_exit(_server: Any, _worker: Any) -> None:
    """Let the embedded worker finish its batch."""
    if settings.CELERY_BROKER_URL.startswith("memory:"):
        from sfconnector import embedded

        embedded.stop()
