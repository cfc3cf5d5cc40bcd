"""Seeder: decides how many rows each object starts with, and who refers to whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from sfconnector.simulator.ids import ALPHABET, IdSequence
from sfconnector.simulator.schema import Row, Schema, SObjectType
from sfconnector.simulator.seed.generic import generic_maker
from sfconnector.simulator.seed.mix import salt
from sfconnector.simulator.seed.rows import SeededRows
from sfconnector.simulator.seed.stamper import Stamper
from sfconnector.simulator.seed.timeline import epoch_of

DEFAULT_RECORDS: Final[Mapping[str, int]] = {
    "Organization": 1,
    "User": 12,
    "Profile": 6,
    "UserRole": 8,
    "Account": 200,
    "Contact": 480,
    "Opportunity": 320,
    "Lead": 150,
}
LATEST: Final = datetime(2026, 11, 16, tzinfo=UTC)
"""Where an org's seeded past ends, so that the same seed gives the same rows on
any day. An org whose clock stands earlier ends at its own midnight."""


class Seeder:
    """Makes the rows an org starts with. `records` overrides the default counts."""

    def __init__(
        self,
        schema: Schema,
        *,
        seed: int,
        records: Mapping[str, int],
        now: datetime,
        as_of: datetime | None = None,
    ) -> None:
        self._schema = schema
        self._seed = seed
        named = {name.lower(): count for name, count in DEFAULT_RECORDS.items()}
        given = {name.lower(): count for name, count in records.items()}
        self._counts = named | given
        midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0)
        self._until = epoch_of(as_of or min(LATEST, midnight))
        pod = salt(seed, "instance")
        self.instance = ALPHABET[10 + pod % 26] + ALPHABET[36 + pod // 64 % 26] + "0"
        self.users = tuple(
            self.ids("User").at(slot) for slot in range(min(self.count("User"), 64))
        ) or (self.ids("User").at(0),)

    def count(self, name: str) -> int:
        """How many live rows this object starts with."""
        return self._counts.get(name.lower(), 0)

    def ids(self, name: str) -> IdSequence:
        """The ids of an object's rows."""
        one = self._schema.object(name)
        prefix = (one.key_prefix if one else None) or "000"
        first = salt(self._seed, name) % 62**5 + 62**4 * 3
        return IdSequence(prefix, instance=self.instance, first=first)

    def base(self, one: SObjectType) -> tuple[SeededRows, IdSequence]:
        """The rows of an object and their ids."""
        ids = self.ids(one.name)
        count = self.count(one.name)
        seed = salt(self._seed, one.name, "row")
        stamper = Stamper(
            one, count=count, users=self.users, until=self._until, salt=seed
        )
        rows = SeededRows(
            self._schema,
            one.name,
            make=generic_maker(one, until=self._until),
            count=count,
            ids=ids,
            stamper=stamper,
        )
        return rows, ids

    def bury(self, put: Callable[[str, int, Row], None]) -> None:
        """Put some rows in the recycle bin."""
