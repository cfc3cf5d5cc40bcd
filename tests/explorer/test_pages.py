"""The explorer's pages: whose orgs, what is asked before sending, what becomes plans."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from salesforce_simulator import SalesforceOrg
from sfconnector import explorer
from sfconnector.models import Org, Record, SavedCall, SObject, SyncPlan
from tests.admin.conftest import make_org, person
from tests.connections import browser_of

EXPLORE = "/admin/sfconnector/org/explore/"
QUERY = f"{EXPLORE}query/"
COMPLETE = f"{EXPLORE}complete/"
DATA = "/services/data/v66.0"
NASTY = '"><script>alert(1)</script><img src=x onerror=alert(2)>'


@pytest.fixture
def org(connected_org: Org) -> Org:
    SObject.objects.create(
        org=connected_org, name="Account", key_prefix="001", total_count=1
    )
    return connected_org


@pytest.fixture
def ada(org: Org) -> Client:
    return browser_of(person("ada", "*"))


@pytest.fixture
def reader(org: Org) -> Client:
    return browser_of(person("reader", "view_org", "explore_org"))


@pytest.fixture
def hidden(org: Org) -> Org:
    """Add an org that only another group may know of."""
    other = make_org(org.app, "unseen")
    other.visible_to.add(Group.objects.create(name="others"))
    return other


def send(client: Client, org: Org, path: str, **given: Any) -> str:
    data = {"org": org.pk, "method": "GET", "path": path, **given}
    return client.post(EXPLORE, data).content.decode()


def ask(client: Client, *orgs: Org, soql: str, **given: Any) -> str:
    data = {"orgs": [org.pk for org in orgs], "soql": soql, **given}
    return client.post(QUERY, data).content.decode()


def sent(simulated: SalesforceOrg) -> int:
    return simulated.requests.count("/services/data*")


def test_an_org_of_others_is_not_there(ada: Client, hidden: Org, org: Org) -> None:
    data = {"org": hidden.pk, "method": "GET", "path": f"{DATA}/limits"}
    assert ada.post(EXPLORE, data).status_code == 404
    assert ada.get(EXPLORE, {"org": hidden.pk}).status_code == 404
    both = {"orgs": [org.pk, hidden.pk], "soql": "SELECT Id FROM Account"}
    assert ada.post(QUERY, both).status_code == 404
    assert ada.get(QUERY, {"org": hidden.pk}).status_code == 404
    SObject.objects.create(org=hidden, name="Account")
    told = ada.get(COMPLETE, {"org": hidden.pk, "path": f"{DATA}/sobjects/"}).json()
    assert told == {"suggestions": []}
    assert b"unseen" not in ada.get(EXPLORE).content + ada.get(QUERY).content


def test_a_shared_call_to_an_org_of_others_is_not_there(
    ada: Client, hidden: Org
) -> None:
    request = explorer.Request(path=f"{DATA}/canary")
    call = explorer.keep(
        hidden, user=person("bob"), request=request, name="Theirs", is_shared=True
    )
    page = ada.get(EXPLORE, {"call": call.pk}).content.decode()
    assert "Theirs" not in page
    assert "canary" not in page


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ("Accept: a\r\nAuthorization: b", "Authorization"),
        ("Accept: a\rAuthorization: b", "holds characters"),
        ("X: a\r\nAuthorization: b", "may not be set here"),
        ("Accept: a\u2028b", "holds characters"),
    ],
)
def test_headers_cannot_be_smuggled(
    ada: Client, org: Org, salesforce_org: SalesforceOrg, headers: str, told: str
) -> None:
    before = sent(salesforce_org)
    assert told in send(ada, org, f"{DATA}/limits", headers=headers)
    assert sent(salesforce_org) == before


def test_a_nul_in_a_form_is_refused_whole(
    ada: Client, org: Org, salesforce_org: SalesforceOrg
) -> None:
    before = sent(salesforce_org)
    data = {"org": org.pk, "method": "GET", "path": DATA, "headers": "\x00: a"}
    assert ada.post(EXPLORE, data).status_code == 400  # no browser types one
    assert sent(salesforce_org) == before


def test_a_body_beyond_a_megabyte_is_refused_with_a_sentence(
    ada: Client, org: Org
) -> None:
    body = json.dumps("x" * 1024 * 1024)
    page = send(ada, org, f"{DATA}/sobjects/Account", method="POST", body=body)
    assert "larger than 1 MB" in page


def test_a_reading_call_leaves_a_written_body_behind(ada: Client, org: Org) -> None:
    assert "sf-good" in send(ada, org, f"{DATA}/limits", body='{"left": "over"}')
    assert SavedCall.objects.get().body == ""


def test_a_hostile_answer_stays_text(
    ada: Client, org: Org, salesforce_org: SalesforceOrg
) -> None:
    answer = {"records": [{NASTY: NASTY, "url": f"/services/data/{NASTY}"}], "a": NASTY}
    salesforce_org.faults.add(
        "/limits", body=json.dumps(answer), headers={"X-Odd": "<script>"}
    )
    page = send(ada, org, f"{DATA}/limits")
    assert "alert(1)" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert '"><script>' not in page


def test_an_answer_that_is_no_json_is_shown_as_text(
    ada: Client, org: Org, salesforce_org: SalesforceOrg
) -> None:
    salesforce_org.faults.add(
        "/limits", body="<b>Hi</b>", headers={"Content-Type": "text/html"}
    )
    page = send(ada, org, f"{DATA}/limits")
    assert "&lt;b&gt;Hi&lt;/b&gt;" in page
    assert "text/html" in page


def test_code_is_shown_without_sending(
    ada: Client, org: Org, salesforce_org: SalesforceOrg
) -> None:
    before = sent(salesforce_org)
    page = send(ada, org, f"{DATA}/sobjects/Account", method="DELETE", do="code")
    assert "--request DELETE" in page
    assert sent(salesforce_org) == before
    assert not SavedCall.objects.exists()


def test_a_starter_stands_for_a_plain_get(ada: Client, org: Org) -> None:
    page = send(ada, org, "/nonsense", method="POST", body="x", start=f"{DATA}/limits")
    assert "DailyApiRequests" in page


def test_an_id_leads_on_and_to_the_cached_record_for_those_who_may(
    ada: Client, reader: Client, org: Org, salesforce_org: SalesforceOrg
) -> None:
    row = salesforce_org.records.store.insert(
        "Account", {"Name": "A"}, user_id=salesforce_org.user.id
    )
    key = str(row["Id"])
    Record.objects.create(
        org=org,
        sobject="Account",
        record_id=key,
        content_hash=1,
        system_modstamp=timezone.now(),
        data={"Id": key},
    )
    path = f"{DATA}/query?q=SELECT Id FROM Account WHERE Id = '{key}'"
    link = f"/record/browse/acme/Account/{key}/"
    page = send(ada, org, path)
    assert f'value="{DATA}/sobjects/Account/{key}"' in page
    assert link in page
    assert link not in send(reader, org, path)


def test_a_call_without_answer_is_remembered_and_says_what_to_do(
    ada: Client, org: Org, salesforce_org: SalesforceOrg
) -> None:
    salesforce_org.faults.add("/limits", reset=True)
    page = send(ada, org, f"{DATA}/limits")
    assert 'role="alert"' in page
    assert "no answer" in page
    assert SavedCall.objects.get().status is None


def test_a_disconnected_org_says_so_and_is_one_click_away(
    ada: Client, org: Org
) -> None:
    dead = make_org(org.app, "dead", status=Org.Status.NEW)
    page = send(ada, dead, f"{DATA}/limits")
    assert f"/admin/sfconnector/org/{dead.pk}/change/" in page
    assert "connect it" in page


def test_a_get_becomes_a_plan_once(ada: Client, org: Org) -> None:
    for _ in range(2):
        data = {"org": org.pk, "method": "GET", "path": f"{DATA}/limits", "do": "plan"}
        response = ada.post(EXPLORE, data)
        plan = SyncPlan.objects.get()
        assert response["Location"].endswith(f"/syncplan/{plan.pk}/change/")
    assert (plan.kind, plan.path, plan.schedule) == (
        "endpoint",
        f"{DATA}/limits",
        "manual",
    )
    assert plan.created_by is not None
    assert ada.get(response["Location"]).status_code == 200


def test_a_query_becomes_a_soql_plan_from_either_tab(ada: Client, org: Org) -> None:
    soql = "SELECT Id FROM Account"
    send(ada, org, f"{DATA}/query?q={soql}", do="plan")
    ask(ada, org, soql=soql, do="plan")
    plan = SyncPlan.objects.get()
    assert (plan.kind, plan.soql) == ("soql", soql)


def test_what_writes_becomes_no_plan(ada: Client, org: Org) -> None:
    page = send(ada, org, f"{DATA}/sobjects/Account", method="POST", do="plan")
    assert "Only a GET can be fetched" in page
    assert not SyncPlan.objects.exists()


def test_a_plan_needs_the_permission_to_add_plans(reader: Client, org: Org) -> None:
    data = {"org": org.pk, "method": "GET", "path": f"{DATA}/limits", "do": "plan"}
    assert reader.post(EXPLORE, data).status_code == 403
    assert not SyncPlan.objects.exists()


def test_a_query_goes_on_page_by_page(
    ada: Client, org: Org, salesforce_org: SalesforceOrg
) -> None:
    salesforce_org.page_size = 2
    for number in range(3):
        salesforce_org.records.store.insert(
            "Account", {"Name": f"Row {number}"}, user_id=salesforce_org.user.id
        )
    soql = "SELECT Name FROM Account ORDER BY Name LIMIT 3"
    page = ask(ada, org, soql=soql)
    assert "2 rows of 3" in page
    following = page.split('name="next" value="')[1].split('"')[0]
    page = ask(ada, org, soql=soql, more="1", next=following)
    assert "1 row of 3" in page
    assert 'name="next"' not in page
    assert "no further page" in ask(ada, org, soql=soql, more="1", next="x")


def test_a_query_is_remembered_with_its_orgs(ada: Client, org: Org) -> None:
    dead = make_org(org.app, "dead", status=Org.Status.NEW)
    ask(ada, org, dead, soql="SELECT Id FROM Account", all_rows="on")
    call = SavedCall.objects.get()
    page = ada.get(QUERY, {"call": call.pk}).content.decode()
    assert page.count("checked") == 3
    assert "SELECT Id FROM Account" in page
    assert "and 1 more" in page


def test_the_history_is_forgotten_by_its_owner_alone(
    ada: Client, reader: Client, org: Org
) -> None:
    send(ada, org, f"{DATA}/limits")
    send(reader, org, f"{DATA}/limits")
    ada.post(f"{EXPLORE}forget/", {"history": "1"})
    assert [call.user.username for call in SavedCall.objects.all()] == ["reader"]


def test_a_long_history_costs_no_more_queries(ada: Client, org: Org) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert ada.get(EXPLORE).status_code == 200
        return len(captured)

    send(ada, org, f"{DATA}/limits")
    few = queries()
    for number in range(8):
        request = explorer.Request(path=f"{DATA}/{number}")
        user = SavedCall.objects.first().user
        explorer.remember(org, user=user, request=request)
        explorer.keep(org, user=user, request=request, name=str(number))
    assert queries() == few


def test_a_remembered_query_opens_in_its_own_tab_only(ada: Client, org: Org) -> None:
    ask(ada, org, soql="SELECT Id FROM Account")
    call = SavedCall.objects.get()
    page = ada.get(EXPLORE, {"call": call.pk})
    assert page.status_code == 200
    assert f'href="{QUERY}?call={call.pk}"' in page.content.decode()


def test_limits_are_gauges(ada: Client, org: Org) -> None:
    page = send(ada, org, f"{DATA}/limits")
    assert 'id="sf-view-limits" class="visually-hidden" checked' in page
    assert "Daily API requests" in page
    assert 'id="sf-view-limits"' not in send(ada, org, f"{DATA}/sobjects/Account")
