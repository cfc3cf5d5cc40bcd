"""The app's own reactions to its signals."""

from __future__ import annotations

from typing import Any

from sfconnector import signals


def connect() -> None:
    """Connect the receivers (called once by ``AppConfig.ready``)."""
    signals.run_queued.connect(
        _ring_the_doorbell, dispatch_uid="sfconnector.ring", weak=False
    )
    signals.schema_changed.connect(
        _follow_drift, dispatch_uid="sfconnector.drift", weak=False
    )


def _follow_drift(*, org: Any, sobject: str, changes: Any, **_: Any) -> None:
    """Let the object's plan do what its policy says."""
    from sfconnector import sync

    sync.note_drift(org, sobject=sobject, changes=changes)


def _ring_the_doorbell(*, run_id: int, **_: Any) -> None:
    """Tell a worker that a run waits; without a broker the tick does it later."""
    from sfconnector import tasks

    tasks.ring(run_id)
