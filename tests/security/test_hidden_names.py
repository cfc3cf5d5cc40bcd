"""No list, question or message of Django's own names a row that is hidden (S47).

What a person did stays in Django's history after the org was hidden from him; whoever
deletes a person or a group is shown what hangs on it; a choice lists what there is; a
name that is taken says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sfconnector import orgs
from sfconnector.audit import Actor
from sfconnector.models import ConnectedApp, OAuthFlow, Org, PlanSet
from tests.admin.conftest import House, make_org, person
from tests.connections import browser_of, led_to, press
from tests.security.test_hidden_orgs import (
    CANARY,
    choices,
    hidden,
    outsider,
    pages_of_others,
)

__all__ = ["hidden"]
ORG = {
    "alias": "fresh", "label": f"{CANARY} label", "environment": "sandbox",
    "my_domain": "", "flow": "web_server", "username": "", "api_version": "",
}  # fmt: skip
APP = {"name": "Fresh", "consumer_key": "3MVGfresh", "scopes": "api refresh_token"}
"""What the forms of an org and of an app take."""


def text_of(answer: Any) -> str:
    """Return a page; a form that was sent may repeat what was typed."""
    return str(answer.content.decode())


@pytest.fixture
def history(hidden: House) -> User:
    """An insider who did what is written down of the hidden rows, then left the group."""
    ada = User.objects.get(username="ada")
    client = browser_of(ada)
    for verb, arguments, given in (
        ("org_test", [hidden.org.pk], {}),
        ("syncplan_run", [hidden.plan.pk], {}),
        ("record_columns", [CANARY, "Account"], {"columns": "Name"}),
        ("org_change", [hidden.org.pk], {**ORG, "alias": CANARY, "app": hidden.app.pk}),
        ("connectedapp_change", [hidden.app.pk], {**APP, "name": hidden.app.name}),
        ("syncplan_delete", [hidden.plan.pk], {"post": "yes"}),
    ):
        url = reverse(f"admin:sfconnector_{verb}", args=arguments)
        assert client.post(url, given).status_code == 302, verb
    assert LogEntry.objects.filter(user=ada).count() == 6
    orgs.invite(hidden.org, by=Actor(ada))
    ada.groups.clear()
    return User.objects.get(pk=ada.pk)


def test_s47_ones_own_history_names_nothing_that_is_hidden_by_now(
    history: User,
) -> None:
    page = text_of(browser_of(history).get(reverse("admin:index")))
    assert "Recent actions" in page
    assert CANARY not in page


@pytest.mark.parametrize("way", ["page", "action"])
def test_s47_deleting_a_person_names_nothing_of_an_org(history: User, way: str) -> None:
    eve = browser_of(person("eve", "view_user", "delete_user"))
    if way == "page":
        answer = eve.get(reverse("admin:auth_user_delete", args=[history.pk]))
    else:
        chosen = {"action": "delete_selected", "_selected_action": [history.pk]}
        answer = eve.post(reverse("admin:auth_user_changelist"), chosen)
    page = text_of(answer)
    assert "Log entr" in page
    assert "Invitation" in page
    assert CANARY not in page


def test_s47_the_history_still_says_which_row_it_was(history: User) -> None:
    root = User.objects.create_superuser("root")
    page = text_of(browser_of(root).get(reverse("admin:index")))
    told = set(LogEntry.objects.values_list("object_repr", flat=True))
    org = Org.objects.get(alias=CANARY)
    assert f"org {org.pk}" in told
    assert all(CANARY not in one for one in told)
    assert "Recent actions" in page


def test_s47_who_deletes_a_group_reads_no_name_of_what_it_sees(hidden: House) -> None:
    group = Group.objects.get(name="insiders")
    hidden.app.visible_to.add(group)
    eve = browser_of(person("eve", "view_group", "delete_group"))
    page = text_of(eve.get(reverse("admin:auth_group_delete", args=[group.pk])))
    assert CANARY not in page


def test_s47_no_page_of_another_app_names_a_hidden_row(history: User) -> None:
    others = Permission.objects.exclude(content_type__app_label="sfconnector")
    eve = person("eve")
    eve.user_permissions.set(others)
    client = browser_of(eve)
    shown = [url for url in pages_of_others() if CANARY in text_of(client.get(url))]
    assert shown == []


def offered() -> Iterator[str]:
    """Yield each address from which a form lets somebody choose a row."""
    yield from choices()
    for model in admin.site._registry:
        if model._meta.app_label == "sfconnector":
            name = f"admin:sfconnector_{model._meta.model_name}_changelist"
            yield f"{reverse(name)}?_popup=1"
            yield f"{reverse(name)}?_popup=1&_to_field=id"


def test_s47_no_choice_lists_a_hidden_row(hidden: House) -> None:
    eve = outsider("*")
    insider = browser_of(User.objects.get(username="ada"))
    seen = [url for url in offered() if CANARY in _listed(insider, url)]
    assert len(seen) > 12, "whoever may see it finds it there"
    assert [url for url in offered() if CANARY in _listed(eve, url)] == []


def _listed(client: Client, url: str) -> str:
    return text_of(client.get(url)).replace(f"term={CANARY}", "")


SET = {"schedule": "manual", "members-TOTAL_FORMS": "0", "members-INITIAL_FORMS": "0"}
UNIQUE = {
    Org: ("alias", CANARY),
    ConnectedApp: ("name", f"{CANARY} app"),
    PlanSet: ("name", f"{CANARY} set"),
}
"""What a person types that may be taken by a row that he may not see."""


def test_s47_every_unique_column_of_a_form_is_known_here() -> None:
    found = {
        (model, field.name)
        for model in apps.get_app_config("sfconnector").get_models()
        if model in admin.site._registry
        for field in model._meta.fields
        if field.unique and field.editable and not isinstance(field, models.AutoField)
    }
    assert found == {(model, name) for model, (name, _taken) in UNIQUE.items()}


@pytest.mark.parametrize("model", UNIQUE)
@pytest.mark.parametrize("is_new", [True, False], ids=["add", "change"])
def test_s47_a_name_that_is_taken_tells_of_no_row(
    hidden: House, model: type[Org | ConnectedApp | PlanSet], is_new: bool
) -> None:
    own = make_org(ConnectedApp.objects.get(name="Open app"), "own")
    PlanSet.objects.create(name=f"{CANARY} set").applied.create(
        org=hidden.org, applied_at=timezone.now()
    )
    own_set = PlanSet.objects.create(name="Own")
    own_set.applied.create(org=own, applied_at=timezone.now())
    row = {Org: own, ConnectedApp: own.app, PlanSet: own_set}[model]
    given = {**ORG, **APP, **SET, "app": own.app.pk}
    field, taken = UNIQUE[model]
    name = f"admin:sfconnector_{model._meta.model_name}"
    add, change = reverse(f"{name}_add"), reverse(f"{name}_change", args=[row.pk])
    answer = outsider("*").post(add if is_new else change, {**given, field: taken})
    told = answer.context["adminform"].form.errors
    assert list(told) == [field]
    [message] = told[field]
    assert "cannot be used" in message
    assert "exists" not in text_of(answer)


def test_s47_no_list_is_filtered_by_rows_that_refer_to_its_own(hidden: House) -> None:
    eve = outsider("*")
    asked: list[str] = []
    for model in admin.site._registry:
        if model._meta.app_label != "sfconnector":
            continue
        listed = reverse(f"admin:sfconnector_{model._meta.model_name}_changelist")
        for name in {one.name for one in model._meta.related_objects}:
            if name.endswith("+"):  # no lookup leads there
                continue
            asked += [f"{listed}?{name}={hidden.org.pk}", f"{listed}?{name}__isnull=0"]
    assert len(asked) > 10
    assert [url for url in asked if eve.get(url).status_code != 400] == []


@pytest.mark.parametrize("outcome", ["connected", "refused"])
def test_s47_a_log_in_of_before_says_nothing_of_an_org_that_is_hidden_by_now(
    org: Org, outcome: str
) -> None:
    browser = browser_of(person("ada", "*"))
    begun = browser.post(reverse("admin:sfconnector_org_connect", args=[org.pk]))
    button = "allow" if outcome == "connected" else "deny"
    back = press(led_to(begun), button=button)
    callback = reverse("sfconnector:callback")
    first = browser.get(callback, back)
    assert first.status_code == (302 if outcome == "connected" else 400)
    Org.objects.filter(pk=org.pk).update(label=CANARY)
    OAuthFlow.objects.update(detail=CANARY)
    assert CANARY in text_of(browser.get(callback, back, follow=True))
    org.visible_to.add(Group.objects.create(name="insiders"))
    again = browser.get(callback, back, follow=True)
    assert again.status_code == 400
    assert CANARY not in text_of(again)
    assert f"/{org.pk}/" not in text_of(again)
    assert CANARY not in text_of(browser.get(reverse("admin:index")))
