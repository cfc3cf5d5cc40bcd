"""What a host project hangs its own work on: receivers of changes, fetch tasks.

An app of the host keeps them in a module ``sf_hooks``, which is found like ``admin``.
"""

from __future__ import annotations

from sfconnector.hooks.delivering import (
    deliver,
    deliver_due,
    is_waiting,
    rebuild,
    remember,
    set_aside,
)
from sfconnector.hooks.receiving import Change, on_records, tell
from sfconnector.hooks.registering import (
    HostTask,
    Job,
    host_tasks,
    sf_task,
    task_named,
)

__all__ = [
    "Change",
    "HostTask",
    "Job",
    "deliver",
    "deliver_due",
    "host_tasks",
    "is_waiting",
    "on_records",
    "rebuild",
    "remember",
    "set_aside",
    "sf_task",
    "task_named",
    "tell",
]
