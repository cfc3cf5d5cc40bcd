"""``ATOMIC_REQUESTS``, and a host's own ``atomic()``: tokens are renewed all the same."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection, connections, transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from salesforce_simulator import SalesforceOrg
from sfconnector import orgs
from sfconnector.exceptions import ConfigurationError
from sfconnector.models import ApiCall, Credential, Org, SObject

TOKEN = "/services/oauth2/token"
SERVER_S = 20
"""How long the server waits for a lock where nobody else has said."""


@pytest.fixture
def atomic_requests(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for alias in connections:
        monkeypatch.setitem(connections.settings[alias], "ATOMIC_REQUESTS", True)
    return


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that lets nobody wait for ever: then a test fails and does not hang."""
    options = {
        "postgresql": {"options": f"-c lock_timeout={SERVER_S}s"},
        "mysql": {"init_command": f"SET innodb_lock_wait_timeout = {SERVER_S}"},
    }
    settings = connections.settings[connection.alias]
    more = options.get(connection.vendor, {})
    monkeypatch.setitem(settings, "OPTIONS", {**settings.get("OPTIONS", {}), **more})


@pytest.fixture
def expired(org: Org, salesforce_org: SalesforceOrg) -> Org:
    salesforce_org.expire_sessions()
    return org


def ask(org: Org) -> None:
    with orgs.client_for(org, purpose="report") as client:
        assert client.limits()


@pytest.mark.usefixtures("atomic_requests")
@pytest.mark.parametrize(
    ("verb", "said"), [("test", "answers."), ("discover", "objects:")]
)
def test_buttons_renew_an_expired_token(
    expired: Org, admin_client: Client, verb: str, said: str
) -> None:
    url = reverse(f"admin:sfconnector_org_{verb}", args=[expired.pk])
    page = admin_client.post(url, follow=True).content.decode()
    assert said in page
    assert "transaction" not in page


@pytest.mark.usefixtures("atomic_requests")
def test_the_action_of_the_list_renews_an_expired_token(
    expired: Org, admin_client: Client
) -> None:
    url = reverse("admin:sfconnector_org_changelist")
    form = {"action": "test_connections", "_selected_action": [expired.pk]}
    page = admin_client.post(url, form, follow=True).content.decode()
    assert "1 org answers." in page


@pytest.mark.usefixtures("atomic_requests")
def test_the_explorer_renews_an_expired_token(
    expired: Org, admin_client: Client
) -> None:
    form = {"org": expired.pk, "method": "GET", "path": "/services/data/"}
    url = reverse("admin:sfconnector_org_explore")
    page = admin_client.post(url, {**form, "path": "/services/data/v60.0/limits"})
    assert "DailyApiRequests" in page.content.decode()


@pytest.mark.usefixtures("atomic_requests")
def test_an_object_is_described(expired: Org, admin_client: Client) -> None:
    row = SObject.objects.create(org=expired, name="Account", label="Account")
    url = reverse("admin:sfconnector_sobject_describe", args=[row.pk])
    assert "fields." in admin_client.post(url, follow=True).content.decode()


def _views(patterns: list[Any]) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield pattern
        else:
            yield from _views(pattern.url_patterns)


def test_no_page_of_ours_runs_within_a_transaction_of_the_host() -> None:
    ours = [
        pattern
        for model, model_admin in admin.site._registry.items()
        if model._meta.app_label == "sfconnector"
        for pattern in model_admin.get_urls()
    ]
    ours += [
        pattern
        for pattern in _views(get_resolver("sfconnector.urls").url_patterns)
        if pattern.name in {"callback", "healthz", "readyz"}
    ]
    assert len(ours) > 60
    around = [
        pattern.name
        for pattern in ours
        if getattr(pattern.callback, "_non_atomic_requests", set()) < set(connections)
    ]
    assert around == []


@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="SQLite lets one writer in at a time"
)
def test_a_host_s_own_transaction_renews_on_a_connection_of_its_own(
    expired: Org, salesforce_org: SalesforceOrg
) -> None:
    before = Credential.objects.get(org=expired)
    with transaction.atomic():
        ask(expired)
        transaction.set_rollback(True)
    after = Credential.objects.get(org=expired)
    assert after.generation == before.generation + 1, "the roll-back took no token"
    assert salesforce_org.requests.count(TOKEN) == 1
    ask(expired)
    assert salesforce_org.requests.count(TOKEN) == 1


@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="SQLite lets one writer in at a time"
)
def test_the_lines_of_calls_are_written_with_the_host_s_commit(expired: Org) -> None:
    ApiCall.objects.all().delete()
    with transaction.atomic():
        ask(expired)
        ask(expired)
        assert not ApiCall.objects.filter(purpose="report").exists()
    assert ApiCall.objects.filter(purpose="report").count() == 3
    assert ApiCall.objects.filter(purpose="refresh").count() == 1


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("model", [Org, Credential])
def test_nothing_is_sent_where_the_host_s_transaction_holds_the_rows(
    expired: Org, salesforce_org: SalesforceOrg, model: type[Any]
) -> None:
    salesforce_org.requests.clear()
    with transaction.atomic():
        model.objects.update(updated_at="2026-01-01T00:00Z")
        began = time.monotonic()
        with pytest.raises(ConfigurationError, match="cannot be renewed"):
            ask(expired)
        assert time.monotonic() - began < SERVER_S, "we wait less long ourselves"
    assert salesforce_org.requests.count(TOKEN) == 0
    ask(expired)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="others renew beside it")
def test_sqlite_gives_the_sentence_before_anything_is_sent(
    expired: Org, salesforce_org: SalesforceOrg
) -> None:
    refused = pytest.raises(ConfigurationError, match="within a database transaction")
    with transaction.atomic(), refused:
        ask(expired)
    assert salesforce_org.requests.count(TOKEN) == 0
