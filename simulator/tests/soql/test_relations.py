"""Subqueries and semi-joins, held to plain Python."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from soql import oracle
from soql.test_property import (
    CONDITIONS,
    ORDERINGS,
    QUIET,
    moons,
    populate,
)


@QUIET
@given(
    rows=st.lists(moons(), max_size=9),
    condition=CONDITIONS,
    orderings=ORDERINGS,
    limit=st.integers(1, 4),
)
def test_children_are_those_plain_python_finds(
    rows: list[dict[str, Any]],
    condition: Any,
    orderings: list[oracle.Ordering],
    limit: int,
):
    cosmos, written = populate(rows)
    by_id = [*orderings, oracle.Ordering("Id", "id", descending=False, nulls="")]
    text = (
        f"SELECT Name, (SELECT Id FROM Moons__r WHERE {condition.text()} ORDER BY "
        f"{', '.join(one.text() for one in by_id)} LIMIT {limit}) FROM Planet__c"
    )
    chosen = oracle.arranged([row for row in written if condition.holds(row)], by_id)
    for planet in cosmos.ask(text):
        expected = [
            row["Id"]
            for row in chosen
            if row["Planet__r"] and row["Planet__r"]["Name"] == planet["Name"]
        ][:limit]
        found = planet["Moons__r"]
        if not expected:
            assert found is None, text
            continue
        assert [moon["Id"] for moon in found["records"]] == expected, text
        assert (found["totalSize"], found["done"]) == (len(expected), True)


@QUIET
@given(
    rows=st.lists(moons(), max_size=9),
    condition=CONDITIONS,
    negated=st.booleans(),
)
def test_semi_joins_choose_the_parents_plain_python_chooses(
    rows: list[dict[str, Any]], condition: Any, negated: bool
):
    cosmos, written = populate(rows)
    word = "NOT IN" if negated else "IN"
    text = (
        f"SELECT Name FROM Planet__c WHERE Id {word} "
        f"(SELECT Planet__c FROM Moon__c WHERE {condition.text()})"
    )
    parents = {
        row["Planet__r"]["Name"]
        for row in written
        if row["Planet__r"] and condition.holds(row)
    }
    everything = {planet["Name"] for planet in cosmos.ask("SELECT Name FROM Planet__c")}
    found = {planet["Name"] for planet in cosmos.ask(text)}
    assert found == (everything - parents if negated else parents), text
