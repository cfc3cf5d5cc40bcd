"""A second admin site; one in the place of Django's is walked in ``test_choices``."""

from __future__ import annotations

import re

import pytest
from django.test import Client, override_settings

from salesforce_simulator import SalesforceOrg
from sfconnector.models import Org
from tests.admin.conftest import House, app, house  # noqa: F401 - fixtures
from tests.admin.test_access import TABLE, url_of
from tests.connections import browser_of, led_to, org_of, person, press, reachable

TWO_SITES = override_settings(ROOT_URLCONF="tests.hosts.urls_sites")


@TWO_SITES
def test_every_link_of_a_second_site_stays_on_it(
    house: House,  # noqa: F811 - the fixture
) -> None:
    browser = browser_of(person())
    left: dict[str, set[str]] = {}
    for name, case in TABLE.items():
        if "GET" not in case.methods:
            continue
        url = url_of(name, house).replace("/admin/", "/crm/", 1)
        answer = browser.get(url, follow=True)
        assert answer.status_code < 500, name
        links = re.findall(r'="(/admin/[^"]*)"', answer.content.decode())
        links += [to for to, _status in answer.redirect_chain if "/admin/" in to]
        if links:
            left[name] = set(links)
    assert left == {}


@pytest.mark.usefixtures("db")
@TWO_SITES
def test_whoever_begins_on_a_second_site_comes_back_to_it(
    client: Client, salesforce_org: SalesforceOrg
) -> None:
    with reachable(salesforce_org):
        org: Org = org_of(salesforce_org)
        browser = browser_of(person())
        begun = browser.post(f"/crm/sfconnector/org/{org.pk}/connect/")
        back = browser.get("/salesforce/callback/", press(led_to(begun)))
    assert back["Location"] == f"/crm/sfconnector/org/{org.pk}/change/"
