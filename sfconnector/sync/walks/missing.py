"""Records that a full pass did not meet: noted while it runs, settled at its end."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from sfconnector import records
from sfconnector.exceptions import SalesforceError
from sfconnector.models import MissingRecord, Record, SObject
from sfconnector.sync import moments
from sfconnector.sync.walks import digests
from sfconnector.sync.work.work import Work

State = Record.State
IDS_PER_QUERY = 200
SWEEP_FROM = 2_000
"""Missing records from which walking over every id costs fewer calls than asking."""


@dataclasses.dataclass(frozen=True, slots=True)
class Bin:
    """What the org says of its deletions."""

    ids: frozenset[str]
    is_complete: bool
    """Every deletion since the last full pass is listed."""
    covered: str = ""
    """Up to when, as the org writes a moment."""


NOTHING = Bin(frozenset(), is_complete=False)
"""The org was not asked, or does not tell."""


def note(work: Work, ids: Sequence[str]) -> None:
    """Remember ids for the end of the pass: a partial one must never delete."""
    MissingRecord.objects.bulk_create(
        [MissingRecord(run=work.run, record_id=key) for key in ids],
        batch_size=500,
        ignore_conflicts=True,
    )


def find(work: Work) -> None:
    """Walk over every id that fits the plan and note what is cached besides."""
    work.write(phase="comparing")
    after = ""
    query = work.shape.ids()
    for page in work.client.query(query, all_rows=work.shape.with_deleted):
        there = {str(row["Id"]) for row in page.records}
        upto = None if page.done else max(there, default=after)
        with work.transaction():
            known = records.stored_between(work.target, after=after, upto=upto)
            cached = (State.LIVE, State.DELETED)
            note(
                work,
                [
                    key
                    for key, (_, state) in known.items()
                    if state in cached and key not in there
                ],
            )
        work.look_around()
        after = upto or ""


def settle(work: Work) -> None:
    """Ask the org what became of the missing records and mark them so.

    Deleted, gone (purged), hidden from our user, or out of the plan's filter. What
    exists and fits the filter is left alone and said: it came back meanwhile. The
    org's list of deletions lags: what it does not name yet counts as hidden until a
    later look at the list.
    """
    waiting = MissingRecord.objects.filter(run=work.run).order_by("record_id")
    if not waiting.exists():
        return
    purged = bin_of(work)
    checkpoint = dataclasses.replace(work.checkpoint, covered=purged.covered)
    work.write(phase="settling", checkpoint=checkpoint)
    if waiting.count() >= SWEEP_FROM:
        _sweep(work, purged)
        return
    while ids := list(waiting.values_list("record_id", flat=True)[:IDS_PER_QUERY]):
        mark(work, fates(work, ids, purged=purged), asked=ids)


def bin_of(work: Work) -> Bin:
    """Ask for the deletions since the last full pass, as far as the org keeps them."""
    covered = work.plan.deleted_covered_until
    row = SObject.objects.get(org=work.org, name=work.shape.sobject)
    if not row.replicateable:
        return NOTHING
    now = work.client.server_now()
    earliest = now - timedelta(days=moments.LISTED_DAYS) + timedelta(hours=1)
    start = moments.parse_stamp(covered) if covered else earliest
    try:
        listed = work.client.deleted(
            work.shape.sobject,
            start=max(start - timedelta(minutes=1), earliest),
            end=now + timedelta(minutes=1),
        )
    except SalesforceError as error:
        work.log(f"The org does not list its deletions: {error}", level="warning")
        return NOTHING
    return Bin(
        frozenset(key for key, _ in listed.records),
        is_complete=bool(covered) and start >= earliest,
        covered=moments.stamp_of(listed.latest_date_covered),
    )


def fates(work: Work, ids: Sequence[str], *, purged: Bin) -> dict[str, int | None]:
    """Ask the org about some ids; None means that a record exists as it should."""
    rows = _ask(work, work.shape.among(ids))
    is_deleted = {str(row["Id"]): bool(row.get("IsDeleted")) for row in rows}
    there = [key for key in ids if is_deleted.get(key) is False]
    fit = set(there)
    if work.shape.where and there:
        found = _ask(work, work.shape.among(there, filtered=True))
        fit = {str(row["Id"]) for row in found}
    return {
        key: _fate(key, is_deleted=is_deleted.get(key), fits=key in fit, purged=purged)
        for key in ids
    }


def _ask(work: Work, query: str) -> list[dict[str, object]]:
    pages = work.client.query(query, all_rows=work.shape.knows_deleted)
    return [row for page in pages for row in page.records]


def _fate(key: str, *, is_deleted: bool | None, fits: bool, purged: Bin) -> int | None:
    if is_deleted is None:
        is_hidden = purged.is_complete and key not in purged.ids
        return State.HIDDEN if is_hidden else State.GONE
    if is_deleted:
        return State.DELETED
    return None if fits else State.OUT_OF_FILTER


def mark(work: Work, found: dict[str, int | None], *, asked: Iterable[str]) -> None:
    """Write the fates of some records and strike them off the list, in one step."""
    gone: list[str] = []
    out = 0
    with work.transaction():
        for state in (State.DELETED, State.GONE, State.HIDDEN, State.OUT_OF_FILTER):
            ids = [key for key, fate in found.items() if fate == state]
            moved = records.mark(work.target, ids, state=state)
            digests.forget(work.target, moved)
            if state == State.OUT_OF_FILTER:
                out = len(moved)
            else:
                gone += moved
        asked = list(asked)
        further: dict[str, Any] = {"attempts": 1} if asked else {}
        # The run's row comes first here as it does when a plan is deleted: two
        # transactions that lock in one order cannot wait for each other.
        work.write(
            deleted=work.run.deleted + len(gone),
            out_of_filter=work.run.out_of_filter + out,
            **further,
        )
        MissingRecord.objects.filter(run=work.run, record_id__in=asked).delete()
        announce = work.note_deleted(gone)
    announce()
    if back := [key for key, fate in found.items() if fate is None]:
        work.log(f"{len(back)} records came back while the pass was running.")
    work.look_around()


def _sweep(work: Work, purged: Bin) -> None:
    """Walk over every id of the object once and compare with the list."""
    after = ""
    query = work.shape.all_ids()
    for page in work.client.query(query, all_rows=work.shape.knows_deleted):
        is_deleted = {str(r["Id"]): bool(r.get("IsDeleted")) for r in page.records}
        last = "" if page.done else max(is_deleted, default=after)
        waiting = MissingRecord.objects.filter(run=work.run, record_id__gt=after)
        if last:
            waiting = waiting.filter(record_id__lte=last)
        ids = list(waiting.values_list("record_id", flat=True))
        for start in range(0, len(ids), 500):
            some = ids[start : start + 500]
            found = {
                key: _fate(
                    key,
                    is_deleted=is_deleted.get(key),
                    fits=not work.shape.where,
                    purged=purged,
                )
                for key in some
            }
            mark(work, found, asked=some)
        after = last
