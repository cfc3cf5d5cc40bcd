"""What the door costs: few queries, each of them needed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sfconnector import explorer, sync
from sfconnector.models import Org, SField, SObject, SyncPlan
from tests.gateway.test_masks import DATA

QUERY = "SELECT Id, Name FROM Account"
WORK: dict[str, tuple[int, Callable[[Org], object]]] = {
    "explorer": (
        6,  # masks, token, line of the call, twice the ledger, audit
        lambda org: explorer.send(
            org, request=explorer.Request(path=f"{DATA}/query?q={QUERY}")
        ),
    ),
    "SOQL preview": (
        6,
        lambda org: sync.preview(SyncPlan(org=org, kind="soql", soql=QUERY)),
    ),
    "endpoint preview": (
        6,
        lambda org: sync.preview(
            SyncPlan(org=org, kind="endpoint", path=f"{DATA}/limits")
        ),
    ),
}


@pytest.mark.parametrize("is_masked", [False, True])
@pytest.mark.parametrize("name", WORK)
def test_a_worded_call_asks_the_database_little(
    connected_org: Org, name: str, is_masked: bool
) -> None:
    """Masks are looked up once, by one query."""
    contact = SObject.objects.create(org=connected_org, name="Contact")
    SField.objects.create(sobject=contact, name="Phone", is_masked=is_masked)
    most, work = WORK[name]
    work(connected_org)
    with CaptureQueriesContext(connection) as asked:
        work(connected_org)
    assert len(asked) <= most, [one["sql"][:90] for one in asked]
