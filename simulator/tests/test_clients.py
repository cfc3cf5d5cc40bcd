"""Unmodified clients from PyPI believe that the pretend org is Salesforce.

Each is installed as its requirements say into an environment of its own, which takes a
while; simple-salesforce, jsforce and the Salesforce CLI have tests of their own.
"""

from __future__ import annotations

import json
import subprocess
import venv
from pathlib import Path

import pytest
from away import salesforce_hosts
from visitor import Visitor

from salesforce_simulator.bulk import Pace

pytestmark = [pytest.mark.soak, pytest.mark.timeout(900)]
FOLDER = Path(__file__).parent / "clients"


def bin_of(client: str) -> Path:
    """Where an installed client's programs are."""
    wanted = FOLDER / f"{client}.txt"
    place = FOLDER / f".venv-{client}"
    done = place / "installed"
    if not done.exists() or done.read_text() != wanted.read_text():
        venv.create(place, with_pip=True, clear=True)
        command = [place / "bin" / "pip", "install", "--quiet", "-r", wanted]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode:
            pytest.skip(f"pip cannot install {client}: {result.stderr[-300:]}")
        done.write_text(wanted.read_text())
    return place / "bin"


def run(client: str, *words, environment, tell=None) -> str:
    """What a program of the client's environment prints."""
    program, *arguments = words
    result = subprocess.run(
        [bin_of(client) / program, *map(str, arguments)],
        input=json.dumps(tell),
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-3000:] + result.stdout[-3000:]
    return result.stdout


@pytest.fixture
def stage(tmp_path):
    rows = {"Account": 4500, "Contact": 30}
    with salesforce_hosts(tmp_path, empty=True, records=rows) as stage:
        stage.org.jobs.pace = Pace(queue_seconds=0, run_seconds=0)
        yield stage


@pytest.fixture
def granted(stage):
    """Consumer key, secret and a refresh token, as a person copies them."""
    visitor = Visitor(stage.org)
    visitor.http.trust_env = False
    visitor.http.proxies = {"https": stage.environment["HTTPS_PROXY"]}
    visitor.http.verify = stage.environment["REQUESTS_CA_BUNDLE"]
    return {
        "client_id": stage.org.consumer_key,
        "client_secret": stage.org.consumer_secret,
        "refresh_token": visitor.log_in()["refresh_token"],
    }


def lines(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def assert_each_once(rows: list[dict]) -> None:
    """Every account that is left, and those in the recycle bin, once."""
    assert len(rows) == len({row["Id"] for row in rows})
    assert sum(not row["IsDeleted"] for row in rows) == 4500


def test_aiosalesforce(stage):
    org = stage.org
    script = FOLDER / "aiosalesforce_journey.py"
    tell = [org.base_url, org.consumer_key, org.consumer_secret]
    out = run(
        "aiosalesforce", "python", script, environment=stage.environment, tell=tell
    )
    assert json.loads(out) == {
        "queried": 4500,
        "name": "Two",
        "created": False,
        "linked": True,
        "batch": 1,
        "bulk": [1, 1],
        "limit": 100_000,
    }


def test_django_salesforce(stage):
    org = stage.org
    script = FOLDER / "django_salesforce_journey.py"
    tell = [org.base_url, org.consumer_key, org.consumer_secret, org.user.username]
    out = run(
        "django-salesforce", "python", script, environment=stage.environment, tell=tell
    )
    assert json.loads(out) == {
        "count": 4500,
        "rows": 4500,
        "phone": "2",
        "joined": ["2"],
        "made": 3,
        "updated": 3,
        "left": 0,
    }


def test_dlt(salesforce_orgs, tmp_path):
    org = salesforce_orgs("Acme", empty=True, records={"Account": 4500, "Contact": 30})
    token = Visitor(org).enter().tokens["access_token"]
    script = FOLDER / "dlt_journey.py"
    environment = {"HOME": str(tmp_path), "RUNTIME__DLTHUB_TELEMETRY": "false"}
    tell = [org.base_url, token, str(tmp_path)]
    out = run("dlt", "python", script, environment=environment, tell=tell)
    assert json.loads(out.splitlines()[-1]) == {"account": 4500, "contact": 30}


@pytest.mark.parametrize("api", ["REST", "BULK"])
def test_tap_salesforce(stage, granted, tmp_path, api):
    config, catalog = tmp_path / "config.json", tmp_path / "catalog.json"
    settings = {"start_date": "2000-01-01T00:00:00Z", "api_type": api}
    settings |= {"select_fields_by_default": "true"}
    config.write_text(json.dumps({**granted, **settings}))
    words = ("tap-salesforce", "tap-salesforce", "--config", config)
    found = json.loads(run(*words, "--discover", environment=stage.environment))
    streams = [one for one in found["streams"] if one["stream"] == "Account"]
    for entry in streams[0]["metadata"]:
        if not entry["breadcrumb"]:
            entry["metadata"]["selected"] = True
    catalog.write_text(json.dumps({"streams": streams}))
    out = run(*words, "--properties", catalog, environment=stage.environment)
    messages = lines(out)
    assert_each_once([one["record"] for one in messages if one["type"] == "RECORD"])
    assert "Account" in messages[-1]["value"]["bookmarks"]


@pytest.mark.parametrize("in_bulk", [False, True])
def test_airbyte(stage, granted, tmp_path, in_bulk):
    config, catalog = tmp_path / "config.json", tmp_path / "catalog.json"
    wanted = [{"criteria": "exacts", "value": "Account"}]
    settings = {"streams_criteria": wanted, "force_use_bulk_api": in_bulk}
    config.write_text(json.dumps({**granted, **settings, "auth_type": "Client"}))
    program = ("airbyte", "source-salesforce")
    where = ("--config", config)
    status = lines(run(*program, "check", *where, environment=stage.environment))
    checked = [one for one in status if one["type"] == "CONNECTION_STATUS"]
    assert checked[0]["connectionStatus"]["status"] == "SUCCEEDED", checked
    found = lines(run(*program, "discover", *where, environment=stage.environment))
    (streams,) = [one["catalog"]["streams"] for one in found if "catalog" in one]
    chosen = [
        {"stream": one, "sync_mode": "full_refresh", "destination_sync_mode": "append"}
        for one in streams
        if one["name"] == "Account"
    ]
    catalog.write_text(json.dumps({"streams": chosen}))
    words = ("read", *where, "--catalog", catalog)
    read = lines(run(*program, *words, environment=stage.environment))
    assert_each_once([one["record"]["data"] for one in read if one["type"] == "RECORD"])
