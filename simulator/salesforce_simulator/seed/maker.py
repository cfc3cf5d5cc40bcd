"""SeededRows: the rows an object starts with, each made out of its number."""

from __future__ import annotations

from collections.abc import Callable

from salesforce_simulator.ids import IdSequence
from salesforce_simulator.schema import Row, Schema
from salesforce_simulator.seed.mix import mixer
from salesforce_simulator.seed.stamper import Stamper

Maker = Callable[[int, int], Row]
Locator = Callable[[object], list[int]]


class SeededRows:
    """Rows on demand: system fields from here, all others from the `make` function.

    `make` takes a row's number and 64 bits mixed from it.
    """

    def __init__(
        self,
        schema: Schema,
        name: str,
        *,
        make: Maker,
        count: int,
        ids: IdSequence,
        stamper: Stamper,
    ) -> None:
        self.count = count
        self.locators: dict[str, Locator] = {}
        self._schema = schema
        self._name = name
        self._make = make
        self._ids = ids
        self._stamper = stamper
        self._fill = stamper.fill
        self._mix = mixer(stamper.salt)
        self._revision = -1
        self._blank: Row = {}

    def row(self, slot: int, /) -> Row:
        """The row of this number, a new dict at each call."""
        if self._revision != self._schema.revision:
            self._learn()
        bits = self._mix(slot)
        row = self._blank.copy()
        row["Id"] = self._ids.at(slot)
        self._fill(row, slot, bits)
        row.update(self._make(slot, bits))
        return row

    def _learn(self) -> None:
        """Take up the fields the object has now."""
        self._revision = self._schema.revision
        one = self._schema.object(self._name)
        self._blank = {
            field.name: field.default_value
            for field in (one.fields.values() if one else ())
            if field.stored
        }

    def stamp(self, field: str, /) -> Callable[[int], str]:
        """A function from row number to this stamp; it never goes down."""
        return self._stamper.stamp(field)

    def locate(self, field: str, value: object, /) -> list[int] | None:
        """The numbers of the rows with this value; None if that is not known."""
        locator = self.locators.get(field)
        if locator is None:
            return None
        return [slot for slot in locator(value) if 0 <= slot < self.count]
