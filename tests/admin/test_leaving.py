"""Disconnecting and deleting an org: what goes and what stays is asked and counted."""

from __future__ import annotations

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from sfconnector import retention
from sfconnector.models import CachedResponse, Org, Record, SyncPlan
from tests.admin.conftest import LOOKS, House, person
from tests.connections import browser_of


def url(verb: str, house: House) -> str:
    return reverse(f"admin:sfconnector_org_{verb}", args=[house.org.pk])


def counted(page: str, name: str) -> set[str]:
    """Return the counts that a page shows beside a name."""
    return set(re.findall(rf"<dt>{name}</dt><dd>([^<]*)</dd>", page))


def test_disconnect_asks_first_and_counts(house: House, admin_client: Client) -> None:
    page = admin_client.get(url("disconnect", house)).content.decode()
    assert 'value="keep" checked' in page
    assert counted(page, "Cached records") == {"1"}
    assert counted(page, "Plans") == {"2"}
    house.org.refresh_from_db()
    assert house.org.is_connected


def test_keep_is_what_happens_unless_one_says_purge(
    house: House, admin_client: Client
) -> None:
    admin_client.post(url("disconnect", house))
    house.org.refresh_from_db()
    assert house.org.status == Org.Status.DISCONNECTED
    assert house.org.purge_requested_at is None
    assert retention.waiting_purges() == []


def test_purge_leaves_the_rows_to_a_worker(house: House, admin_client: Client) -> None:
    admin_client.post(url("disconnect", house), {"cached": "purge"})
    assert Record.objects.count() == 1
    assert retention.waiting_purges() == [house.org.pk]
    page = admin_client.get(url("change", house)).content.decode()
    assert "What was cached is being deleted." in page
    assert retention.purge(house.org.pk)
    assert not Record.objects.exists()
    assert not CachedResponse.objects.exists()
    assert SyncPlan.objects.count() == 2
    assert LogEntry.objects.filter(change_message__contains="purge").exists()


def test_who_may_not_delete_may_not_purge(house: House) -> None:
    client = browser_of(person("connecting", "connect_org", *LOOKS))
    page = client.get(url("disconnect", house)).content.decode()
    assert 'value="purge" disabled' in page
    client.post(url("disconnect", house), {"cached": "purge"})
    house.org.refresh_from_db()
    assert house.org.status == Org.Status.DISCONNECTED
    assert retention.waiting_purges() == []


def test_an_org_is_deleted_after_its_alias_was_typed(
    house: House, admin_client: Client
) -> None:
    page = admin_client.get(url("remove", house)).content.decode()
    assert counted(page, "Cached records") == {"1"}
    assert counted(page, "Lines of the audit trail") == {"1"}
    refused = admin_client.post(url("remove", house), {"alias": "other"})
    assert "That is not the alias" in refused.content.decode()
    assert Org.objects.present().exists()
    purge = {"alias": "northwind", "cached": "purge"}
    admin_client.post(url("remove", house), purge)
    assert not Org.objects.present().exists()
    assert "northwind" not in admin_client.get(
        "/admin/sfconnector/org/?o=1"
    ).content.decode().replace("“northwind”", "")


def test_deleting_can_keep_instead(house: House, admin_client: Client) -> None:
    answer = {"alias": "northwind", "cached": "keep"}
    assert admin_client.post(url("remove", house), answer).status_code == 302
    assert Org.objects.present().get().status == Org.Status.DISCONNECTED
    assert Record.objects.count() == 1


@pytest.mark.parametrize("verb", ["disconnect", "remove"])
def test_nothing_is_done_without_the_right_to_connect(house: House, verb: str) -> None:
    client = browser_of(person("looker", *LOOKS, "delete_org"))
    answer = {"alias": "northwind", "cached": "purge"}
    assert client.post(url(verb, house), answer).status_code == 403
    assert Org.objects.present().get().is_connected


@pytest.mark.parametrize("verb", ["disconnect", "remove"])
def test_purge_is_never_preselected(
    house: House, admin_client: Client, verb: str
) -> None:
    page = admin_client.get(url(verb, house)).content.decode()
    chosen = re.findall(r'name="cached" value="(\w+)" checked', page)
    assert chosen == ["keep"]
    admin_client.post(url(verb, house), {"alias": "northwind"})
    assert Org.objects.present().exists()
    assert Record.objects.count() == 1
