"""Seven plans of an org that were read once, due to be looked at in a round."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from salesforce_simulator import SalesforceOrg
from sfconnector import sync
from sfconnector.models import ApiCall, SyncPlan, SyncRun
from sfconnector.sync.schedule import EPOCH, next_run
from tests.connections import settings_with
from tests.sync.conftest import run
from tests.threads import at_once

OBJECTS = ("Account", "Contact", "Lead", "Case", "Task", "Opportunity", "Campaign")
COMPOSITE = "*/composite*"


@pytest.fixture
def simulated(salesforce_orgs: Callable[..., SalesforceOrg]) -> SalesforceOrg:
    counts = dict.fromkeys(OBJECTS, 12)
    return salesforce_orgs("Round", records=counts, page_size=100)


@pytest.fixture
def plans(org, simulated, settings) -> dict[str, SyncPlan]:
    """Seven plans that were read once; all of them are due. What was asked is forgotten."""
    settings.SFCONNECTOR = settings_with(ROUNDS=True)
    made = {
        name: sync.plan_object(org, sobject=name, mode="rest", every_minutes=15)
        for name in OBJECTS
    }
    for plan in made.values():
        come_due_late(plan)
        assert run(plan).state == SyncRun.State.SUCCEEDED
    SyncRun.objects.all().delete()
    ApiCall.objects.all().delete()
    make_due()
    simulated.requests.clear()
    return made


def come_due_late(plan: SyncPlan) -> None:
    """Let a plan's next time lie half an interval ahead, and not within the test.

    Its times follow from its UUID (see ``schedule.next_slot``).
    """
    passed = int((timezone.now() - EPOCH).total_seconds())
    half = plan.every_minutes * 60 // 2
    plan.uuid = UUID(
        int=plan.pk * plan.every_minutes * 60 + (passed + half) % (2 * half)
    )
    plan.save(update_fields=["uuid"])
    assert next_run(plan, timezone.now()) > timezone.now() + timedelta(seconds=half / 2)


def make_due() -> None:
    SyncPlan.objects.update(next_run_at=timezone.now() - timedelta(seconds=1))


def paths(simulated: SalesforceOrg) -> list[str]:
    return [one.path.rpartition("/")[2] for one in simulated.requests]


def store(simulated: SalesforceOrg):
    return simulated.records.store


def first_id(simulated: SalesforceOrg, sobject: str, place: int = 0) -> str:
    return str(list(store(simulated).scan(sobject))[place]["Id"])


def while_the_org_answers(simulated: SalesforceOrg, deed: Callable[[], object]) -> None:
    """Do something once, between the org's reading and its answer."""

    def strike(request, response) -> None:
        simulated.before_send.clear()
        at_once(deed)

    simulated.before_send.append(strike)
