"""A pretend org, its row, and a browser in which Ada is logged in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from sfconnector.models import Org
from sfconnector.simulator import SalesforceOrg
from tests.connections import org_of, person, reachable


@pytest.fixture
def org(db: None, salesforce_org: SalesforceOrg) -> Iterator[Org]:
    """An org row that nobody has connected yet; its refresh tokens rotate."""
    salesforce_org.app.rotate_refresh_tokens = True
    with reachable(salesforce_org):
        yield org_of(salesforce_org)


@pytest.fixture
def browser(db: None) -> Client:
    """A browser in which Ada is logged in to the admin."""
    client = Client()
    client.force_login(person())
    return client
