"""Fetching: plan what to read, queue runs, execute them, keep the schedule."""

from __future__ import annotations

from sfconnector.sync.asking import Reply, get, query
from sfconnector.sync.drift import backfill, note_drift, unread_fields
from sfconnector.sync.forecasting import Forecast, forecast
from sfconnector.sync.previewing import Preview, preview
from sfconnector.sync.purging import purge, request_purge, waiting_purges
from sfconnector.sync.queue import Tick, cancel, request_run, tick
from sfconnector.sync.removing import (
    Belongings,
    belongings,
    delete_plan,
    remove,
    request_removal,
    waiting_removals,
)
from sfconnector.sync.runner import execute
from sfconnector.sync.schedule import next_run
from sfconnector.sync.stopping import clear_stop, is_stopping, request_stop
from sfconnector.sync.storage import Storage, measure_storage
from sfconnector.sync.upkeep import look_after
from sfconnector.sync.verbs import (
    plan_endpoint,
    plan_object,
    plan_soql,
    schedule_anew,
)

__all__ = [
    "Belongings",
    "Forecast",
    "Preview",
    "Reply",
    "Storage",
    "Tick",
    "backfill",
    "belongings",
    "cancel",
    "clear_stop",
    "delete_plan",
    "execute",
    "forecast",
    "get",
    "is_stopping",
    "look_after",
    "measure_storage",
    "next_run",
    "note_drift",
    "plan_endpoint",
    "plan_object",
    "plan_soql",
    "preview",
    "purge",
    "query",
    "remove",
    "request_purge",
    "request_removal",
    "request_run",
    "request_stop",
    "schedule_anew",
    "tick",
    "unread_fields",
    "waiting_purges",
    "waiting_removals",
]
