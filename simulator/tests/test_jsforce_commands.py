"""Some seventy commands of an unmodified jsforce, each with what it must give."""

from __future__ import annotations

import jsforce_at_work
import pytest

from salesforce_simulator.bulk import Pace
from salesforce_simulator.testing.orgs import org_factory


@pytest.fixture(scope="module")
def seen():
    with org_factory() as start:
        org = start("Acme", records={"Account": 4100, "Contact": 30})
        org.jobs.pace = Pace(queue_seconds=0, run_seconds=0)
        org.records.add_field("Account", "Key__c", external_id=True)
        answers = jsforce_at_work.run("commands.mjs", org)
        return {**answers, "org": org}


def test_it_logs_in_and_out(seen):
    org = seen["org"]
    assert seen["authorize"] == seen["authorize code"] == org.user.id
    assert seen["identity"] == org.user.username
    assert seen["getAuthorizationUrl"] == [
        "/services/oauth2/authorize",
        "api refresh_token",
    ]
    assert seen["refresh by itself"] == 1
    assert seen["oauth2.refreshToken"].startswith("http://127.0.0.1:")
    assert seen["logout"] == "INVALID_SESSION_ID"


WANTED = {
    "request /services/data": "68.0",
    "describeGlobal": True,
    "describe": "001",
    "describe$": "Account",
    "sobject.describe$": "Contact",
    "limits": 100_000,
    "limitInfo": 100_000,
    "layouts": [
        "Account Information",
        "Address Information",
        "Description Information",
    ],
    "layouts named": 1,
    "compactLayouts": "SYSTEM",
    "approvalLayouts": [],
    "listviews": ["AllAccounts", "MyAccounts", "NewThisWeek", "NewLastWeek"],
    "listview.describe": "Account",
    "listview.results": 25,
    "listview.explain": 1,
    "tabs": "standard-Account",
    "theme": True,
    "quickActions": True,
    "quickAction": [True, True, "Called", True],
    "process.rule": [{}, True],
    "tooling.describe": True,
    "tooling.query": True,
    "tooling.completions": {"completions": {}},
    "tooling.executeAnonymous": "INSUFFICIENT_ACCESS",
    "create multipart": True,
    "query": 2000,
    "queryMore": 2000,
    "query autoFetch": 4100,
    "query on record": 2500,
    "find": 3,
    "find sorted": True,
    "findOne": ["attributes", "Id"],
    "count": 30,
    "include": [True] * 5,
    "toSOQL": "SELECT Id FROM Contact WHERE Email = null",
    "explain": 1,
    "search": True,
    "create": True,
    "retrieve": "A",
    "update": True,
    "record.retrieve": "B",
    "record.update": True,
    "recent": [True],
    "sobject.recent": True,
    "create many": [True, False, True],
    "create all or none": [
        "ALL_OR_NONE_OPERATION_ROLLED_BACK",
        "REQUIRED_FIELD_MISSING",
    ],
    "retrieve many": ["C", "D"],
    "update many": [True, True],
    "upsert": True,
    "upsert many": [False, True],
    "upsert all or none": [[False, True], [False, True]],
    "query.update": [True, True],
    "destroy": True,
    "destroy many": [True, True],
    "query.destroy": [True, True],
    "queryAll": 1,
    "deleted": ["deletedRecords", "earliestDateAvailable", "latestDateCovered"],
    "updated": ["ids", "latestDateCovered"],
    "requestPost tree": [False, "a"],
    "requestGet": "9",
    "requestPost batch": [200, 204],
    "request refused": "NOT_FOUND",
    "bulk.load": [True, False],
    "bulk.query": 30,
    "bulk2.query": 30,
    "bulk2.loadAndWaitForResults": [1, 1],
    "bulk2 job by hand": ["JobComplete", 1],
    "bulk2 job aborted": "Aborted",
}


def test_every_command_gives_what_it_must(seen):
    assert len(WANTED) >= 60
    assert {name: seen.get(name) for name in WANTED} == WANTED
