"""A link connects one org once, opens nothing else, and can be taken back."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from salesforce_simulator import SalesforceOrg
from sfconnector import orgs, throttle
from sfconnector.audit import NOBODY, Actor
from sfconnector.exceptions import Forbidden
from sfconnector.models import AuditEvent, Invitation, OAuthFlow, Org
from sfconnector.retention.pruning import prune_flows
from tests.connections import browser_of, led_to, org_of, person, press
from tests.threads import at_once

TOKEN = "/services/oauth2/token"
CALLBACK = "/salesforce/callback/"
PAGE = "/salesforce/invited/"


@pytest.fixture
def link(org: Org) -> str:
    """The secret of a link that Ada made."""
    return secret_of(org)


def secret_of(org: Org) -> str:
    """Make a link; return what stands behind its ``#``."""
    made = urlsplit(orgs.invite(org, by=Actor(person())).url)
    assert made.path == PAGE
    return made.fragment


def look(guest: Client, link: str) -> Any:
    """Open the link, as the page's script does."""
    return guest.post(PAGE, {"token": link})


def press_log_in(guest: Client, link: str) -> Any:
    return guest.post(PAGE, {"token": link, "connect": "yes"})


def walk(guest: Client, link: str, **more: str) -> dict[str, str]:
    begun = press_log_in(guest, link)
    return press(led_to(begun), **more)


def test_a_guest_connects_the_org_once_and_gets_no_further(
    org: Org, link: str, salesforce_org: SalesforceOrg
) -> None:
    guest = Client()
    for _ in range(3):  # a mail program looks first
        assert guest.head(PAGE).status_code == guest.get(PAGE).status_code == 200
        assert look(guest, link).status_code == 200
    done = guest.get(CALLBACK, walk(guest, link))
    assert done.status_code == 200
    assert "Thank you" in done.content.decode()
    assert 'href="/admin/' not in done.content.decode()
    org.refresh_from_db()
    assert org.is_connected
    for answer in (look(guest, link), press_log_in(guest, link)):
        assert answer.status_code == 404
    assert guest.get(reverse("admin:index")).status_code == 302
    assert "_auth_user_id" not in guest.session
    actions = AuditEvent.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["invitation.made", "oauth.begin", "oauth.connect"]
    line = AuditEvent.objects.get(action="oauth.connect")
    assert (line.user, line.detail["invited_by"]) == (None, "ada")
    assert line.client_address == "127.0.0.1"
    assert Invitation.objects.get().token_hash not in link
    assert link not in str(list(AuditEvent.objects.values()))


@pytest.mark.django_db(transaction=True)
def test_of_two_guests_with_one_link_one_connects(
    org: Org, salesforce_org: SalesforceOrg, rounds: int
) -> None:
    for times in range(rounds):
        cache.clear()  # or the limit per address would end this
        link = secret_of(org)
        guests = [Client(), Client()]
        backs = [walk(guest, link) for guest in guests]
        found = at_once(
            *(
                partial(guest.get, CALLBACK, back)
                for guest, back in zip(guests, backs, strict=True)
            )
        )
        assert sorted(one.status_code for one in found) == [200, 400]
        assert salesforce_org.requests.count(TOKEN) == times + 1


def test_what_went_wrong_at_salesforce_leaves_the_link_good(
    org: Org, link: str, salesforce_org: SalesforceOrg
) -> None:
    guest = Client()
    refused = guest.get(CALLBACK, walk(guest, link, button="deny"))
    assert refused.status_code == 400
    assert "Open your link once more" in refused.content.decode()
    assert 'href="/admin/' not in refused.content.decode()
    assert guest.get(CALLBACK, walk(guest, link)).status_code == 200


def expire() -> None:
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def revoke() -> None:
    assert orgs.revoke_invitation(Invitation.objects.get(), by=Actor(person()))
    assert not orgs.revoke_invitation(Invitation.objects.get(), by=Actor(person()))


def disarm_the_maker() -> None:
    User.objects.update(is_superuser=False)


@pytest.mark.parametrize("end", [expire, revoke, disarm_the_maker])
def test_a_link_ends_also_for_a_log_in_that_is_on_its_way(
    org: Org, link: str, salesforce_org: SalesforceOrg, end: Any
) -> None:
    guest = Client()
    back = walk(guest, link)
    end()
    assert look(guest, link).status_code == 404
    assert press_log_in(guest, link).status_code == 404
    assert guest.get(CALLBACK, back).status_code == 400
    assert salesforce_org.requests.count(TOKEN) == 0
    assert AuditEvent.objects.filter(outcome="refused", org=org).count() == 1


def test_a_log_in_belongs_to_the_browser_that_opened_the_link(
    org: Org, link: str, salesforce_org: SalesforceOrg
) -> None:
    back = walk(Client(), link)
    for stranger in (Client(), Client()):
        look(stranger, link)
        assert stranger.get(CALLBACK, {**back, "bounced": "1"}).status_code == 400
    maker = browser_of(person())
    assert maker.get(CALLBACK, back).status_code == 400
    assert salesforce_org.requests.count(TOKEN) == 0


def test_a_guest_is_told_of_no_other_org(
    org: Org, link: str, salesforce_org: SalesforceOrg
) -> None:
    for number in range(5):
        other = org_of(salesforce_org, alias=f"other-{number}", app=org.app)
        Org.objects.filter(pk=other.pk).update(
            org_id="00D1", user_id="0051", status=Org.Status.CONNECTED
        )
    Org.objects.filter(pk=org.pk).update(org_id="00D1", user_id="0051")
    answer = press_log_in(Client(), link).content.decode()
    assert "5 that you may not see" in answer
    assert "other-" not in answer


def test_links_that_open_nothing_are_limited(org: Org) -> None:
    guest = Client()
    found = [
        look(guest, f"guess{number}").status_code
        for number in range(throttle.PER_MINUTE + 3)
    ]
    assert found == [404] * throttle.PER_MINUTE + [429] * 3


@pytest.mark.parametrize("strange", ["", "#", "\x00", "x" * 10_000, "\ud800"])
def test_a_strange_link_opens_nothing(org: Org, strange: str) -> None:
    given = {"token": strange.encode("utf-8", "surrogatepass")}
    assert Client().post(PAGE, given).status_code in {400, 404}
    assert Client().post(PAGE).status_code == 404


def test_a_pasted_link_is_as_good_as_its_end(org: Org, link: str) -> None:
    answer = look(Client(), f" http://testserver{PAGE}#{link} ")
    assert "Log in at Salesforce" in answer.content.decode()


def test_only_who_may_connect_makes_a_link(org: Org) -> None:
    for by in (NOBODY, Actor(User.objects.create(username="eve", is_staff=True))):
        with pytest.raises(Forbidden):
            orgs.invite(org, by=by)


def test_the_admins_page_shows_a_link_once_and_takes_it_back(org: Org) -> None:
    browser = browser_of(person())
    url = reverse("admin:sfconnector_org_invite", args=[org.pk])
    assert "/invited/" not in browser.get(url).content.decode()
    assert not Invitation.objects.exists()
    assert "/salesforce/invited/" in browser.post(url).content.decode()
    again = browser.get(url).content.decode()
    assert "/invited/" not in again
    assert "A link of ada is open" in again
    for strange in ("", "²", "x", "9" * 5_000, "-1"):
        assert browser.post(url, {"revoke": strange}).status_code == 302
    assert Invitation.objects.open().exists()
    browser.post(url, {"revoke": Invitation.objects.get().pk})
    assert not Invitation.objects.open().exists()
    assert AuditEvent.objects.filter(action="invitation.revoked").count() == 1


def test_old_invitations_go(org: Org, link: str) -> None:
    prune_flows(timezone.now() + timedelta(days=80))
    assert Invitation.objects.exists()
    prune_flows(timezone.now() + timedelta(days=100))
    assert not Invitation.objects.exists()
    assert not OAuthFlow.objects.exists()
