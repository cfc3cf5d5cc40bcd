"""A run of an object plan: full or by changes, from its checkpoint to its end."""

from __future__ import annotations

import dataclasses
from functools import partial
from typing import Any

from django.utils import timezone

from sfconnector import clock, conf, transactions
from sfconnector.exceptions import SalesforceError
from sfconnector.models import FieldChange, Record, SObject, SyncPlan
from sfconnector.sync import choosing, moments, shaping
from sfconnector.sync.shape import Api
from sfconnector.sync.walks import (
    bulk,
    changes,
    digests,
    full,
    leavers,
    missing,
    unseen,
)
from sfconnector.sync.walks.recovering import persevere
from sfconnector.sync.work import checkpoints
from sfconnector.sync.work.checkpoints import BulkJob, Changes, Checkpoint, FullBulkJob
from sfconnector.sync.work.work import Work

State = Record.State


def fetch(work: Work) -> None:
    """Read what the run is for and settle what is no longer there."""
    if not work.checkpoint.is_begun(work.shape.definition):
        _begin(work)
    if not work.checkpoint.read:
        _read(work)
        work.write(checkpoint=dataclasses.replace(work.checkpoint, read=True))
    if work.run.is_full:
        _find_missing(work)
        missing.settle(work)
        unseen.strip(work)
    else:
        leavers.settle(work)


def _begin(work: Work) -> None:
    """Decide between everything and changes, REST and Bulk; write it down."""
    reason = choosing.must_be_full(work.plan, work.shape, timezone.now())
    is_full = work.run.is_full or bool(reason)
    if reason:
        work.log(f"Full pass: {reason}")
    how_many = partial(_how_many, work)
    api = choosing.api_of(work.plan, work.shape, is_full=is_full, how_many=how_many)
    begun = checkpoints.begin(
        is_full=is_full,
        api=api,
        definition=work.shape.definition,
        # Changes by REST ask for the org's clock with their first page.
        started=_now(work) if is_full or api == "bulk" else "",
        **(_of_full(work, api) if is_full else {}),
    )
    with transactions.short(run_id=work.run.pk):
        work.start_over(begun, is_full=is_full, mode=api, expected=None)
        if is_full:
            _open(work)


def _now(work: Work) -> str:
    return moments.stamp_of(work.client.server_now())


def _of_full(work: Work, api: Api) -> dict[str, Any]:
    """Return what a full pass remembers besides."""
    anew = work.checkpoint.anew
    values: dict[str, Any] = {
        # Somebody who asked for everything gets it, whatever former pages looked like.
        "anew": work.run.is_full if anew is None else anew,
        "filling": not Record.objects.of(work.org, work.shape.sobject).exists(),
    }
    if api == "bulk" and not values["filling"]:
        values["cached"] = bulk.cached(work)
    return values


def _open(work: Work) -> None:
    """Forget, before records are written otherwise, what is said of all of them.

    A pass that never ends leaves some of either kind, and only another full one mends
    that, whatever the plan says by then.
    """
    plan = SyncPlan.objects.select_for_update().get(pk=work.plan.pk)
    is_other = plan.definition != shaping.definition_of(work.plan)
    if is_other or set(plan.fields_read) != set(work.shape.fields):
        SyncPlan.objects.filter(pk=plan.pk).update(definition="")
    digests.forget_others(work)


def _how_many(work: Work) -> int:
    """Return how many records to expect: what is cached, else what the org counts."""
    row = SObject.objects.get(org=work.org, name=work.shape.sobject)
    if row.total_count and not work.shape.where:
        return row.total_count
    try:
        number = work.client.count(work.shape.sobject, where=work.shape.where)
    except SalesforceError as error:
        work.log(f"The org does not count this object: {error}")
        return conf.current().bulk_threshold
    if not work.shape.where:  # what a filter leaves is no count of the object
        now = clock.now()
        SObject.objects.filter(pk=row.pk).update(counted_in_org=number, counted_at=now)
    return number


def _read(work: Work) -> None:
    if isinstance(work.checkpoint, BulkJob):
        if persevere(work, bulk.walk, unless=bulk.REFUSALS, streams=True):
            return
        _turn_to(work, "rest", "Bulk does not read this; going on by REST.")
    work.write(phase="reading")
    if work.run.is_full:
        persevere(work, full.walk)
        digests.forget_beyond(work)
    elif not _read_changes(work):
        _turn_to(work, "bulk", "Many records changed; going on by Bulk.")
        _read(work)


def _read_changes(work: Work) -> bool:
    """Read by REST; False when so much changed that Bulk should be asked."""
    most = None
    place = work.at(Changes)
    if not place.moment and not place.refused:
        most = choosing.most_by_rest(work.plan, work.shape)
    is_done = True

    def walk(work: Work) -> None:
        nonlocal is_done
        is_done = changes.walk(work, most=most)

    persevere(work, walk)
    return is_done


def _turn_to(work: Work, api: Api, why: str) -> None:
    """Change the API, from the beginning."""
    turned = work.checkpoint.turned_to(api)
    turned = dataclasses.replace(
        turned,
        started=turned.started or _now(work),
        filling=turned.filling and not work.run.fetched,
    )
    work.log(why)
    work.start_over(turned, mode=api, expected=None)


def _find_missing(work: Work) -> None:
    """Bulk answers in no order: look for the missing where the sums differ."""
    place = work.checkpoint
    if not isinstance(place, FullBulkJob) or place.cached is None:
        return
    if place.recount or place.met != place.cached:
        missing.find(work)


def _covered(place: Checkpoint) -> str:
    """Return from when on deletions are to be asked for, as the org writes a moment.

    Not from the end of the pass, where it asked what became of the missing: what was
    purged behind it was met before. And not from its start if the org's list lags.
    """
    return min(place.covered or place.started, place.started)


def conclude(work: Work) -> None:
    """Move the plan's cursor and counters; in the transaction that ends the run."""
    run, plan, place = work.run, work.plan, work.checkpoint
    now = timezone.now()
    values: dict[str, Any] = {}
    if run.is_full:
        values = {
            "cursor_field": work.shape.cursor_field,
            "cursor_value": place.started if work.shape.cursor_field else "",
            "definition": shaping.definition_of(plan),
            "fields_read": list(work.shape.fields),
            "last_full_at": now,
            "deleted_covered_until": _covered(place),
        }
        current = SyncPlan.objects.select_for_update().get(pk=plan.pk)
        if not shaping.may_still_read(current, work.shape):
            values["definition"] = ""  # masked meanwhile: the next pass takes it out
        if current.fields_read != plan.fields_read:
            del values[
                "fields_read"
            ]  # a backfill was asked for: the next pass's matter
    elif reached := _reached(place):
        values = {"cursor_value": max(plan.cursor_value, reached)}
    if run.is_full and work.shape.masked:
        history = FieldChange.objects.filter(org=run.org_id, sobject=run.sobject)
        history.filter(field__in=work.shape.masked).delete()
    if values:
        SyncPlan.objects.filter(pk=plan.pk).update(**values)
    SObject.objects.filter(org=run.org_id, name=work.shape.sobject).update(
        synced_at=now
    )


def _reached(place: Checkpoint) -> str:
    """Return up to when changes were read, "" when there was none.

    Never later than the moment when the run began: what was committed late while it
    read or rested lies within the overlap of that, not of its end.
    """
    if isinstance(place, Changes):
        return min(place.moment, place.started)
    return place.started
