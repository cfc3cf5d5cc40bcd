"""What goes wrong gets one clear sentence with a remedy, and harms nothing else."""

from __future__ import annotations

import itertools
import socket
from typing import TYPE_CHECKING

import pytest

from project.demo.visitor import Page, Visitor
from tests.journeys import people
from tests.journeys.people import admin_url
from tests.journeys.sites import Site

if TYPE_CHECKING:
    from salesforce_simulator import SalesforceOrg

pytestmark = [pytest.mark.timeout(300), pytest.mark.once]
numbers = itertools.count(1)


@pytest.fixture
def visitor(site: Site) -> Visitor:
    return site.visitor()


def new_org(visitor: Visitor, acme: SalesforceOrg, **changed: str) -> int:
    """Enter one more org that logs in at the simulated one."""
    number = next(numbers)
    return people.add_org(
        visitor, acme, alias=f"bad-{number}", name=f"App {number}", **changed
    )


def assert_not_connected(visitor: Visitor, org: int) -> None:
    """Nothing was half-written: the org is as it was before."""
    page = visitor.get(admin_url("org_change", org))
    assert page.status == 200
    assert "Never connected" in page.text


def assert_refused(page: Page, *sentences: str) -> None:
    """The page says what happened and what to do."""
    assert page.status == 400, page.text
    assert "What to do" in page.text
    for sentence in sentences:
        assert sentence.lower() in page.text.lower(), page.text


def test_a_wrong_consumer_secret(visitor: Visitor, acme: SalesforceOrg):
    org = new_org(visitor, acme, consumer_secret="0123456789ABCDEF")
    page = people.connect(visitor, org)
    assert_refused(page, "consumer secret", "invalid_client")
    assert_not_connected(visitor, org)


def test_a_wrong_redirect_uri(visitor: Visitor, acme: SalesforceOrg):
    acme.app.redirect_uris = ("https://elsewhere.example.com/callback/",)
    org = new_org(visitor, acme)
    page = people.go_to_consent(visitor, org)
    assert "redirect_uri_mismatch" in page.text
    # Salesforce shows this page itself, so the org's page must name the right URL.
    assert "/salesforce/callback/" in visitor.get(admin_url("org_change", org)).text
    assert_not_connected(visitor, org)


def test_a_denied_consent(visitor: Visitor, acme: SalesforceOrg):
    org = new_org(visitor, acme)
    page = people.answer_consent(visitor, people.go_to_consent(visitor, org), "deny")
    assert_refused(page, "access_denied")
    assert_not_connected(visitor, org)


def test_a_replayed_state(site: Site, visitor: Visitor, acme: SalesforceOrg):
    org = new_org(visitor, acme)
    consent = people.go_to_consent(visitor, org)
    state = consent.form(action="/services/oauth2/authorize").values["state"]
    people.answer_consent(visitor, consent, "allow")
    exchanged = acme.requests.count("/services/oauth2/token")
    again = f"/salesforce/callback/?code=aPrx.again&state={state}"
    page = visitor.get(again)
    # The same person is shown what came of it; nobody else is, and nothing is sent.
    assert page.url.endswith(admin_url("org_change", org))
    assert "Connected" in page.text
    assert_refused(site.visitor().get(again), "not started by you in this browser")
    assert acme.requests.count("/services/oauth2/token") == exchanged


def test_a_foreign_state(site: Site, visitor: Visitor, acme: SalesforceOrg):
    org = new_org(visitor, acme)
    consent = people.go_to_consent(visitor, org)
    state = consent.form(action="/services/oauth2/authorize").values["state"]
    page = site.visitor().get(f"/salesforce/callback/?code=aPrx.foreign&state={state}")
    assert_refused(page, "not started by you in this browser session")
    assert_not_connected(visitor, org)


def test_a_forged_and_a_missing_state(visitor: Visitor):
    assert_refused(
        visitor.get("/salesforce/callback/?code=aPrx.x&state=" + "f" * 43),
        "not started by you in this browser session",
    )
    assert_refused(visitor.get("/salesforce/callback/?code=aPrx.x"), "no state")


@pytest.mark.parametrize(
    "address",
    [
        "https://login.salesforce.com@evil.example.com",
        "https://my.salesforce.com.evil.example.com",
        "http://acme.my.salesforce.com",
        "https://169.254.169.254",
        "http://127.0.0.1:1",
    ],
)
def test_a_login_url_that_is_not_salesforces(
    visitor: Visitor, acme: SalesforceOrg, address: str
):
    app = people.add_app(visitor, acme, name=f"Host app {next(numbers)}")
    page = people.add(
        visitor,
        "org",
        alias=f"host-{next(numbers)}",
        app=str(app),
        environment="my_domain",
        my_domain=address,
    )
    assert page.path == admin_url("org_add")
    assert "is refused" in page.errors
    assert "or the org's My Domain" in page.errors


def test_a_503_web_page_while_connecting(visitor: Visitor, acme: SalesforceOrg):
    acme.faults.add("/services/oauth2/token", page=True)
    org = new_org(visitor, acme)
    assert_refused(people.connect(visitor, org), "web page", "503")
    assert_not_connected(visitor, org)


def test_a_200_that_is_not_json_while_connecting(visitor: Visitor, acme: SalesforceOrg):
    acme.faults.add("/services/oauth2/token", status=200, body="{not json")
    org = new_org(visitor, acme)
    assert_refused(people.connect(visitor, org))
    assert_not_connected(visitor, org)


def run_with(visitor: Visitor, acme: SalesforceOrg, **fault: object) -> tuple[str, str]:
    """Connect, spoil the org's queries, fetch; return the state and the run's page."""
    org = new_org(visitor, acme)
    people.connect(visitor, org)
    plan = people.add_plan(visitor, org, kind="object", sobject="Account", mode="rest")
    acme.faults.add("/query*", **fault)
    figures = people.run_plan(visitor, plan)
    page = visitor.get(admin_url("syncrun_change", figures["run"]))
    return figures["state"], page.text


def test_a_locator_that_died_is_made_good(visitor: Visitor, acme: SalesforceOrg):
    state, _ = run_with(
        visitor,
        acme,
        nth=2,
        status=400,
        body=[{"errorCode": "INVALID_QUERY_LOCATOR", "message": "invalid locator"}],
    )
    assert state in people.DONE
    alias = f"bad-{next(numbers) - 1}"
    shown = visitor.get(admin_url("record_browse", alias, "Account")).text
    assert "4300 records" in shown.replace(",", "")


def test_a_200_that_is_not_json_is_asked_for_again(
    visitor: Visitor, acme: SalesforceOrg
):
    page = "<html>Maintenance</html>"
    state, _ = run_with(visitor, acme, times=2, status=200, body=page)
    assert state in people.DONE
    alias = f"bad-{next(numbers) - 1}"
    shown = visitor.get(admin_url("record_browse", alias, "Account")).text
    assert "4300 records" in shown.replace(",", "")


def test_a_refusal_that_lasts_fails_the_run_with_a_remedy(
    visitor: Visitor, acme: SalesforceOrg
):
    refusal = {"errorCode": "INVALID_TYPE", "message": "sObject type is not supported"}
    state, text = run_with(visitor, acme, status=400, body=[refusal])
    assert state == "failed"
    assert "INVALID_TYPE" in text


def test_an_org_that_cannot_be_reached(
    site: Site, visitor: Visitor, acme: SalesforceOrg
):
    org = new_org(visitor, acme)
    people.connect(visitor, org)
    acme.faults.add("*", reset=True)
    page = people.press(visitor, "org_change", "org_test", org)
    assert page.status == 200
    assert page.messages
    acme.faults.clear()
    other = new_org(visitor, acme)
    people.connect(visitor, other)
    assert "answers" in people.press(visitor, "org_change", "org_test", other).messages


def test_a_missing_encryption_key(site: Site):
    said = site.command("check", status=1, SFCONNECTOR_ENCRYPTION_KEYS="")
    assert "SFCONNECTOR_ENCRYPTION_KEYS" in said
    assert "sf_keys generate" in said


def test_a_taken_port(site: Site):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        said = site.command("sf_simulator", "--port", port, status=1)
    assert f"Cannot listen on 127.0.0.1:{port}" in said
    assert "Traceback" not in said
