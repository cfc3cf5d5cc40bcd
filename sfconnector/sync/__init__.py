"""Fetching: plan what to read, queue runs, execute them, keep the schedule."""

from __future__ import annotations

from sfconnector.stopping import clear_stop, is_stopping, request_stop
from sfconnector.sync.drift import backfill, note_drift, unread_fields
from sfconnector.sync.first_look import get_to_know, new_orgs
from sfconnector.sync.outlook import Forecast, Preview, calls_of, forecast, preview
from sfconnector.sync.overlaying import overlay
from sfconnector.sync.plan_sets import (
    Applied,
    Difference,
    apply_set,
    differences,
    set_from,
)
from sfconnector.sync.plans import (
    note_deleted,
    plan_endpoint,
    plan_object,
    plan_soql,
    plan_task,
    plan_tasks,
    schedule_anew,
)
from sfconnector.sync.queue import cancel, request_run
from sfconnector.sync.rounds import look_round, looks_at, waiting_rounds
from sfconnector.sync.runner import execute
from sfconnector.sync.schedule import coming, next_run, read_cron, runs_a_day
from sfconnector.sync.shape import NEVER_READ
from sfconnector.sync.ticking import Tick, ring_unheard, tick
from sfconnector.sync.walks.leftovers import discard_jobs
from sfconnector.sync.work.checkpoints import cleaned_of

__all__ = [
    "NEVER_READ",
    "Applied",
    "Difference",
    "Forecast",
    "Preview",
    "Tick",
    "apply_set",
    "backfill",
    "calls_of",
    "cancel",
    "cleaned_of",
    "clear_stop",
    "coming",
    "differences",
    "discard_jobs",
    "execute",
    "forecast",
    "get_to_know",
    "is_stopping",
    "look_round",
    "looks_at",
    "new_orgs",
    "next_run",
    "note_deleted",
    "note_drift",
    "overlay",
    "plan_endpoint",
    "plan_object",
    "plan_soql",
    "plan_task",
    "plan_tasks",
    "preview",
    "read_cron",
    "request_run",
    "request_stop",
    "ring_unheard",
    "runs_a_day",
    "schedule_anew",
    "set_from",
    "tick",
    "unread_fields",
    "waiting_rounds",
]
