"""``sf_sync`` changes no plan unless it is told to, and says honestly how a run ended."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core import serializers
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone

from sfconnector import sync
from sfconnector.exceptions import SyncBusy
from sfconnector.models import Org, Record, SyncPlan, SyncRun
from tests.sync.conftest import org, simulated

__all__ = ["org", "simulated"]


def said(*arguments: str, **options: Any) -> Any:
    out = StringIO()
    call_command("sf_sync", *arguments, stdout=out, json=True, **options)
    return json.loads(out.getvalue())


def as_json(rows: Any) -> Any:
    return json.loads(serializers.serialize("json", rows))


def stored(org: Org) -> dict[str, Any]:
    rows = Record.objects.of(org, "Account").order_by("record_id")
    return {row["fields"]["record_id"]: row["fields"] for row in as_json(rows)}


def data_of(row: dict[str, Any]) -> dict[str, Any]:
    held = row["data"]
    return json.loads(held) if isinstance(held, str) else held


def test_fields_are_laid_over_the_cache_and_the_plan_stays(org, simulated):
    said("acme", "Account")
    before, plan_before = stored(org), as_json(org.plans.all())
    changed = sorted(before)[7]
    simulated.records.store.update(
        "Account",
        changed,
        {"Name": "Laid over", "Industry": "Energy", "Website": "https://new.example"},
        user_id=simulated.user.id,
    )
    told = said("acme", "Account", "--fields", "Name,Industry")
    assert told["state"] == "succeeded"
    assert (told["created"], told["updated"]) == (0, 1)
    after = stored(org)
    assert as_json(org.plans.all()) == plan_before
    assert before.keys() == after.keys()
    for key, row in before.items():
        was, now = data_of(row), data_of(after[key])
        differs = {name for name in was | now if was.get(name) != now.get(name)}
        assert differs <= ({"Name", "Industry"} if key == changed else set())
    assert data_of(after[changed])["Name"] == "Laid over"
    assert after[changed]["system_modstamp"] == before[changed]["system_modstamp"]

    said("acme", "Account")  # what else changed is still news to the plan
    assert data_of(stored(org)[changed])["Website"] == "https://new.example"


def test_a_column_that_the_plan_does_not_read_is_added_beside_the_others(org):
    said("acme", "Account", "--fields", "Name")
    assert org.plans.get().fields == ["Name"]
    assert org.plans.get().schedule == SyncPlan.Schedule.MANUAL
    said("acme", "Account", "--fields", "Industry", "--where", "Industry = 'Energy'")
    energy = [
        data_of(row) for row in stored(org).values() if "Industry" in data_of(row)
    ]
    assert energy
    assert {row["Industry"] for row in energy} == {"Energy"}
    assert all(row["Name"] for row in energy)
    assert org.plans.get().fields == ["Name"]


def test_records_that_are_not_cached_stay_so(org, simulated):
    said("acme", "Account")
    count = Record.objects.count()
    simulated.records.store.insert("Account", {"Name": "x"}, user_id=simulated.user.id)
    told = said("acme", "Account", "--fields", "Name")
    assert told["state"] == "warnings"
    assert told["warnings"] == [
        "1 records are not cached yet; a run of the plan reads them."
    ]
    assert Record.objects.count() == count


def test_what_was_cleaned_is_said_once_for_all_pages(org, simulated):
    said("acme", "Account")
    dirty = sorted(stored(org))[:450:150]
    for one in dirty:
        simulated.records.store.overwrite("Account", one, {"Name": "a\x00b"})
    told = said("acme", "Account", "--fields", "Name")
    assert told["state"] == "succeeded"
    assert told["warnings"] == [
        "Name: characters that no database stores were taken out of 3 records."
    ]
    assert sync.cleaned_of(SyncRun.objects.latest("pk")) == {"Name": dirty}


def test_masked_fields_are_not_laid_over(org):
    said("acme", "Account")
    org.sobjects.get(name="Account").sfields.filter(name="Phone").update(is_masked=True)
    told = said("acme", "Account", "--fields", "Phone,Name")
    assert told["warnings"] == ["Not in the org: Phone."]


def test_nothing_is_laid_over_an_empty_cache(org):
    sync.plan_object(org, sobject="Account")
    with pytest.raises(CommandError, match="Nothing of Account is cached yet"):
        said("acme", "Account", "--fields", "Name")


def test_save_changes_the_plan_and_says_what_is_lost(org, capsys):
    said("acme", "Account")
    with pytest.raises(CommandError, match="--yes") as refused:
        said("acme", "Account", "--fields", "Name", "--save")
    assert refused.value.returncode == 2
    assert org.plans.get().fields == []
    said("acme", "Account", "--fields", "Name", "--save", "--yes")
    assert "cached records: " in capsys.readouterr().err
    assert org.plans.get().fields == ["Name"]
    assert not any("Phone" in data_of(row) for row in stored(org).values())


@pytest.mark.parametrize("how", ["verb", "form"])
def test_a_plan_that_is_widened_to_all_fields_reads_them_all(org, how):
    said("acme", "Account", "--fields", "Name")
    if how == "verb":
        sync.plan_object(org, sobject="Account", fields=[])
    else:
        org.plans.update(fields=[])
    said("acme", "Account")
    assert "Phone" in data_of(next(iter(stored(org).values())))


def test_plan_object_changes_only_what_it_is_given(org):
    wanted = {"fields": ["Name"], "where": "Industry = 'Energy'", "mode": "rest"}
    sync.plan_object(org, sobject="Account", every_minutes=30, **wanted)
    plan = sync.plan_object(org, sobject="account", history_days=3)
    plan.refresh_from_db()
    assert (plan.fields, plan.where, plan.mode) == tuple(wanted.values())
    assert (plan.schedule, plan.every_minutes, plan.history_days) == ("every", 30, 3)


def test_a_mode_is_of_the_plan(org):
    said("acme", "Account")
    with pytest.raises(CommandError, match="--save") as refused:
        said("acme", "Account", "--mode", "bulk")
    assert refused.value.returncode == 2


def held_by_another(plan: SyncPlan, **values: Any) -> SyncRun:
    now = timezone.now()
    state = {
        "state": "running",
        "lease_owner": "other:1",
        "lease_until": now + timedelta(seconds=60),
        "started_at": now,
    }
    return SyncRun.objects.create(plan=plan, org=plan.org, **{**state, **values})


def ended(*arguments: str, capsys: Any) -> str:
    with pytest.raises(SystemExit) as end:
        said(*arguments)
    assert end.value.code == 1
    return str(capsys.readouterr().err)


def test_a_run_that_another_worker_has_is_no_success(org, capsys):
    held_by_another(sync.plan_object(org, sobject="Account"))
    told = ended("acme", "Account", capsys=capsys)
    assert "running: other:1 has worked on it since" in told
    assert "--wait" in told


def test_a_run_that_rests_is_no_success(org, capsys):
    until = timezone.now() + timedelta(hours=2)
    plan = sync.plan_object(org, sobject="Account")
    held_by_another(plan, state="parked", parked_until=until, lease_owner="")
    told = ended("acme", "Account", capsys=capsys)
    assert f"parked: It rests until {until:%Y-%m-%d %H:%M} UTC." in told


@pytest.mark.django_db(transaction=True)
def test_wait_waits_for_another_s_run(org):
    run = held_by_another(sync.plan_object(org, sobject="Account"))

    def finish() -> None:
        SyncRun.objects.filter(pk=run.pk).update(
            state="succeeded", finished_at=timezone.now(), lease_owner=""
        )
        connections.close_all()

    timer = threading.Timer(1.0, finish)
    timer.start()
    assert said("acme", "Account", "--wait")["run"] == run.pk
    timer.join()


@pytest.mark.django_db(transaction=True)
def test_wait_waits_until_a_rest_is_over(org):
    plan = sync.plan_object(org, sobject="Account")
    soon = timezone.now() + timedelta(seconds=1)
    held_by_another(plan, state="parked", parked_until=soon, lease_owner="")
    assert said("acme", "Account", "--wait")["state"] == "succeeded"


def test_an_overlay_never_works_beside_a_run(org):
    said("acme", "Account")
    plan = org.plans.get()
    held_by_another(plan)
    with pytest.raises(SyncBusy):
        sync.overlay(plan, fields=["Name"], worker="test")


def test_an_overlay_that_was_killed_is_cancelled_by_the_next_worker(org):
    said("acme", "Account")
    before = as_json(org.plans.all())
    past = timezone.now() - timedelta(seconds=5)
    run = held_by_another(org.plans.get(), mode=SyncRun.OVERLAY, lease_until=past)
    sync.execute(run.pk, worker="test")
    run.refresh_from_db()
    assert run.state == SyncRun.State.CANCELLED
    assert as_json(org.plans.all()) == before
