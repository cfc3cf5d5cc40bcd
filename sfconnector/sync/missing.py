"""Records that a full pass did not meet: noted while it runs, settled at its end."""

from __future__ import annotations

from collections.abc import Sequence

from sfconnector.models import MissingRecord
from sfconnector.sync.work import Work


def note(work: Work, ids: Sequence[str]) -> None:
    """Remember ids for the end of the pass: a partial one must never delete."""
    MissingRecord.objects.bulk_create(
        [MissingRecord(run=work.run, record_id=key) for key in ids],
        batch_size=500,
        ignore_conflicts=True,
    )
