from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from salesforce_simulator import SalesforceOrg
from sfconnector import orgs
from sfconnector.exceptions import NotConnected
from sfconnector.models import AuditEvent, ConnectedApp, Credential, OAuthFlow, Org
from tests.connections import browser_of, finish, led_to, person, press

TOKEN = "/services/oauth2/token"
CALLBACK = "/salesforce/callback/"


@pytest.fixture
def browser(db: None) -> Client:
    """A browser in which Ada is logged in to the admin."""
    return browser_of(person())


def start(browser: Client, org: Org, **form: str) -> str:
    """Press Connect; return the address of Salesforce's page."""
    answer = browser.post(reverse("admin:sfconnector_org_connect", args=[org.pk]), form)
    return led_to(answer)


def walk(browser: Client, org: Org, **form: str) -> dict[str, str]:
    """Press Connect and Allow; return what Salesforce sends along."""
    return press(start(browser, org, **form))


def page(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_walk_ends_on_the_orgs_page(browser: Client, org: Org) -> None:
    back = walk(browser, org)
    answer = browser.get(CALLBACK, back)
    assert answer.status_code == 302
    assert answer["Location"] == reverse("admin:sfconnector_org_change", args=[org.pk])
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "no-referrer"
    org.refresh_from_db()
    assert org.is_connected
    assert "is connected" in page(browser.get(answer["Location"]))


def test_s01_a_login_that_another_session_began_is_refused(
    browser: Client, org: Org, salesforce_org: SalesforceOrg
) -> None:
    back = walk(browser, org)
    other = browser_of(person("eve"))
    answer = other.get(CALLBACK, back)
    assert answer.status_code == 400
    assert salesforce_org.requests.count(TOKEN) == 0
    assert AuditEvent.objects.filter(action="oauth.state_mismatch").count() == 1
    assert OAuthFlow.objects.get().consumed_at is None
    same_person = browser_of(person())
    assert same_person.get(CALLBACK, back).status_code == 400
    assert salesforce_org.requests.count(TOKEN) == 0


def test_s01_another_person_with_the_value_of_my_session_is_refused(
    browser: Client, org: Org, salesforce_org: SalesforceOrg
) -> None:
    back = walk(browser, org)
    nonce = browser.session[orgs.SESSION_KEY]
    with pytest.raises(NotConnected) as caught:
        finish(back, user=person("eve"), session_nonce=nonce)
    assert caught.value.code == "state_mismatch"
    assert OAuthFlow.objects.get().consumed_at is None
    assert salesforce_org.requests.count(TOKEN) == 0


def test_s02_a_callback_counts_once(
    browser: Client, org: Org, salesforce_org: SalesforceOrg
) -> None:
    back = walk(browser, org)
    salesforce_org.faults.add(TOKEN, refuse="expired_code")
    assert browser.get(CALLBACK, back).status_code == 400
    again = browser.get(CALLBACK, back)
    assert again.status_code == 400
    assert "already finished" in page(again)
    assert salesforce_org.requests.count(TOKEN) == 1


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (None, "state_missing"),
        ("", "state_missing"),
        ("forged", "state_mismatch"),
        ("x" * 100_000, "state_mismatch"),
        ("\x00", "state_mismatch"),
        ("\ud800", "state_mismatch"),
    ],
)
def test_s03_a_wrong_state_is_refused_with_a_way_back(
    browser: Client, state: str | None, code: str
) -> None:
    params = {"code": "c"} if state is None else {"code": "c", "state": state}
    if state == "\ud800":
        answer = browser.get(f"{CALLBACK}?code=c&state=%ED%A0%80")
    else:
        answer = browser.get(CALLBACK, params)
    assert answer.status_code == 400
    assert "What to do" in page(answer)
    assert f"<code>{code}</code>" in page(answer)
    assert not AuditEvent.objects.exists()


def test_s03_a_flow_ends_after_ten_minutes(
    browser: Client, org: Org, salesforce_org: SalesforceOrg
) -> None:
    back = walk(browser, org)
    flow = OAuthFlow.objects.get()
    left = flow.expires_at - timezone.now()
    assert timedelta(minutes=9) < left <= timedelta(minutes=10)
    OAuthFlow.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    answer = browser.get(CALLBACK, back)
    assert answer.status_code == 400
    assert "ten minutes" in page(answer)
    assert "Start again" in page(answer)
    assert salesforce_org.requests.count(TOKEN) == 0


@pytest.mark.parametrize(
    "change",
    [
        {"my_domain": "https://evil.my.salesforce.com"},
        {"environment": Org.Environment.PRODUCTION},
    ],
)
def test_s05_editing_the_org_meanwhile_cancels_the_flow(
    browser: Client, org: Org, salesforce_org: SalesforceOrg, change: dict[str, str]
) -> None:
    back = walk(browser, org)
    Org.objects.filter(pk=org.pk).update(**change)
    answer = browser.get(CALLBACK, back)
    assert answer.status_code == 400
    assert "changed meanwhile" in page(answer)
    assert salesforce_org.requests.count(TOKEN) == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda: ConnectedApp.objects.update(consumer_key="3MVG9another"),
        lambda: Org.objects.update(deletion_requested_at=timezone.now()),
    ],
    ids=["another app", "deletion"],
)
def test_s05_another_app_or_a_deletion_meanwhile_cancels_the_flow(
    browser: Client,
    org: Org,
    salesforce_org: SalesforceOrg,
    change: Callable[[], int],
) -> None:
    back = walk(browser, org)
    change()
    answer = browser.get(CALLBACK, back)
    assert answer.status_code == 400
    assert salesforce_org.requests.count(TOKEN) == 0
    assert not Credential.objects.exists()


def test_s05_an_answer_of_another_issuer_is_refused(
    browser: Client, org: Org, salesforce_org: SalesforceOrg
) -> None:
    back = walk(browser, org)
    answer = browser.get(CALLBACK, {**back, "iss": "https://evil.my.salesforce.com"})
    assert answer.status_code == 400
    assert salesforce_org.requests.count(TOKEN) == 0


@pytest.mark.parametrize(
    ("issuer", "code"),
    [
        ("https://evil.example", "issuer_mismatch"),
        ("https://acme.my.salesforce.com", "access_denied"),
    ],
)
def test_s05_a_generic_login_host_hands_over_to_salesforce_only(
    browser: Client, org: Org, issuer: str, code: str
) -> None:
    Org.objects.update(environment=Org.Environment.PRODUCTION)
    state = parse_qs(urlsplit(start(browser, org)).query)["state"][0]
    back = {"state": state, "error": "access_denied", "iss": issuer}
    assert browser.get(CALLBACK, back).status_code == 400
    assert OAuthFlow.objects.get().outcome == code


def test_s06_the_code_of_another_flow_is_refused_by_its_verifier(
    browser: Client, org: Org
) -> None:
    stolen = walk(browser, org)
    mine = walk(browser, org)
    answer = browser.get(CALLBACK, {"state": mine["state"], "code": stolen["code"]})
    assert answer.status_code == 400
    assert "verifier" in page(answer)
    assert not Credential.objects.exists()


def test_s08_a_refusal_is_shown_escaped(browser: Client, org: Org) -> None:
    back = press(start(browser, org), button="deny")
    back["error_description"] = "<script>alert(1)</script>"
    answer = browser.get(CALLBACK, back)
    assert answer.status_code == 400
    assert "<script>alert" not in page(answer)
    assert "&lt;script&gt;" in page(answer)
    assert "press Allow" in page(answer)


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "https:evil.example", "\\\\evil.example", "javascript:alert(1)"],
)
@pytest.mark.parametrize("name", ["next", "return_url", "redirect_to"])
def test_s09_nothing_in_the_callback_says_where_to_go(
    browser: Client, org: Org, name: str, target: str
) -> None:
    back = walk(browser, org)
    answer = browser.get(CALLBACK, {**back, name: target}, HTTP_REFERER=target)
    assert answer["Location"] == reverse("admin:sfconnector_org_change", args=[org.pk])


def test_s10_without_a_cookie_the_page_asks_once_more(
    browser: Client, org: Org
) -> None:
    back = walk(browser, org)
    first = Client().get(CALLBACK, back)
    assert first.status_code == 200
    assert 'http-equiv="refresh"' in page(first)
    assert "<script" not in page(first)
    assert first["Referrer-Policy"] == "no-referrer"
    second = Client().get(CALLBACK, {**back, "bounced": "1"})
    assert second.status_code == 400
    assert "not logged in" in page(second)
    assert browser.get(CALLBACK, {**back, "bounced": "1"}).status_code == 302


@pytest.mark.parametrize(
    "loss",
    [{"is_active": False}, {"is_staff": False}, {"is_superuser": False}],
)
def test_s11_who_lost_the_right_meanwhile_connects_nothing(
    browser: Client, org: Org, salesforce_org: SalesforceOrg, loss: dict[str, bool]
) -> None:
    back = walk(browser, org)
    User.objects.update(**loss)
    answer = browser.get(CALLBACK, back)
    assert answer.status_code == 400
    assert salesforce_org.requests.count(TOKEN) == 0
    assert not Credential.objects.exists()


def test_the_callback_works_where_every_view_demands_a_login(
    browser: Client, org: Org
) -> None:
    middleware = [
        *settings.MIDDLEWARE,
        "django.contrib.auth.middleware.LoginRequiredMiddleware",
    ]
    with override_settings(MIDDLEWARE=middleware):
        back = walk(browser, org)
        assert "http-equiv" in page(Client().get(CALLBACK, back))
        assert browser.get(CALLBACK, back).status_code == 302


def test_the_callback_answers_get_only(browser: Client) -> None:
    assert browser.post(CALLBACK).status_code == 405


def test_a_refusal_leads_back_into_the_flow(browser: Client, org: Org) -> None:
    back = press(start(browser, org), button="deny")
    answer = page(browser.get(CALLBACK, back))
    action = reverse("admin:sfconnector_org_connect", args=[org.pk])
    assert f'action="{action}"' in answer
    assert "Start again" in answer
    assert "csrfmiddlewaretoken" in answer


def headers_of(answer: HttpResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in answer.items()}


def test_s30_nothing_of_the_callback_is_cached_or_framed(browser: Client) -> None:
    with override_settings(X_FRAME_OPTIONS="SAMEORIGIN"):
        headers = headers_of(browser.get(CALLBACK))
    assert headers["x-frame-options"] == "DENY"
    assert "no-store" in headers["cache-control"]
    assert headers["referrer-policy"] == "no-referrer"
