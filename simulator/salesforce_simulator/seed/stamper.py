"""Stamper: who made and changed a seeded row, and when."""

from __future__ import annotations

from collections.abc import Callable

from salesforce_simulator.schema import Row, SObjectType
from salesforce_simulator.seed.timeline import DAY, Timeline

PAST_DAYS = 1000
"""How far back the oldest row of an org goes. Old rows were last changed 400 days
after they were made, new ones 20: a row is never changed before it is made."""


class Stamper:
    """Fills in the audit fields of an object's rows. `until` is an epoch."""

    def __init__(
        self,
        one: SObjectType,
        *,
        count: int,
        users: tuple[str, ...],
        until: int,
        salt: int,
    ) -> None:
        self.salt = salt
        self._users = users
        start = until - PAST_DAYS * DAY
        born, changed = (start, until - 20 * DAY), (start + 400 * DAY, until)
        self._created = Timeline(*born, count=count, salt=salt)
        self._changed = Timeline(*changed, count=count, salt=salt)
        self._owned = one.field("OwnerId") is not None
        self._audited = one.field("CreatedById") is not None
        self._stamps = tuple(
            name for name in ("LastModifiedDate", "SystemModstamp") if one.field(name)
        )

    def fill(self, row: Row, slot: int, bits: int) -> None:
        """Set owner, creator, last editor and the three stamps of a row."""
        users = self._users
        if self._owned:
            row["OwnerId"] = users[(bits >> 40) % len(users)]
        if self._audited:
            row["CreatedById"] = users[(bits >> 44) % len(users)]
            row["LastModifiedById"] = users[(bits >> 48) % len(users)]
            row["CreatedDate"] = self._created.text(slot)
        if self._stamps:
            stamp = self._changed.text(slot)
            for name in self._stamps:
                row[name] = stamp

    def stamp(self, field: str) -> Callable[[int], str]:
        """A function from row number to this stamp; it never goes down."""
        return self._created.text if field == "CreatedDate" else self._changed.text
