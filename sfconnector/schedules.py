"""The one beat entry: the tick, added to the beat of every Celery app."""

from __future__ import annotations

from typing import Any

from celery import Celery, _state

from sfconnector import celery_apps, conf, tasks
from sfconnector.exceptions import ConfigurationError

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
    """Add the entry; the host may override it in its own ``beat_schedule``.

    Of several apps the one that ``CELERY_APP`` names has it.
    """
    if _is_another(app):
        return
    app.add_periodic_task(conf.current().tick_seconds, tasks.tick.s(), name=ENTRY)


def _is_another(app: Celery) -> bool:
    if not conf.current().celery_app:
        return False
    try:
        return app is not celery_apps.ours()
    except ConfigurationError:  # told by a check, or just being imported
        return False
