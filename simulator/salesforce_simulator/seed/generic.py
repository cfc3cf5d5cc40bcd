"""Rows for any object: a plausible value for each field by its type."""

from __future__ import annotations

from collections.abc import Callable

from salesforce_simulator.schema import Field, Row, SObjectType
from salesforce_simulator.seed.timeline import DAY, day_text, stamp_text

Column = Callable[[int, int], object]


def generic_maker(one: SObjectType, *, until: int) -> Callable[[int, int], Row]:
    """A maker of rows that knows no more than the fields; `until` is an epoch."""
    skipped = {"OwnerId", "IsDeleted", "Id", "SystemModstamp"}
    columns = {
        field.name: _column(field, index, until)
        for index, field in enumerate(one.fields.values())
        if field.stored
        and field.name not in skipped
        and not field.name.startswith(("Created", "LastModified"))
        and field.type != "reference"
    }

    def make(slot: int, bits: int) -> Row:
        return {name: column(slot, bits) for name, column in columns.items()}

    return make


def _column(field: Field, index: int, until: int) -> Column:
    shift = index * 5 % 48
    if field.picklist:
        values = tuple(entry.value for entry in field.picklist if entry.active)
        return lambda _slot, bits: values[(bits >> shift) % len(values)]
    today = until // DAY
    by_type: dict[str, Column] = {
        "boolean": lambda _slot, bits: not bits >> shift & 3,
        "int": lambda _slot, bits: (bits >> shift) % 100,
        "double": lambda _slot, bits: float((bits >> shift) % 1000),
        "currency": lambda _slot, bits: (bits >> shift) % 1_000_000 / 100,
        "percent": lambda _slot, bits: float((bits >> shift) % 101),
        "date": lambda _slot, bits: day_text(today - (bits >> shift) % 365),
        "datetime": lambda _slot, bits: stamp_text(until - (bits >> shift) % 10**7),
        "time": lambda _slot, bits: f"{(bits >> shift) % 24:02d}:30:00.000Z",
        "email": lambda slot, _bits: f"contact{slot + 1}@example.com",
        "url": lambda slot, _bits: f"https://www.example.com/{slot + 1}",
        "phone": lambda _slot, bits: f"+49 30 {(bits >> shift) % 10**7:07d}",
        "base64": lambda _slot, _bits: "SGVsbG8=",
    }
    text = f"{field.label} "
    length = field.length or 255

    def plain(slot: int, _bits: int) -> object:
        return f"{text}{slot + 1}"[-length:]

    return by_type.get(field.type, plain)
