"""Apply a batch: compare with what is stored, write what differs, count."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

from django.db import IntegrityError
from django.db.models import F

from sfconnector import transactions
from sfconnector.models import Record, SObject
from sfconnector.records import history
from sfconnector.records.comparing import differences_of
from sfconnector.records.databases.choice import writer
from sfconnector.records.databases.portable import Known, Writer
from sfconnector.records.rows import Row, Target

LIVE = Record.State.LIVE.value
DELETED = Record.State.DELETED.value


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A range of ids that a page of a full pass covers completely."""

    after: str
    """Ids above this one …"""
    upto: str | None
    """… up to and including this one; None: to the end."""
    gap_before: str = ""
    """Set for a page that is known unchanged: only ids below this one are looked at."""


@dataclasses.dataclass(slots=True)
class Applied:
    """What a batch did to the cache."""

    created: list[str] = dataclasses.field(default_factory=list)
    in_bin: set[str] = dataclasses.field(default_factory=set)
    """Those of the created ones that lie in the org's recycle bin."""
    updated: list[str] = dataclasses.field(default_factory=list)
    deleted: list[str] = dataclasses.field(default_factory=list)
    unchanged: int = 0
    missing: list[str] = dataclasses.field(default_factory=list)
    """Ids within the spans, stored as live or deleted, that the org did not send."""
    met: int = 0
    """Rows whose record was stored as live or deleted before."""
    changed_fields: dict[str, list[str]] = dataclasses.field(default_factory=dict)

    @property
    def written(self) -> int:
        """Return how many rows were written."""
        return len(self.created) + len(self.updated) + len(self.deleted)


def fill(target: Target, rows: Sequence[Row]) -> Applied:
    """Store rows of an object of which nothing was cached when the fetch began.

    Call inside a transaction. Should one be there after all, the batch is compared
    like any other.
    """
    if not rows:
        return Applied()
    store = writer()
    try:
        with transactions.atomic():
            store.insert(target, rows)
    except IntegrityError:
        return apply(target, rows)
    applied = Applied(created=[row.record_id for row in rows])
    live = [row.state for row in rows].count(LIVE)
    if live < len(rows):
        applied.in_bin = {row.record_id for row in rows if row.state == DELETED}
    count(target, live=live, total=len(rows))
    return applied


def apply(
    target: Target,
    rows: Sequence[Row],
    *,
    spans: Iterable[Span] | None = None,
    keep_history: bool = False,
) -> Applied:
    """Store what differs from the cache and tell what that was.

    Call inside a transaction. With ``spans``, stored ids of those ranges that are
    not among the rows come back as ``missing``; nothing is done to them.
    """
    store = writer()
    latest = {row.record_id: row for row in rows}
    applied = Applied()
    if spans is None:
        known = store.known(target, latest) if latest else {}
    else:
        known = _look_at(store, target, spans)
        applied.missing = [
            key
            for key, (_, state) in known.items()
            if key not in latest and state in (LIVE, DELETED)
        ]
    changed = _sort_out(latest, known, applied)
    if applied.updated:
        _compare(target, latest, known, applied, keep_history=keep_history)
    if changed:
        store.upsert(target, changed)
        _count_difference(target, changed, known)
    return applied


def _look_at(store: Writer, target: Target, spans: Iterable[Span]) -> Known:
    known: Known = {}
    for span in spans:
        if span.gap_before:
            found = store.between(target, after=span.after, upto=span.gap_before)
            found.pop(span.gap_before, None)
        else:
            found = store.between(target, after=span.after, upto=span.upto)
        known |= found
    return known


def _sort_out(latest: dict[str, Row], known: Known, applied: Applied) -> list[Row]:
    changed = []
    for key, row in latest.items():
        before = known.get(key)
        applied.met += before is not None and before[1] in (LIVE, DELETED)
        if before == (row.content_hash, row.state):
            applied.unchanged += 1
            continue
        changed.append(row)
        if before is None:
            applied.created.append(key)
            if row.state == DELETED:
                applied.in_bin.add(key)
        elif row.state == DELETED and before[1] != DELETED:
            applied.deleted.append(key)
        else:
            applied.updated.append(key)
    return changed


def _compare(
    target: Target,
    latest: dict[str, Row],
    known: Known,
    applied: Applied,
    *,
    keep_history: bool,
) -> None:
    """Take those back whose values are as before; note what differs of the others.

    A record may come in another spelling than before, from another API, say. It is
    stored, so that the next look finds it at once, but nobody is told of it.
    """
    found = differences_of(target, [latest[key] for key in applied.updated])
    same = [
        key
        for key in applied.updated
        if known[key][1] == latest[key].state and not found.get(key, True)
    ]
    applied.unchanged += len(same)
    applied.updated = [key for key in applied.updated if key not in set(same)]
    updated = [latest[key] for key in applied.updated]
    for key in applied.updated:
        if fields := [field for field, *_ in history.news(found.get(key, ()))]:
            applied.changed_fields[key] = fields
    if keep_history:
        history.note(target, updated, found)


def _count_difference(target: Target, changed: Sequence[Row], known: Known) -> None:
    live = total = 0
    for row in changed:
        before = known.get(row.record_id)
        total += before is None
        live += (row.state == LIVE) - (before is not None and before[1] == LIVE)
    count(target, live=live, total=total)


def count(target: Target, *, live: int, total: int) -> None:
    """Move the counters of an object; in the transaction that moves the rows."""
    if live or total:
        SObject.objects.filter(org=target.org_id, name=target.sobject).update(
            live_count=F("live_count") + live, total_count=F("total_count") + total
        )


def mark(target: Target, ids: Sequence[str], *, state: int) -> list[str]:
    """Give cached records another state; return the ids that had a different one.

    Call inside a transaction.
    """
    known = stored(target, ids)
    moved = [key for key, (_, before) in known.items() if before != state]
    rows = Record.objects.filter(org=target.org_id, sobject=target.sobject)
    for start in range(0, len(moved), 500):
        rows.filter(record_id__in=moved[start : start + 500]).update(state=state)
    was_live = sum(known[key][1] == LIVE for key in moved)
    is_live = len(moved) if state == LIVE else 0
    count(target, live=is_live - was_live, total=0)
    return moved


def stored(target: Target, ids: Sequence[str]) -> Known:
    """Return what is stored of some ids: record id → (content hash, state).

    Call inside a transaction.
    """
    return writer().known(target, ids) if ids else {}


def stored_between(target: Target, *, after: str, upto: str | None) -> Known:
    """Return the same of the ids above ``after`` up to ``upto``; None: to the end."""
    return writer().between(target, after=after, upto=upto)
