"""What ends a run's work without being a failure of it."""

# ruff: noqa: N818 - they say what happened

from __future__ import annotations

from datetime import datetime

from sfconnector.exceptions import SyncError
from sfconnector.texts import gettext_noop as _


class LeaseLost(SyncError):
    """Another worker has taken this run over, or it was deleted."""

    remedy = _("Nothing: the other worker goes on from the last checkpoint.")


class Stopped(SyncError):
    """This worker was asked to end; the run goes on elsewhere."""


class Parked(SyncError):
    """The run rests until a moment and then goes on by itself."""

    def __init__(self, reason: str, *, until: datetime) -> None:
        super().__init__(reason)
        self.until = until
