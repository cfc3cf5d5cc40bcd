"""What goes and when: remove an org, purge, prune; and how much is stored meanwhile."""

from __future__ import annotations

from sfconnector.retention.belongings import Belongings, belongings
from sfconnector.retention.org_purge import purge, request_purge, waiting_purges
from sfconnector.retention.org_removal import (
    remove,
    request_removal,
    waiting_removals,
)
from sfconnector.retention.plan_removal import delete_plan, holders_of
from sfconnector.retention.protection import refuse_protected
from sfconnector.retention.pruning import Upkeep, is_upkeep_due, look_after
from sfconnector.retention.sizes import Storage, measure_storage
from sfconnector.retention.uninstalling import Uninstalled, uninstall

__all__ = [
    "Belongings",
    "Storage",
    "Uninstalled",
    "Upkeep",
    "belongings",
    "delete_plan",
    "holders_of",
    "is_upkeep_due",
    "look_after",
    "measure_storage",
    "purge",
    "refuse_protected",
    "remove",
    "request_purge",
    "request_removal",
    "uninstall",
    "waiting_purges",
    "waiting_removals",
]
