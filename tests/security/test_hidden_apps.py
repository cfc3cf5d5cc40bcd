"""A connected app is hidden with its orgs, and used only by whoever may (S42)."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.urls import reverse

from sfconnector.models import ConnectedApp, Org
from tests.admin.conftest import House, make_org, person
from tests.connections import browser_of
from tests.security.test_hidden_orgs import CANARY, hidden, outsider

__all__ = ["hidden"]


def test_s42_an_app_that_serves_a_hidden_org_too_can_be_used_but_not_changed(
    hidden: House,
) -> None:
    make_org(hidden.app, "both")
    eve = outsider("*")
    page = eve.get(reverse("admin:sfconnector_connectedapp_changelist"))
    row = page.context["cl"].result_list.get(pk=hidden.app.pk)
    assert row.orgs_connected == 1
    change = reverse("admin:sfconnector_connectedapp_change", args=[hidden.app.pk])
    assert eve.get(change).status_code == 200
    posted = {"name": "Mine", "consumer_key": "mine", "scopes": "api refresh_token"}
    assert eve.post(change, posted).status_code == 403
    delete = reverse("admin:sfconnector_connectedapp_delete", args=[hidden.app.pk])
    assert eve.post(delete, {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [hidden.app.pk]}
    lists = reverse("admin:sfconnector_connectedapp_changelist")
    answer = eve.post(lists, {**chosen, "post": "yes"}).content.decode()
    assert "Orgs that you may not see use one of them." in answer
    assert f"{CANARY} label" not in answer
    hidden.app.refresh_from_db()
    assert hidden.app.consumer_key == f"3MVG{CANARY}"


def test_s42_an_org_uses_only_an_app_that_its_author_may_see(hidden: House) -> None:
    eve = outsider("*")
    given = {
        "alias": "mine", "label": "", "app": hidden.app.pk, "environment": "sandbox",
        "my_domain": "", "flow": "web_server", "username": "", "api_version": "",
    }  # fmt: skip
    answer = eve.post(reverse("admin:sfconnector_org_add"), given)
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors["app"]
    assert not Org.objects.filter(alias="mine").exists()


@pytest.mark.parametrize("flow", ["client_credentials", "jwt"])
def test_s42_connecting_without_a_person_needs_the_right_on_the_app(
    house: House, flow: str
) -> None:
    open_org = make_org(house.app, "open", flow=flow, username="a@b.c")
    eve = outsider("view_org", "change_org", "connect_org", "view_connectedapp")
    answer = eve.post(
        reverse("admin:sfconnector_org_connect", args=[open_org.pk]), follow=True
    )
    assert "You may not connect" in answer.content.decode()


def test_s42_nobody_gives_an_org_to_an_apps_own_secret_without_the_right(
    house: House,
) -> None:
    open_org = make_org(house.app, "open")
    eve = outsider("view_org", "change_org", "connect_org", "view_connectedapp")
    given = {
        "alias": "open", "label": "", "app": house.app.pk, "environment": "production",
        "my_domain": "", "flow": "client_credentials", "username": "", "api_version": "",
    }  # fmt: skip
    url = reverse("admin:sfconnector_org_change", args=[open_org.pk])
    answer = eve.post(url, given)
    assert "without logging in" in answer.content.decode()
    assert Org.objects.get(pk=open_org.pk).flow == "web_server"
    may = Permission.objects.get(codename="change_connectedapp")
    User.objects.get(username="eve").user_permissions.add(may)
    assert eve.post(url, given).status_code == 302


@pytest.mark.parametrize(
    "query",
    [
        "consumer_secret_enc__startswith=sfc1",
        "consumer_secret_enc__regex=.*",
        "private_key_enc=",
        "private_key_enc__isnull=0",
    ],
)
def test_a_ciphertext_is_no_filter_not_even_for_a_superuser(
    house: House, query: str
) -> None:
    User.objects.create_superuser("root", password="root")
    client = browser_of(User.objects.get(username="root"))
    url = reverse("admin:sfconnector_connectedapp_changelist")
    assert client.get(f"{url}?{query}").status_code == 400
    assert client.get(f"{url}?_to_field=consumer_secret_enc").status_code == 400
    assert client.get(f"{url}?o=99").status_code == 200


def test_deleting_the_last_group_of_an_app_keeps_it_from_everybody(
    house: House,
) -> None:
    group = Group.objects.create(name="keepers")
    house.app.visible_to.add(group)
    group.delete()
    eve = person("eve", "*")
    assert not ConnectedApp.objects.visible_to(eve).filter(pk=house.app.pk).exists()
