"""An unmodified sfdmu moves rows from one pretend org into another."""

from __future__ import annotations

import json
import subprocess

import pytest
from npm_at_work import install
from sf_at_work import FOLDER, Cli
from visitor import Visitor

pytestmark = [pytest.mark.soak, pytest.mark.timeout(900)]
VERSION = "3.7.19"


@pytest.fixture(scope="module")
def plugin(tmp_path_factory):
    """Where sfdmu is installed."""
    install(FOLDER)
    folder = tmp_path_factory.mktemp("sfdmu")
    (folder / "package.json").write_text('{"private": true}')
    command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts"]
    result = subprocess.run(
        [*command, f"sfdmu@{VERSION}"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        pytest.skip(f"npm cannot install sfdmu: {result.stderr[-300:]}")
    return folder / "node_modules" / "sfdmu"


def test_it_upserts_accounts_and_their_contacts(plugin, salesforce_orgs, tmp_path):
    source = salesforce_orgs("Source", empty=True, records={"Account": 9})
    target = salesforce_orgs("Target", empty=True)
    store, user = source.records.store, source.user.id
    for row in list(store.scan("Account")):
        contact = {"LastName": f"Of {row['Name']}", "AccountId": row["Id"]}
        store.insert("Contact", contact, user_id=user)
    clients = {"from": Visitor(source).enter(), "to": Visitor(target).enter()}
    script = {
        "orgs": [
            {
                "name": name,
                "instanceUrl": client.org.base_url,
                "accessToken": client.tokens["access_token"],
            }
            for name, client in clients.items()
        ],
        "objects": [
            {
                "query": query,
                "operation": "Upsert",
                "externalId": name,
            }
            for query, name in (
                ("SELECT Id, Name, Phone FROM Account", "Name"),
                ("SELECT Id, LastName, AccountId FROM Contact", "LastName"),
            )
        ],
    }
    (tmp_path / "export.json").write_text(json.dumps(script))
    cli = Cli(tmp_path, source)
    cli.run("plugins", "link", plugin)
    words = ("--sourceusername", "from", "--targetusername", "to", "--noprompt")
    cli.run("sfdmu", "run", *words)
    asked = "SELECT LastName, Account.Name FROM Contact ORDER BY LastName"
    rows = [client.query(asked)["records"] for client in clients.values()]
    moved = [[(r["LastName"], r["Account"]["Name"]) for r in one] for one in rows]
    assert moved[0] == moved[1]
    assert len(moved[1]) == 9
