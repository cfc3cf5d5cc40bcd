"""Sets of plans: applied to many orgs, and where these differ from them."""

from __future__ import annotations

import pytest

from sfconnector import sync
from sfconnector.audit import Actor
from sfconnector.exceptions import InvalidRequest
from sfconnector.models import (
    AuditEvent,
    ConnectedApp,
    Org,
    PlanSet,
    PlanSetObject,
    SField,
    SObject,
    SyncPlan,
)
from tests.connections import bare_org, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan_set() -> PlanSet:
    made = PlanSet.objects.create(name="Sales", schedule="every", every_minutes=15)
    for name, fields in (("Account", ["Name", "Industry"]), ("Contact", [])):
        PlanSetObject.objects.create(plan_set=made, sobject=name, fields=fields)
    return made


@pytest.fixture
def org() -> Org:
    return bare_org()


def columns(plan_set: PlanSet, org: Org) -> dict[str, tuple[str, ...] | None]:
    return {
        one.member.sobject: one.columns if one.plan else None
        for one in sync.differences(plan_set, [org])[org.pk]
    }


def test_an_org_gets_the_plans_of_a_set_and_a_second_time_changes_nothing(
    plan_set: PlanSet, org: Org
) -> None:
    assert columns(plan_set, org) == {"Account": None, "Contact": None}
    user = person()
    done = sync.apply_set(plan_set, org=org, by=Actor(user))
    assert [plan.sobject for plan in done.made] == ["Account", "Contact"]
    plan = org.plans.get(sobject="Account")
    assert (plan.fields, plan.every_minutes) == (["Name", "Industry"], 15)
    assert plan.next_run_at is not None
    assert plan.created_by == user
    assert columns(plan_set, org) == {}
    again = sync.apply_set(plan_set, org=org)
    assert (again.made, again.changed, again.refused) == ((), (), ())
    line = AuditEvent.objects.filter(action="plan_set.applied").order_by("pk").first()
    assert line is not None
    assert line.detail["made"] == ["Account", "Contact"]
    assert (line.user_name, line.org) == ("ada", org)


def test_drift_is_told_column_by_column_and_mended(plan_set: PlanSet, org: Org) -> None:
    sync.apply_set(plan_set, org=org)
    account = org.plans.filter(sobject="Account")
    account.update(fields=["industry", "NAME"], name="Ours", is_enabled=False)
    assert columns(plan_set, org) == {}  # order, case and the org's own business
    account.update(fields=["Name"], where="Name != null")
    org.plans.filter(sobject="Contact").update(every_minutes=60)
    assert columns(plan_set, org) == {
        "Account": ("fields", "where"),
        "Contact": ("every_minutes",),
    }
    PlanSet.objects.filter(pk=plan_set.pk).update(schedule="cron", cron="0 6 * * *")
    plan_set.refresh_from_db()
    assert columns(plan_set, org)["Contact"] == ("schedule", "cron")
    done = sync.apply_set(plan_set, org=org)
    assert {plan.sobject for plan in done.changed} == {"Account", "Contact"}
    assert columns(plan_set, org) == {}
    plan = account.get()
    assert (plan.where, plan.cron, plan.every_minutes) == ("", "0 6 * * *", None)
    assert (plan.name, plan.is_enabled) == ("Ours", False)


def test_what_one_org_refuses_keeps_nothing_else_away(
    plan_set: PlanSet, org: Org
) -> None:
    contact = SObject.objects.create(org=org, name="Contact")
    SField.objects.create(sobject=contact, name="Email", is_masked=True)
    Org.objects.filter(pk=org.pk).update(catalog_at="2026-01-01T00:00Z")
    org.refresh_from_db()
    PlanSetObject.objects.filter(sobject="Contact").update(where="Email != null")
    PlanSetObject.objects.create(plan_set=plan_set, sobject="Lead")
    SObject.objects.create(org=org, name="Lead")
    done = sync.apply_set(plan_set, org=org)
    assert [plan.sobject for plan in done.made] == ["Lead"]
    told = {name: str(error) for name, error in done.refused}
    assert "has no object Account" in told["Account"]
    assert "Email is masked" in told["Contact"]


def test_a_set_is_made_of_plans_that_read_objects(org: Org) -> None:
    options = {"schedule": "cron", "cron": "0 6 * * *"}
    SyncPlan.objects.create(org=org, sobject="Account", where="Name != null", **options)
    SyncPlan.objects.create(org=org, sobject="Lead", fields=["Name"])
    endpoint = SyncPlan.objects.create(org=org, kind="endpoint", path="/services/data")
    made = sync.set_from(list(org.plans.order_by("sobject")), name="Of acme")
    assert made.cron == "0 6 * * *"
    assert list(made.members.values_list("sobject", "fields", "where")) == [
        ("Account", [], "Name != null"),
        ("Lead", ["Name"], ""),
    ]
    with pytest.raises(InvalidRequest):
        sync.set_from([endpoint], name="Nothing")


def test_differences_take_as_many_queries_for_many_orgs(
    plan_set: PlanSet, org: Org, django_assert_num_queries: object
) -> None:
    app = ConnectedApp.objects.get()
    orgs = [Org.objects.create(alias=f"org-{n}", app=app) for n in range(30)]
    with django_assert_num_queries(2):  # type: ignore[operator]  # pytest-django's
        found = sync.differences(plan_set, orgs)
    assert len(found) == 30
