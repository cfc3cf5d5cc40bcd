"""The fixtures that a host project gets do what the how-to page says."""

from __future__ import annotations

from sfconnector import orgs, sync
from sfconnector.models import Org, Record


def test_a_connected_org_can_be_called(connected_org: Org):
    client = orgs.client_for(connected_org, purpose="test")
    (page,) = client.query("SELECT Id, Name FROM Account LIMIT 3")
    assert len(page.records) == 3
    assert connected_org.is_connected


def test_the_example_of_the_how_to_page(connected_org: Org):
    plan = sync.plan_object(connected_org, sobject="Account", fields=["Name"])
    run = sync.execute(sync.request_run(plan).pk, worker="test")
    assert run.fetched == Record.objects.of(connected_org, "Account").count() > 0
