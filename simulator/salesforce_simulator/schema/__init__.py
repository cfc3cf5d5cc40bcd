"""The objects and fields of a simulated org."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from salesforce_simulator.schema.fields import Field, PicklistValue, Row
from salesforce_simulator.schema.making import make_field, make_fields, make_object
from salesforce_simulator.schema.objects import ChildRelationship, SObjectType
from salesforce_simulator.schema.registry import Schema
from salesforce_simulator.schema.standard import standard_objects

__all__ = [
    "ChildRelationship",
    "Field",
    "PicklistValue",
    "Row",
    "SObjectType",
    "Schema",
    "make_field",
    "make_fields",
    "make_object",
    "standard_schema",
]


def standard_schema(
    *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Schema:
    """The schema a new org starts with."""
    return Schema(standard_objects(), clock=clock)
