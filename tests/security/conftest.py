"""A pretend org, its row, and a browser in which Ada is logged in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from salesforce_simulator import SalesforceOrg
from sfconnector.models import Org
from tests.admin.conftest import app, house
from tests.connections import browser_of, org_of, person, reachable

__all__ = ["app", "house"]


@pytest.fixture
def org(db: None, salesforce_org: SalesforceOrg) -> Iterator[Org]:
    """An org row that nobody has connected yet; its refresh tokens rotate."""
    salesforce_org.app.rotate_refresh_tokens = True
    with reachable(salesforce_org):
        yield org_of(salesforce_org)


@pytest.fixture
def browser(db: None) -> Client:
    """A browser in which Ada is logged in to the admin."""
    return browser_of(person())
