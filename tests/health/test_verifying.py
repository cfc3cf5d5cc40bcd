"""The doctor verifies what an org answers: nothing of anybody's is in its report."""

from __future__ import annotations

import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from salesforce_simulator import SalesforceOrg
from sfconnector import catalog, health, orgs, sync
from sfconnector.health.verifying.outline import merged, shape_of
from sfconnector.models import Org
from sfconnector.testing.connections import connected

CALLS = {
    "who is connected", "an object", "a record", "bulk results, more",
    "bulk result pages", "versions", "resources", "describe global", "describe global, unchanged",
    "describe", "describe, unchanged", "limits", "record counts", "query",
    "query all", "a small page", "the next page", "updated", "deleted", "composite",
    "refusal", "bulk job", "bulk job, ended", "bulk results", "bulk job, deleted",
}  # fmt: skip


@pytest.fixture
def simulated(salesforce_orgs: Any) -> SalesforceOrg:
    return salesforce_orgs("Secretive", records={"User": 450})


@pytest.fixture
def org(simulated: SalesforceOrg, db: None) -> Org:
    return connected(simulated, alias="acme")


def said(*arguments: str, **options: Any) -> str:
    out = StringIO()
    call_command("sf_doctor", *arguments, stdout=out, **options)
    return out.getvalue()


def test_the_simulator_answers_as_we_say(org: Org):
    report = health.verify(org)
    assert report.otherwise == []
    assert {one.name for one in report.calls} == CALLS


def kinds_of(simulated: SalesforceOrg) -> set[tuple[str, str]]:
    """Return the method and path of each request, without what differs by org."""
    found = set()
    for one in simulated.requests:
        path = re.sub(r"/v\d+\.\d/?", "/v/", one.path.partition("?")[0]).rstrip("/")
        path = re.sub(r"/sobjects/\w+", "/sobjects/X", path)
        path = re.sub(r"/\w{15,18}(-\d+)?(?=/|$)|/query/[\w-]{15,}$", "/ID", path)
        found.add((one.method, path))
    return found


def test_it_makes_every_call_that_discovery_fetches_and_the_doctor_make(
    simulated: SalesforceOrg, org: Org, settings: Any
):
    plan = sync.plan_object(org, sobject="User")
    simulated.requests.clear()
    catalog.discover(org)
    for name in ("Account", "Contact"):
        catalog.describe(org, sobject=name)
    catalog.refresh(org)
    catalog.count(org, names=["Account"])
    for mode in ("rest", "bulk"):
        plan.mode = mode
        plan.save(update_fields=["mode"])
        for full in (True, False):
            sync.execute(sync.request_run(plan, full=full).pk, worker="test")
    health.doctor(org)
    with orgs.client_for(org, purpose="test") as client:
        client.identity()
        client.limits()
        client.sobject_info("User")
    used = kinds_of(simulated)
    simulated.requests.clear()
    health.verify(org)
    made = kinds_of(simulated)
    assert len(used) > 12
    assert used - made == set()


def test_it_reads_only(org: Org, simulated: SalesforceOrg):
    before = simulated.record_counts()
    simulated.requests.clear()
    health.verify(org)
    assert simulated.record_counts() == before
    written = {
        (one.method, one.path.split("/v", 1)[1].split("/", 1)[1])
        for one in simulated.requests
        if one.method != "GET"
    }
    kinds = {(method, path.split("/")[0]) for method, path in written}
    assert kinds == {("POST", "composite"), ("POST", "jobs"), ("DELETE", "jobs")}


def test_nothing_that_anybody_wrote_is_in_the_report(
    org: Org, simulated: SalesforceOrg
):
    simulated.records.add_field("User", "Shoe_Size__c")
    report = json.dumps(health.verify(org).as_dict())
    secrets = [
        org.org_id, org.connected_username, simulated.name, simulated.base_url,
        "Shoe_Size__c", "127.0.0.1", "005",
    ]  # fmt: skip
    assert [text for text in secrets if text and text in report] == []


def test_what_an_org_does_otherwise_is_a_sentence(
    org: Org, simulated: SalesforceOrg, tmp_path: Path, capsys: Any
):
    usual = tmp_path / "usual.json"
    said("acme", verify=True, output=usual)
    simulated.faults.add("/limits", status=200, body={"DailyApiRequests": {"Max": 5}})
    simulated.faults.add("/jobs/query", status=503)
    with pytest.raises(SystemExit) as end:
        said("acme", verify=True, against=usual)
    assert end.value.code == 1
    report = health.verify(org)
    assert "limits: DailyApiRequests has Remaining." in report.otherwise
    other = json.loads(usual.read_text())
    mine = json.loads(json.dumps(report.as_dict()))
    found = health.differences(mine, other)
    assert "bulk results: made in one of them only." in found
    assert any(text.startswith("bulk job, status: 503 here") for text in found)
    assert health.differences(other, other) == []


def test_it_needs_an_org(db: None):
    with pytest.raises(CommandError, match="Name the org") as refused:
        said(verify=True)
    assert refused.value.returncode == 2


def test_shapes_keep_every_type_and_no_value():
    rows = [{"a": 1, "Own__c": "x"}, {"a": None, "My App": 2, "b": [True, {"c": "d"}]}]
    shape = shape_of(rows)
    assert shape == [
        {
            "(the org's own)": "number or text",
            "a": "null or number",
            "b": ["flag or object"],
        }
    ]
    assert merged([], ["text"]) == ["text"]


def test_answers_of_any_form_are_findings(org: Org, simulated: SalesforceOrg):
    """A count without a number, rows without an id: the walk goes on to its end."""
    simulated.faults.add(
        "/limits/recordCount", status=200, body={"sObjects": [{"count": "many"}]}
    )
    simulated.faults.add("/query", status=200, body={"records": [7, None]})
    report = health.verify(org)
    assert "record counts: Each has its name." in report.otherwise
    assert "query: totalSize is sent." in report.otherwise
    assert "bulk job, deleted" in {one.name for one in report.calls}
