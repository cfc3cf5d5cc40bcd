"""Sets of plans in the admin: twenty orgs get the same three plans."""

from __future__ import annotations

import re
import time

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sfconnector.models import AuditEvent, Org, PlanSet, PlanSetOrg, SyncPlan
from tests.admin.conftest import House, make_org, person
from tests.connections import browser_of

pytestmark = pytest.mark.django_db


def apply_url(plan_set: PlanSet) -> str:
    return reverse("admin:sfconnector_planset_apply", args=[plan_set.pk])


def all_orgs() -> dict[str, str]:
    """Return what the button below the list sends while every org is shown."""
    return {"shown": ",".join(str(org.pk) for org in Org.objects.all())}


def test_twenty_orgs_get_the_same_three_plans_in_two_presses(
    house: House, admin_client: Client
) -> None:
    for name in ("Contact", "Lead"):
        SyncPlan.objects.create(
            org=house.org, sobject=name, schedule="every", every_minutes=15
        )
    orgs = [make_org(house.app, f"org-{n}", catalog_at=None) for n in range(20)]
    plans = house.org.plans.filter(kind="object")
    plans.update(schedule="every", every_minutes=15)
    action = {"action": "make_set", "_selected_action": [one.pk for one in plans]}
    changelist = reverse("admin:sfconnector_syncplan_changelist")
    answer = admin_client.post(changelist, action, follow=True)
    made = PlanSet.objects.exclude(pk=house.planset.pk).get()
    assert answer.redirect_chain[-1][0].endswith(f"/planset/{made.pk}/change/")
    assert "Apply to orgs" in answer.content.decode()

    began = time.process_time()
    page = admin_client.post(apply_url(made), all_orgs(), follow=True)
    took = time.process_time() - began
    assert "Applied to 21 orgs: 60 plans made, 0 changed." in page.content.decode()
    assert took < 15
    for org in orgs:
        names = org.plans.filter(every_minutes=15).values_list("sobject", flat=True)
        assert set(names) == {"Account", "Contact", "Lead"}
    lines = AuditEvent.objects.filter(action="plan_set.applied", user_name="admin")
    assert lines.count() == 21
    again = admin_client.post(apply_url(made), all_orgs(), follow=True)
    assert "Applied to 0 orgs" in again.content.decode()


def test_drift_is_shown_and_the_ticked_org_alone_is_mended(
    house: House, admin_client: Client
) -> None:
    other = make_org(house.app, "contoso", catalog_at=None)
    admin_client.post(apply_url(house.planset), {"org": [house.org.pk, other.pk]})
    assert PlanSetOrg.objects.count() == 2
    SyncPlan.objects.filter(org__in=[house.org, other]).update(where="Name != null")
    page = admin_client.get(apply_url(house.planset)).content.decode()
    assert page.count("differs</span>") == 2
    assert "filter" in page
    admin_client.post(apply_url(house.planset), {"org": [other.pk]})
    assert other.plans.get().where == ""
    house.plan.refresh_from_db()
    assert house.plan.where == "Name != null"
    url = reverse("admin:sfconnector_planset_change", args=[house.planset.pk])
    assert "1 org differs" in admin_client.get(url).content.decode()


def test_an_org_of_another_group_is_neither_shown_nor_reached(
    house: House, people: dict[str, Client]
) -> None:
    house.plan.delete()
    seen = make_org(house.app, "open", catalog_at=None)
    house.planset.applied.create(org=seen, applied_at=timezone.now())
    everywhere = {**all_orgs(), "org": [house.org.pk]}
    page = people["outsider"].post(apply_url(house.planset), everywhere, follow=True)
    assert page.status_code == 200
    assert "northwind" not in page.content.decode()
    assert seen.plans.filter(kind="object").exists()
    assert not house.org.plans.filter(kind="object").exists()
    people["full"].post(apply_url(house.planset), all_orgs())
    assert house.org.plans.filter(kind="object").exists()


def test_a_set_of_hidden_orgs_is_hidden_and_a_shared_one_is_not_changed(
    house: House,
) -> None:
    """Its filter tells of the orgs, and what it says next is applied there."""
    group = Group.objects.create(name="few")
    house.org.visible_to.add(group)
    open_org = make_org(house.app, "open", catalog_at=None)
    member = house.planset.members.get()
    member.where = "Name = 'Secret project'"
    member.save()
    house.planset.applied.create(org=house.org, applied_at=timezone.now())
    rights = Permission.objects.filter(content_type__app_label="sfconnector")
    eve = person("eve")
    eve.user_permissions.set(rights)
    client = browser_of(eve)
    pages = {
        name: reverse(f"admin:sfconnector_planset_{name}", args=[house.planset.pk])
        for name in ("change", "delete", "apply", "history")
    }
    for name, url in pages.items():
        answer = client.get(url, follow=True)
        assert "Secret project" not in answer.content.decode(), name
    client.post(pages["delete"], {"post": "yes"})
    assert PlanSet.objects.filter(pk=house.planset.pk).exists()

    house.planset.applied.create(org=open_org, applied_at=timezone.now())
    assert client.get(pages["change"]).status_code == 200
    client.post(pages["change"], {"name": "Hers"})
    client.post(pages["delete"], {"post": "yes"})
    house.planset.refresh_from_db()
    assert house.planset.name != "Hers"
    eve.groups.add(group)
    client = browser_of(type(eve).objects.get(pk=eve.pk))
    client.post(pages["delete"], {"post": "yes"})
    assert not PlanSet.objects.filter(pk=house.planset.pk).exists()


def test_whoever_makes_a_set_sees_it_before_an_org_has_it(house: House) -> None:
    house.org.visible_to.add(Group.objects.create(name="few"))
    eve, ada = person("eve", "view_planset"), person("ada", "view_planset")
    made = PlanSet.objects.create(name="Hers", created_by=eve)
    assert list(PlanSet.objects.visible_to(eve)) == [made]
    assert not PlanSet.objects.visible_to(ada).exists()


@pytest.mark.parametrize("lacks", ["sync_org", "add_syncplan", "change_syncplan"])
def test_who_may_not_make_plans_may_not_apply_a_set(house: House, lacks: str) -> None:
    may = {"view_planset", "sync_org", "add_syncplan", "change_syncplan"} - {lacks}
    client = browser_of(person("somebody", *may))
    assert client.post(apply_url(house.planset), all_orgs()).status_code == 403
    assert not PlanSetOrg.objects.exists()


BY_HAND = {
    "name": "By hand", "schedule": "cron", "cron_preset": "0 6 * * *", "cron": "",
    "members-TOTAL_FORMS": "1", "members-INITIAL_FORMS": "0",
    "members-0-sobject": "Account", "members-0-fields": "Name",
    "members-0-where": "Name != null",
}  # fmt: skip


def test_a_new_set_leads_on_to_the_page_that_applies_it(
    house: House, admin_client: Client
) -> None:
    url = reverse("admin:sfconnector_planset_add")
    given = {**BY_HAND, "name": "<b>Hers</b>", "_save": "Save"}
    page = admin_client.post(url, given, follow=True)
    made = PlanSet.objects.get(name="<b>Hers</b>")
    assert page.redirect_chain[-1][0].endswith(f"/planset/{made.pk}/change/")
    (said,) = (str(one) for one in page.context["messages"])
    assert f'<a href="{apply_url(made)}">' in said
    assert said in page.content.decode()
    assert "<b>Hers" not in page.content.decode()

    more = {**BY_HAND, "name": "More", "_addanother": "1"}
    assert admin_client.post(url, more)["Location"] == url
    helper = browser_of(
        person("helper", "add_planset", "view_planset", "explore_org")
    )  # may write sets, and apply none
    page = helper.post(url, {**given, "name": "Other"}, follow=True)
    assert page.redirect_chain[-1][0].endswith("/change/")
    (said,) = (str(one) for one in page.context["messages"])
    assert "no org has it yet" in said
    assert "href" not in said


def test_a_set_is_written_in_its_form(house: House, admin_client: Client) -> None:
    url, data = reverse("admin:sfconnector_planset_add"), BY_HAND
    assert admin_client.post(url, data).status_code == 302
    made = PlanSet.objects.get(name="By hand")
    assert (made.cron, made.members.get().fields) == ("0 6 * * *", ["Name"])
    assert AuditEvent.objects.filter(action="plan_set.made", user_name="admin").exists()
    wrong = {**data, "name": "Other", "members-0-where": "WHERE x", "cron_preset": ""}
    page = admin_client.post(url, wrong).content.decode()
    assert "Leave the word WHERE out" in page
    assert "Write the cron text." in page


def test_what_an_org_refuses_is_told(house: House, admin_client: Client) -> None:
    house.planset.members.create(sobject="Lead")
    page = admin_client.post(apply_url(house.planset), all_orgs(), follow=True)
    said = [str(one) for one in page.context["messages"]]
    assert any("Lead: northwind has no object Lead." in one for one in said), said


def test_a_narrowed_list_names_and_changes_only_what_it_shows(
    house: House, admin_client: Client
) -> None:
    shown = [make_org(house.app, f"emea-{n}", catalog_at=None) for n in range(2)]
    url = apply_url(house.planset)
    assert "Apply to all 3 orgs" in admin_client.get(url).content.decode()
    page = admin_client.get(url, {"q": "EMEA"}).content.decode()
    assert "<span>Apply to the 2 shown</span>" in page
    assert "northwind" not in page
    button = re.search(r'name="shown" value="([^"]*)"', page)
    assert button
    assert button[1] == ",".join(str(org.pk) for org in shown)
    given = {"shown": button[1], "org": [house.org.pk]}  # ticked, and not shown
    answer = admin_client.post(url, given, follow=True).content.decode()
    assert "Applied to 2 orgs" in answer
    assert not PlanSetOrg.objects.filter(org=house.org).exists()

    nothing = admin_client.post(url, {"shown": "", "org": [house.org.pk]}, follow=True)
    assert "Tick the orgs" in nothing.content.decode()
    assert PlanSetOrg.objects.count() == 2


EVERY_15 = {"schedule": "every", "every_minutes": 15, "cron": ""}
EVERY_60 = {"schedule": "every", "every_minutes": 60, "cron": ""}
EVERY_MINUTE = {"schedule": "every", "every_minutes": 1, "cron": ""}
CRON = {"schedule": "cron", "every_minutes": 15, "cron": "0 6 * * *"}
MANUAL = {"schedule": "manual", "every_minutes": None, "cron": ""}


@pytest.mark.parametrize(
    ("has", "says", "told", "listed"),
    [
        (EVERY_15, EVERY_60, "every 15 minutes → every 60 minutes", "Every 60 minutes"),
        (EVERY_15, CRON, "every 15 minutes → 0 6 * * *", "0 6 * * *"),
        (CRON, EVERY_MINUTE, "0 6 * * * → every minute", "Every minute"),
        (MANUAL, EVERY_15, "Only when asked → every 15 minutes", "Every 15 minutes"),
        (CRON, MANUAL, "0 6 * * * → Only when asked", "Only when asked"),
    ],
)
def test_a_schedule_is_told_with_its_numbers(
    house: House,
    admin_client: Client,
    has: dict[str, object],
    says: dict[str, object],
    told: str,
    listed: str,
) -> None:
    SyncPlan.objects.filter(pk=house.plan.pk).update(**has)
    PlanSet.objects.filter(pk=house.planset.pk).update(**says)
    page = admin_client.get(apply_url(house.planset)).content.decode()
    assert f"</a>: {told}</span>" in page
    changelist = reverse("admin:sfconnector_planset_changelist")
    page = admin_client.get(changelist).content.decode()
    assert listed in page
    assert "so many" not in page


def test_a_plan_of_a_set_says_so_to_whoever_may_see_the_set(
    house: House, people: dict[str, Client]
) -> None:
    def shown(client: Client, plan: SyncPlan = house.plan) -> str:
        url = reverse("admin:sfconnector_syncplan_change", args=[plan.pk])
        return client.get(url).content.decode()

    own = reverse("admin:sfconnector_planset_change", args=[house.planset.pk])
    link = f'<a href="{own}">The set</a>'
    assert "From the plan set" not in shown(people["full"])  # nobody applied it here
    house.planset.applied.create(org=house.org, applied_at=timezone.now())
    house.planset.members.update(sobject="ACCOUNT")
    for name in ("full", "looker"):
        assert link in shown(people[name]), name

    ann = person("ann", "view_syncplan", "view_org")
    ann.groups.set(house.org.visible_to.all())
    page = shown(browser_of(ann))
    assert "From a plan set." in page
    assert "The set" not in page
    assert own not in page

    lead = SyncPlan.objects.create(org=house.org, kind="object", sobject="Lead")
    endpoint = house.org.plans.get(kind="endpoint")
    for other in (lead, endpoint):
        assert link not in shown(people["full"], other)
