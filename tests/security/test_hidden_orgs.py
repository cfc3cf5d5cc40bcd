"""Whoever may not see an org sees and changes nothing of it, whatever he may else.

Generated: each permission alone and all together, at every admin URL, by every method,
with the hidden rows in the path, the query and the form (S14, S42, S47). Always run is
each permission of our own, by looking and by sending a form; ``make soak`` adds Django's
permissions, the other methods and the odder queries.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from sfconnector import permissions
from sfconnector.models import ApiCall, ConnectedApp, Org, SavedCall
from sfconnector.secret import Secret
from tests.admin.conftest import House, add_record, make_org, person
from tests.admin.test_access import TABLE
from tests.connections import browser_of

CANARY = "canary-7c1e"
FEW, METHODS = (
    ("GET", "POST"),
    ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"),
)
OWN = [codename for codename, _name in permissions.ALL]


@pytest.fixture
def hidden(house: House) -> House:
    """An org of a group of its own, with one of everything that bears its mark."""
    org, app = house.org, house.app
    insiders = Group.objects.create(name="insiders")
    org.visible_to.add(insiders)
    Org.objects.filter(pk=org.pk).update(
        alias=CANARY, label=f"{CANARY} label", org_name=f"{CANARY} name"
    )
    app.name, app.consumer_key = f"{CANARY} app", f"3MVG{CANARY}"
    app.save()
    org.plans.update(name=f"{CANARY} plan")
    ApiCall.objects.filter(org=org).update(path=f"/services/data/{CANARY}")
    house.answer.body = {"a": CANARY}
    house.answer.save()
    house.event.__class__.objects.update(org_alias=CANARY)
    add_record(org, "0015g00000BBBBBBBB", Name=CANARY)
    ada = person("ada", "*")
    ada.groups.add(insiders)
    SavedCall.objects.create(
        org=org, user=ada, name=f"{CANARY} call", path=f"/{CANARY}", is_shared=True
    )
    spare = ConnectedApp(name="Open app", consumer_key="3MVGopen")
    spare.set_consumer_secret(Secret("open"))
    spare.save()
    make_org(spare, "open")
    org.refresh_from_db()
    return house


WAYS = {"org": "org", "sobject": "sobject__org", "plan": "plan__org"}
"""From a model's field to the org that its rows belong to."""


def state_of(org: Org) -> list[Any]:
    """Return every column of every row that belongs to the org, and its app's."""
    found: list[Any] = list(ConnectedApp.objects.filter(pk=org.app_id).values())
    found += Org.objects.filter(pk=org.pk).values()
    for model in apps.get_app_config("sfconnector").get_models():
        relations = {one.name for one in model._meta.fields if one.is_relation}
        way = next((way for name, way in WAYS.items() if name in relations), None)
        if way is not None:
            found += model.objects.filter(**{way: org.pk}).order_by("pk").values()
    return found


def urls(hidden: House) -> Iterator[str]:
    """Yield each address of the app with the hidden rows in its path."""
    args: dict[str, list[object]] = {
        "": [],
        "object path": [CANARY, "Account"],
        "record path": [CANARY, "Account", hidden.record.record_id],
    }
    for name, case in TABLE.items():
        target = case.target
        given = args.get(target) or ([getattr(hidden, target).pk] if target else [])
        yield reverse(f"admin:sfconnector_{name}", args=given)
    yield reverse("admin:index")
    yield reverse("admin:app_list", args=["sfconnector"])
    yield from choices()


def pages_of_others() -> Iterator[str]:
    """Yield each page of each model of another app that Django's admin shows."""
    for model in admin.site._registry:
        if model._meta.app_label == "sfconnector":
            continue
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{name}_changelist")
        yield reverse(f"{name}_add")
        for row in model._default_manager.all()[:3]:
            for verb in ("change", "delete", "history"):
                yield reverse(f"{name}_{verb}", args=[row.pk])


def choices() -> Iterator[str]:
    """Yield each address at which Django's admin completes the choice of a row."""
    for model in apps.get_app_config("sfconnector").get_models():
        for field in model._meta.fields:
            if field.is_relation:
                query = f"model_name={model._meta.model_name}&field_name={field.name}"
                url = reverse("admin:autocomplete")
                yield f"{url}?app_label=sfconnector&{query}&term={CANARY}"


def queries(hidden: House, *, is_whole: bool) -> list[str]:
    """Return what a curious person writes behind the question mark."""
    org, app = hidden.org.pk, hidden.app.pk
    sides = f"left={org}&right={org}&sobject=Account"
    told = f"?org={org}&app={app}&q={CANARY}&{sides}"
    popup = f"?org__id__exact={org}&_popup=1&_to_field=id"
    return ["", told, popup, f"?{sides}"] if is_whole else ["", told]


def form(hidden: House) -> dict[str, Any]:
    """Return a form that names the hidden rows wherever a form of ours asks."""
    every = [
        row.pk
        for row in (hidden.org, hidden.app, hidden.plan, hidden.run, hidden.record)
    ]
    return {
        "org": hidden.org.pk, "orgs": [hidden.org.pk], "app": hidden.app.pk,
        "alias": "mine", "name": "mine", "consumer_key": "k", "scopes": "api refresh_token",
        "environment": "sandbox", "flow": "client_credentials", "username": "a@b.c",
        "kind": "object", "sobject": "Account", "schedule": "manual", "mode": "auto",
        "method": "GET", "path": "/services/data", "soql": "SELECT Id FROM Account",
        "action": "delete_selected", "_selected_action": every, "post": "yes",
        "columns": ["Name"], "format": "csv", "purge": "1", "confirm": CANARY,
    }  # fmt: skip


def bodies(
    client: Client, hidden: House, *, is_whole: bool = False
) -> Iterator[tuple[str, bytes]]:
    """Ask for every page; yield what was asked and what was answered."""
    asked = queries(hidden, is_whole=is_whole)
    for url in pages_of_others() if is_whole else ():
        yield url, client.get(url).content
    for url, method in itertools.product(urls(hidden), METHODS if is_whole else FEW):
        tails = asked if method == "GET" and "?" not in url else [""]
        for tail in tails:
            data = form(hidden) if method == "POST" else None
            if method == "POST":
                answer = client.post(url, data)
            else:
                answer = client.generic(method, url + tail)
            content = (
                b"".join(answer.streaming_content)
                if answer.streaming
                else answer.content
            )
            typed = tail.encode()  # a page may say what was looked for
            yield f"{method} {url}{tail}", content.replace(typed, b"")


def mark_in(content: bytes) -> bool:
    """Tell whether the mark is there, besides where a page repeats the question."""
    echoes = 'value="[^"]*"|href="[^"]*"|action="[^"]*"|found for “[^”<]*”'.encode()
    repeated = re.sub(echoes, b"", content)
    return CANARY.encode() in repeated


def outsider(*codenames: str) -> Client:
    client = Client(raise_request_exception=True)
    client.force_login(person("eve", *codenames))
    return client


def every_codename() -> list[str]:
    """Name Django's permissions on the models of this site, ours and others'."""
    return sorted(
        f"{verb}_{model._meta.model_name}"
        for model in apps.get_models()
        for verb in model._meta.default_permissions
    )


def looks() -> list[str]:
    """Name the permissions to look at each of our models, and at records."""
    models = apps.get_app_config("sfconnector").get_models()
    return [*(f"view_{one._meta.model_name}" for one in models), "view_records"]


def nothing_shows(hidden: House, *codenames: str, is_whole: bool) -> None:
    before = state_of(hidden.org)
    assert len(before) > 8
    client = outsider(*codenames)
    asked = bodies(client, hidden, is_whole=is_whole)
    assert [what for what, body in asked if mark_in(body)] == []
    assert state_of(hidden.org) == before


@pytest.mark.parametrize("codename", [*OWN, "*"])
def test_s42_who_may_not_see_an_org_sees_and_changes_nothing_of_it(
    hidden: House, codename: str
) -> None:
    """Beside the permissions to look: a page asks for these before its own."""
    nothing_shows(hidden, codename, *looks(), is_whole=False)


def cases() -> Iterator[tuple[str, ...]]:
    """Yield each permission alone, and each permission to look beside all our own."""
    yield from ((one,) for one in (*every_codename(), *OWN, "*"))
    yield from ((one, *OWN) for one in looks())


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "codenames", list(cases()), ids=lambda case: case[0] + " alone" * (len(case) == 1)
)
def test_s42_the_same_for_each_permission_by_each_method(
    hidden: House, codenames: tuple[str, ...]
) -> None:
    nothing_shows(hidden, *codenames, is_whole=True)


def test_the_generated_test_would_see_the_mark(hidden: House) -> None:
    client = browser_of(User.objects.get(username="ada"))
    shown = [what for what, body in bodies(client, hidden) if mark_in(body)]
    assert len(shown) > 40
