"""A run's lease, kept alive by a thread while the run is worked on."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from types import TracebackType
from typing import Any, Self

from django.db import DatabaseError, connections

from sfconnector import clock, conf, transactions
from sfconnector.models import SyncRun

logger = logging.getLogger(__name__)


class Lease:
    """Extends a claimed run's lease four times within its length.

    Batches extend it as well; the thread is for what takes longer, such as waiting
    for a Bulk job. The fence keeps a worker that stood still from writing later.
    """

    def __init__(self, run: SyncRun) -> None:
        self.run = run
        self.seconds = conf.current().run_lease_seconds
        self.is_lost = False
        self._done = threading.Event()
        self._thread = threading.Thread(
            target=self._beat, name=f"lease-{run.pk}", daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._done.set()
        self._thread.join()

    def values(self) -> dict[str, Any]:
        """Return the columns that a write must carry to extend the lease."""
        now = clock.now()
        return {
            "heartbeat_at": now,
            "lease_until": now + timedelta(seconds=self.seconds),
        }

    def _beat(self) -> None:
        try:
            while not self._done.wait(self.seconds / 4):
                self._extend()
        finally:
            connections.close_all()

    def _extend(self) -> None:
        mine = SyncRun.objects.filter(
            pk=self.run.pk, fence=self.run.fence, state=SyncRun.State.RUNNING
        )
        try:
            transactions.read_clock()
            self.is_lost = not mine.update(**self.values())
        except DatabaseError:
            logger.warning("Could not extend the lease of run %s.", self.run.pk)
            connections.close_all()
