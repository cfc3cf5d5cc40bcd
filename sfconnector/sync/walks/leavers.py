"""What an incremental read by the plan's own query cannot see: purged and out."""

from __future__ import annotations

from datetime import timedelta

from sfconnector import records
from sfconnector.exceptions import SalesforceError
from sfconnector.models import Record, SObject, SyncPlan, SyncRun
from sfconnector.sync import moments
from sfconnector.sync.walks import missing
from sfconnector.sync.work.work import Work

State = Record.State
PURGES_EVERY = timedelta(hours=1)
PURGES_SOONEST = timedelta(minutes=5)
"""Salesforce asks not to poll deletions more often than this."""


def settle(work: Work) -> None:
    """Mark cached records that left the filter or were purged since the last time."""
    if work.shape.where:
        _out_of_filter(work)
    if work.plan.include_deleted:
        _purged(work)


def _out_of_filter(work: Work) -> None:
    """Look at every changed id, whatever the filter, that the filtered read left out.

    What is cached as live and changed, but was not among the rows of the filter, is
    asked for by id: only then it is known to have left.
    """
    since = moments.since(
        work.plan.cursor_value, overlap_minutes=work.plan.overlap_minutes
    )
    for page in work.client.query(work.shape.changed_ids(since=since)):
        changed = [str(row["Id"]) for row in page.records]
        unseen = [key for key in changed if key not in work.seen]
        suspects = _cached(work, unseen, states={State.LIVE})
        for start in range(0, len(suspects), missing.IDS_PER_QUERY):
            some = suspects[start : start + missing.IDS_PER_QUERY]
            found = missing.fates(work, some, purged=missing.NOTHING)
            missing.mark(work, found, asked=[])


def _cached(work: Work, ids: list[str], *, states: set[int]) -> list[str]:
    """Return those of the ids that are cached in one of some states."""
    with work.transaction():
        known = records.stored(work.target, ids)
    return [key for key, (_, state) in known.items() if state in states]


def _purged(work: Work) -> None:
    """Ask which records were deleted since it was last asked, not too often."""
    covered = work.plan.deleted_covered_until
    row = SObject.objects.get(org=work.org, name=work.shape.sobject)
    if not covered or not row.replicateable:
        return
    start, now = moments.parse_stamp(covered), work.client.server_now()
    by_person = work.run.trigger == SyncRun.Trigger.PERSON
    if now - start < (PURGES_SOONEST if by_person else PURGES_EVERY):
        return
    try:
        listed = work.client.deleted(
            work.shape.sobject,
            start=start - timedelta(minutes=1),
            end=now + timedelta(minutes=1),
        )
    except SalesforceError as error:
        work.warn(f"Deletions cannot be asked for, the next run reads all: {error}")
        SyncPlan.objects.filter(pk=work.plan.pk).update(definition="")
        return
    ids = frozenset(key for key, _ in listed.records)
    # One that was hidden when the list lagged turns out to be gone.
    suspects = _cached(work, sorted(ids), states={State.LIVE, State.HIDDEN})
    for at in range(0, len(suspects), missing.IDS_PER_QUERY):
        some = suspects[at : at + missing.IDS_PER_QUERY]
        found = missing.fates(work, some, purged=missing.Bin(ids, is_complete=True))
        missing.mark(work, found, asked=[])
    stamp = moments.stamp_of(listed.latest_date_covered)
    SyncPlan.objects.filter(pk=work.plan.pk).update(deleted_covered_until=stamp)
    _emptied(work)


def _emptied(work: Work) -> None:
    """Look whether the bin still holds those that lie in it for longest.

    The org lists a deletion once, with the moment the record went into the recycle bin,
    not again when it is purged out of it. One call looks at the oldest; what is purged
    out of order is found by the next full pass.
    """
    rows = Record.objects.of(work.org, work.shape.sobject).filter(state=State.DELETED)
    keys = rows.order_by("system_modstamp").values_list("record_id", flat=True)
    if oldest := list(keys[: missing.IDS_PER_QUERY]):
        found = missing.fates(work, oldest, purged=missing.NOTHING)
        missing.mark(work, found, asked=[])
