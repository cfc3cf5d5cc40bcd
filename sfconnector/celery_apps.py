"""Which Celery app our tasks go through, and what is known of its broker.

A host may have none, one or several. The setting ``CELERY_APP`` names one; else it is
the host's own, and ours (``sfconnector.celery``) where the host has none.
"""

from __future__ import annotations

from typing import Any

from celery import Celery, _state, current_app
from django.utils.module_loading import import_string

from sfconnector import conf
from sfconnector.exceptions import ConfigurationError
from sfconnector.texts import gettext_noop as _

PREFIX = "sfconnector."


def ours() -> Celery:
    """Return the app that our tasks are sent through.

    Raises ConfigurationError where ``CELERY_APP`` names none.
    """
    path = conf.current().celery_app
    if path:
        return _named(path)
    theirs = of_the_host()
    if not theirs:
        from sfconnector.celery import app

        return app
    proxy: Any = current_app
    current = proxy._get_current_object()  # noqa: SLF001 - Celery's own way to the app behind
    return current if current in theirs else theirs[0]


def _named(path: str) -> Celery:
    try:
        found = import_string(path.replace(":", "."))
    except ImportError as error:
        found = error
    if not isinstance(found, Celery):
        raise ConfigurationError(
            _(
                "SFCONNECTOR['CELERY_APP'] is {path!r}, which is no Celery app "
                "({found})."
            ).format(path=path, found=found),
            remedy=_("Write the dotted path of one, such as “crm.celery.app”."),
        )
    return found


def of_the_host() -> list[Celery]:
    """Return the apps that the host has made, by name.

    Celery makes up one of its own name where there is none; it knows no settings.
    """
    apps: Any = _state
    known = apps._get_active_apps()  # noqa: SLF001 - shared_task does the same
    made_up = {"default", "sfconnector"}
    return sorted((one for one in known if one.main not in made_up), key=_name)


def _name(app: Celery) -> str:
    return str(app.main)


def is_ours(app: Celery) -> bool:
    """Tell whether our tasks are sent through this app."""
    return app is ours()


def broker_of(app: Celery) -> str:
    """Return the URL that tasks are sent to; "" where the host has named none."""
    settings: Any = app.conf
    return str(settings.broker_write_url or "")


def lives_in_one_process(app: Celery) -> bool:
    """Tell whether the broker keeps its messages in the memory of one process."""
    return broker_of(app).startswith("memory:")


def routing() -> dict[str, Any]:
    """Return what ``apply_async`` is told besides the arguments: queue, priority …"""
    given = conf.current()
    queue = {"queue": given.celery_queue} if given.celery_queue else {}
    return {**given.celery_routing, **queue}


def queues_of(app: Celery) -> set[str]:
    """Return the queues that our tasks go to: by our settings, or the app's routes.

    Raises KeyError when it is none of the app's and may not be made.
    """
    tools: Any = app
    names = [name for name in tools.tasks if name.startswith(PREFIX)]
    router = tools.amqp.router
    found = {name: router.route(dict(routing()), name).get("queue") for name in names}
    default = tools.conf.task_default_queue
    return {str(getattr(one, "name", one) or default) for one in found.values()}
