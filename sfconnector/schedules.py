"""The one beat entry: the tick, added to the beat of every Celery app."""

from __future__ import annotations

from typing import Any

from celery import Celery, _state

from sfconnector import conf, tasks

ENTRY = "sfconnector-tick"


def register() -> None:
    """Add the tick to every Celery app, those made later included.

    Called once by ``AppConfig.ready``; it is how ``shared_task`` finds its apps.
    """
    _state.connect_on_app_finalize(_on_finalize)
    apps: Any = _state
    for app in apps._get_active_apps():  # noqa: SLF001 - shared_task does the same
        if app.finalized:
            add_tick(app)


def _on_finalize(app: Celery) -> None:
    def when_ready(sender: Celery, **_: Any) -> None:
        add_tick(sender)

    app.on_after_finalize.connect(when_ready, weak=False)


def add_tick(app: Celery) -> None:
    """Add the entry; the host may override it in its own ``beat_schedule``."""
    seconds = conf.current().tick_seconds
    # A tick that no worker took in time is dropped: they must not pile up.
    app.add_periodic_task(
        seconds, tasks.tick.s(), name=ENTRY, expires=max(seconds * 2, 60)
    )
