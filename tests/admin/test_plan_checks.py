"""What a plan's form knows before it saves, and two people in one plan."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from salesforce_simulator import SalesforceOrg
from sfconnector import catalog, gateway
from sfconnector.models import Org, SField, SObject, SyncPlan
from tests.admin.conftest import House, add_fields
from tests.admin.test_forms import PLAN, errors

ADD = "/admin/sfconnector/syncplan/add/"


@pytest.fixture
def known(house: House) -> House:
    """Describe a parent as well, and one that may be one of two objects."""
    parent = SObject.objects.create(org=house.org, name="User")
    add_fields(parent, ("Id", "id"), ("Email", "email"))
    for name, leads_to in (("Owner", ["User"]), ("Who", ["Contact", "Lead"])):
        SField.objects.create(
            sobject=house.sobject,
            name=f"{name}Id",
            type="reference",
            relationship_name=name,
            reference_to=leads_to,
        )
    house.plan.delete()
    return house


def refused(client: Client, house: House, **given: str) -> str:
    return errors(client, ADD, {**PLAN, "org": house.org.pk, **given})


def test_all_wrong_fields_are_told_at_once_with_the_way_to_the_object(
    known: House, admin_client: Client
) -> None:
    told = refused(admin_client, known, fields="Nmae One Two Name Owner.Nope")
    assert "Account has no fields Nmae, One, Two." in told
    assert "Did you mean Name?" in told
    url = reverse("admin:sfconnector_sobject_change", args=[known.sobject.pk])
    assert f'href="{url}"' in told


@pytest.mark.parametrize(
    ("where", "told"),
    [
        ("Nmae = 'x' AND One > 5", "has no fields Nmae, One."),
        ("Owner.Nope = 'x'", "has no field Owner.Nope."),
        ("Nobody.Name = 'x'", "has no field Nobody.Name."),
        ("Id IN (SELECT Nope FROM User)", "has no field Nope."),
        ("Name = 'x", "a quote is missing"),
        ("(Name = 'x'", "a parenthesis that is not closed"),
    ],
)
def test_quotes_and_fields_of_the_filter_are_checked(
    known: House, admin_client: Client, where: str, told: str
) -> None:
    assert told in refused(admin_client, known, where=where)


@pytest.mark.parametrize(
    "where",
    [
        "name = 'Nope' AND Account.Name != null",
        "Owner.Email = 'x' OR Account.Owner.Email = 'y'",
        "Who.Anything__c = 1",
        "CreatedById = LAST_N_DAYS:5",
        "Id IN (SELECT AccountId FROM Contact WHERE Nope = 1)",
        "Name > TODAY OR Name < LAST_FISCAL_QUARTER OR Name = USD5000",
    ],
)
def test_what_is_right_or_not_known_passes(known: House, where: str) -> None:
    SField.objects.create(sobject=known.sobject, name="CreatedById")
    assert gateway.unknown_fields(known.org, sobject="Account", where=where) == []


def test_a_filter_of_fifty_kilobytes_is_checked_within_a_second(
    known: House, admin_client: Client
) -> None:
    where = " OR ".join(f"Name = 'n{number:06}'" for number in range(2_500))
    assert len(where) > 49_000
    began = time.process_time()
    told = refused(admin_client, known, where=f"{where} OR Nope = 1")
    assert "has no field Nope." in told
    assert time.process_time() - began < 1


def test_an_object_that_was_never_described_is_described_then(
    connected_org: Org, admin_client: Client
) -> None:
    data = {**PLAN, "org": connected_org.pk, "sobject": "contact"}
    told = errors(admin_client, ADD, {**data, "fields": "LastNme, Nope"})
    assert "Contact has no fields LastNme, Nope." in told
    assert SObject.objects.get(org=connected_org, name="Contact").described_at
    told = errors(admin_client, ADD, {**data, "sobject": "Nothing__c"})
    assert "does not describe Nothing__c" in told


def test_an_org_that_does_not_answer_is_no_reason_to_refuse_a_plan(
    connected_org: Org, admin_client: Client, salesforce_org: SalesforceOrg
) -> None:
    salesforce_org.faults.add("*", reset=True)
    data = {**PLAN, "org": connected_org.pk, "sobject": "Contact"}
    assert admin_client.post(ADD, data).status_code == 302


def test_an_object_that_vanished_is_told_but_its_plan_can_be_switched_off(
    house: House, admin_client: Client
) -> None:
    SObject.objects.filter(pk=house.sobject.pk).update(is_present=False)
    url = reverse("admin:sfconnector_syncplan_change", args=[house.plan.pk])
    data = {**PLAN, "org": house.org.pk}
    assert admin_client.post(url, data).status_code == 302
    house.plan.refresh_from_db()
    assert not house.plan.is_enabled
    house.plan.delete()
    assert "no longer has the object account" in refused(admin_client, house)


def test_the_plan_that_is_in_the_way_is_linked(
    house: House, admin_client: Client
) -> None:
    url = reverse("admin:sfconnector_syncplan_change", args=[house.plan.pk])
    assert f'href="{url}"' in refused(admin_client, house)


def test_an_object_that_cannot_be_queried_is_told(
    known: House, admin_client: Client
) -> None:
    SObject.objects.filter(pk=known.sobject.pk).update(queryable=False)
    assert "cannot be queried" in refused(admin_client, known)


def test_a_name_of_many_emoji_is_refused_in_words(
    known: House, admin_client: Client
) -> None:
    assert "at most 120" in refused(admin_client, known, name="\U0001f600" * 255)


# --- Two windows ---------------------------------------------------------------------


def opened(client: Client, url: str) -> dict[str, Any]:
    """Return what a window that was opened now would send."""
    page = client.get(url).content.decode()
    [version] = re.findall('name="_seen" value="([^"]+)"', page)
    return {"_seen": version}


def test_the_second_of_two_windows_is_told_and_nothing_is_lost(
    house: House, admin_client: Client, full: Client
) -> None:
    url = reverse("admin:sfconnector_syncplan_change", args=[house.plan.pk])
    data = {**PLAN, "org": house.org.pk, "sobject": "Account", "is_enabled": "on"}
    mine, theirs = opened(full, url), opened(admin_client, url)
    first = {**data, **theirs, "where": "Name != null", "name": "Theirs"}
    assert admin_client.post(url, first).status_code == 302
    house.plan.pause("")  # what a worker writes is no change of a person

    second = {**data, **mine, "overlap_minutes": "77", "name": "Mine"}
    answer = full.post(url, second)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "was changed while you wrote" in page
    assert "Name != null" in page
    assert "“Theirs”" in page
    assert 'value="77"' in page
    assert 'value="Mine"' in page
    house.plan.refresh_from_db()
    assert (house.plan.name, house.plan.overlap_minutes) == ("Theirs", 10)

    [version] = re.findall('name="_seen" value="([^"]+)"', page)
    assert full.post(url, {**second, "_seen": version}).status_code == 302
    house.plan.refresh_from_db()
    assert (house.plan.name, house.plan.overlap_minutes) == ("Mine", 77)


def test_two_windows_that_say_the_same_are_no_trouble(
    house: House, admin_client: Client
) -> None:
    url = reverse("admin:sfconnector_syncplan_change", args=[house.plan.pk])
    data = {**PLAN, "org": house.org.pk, "sobject": "Account", "name": "Same"}
    mine, theirs = opened(admin_client, url), opened(admin_client, url)
    assert admin_client.post(url, {**data, **theirs}).status_code == 302
    assert admin_client.post(url, {**data, **mine}).status_code == 302


def test_a_run_beside_a_window_changes_nothing_of_it(
    house: House, admin_client: Client
) -> None:
    url = reverse("admin:sfconnector_syncplan_change", args=[house.plan.pk])
    mine = opened(admin_client, url)
    SyncPlan.objects.filter(pk=house.plan.pk).update(failures_in_a_row=3)
    data = {**PLAN, "org": house.org.pk, "sobject": "Account", "name": "Mine"}
    assert admin_client.post(url, {**data, **mine}).status_code == 302


def test_an_org_of_two_thousand_objects_keeps_the_form_quick(
    known: House, admin_client: Client
) -> None:
    SObject.objects.bulk_create(
        SObject(org=known.org, name=f"Thing{number}__c") for number in range(2_000)
    )
    began = time.process_time()
    told = refused(admin_client, known, sobject="Thing2O00__c")
    assert "has no object Thing2O00__c." in told
    assert time.process_time() - began < 1
    assert catalog.canonical_name(known.org, "thing7__c") == "Thing7__c"
