"""Worker and beat as threads of this process, for sites without a broker.

Never started by ``AppConfig.ready``: the project's server process calls ``start``.
"""

from __future__ import annotations

import logging
import threading
from typing import Any

from celery import Celery, current_app
from celery.beat import EmbeddedService
from celery.worker import WorkController

from sfconnector import sync, tasks

logger = logging.getLogger(__name__)

CONCURRENCY = 4
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
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
        )
        self.beat: Any = EmbeddedService(
            app, thread=True, scheduler_cls="celery.beat:Scheduler"
        )
        self._thread = threading.Thread(
            target=self.controller.start, name="sfconnector-worker", daemon=True
        )
        self._is_stopped = threading.Event()

    def start(self) -> None:
        """Start both threads and return once tasks are taken."""
        sync.clear_stop()
        self._thread.start()
        self._ready.wait(10)
        self.beat.start()
        threading.Thread(
            target=self._stop_with_main, name="sfconnector-stop", daemon=True
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

    def _stop_with_main(self) -> None:
        # The interpreter joins pool threads before it runs atexit functions, so the
        # runs in them must hear of the end as soon as the main thread is through.
        threading.main_thread().join()
        sync.request_stop()


_lock = threading.Lock()
_running: EmbeddedWorker | None = None


def start(
    app: Celery | None = None, *, concurrency: int = CONCURRENCY
) -> EmbeddedWorker:
    """Start the embedded worker of this process, or return the one that runs."""
    global _running  # noqa: PLW0603 - one per process, like the process itself
    with _lock:
        if _running is None:
            proxy: Any = current_app
            _running = EmbeddedWorker(
                app or proxy._get_current_object(),  # noqa: SLF001 - Celery's own way to the app behind
                concurrency=concurrency,
            )
            _running.start()
        return _running


def stop() -> None:
    """Stop the embedded worker of this process, if it runs."""
    global _running  # noqa: PLW0603 - one per process
    with _lock:
        if _running is not None:
            _running.stop()
            _running = None
