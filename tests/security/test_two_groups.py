"""What several groups may see, or several orgs use, is one row and one choice."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from sfconnector.models import ConnectedApp, Org, SyncPlan
from tests.admin.conftest import House, make_org, person
from tests.connections import browser_of


@pytest.fixture
def eve(house: House) -> User:
    """Somebody in two groups that both may see the org and its app, which serves two."""
    user = person("eve", "*")
    for name in ("north", "south"):
        group = Group.objects.create(name=name)
        user.groups.add(group)
        house.org.visible_to.add(group)
        house.app.visible_to.add(group)
    make_org(house.app, "second")
    return user


@pytest.fixture
def browser(eve: User) -> Client:
    """The browser of that person."""
    return browser_of(eve)


def test_a_row_that_several_groups_see_comes_once(house: House, eve: User) -> None:
    stranger = person("stranger", "*")
    Org.objects.filter(alias="second").get().visible_to.add(Group.objects.first())
    for rows in (Org.objects, ConnectedApp.objects):
        seen = list(rows.visible_to(eve).values_list("pk", flat=True))
        assert len(seen) == len(set(seen)) == rows.count()
        assert not rows.visible_to(stranger).exists()
    assert ConnectedApp.objects.changeable_by(eve).count() == 1


def test_an_org_is_added_with_an_app_that_serves_two(
    house: House, browser: Client
) -> None:
    url = reverse("admin:sfconnector_org_add")
    assert browser.get(url).content.decode().count(">The app<") == 1
    given = {
        "alias": "third", "label": "", "app": house.app.pk, "environment": "sandbox",
        "my_domain": "", "flow": "web_server", "username": "", "api_version": "",
    }  # fmt: skip
    assert browser.post(url, given).status_code == 302
    assert Org.objects.get(alias="third").app == house.app


def test_a_plan_and_a_call_are_made_for_an_org_of_two_groups(
    house: House, browser: Client
) -> None:
    given = {"org": house.org.pk, "method": "GET", "path": "/services/data"}
    page = browser.post(reverse("admin:sfconnector_org_explore"), given)
    assert page.context["form"].errors == {}
    queried = {"orgs": [house.org.pk], "soql": "SELECT Id FROM Account", "do": "plan"}
    answer = browser.post(reverse("admin:sfconnector_org_query"), queried)
    assert answer.status_code == 302
    assert SyncPlan.objects.filter(org=house.org, kind="soql").count() == 1
