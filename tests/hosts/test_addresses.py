"""Whatever a server or a proxy calls the client, no page fails for it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from sfconnector.audit import Actor
from sfconnector.models import AuditEvent, ConnectedApp

TOLD = {
    "203.0.113.9": "203.0.113.9",
    "203.0.113.9:51234": "203.0.113.9",
    "203.0.113.9, 10.0.0.1": "203.0.113.9",
    " 203.0.113.9 ,10.0.0.1:80": "203.0.113.9",
    "2001:db8::1": "2001:db8::1",
    "[2001:db8::1]:443": "2001:db8::1",
    "[2001:db8::1]": "2001:db8::1",
    "fe80::1%eth0": "fe80::1",
    "::ffff:203.0.113.9": "203.0.113.9",
    "[::ffff:203.0.113.9]:443": "203.0.113.9",
    "unknown": None,
    "unknown, 10.0.0.1": None,
    "": None,
    "unix:": None,
    "a, b": None,
    "[": None,
    "\x00": None,
    "999.1.1.1": None,
    "1" * 5000: None,
}


@pytest.mark.parametrize(
    ("given", "kept"), TOLD.items(), ids=lambda one: repr(one)[:30]
)
def test_an_actor_has_an_address_or_none(given: str, kept: str | None) -> None:
    assert Actor(None, given).client_address == kept


@pytest.mark.parametrize("given", TOLD, ids=lambda one: repr(one)[:30])
def test_a_change_is_written_down_with_it(admin_client: Client, given: str) -> None:
    app = ConnectedApp.objects.create(name="App", consumer_key="3MVG9")
    url = reverse("admin:sfconnector_connectedapp_change", args=[app.pk])
    form = {"name": "App", "consumer_key": "3MVG9other", "scopes": app.scopes}
    answer = admin_client.post(url, form, REMOTE_ADDR=given)
    assert answer.status_code == 302
    assert AuditEvent.objects.get(action="app.changed").client_address == TOLD[given]
