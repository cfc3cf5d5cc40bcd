"""The log-in cannot be raced, replayed or told apart by its errors (S02, S38)."""

from __future__ import annotations

import hmac
import threading

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from sfconnector.exceptions import SFConnectorError
from sfconnector.models import Org
from sfconnector.orgs import arrival, begin, complete
from sfconnector.simulator import SalesforceOrg
from tests.connections import NONCE, person, press

TOKEN = "/services/oauth2/token"
CALLBACK = "/salesforce/callback/"


@pytest.mark.django_db(transaction=True)
def test_s02_of_eight_callbacks_at_once_one_counts(
    org: Org, salesforce_org: SalesforceOrg
) -> None:
    user = person()
    back = press(begin(org, user=user, session_nonce=NONCE).authorize_url)
    outcomes: list[str] = []
    gate = threading.Barrier(8)

    def arrive() -> None:
        gate.wait()
        try:
            complete(back["state"], code=back["code"], user=user, session_nonce=NONCE)
            outcomes.append("connected")
        except SFConnectorError as error:
            outcomes.append(error.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=arrive) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["connected"] + ["state_used"] * 7
    assert salesforce_org.requests.count(TOKEN) == 1


def test_s38_a_foreign_state_is_answered_like_one_that_never_was(
    browser: Client, org: Org
) -> None:
    begun = begin(org, user=person("eve"), session_nonce="eve's session")
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

    begun = begin(org, user=person(), session_nonce=NONCE)
    back = press(begun.authorize_url)
    monkeypatch.setattr(arrival.hmac, "compare_digest", watch)
    assert arrival.flow_of(back["state"], user=person(), session_nonce="x") is None
    assert compared == [64]


def test_s12_connecting_needs_a_post_with_its_token(org: Org) -> None:
    url = reverse("admin:sfconnector_org_connect", args=[org.pk])
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(person())
    assert strict.get(url).status_code == 405
    assert strict.post(url).status_code == 403
