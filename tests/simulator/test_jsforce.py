"""An unmodified jsforce believes that the pretend org is Salesforce."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from sfconnector.testing.orgs import org_factory

FOLDER = Path(__file__).parent / "jsforce"
IN_CI = os.environ.get("CI") == "true"


def give_up(reason: str) -> None:
    """Skip on a developer's machine; fail where everything must be there."""
    if IN_CI:
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="module")
def jsforce() -> Path:
    """The folder with jsforce installed, as its lock file says."""
    if not shutil.which("npm") or not shutil.which("node"):
        give_up("jsforce needs Node 20 and npm")
    lock = FOLDER / "package-lock.json"
    done = FOLDER / "node_modules" / ".package-lock.json"
    if not done.exists() or done.stat().st_mtime < lock.stat().st_mtime:
        command = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        result = subprocess.run(
            command, cwd=FOLDER, capture_output=True, text=True, check=False
        )
        if result.returncode:
            give_up(f"npm cannot install jsforce: {result.stderr[-500:]}")
    return FOLDER


@pytest.fixture(scope="module")
def seen(jsforce):
    """What jsforce saw on its journey."""
    with org_factory() as start:
        org = start("Acme", records={"Account": 4100, "Contact": 300})
        org.records.add_field("Account", "Key__c", external_id=True)
        asked = {
            "url": org.base_url,
            "key": org.consumer_key,
            "secret": org.consumer_secret,
        }
        result = subprocess.run(
            ["node", "journey.mjs"],
            cwd=jsforce,
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert result.returncode == 0, result.stderr
        body = json.loads(result.stdout)
        body["org"] = {
            "base_url": org.base_url,
            "user": org.user.id,
            "id": org.org_id,
        }
        return body


def test_it_logs_in_by_client_credentials(seen):
    assert seen["instance"] == seen["org"]["base_url"]
    assert seen["user"]["id"] == seen["org"]["user"]
    assert seen["user"]["organizationId"] == seen["org"]["id"]


def test_it_describes(seen):
    assert {"Account", "Contact", "Lead", "Opportunity"} <= set(seen["objects"])
    assert seen["fieldKeys"] == [57]
    assert seen["nameField"] == "string"


def test_it_reads_all_pages(seen):
    assert seen["pages"] == [2000, 2000, 100]
    assert seen["queried"] == {"total": 4100, "distinct": 4100}


def test_it_sees_salesforces_errors(seen):
    assert seen["badQuery"]["code"] == "INVALID_FIELD"
    assert "No such column 'Nope'" in seen["badQuery"]["message"]


def test_it_creates_reads_changes_and_deletes(seen):
    crud = seen["crud"]
    assert crud["made"]["success"] is True
    assert crud["name"] == "Zoë's “Shop”"
    assert crud["phones"] == ["1", "2"]
    assert crud["gone"]["code"] == "NOT_FOUND"


def test_it_upserts(seen):
    assert seen["upsert"] == {"created": [True, False], "same": True, "name": "Two"}


def test_it_uses_collections(seen):
    assert seen["collections"] == {
        "success": [True, False, True],
        "code": "REQUIRED_FIELD_MISSING",
        "names": ["C1", "C2"],
    }


def test_it_uses_composite(seen):
    items = seen["composite"]["compositeResponse"]
    assert [item["httpStatusCode"] for item in items] == [201, 200]
    assert items[1]["body"]["Name"] == "Composite"


def test_it_queries_in_bulk(seen):
    assert seen["bulkQuery"] == {"rows": 300, "keys": ["Id", "Name"]}


def test_it_loads_in_bulk(seen):
    load = seen["bulkLoad"]
    assert load["done"] == ["true", "true"]
    assert len(load["failed"]) == 1
    assert load["failed"][0].startswith("REQUIRED_FIELD_MISSING")
    assert load["stored"] == [
        ['Bulk "A"', "two\nlines"],
        ["Bulk B", "comma, semicolon;"],
    ]


def test_it_reads_the_api_usage(seen):
    assert seen["limit"]["limit"] == 100_000
    assert seen["limit"]["used"] > 0
