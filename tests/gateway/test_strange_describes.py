"""What an org tells of its objects is a stranger's text: a page says so, and stays up."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from salesforce_simulator import SalesforceOrg
from sfconnector.models import Org, SObject
from tests.connections import browser_of, person

ODD = {
    "NUL": "Acc\x00ount",
    "half of a character": "Acc\ud800ount",
    "a line break": "Acc\nount",
    "markup": "<script>alert(1)</script>",
    "too long": "A" * 5_000,
    "empty": "",
}


@pytest.fixture
def browser() -> Client:
    return browser_of(person())


def pressed(browser: Client, org: Org) -> str:
    url = reverse("admin:sfconnector_org_discover", args=[org.pk])
    answer = browser.post(url, follow=True)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "\x00" not in page
    assert ODD["markup"] not in page
    return page


@pytest.mark.parametrize("key", ["name", "label"])
def test_an_odd_text_in_the_list_of_objects_is_no_server_error(
    connected_org: Org, salesforce_org: SalesforceOrg, browser: Client, key: str
) -> None:
    good = {"name": "Good__c", "label": "Good", "queryable": True}
    for told in ODD.values():
        SObject.objects.all().delete()
        salesforce_org.faults.clear()
        odd = {"name": "Odd__c", "label": "Odd", "queryable": True, key: told}
        body = {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": [odd, good]}
        salesforce_org.faults.add("/sobjects", body=json.dumps(body))
        page = pressed(browser, connected_org)
        # Taken with all others, or refused whole with a sentence.
        names = set(SObject.objects.values_list("name", flat=True))
        is_refused = '<li class="error">' in page and not names
        assert "Good__c" in names or is_refused, told[:20]
