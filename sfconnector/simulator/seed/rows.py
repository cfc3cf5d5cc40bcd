"""SeededRows: the rows an object starts with, each made out of its number."""

from __future__ import annotations

from collections.abc import Callable

from sfconnector.simulator.ids import IdSequence
from sfconnector.simulator.schema import Row, SObjectType
from sfconnector.simulator.seed.mix import mixer
from sfconnector.simulator.seed.timeline import Timeline

Maker = Callable[[int, int], Row]
Locator = Callable[[object], list[int]]


class SeededRows:
    """Rows on demand: system fields from here, all others from the `make` function.

    `make` takes a row's number and 64 bits mixed from it.
    """

    def __init__(
        self,
        one: SObjectType,
        *,
        make: Maker,
        count: int,
        ids: IdSequence,
        users: tuple[str, ...],
        lines: tuple[Timeline, Timeline],
        salt: int,
    ) -> None:
        self.count = count
        self.locators: dict[str, Locator] = {}
        self._make = make
        self._ids = ids
        self._users = users
        self._created, self._modified = lines
        self._mix = mixer(salt)
        self._blank = {
            field.name: field.default_value
            for field in one.fields.values()
            if field.stored
        }
        self._owned = "OwnerId" in self._blank
        self._audited = tuple(
            name
            for name in ("LastModifiedDate", "SystemModstamp")
            if name in self._blank
        )
        self._create_audited = "CreatedDate" in self._blank

    def row(self, slot: int, /) -> Row:
        """The row of this number, a new dict at each call."""
        bits = self._mix(slot)
        row = self._blank.copy()
        row["Id"] = self._ids.at(slot)
        users = self._users
        if self._owned:
            row["OwnerId"] = users[(bits >> 40) % len(users)]
        if self._create_audited:
            row["CreatedDate"] = self._created.text(slot)
            row["CreatedById"] = users[(bits >> 44) % len(users)]
            row["LastModifiedById"] = users[(bits >> 48) % len(users)]
        if self._audited:
            stamp = self._modified.text(slot)
            for name in self._audited:
                row[name] = stamp
        row.update(self._make(slot, bits))
        return row

    def stamp(self, field: str, /) -> Callable[[int], str]:
        """A function from row number to this stamp; it never goes down."""
        return self._created.text if field == "CreatedDate" else self._modified.text

    def locate(self, field: str, value: object, /) -> list[int] | None:
        """The numbers of the rows with this value; None if that is not known."""
        locator = self.locators.get(field)
        if locator is None:
            return None
        return [slot for slot in locator(value) if 0 <= slot < self.count]
