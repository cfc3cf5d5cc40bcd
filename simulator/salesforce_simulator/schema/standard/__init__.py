"""The objects that an org has from the start."""

from __future__ import annotations

from functools import cache

from salesforce_simulator.schema.objects import SObjectType
from salesforce_simulator.schema.standard.companions import companions
from salesforce_simulator.schema.standard.described import described_objects
from salesforce_simulator.schema.standard.further import further_objects


@cache
def standard_objects() -> tuple[SObjectType, ...]:
    """All objects: those described in full, those only listed, and their companions."""
    main = (*further_objects(), *described_objects())
    return (*main, *(beside for one in main for beside in companions(one)))
