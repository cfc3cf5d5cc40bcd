"""The objects a new org comes with."""

from __future__ import annotations

from sfconnector.simulator.schema.objects import SObjectType
from sfconnector.simulator.schema.standard import people, sales


def rich_objects() -> list[SObjectType]:
    """The objects that are described in full."""
    return [
        sales.account(),
        sales.contact(),
        sales.opportunity(),
        sales.lead(),
        people.user(),
        people.organization(),
        people.profile(),
        people.user_role(),
        people.group(),
        people.record_type(),
    ]
