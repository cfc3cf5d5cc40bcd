"""Of each described object a row can be made from what its describe requires."""

from __future__ import annotations

from typing import Any

import pytest

from salesforce_simulator import data
from salesforce_simulator.schema import Field, Row, SObjectType
from salesforce_simulator.schema.standard.described import NAMES
from salesforce_simulator.store import Store
from store.orgs import new_store, user_of

MADE = [name for name in NAMES if data.read(f"objects/{name}").get("createable", True)]
_VALUES: dict[str, Any] = {
    "date": "2026-01-01",
    "datetime": "2026-01-01T00:00:00Z",
    "double": 1,
    "currency": 1,
    "int": 1,
    "email": "a@b.example",
    "base64": "YQ==",
}


class Maker:
    """Makes rows with nothing but the required values, and what those point to."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.user = user_of(store)
        self._made: dict[str, Row] = {}

    def make(self, name: str) -> Row:
        one = self.store.known(name)
        if name not in self._made:
            required = [field for field in one.fields.values() if field.required]
            values = {field.name: self._value(one, field) for field in required}
            row = self.store.insert(name, values, user_id=self.user)
            self._made[name] = row
        return self.store.get(name, self._made[name]["Id"]) or {}

    def _value(self, one: SObjectType, field: Field) -> object:
        if field.reference_to:
            target = next(name for name in field.reference_to if name != one.name)
            row = next(self.store.scan(target), None) or self.make(target)
            return row["Id"]
        if field.picklist:
            return field.picklist[0].value
        return _VALUES.get(field.type, "x")


@pytest.fixture(scope="module")
def maker() -> Maker:
    return Maker(new_store())


@pytest.mark.parametrize("name", MADE)
def test_a_row_has_a_value_wherever_none_may_be_missing(
    maker: Maker, name: str
) -> None:
    one = maker.store.known(name)
    row = maker.make(name)
    fields = [one.fields[key] for key in one.fields]
    never_empty = [f.name for f in fields if f.stored and not f.nillable]
    assert [key for key in never_empty if row.get(key) is None] == []


@pytest.mark.parametrize("name", NAMES)
def test_each_file_names_its_source(name: str) -> None:
    assert data.read(f"objects/{name}")["source"]


@pytest.mark.parametrize("name", NAMES)
def test_lookups_point_to_objects_that_there_are(maker: Maker, name: str) -> None:
    fields = maker.store.known(name).fields.values()
    targets = {target for field in fields for target in field.reference_to}
    schema = maker.store.schema
    assert [target for target in targets if schema.object(target) is None] == []
