"""The log-in cannot be raced, replayed or told apart by its errors (S02, S38)."""

from __future__ import annotations

import hmac

import pytest
from django.test import Client
from django.urls import reverse

from salesforce_simulator import SalesforceOrg
from sfconnector.audit import Actor
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import Org
from sfconnector.orgs import begin
from sfconnector.orgs.connecting import arriving
from tests.connections import NONCE, finish, person, press
from tests.threads import at_once

TOKEN = "/services/oauth2/token"
CALLBACK = "/salesforce/callback/"


@pytest.mark.django_db(transaction=True)
def test_s02_of_eight_callbacks_at_once_one_counts(
    org: Org, salesforce_org: SalesforceOrg
) -> None:
    user = person()
    back = press(begin(org, by=Actor(user), session_nonce=NONCE).authorize_url)

    def arrive() -> str:
        try:
            finish(back, user=user)
        except SFConnectorError as error:
            return error.code
        return "connected"

    outcomes = at_once(*[arrive] * 8)
    assert "connected" in outcomes
    assert set(outcomes) <= {"connected", "state_working"}
    assert salesforce_org.requests.count(TOKEN) == 1


def test_s38_a_foreign_state_is_answered_like_one_that_never_was(
    browser: Client, org: Org
) -> None:
    begun = begin(org, by=Actor(person("eve")), session_nonce="eve's session")
    back = press(begun.authorize_url)
    foreign = browser.get(CALLBACK, {"state": back["state"], "code": "c"})
    unknown = browser.get(CALLBACK, {"state": "never was", "code": "c"})
    assert foreign.status_code == unknown.status_code == 400

    def told(content: bytes) -> str:
        return content.decode().partition('id="content-main"')[2]

    assert told(foreign.content) == told(unknown.content)
    assert "acme" not in told(foreign.content)


def test_s38_the_session_is_compared_in_constant_time(
    org: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[int] = []
    real = hmac.compare_digest

    def watch(one: str, other: str) -> bool:
        compared.append(len(one))
        return real(one, other)

    begun = begin(org, by=Actor(person()), session_nonce=NONCE)
    back = press(begun.authorize_url)
    monkeypatch.setattr(arriving.hmac, "compare_digest", watch)
    stranger = Actor(person())
    assert not arriving.read_callback(back, by=stranger, session_nonce="x").is_own
    assert compared == [64]


def test_s12_connecting_needs_a_post_with_its_token(org: Org) -> None:
    url = reverse("admin:sfconnector_org_connect", args=[org.pk])
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person())
    assert strict.get(url).status_code == 405
    assert strict.post(url).status_code == 403
