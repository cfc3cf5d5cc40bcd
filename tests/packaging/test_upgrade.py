"""A site with data goes on from the version before, which still works beside it.

The version before is the commit before the newest migration came: with what it does not
know yet, its workers read and write while the new version is put in place.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from salesforce_simulator import SalesforceOrg
from tests.environment import ROOT
from tests.journeys import sites

pytestmark = [pytest.mark.soak, pytest.mark.postgresql]
SECRET = "SF_CONSUMER_SECRET"


def git(*arguments: str) -> bytes:
    done = subprocess.run(
        ["git", *arguments], cwd=ROOT, capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip(f"no history here: {done.stderr.decode()}")
    return done.stdout


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of the version before."""
    folder = tmp_path_factory.mktemp("before")
    paths = ("--", "sfconnector/migrations/0*.py")
    added = git("log", "-1", "--diff-filter=A", "--format=%H", *paths).decode().strip()
    archive = folder / "files.tar"
    archive.write_bytes(git("archive", f"{added}^"))
    with tarfile.open(archive) as files:
        files.extractall(folder, filter="data")
    return folder


Run = Callable[..., Any]


@pytest.fixture
def versions(
    before: Path, tmp_path: Path, salesforce_orgs: Callable[..., SalesforceOrg]
) -> Iterator[tuple[Run, Run, SalesforceOrg]]:
    """Run commands of the old and of the new version on one database."""
    org = salesforce_orgs("Acme", records={"Account": 300}, page_size=100)
    with sites.postgresql_database() as database:
        environment = sites.environment_of(
            tmp_path, port=0, hosts=[sites.host_of(org.base_url)], DATABASE_URL=database
        )
        environment[SECRET] = org.consumer_secret

        def by(root: Path) -> Run:
            def run(*arguments: str) -> Any:
                done = subprocess.run(
                    [sys.executable, "manage.py", *arguments],
                    cwd=root,
                    env={**environment, "PYTHONPATH": f"{root}:{root}/simulator"},
                    capture_output=True,
                    text=True,
                    check=False,
                )
                told = done.stdout + done.stderr
                assert done.returncode == 0, f"{root}: {arguments}\n{told}"
                is_json = arguments[-1] == "--json"
                return json.loads(done.stdout) if is_json else done.stdout

            return run

        yield by(before), by(ROOT), org


def connecting(org: SalesforceOrg, alias: str) -> list[str]:
    return [
        *("sf_connect", alias, "--login-url", org.base_url, "--consumer-key"),
        *(org.consumer_key, "--consumer-secret-env", SECRET),
        *("--flow", "client-credentials", "--json"),
    ]


def values_of(lines: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines.splitlines()]


def test_a_site_with_data_is_upgraded_while_the_old_version_works(versions):
    old, new, org = versions
    old("migrate", "--noinput", "-v0")
    old(*connecting(org, "acme"))
    # A version of before plans were asked about keeps each of them unasked.
    asks = "--save" in old("sf_sync", "--help")
    saving = ("--save", "--yes") if asks else ()
    fetched = old("sf_sync", "acme", "Account", *saving, "--json")
    exported = ("acme", "Account", "--format", "jsonl")
    rows = old("sf_export", *exported)
    assert fetched["created"] >= len(rows.splitlines()) > 250  # some are deleted

    new("migrate", "--noinput", "-v0")
    new("check")

    # The old version's web and workers go on until they are restarted.
    org.expire_sessions()
    assert old("sf_sync", "acme", "Account", "--full", "--json")["created"] == 0
    assert old(*connecting(org, "newcomer"))["status"] == "connected"
    assert old("sf_sync", "newcomer", "Account", "--json")["created"] > 250

    org.expire_sessions()
    again = new("sf_sync", "acme", "Account", "--full", "--json")
    assert (again["created"], again["deleted"]) == (0, 0)
    assert again["unchanged"] == fetched["created"]
    # The same values; numbers may have got their plain spelling (5.0 is 5 now).
    assert values_of(new("sf_export", *exported)) == values_of(rows)
    assert {one["status"] for one in new("sf_orgs", "--json")} == {"connected"}
    found = new("sf_keys", "status", "--json")
    assert not found["unknown"]
