"""Values that follow from others: full names, numbers counted up, and the rules."""

from __future__ import annotations

import re
from typing import Final

from salesforce_simulator.schema import Row, SObjectType
from salesforce_simulator.store.rules import RULES, Changes, Making

_DIGITS: Final = re.compile(r"\{(0+)\}")


def derive(
    one: SObjectType, row: Row, given: Changes, slot: int, change: Making
) -> Changes:
    """What a new or changed row must hold besides the `given` values."""
    changes: Changes = {}
    if one.field("LastName"):
        changes["Name"] = full_name(row)
    rule = RULES.get(one.name)
    if rule is not None:
        changes |= rule(row | changes, given, change)
    for field in one.fields.values():
        if field.auto_number and not row.get(field.name):
            changes[field.name] = numbered(field.number_format, slot + 1)
    return changes


def numbered(template: str, number: int) -> str:
    """``T-{0000}`` and 7 give ``T-0007``."""
    return _DIGITS.sub(lambda found: str(number).zfill(len(found[1])), template)


def full_name(row: Row) -> str:
    """First and last name, as Name shows them."""
    parts = (row.get("FirstName"), row.get("LastName"))
    return " ".join(str(part) for part in parts if part)
