"""Both sides on the org page: the org's count, ours, and why they differ."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from salesforce_simulator import SalesforceOrg
from sfconnector import catalog, overview
from sfconnector.models import ApiCall, ConnectedApp, Org, SObject, SyncPlan
from tests.admin.conftest import House, app, full, house, make_org, people
from tests.connections import just_connected
from tests.overview.test_timeline import plan_of, ran

__all__ = ["app", "full", "house", "people"]


def side_of(org: Org, **plan: object) -> overview.Side:
    values = {"last_success_at": timezone.now() - timedelta(hours=1), **plan}
    plan_of(org, "Lead", **values)
    return overview.sides(org).rows[0]


@pytest.mark.parametrize(
    ("here", "where", "counted_hours_ago", "why"),
    [
        (1000, "", 0, ""),
        (995, "", 0, ""),
        (900, "", 0, "Records that our user may not see"),
        (1100, "", 0, "Purged or archived"),
        (900, "", 2, "Counted before the last fetch"),
        (900, "Name != null", 2, "The plan's filter"),
    ],
)
def test_a_difference_that_stays_says_why(
    app: ConnectedApp, here: int, where: str, counted_hours_ago: int, why: str
) -> None:
    org = make_org(app)
    counted = timezone.now() - timedelta(hours=counted_hours_ago)
    SObject.objects.create(
        org=org, name="Lead", live_count=here, counted_in_org=1000, counted_at=counted
    )
    side = side_of(org, where=where)
    assert side.difference == here - 1000
    assert side.why.startswith(why)
    assert bool(side.why) is bool(why)
    assert side.may_help is why.startswith(("Records", "Purged"))


def test_without_counts_or_a_fetch_there_is_no_difference(app: ConnectedApp) -> None:
    org = make_org(app)
    SObject.objects.create(org=org, name="Lead", live_count=0, counted_in_org=7)
    side = side_of(org, last_success_at=None)
    assert (side.in_org, side.difference, side.why) == (7, None, "")
    plan_of(org, "", kind="endpoint", path="/a")
    endpoint = overview.sides(org).rows[0]
    assert (endpoint.plan.path, endpoint.here, endpoint.why) == ("/a", None, "")


def test_the_page_shows_both_sides_and_offers_a_full_pass(
    house: House, full: Client
) -> None:
    now = timezone.now()
    SObject.objects.filter(pk=house.sobject.pk).update(
        live_count=1200, counted_in_org=1500, counted_at=now
    )
    SyncPlan.objects.filter(pk=house.plan.pk).update(
        last_success_at=now - timedelta(hours=1), failures_in_a_row=1
    )
    run = ran(house.plan, 1, state="failed")  # by hand: its plan has no schedule
    page = full.get(reverse("admin:sfconnector_org_change", args=[house.org.pk]))
    text = page.content.decode()
    assert "1,500" in text
    assert "-300" in text
    assert "Fails</span>" in text
    assert reverse("admin:sfconnector_syncrun_change", args=[run.pk]) in text
    assert reverse("admin:sfconnector_syncplan_run", args=[house.plan.pk]) in text
    assert "Full pass" in text


def test_plans_beyond_the_first_are_counted(app: ConnectedApp) -> None:
    org = make_org(app)
    for number in range(5):
        plan_of(org, f"Object{number}")
    plan_of(org, "Zebra", failures_in_a_row=1)
    found = overview.sides(org, most=2)
    assert [one.plan.sobject for one in found.rows] == ["Zebra", "Object0"]
    assert found.left_out == 4


def test_the_count_is_one_call_and_has_an_age(
    db: None, salesforce_orgs: Callable[..., SalesforceOrg]
) -> None:
    simulated = salesforce_orgs("Acme", records={"Account": 7, "Contact": 3})
    with just_connected(simulated) as org:
        catalog.discover(org)
        for name in ("Account", "Contact"):
            plan_of(org, name)
        before = ApiCall.objects.count()
        assert catalog.count_planned(timezone.now()) == 1
        assert ApiCall.objects.count() == before + 1
        rows = {
            row.name: row
            for row in org.sobjects.filter(name__in=("Account", "Contact"))
        }
        assert (rows["Account"].counted_in_org, rows["Contact"].counted_in_org) == (
            7,
            3,
        )
        assert rows["Account"].counted_at
        assert catalog.count_planned(timezone.now()) == 0
        later = timezone.now() + timedelta(hours=7)
        assert catalog.count_planned(later) == 1
