"""An unmodified Salesforce CLI believes that the pretend org is Salesforce."""

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from sf_at_work import log_in

from salesforce_simulator.bulk import Pace

LAYOUTS = "SELECT Id, Name FROM Layout WHERE EntityDefinitionId = 'Account'"


@pytest.fixture
def cli(salesforce_orgs, tmp_path):
    """The CLI, logged in to an org whose jobs take no time."""
    org = salesforce_orgs("Acme", records={"Account": 50, "Contact": 20})
    org.jobs.pace = Pace(queue_seconds=0, run_seconds=0)
    org.records.add_field("Account", "Key__c", external_id=True, unique=True)
    return log_in(tmp_path, org)


def test_a_few_commands(cli):
    """What every run of the tests can afford; the long test has many more."""
    with ThreadPoolExecutor(2) as pool:
        asked = pool.submit(cli.query, "SELECT Id FROM Account ORDER BY Id LIMIT 3")
        made = pool.submit(
            cli.org_json,
            *("data", "create", "record", "-s", "Account", "-v", "Name=Short Key__c=k"),
        )
        layouts = pool.submit(cli.query, LAYOUTS, "-t")
        assert len(asked.result()) == 3
        assert made.result()["success"] is True
        assert layouts.result()[0]["Name"] == "Account Layout"
    [row] = cli.org.records.store.find("Account", "Key__c", "k")
    assert (row["Name"], row["Id"]) == ("Short", made.result()["id"])


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_forty_commands(cli):
    """In one test: each part builds on rows of those before it."""
    look_around(cli)
    ask(cli)
    change_one_row(cli)
    move_trees(cli)
    load_in_bulk(cli)
    upload(cli)
    use_tooling(cli)
    speak_rest(cli)
    be_refused(cli)
    assert cli.commands >= 40


def look_around(cli):
    org = cli.org
    shown = cli.org_json("org", "display")
    assert (shown["id"], shown["username"]) == (org.org_id, org.user.username)
    user = cli.org_json("org", "display", "user")
    assert user["id"] == org.user.id
    limits = {one["name"]: one for one in cli.org_json("org", "list", "limits")}
    assert limits["DailyApiRequests"]["max"] == 100_000
    counts = cli.org_json("org", "list", "sobject", "record-counts", "-s", "Account")
    assert counts == [{"name": "Account", "count": 50}]
    assert "Account" in cli.org_json("sobject", "list", "-s", "all")
    customs = cli.org_json("sobject", "list", "-s", "custom")
    assert customs
    assert all(name.endswith("__c") for name in customs)
    described = cli.org_json("sobject", "describe", "-s", "Account")
    assert "Key__c" in [field["name"] for field in described["fields"]]
    listed = cli.json("org", "list")
    (one,) = [o for group in listed.values() for o in group if o.get("alias") == "sim"][
        :1
    ]
    assert one["orgId"] == org.org_id


def ask(cli):
    three = cli.query("SELECT Id, Name FROM Account ORDER BY Id LIMIT 3")
    assert len({one["Id"] for one in three}) == 3
    rows = cli.rows("SELECT id, owner.name FROM account LIMIT 2")
    assert list(rows[0]) == ["Id", "Owner.Name"]
    assert rows[0]["Owner.Name"]
    human = cli.run(
        *("data", "query", "-o", "sim", "-q"),
        "SELECT Name, (SELECT LastName FROM Contacts) FROM Account LIMIT 2",
    )
    assert "Total number of records retrieved: 2" in human
    counted = cli.org_json("data", "query", "-q", "SELECT COUNT() FROM Contact")
    assert counted["totalSize"] == 20
    groups = cli.rows("SELECT Industry, COUNT(Id) many FROM Account GROUP BY Industry")
    assert sum(int(one["many"]) for one in groups) == 50
    (cli.home / "query.soql").write_text("SELECT Id FROM Lead LIMIT 4", "utf-8")
    filed = cli.org_json("data", "query", "-f", "query.soql")
    assert filed["totalSize"] == 4
    everything = cli.query("SELECT Id FROM Account", "--all-rows")
    assert len(everything) > 50
    nothing = cli.query("SELECT Id FROM Account WHERE Name = 'nobody'")
    assert nothing == []
    name = cli.query("SELECT Name FROM Contact LIMIT 1")[0]["Name"].split()[-1]
    found = cli.org_json(
        *("data", "search", "-q"),
        f"FIND {{{name}}} IN NAME FIELDS RETURNING Contact(Id, Name)",
    )
    assert any(name in one["Name"] for one in found["searchRecords"])


def change_one_row(cli):
    made = cli.org_json(
        "data", "create", "record", "-s", "Account", "-v", "Name='By sf' Key__c=k1"
    )
    assert made["success"] is True
    key = made["id"]
    read = cli.org_json("data", "get", "record", "-s", "Account", "-i", key)
    assert read["Name"] == "By sf"
    cli.org_json(
        "data", "update", "record", "-s", "Account", "-i", key, "-v", "Phone=123"
    )
    by_where = ("-s", "Account", "-w", "Key__c=k1")
    assert cli.org_json("data", "get", "record", *by_where)["Phone"] == "123"
    cli.org_json("data", "update", "record", *by_where, "-v", "Name='Renamed'")
    assert (
        cli.query(f"SELECT Name FROM Account WHERE Id = '{key}'")[0]["Name"]
        == "Renamed"
    )
    assert cli.org_json("data", "delete", "record", *by_where)["success"] is True
    gone = cli.query(f"SELECT Id FROM Account WHERE Id = '{key}'")
    assert gone == []


def move_trees(cli):
    tree = {
        "records": [
            {
                "attributes": {"type": "Account", "referenceId": "a1"},
                "Name": "Tree",
                "Contacts": {
                    "records": [
                        {
                            "attributes": {"type": "Contact", "referenceId": f"c{n}"},
                            "LastName": f"Leaf {n}",
                        }
                        for n in range(2)
                    ]
                },
            }
        ]
    }
    (cli.home / "tree.json").write_text(json.dumps(tree), encoding="utf-8")
    made = cli.org_json("data", "import", "tree", "-f", "tree.json")
    assert [one["type"] for one in made] == ["Account", "Contact", "Contact"]
    soql = "SELECT Name, (SELECT LastName FROM Contacts ORDER BY LastName) FROM Account WHERE Name = 'Tree'"
    cli.org_json("data", "export", "tree", "-q", soql, "-d", "out")
    (file,) = (cli.home / "out").glob("*.json")
    exported = json.loads(file.read_text("utf-8"))["records"][0]
    leaves = exported["Contacts"]["records"]
    assert [one["LastName"] for one in leaves] == ["Leaf 0", "Leaf 1"]
    cli.org_json("data", "export", "tree", "-q", soql, "-d", "plan", "--plan")
    cli.org_json(
        "data", "import", "tree", "-p", next((cli.home / "plan").glob("*plan.json"))
    )
    assert len(cli.query("SELECT Id FROM Account WHERE Name = 'Tree'")) == 2


def load_in_bulk(cli):
    def file(name, *lines):
        (cli.home / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
        return name

    wait = ("--wait", "2", "-s", "Account")
    rows = file("new.csv", "Name,Key__c", *(f"Bulk {n},b{n}" for n in range(30)))
    loaded = cli.org_json("data", "import", "bulk", "-f", rows, *wait)
    assert (loaded["processedRecords"], loaded["failedRecords"]) == (30, 0)
    upserts = file("upsert.csv", "Name,Key__c", "Bulk 0,b0", "Bulk 99,b99")
    upserted = cli.org_json(
        "data", "upsert", "bulk", "-f", upserts, "-i", "Key__c", *wait
    )
    assert upserted["jobInfo"]["numberRecordsProcessed"] == 2
    found = cli.query("SELECT Id, Name FROM Account WHERE Key__c LIKE 'b%'")
    assert len(found) == 31
    changed = file("update.csv", "Id,Phone", *(f"{one['Id']},77" for one in found))
    updated = cli.org_json("data", "update", "bulk", "-f", changed, *wait)
    assert updated["processedRecords"] == 31
    exported = cli.org_json(
        *("data", "export", "bulk", "--wait", "2", "--output-file", "out.csv"),
        *("-q", "SELECT Name FROM Account WHERE Phone = '77' ORDER BY Name"),
        *("--result-format", "csv"),
    )
    assert exported["totalSize"] == 31
    first_two = (cli.home / "out.csv").read_text("utf-8").splitlines()[:2]
    assert first_two == ['"Name"', '"Bulk 0"']
    results = cli.org_json("data", "bulk", "results", "--job-id", loaded["jobId"])
    assert results["successfulRecords"] == 30
    ids = file("delete.csv", "Id", *(one["Id"] for one in found))
    deleted = cli.org_json("data", "delete", "bulk", "-f", ids, *wait)
    assert deleted["jobInfo"]["numberRecordsFailed"] == 0
    assert cli.query("SELECT Id FROM Account WHERE Key__c LIKE 'b%'") == []


def upload(cli):
    (cli.home / "note.txt").write_text("hi", encoding="utf-8")
    made = cli.org_json("data", "create", "file", "-f", "note.txt")
    assert (made["FileExtension"], made["Id"][:3]) == ("txt", "068")
    row = cli.org.records.store.get("ContentVersion", made["Id"])
    assert base64.b64decode(row["VersionData"]) == b"hi"


def use_tooling(cli):
    tooling = ("--use-tooling-api",)
    [layout] = cli.query(LAYOUTS, *tooling)
    assert layout["attributes"]["url"].endswith(
        f"/tooling/sobjects/Layout/{layout['Id']}"
    )
    site = ("-s", "RemoteProxy", "-w", "SiteName=ApexDevNet")
    read = cli.org_json("data", "get", "record", *site, *tooling)
    assert read["Metadata"]["isActive"] is True
    described = cli.org_json("sobject", "describe", "-s", "ApexClass", *tooling)
    assert "SymbolTable" in [field["name"] for field in described["fields"]]


def speak_rest(cli):
    def rest(path, *more):
        return json.loads(cli.run("api", "request", "rest", path, "-o", "sim", *more))

    assert rest("/services/data/v66.0/limits")["DailyApiRequests"]["Max"] == 100_000
    body = ("--method", "POST", "--body", '{"Name": "By rest"}')
    made = rest("/services/data/v66.0/sobjects/Account", *body)
    assert made["success"] is True
    seen = rest(f"/services/data/v66.0/sobjects/Account/{made['id']}?fields=Name")
    assert seen["Name"] == "By rest"


def be_refused(cli):
    bad = cli.org_json("data", "query", "-q", "SELECT Nope FROM Account", status=1)
    assert bad["name"] == "INVALID_FIELD"
    assert "No such column 'Nope'" in bad["message"]
    nowhere = cli.org_json("sobject", "describe", "-s", "Nope__c", status=1)
    assert nowhere["name"] == "NOT_FOUND"
    never = ("-s", "Account", "-i", "001000000000zzzAAA")
    refused = cli.org_json("data", "delete", "record", *never, status=1)
    assert "invalid cross reference id" in refused["message"]
    missing = ("-s", "Contact", "-v", "FirstName=x")
    unmade = cli.org_json("data", "create", "record", *missing, status=1)
    assert "REQUIRED_FIELD_MISSING" in json.dumps(unmade)
