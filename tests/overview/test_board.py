"""The overview: what is counted, what comes first, search and pages."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from sfconnector import overview
from sfconnector.models import ApiUsage, ApiUsageDay, ConnectedApp, Org, SObject
from tests.admin.conftest import app, make_org, person
from tests.connections import browser_of
from tests.overview.test_timeline import plan_of, ran

__all__ = ["app"]
INDEX = "/admin/sfconnector/"
LOOK = "?health=look"
MOST_QUERIES = 25


def card_of(org: Org) -> overview.Card:
    return overview.board(Org.objects.filter(pk=org.pk)).cards[0]


def test_a_card_counts_what_is_cached_and_what_is_behind(app: ConnectedApp) -> None:
    org, now = make_org(app), timezone.now()
    hours = {name: now - timedelta(hours=n) for n, name in ((1, "Lead"), (2, "Case"))}
    for name, moment in hours.items():
        plan_of(org, name, schedule="every", every_minutes=5, last_success_at=moment)
    old = now - timedelta(days=9)
    plan_of(org, "Task", last_success_at=old)  # by hand: old is as it should be
    plan_of(org, "Event", schedule="cron", cron="0 6 * * *")
    plan_of(org, "Off", is_enabled=False, failures_in_a_row=1)
    failing = plan_of(org, "Asset", failures_in_a_row=2)
    plan_of(org, "", kind="endpoint", path="/a", last_success_at=now)
    SObject.objects.create(org=org, name="Lead", live_count=40, total_count=50)
    SObject.objects.create(org=org, name="Case", live_count=2, total_count=2)
    ran(failing, 3, state="failed")
    ran(failing, 30, state="failed")
    card = card_of(org)
    assert (card.plans, card.fine, card.troubled) == (6, 5, 1)
    assert (card.records, card.answered, card.unread) == (42, 1, 1)
    assert (card.fresh_at, card.oldest_at) == (now, hours["Case"])
    assert card.failed == 1
    assert card.has_problem


def test_the_totals_are_those_of_all_orgs_whatever_is_searched(
    app: ConnectedApp,
) -> None:
    acme, dead = make_org(app, "acme"), make_org(app, "dead", status="unknown")
    plan_of(acme, "Lead")
    plan_of(dead, "Lead", failures_in_a_row=1)
    ApiUsage.objects.create(org=acme, used=30, maximum=100)
    ApiUsage.objects.create(org=dead, used=50, maximum=1000)
    day = timezone.now().date()
    ApiUsageDay.objects.create(org=acme, day=day, calls=7)
    ApiUsageDay.objects.create(org=acme, day=day - timedelta(days=1), calls=100)
    board = overview.board(Org.objects.all(), search="ACM")
    totals = board.totals
    assert (totals.orgs, totals.healthy, totals.plans, totals.fine) == (2, 1, 2, 1)
    assert totals.calls_today == 7
    assert totals.fullest
    assert totals.fullest.org == acme
    assert [card.org for card in board.cards] == [acme]
    assert board.orgs == [dead, acme]  # problems first


def test_pages_of_cards(app: ConnectedApp) -> None:
    for number in range(overview.PER_PAGE + 3):
        make_org(app, f"org-{number:02}")
    orgs = Org.objects.all()
    assert len(overview.board(orgs).cards) == overview.PER_PAGE
    assert len(overview.board(orgs, page="2").cards) == 3
    for odd in ("9", "-1", "x", "²", ""):
        assert overview.board(orgs, page=odd).cards


def test_each_total_opens_the_list_of_what_it_counts(
    app: ConnectedApp, admin_client: Client
) -> None:
    now = timezone.now()
    acme, silent = make_org(app, "acme"), make_org(app, "silent", status="unknown")
    late = {"schedule": "every", "every_minutes": 5, "last_success_at": now}
    plan_of(acme, "Lead", **late)
    plan_of(acme, "Task", is_enabled=False)
    late["last_success_at"] = now - timedelta(days=2)
    failing = plan_of(silent, "Case", **late, failures_in_a_row=1)
    plan_of(silent, "Asset", paused_reason="Enough.", paused_at=now)
    for hours in (1, 2, 3, 30):
        ran(failing, hours, state="failed")
    ran(failing, 1)
    page = admin_client.get(INDEX).content.decode()
    page = page[page.index('class="sf-totals"') :]
    page = page[: page.index("</section>")]
    links = re.findall(r'<a [^>]*?href="([^"]*changelist|[^"]*[?][^"]*)"', page)
    counted = [
        admin_client.get(unescape(link)).context["cl"].result_count for link in links
    ]
    assert counted == [1, 1, 2, 3, 2]  # the last: the plans of the org that is behind
    names = re.findall(r'<a class="sf-total-more"[^>]*>([^<]+)</a>', page)
    assert names == ["2 need a look", "silent"]
    totals = overview.board(Org.objects.all()).totals
    assert (totals.healthy, totals.fine, totals.failed) == (1, 1, 3)
    unhealthy = admin_client.get(reverse("admin:sfconnector_org_changelist") + LOOK)
    assert [org.alias for org in unhealthy.context["cl"].result_list] == ["silent"]


def test_totals_lead_nobody_to_a_list_that_is_not_theirs(app: ConnectedApp) -> None:
    ran(plan_of(make_org(app), "Lead", last_success_at=timezone.now()), 1)
    client = browser_of(person("looks", "view_org"))
    page = client.get(INDEX).content.decode()
    page = page[page.index('class="sf-totals"') :]
    links = re.findall(r'href="([^"]+)"', page[: page.index("</section>")])
    assert all(client.get(unescape(link)).status_code == 200 for link in links)


def test_a_search_on_the_page_and_what_it_did_not_find(
    app: ConnectedApp, admin_client: Client
) -> None:
    for number in range(8):
        make_org(app, f"org-{number}", label=f"Number {number}")
    page = admin_client.get(INDEX, {"q": "number 3"}).content.decode()
    assert "1 org found for “number 3”." in page
    assert page.count('<article class="sf-card') == 1
    hostile = '"><b>x\x00' + "😀" * 300
    page = admin_client.get(INDEX, {"q": hostile, "p": "1e9"}).content.decode()
    assert "0 orgs found for" in page
    assert "<b>x" not in page


def test_many_problems_are_counted_and_not_all_told(
    app: ConnectedApp, admin_client: Client
) -> None:
    org = make_org(app)
    for number in range(20):
        plan_of(org, f"Object{number}", failures_in_a_row=1)
    page = admin_client.get(INDEX).content.decode()
    assert page.count('class="sf-note sf-bad"') == 12
    assert "8 more need a look" in page


def test_the_overview_asks_no_more_than_25_queries(
    app: ConnectedApp, admin_client: Client
) -> None:
    for number in range(40):
        org = make_org(app, f"org-{number}")
        for name in ("Lead", "Case"):
            ran(plan_of(org, name, failures_in_a_row=number % 2), 1)
    admin_client.get(INDEX)
    with CaptureQueriesContext(connection) as seen:
        assert admin_client.get(INDEX).status_code == 200
    assert len(seen) <= MOST_QUERIES


def test_a_name_of_255_signs_breaks_no_card(
    app: ConnectedApp, admin_client: Client
) -> None:
    make_org(app, label="😀" * 60, org_name="😀" * 255)
    assert "😀" * 255 in admin_client.get(INDEX).content.decode()
