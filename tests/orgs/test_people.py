"""The log-in bears people: double presses, reloads, tabs, prefetches (F50, S45)."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from salesforce_simulator import SalesforceOrg
from sfconnector import orgs, throttle
from sfconnector.models import AuditEvent, Credential, OAuthFlow, Org
from sfconnector.retention.pruning import prune_flows
from tests.connections import browser_of, led_to, person, press
from tests.threads import at_once

TOKEN = "/services/oauth2/token"
CALLBACK = "/salesforce/callback/"
PREFETCH = {"Sec-Purpose": "prefetch;prerender"}


@pytest.fixture
def browser(db: None) -> Client:
    """A browser in which Ada is logged in to the admin."""
    return browser_of(person())


def twin(browser: Client) -> Client:
    """Another tab of the same browser."""
    client = Client()
    client.cookies = browser.cookies
    return client


def press_connect(browser: Client, org: Org) -> str:
    answer = browser.post(reverse("admin:sfconnector_org_connect", args=[org.pk]))
    return led_to(answer)


def follow(browser: Client, back: dict[str, str]) -> Any:
    """Ask for the callback, and again while the page says to wait."""
    answer = browser.get(CALLBACK, back)
    for _ in range(200):
        if answer.status_code != 200:
            return answer
        time.sleep(0.05)
        answer = browser.get(CALLBACK, {"state": back["state"], "bounced": "1"})
    return answer


def page_of(org: Org) -> str:
    return reverse("admin:sfconnector_org_change", args=[org.pk])


@pytest.mark.django_db(transaction=True)
def test_f50_a_callback_that_comes_several_times_at_once_is_exchanged_once(
    browser: Client,
    org: Org,
    salesforce_org: SalesforceOrg,
    rounds: int,
) -> None:
    for before in range(rounds):
        back = press(press_connect(browser, org))
        tabs = [twin(browser) for _ in range(3)]
        answers = at_once(*(partial(follow, tab, back) for tab in tabs))
        assert [one.status_code for one in answers] == [302] * 3
        assert {one["Location"] for one in answers} == {page_of(org)}
        assert salesforce_org.requests.count(TOKEN) == before + 1
    org.refresh_from_db()
    assert org.is_connected


@pytest.mark.django_db(transaction=True)
def test_f50_two_first_presses_at_once_both_lead_to_a_connection(
    org: Org,
    salesforce_org: SalesforceOrg,
    rounds: int,
) -> None:
    for _ in range(rounds):
        browser = browser_of(person())
        tabs = [twin(browser), twin(browser)]
        urls = at_once(*(partial(press_connect, tab, org) for tab in tabs))
        answers = [browser.get(CALLBACK, press(url)) for url in urls]
        assert [one.status_code for one in answers] == [302, 302]


@pytest.mark.django_db(transaction=True)
def test_f50_two_tabs_that_come_back_at_once_both_count(
    browser: Client,
    org: Org,
    salesforce_org: SalesforceOrg,
    rounds: int,
) -> None:
    for before in range(rounds):
        backs = [press(press_connect(browser, org)) for _ in range(2)]
        answers = at_once(*(partial(follow, twin(browser), back) for back in backs))
        assert [one.status_code for one in answers] == [302, 302]
        assert salesforce_org.requests.count(TOKEN) == 2 * (before + 1)


@pytest.mark.django_db(transaction=True)
def test_f50_two_presses_of_allow_or_a_way_back_meanwhile_are_exchanged_once(
    browser: Client, org: Org, salesforce_org: SalesforceOrg, rounds: int
) -> None:
    for before in range(rounds):
        page = press_connect(browser, org)
        backs = [press(page), press(page)]  # one state, two codes
        assert backs[0]["code"] != backs[1]["code"]
        answers = at_once(*(partial(follow, twin(browser), back) for back in backs))
        assert [one["Location"] for one in answers] == [page_of(org)] * 2
        assert salesforce_org.requests.count(TOKEN) == before + 1


@pytest.mark.django_db(transaction=True)
def test_f50_looking_ahead_beside_the_callback_takes_nothing_from_it(
    browser: Client, org: Org, salesforce_org: SalesforceOrg, rounds: int
) -> None:
    for before in range(rounds):
        back = press(press_connect(browser, org))
        *ahead, came = at_once(
            partial(twin(browser).head, CALLBACK, back),
            partial(twin(browser).get, CALLBACK, back, headers=PREFETCH),
            partial(follow, twin(browser), back),
        )
        assert [one.status_code for one in ahead] == [204, 204]
        assert came["Location"] == page_of(org)
        assert salesforce_org.requests.count(TOKEN) == before + 1


@pytest.mark.django_db(transaction=True)
def test_f50_reloads_at_once_of_what_went_well_lead_to_the_orgs_page(
    browser: Client, org: Org, salesforce_org: SalesforceOrg, rounds: int
) -> None:
    back = press(press_connect(browser, org))
    for _ in range(rounds):
        tabs = [twin(browser) for _ in range(3)]
        answers = at_once(*(partial(follow, tab, back) for tab in tabs))
        assert [one["Location"] for one in answers] == [page_of(org)] * 3
    assert salesforce_org.requests.count(TOKEN) == 1


def test_f50_a_reload_of_what_went_well_leads_to_the_orgs_page(
    browser: Client,
    org: Org,
    salesforce_org: SalesforceOrg,
    rounds: int,
) -> None:
    back = press(press_connect(browser, org))
    for _ in range(rounds):
        answer = browser.get(CALLBACK, back)
        assert (answer.status_code, answer["Location"]) == (302, page_of(org))
    assert salesforce_org.requests.count(TOKEN) == 1
    assert AuditEvent.objects.filter(outcome="refused").count() == 0


def test_f50_after_archiving_a_reload_leads_to_the_fresh_row(
    browser: Client, org: Org, salesforce_org: SalesforceOrg
) -> None:
    browser.get(CALLBACK, press(press_connect(browser, org)))
    other = salesforce_org.users.add("ben@acme.example")
    url = reverse("admin:sfconnector_org_connect", args=[org.pk])
    begun = browser.post(url, {"archive": "1"})
    back = press(led_to(begun), username=other.username)
    first, again = browser.get(CALLBACK, back), browser.get(CALLBACK, back)
    assert first["Location"] == again["Location"] != page_of(org)


@pytest.mark.parametrize(
    "ask",
    [
        lambda browser, back: browser.head(CALLBACK, back),
        lambda browser, back: browser.get(CALLBACK, back, headers=PREFETCH),
        lambda browser, back: browser.get(
            CALLBACK, back, headers={"Purpose": "prefetch"}
        ),
    ],
    ids=["HEAD", "Sec-Purpose", "Purpose"],
)
def test_f50_looking_ahead_uses_nothing_up(
    browser: Client,
    org: Org,
    salesforce_org: SalesforceOrg,
    ask: Callable[[Client, dict[str, str]], Any],
    rounds: int,
) -> None:
    back = press(press_connect(browser, org))
    for _ in range(rounds):
        answer = ask(browser, back)
        assert answer.status_code == 204
        assert "no-store" in answer["Cache-Control"]
    assert salesforce_org.requests.count(TOKEN) == 0
    assert OAuthFlow.objects.get().consumed_at is None
    assert browser.get(CALLBACK, back)["Location"] == page_of(org)


def deny(browser: Client, org: Org) -> dict[str, str]:
    return press(press_connect(browser, org), button="deny")


def let_expire(browser: Client, org: Org) -> dict[str, str]:
    back = press(press_connect(browser, org))
    OAuthFlow.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    return back


def lose_the_right(browser: Client, org: Org) -> dict[str, str]:
    back = press(press_connect(browser, org))
    User.objects.update(is_superuser=False)
    return back


def change_the_org(browser: Client, org: Org) -> dict[str, str]:
    back = press(press_connect(browser, org))
    Org.objects.update(environment="production")
    return back


def come_without_a_code(browser: Client, org: Org) -> dict[str, str]:
    return {"state": press(press_connect(browser, org))["state"]}


@pytest.mark.parametrize(
    "go_wrong", [deny, let_expire, lose_the_right, change_the_org, come_without_a_code]
)
def test_a_verifier_is_gone_whatever_the_outcome(
    browser: Client, org: Org, go_wrong: Callable[[Client, Org], dict[str, str]]
) -> None:
    back = go_wrong(browser, org)
    assert OAuthFlow.objects.get().verifier_enc
    assert browser.get(CALLBACK, back).status_code == 400
    assert OAuthFlow.objects.get().verifier_enc == ""
    assert AuditEvent.objects.filter(outcome="refused", org=org).count() == 1


def test_a_verifier_is_gone_after_a_crash_and_after_its_time(
    browser: Client, org: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.raise_request_exception = False
    back = press(press_connect(browser, org))
    with monkeypatch.context() as patch:
        patch.setattr("sfconnector.orgs.connecting.callback.settle", None)
        assert browser.get(CALLBACK, back).status_code == 500
    assert OAuthFlow.objects.get().verifier_enc == ""
    assert "already finished" in browser.get(CALLBACK, back).content.decode()
    press_connect(browser, org)
    prune_flows(timezone.now() + timedelta(minutes=11))
    assert not OAuthFlow.objects.exclude(verifier_enc="").exists()


def test_a_verifier_is_gone_once_it_is_taken_also_when_the_process_dies_then(
    browser: Client, org: Org
) -> None:
    press_connect(browser, org)
    taken, verifier = OAuthFlow.objects.get().consume()
    assert taken
    assert verifier
    assert OAuthFlow.objects.get().verifier_enc == ""
    assert OAuthFlow.objects.get().consume() == (False, None)


@pytest.mark.parametrize(
    "strange",
    [
        {"error": "access_denied", "error_description": "no\x00way\x1b[31m"},
        {"error": "access\x00denied"},
        {"iss": "https://\x00evil"},
        {"code": "\x00"},
        {"code": "x" * 5_000},
    ],
)
def test_a_refused_callback_always_has_its_line(
    browser: Client, org: Org, strange: dict[str, str]
) -> None:
    state = press(press_connect(browser, org))["state"]
    answer = browser.get(CALLBACK, {"state": state, **strange})
    assert answer.status_code == 400
    line = AuditEvent.objects.get(outcome="refused")
    assert (line.action, line.org, line.user) == ("oauth.connect", org, person())
    flow = OAuthFlow.objects.get()
    assert flow.outcome
    for text in (*map(str, line.detail.values()), flow.outcome, flow.detail):
        assert not set(text) & set("\x00\x1b")


def test_a_stranger_with_a_real_state_leaves_a_line_and_uses_nothing_up(
    browser: Client, org: Org
) -> None:
    back = press(press_connect(browser, org))
    assert Client().get(CALLBACK, {**back, "bounced": "1"}).status_code == 400
    assert AuditEvent.objects.filter(action="oauth.logged_out", org=org).count() == 1
    assert browser.get(CALLBACK, back).status_code == 302


@pytest.mark.parametrize("is_known", [True, False], ids=["logged in", "nobody"])
def test_s45_a_callback_without_a_flow_leaves_no_line_and_is_limited(
    browser: Client, is_known: bool
) -> None:
    client = browser if is_known else Client()
    asked = [
        client.get(CALLBACK, {"state": f"forged{n}", "code": "c", "bounced": "1"})
        for n in range(throttle.PER_MINUTE + 5)
    ]
    found = [answer.status_code for answer in asked]
    assert found == [400] * throttle.PER_MINUTE + [429] * 5
    assert asked[-1]["Retry-After"]
    elsewhere = client.get(
        CALLBACK, {"state": "x", "bounced": "1"}, REMOTE_ADDR="192.0.2.9"
    )
    assert elsewhere.status_code == 400
    assert not AuditEvent.objects.exists()


def test_s45_a_person_behind_the_same_address_still_connects(
    browser: Client, org: Org
) -> None:
    back = press(press_connect(browser, org))
    for number in range(throttle.PER_MINUTE + 5):
        Client().get(CALLBACK, {"state": f"forged{number}", "bounced": "1"})
    assert browser.get(CALLBACK, back)["Location"] == page_of(org)
    assert Credential.objects.get(org=org).access_token_enc


def test_the_person_comes_back_in_the_language_he_left_in(
    browser: Client, org: Org
) -> None:
    middleware = [*settings.MIDDLEWARE, "django.middleware.locale.LocaleMiddleware"]
    url = reverse("admin:sfconnector_org_connect", args=[org.pk])
    with override_settings(MIDDLEWARE=middleware):
        begun = browser.post(url, headers={"Accept-Language": "de"})
        back = press(led_to(begun), button="deny")
        answer = browser.get(CALLBACK, back, headers={"Accept-Language": "en"})
    assert '<html lang="de"' in answer.content.decode()


def test_the_value_that_ties_a_flow_to_its_session_is_there_before_the_button(
    browser: Client, org: Org
) -> None:
    assert browser.session[orgs.SESSION_KEY]
    old = browser.session  # a session from before the app was installed
    del old[orgs.SESSION_KEY]
    old.save()
    browser.get(page_of(org))
    planted = browser.session[orgs.SESSION_KEY]
    press_connect(browser, org)
    assert browser.session[orgs.SESSION_KEY] == planted
