"""Enter in a line of the explorer's forms: it keeps what has a name, and sends no write."""

from __future__ import annotations

import pytest
from django.test import Client

from salesforce_simulator import SalesforceOrg
from sfconnector.models import Org, SavedCall
from tests.admin.conftest import person
from tests.connections import browser_of

pytestmark = pytest.mark.django_db
EXPLORE = "/admin/sfconnector/org/explore/"
DATA = "/services/data/v66.0"


@pytest.fixture
def ada(connected_org: Org) -> Client:
    return browser_of(person("ada", "*"))


def enter(client: Client, org: Org, **given: str) -> str:
    data = {"org": org.pk, "path": f"{DATA}/limits", "do": "enter", **given}
    return client.post(EXPLORE, data).content.decode()


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_with_a_name_it_keeps_and_nothing_is_sent(
    ada: Client, connected_org: Org, salesforce_org: SalesforceOrg, method: str
) -> None:
    before = salesforce_org.requests.count("/services/data*")
    told = enter(ada, connected_org, method=method, name="Mine", confirm="acme")
    assert "Kept as “Mine”." in told
    assert SavedCall.objects.get(name="Mine").method == method
    assert salesforce_org.requests.count("/services/data*") == before


def test_alone_it_reads_and_sends_no_write(
    ada: Client, connected_org: Org, salesforce_org: SalesforceOrg
) -> None:
    Org.objects.filter(pk=connected_org.pk).update(is_sandbox=True)
    before = salesforce_org.requests.count("/services/data*")
    told = enter(ada, connected_org, method="PATCH")
    assert "Enter alone sends no PATCH. Nothing was sent." in told
    assert salesforce_org.requests.count("/services/data*") == before
    assert "DailyApiRequests" in enter(ada, connected_org, method="GET")
    assert salesforce_org.requests.count("/services/data*") == before + 1


def test_a_query_with_a_name_is_kept_and_not_asked(
    ada: Client, connected_org: Org, salesforce_org: SalesforceOrg
) -> None:
    before = salesforce_org.requests.count("/services/data*")
    given = {"orgs": [connected_org.pk], "soql": "SELECT Id FROM Account"}
    page = ada.post(f"{EXPLORE}query/", {**given, "do": "enter", "name": "All"})
    assert "Kept as “All”." in page.content.decode()
    assert salesforce_org.requests.count("/services/data*") == before
