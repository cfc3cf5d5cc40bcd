"""Everything that keeps a connection alive is examined, each with a remedy."""

from __future__ import annotations

import base64
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client, override_settings
from django.utils import timezone

from salesforce_simulator import SalesforceOrg
from sfconnector import health
from sfconnector.exceptions import SFConnectorError
from sfconnector.health import Finding
from sfconnector.models import Credential, Heartbeat, Org, SyncPlan, SyncRun
from tests.connections import connect, org_of, settings_with

LIMITS = "/limits"


def about(findings: list[Finding], code: str) -> Finding:
    return next(one for one in findings if one.code == code)


def level(org: Org, code: str) -> str:
    found = about(health.doctor(Org.objects.get(pk=org.pk)), code)
    assert found.level == "green" or found.remedy
    return found.level


def test_a_healthy_org_is_green_throughout(org: Org) -> None:
    found = health.doctor(org)
    assert {one.level for one in found} == {"green"}
    assert {one.code for one in found} == {
        "api", "user", "clock", "connection", "secrets", "scopes", "idle",
        "version", "limits",
    }  # fmt: skip
    org.refresh_from_db()
    assert len(org.findings) == len(found)
    assert org.findings_at is not None


@pytest.mark.parametrize(
    ("refusal", "title", "setup"),
    [
        ("api_disabled_for_user", "The user may not use the API", "PermSets"),
        ("api_disabled_for_org", "The org has no API access", "CompanyProfile"),
        ("session_not_for_rest", "The session may not use the REST API", "setup"),
        ("request_limit", "The org's daily API calls are used up", ""),
    ],
)
def test_a_refusal_of_the_api_is_decoded(
    org: Org, salesforce_org: SalesforceOrg, refusal: str, title: str, setup: str
) -> None:
    salesforce_org.faults.add(path=LIMITS, refuse=refusal)
    found = about(health.doctor(org), "api")
    assert found.level == "red"
    assert found.title == title
    assert found.remedy
    if setup and found.link:
        assert found.link.startswith(salesforce_org.base_url)
        assert setup in found.link


def test_an_org_that_cannot_be_reached_is_nowhere_called_connected(
    org: Org, salesforce_org: SalesforceOrg, admin_client: Client
) -> None:
    assert health.unanswered(org) == ""
    salesforce_org.faults.add(path=LIMITS, status=503, times=20)
    assert about(health.doctor(org), "unreachable").level == "red"
    org.refresh_from_db()
    assert health.unanswered(org) == "Cannot be reached"
    out = StringIO()
    call_command("sf_orgs", stdout=out)
    assert "cannot be reached" in out.getvalue()
    pages = ("", "org/", f"org/{org.pk}/change/")
    seen = [admin_client.get(f"/admin/sfconnector/{one}") for one in pages]
    for page in (one.content.decode() for one in seen):
        assert "</svg>Cannot be reached</span>" in page
        assert "</svg>Connected</span>" not in page
    salesforce_org.faults.clear()
    health.refresh_limits(org)
    org.refresh_from_db()
    assert health.unanswered(org) == ""


def test_a_plan_that_fails_is_told_with_its_last_error(org: Org) -> None:
    plan = SyncPlan.objects.create(
        org=org, kind="soql", soql="SELECT X FROM Account", name="Odd", is_enabled=True
    )
    assert "plan" not in {one.code for one in health.doctor(org, ask=False)}
    SyncPlan.objects.update(failures_in_a_row=2)
    SyncRun.objects.create(
        plan=plan, org=org, state="failed", error_text="No column X.", remedy="Mend it."
    )
    found = about(health.doctor(org, ask=False), "plan")
    assert (found.level, found.title) == ("yellow", "The plan “Odd” fails")
    assert (found.text, found.remedy) == ("No column X.", "Mend it.")
    org.refresh_from_db()
    kept = {one["code"] for one in org.findings}
    assert "plan" not in kept, "a page would tell of it when it is mended"


def test_an_inactive_user_is_red(org: Org, salesforce_org: SalesforceOrg) -> None:
    salesforce_org.faults.add(
        path="/services/oauth2/userinfo", replace=['"active":true', '"active":false']
    )
    assert level(org, "user") == "red"


def test_a_clock_that_is_wrong_is_told(org: Org, salesforce_org: SalesforceOrg) -> None:
    salesforce_org.clock.advance(600)
    assert level(org, "clock") == "yellow"
    Org.objects.update(flow="jwt")
    assert level(org, "clock") == "red"


@pytest.mark.parametrize(
    ("scopes", "expected"),
    [
        ("api refresh_token openid", "green"),
        ("api", "red"),
        ("refresh_token", "red"),
        ("full refresh_token", "yellow"),
        ("api offline_access web", "yellow"),
    ],
)
def test_scopes_are_compared_with_what_is_needed(
    org: Org, scopes: str, expected: str
) -> None:
    Org.objects.update(scopes_granted=scopes)
    assert level(org, "scopes") == expected


def test_the_api_version_is_compared_with_what_the_org_offers(org: Org) -> None:
    for version, expected in (("39.0", "yellow"), ("66.0", "green"), ("99.0", "red")):
        Org.objects.update(api_version=version)
        found = health.doctor(Org.objects.get(), ask=False)
        assert about(found, "version").level == expected


def test_idle_days_are_counted(org: Org) -> None:
    assert about(health.doctor(org), "idle").title == "29 idle days left"
    past = timezone.now() - timedelta(days=25)
    Credential.objects.update(issued_at=past, refreshed_at=past)
    assert level(org, "idle") == "yellow"


def test_approvals_are_counted(org: Org, salesforce_org: SalesforceOrg) -> None:
    for number in range(3):
        connect(org_of(salesforce_org, alias=f"acme-{number}", app=org.app))
    assert level(org, "approvals") == "yellow"


@pytest.mark.parametrize(
    ("remaining", "expected"), [(90_000, "green"), (9_000, "yellow"), (0, "red")]
)
def test_the_api_budget_is_examined(org: Org, remaining: int, expected: str) -> None:
    limits = {"DailyApiRequests": {"max": 100_000, "remaining": remaining}}
    Org.objects.update(limits=limits)
    found = health.doctor(Org.objects.get(), ask=False)
    assert about(found, "limits").level == expected


def test_a_secret_that_does_not_open_is_red(org: Org) -> None:
    other = base64.b64encode(b"y" * 32).decode()
    with override_settings(SFCONNECTOR=settings_with(ENCRYPTION_KEYS=f"k9:{other}")):
        found = health.doctor(org, ask=False)
        assert about(found, "secrets").level == "red"
        assert "SFCONNECTOR_ENCRYPTION_KEYS" in about(found, "secrets").remedy
        site = health.doctor(ask=False)
    assert about(site, "keys").level == "red"


def test_a_copy_is_red_and_asks_nobody(org: Org, salesforce_org: SalesforceOrg) -> None:
    with override_settings(SFCONNECTOR=settings_with(DEPLOYMENT="a copy")):
        with pytest.raises(SFConnectorError):
            health.refresh_limits(org)
        found = health.doctor(Org.objects.get())
    assert [(one.code, one.level) for one in found] == [("copy", "red")]
    assert len(salesforce_org.requests) == 0


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (Org.Status.NEW, "yellow"),
        (Org.Status.UNKNOWN, "yellow"),
        (Org.Status.NEEDS_RECONNECT, "red"),
        (Org.Status.DETACHED, "red"),
        (Org.Status.DISCONNECTED, "yellow"),
    ],
)
def test_each_state_has_its_remedy(
    org: Org, salesforce_org: SalesforceOrg, status: str, expected: str
) -> None:
    org.set_status(status, text="Because.")
    assert level(org, "connection") == expected
    assert len(salesforce_org.requests) == 0, "an org that is not connected is left be"


@pytest.mark.parametrize(
    ("refusal", "title", "setup"),
    [
        ("ip_restricted", "Login from this address is not allowed", "NetworkAccess"),
        ("inactive_user", "The user is inactive", "ManageUsers"),
        ("expired_token", "The connection has ended", ""),
    ],
)
def test_the_refusal_that_ended_a_connection_is_decoded(
    org: Org, salesforce_org: SalesforceOrg, refusal: str, title: str, setup: str
) -> None:
    salesforce_org.faults.add(path="/services/oauth2/token", refuse=refusal)
    salesforce_org.expire_sessions()
    with pytest.raises(SFConnectorError):
        health.refresh_limits(org)
    found = about(health.doctor(Org.objects.get()), "connection")
    assert title in found.title
    assert setup in found.link


def test_the_worst_comes_first(org: Org) -> None:
    found = health.doctor()
    order = [("red", "yellow", "green").index(one.level) for one in found]
    assert order == sorted(order)
    assert {"worker", "tick", "keys", "callback", "egress"} <= {
        one.code for one in found
    }


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["worker", "tick"])
def test_a_silent_worker_or_scheduler_is_red(kind: str) -> None:
    assert about(health.doctor(), kind).title.endswith("was ever seen")
    health.beat(kind, f"{kind} 1")
    assert about(health.doctor(), kind).level == "green"
    Heartbeat.objects.update(seen_at=timezone.now() - timedelta(minutes=10))
    found = about(health.doctor(), kind)
    assert found.level == "red"
    assert "10 minutes" in found.title


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"PUBLIC_URL": ""}, "red"),
        ({"PUBLIC_URL": "http://crm.example.com"}, "yellow"),
        ({"PUBLIC_URL": "https://crm.example.com"}, "green"),
    ],
)
def test_the_callback_url_is_examined(values: dict[str, Any], expected: str) -> None:
    with override_settings(SFCONNECTOR=settings_with(**values)):
        assert about(health.doctor(), "callback").level == expected


@pytest.mark.django_db
def test_a_proxy_is_shown_without_its_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://user:pa55word@proxy.example:3128")
    text = about(health.doctor(), "egress").text
    assert "proxy.example:3128" in text
    assert "pa55word" not in text
