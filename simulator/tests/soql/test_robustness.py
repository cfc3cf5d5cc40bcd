"""Whatever is asked, the answer is a result or a refusal in Salesforce's form."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from bulk.desk import Desk
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from salesforce_simulator import soql
from salesforce_simulator.bulk import BulkError
from salesforce_simulator.sosl import search
from soql.cosmos import NOW, USER, Cosmos

COSMOS = Cosmos({"Account": 3, "Task": 3, "User": 2})
for _name in ("a", "b"):
    COSMOS.add(
        "Moon__c",
        Name=_name,
        Tags__c="A;B",
        Planet__c=COSMOS.add("Planet__c", Name=_name)["Id"],
    )
DESK = Desk(COSMOS)

WORDS = [
    "SELECT",
    "FROM",
    "WHERE",
    "AND",
    "OR",
    "NOT",
    "IN",
    "LIKE",
    "INCLUDES",
    "EXCLUDES",
    "ORDER",
    "BY",
    "GROUP",
    "HAVING",
    "LIMIT",
    "OFFSET",
    "ASC",
    "DESC",
    "NULLS",
    "FIRST",
    "LAST",
    "FOR",
    "VIEW",
    "USING",
    "SCOPE",
    "mine",
    "TYPEOF",
    "WHEN",
    "THEN",
    "ELSE",
    "END",
    "ROLLUP",
    "CUBE",
    "COUNT",
    "COUNT_DISTINCT",
    "SUM",
    "AVG",
    "MIN",
    "MAX",
    "GROUPING",
    "FIELDS",
    "ALL",
    "CUSTOM",
    "STANDARD",
    "toLabel",
    "FORMAT",
    "CALENDAR_YEAR",
    "HOUR_IN_DAY",
    "DAY_ONLY",
    "convertTimezone",
    "TODAY",
    "LAST_N_DAYS",
    "THIS_WEEK",
    "null",
    "true",
    "Id",
    "Name",
    "Text__c",
    "Story__c",
    "Tags__c",
    "Choice__c",
    "Amount__c",
    "Count__c",
    "Flag__c",
    "Day__c",
    "Moment__c",
    "Planet__c",
    "Planet__r.Name",
    "Planet__r",
    "Owner.Name",
    "Owner.Type",
    "OwnerId",
    "Moons__r",
    "Moon__c",
    "Planet__c",
    "Account",
    "Task",
    "What",
    "Who.Name",
    "BillingAddress",
    "SystemModstamp",
    "CreatedDate",
    "nothing",
    "n",
    "(",
    ")",
    "(",
    ")",
    ",",
    ",",
    "=",
    "!=",
    "<>",
    "<",
    "<=",
    ">",
    ">=",
    ":",
    "'x'",
    "'A;B'",
    "'001000000000001AAA'",
    "'%'",
    "5",
    "-1",
    "0",
    "2.5",
    "1e400",
    "2026-01-01",
    "2026-01-01T00:00:00Z",
    "2026-13-45",
    "9999-12-31T23:59:59-12:00",
    "12:00:00Z",
    "'\\q'",
    "'",
    "#",
    "*",
]
PIECES = st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join)
STARTS = st.sampled_from(
    [
        "",
        "SELECT Id FROM Moon__c ",
        "SELECT Id FROM Moon__c WHERE ",
        "SELECT Id FROM Moon__c WHERE Name = 'a' AND ",
        "SELECT Id FROM Moon__c ORDER BY ",
        "SELECT Name, COUNT(Id) FROM Moon__c GROUP BY ",
        "SELECT Name FROM Moon__c GROUP BY Name HAVING ",
        "SELECT Id, (SELECT Id FROM Moons__r WHERE ",
        "SELECT Id, TYPEOF What WHEN Account THEN Name ",
        "SELECT ",
    ]
)
TEXTS = st.builds(str.__add__, STARTS, PIECES) | st.text(max_size=40)
QUIET = settings(
    deadline=None, max_examples=1500, suppress_health_check=[HealthCheck.too_slow]
)


def outcome(work: Callable[[], Any]) -> Any:
    """What work gives back, or the refusal it ends with."""
    try:
        return work()
    except (soql.QueryError, BulkError) as refusal:
        return refusal


@QUIET
@given(text=TEXTS)
@example("SELECT Id FROM Moon__c WHERE Count__c = " + "9" * 5000)
@example("SELECT Id FROM Moon__c LIMIT " + "9" * 5000)
@example("SELECT Id FROM Moon__c WHERE Day__c = N_YEARS_AGO:" + "9" * 30)
@example("SELECT Id FROM Moon__c WHERE " + "NOT " * 5000 + "Name = 'x'")
@example("SELECT toLabel(" * 3000)
@example("SELECT Id FROM Moon__c WHERE Name LIKE '" + "%a" * 40 + "'")
def test_any_statement_is_answered_or_refused(text: str):
    found = outcome(lambda: COSMOS.run(text))
    if isinstance(found, soql.QueryError):
        assert found.code.isupper()
        assert found.message
    else:
        json.dumps(found.page(0, 5))


@settings(QUIET, max_examples=300)
@given(text=TEXTS)
def test_any_bulk_query_is_taken_or_refused(text: str):
    DESK.jobs.clear()
    job = outcome(lambda: DESK.query(text))
    if isinstance(job, BulkError):
        assert job.status == 400
        return
    DESK.wait(1)
    assert DESK.value("GET", f"query/{job}")["state"] == "JobComplete"
    assert DESK.text(f"query/{job}/results").startswith('"')


@settings(QUIET, max_examples=300)
@given(
    text=TEXTS.map("FIND {ab*} ".__add__)
    | st.text(max_size=20).map("FIND {%s}".__mod__)
)
def test_any_search_is_answered_or_refused(text: str):
    found = outcome(
        lambda: search(
            text,
            schema=COSMOS.schema,
            store=COSMOS.store,
            now=NOW,
            user_id=USER,
            version="66.0",
        )
    )
    assert isinstance(found, list) or found.message
