"""A connected org, once with a rotating refresh token and once without."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from salesforce_simulator import SalesforceOrg
from sfconnector.models import Org
from tests.connections import connect, org_of, reachable

TOKEN = "/services/oauth2/token"


@pytest.fixture
def settings_of_tokens() -> dict[str, object]:
    """Settings that a test module may override."""
    return {}


@pytest.fixture
def org(
    db: None, salesforce_org: SalesforceOrg, settings_of_tokens: dict[str, object]
) -> Iterator[Org]:
    """A connected org whose app keeps refresh tokens."""
    with reachable(salesforce_org, **settings_of_tokens):
        org = org_of(salesforce_org)
        connect(org)
        org.refresh_from_db()
        salesforce_org.requests.clear()
        yield org


@pytest.fixture
def rotating(org: Org, salesforce_org: SalesforceOrg) -> Org:
    """A connected org whose app gives a new refresh token each time."""
    salesforce_org.app.rotate_refresh_tokens = True
    return org
