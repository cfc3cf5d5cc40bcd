"""Rows and walks that tests of connections share: an app, an org, a login."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.test import Client, override_settings

from project.demo.visitor import LEADS_ON
from salesforce_simulator import SalesforceOrg
from sfconnector import orgs
from sfconnector.audit import Actor
from sfconnector.models import ConnectedApp, Org, Record
from sfconnector.secret import Secret

NONCE = "a random value of this browser session"


def settings_with(**values: Any) -> dict[str, Any]:
    """Return the app's settings with some of them changed."""
    return {**settings.SFCONNECTOR, **values}


PROBE = {"Authorization": "Bearer the probe's token"}
"""What a probe sends that shall be told what is missing."""


@contextmanager
def reachable(*simulated: SalesforceOrg, **values: Any) -> Iterator[None]:
    """Allow the hosts of pretend orgs, by their exact address."""
    hosts = [urlsplit(one.base_url).netloc for one in simulated]
    with override_settings(SFCONNECTOR=settings_with(EXTRA_HOSTS=hosts, **values)):
        yield


def person(name: str = "ada", **flags: Any) -> User:
    """Return a superuser who may do everything, made when needed."""
    user, _ = get_user_model().objects.get_or_create(
        username=name,
        defaults={"is_staff": True, "is_superuser": True, **flags},
    )
    return user


def browser_of(user: User) -> Client:
    """Return a browser in which somebody is logged in to the admin."""
    browser = Client()
    browser.force_login(user)
    return browser


def bare_org(**values: Any) -> Org:
    """Return an org that no pretend one stands behind: no call can leave."""
    app = ConnectedApp.objects.create(name="App", consumer_key="3MVG9")
    return Org.objects.create(alias="acme", app=app, **values)


def cache_accounts(org: Org, *values: dict[str, Any]) -> None:
    """Cache an account for each dictionary of values; their ids go up."""
    Record.objects.bulk_create(
        Record(
            org=org,
            sobject="Account",
            record_id=f"001{number:015d}",
            content_hash=number,
            data=data,
        )
        for number, data in enumerate(values)
    )


@contextmanager
def just_connected(simulated: SalesforceOrg) -> Iterator[Org]:
    """Give the row of a pretend org that a person connected a moment ago."""
    with reachable(simulated):
        org = org_of(simulated)
        connect(org)
        org.refresh_from_db()
        simulated.requests.clear()
        yield org


def app_of(simulated: SalesforceOrg, **values: Any) -> ConnectedApp:
    """Return the row of the pretend org's app, with its consumer secret."""
    app = ConnectedApp(
        name=values.pop("name", f"App of {simulated.name}"),
        consumer_key=simulated.consumer_key,
        **values,
    )
    app.set_consumer_secret(Secret(simulated.consumer_secret))
    app.save()
    return app


def org_of(simulated: SalesforceOrg, **values: Any) -> Org:
    """Return a row for a pretend org, not yet connected."""
    app = values.pop("app", None) or app_of(simulated)
    alias = values.pop("alias", simulated.name.lower().replace(" ", "-"))
    return orgs.create(
        alias,
        app=app,
        environment=Org.Environment.MY_DOMAIN,
        my_domain=simulated.base_url,
        **values,
    )


def led_to(answer: Any) -> str:
    """Return where a page of ours leads on to by itself."""
    assert answer.status_code == 200, answer
    return led_by(answer.content.decode())


def led_by(page: str) -> str:
    """Return where the text of a page leads on to by itself."""
    found = LEADS_ON.search(page)
    assert found, page
    return unescape(found[2])


def press(authorize_url: str, *, button: str = "allow", **more: str) -> dict[str, str]:
    """Press a button of Salesforce's page; return what the redirect carries back."""
    parts = urlsplit(authorize_url)
    form = {name: values[0] for name, values in parse_qs(parts.query).items()}
    answer = requests.post(
        f"{parts.scheme}://{parts.netloc}{parts.path}",
        data={**form, **more, "action": button},
        allow_redirects=False,
        timeout=10,
    )
    assert answer.status_code == 302, answer.text
    query = urlsplit(answer.headers["Location"]).query
    return {name: values[0] for name, values in parse_qs(query).items()}


def connect(org: Org, *, user: User | None = None, **more: Any) -> orgs.Completed:
    """Walk to Salesforce's page and back, as the admin does."""
    user = user or person()
    begun = orgs.begin(org, by=Actor(user), session_nonce=NONCE, **more)
    return finish(press(begun.authorize_url), user=user)


def finish(
    back: Mapping[str, str], *, user: User | None = None, session_nonce: str = NONCE
) -> orgs.Completed:
    """Bring what Salesforce sent along to the callback."""
    by = Actor(user or person())
    return orgs.complete(orgs.read_callback(back, by=by, session_nonce=session_nonce))
