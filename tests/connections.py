"""Rows and walks that tests of connections share: an app, an org, a login."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.test import override_settings

from sfconnector import orgs
from sfconnector.models import ConnectedApp, Org
from sfconnector.secret import Secret
from sfconnector.simulator import SalesforceOrg

NONCE = "a random value of this browser session"


def settings_with(**values: Any) -> dict[str, Any]:
    """Return the app's settings with some of them changed."""
    return {**settings.SFCONNECTOR, **values}


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
    begun = orgs.begin(org, user=user, session_nonce=NONCE, **more)
    back = press(begun.authorize_url)
    return orgs.complete(
        back["state"], code=back["code"], user=user, session_nonce=NONCE
    )
