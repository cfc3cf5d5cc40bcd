"""Keys rotate under processes that run on; a wrong or lost one is red everywhere."""

from __future__ import annotations

import base64
import contextlib
import itertools
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.test import Client, override_settings
from django.urls import reverse

from sfconnector import keys, tokens
from sfconnector.models import ConnectedApp, Credential, Org
from tests.connections import PROBE, connect, org_of, reachable, settings_with
from tests.faults.processes import ROOT, environment

OLD = settings.SFCONNECTOR["ENCRYPTION_KEYS"]
NEW = f"k2:{base64.b64encode(b'n' * 32).decode()}"
WRONG = f"t1:{base64.b64encode(b'w' * 32).decode()}"
CALLS = """
import sys
import django
django.setup()
from sfconnector import orgs
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import Org
print("up", flush=True)
for _line in sys.stdin:
    try:
        with orgs.client_for(Org.objects.get(), purpose="test", patient=False) as one:
            one.limits()
        print("ok", flush=True)
    except SFConnectorError as error:
        print(type(error).__name__, error, flush=True)
"""


def keyed(*entries: str) -> override_settings:
    return override_settings(
        SFCONNECTOR=settings_with(ENCRYPTION_KEYS=",".join(entries))
    )


@pytest.fixture
def org(salesforce_org, transactional_db) -> Iterator[Org]:
    with reachable(salesforce_org):
        row = org_of(salesforce_org)
        connect(row)
        row.refresh_from_db()
        yield row


class Caller:
    """A process that was started with some keys and calls the org when it is told."""

    def __init__(self, simulated: Any, *entries: str) -> None:
        self._popen = subprocess.Popen(
            [sys.executable, "-c", CALLS],
            cwd=ROOT,
            env=environment([simulated], SFCONNECTOR_ENCRYPTION_KEYS=",".join(entries)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._read() == "up"

    def call(self) -> str:
        """Let it call the org; return what came of it."""
        self._popen.stdin.write("\n")
        self._popen.stdin.flush()
        return self._read()

    def _read(self) -> str:
        return self._popen.stdout.readline().strip()

    def end(self) -> None:
        """End it."""
        self._popen.communicate(timeout=20)


@contextlib.contextmanager
def started(simulated: Any, *entries: str) -> Iterator[Caller]:
    caller = Caller(simulated, *entries)
    try:
        yield caller
    finally:
        caller.end()


def test_a_process_that_does_not_know_the_new_key_yet_blames_itself(
    org, salesforce_org
):
    with started(salesforce_org, OLD) as old:
        assert old.call() == "ok"
        with keyed(NEW, OLD):
            assert keys.rotate().resealed
        said = old.call()
        assert said.startswith("Transient This process does not know"), said
        # Also in mid-refresh, where the app's own secret is what does not open.
        salesforce_org.expire_sessions()
        assert old.call().startswith("Transient This process does not know")
    org.refresh_from_db()
    assert org.status == Org.Status.CONNECTED, org.status_text
    with started(salesforce_org, NEW, OLD) as new:
        assert new.call() == "ok"
    with started(salesforce_org, OLD) as late:
        assert late.call().startswith("SecretUnreadable")


def test_a_new_app_secret_that_an_old_process_cannot_open_costs_no_connection(
    org, salesforce_org
):
    with started(salesforce_org, OLD) as old:
        assert old.call() == "ok"
        with keyed(NEW, OLD):
            app = ConnectedApp.objects.get()
            app.set_consumer_secret(app.consumer_secret)
            app.save()
        salesforce_org.expire_sessions()
        assert old.call().startswith("Transient This process does not know")
    org.refresh_from_db()
    assert org.status == Org.Status.CONNECTED, org.status_text
    assert Credential.objects.get().lease_owner == ""


def test_no_call_fails_when_keys_rotate_in_the_three_steps_of_the_guide(
    org, salesforce_org
):
    """Add last, move first, seal anew; each step restarts one process after another."""
    steps = ((OLD,), (OLD, NEW), (NEW, OLD), (NEW,))
    for before, after in itertools.pairwise(steps):
        with started(salesforce_org, *before) as old:
            if after == (NEW,):
                with keyed(NEW, OLD):
                    keys.rotate()
            with started(salesforce_org, *after) as new:
                for _ in range(2):
                    salesforce_org.expire_sessions()
                    assert new.call() == "ok"
                    assert old.call() == "ok"
    org.refresh_from_db()
    assert org.status == Org.Status.CONNECTED
    assert keys.lost() == ["k2"]  # for this process, which was told of no step


def status_said(*entries: str) -> str:
    out = StringIO()
    with keyed(*entries):
        call_command("sf_keys", "status", stdout=out)
    return out.getvalue()


def test_sf_keys_tells_a_key_that_comes_from_one_that_goes(org):
    said = status_said(OLD, NEW)
    assert "Key k2 seals nothing yet. Once every process" in said
    assert "may be removed" not in said
    with keyed(NEW, OLD):
        keys.rotate()
    said = status_said(NEW, OLD)
    assert "Key t1 seals nothing any more: it may be removed." in said
    assert "Backups from before 20" in said


@pytest.mark.parametrize(
    ("entry", "code"), [(WRONG, "E105"), (NEW, "E107")], ids=["wrong", "lost"]
)
def test_a_wrong_or_lost_key_is_red_for_release_and_probe(
    org, client: Client, entry, code
):
    with keyed(entry):
        for more in ({}, {"databases": ["default"]}):
            with pytest.raises(SystemCheckError, match=f"sfconnector.{code}"):
                call_command("check", deploy=True, fail_level="ERROR", **more)
        answer = client.get(reverse("sfconnector:readyz"), headers=PROBE)
    assert answer.status_code == 503
    assert answer.json()["checks"]["encryption_key"] != "ok"


def test_the_right_key_is_green_for_release_and_probe(org, client: Client):
    with keyed(NEW, OLD):
        answer = client.get(reverse("sfconnector:readyz"), headers=PROBE)
    assert answer.json()["checks"]["encryption_key"] == "ok"
    assert tokens.is_renewing() is False
