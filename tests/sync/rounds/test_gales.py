"""Rounds by the hundred while the org changes, fails and is fetched from beside them.

No process is killed here, so a round takes milliseconds: what overlaps is the org's
commits, runs of the same plans, edits and faults, at the moments that hurt most.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from salesforce_simulator import SalesforceOrg
from sfconnector import sync
from sfconnector.models import Org, SObject, SyncPlan, SyncRun
from sfconnector.sync.rounds import asked
from tests.chaos.storm import Storm
from tests.connections import settings_with
from tests.faults.evidence import assert_whole
from tests.sync.conftest import run
from tests.threads import at_once

OBJECTS = ("Account", "Contact", "Lead")
FAULTS = (
    {"status": 500},
    {"status": 503},
    {"status": 400},
    {"status": 403},
    {"reset": True},
    {"cut": 0.5, "keep_length": False},
    {"replace": ['"plan1"', '"plan9"']},
    {"replace": ['"totalSize"', '"total"']},
    {"replace": ['"deletedRecords"', '"deleted"']},
)


@pytest.fixture
def simulated(salesforce_orgs: Callable[..., SalesforceOrg]) -> SalesforceOrg:
    return salesforce_orgs("Gale", records=dict.fromkeys(OBJECTS, 30), page_size=40)


class Gale:
    """One seed of it."""

    def __init__(self, org: Org, simulated: SalesforceOrg, seed: int) -> None:
        self.org, self.simulated = org, simulated
        self.random = random.Random(seed)
        self.storm = Storm(org, simulated, seed=seed, broker="")
        self.looked = self.runs = 0

    def step(self) -> None:
        """Change the org, perhaps spoil an answer, look, and do what was queued."""
        for _ in range(self.random.randrange(4)):
            self.storm.mutate()
        if self.random.random() < 0.2:
            fault = dict(self.random.choice(FAULTS))
            self.simulated.faults.add("*/composite*", times=1, **fault)
        if self.random.random() < 0.3:
            self.simulated.before_send.append(self.strike)
        self.simulated.clock.advance(self.random.choice([1, 20, 200, 3_700]))
        self.look()

    def strike(self, request: object, response: object) -> None:
        """Let something happen between what an org has read and its answer."""
        self.simulated.before_send.clear()
        deed = self.random.choice([self.storm.mutate, self.run_one, self.unset])
        at_once(deed)

    def run_one(self) -> None:
        """Let a person's run read a plan beside the round."""
        run(self.random.choice(list(SyncPlan.objects.all())))

    def unset(self) -> None:
        """Let a plan read everything anew."""
        sobject = self.random.choice(OBJECTS)
        SyncPlan.objects.filter(sobject=sobject).update(definition="")

    def look(self) -> None:
        """Make everything due, look, and work on the runs that were queued."""
        due = timezone.now() - timedelta(seconds=1)
        SyncPlan.objects.update(next_run_at=due, paused_at=None, failures_in_a_row=0)
        Org.objects.update(
            round_until=None, resting_until=None, rounds_refused_until=None
        )
        done = sync.look_round(self.org.pk)
        self.looked += done.looked if done else 0
        self.simulated.before_send.clear()
        SyncRun.objects.active().update(parked_until=due)
        for one in SyncRun.objects.active():
            sync.execute(one.pk, worker="gale")
            self.runs += 1


def blow(
    org: Org, simulated: SalesforceOrg, settings, *, seed: int, steps: int
) -> None:
    settings.SFCONNECTOR = settings_with(ROUNDS=True)
    for name in OBJECTS:
        run(sync.plan_object(org, sobject=name, mode="rest", every_minutes=15))
    gale = Gale(org, simulated, seed)
    for _ in range(steps):
        gale.step()
    simulated.faults.clear()
    for _ in range(2):
        simulated.clock.advance(7_200)
        gale.look()
    while SyncRun.objects.active().exists():
        gale.look()
    assert gale.looked > steps / 2
    print(f"seed {seed}: {gale.looked} looks, {gale.runs} runs")
    for name in OBJECTS:
        assert_whole(org, simulated, name)


def test_after_a_gale_the_cache_is_the_org(org, simulated, settings, hasty):
    blow(org, simulated, settings, seed=1, steps=8)


@pytest.mark.soak
@pytest.mark.parametrize("most_rows", [3, 200])
@pytest.mark.parametrize("seed", range(200, 206))
def test_after_a_long_gale_the_cache_is_the_org(
    org, simulated, settings, hasty, monkeypatch, seed, most_rows
):
    monkeypatch.setattr(asked, "MOST_ROWS", most_rows)
    blow(org, simulated, settings, seed=seed, steps=60)


@pytest.mark.soak
def test_five_thousand_changes_at_once_go_to_a_run(org, simulated, settings):
    settings.SFCONNECTOR = settings_with(ROUNDS=True)
    plan = sync.plan_object(org, sobject="Lead", mode="rest", every_minutes=15)
    run(plan)
    store, user = simulated.records.store, simulated.user.id
    simulated.clock.advance(1_000)
    for number in range(5_000):
        values = {"LastName": f"New {number}", "Company": "Storm"}
        store.insert("Lead", values, user_id=user)
    SyncPlan.objects.update(next_run_at=timezone.now())
    assert sync.look_round(org.pk).queued == 1
    sync.execute(SyncRun.objects.active().get().pk, worker="gale")
    assert SObject.objects.get(org=org, name="Lead").total_count >= 5_000
    assert_whole(org, simulated, "Lead")
