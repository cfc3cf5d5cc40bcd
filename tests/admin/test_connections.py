"""Copies are adopted or detached, keys shown and rotated, unused grants found."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from sfconnector import keys, tokens
from sfconnector.models import AuditEvent, Credential, Org
from sfconnector.secret import Secret
from tests.connections import bare_org, settings_with

CANARY = "CANARY-refresh-token-41c9"
ELSEWHERE = settings_with(DEPLOYMENT="a copy")


@pytest.fixture
def org(db: None) -> Org:
    org = bare_org(status=Org.Status.CONNECTED)
    row = Credential(org=org, fingerprint=tokens.fingerprint())
    row.refresh_token_enc = row.sealed_refresh_token(Secret(CANARY))
    row.access_token_enc = row.sealed_access_token(Secret(CANARY))
    row.save()
    return org


def press(client: Client, org: Org, verb: str) -> str:
    url = reverse(f"admin:sfconnector_org_{verb}", args=[org.pk])
    answer = client.post(url, follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_copy_offers_adopt_and_detach(org: Org, admin_client: Client) -> None:
    org.set_status(Org.Status.DETACHED, code=tokens.OTHER_DEPLOYMENT, text="A copy.")
    page = reverse("admin:sfconnector_org_change", args=[org.pk])
    with override_settings(SFCONNECTOR=ELSEWHERE):
        text = admin_client.get(page).content.decode()
        assert reverse("admin:sfconnector_org_adopt", args=[org.pk]) in text
        assert "Detach" in text
        assert "from now on" in press(admin_client, org, "adopt")
    org.refresh_from_db()
    assert org.is_connected
    event = AuditEvent.objects.get(action="clone.adopted")
    assert (event.user_name, event.client_address) == ("admin", "127.0.0.1")


def test_a_copy_is_detached(org: Org, admin_client: Client) -> None:
    with override_settings(SFCONNECTOR=ELSEWHERE):
        assert "the other site goes on" in press(admin_client, org, "detach")
    assert Credential.objects.get().refresh_token is None


def test_tokens_that_belong_here_are_neither_adopted_nor_detached(
    org: Org, admin_client: Client
) -> None:
    assert "nothing to decide" in press(admin_client, org, "detach")
    assert Credential.objects.get().refresh_token == Secret(CANARY)


def test_an_org_that_needs_a_person_can_be_tested(
    org: Org, admin_client: Client
) -> None:
    org.set_status(Org.Status.NEEDS_RECONNECT, code="invalid_grant", text="It ended.")
    page = admin_client.get(reverse("admin:sfconnector_org_change", args=[org.pk]))
    assert "Test connection" in page.content.decode()


def test_a_connection_is_said_to_be_kept_alive_only_while_it_is(
    org: Org, admin_client: Client
) -> None:
    page = reverse("admin:sfconnector_org_change", args=[org.pk])

    def is_said() -> bool:
        return "kept alive by itself" in admin_client.get(page).content.decode()

    Credential.objects.update(issued_at=timezone.now())
    assert is_said()
    for status in Org.Status.values:
        org.set_status(status, code="x", text="Not today.")
        assert is_said() is (status == Org.Status.CONNECTED), status
    org.set_status(Org.Status.CONNECTED)
    Credential.objects.update(refresh_token_enc="")
    assert not is_said()


def test_the_keys_page_counts_and_seals_anew(org: Org, admin_client: Client) -> None:
    url = reverse("admin:sfconnector_connectedapp_keys")
    text = admin_client.get(url).content.decode()
    assert "<code>t1</code>" in text
    assert "Credential.refresh_token_enc: 1" in text
    new = base64.b64encode(b"n" * 32).decode()
    old = ELSEWHERE["ENCRYPTION_KEYS"]
    with override_settings(
        SFCONNECTOR=settings_with(ENCRYPTION_KEYS=f"k2:{new},{old}")
    ):
        text = admin_client.post(url, {"rotate": "1"}, follow=True).content.decode()
        assert "2 secrets are sealed anew" in text
        event = AuditEvent.objects.get(action="keys.rotated")
        assert (event.user_name, event.client_address) == ("admin", "127.0.0.1")
        assert "Unused: it may be removed" in text
        assert set(keys.status().counts) == {"k2"}
        text = admin_client.post(url, {"verify": "1"}, follow=True).content.decode()
        assert "Every secret opens." in text
    text = admin_client.get(url).content.decode()
    assert "Missing" in text
    assert CANARY not in text
    assert new not in text


def test_the_keys_page_lives_without_a_key(org: Org, admin_client: Client) -> None:
    url = reverse("admin:sfconnector_connectedapp_keys")
    with override_settings(SFCONNECTOR=settings_with(ENCRYPTION_KEYS="")):
        assert "sf_keys generate" in admin_client.get(url).content.decode()
        assert admin_client.post(url, {"rotate": "1"}).status_code == 302


def test_the_keys_page_is_linked_for_those_who_may(
    org: Org, admin_client: Client
) -> None:
    page = admin_client.get(reverse("admin:sfconnector_connectedapp_changelist"))
    assert reverse("admin:sfconnector_connectedapp_keys") in page.content.decode()


def test_s36_grants_that_nobody_uses_are_found(org: Org, admin_client: Client) -> None:
    url = reverse("admin:sfconnector_org_changelist") + "?unused=90"
    past = timezone.now() - timedelta(days=91)
    for last_used, connected, shown in (
        (timezone.now(), past, False),
        (past, past, True),
        (None, past, True),
        (None, timezone.now(), False),
    ):
        Org.objects.update(last_used_at=last_used, connected_at=connected)
        text = admin_client.get(url).content.decode()
        assert (f"/org/{org.pk}/change/" in text) is shown
    Org.objects.update(last_used_at=past)
    tokens.forget(org, status=Org.Status.DISCONNECTED)
    assert f"/org/{org.pk}/change/" not in admin_client.get(url).content.decode()


def test_changes_of_weight_are_in_the_audit_trail(
    org: Org, admin_client: Client
) -> None:
    group = Group.objects.create(name="Sales")
    url = reverse("admin:sfconnector_org_change", args=[org.pk])
    form = {
        "alias": "acme", "label": "New label", "app": org.app_id, "username": "",
        "environment": "sandbox", "my_domain": "", "flow": "web_server",
        "api_version": "", "visible_to": [group.pk],
    }  # fmt: skip
    assert admin_client.post(url, form).status_code == 302
    event = AuditEvent.objects.get(action="org.changed")
    assert event.detail["changed"] == ["environment", "visible_to"]
    assert event.detail["visible_to"] == ["Sales"]
    assert (event.user_name, event.client_address) == ("admin", "127.0.0.1")
    url = reverse("admin:sfconnector_connectedapp_change", args=[org.app_id])
    form = {
        "name": "App", "consumer_key": "3MVG9" + "x" * 60,
        "consumer_secret": CANARY, "scopes": "api refresh_token openid",
    }  # fmt: skip
    assert admin_client.post(url, form).status_code == 302
    event = AuditEvent.objects.get(action="app.changed")
    assert event.detail["changed"] == ["consumer_key", "consumer_secret"]
    assert CANARY not in str(event.detail)


def test_permissions_that_people_gain_or_lose_are_in_the_audit_trail(
    org: Org,
) -> None:
    ours = Permission.objects.get(codename="connect_org")
    other = Permission.objects.get(codename="add_group")
    group = Group.objects.create(name="Sales")
    user = User.objects.create(username="ben")
    group.permissions.add(other)
    assert not AuditEvent.objects.exists()
    group.permissions.add(ours)
    user.groups.add(group)
    user.user_permissions.add(ours)
    user.user_permissions.clear()
    group.user_set.remove(user)
    found = [
        (event.detail["of"], event.detail["change"], event.detail["permissions"])
        for event in AuditEvent.objects.filter(action="access.changed").order_by("pk")
    ]
    assert found == [
        ("group Sales", "granted", ["connect_org"]),
        ("user ben", "granted", ["connect_org"]),
        ("user ben", "granted", ["connect_org"]),
        ("user ben", "taken", ["connect_org"]),
        ("group Sales", "taken", ["connect_org"]),
    ]


@pytest.mark.parametrize("is_installed", [True, False])
def test_who_gives_permissions_on_djangos_own_pages_is_in_the_audit_trail(
    admin_client: Client, settings: Any, is_installed: bool
) -> None:
    ours = Permission.objects.get(codename="connect_org")
    if not is_installed:
        settings.MIDDLEWARE = [
            one for one in settings.MIDDLEWARE if not one.startswith("sfconnector.")
        ]
    form = {"name": "Sales", "permissions": [ours.pk]}
    admin_client.post(reverse("admin:auth_group_add"), form, REMOTE_ADDR="192.0.2.7")
    event = AuditEvent.objects.get(action="access.changed")
    told = ("admin", "192.0.2.7") if is_installed else ("", None)
    assert (event.user_name, event.client_address) == told
    Group.objects.get().permissions.clear()
    event = AuditEvent.objects.filter(action="access.changed").latest("pk")
    assert (event.user_name, event.client_address) == ("", None)


@pytest.mark.parametrize("way", ["page", "list"])
def test_deleting_the_last_group_of_an_org_shows_it_to_nobody_new(
    org: Org, admin_client: Client, way: str
) -> None:
    for_all = Org.objects.create(alias="open", app=org.app)
    one, other, third = (Group.objects.create(name=name) for name in "abc")
    shared = Org.objects.create(alias="shared", app=org.app)
    org.visible_to.set([one, other])
    shared.visible_to.set([one, third])
    ben = User.objects.create(username="ben")
    if way == "page":
        for group in (one, other):
            url = reverse("admin:auth_group_delete", args=[group.pk])
            assert admin_client.post(url, {"post": "yes"}).status_code == 302
    else:
        form = {"action": "delete_selected", "post": "yes"}
        chosen = {"_selected_action": [one.pk, other.pk]}
        url = reverse("admin:auth_group_changelist")
        assert admin_client.post(url, {**form, **chosen}).status_code == 302
    assert not Group.objects.filter(pk__in=[one.pk, other.pk]).exists()
    assert list(Org.objects.visible_to(ben)) == [for_all]
    assert list(shared.visible_to.all()) == [third]
    [kept_back] = org.visible_to.all()
    assert kept_back.name == "Salesforce orgs whose group was deleted"
    assert not kept_back.user_set.exists()
    event = AuditEvent.objects.get(action="org.changed")
    assert (event.user_name, event.org) == ("admin", org)
    kept_back.delete()
    assert list(Org.objects.visible_to(ben)) == [for_all]


def test_deleting_a_group_that_gave_permissions_is_in_the_audit_trail(db: None) -> None:
    group = Group.objects.create(name="Sales")
    group.permissions.add(Permission.objects.get(codename="connect_org"))
    group.delete()
    event = AuditEvent.objects.filter(action="access.changed").latest("pk")
    assert event.detail == {
        "of": "group Sales", "change": "taken", "permissions": ["connect_org"],
    }  # fmt: skip


def test_who_becomes_a_superuser_or_is_shut_out_is_in_the_audit_trail(
    admin_client: Client,
) -> None:
    ben = User.objects.create_user("ben")
    url = reverse("admin:auth_user_change", args=[ben.pk])
    joined = {"date_joined_0": "2026-01-01", "date_joined_1": "10:00:00"}
    form = {"username": "ben", "is_active": "on", **joined}
    admin_client.post(url, {**form, "first_name": "Ben"})
    assert not AuditEvent.objects.filter(action="access.changed").exists()
    posted = {**form, "is_superuser": "on", "is_staff": "on"}
    admin_client.post(url, posted, REMOTE_ADDR="192.0.2.7")
    event = AuditEvent.objects.get(action="access.changed")
    assert (event.user_name, event.client_address) == ("admin", "192.0.2.7")
    now = {"is_staff": True, "is_superuser": True}
    assert event.detail == {"of": "user ben", "now": now}
    ben.refresh_from_db()
    ben.is_active = False
    ben.save(update_fields=["is_active"])
    event = AuditEvent.objects.filter(action="access.changed").latest("pk")
    assert event.detail["now"] == {"is_active": False}
