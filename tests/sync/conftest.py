"""A pretend org that is connected, and what tests of the sync do with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from salesforce_simulator import SalesforceOrg
from sfconnector import orgs, sync
from sfconnector.models import Org, Record, SyncPlan, SyncRun
from sfconnector.salesforce.transport import Retry
from tests.connections import org_of, reachable

COUNTS = {"Account": 450, "Contact": 30}


@pytest.fixture
def simulated(salesforce_orgs: Callable[..., SalesforceOrg]) -> SalesforceOrg:
    """A pretend org with small pages, so that a few hundred rows make many of them."""
    return salesforce_orgs("Acme", records=COUNTS, page_size=100)


@pytest.fixture
def org(simulated: SalesforceOrg, transactional_db: None) -> Iterator[Org]:
    """The pretend org, connected."""
    with reachable(simulated):
        yield connected(simulated)


@pytest.fixture
def plan(org: Org) -> SyncPlan:
    """A plan that reads accounts by REST; nothing was read yet."""
    return sync.plan_object(org, sobject="Account", mode="rest")


def connected(simulated: SalesforceOrg, **values: Any) -> Org:
    """Return the row of a pretend org, connected without a person."""
    org = org_of(simulated, flow="client_credentials", **values)
    orgs.connect_headless(org)
    org.refresh_from_db()
    return org


def run(plan: SyncPlan, **options: Any) -> SyncRun:
    """Queue a run of a plan and work on it here."""
    queued = sync.request_run(plan, **options)
    sync.execute(queued.pk, worker="test")
    queued.refresh_from_db()
    return queued


def change(
    simulated: SalesforceOrg, sobject: str, record_id: str, **values: Any
) -> None:
    """Change a record in the pretend org."""
    user = simulated.user.id
    simulated.records.store.update(sobject, record_id, values, user_id=user)


def live_ids(simulated: SalesforceOrg, sobject: str) -> set[str]:
    """Return the ids that the pretend org holds and has not deleted."""
    return {
        str(row["Id"])
        for row in simulated.records.store.scan(sobject)
        if not row.get("IsDeleted")
    }


def cached_ids(org: Org, sobject: str) -> set[str]:
    """Return the ids of the cached records that are live."""
    return set(
        Record.objects.of(org, sobject).live().values_list("record_id", flat=True)
    )


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Repeat as often as ever, but soon: the pauses themselves are tested elsewhere."""
    pause = Retry.pause

    def soon(self, *arguments, **options):
        return None if pause(self, *arguments, **options) is None else 0.01

    monkeypatch.setattr(Retry, "pause", soon)


def is_whole(org: Org, simulated, sobject: str = "Account") -> bool:
    return cached_ids(org, sobject) == live_ids(simulated, sobject)


def again(queued: SyncRun) -> SyncRun:
    """Let a parked run's time come and work on it."""
    SyncRun.objects.filter(pk=queued.pk).update(
        parked_until=timezone.now() - timedelta(seconds=1)
    )
    Org.objects.update(resting_until=None)
    sync.execute(queued.pk, worker="test")
    queued.refresh_from_db()
    return queued


def to_the_end(queued: SyncRun) -> SyncRun:
    for _ in range(10):
        if not queued.is_active:
            break
        again(queued)
    return queued
