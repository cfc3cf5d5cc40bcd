"""A run of an object plan: full or by changes, from its checkpoint to its end."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from sfconnector import conf
from sfconnector.models import FieldChange, Record, SObject, SyncPlan
from sfconnector.sync import bulk, changes, choosing, full, leavers, missing
from sfconnector.sync import plan as planning
from sfconnector.sync.recovering import persevere
from sfconnector.sync.work import Work

State = Record.State


def fetch(work: Work) -> None:
    """Read what the run is for and settle what is no longer there."""
    if not _is_begun(work.run.checkpoint):
        _begin(work)
    if not work.run.checkpoint.get("read"):
        _read(work)
        work.write(checkpoint=work.checkpoint | {"read": True})
    if work.run.is_full:
        _find_missing(work)
        missing.settle(work)
    else:
        leavers.settle(work)


def _is_begun(checkpoint: dict[str, Any]) -> bool:
    """Tell whether a checkpoint says all that a run needs to go on.

    Rests before the first page leave one that does not, other versions might.
    """
    needed = {"kind", "by"}
    if checkpoint.get("kind") == "full" or checkpoint.get("by") == "bulk":
        needed.add("started")
    return needed <= checkpoint.keys()


def _begin(work: Work) -> None:
    """Decide between everything and changes, REST and Bulk; write it down."""
    reason = choosing.must_be_full(work.plan, work.shape, timezone.now())
    is_full = work.run.is_full or bool(reason)
    checkpoint: dict[str, Any] = {
        "kind": "full" if is_full else "changes",
        "by": "rest",
    }
    if reason:
        work.log(f"Full pass: {reason}")
    if is_full:
        checkpoint["started"] = work.client.server_now().strftime(planning.STAMP)
        checkpoint["by"] = choosing.api_of_full(work)
        checkpoint |= _cached(work, checkpoint["by"])
    elif work.plan.mode == SyncPlan.Mode.BULK:
        checkpoint["started"] = work.client.server_now().strftime(planning.STAMP)
        checkpoint["by"] = "bulk"
    work.write(is_full=is_full, checkpoint=checkpoint, mode=checkpoint["by"])


def _cached(work: Work, by: str) -> dict[str, Any]:
    """Say whether a full pass is the first, and how many records Bulk should meet."""
    rows = Record.objects.of(work.org, work.shape.sobject)
    if not rows.exists():
        return {"filling": True}
    if by != "bulk":
        return {}
    return {"cached": rows.filter(state__in=(State.LIVE, State.DELETED)).count()}


def _read(work: Work) -> None:
    if work.checkpoint["by"] == "bulk":
        if persevere(work, bulk.walk, unless=bulk.REFUSALS, streams=True):
            return
        _turn_to(work, "rest", "Bulk does not read this; going on by REST.")
    work.write(phase="reading")
    if work.run.is_full:
        persevere(work, full.walk)
        full.forget_others(work)
    elif not _read_changes(work):
        started = work.client.server_now().strftime(planning.STAMP)
        _turn_to(work, "bulk", "Many records changed; going on by Bulk.", started)
        _read(work)


def _read_changes(work: Work) -> bool:
    """Read by REST; False when so much changed that Bulk should be asked."""
    most = None
    may_switch = work.plan.mode == SyncPlan.Mode.AUTO and not work.checkpoint.get(
        "moment"
    )
    if may_switch and planning.bulk_can_read(work.shape) and not _was_refused(work):
        most = conf.current().bulk_threshold
    is_done = True

    def walk(work: Work) -> None:
        nonlocal is_done
        is_done = changes.walk(work, most=most)

    persevere(work, walk)
    return is_done


def _was_refused(work: Work) -> bool:
    return bool(work.checkpoint.get("refused"))


def _turn_to(work: Work, api: str, why: str, started: str = "") -> None:
    """Change the API, from the beginning: their places do not translate."""
    kept = {"kind", "started", "filling", "cached", "stalls", "stalled_at"}
    checkpoint = {k: v for k, v in work.checkpoint.items() if k in kept}
    checkpoint["by"] = api
    if started:
        checkpoint["started"] = started
    if api == "rest":
        checkpoint["refused"] = True
        if work.run.fetched:
            checkpoint.pop("filling", None)
    work.log(why)
    work.write(checkpoint=checkpoint, mode=api, fetched=0, expected=None)


def _find_missing(work: Work) -> None:
    """Bulk answers in no order: look for the missing where the sums differ."""
    checkpoint = work.checkpoint
    if checkpoint["by"] != "bulk" or "cached" not in checkpoint:
        return
    if checkpoint.get("recount") or checkpoint.get("met", 0) != checkpoint["cached"]:
        missing.find(work)


def _covered(checkpoint: dict[str, Any]) -> str:
    """Return from when on deletions are to be asked for, as the org writes a moment.

    Not from the end of the pass, where it asked what became of the missing: what was
    purged behind it was met before. And not from its start if the org's list lags.
    """
    started: str = checkpoint["started"]
    return min(checkpoint.get("covered") or started, started)


def conclude(work: Work) -> None:
    """Move the plan's cursor and counters; in the transaction that ends the run."""
    run, plan, checkpoint = work.run, work.plan, work.run.checkpoint
    now = timezone.now()
    values: dict[str, Any] = {}
    if run.is_full:
        values = {
            "cursor_field": work.shape.cursor_field,
            "cursor_value": checkpoint["started"] if work.shape.cursor_field else "",
            "definition": choosing.definition_of(plan),
            "fields_read": list(work.shape.fields),
            "last_full_at": now,
            "deleted_covered_until": _covered(checkpoint),
        }
    elif checkpoint["by"] == "bulk":
        values = {"cursor_value": max(plan.cursor_value, checkpoint["started"])}
    elif checkpoint.get("moment"):
        values = {"cursor_value": max(plan.cursor_value, checkpoint["moment"])}
    if run.is_full and work.shape.masked:
        history = FieldChange.objects.filter(org=run.org_id, sobject=run.sobject)
        history.filter(field__in=work.shape.masked).delete()
    if values:
        SyncPlan.objects.filter(pk=plan.pk).update(**values)
    SObject.objects.filter(org=run.org_id, name=work.shape.sobject).update(
        synced_at=now
    )
