"""A small org of planets and moons, whose fields have every type SOQL compares."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from salesforce_simulator import soql
from salesforce_simulator.schema import Schema, SObjectType
from salesforce_simulator.schema.groups import audit, owner, record_id
from salesforce_simulator.schema.kinds import (
    area,
    check,
    choice,
    choices,
    day,
    lookup,
    moment,
    money,
    text,
    whole,
)
from salesforce_simulator.schema.standard.described import described_objects
from salesforce_simulator.store import Store

NOW = datetime(2026, 6, 17, 9, 30, tzinfo=UTC)  # a Wednesday
USER = "005000000000001AAA"


def planet() -> SObjectType:
    return SObjectType(
        name="Planet__c", label="Planet", label_plural="Planets", key_prefix="a10"
    ).with_fields(
        (
            record_id("Record ID"),
            owner(),
            *audit(),
            text("Name", "Name", 80, name_field=True),
            whole("Rank__c", "Rank"),
            lookup("Star__c", "Star", "Account", children="Planets__r"),
        )
    )


def moon() -> SObjectType:
    return SObjectType(
        name="Moon__c", label="Moon", label_plural="Moons", key_prefix="a11"
    ).with_fields(
        (
            record_id("Record ID"),
            owner(queue=True),
            *audit(),
            text("Name", "Name", 80, name_field=True),
            text("Text__c", "Text"),
            text("Code__c", "Code", case_sensitive=True, external_id=True),
            area("Story__c", "Story", 4000),
            choice("Choice__c", "Choice", ["Rock", "Ice", "Gas"]),
            choices("Tags__c", "Tags", ["A", "B", "C"]),
            money("Amount__c", "Amount"),
            whole("Count__c", "Count"),
            check("Flag__c", "Flag"),
            day("Day__c", "Day"),
            moment("Moment__c", "Moment"),
            lookup("Planet__c", "Planet", "Planet__c", children="Moons__r"),
        )
    )


OBJECTS = [*described_objects(), planet(), moon()]


class Cosmos:
    """An org without rows but those of records; its clock stands unless it is moved."""

    def __init__(self, records: dict[str, int] | None = None) -> None:
        self.now = NOW
        self.schema = Schema(OBJECTS, clock=lambda: self.now)
        counts = {one.name: 0 for one in OBJECTS} | (records or {})
        self.store = Store(self.schema, seed=7, clock=lambda: self.now, records=counts)

    def add(self, sobject: str, **values: Any) -> dict[str, Any]:
        """Insert a row as Salesforce would."""
        return self.store.insert(sobject, values, user_id=USER)

    def run(
        self, text: str, *, deleted: bool = False, version: str = "66.0"
    ) -> soql.Result:
        return soql.run(
            text,
            schema=self.schema,
            store=self.store,
            include_deleted=deleted,
            now=self.now,
            user_id=USER,
            version=version,
        )

    def ask(self, text: str, **options: Any) -> list[dict[str, Any]]:
        """All records of a query, as a client reads them from JSON."""
        result = self.run(text, **options)
        records = result.page(0, result.total_size)
        assert len(records) == result.total_size
        return json.loads(json.dumps(records))

    def refusal(self, text: str, **options: Any) -> tuple[str, str]:
        """The code and message a query is refused with."""
        try:
            self.run(text, **options)
        except soql.QueryError as error:
            return error.code, error.message
        raise AssertionError(f"accepted: {text}")


def bare(record: Any) -> Any:
    """A record without its attributes, at every depth."""
    if isinstance(record, dict):
        return {key: bare(one) for key, one in record.items() if key != "attributes"}
    return record
