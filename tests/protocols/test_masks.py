"""A field that is masked leaves every cached record, also those that the org keeps back."""

from __future__ import annotations

from typing import Any

import pytest

from sfconnector import catalog, sync
from sfconnector.models import Record, SObject, SyncPlan, SyncRun
from sfconnector.sync import runner
from tests.sync.conftest import change, live_ids, run
from tests.threads import beside

State = SyncRun.State
FIELDS = ["Name", "Phone", "Industry"]


def mask(org: Any, *names: str, sobject: str = "Account") -> None:
    catalog.mask(SObject.objects.get(org=org, name=sobject), names)


def holding(name: str) -> list[str]:
    """Return the states of cached records that hold a field."""
    return sorted(
        Record.State(row.state).label
        for row in Record.objects.all()
        if name in row.data
    )


@pytest.fixture
def kept_back(org: Any, simulated: Any) -> SyncPlan:
    """A plan that read records which are deleted, purged and out of its filter by now."""
    plan = sync.plan_object(
        org, sobject="Account", mode="rest", fields=FIELDS, where="Name != 'Out'"
    )
    run(plan)
    deleted, purged, out = sorted(live_ids(simulated, "Account"))[:3]
    simulated.clock.advance(600)
    simulated.records.store.delete("Account", deleted, user_id=simulated.user.id)
    simulated.records.store.delete("Account", purged, user_id=simulated.user.id)
    simulated.records.store.hard_delete("Account", purged)
    change(simulated, "Account", out, Name="Out")
    assert run(plan, full=True).state == State.SUCCEEDED
    states = set(Record.objects.values_list("state", flat=True))
    assert states >= {Record.State.DELETED, Record.State.OUT_OF_FILTER}
    assert len(states) >= 4
    return plan


@pytest.mark.parametrize("name", ["Phone", "Website"])
def test_no_record_keeps_what_is_masked(org, kept_back, name):
    """Website is no field of the plan any more: the org would not send it anyway."""
    if name == "Website":
        hidden = Record.objects.exclude(state=Record.State.LIVE)
        for row in hidden:
            hidden.filter(pk=row.pk).update(data=row.data | {"Website": "https://old"})
    assert holding(name)
    mask(org, name)
    done = run(kept_back)
    assert done.state in (State.SUCCEEDED, State.WARNINGS), done.error_text
    assert not holding(name)
    gone = Record.objects.exclude(state=Record.State.LIVE)
    assert all(row.data["Name"] for row in gone)
    assert not run(kept_back).is_full


def test_a_field_that_is_masked_when_a_pass_ends_is_taken_out_by_the_next(
    org, simulated, held
):
    plan = sync.plan_object(org, sobject="Account", mode="rest", fields=FIELDS)
    ending = held(runner, "_succeed")
    with beside(lambda: run(plan)):
        ending.wait()
        mask(org, "Phone")
        ending.let_go()
    assert SyncPlan.objects.get().definition == ""
    run(plan)
    assert not holding("Phone")
    assert not run(plan).is_full


def test_a_field_of_a_parent_that_is_masked_leaves_its_children(org, simulated):
    plan = sync.plan_object(
        org, sobject="Account", mode="rest", fields=["Name", "Owner.Name"]
    )
    run(plan)
    catalog.describe(org, sobject="User")
    assert any("Name" in row.data["Owner"] for row in Record.objects.all())
    mask(org, "Name", sobject="User")
    done = run(plan)
    assert done.state in (State.SUCCEEDED, State.WARNINGS), done.error_text
    assert not any(
        "Name" in (row.data.get("Owner") or ()) for row in Record.objects.all()
    )
