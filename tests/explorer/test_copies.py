"""A call copied for other tools works there and holds no token."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from sfconnector import explorer, orgs
from sfconnector.models import Org

HOSTILE = 'it\'s "quoted" $(touch /tmp/x) `id` \\ {{x}}'


def request_of(name: str) -> explorer.Request:
    return explorer.Request(
        method="POST",
        path="/services/data/v39.0/sobjects/Account",
        headers={"Sforce-Auto-Assign": "FALSE"},
        body=json.dumps({"Name": name}),
    )


def token_of(org: Org) -> str:
    """Return the org's token, as a person fills it in who has it from elsewhere."""
    with orgs.client_for(org, purpose="explorer") as client:
        client.limits()
        return client._tokens.current().access_token.reveal()


def test_the_python_program_works_when_a_token_is_filled_in(connected_org: Org) -> None:
    token = token_of(connected_org)
    program = explorer.as_python(request_of(HOSTILE), org=connected_org)
    assert token not in program
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"SF_ACCESS_TOKEN": token, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    status, _space, body = done.stdout.partition(" ")
    path = f"/services/data/v66.0/sobjects/Account/{json.loads(body)['id']}"
    reply = explorer.send(connected_org, request=explorer.Request(path=path))
    assert (status, reply.body["Name"]) == ("201", HOSTILE)


def test_the_curl_command_works_when_a_token_is_filled_in(connected_org: Org) -> None:
    token = token_of(connected_org)
    command = explorer.as_curl(request_of(HOSTILE), org=connected_org)
    assert token not in command
    done = subprocess.run(
        ["sh", "-c", f"{command} --silent"],
        env={"SF_ACCESS_TOKEN": token, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    made = json.loads(done.stdout)["id"]
    path = f"/services/data/v66.0/sobjects/Account/{made}"
    reply = explorer.send(connected_org, request=explorer.Request(path=path))
    assert reply.body["Name"] == HOSTILE


def test_the_python_program_compiles_and_names_the_org() -> None:
    org = Org(alias="acme", instance_url="https://acme.my.salesforce.com")
    program = explorer.as_shell(request_of(HOSTILE), org=org)
    compile(program, "copied", "exec")
    assert "alias='acme'" in program
    assert "may_write=True" in program


def test_the_postman_collection_leaves_place_for_a_token() -> None:
    org = Org(alias="acme", instance_url="https://acme.my.salesforce.com")
    calls = [("Make one", request_of("x")), ("Ask", query())]
    told = explorer.as_postman(calls, org=org)
    item, asked = told["item"]
    assert item["request"]["body"]["raw"] == '{"Name": "x"}'
    assert told["auth"]["bearer"][0]["value"] == "{{SF_ACCESS_TOKEN}}"
    assert asked["request"]["url"]["query"] == [{"key": "q", "value": "SELECT+Id"}]


def query() -> explorer.Request:
    return explorer.Request(path="/services/data/v66.0/query?q=SELECT+Id")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_read_asks_for_no_leave_to_write(method: str) -> None:
    org = Org(alias="acme")
    request = explorer.Request(method=method, path="/services/data/")
    assert "may_write" not in explorer.as_shell(request, org=org)
