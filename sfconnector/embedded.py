"""Worker and beat as threads of this process, for sites without a broker.

Never started by ``AppConfig.ready``: the project's server process calls ``start``.
Celery documents no worker inside another process; tests/test_leaning.py names the
versions for which this was seen to work.
"""

from __future__ import annotations

import logging
import threading
from typing import Any

from celery import Celery
from celery.beat import EmbeddedService
from celery.worker import WorkController
from django.db import DatabaseError, close_old_connections, connections

from sfconnector import celery_apps, sync, tasks
from sfconnector.exceptions import ConfigurationError
from sfconnector.texts import gettext_noop as _

logger = logging.getLogger(__name__)

CONCURRENCY = 4
NO_BROKER = _(
    "Set CELERY_BROKER_URL to “memory://localhost/” for one process, or to a Redis or "
    "RabbitMQ that the processes share."
)
LISTEN_SECONDS = 2.0
"""How often a worker looks for runs of other processes, whose bells it cannot hear."""
STOP_TIMEOUT = 25.0
"""Seconds that a stop waits for running batches: platforms kill after 30."""


class EmbeddedWorker:
    """A Celery worker with a thread pool, and beat, both in threads of this process.

    ``WorkController`` and not ``app.Worker``: the latter installs signal handlers,
    which only the main thread may do.
    """

    def __init__(self, app: Celery, *, concurrency: int = CONCURRENCY) -> None:
        self._ready = threading.Event()
        self.controller: Any = WorkController(
            app=app,
            pool="threads",
            concurrency=concurrency,
            hostname="embedded@localhost",
            loglevel=logging.INFO,
            ready_callback=lambda _consumer: self._ready.set(),
            # Nobody to talk to: this is the only worker of its broker.
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
            queues=_queues(app),
        )
        self.beat: Any = EmbeddedService(
            # The plain scheduler writes no schedule file: the one entry, the tick,
            # may come early after a restart.
            app,
            thread=True,
            scheduler_cls="celery.beat:Scheduler",
        )
        self._thread = threading.Thread(
            target=self.controller.start, name="sfconnector-worker", daemon=True
        )
        self._is_stopped = threading.Event()
        self._is_alone = celery_apps.lives_in_one_process(app)

    def start(self) -> None:
        """Start both threads and return once tasks are taken."""
        sync.clear_stop()
        self._thread.start()
        # ``ready_callback``: the consumer is connected, so no task is rung in vain.
        self._ready.wait(10)
        self.beat.start()
        tasks.begin_signs().start()
        threading.Thread(
            target=self._stop_with_main, name="sfconnector-stop", daemon=True
        ).start()
        if self._is_alone:
            threading.Thread(
                target=self._listen, name="sfconnector-listen", daemon=True
            ).start()
        tasks.tick.apply_async()

    def stop(self) -> None:
        """Let runs commit their batch, then end both threads; safe to call twice."""
        if self._is_stopped.is_set():
            return
        self._is_stopped.set()
        sync.request_stop()
        self.beat.stop()
        self.controller.stop()
        self._thread.join(STOP_TIMEOUT)
        tasks.end_signs()

    def _listen(self) -> None:
        """Ring for runs that another process asked for: its bell rings there alone."""
        while not self._is_stopped.wait(LISTEN_SECONDS):
            try:
                sync.ring_unheard()
            except DatabaseError as error:
                logger.warning("Runs could not be looked for: %s", error)
            close_old_connections()
        connections.close_all()

    def _stop_with_main(self) -> None:
        # The interpreter joins pool threads before it runs atexit functions, so the
        # runs in them must hear of the end as soon as the main thread is through.
        threading.main_thread().join()
        sync.request_stop()


def _queues(app: Celery) -> list[str]:
    """Return what the worker listens to: the app's queues, and those of our tasks."""
    tools: Any = app
    return sorted({*tools.amqp.queues.consume_from, *celery_apps.queues_of(app)})


_lock = threading.Lock()
_running: EmbeddedWorker | None = None


def start(
    app: Celery | None = None, *, concurrency: int = CONCURRENCY
) -> EmbeddedWorker:
    """Start the embedded worker of this process, or return the one that runs.

    It works for the project's Celery app, or ours where the project has none. Raises
    ConfigurationError where that app names no broker: Celery would join whatever
    answers on localhost.
    """
    global _running  # noqa: PLW0603 - one per process, like the process itself
    with _lock:
        if _running is None:
            app = app or celery_apps.ours()
            if not celery_apps.broker_of(app):
                message = _(
                    "The Celery app {name!r} names no broker to work for."
                ).format(name=app.main)
                raise ConfigurationError(message, remedy=NO_BROKER)
            _running = EmbeddedWorker(app, concurrency=concurrency)
            _running.start()
        return _running


def stop() -> None:
    """Stop the embedded worker of this process, if it runs."""
    global _running  # noqa: PLW0603 - one per process
    with _lock:
        if _running is not None:
            _running.stop()
            _running = None
