"""A wrong or missing key breaks no page and overwrites no ciphertext (S26)."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from salesforce_simulator import SalesforceOrg
from sfconnector import exceptions, health, orgs, tokens
from sfconnector.audit import Actor
from sfconnector.models import AuditEvent, ConnectedApp, Credential, KeyCanary, Org
from tests.connections import NONCE, connect, person, settings_with

WRONG = f"t1:{base64.b64encode(b'w' * 32).decode()}"
OTHER = f"k9:{base64.b64encode(b'o' * 32).decode()}"
ANOTHER = f"k9:{base64.b64encode(b'a' * 32).decode()}"
KEYS = {"wrong key": WRONG, "other key": OTHER, "no key": "", "bad key": "nonsense"}
PAGES = (
    "index",
    "app_list",
    "sfconnector_org_changelist",
    "sfconnector_org_add",
    "sfconnector_connectedapp_changelist",
    "sfconnector_connectedapp_add",
    "sfconnector_auditevent_changelist",
    "sfconnector_apicall_changelist",
)


@pytest.fixture
def connected(org: Org) -> Org:
    connect(org)
    org.refresh_from_db()
    # The key is older than this process: one that came later would be no fault of ours.
    KeyCanary.objects.update(created_at=timezone.now() - timedelta(days=1))
    return org


def sealed() -> list[tuple[Any, ...]]:
    apps = ConnectedApp.objects.values_list("consumer_secret_enc", "private_key_enc")
    rows = Credential.objects.values_list("access_token_enc", "refresh_token_enc")
    return [*apps, *rows]


def call(org: Org) -> None:
    with orgs.client_for(org, purpose="test", patient=False) as client:
        client.limits()


@pytest.mark.parametrize("keys", KEYS.values(), ids=KEYS.keys())
def test_s26_every_page_opens_and_forms_save_without_the_key(
    connected: Org, browser: Client, keys: str
) -> None:
    before = sealed()
    with override_settings(SFCONNECTOR=settings_with(ENCRYPTION_KEYS=keys)):
        for name in PAGES:
            args = ["sfconnector"] if name == "app_list" else []
            assert browser.get(reverse(f"admin:{name}", args=args)).status_code == 200
        page = reverse("admin:sfconnector_org_change", args=[connected.pk])
        assert browser.get(page).status_code == 200
        form = {
            "alias": "renamed", "label": "", "app": connected.app_id,
            "environment": "my_domain", "my_domain": connected.my_domain,
            "flow": "web_server", "username": "", "api_version": "",
        }  # fmt: skip
        assert browser.post(page, form).status_code == 302
        app = reverse("admin:sfconnector_connectedapp_change", args=[connected.app_id])
        assert browser.get(app).status_code == 200
        form = {"name": "App", "consumer_key": "3MVG9x" * 5, "scopes": "api"}
        assert browser.post(app, form).status_code in {200, 302}
        for verb in ("connect", "test"):
            url = reverse(f"admin:sfconnector_org_{verb}", args=[connected.pk])
            assert browser.post(url).status_code in {200, 302}
    assert Org.objects.get().alias == "renamed"
    assert sealed() == before


@pytest.mark.parametrize("keys", KEYS.values(), ids=KEYS.keys())
def test_s26_a_call_says_which_key_is_missing_and_works_again_with_it(
    connected: Org, salesforce_org: SalesforceOrg, keys: str
) -> None:
    with override_settings(SFCONNECTOR=settings_with(ENCRYPTION_KEYS=keys)):
        with pytest.raises(exceptions.SFConnectorError) as caught:
            call(connected)
        assert "SFCONNECTOR_ENCRYPTION_KEYS" in caught.value.remedy
    tokens.keep_alive()
    call(connected)
    connected.refresh_from_db()
    assert connected.is_connected


def test_s26_a_call_alone_heals_an_org_whose_key_is_back(connected: Org) -> None:
    with (
        override_settings(SFCONNECTOR=settings_with(ENCRYPTION_KEYS=OTHER)),
        pytest.raises(exceptions.SecretUnreadable),
    ):
        call(connected)
    connected.refresh_from_db()
    assert connected.status == Org.Status.NEEDS_RECONNECT
    call(connected)
    connected.refresh_from_db()
    assert connected.is_connected


def test_s26_a_first_key_that_is_wrong_costs_no_connection(
    connected: Org, salesforce_org: SalesforceOrg
) -> None:
    good = settings.SFCONNECTOR["ENCRYPTION_KEYS"]
    with override_settings(SFCONNECTOR=settings_with(ENCRYPTION_KEYS=OTHER)):
        KeyCanary.plant()
    before = sealed()
    salesforce_org.expire_sessions()
    wrong = settings_with(ENCRYPTION_KEYS=f"{ANOTHER},{good}")
    with (
        override_settings(SFCONNECTOR=wrong),
        pytest.raises(exceptions.ConfigurationError, match="k9"),
    ):
        call(connected)
    assert sealed() == before
    call(connected)
    connected.refresh_from_db()
    assert connected.is_connected


def test_s24_a_ciphertext_from_another_row_needs_a_person_and_is_written_down(
    connected: Org,
) -> None:
    other = Org.objects.create(alias="other", app=connected.app)
    row = Credential.objects.create(
        org=other,
        access_token_enc=Credential.objects.get().access_token_enc,
        instance_url=connected.instance_url,
        fingerprint=tokens.fingerprint(),
    )
    other.set_status(Org.Status.CONNECTED)
    moved = row.access_token_enc
    with pytest.raises(exceptions.SecretUnreadable):
        call(other)
    other.refresh_from_db()
    assert other.status == Org.Status.NEEDS_RECONNECT
    assert Credential.objects.get(pk=row.pk).access_token_enc == moved
    assert AuditEvent.objects.filter(org=other, outcome="failed").exists()


def test_s26_nothing_is_begun_that_could_not_be_kept(connected: Org) -> None:
    wrong = settings_with(ENCRYPTION_KEYS=WRONG)
    with (
        override_settings(SFCONNECTOR=wrong),
        pytest.raises(exceptions.SFConnectorError),
    ):
        orgs.begin(connected, by=Actor(person()), session_nonce=NONCE)


def test_s26_the_doctor_names_the_key(connected: Org) -> None:
    with override_settings(SFCONNECTOR=settings_with(ENCRYPTION_KEYS=OTHER)):
        found = [one for one in health.doctor(ask=False) if one.code == "keys"]
    assert found[0].level == "red"
    assert "t1" in found[0].title
